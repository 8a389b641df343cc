# SPDX-License-Identifier: MIT
"""A shop on a server of its own, its lake, and the warehouse that is loaded from it."""

import json
import os
import signal
import subprocess

import pytest
import yaml

from tests.harness.program import BINARY, ROOT, Foreset
from tests.harness.readers import DeltaLakeReader
from tests.servers import KINDS
from tests.servers.server_process import DieWithParent
from tests.warehouse.star import STAR, KeepBooks, Ordered, Wanted

EXAMPLES = ROOT / "examples" / "online_store"
PASSWORD = "dw-3c81f0"


class Shop:
    """The source, the pipeline and the warehouse, and how they are compared."""

    def __init__(self, directory, server, configuration=None):
        self.server = server
        server.sql((EXAMPLES / "online_store.sql").read_text())
        KeepBooks(server)
        server.sql("DROP DATABASE IF EXISTS store_dw")
        server.sql((EXAMPLES / "warehouse.sql").read_text())
        server.sql(f"CREATE USER IF NOT EXISTS dw@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON store_dw.* TO dw@'%'")
        self.foreset = Foreset(directory, server, "online_store", configuration)
        self.models = EXAMPLES / "warehouse"

    @property
    def gold(self):
        return self.foreset.lake / "gold" / "store_dw"

    @property
    def target(self):
        return f"mysql://dw@127.0.0.1:{self.server.port}/store_dw"

    def Environment(self):
        return {**self.foreset.Environment(), "FORESET_WAREHOUSE_PASSWORD": PASSWORD}

    def Arguments(self, *arguments):
        return ["warehouse", "load", "-c", self.foreset.config, "--models", self.models, *arguments]

    def Load(self, *arguments, exits=0):
        """The report of a load. Its messages are kept in `said`."""
        done = subprocess.run([str(BINARY), *map(str, self.Arguments("-o", "json", *arguments))],
                              cwd=self.foreset.directory, env=self.Environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=180, check=False)
        self.said = done.stderr.decode()
        assert done.returncode == exits, f"exit {done.returncode}, wanted {exits}\n{self.said}\n{done.stdout.decode()}"
        assert PASSWORD not in self.said + done.stdout.decode()
        return json.loads(done.stdout) if done.stdout else None

    def Begin(self, *arguments):
        """A load that runs beside the test."""
        return subprocess.Popen([str(BINARY), *map(str, self.Arguments(*arguments))], cwd=self.foreset.directory,
                                env=self.Environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, preexec_fn=DieWithParent)

    def Generator(self, *arguments):
        """The program that lets the shop live, begun."""
        settings = self.foreset.settings
        source = {**settings["source"]["mysql"], "user": "root"}
        path = self.foreset.directory / "generator.yaml"
        path.write_text(yaml.safe_dump({**settings, "source": {"mysql": source}}))
        return subprocess.Popen(
            [str(BINARY), "generate", "-c", str(path), *map(str, arguments)], cwd=self.foreset.directory,
            env={**os.environ, "MYSQL_PASSWORD": self.server.root_password}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=DieWithParent)

    def Generate(self, *arguments):
        process = self.Generator(*arguments)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()

    def EndGenerator(self, process):
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 128 + signal.SIGTERM, said.decode()

    def InLake(self, table):
        """Rows of the warehouse's Delta table, by the deltalake package."""
        read = DeltaLakeReader().Table(self.gold / table)
        return Ordered([tuple(row.values()) for row in read.to_pylist()], len(STAR[table][0]))

    def InTarget(self, table):
        return Ordered(self.server.query(f"SELECT * FROM store_dw.{table}"), len(STAR[table][0]))

    def AssertIsTheStar(self, target=True):
        """Every table of the warehouse has the rows that the server's own SQL says, here and there."""
        for table in STAR:
            wanted = Wanted(self.server, table)
            assert wanted, table
            AssertSameRows(f"lake: {table}", self.InLake(table), wanted)
            if target:
                AssertSameRows(f"MySQL: {table}", self.InTarget(table), wanted)


def AssertSameRows(what, rows, wanted):
    missing = [row for row in wanted if row not in rows] if rows != wanted else []
    extra = [row for row in rows if row not in wanted] if rows != wanted else []
    assert rows == wanted, (f"{what}: {len(rows)} rows, wanted {len(wanted)}; missing {missing[:5]}, not wanted {extra[:5]}")


@pytest.fixture
def shop(tmp_path):
    with KINDS["mysql"]() as server:
        made = Shop(tmp_path, server)
        yield made
        made.foreset.Discard()
