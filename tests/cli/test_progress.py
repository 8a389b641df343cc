# SPDX-License-Identifier: MIT
"""What a command shows while it works: lines at the end of a terminal that go before results, and nothing anywhere else."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

from tests.harness.program import BINARY

ERASED = re.compile(r"\x1b\[(\d+)A\r\x1b\[J")


class Screen:
    """A terminal for standard error: what stands on it, and the widest line that was drawn since it was resized."""

    def __init__(self, columns):
        self.master, self.slave = pty.openpty()
        self.raw = ""
        self.Resize(columns)

    def Resize(self, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.since = len(self.raw)

    def Read(self):
        """False at the end."""
        try:
            part = os.read(self.master, 65536)
        except OSError:
            return False
        self.raw += part.decode(errors="replace")
        return part != b""

    def Until(self, pattern):
        while not re.search(pattern, self.raw[self.since:]):
            assert self.Read(), self.raw

    def Widest(self):
        return max(len(line) for line in ERASED.sub("", self.raw[self.since:]).split("\r\n"))

    def Lines(self):
        """Without colours."""
        lines = [""]
        for part in re.split(r"(\r\n|\x1b\[\d+A\r\x1b\[J)", re.sub(r"\x1b\[\d*m", "", self.raw)):
            erased = ERASED.fullmatch(part)
            if part == "\r\n":
                lines.append("")
            elif erased:
                lines = [*lines[:-1 - int(erased.group(1))], ""]
            else:
                lines[-1] += part
        return lines


def test_it_is_drawn_on_a_terminal_after_two_seconds_and_goes_before_results(foreset):
    """Of a load that waits for its input; beside it one whose standard error is no terminal."""
    pipes, loads = [], []
    screen = Screen(80)
    for name, stderr in (("drawn", screen.slave), ("piped", subprocess.PIPE)):
        os.mkfifo(foreset.directory / name)
        loads.append(subprocess.Popen(
            [BINARY, "csv-to-delta", name, f"lake/{name}"], cwd=foreset.directory, stdin=subprocess.DEVNULL, stderr=stderr,
            env={**foreset.environment, "TERM": "xterm", "NO_COLOR": "1"}))
        pipes.append(open(foreset.directory / name, "w", encoding="utf-8"))
    screen.Until(r"\d s\r\n")
    screen.Resize(40)
    screen.Until(r"\d s\r\n")
    assert screen.Widest() < 40 and ERASED.search(screen.raw)
    for pipe in pipes:
        pipe.write("id,name\n1,a\n")
        pipe.close()
    piped = loads[1].communicate(timeout=20)[1].decode()
    assert loads[0].wait(20) == 0 and loads[1].returncode == 0, piped
    os.close(screen.slave)
    while screen.Read():
        pass
    shown = "\n".join(screen.Lines())
    assert "1 rows" in shown and "\x1b" not in shown and not re.search(r"^\d+ s$", shown, re.M), shown
    assert "\x1b" not in piped and not re.search(r"^\d+ s$", piped, re.M), piped


def test_the_last_line_says_how_many_rows_were_copied(foreset):
    foreset.Write("in.csv", "id,name\n" + "".join(f"{i},name\n" for i in range(1234)))
    foreset.Write("foreset.yaml", "name: shop\nsource: {delta: {location: plain, keys: {T: id}}}\nlake: lake\n")
    foreset("csv-to-delta", "in.csv", "plain/T")
    _, err = foreset("run", "-c", "foreset.yaml", "--until-current")
    assert re.search(r"current at .*: 1,234 rows copied in [\d.]+ s, 0 transactions", err.splitlines()[-1]), err
    _, err = foreset("run", "-c", "foreset.yaml", "--until-current")
    assert "copied" not in err, err
