# SPDX-License-Identifier: MIT
"""The program under test: its configuration, its commands, its life and death."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import yaml

from tests.harness.lakes import LocalLake
from tests.harness.values import Rows
from tests.servers.server_process import DieWithParent

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("FORESET_BIN") or ROOT / "build" / "release" / "foreset")
COMMAND_SECONDS = 120


class CommandFailed(AssertionError):
    """A command ended with another exit code than the test wants; the message has all that it said."""


class Outcome:
    """How a command ended."""

    def __init__(self, arguments, code, out, err):
        self.arguments, self.code, self.out, self.err = arguments, code, out, err

    def __str__(self):
        command = " ".join(["foreset", *map(str, self.arguments)])
        return f"$ {command}\nexit {self.code}\n--- stdout\n{Tail(self.out)}\n--- stderr\n{Tail(self.err)}"


def Tail(text, limit=6000):
    return text if len(text) <= limit else "[…]" + text[-limit:]


def Merged(base, extra):
    """`extra` laid over `base`, mapping by mapping."""
    if not isinstance(base, dict) or not isinstance(extra, dict):
        return extra
    return {**base, **{key: Merged(base.get(key), value) for key, value in extra.items()}}


class Foreset:
    """One configuration and its lake, in one directory unless `tables` (of tests.harness.lakes) says that the lake is
    elsewhere. Not thread-safe."""

    def __init__(self, directory, server, database, configuration=None, tables=None):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.lake = self.directory / "lake"
        self.tables = tables or LocalLake(self.lake)
        self.config = self.directory / "foreset.yaml"
        self.server = server
        self.database = database
        self.background = None
        self.password = server.password
        self.settings = {
            "name": database,
            "source": {
                "mysql": {
                    "host": "127.0.0.1",
                    "port": server.port,
                    "user": server.user,
                    "password": "${env:MYSQL_PASSWORD}",
                    "tables": [f"{database}.*"],
                }
            },
            **self.tables.Settings(),
            "commit": {"interval": "100ms"},
        }
        self.Configure(configuration or {})

    def Configure(self, extra):
        self.settings = Merged(self.settings, extra)
        self.config.write_text(yaml.safe_dump(self.settings, sort_keys=False))

    def Environment(self):
        return {**os.environ, "MYSQL_PASSWORD": self.password, "TZ": "UTC",
                "XDG_CACHE_HOME": str(self.directory / "cache"), "XDG_STATE_HOME": str(self.directory / "state")}

    def Command(self, *arguments, exits=0, timeout=COMMAND_SECONDS):
        """Runs `foreset ARGUMENTS` to its end. `exits` None takes any exit code."""
        command = [str(BINARY), *map(str, arguments)]
        try:
            done = subprocess.run(
                command, cwd=self.directory, env=self.Environment(), stdin=subprocess.DEVNULL,
                capture_output=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired as late:
            out, err = ((part or b"").decode(errors="replace") for part in (late.stdout, late.stderr))
            raise CommandFailed(f"after {timeout} s: {Outcome(arguments, 'none yet', out, err)}") from late
        outcome = Outcome(
            arguments, done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        if exits is not None and outcome.code != exits:
            raise CommandFailed(f"wanted exit {exits}:\n{outcome}")
        self.CheckManners(outcome)
        return outcome

    def CheckManners(self, outcome):
        """What holds for every command: no secret in what it says, no failure without a code."""
        for secret in (self.password, *self.tables.Secrets()):
            if secret in outcome.out + outcome.err:
                raise CommandFailed(f"a password or key is in what {outcome.arguments} says")
        if outcome.code not in (0, 3, 4) and not re.search(r"\bE\d{4}\b", outcome.err):
            raise CommandFailed(f"it failed without an error code:\n{outcome}")

    def LoseLocalState(self):
        """As if the pipeline moved to a new machine: only the configuration and the lake's tables stay."""
        for path in self.directory.iterdir():
            if path not in (self.lake, self.config):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for directory in list(self.lake.rglob("*")):
            if directory.is_dir() and directory.name.startswith("_foreset"):
                shutil.rmtree(directory)

    def Run(self, *arguments, exits=0, timeout=COMMAND_SECONDS):
        """Captures until the source's position at the start has reached every layer."""
        return self.Command("run", "-c", self.config, "--until-current", *arguments, exits=exits, timeout=timeout)

    def Verify(self, *tables, exits=0):
        return self.Command("verify", "-c", self.config, *tables, exits=exits)

    def Start(self, *arguments):
        """Lets the pipeline run beside the test."""
        assert self.background is None, "the pipeline runs already"
        self.log = self.directory / "run.log"
        with self.log.open("ab") as log:
            self.background = subprocess.Popen(
                [str(BINARY), "run", "-c", str(self.config), *map(str, arguments)], cwd=self.directory,
                env=self.Environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=DieWithParent)
        return self.background

    def Ended(self):
        """The exit code of the background pipeline, None while it runs."""
        return self.background.poll()

    def Said(self):
        return Tail(self.log.read_text(errors="replace"))

    def Kill(self):
        """SIGKILL. It is an error when the pipeline had ended by itself."""
        process, self.background = self.background, None
        alive = process.poll() is None
        process.kill()
        process.wait()
        assert alive, f"the pipeline had ended with {process.returncode} before it was killed:\n{self.Said()}"

    def Stop(self):
        """SIGTERM ends it cleanly, with 0."""
        process, self.background = self.background, None
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"SIGTERM did not end the pipeline within 30 s:\n{self.Said()}") from None
        assert code == 0, f"SIGTERM ended the pipeline with {code}:\n{self.Said()}"

    def Discard(self):
        if self.background is not None:
            self.background.kill()
            self.background.wait()
            self.background = None

    def WaitUntil(self, condition, what, seconds=60):
        """Watches until `condition()` holds; fails when the background pipeline ends first."""
        deadline = time.monotonic() + seconds
        while not condition():
            if self.background is not None and self.Ended() is not None and not condition():
                raise AssertionError(f"the pipeline ended with {self.Ended()} before {what}:\n{self.Said()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}; it says:\n{self.Said()}")
            time.sleep(0.001)

    def Cat(self, table, version, schema):
        """The rows of `layer/Table` as `foreset table cat` says them; the schema (Arrow's) tells how to read the JSON."""
        arguments = ["table", "cat", *self.tables.Arguments(table, self.config), "-o", "jsonl"]
        if version is not None:
            arguments += ["--version", version]
        outcome = self.Command(*arguments)
        try:
            return Rows.FromJsonLines(outcome.out, schema)
        except (ValueError, AssertionError, json.JSONDecodeError) as error:
            raise AssertionError(f"{error}\nin: {outcome}") from error
