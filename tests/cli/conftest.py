# SPDX-License-Identifier: MIT
"""Fixtures of the tests that need the program alone: no server, no lake of its own making."""

import os
import subprocess

import pytest

from tests.harness.program import BINARY

CANARY = "canary-7f3a9c"


class Program:
    """Runs the program in one directory, with a secret in its environment that must never come out."""

    def __init__(self, directory):
        self.directory = directory
        self.environment = {"PATH": os.environ["PATH"], "MYSQL_PASSWORD": CANARY, "TZ": "UTC", "LANG": "C.UTF-8"}

    def __call__(self, *arguments, exits=0, environment=None):
        done = subprocess.run(
            [str(BINARY), *map(str, arguments)], cwd=self.directory, env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        out, err = done.stdout.decode(), done.stderr.decode()
        assert exits in (None, done.returncode), f"exit {done.returncode}, wanted {exits}\n{out}\n{err}"
        assert CANARY not in out + err, f"the password came out:\n{out}\n{err}"
        return out, err

    def Write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path


@pytest.fixture
def foreset(tmp_path):
    return Program(tmp_path)
