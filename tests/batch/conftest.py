# SPDX-License-Identifier: MIT
"""Fixtures of the batch tools' tests: the program in a directory of its own, its memory watched."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading

import pytest

from tests.harness.program import BINARY

SECONDS = 300


class Ended:
    """How a run ended; `peak` is the most memory that it held, in bytes."""

    def __init__(self, arguments, code, out, err, peak):
        self.arguments, self.code, self.out, self.err, self.peak = arguments, code, out, err, peak

    def __str__(self):
        return f"foreset {' '.join(self.arguments)}: exit {self.code}\n{self.out[-2000:]}\n{self.err[-4000:]}"


class Tools:
    """Runs `foreset …` in one directory."""

    def __init__(self, directory, environment=None):
        self.directory = pathlib.Path(directory)
        self.environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "LANG": "C.UTF-8",
                            "HOME": str(self.directory), **(environment or {})}

    def Start(self, *arguments, prepare=None):
        return subprocess.Popen(
            [str(BINARY), *map(str, arguments)], cwd=self.directory, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=prepare)

    def __call__(self, *arguments, exits=0, prepare=None):
        arguments = [str(argument) for argument in arguments]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen([str(BINARY), *arguments], cwd=self.directory, env=self.environment,
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=prepare)
            late = threading.Timer(SECONDS, process.kill)
            late.start()
            _, status, usage = os.wait4(process.pid, 0)
            late.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            texts = []
            for stream in (out, err):
                stream.seek(0)
                texts.append(stream.read().decode(errors="replace"))
        ended = Ended(arguments, process.returncode, *texts, usage.ru_maxrss * 1024)
        assert exits is None or ended.code == exits, f"wanted exit {exits}: {ended}"
        return ended

    def Report(self, *arguments, exits=0, **options):
        """The JSON report of a run."""
        path = self.directory / "report.json"
        path.unlink(missing_ok=True)
        self(*arguments, "--report", path, exits=exits, **options)
        return json.loads(path.read_text())


def Table(path):
    """A Delta table's rows, as the `deltalake` package reads them."""
    import pyarrow as pa
    from deltalake import DeltaTable

    return pa.table(DeltaTable(str(path)).to_pyarrow_table())


def Kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture
def foreset(tmp_path):
    return Tools(tmp_path)
