# SPDX-License-Identifier: MIT
"""Runs a program and tells what it took."""

import dataclasses
import os
import subprocess
import tempfile
import time


class BenchFailed(Exception):
    """A command of the measurement failed; the message has what it said."""


@dataclasses.dataclass(frozen=True)
class Run:
    """What one run of a program took: seconds of clock and of all cores, and its largest memory in MiB."""

    seconds: float
    cpu: float
    peak: float
    out: str


def Measured(command, environment=None):
    """Runs a program to its end. Its own resources only: the server's are not counted."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        begin = time.monotonic()
        process = subprocess.Popen(list(map(str, command)), stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                                   env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            raise BenchFailed(f"{' '.join(map(str, command))}: exit {process.returncode}\n"
                              f"{out.read()[-3000:]}{err.read()[-3000:]}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read())
