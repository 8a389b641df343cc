# SPDX-License-Identifier: MIT
"""A pipeline that dies right after a durable step of its choice, and goes on from a lake that was put aside."""

import pathlib
import shutil
import signal
import subprocess

from tests.harness.program import Foreset

SOURCE = pathlib.Path(__file__).with_name("killed_after_step.c")


def Build(folder):
    """The library that kills, for LD_PRELOAD."""
    library = pathlib.Path(folder) / "killed_after_step.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SOURCE], check=True)
    return library


class SteppedForeset(Foreset):
    """Its commands know the library; `after` says when it kills."""

    def __init__(self, directory, server, database, library):
        super().__init__(directory, server, database)
        self.library = library
        self.after = None  # no counting
        self.count = self.directory / "steps"

    def Environment(self):
        if self.after is None:
            return super().Environment()
        return {**super().Environment(), "LD_PRELOAD": str(self.library), "KILL_ROOT": str(self.lake),
                "KILL_AFTER": str(self.after), "KILL_COUNT": str(self.count)}

    def CheckManners(self, outcome):
        if outcome.code != -signal.SIGKILL:
            super().CheckManners(outcome)

    def KeepAside(self):
        shutil.copytree(self.lake, self.directory / "aside")

    def TakeBack(self):
        for folder in ("lake", "cache", "state"):
            shutil.rmtree(self.directory / folder, ignore_errors=True)
        shutil.copytree(self.directory / "aside", self.lake)

    def Walk(self, commands, after):
        """Runs the commands, [(arguments, exit code)], and is killed after the step `after` of all of them together; goes
        on with the command that died. None when it was killed, else the number of steps that there were."""
        steps = 0
        for number, (arguments, exits) in enumerate(commands):
            self.count.unlink(missing_ok=True)
            self.after = max(0, after - steps)
            outcome = self.Command(*arguments, exits=None)
            self.after = None
            if outcome.code == -signal.SIGKILL:
                for again, wanted in commands[number:]:
                    self.Command(*again, exits=wanted)
                return None
            assert outcome.code == exits, f"wanted exit {exits}:\n{outcome}"
            steps += self.count.stat().st_size if self.count.exists() else 0
        return steps
