# SPDX-License-Identifier: MIT
"""A source that was restored from an older copy and written to anew: the names and numbers of its transactions are those
that the lake knows, the changes are others. It is noticed, whether the pipeline runs meanwhile or not."""

import shutil
import subprocess

import pytest

from tests.harness.program import BINARY, Foreset
from tests.harness.readers import DeltaLakeReader
from tests.harness.waiting import WaitFor
from tests.servers import KINDS

SETTINGS = [("mysql", {}), ("mysql", {"gtid_mode": "OFF", "enforce_gtid_consistency": "OFF"}), ("mariadb", {})]


@pytest.fixture(params=SETTINGS, ids=["mysql", "mysql-without-gtids", "mariadb"])
def server(request):
    kind, options = request.param
    server = KINDS[kind](**options).start()
    yield server
    server.discard()


def Ids(foreset):
    return sorted(DeltaLakeReader().Read(foreset.lake / "silver" / "T").Column("id"))


def Doctor(foreset):
    """What it says; its codes stand in its table."""
    return subprocess.run([BINARY, "doctor", "-c", foreset.config], env=foreset.Environment(), cwd=foreset.directory,
                          capture_output=True, text=True, check=False).stdout


def PurgesAllButTheLast(server):
    server.sql(f"PURGE BINARY LOGS TO '{server.binlog_files()[-1]}'")
    return len(server.binlog_files()) == 1


def Insert(server, *ids):
    for key in ids:
        server.sql(f"INSERT INTO T VALUES ({key}, 1)", database="back")


class Copies:
    """The source's data as they once were."""

    def __init__(self, server, directory):
        self.server, self.kept = server, directory / "kept"

    def Keep(self):
        self.server.stop()
        shutil.copytree(self.server.data, self.kept)
        self.server.start()

    def PutBack(self):
        self.server.stop()
        shutil.rmtree(self.server.data)
        shutil.copytree(self.kept, self.server.data)
        self.server.start()


@pytest.mark.timeout(600)
def test_a_source_that_was_set_back(server, tmp_path):
    """The same server: as far as before and beyond, while the pipeline stands still and while it runs."""
    server.sql("CREATE DATABASE back; CREATE TABLE back.T (id INT PRIMARY KEY, v INT); INSERT INTO back.T VALUES (1, 1)")
    stopped, running = (Foreset(tmp_path / name, server, "back") for name in ("stopped", "running"))
    copied = Foreset(tmp_path / "copied", server, "back")
    fresh = Foreset(tmp_path / "fresh", server, "back")
    copies = Copies(server, tmp_path)
    for foreset in (stopped, running):
        foreset.Run()
    copies.Keep()
    Insert(server, 11, 12)
    server.sql("UPDATE T SET v = 2 WHERE id = 1", database="back")
    for foreset in (stopped, copied):  # the one has followed, the other has only copied
        foreset.Run()
    running.Start()
    running.WaitUntil(lambda: Ids(running) == [1, 11, 12], "the changes come")
    Insert(server, 13)
    running.WaitUntil(lambda: Ids(running) == [1, 11, 12, 13], "a further change comes")
    fresh.Run()

    copies.PutBack()
    Insert(server, *range(800, 812))
    for foreset in (stopped, copied, fresh):
        refused = foreset.Run(exits=1)
        assert "E2109" in refused.err, refused
        assert not [key for key in Ids(foreset) if key >= 800], "changes of another life are in the lake"
    running.WaitUntil(lambda: running.Ended() is not None, "the pipeline ends")
    assert running.Ended() == 1 and "E2109" in running.Said(), running.Said()
    running.background = None
    assert "E2109" in Doctor(stopped)
    assert "E2109" in stopped.Command("status", "-c", stopped.config).out
    # The way out: everything is read anew.
    stopped.Command("reset", "-c", stopped.config, "--layer", "bronze", "--yes")


@pytest.mark.timeout(600)
def test_what_cannot_be_asked_is_said_and_stops_nothing(server, tmp_path):
    """The binlog of the newest transaction is gone: neither a stop nor all well."""
    server.sql("CREATE DATABASE back; CREATE TABLE back.T (id INT PRIMARY KEY, v INT); INSERT INTO back.T VALUES (1, 1)")
    foreset = Foreset(tmp_path, server, "back")
    foreset.Run()
    Insert(server, 2)
    foreset.Run()
    assert "unproved" not in foreset.Command("status", "-c", foreset.config).out
    server.sql("FLUSH BINARY LOGS")
    foreset.Run()  # the position is in the new file, the newest transaction in the old one
    WaitFor(lambda: PurgesAllButTheLast(server), "nobody reads the old file any more")
    assert "unproved" in foreset.Command("status", "-c", foreset.config).out
    assert "unproved" in Doctor(foreset)
    assert "unproved" in foreset.Run().err
    Insert(server, 3)
    foreset.Run()
    assert Ids(foreset) == [1, 2, 3]
    assert "unproved" not in foreset.Command("status", "-c", foreset.config).out


@pytest.mark.timeout(600)
def test_a_server_that_takes_the_others_place(tmp_path):
    """A replica that has everything goes on, proved by the newest transaction; one whose transaction of that name is
    another one does not."""
    server = KINDS["mysql"]().start()
    try:
        server.sql("CREATE DATABASE back; CREATE TABLE back.T (id INT PRIMARY KEY, v INT)")
        foreset = Foreset(tmp_path / "one", server, "back")
        late = Foreset(tmp_path / "two", server, "back")
        for each in (foreset, late):
            each.Run()
        copies = Copies(server, tmp_path)
        copies.Keep()
        Insert(server, 1)
        for each in (foreset, late):
            each.Run()
        server.replace()
        assert "unproved" not in foreset.Command("status", "-c", foreset.config).out
        Insert(server, 2)
        assert "unproved" not in foreset.Run().err
        assert Ids(foreset) == [1, 2]
        copies.PutBack()
        Insert(server, 91, 92)
        server.replace()
        assert "E2109" in late.Run(exits=1).err
    finally:
        server.discard()
