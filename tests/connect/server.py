# SPDX-License-Identifier: MIT
"""`foreset connect` as a process of the tests."""

import json
import os
import re
import signal
import subprocess
import time

import yaml

from tests.connect.contract import AT, MYSQL, NAME, States
from tests.connect.rest import Ask
from tests.harness.program import BINARY, ROOT
from tests.servers.server_process import DieWithParent

SECONDS = 60
LISTENS = re.compile(r"listening on (\w+)://\S+, port (\d+);")


def ConnectorFor(server, database, prefix=None, **options):
    """The options of a connector that captures this database; two underscores stand for a dot."""
    return {
        "connector.class": MYSQL, "tasks.max": "1", "topic.prefix": prefix or database,
        "database.hostname": "127.0.0.1", "database.port": str(server.port), "database.user": server.user,
        "database.password": server.password, "database.server.id": "184054", "database.include.list": database,
        "schema.history.internal.kafka.bootstrap.servers": "kafka:9092",
        "schema.history.internal.kafka.topic": f"schema-changes.{database}",
        **{name.replace("__", "."): value for name, value in options.items()},
    }


class ForesetConnect:
    """A server with its configuration, state and lakes in one directory. Not thread-safe."""

    def __init__(self, directory, lake="lake/{connector}", arguments=()):
        self.directory = directory
        self.arguments = arguments
        self.process = None
        self.port = 0
        self.scheme = "http"
        config = directory / "foreset.yaml"
        config.write_text(yaml.safe_dump({"lake": lake, "commit": {"interval": "100ms"}}))

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def log(self):
        return self.directory / "connect.log"

    def Command(self):
        return [str(BINARY), "connect", "-c", "foreset.yaml", "--listen", f"127.0.0.1:{self.port}", "--state", "state",
                *map(str, self.arguments)]

    def Start(self):
        begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.Command(), cwd=self.directory, env={**os.environ, "TZ": "UTC"}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, preexec_fn=DieWithParent)
        self.WaitUntil(lambda: LISTENS.search(self.Said()[begin:]), "it listens")
        self.scheme, port = LISTENS.findall(self.Said())[-1]
        self.port = int(port)
        return self

    def Said(self):
        return self.log.read_text(errors="replace")

    def Ask(self, method, path, body=None, **options):
        return Ask(self.url, method, path, body, **options)

    def WaitUntil(self, condition, what):
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert self.process.poll() is None, f"it ended with {self.process.returncode} before {what}:\n{self.Said()}"
            assert time.monotonic() < deadline, f"not within {SECONDS} s: {what}:\n{self.Said()[-6000:]}"
            time.sleep(0.01)

    def WaitForStates(self, *states):
        self.WaitUntil(lambda: States(self.url) == states, f"{NAME} becomes {states}")

    def Create(self, config, name=NAME):
        answer = self.Ask("POST", "/connectors", {"name": name, "config": config})
        assert answer.status == 201, answer
        return answer

    def Offset(self):
        offsets = self.Ask("GET", f"{AT}/offsets").json["offsets"]
        return (offsets[0]["offset"]["file"], offsets[0]["offset"]["pos"]) if offsets else None

    def Rows(self, table, connector=NAME, key="Id"):
        """The rows of a silver table; nothing when there is none yet."""
        path = self.directory / "lake" / connector / "silver" / table
        done = subprocess.run([str(BINARY), "table", "cat", str(path), "-o", "jsonl"], capture_output=True, check=False,
                              timeout=SECONDS, text=True)
        if done.returncode != 0:
            return []
        return sorted((json.loads(line) for line in done.stdout.splitlines()), key=lambda row: row[key])

    def WaitForNames(self, names, table="Items", connector=NAME):
        self.WaitUntil(lambda: [row["Name"] for row in self.Rows(table, connector)] == names, f"silver has {names}")

    def Kill(self):
        self.process.kill()
        self.process.wait()

    def Stop(self):
        """SIGTERM ends it cleanly."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"SIGTERM did not end it:\n{self.Said()}") from None
        assert code == 0, f"it ended with {code}:\n{self.Said()}"

    def Discard(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


__all__ = ["ConnectorFor", "ForesetConnect", "ROOT"]
