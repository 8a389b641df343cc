# SPDX-License-Identifier: MIT
"""`foreset table optimize|vacuum|restore|checkpoint` on tables that a pipeline keeps, read back by deltalake."""

import json
import os
import time

import pytest
from deltalake import DeltaTable

from tests.harness.program import Foreset
from tests.harness.readers import DeltaLakeReader

DATABASE = "maintained"
DAYS = 24 * 3600


@pytest.fixture
def shop(servers, tmp_path):
    server = servers("mysql")
    server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    server.sql("CREATE TABLE T (id INT PRIMARY KEY, v VARCHAR(20)); INSERT INTO T VALUES (1,'a'),(2,'b'),(3,'c')", DATABASE)
    foreset = Foreset(tmp_path, server, DATABASE)
    foreset.Run()
    for value in ("x", "y", "z"):
        server.sql(f"UPDATE T SET v = '{value}' WHERE id = 1; INSERT INTO T VALUES ({ord(value)}, '{value}')", DATABASE)
        foreset.Run()
    return foreset


def Rows(place):
    table = DeltaLakeReader().Table(place)
    return sorted(zip(table.column("id").to_pylist(), table.column("v").to_pylist()))


def TakeAFileAway(place, version):
    """What a program that knows nothing of Foreset may do: a commit that removes rows."""
    log = place / "_delta_log"
    actions = [json.loads(line) for line in (log / f"{version:020}.json").read_text().splitlines()]
    path = next(action["add"]["path"] for action in actions if "add" in action and "deletionVector" not in action["add"])
    now = int(time.time() * 1000)
    commit = [{"commitInfo": {"inCommitTimestamp": now, "timestamp": now, "operation": "DELETE"}},
              {"remove": {"path": path, "deletionTimestamp": now, "dataChange": True}}]
    (log / f"{version + 1:020}.json").write_text("".join(json.dumps(action) + "\n" for action in commit))


def Age(folder, days):
    """As if everything there had been written so long ago."""
    then = time.time() - days * DAYS
    for path in folder.rglob("*"):
        if path.is_file() and "_delta_log" not in path.parts:
            os.utime(path, (then, then))


def Files(folder):
    return {path.name for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("table", ["silver/T", "gold/T_current", "gold/T_history", "bronze/T"])
def test_optimize_merges_files_and_changes_no_row(shop, table):
    place = shop.lake / table
    before = shop.Command("table", "cat", place, "-o", "jsonl").out.splitlines()
    files = len(DeltaTable(place).file_uris()) if table != "bronze/T" else 5
    assert files > 1
    shop.Command("table", "optimize", place)
    assert sorted(shop.Command("table", "cat", place, "-o", "jsonl").out.splitlines()) == sorted(before)
    assert '"OPTIMIZE"' in shop.Command("table", "history", place, "--limit", "1", "-o", "json").out
    assert len(DeltaTable(place).file_uris()) == 1
    shop.server.sql("UPDATE T SET v = 'on' WHERE id = 2; DELETE FROM T WHERE id = 3", DATABASE)
    shop.Run()
    shop.Command("verify", "-c", shop.config)


def test_vacuum_deletes_only_what_nobody_needs(shop):
    place = shop.lake / "silver" / "T"
    shop.Command("table", "optimize", place)
    rows = Rows(place)
    (place / "part-left-by-a-crash.parquet").write_bytes(b"never named")
    files = Files(place)
    assert shop.Command("table", "vacuum", place, "-o", "jsonl").out == "", "everything is younger than a week"
    Age(place, 30)
    listed = shop.Command("table", "vacuum", place, "--dry-run", "-o", "jsonl").out
    assert "part-left-by-a-crash.parquet" in listed and Files(place) == files
    # What was removed by a commit a moment ago is within the retention, however old the file is.
    shop.Command("table", "vacuum", place)
    assert Files(place) == files - {"part-left-by-a-crash.parquet"}
    assert shop.Command("table", "vacuum", place, "--retain", "0h", exits=2).err.count("E1001")
    shop.Command("table", "vacuum", place, "--retain", "0h", "--force")
    live = {uri.rsplit("/", 1)[1] for uri in DeltaTable(place).file_uris()}
    assert live <= Files(place) and len(Files(place)) < len(files)
    assert Rows(place) == rows
    shop.server.sql("UPDATE T SET v = 'on' WHERE id = 2", DATABASE)
    shop.Run()
    shop.Command("verify", "-c", shop.config)


def test_restore_undoes_what_another_program_did(shop):
    place = shop.lake / "silver" / "T"
    good = DeltaTable(place).version()
    rows = Rows(place)
    TakeAFileAway(place, good)
    assert "E5102" in shop.Command("run", "-c", shop.config, "--until-current", exits=1).err
    shop.Command("table", "restore", place, "--version", good, "--dry-run")
    assert Rows(place) != rows
    shop.Command("table", "restore", place, "--version", good)
    assert Rows(place) == rows
    shop.server.sql("UPDATE T SET v = 'on' WHERE id = 2", DATABASE)
    shop.Run()
    shop.Command("verify", "-c", shop.config)


def test_a_restored_table_is_brought_up_from_bronze(shop):
    place = shop.lake / "silver" / "T"
    rows = Rows(place)
    shop.Command("table", "restore", place, "--version", DeltaTable(place).version() - 2)
    assert Rows(place) != rows
    shop.Run()
    assert Rows(place) == rows
    shop.Command("verify", "-c", shop.config)


def test_bronze_is_not_made_to_forget(shop):
    place = shop.lake / "bronze" / "T"
    said = shop.Command("table", "restore", place, "--version", "1", exits=2).err
    assert "lose" in said
    assert "which version" in shop.Command("table", "restore", place, exits=2).err


def test_a_table_is_not_set_back_under_a_pipeline_that_runs(shop):
    place = shop.lake / "silver" / "T"
    shop.Start()
    shop.server.sql("INSERT INTO T VALUES (4, 'd')", DATABASE)
    shop.Verify()  # it runs: the new row is there
    version = DeltaTable(place).version()
    for table in (place, "silver/T"):
        refused = shop.Command("table", "restore", table, "-c", shop.config, "--version", version - 1, exits=75)
        assert "E3008" in refused.err
    shop.Command("table", "restore", place, "--version", version - 1, "--dry-run")
    assert DeltaTable(place).version() == version
    shop.Stop()
    shop.Command("table", "restore", place, "--version", version - 1)
    assert DeltaTable(place).version() == version + 1
    shop.Run()
    shop.Verify()


def test_a_version_whose_files_are_gone_is_not_restored(shop):
    place = shop.lake / "silver" / "T"
    shop.Command("table", "optimize", place)
    Age(place, 30)
    shop.Command("table", "vacuum", place, "--retain", "0h", "--force")
    assert "E4004" in shop.Command("table", "restore", place, "--version", "1", exits=1).err


def test_checkpoint_lets_readers_begin_there(shop):
    place = shop.lake / "silver" / "T"
    shop.Command("table", "checkpoint", place)
    version = DeltaTable(place).version()
    assert (place / "_delta_log" / f"{version:020}.checkpoint.parquet").exists()
    for commit in (place / "_delta_log").glob("*.json"):
        if int(commit.name.split(".")[0]) < version:
            commit.unlink()
    assert len(Rows(place)) == 6
