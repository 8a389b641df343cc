# SPDX-License-Identifier: MIT
"""A program at a terminal of a given size: all of its standard streams are that terminal."""

import fcntl
import os
import pty
import re
import select
import struct
import termios

COLOURS = re.compile(r"\x1b\[[\d;]*m")


class Terminal:
    def __init__(self, command, directory, environment, lines=24, columns=80):
        self.said = ""
        self.child, self.end = pty.fork()
        if self.child == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            os.chdir(directory)
            os.execve(str(command[0]), list(map(str, command)), environment)

    def Hear(self, seconds=20):
        """False at its end."""
        assert select.select([self.end], [], [], seconds)[0], f"silence after {self.said!r}"
        try:
            heard = os.read(self.end, 65536)
        except OSError:
            return False
        self.said += heard.decode(errors="replace")
        return heard != b""

    def Until(self, pattern):
        while not re.search(pattern, self.said):
            assert self.Hear(), f"it ended without {pattern!r}: {self.said!r}"

    def Type(self, text):
        os.write(self.end, text.encode())

    def Leave(self):
        """Its exit code, 128 + N of signal N, once it has ended."""
        while self.Hear():
            pass
        os.close(self.end)
        code = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
        return code if code >= 0 else 128 - code

    def Lines(self):
        """What it said, without colours."""
        return COLOURS.sub("", self.said).replace("\r\n", "\n").splitlines()
