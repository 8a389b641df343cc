# SPDX-License-Identifier: MIT
"""The commands that look at a lake, on a lake that the pipeline keeps."""

import json

import pytest

from tests.harness.program import Foreset

DATABASE = "looked_at"


@pytest.fixture(scope="module")
def lake(servers, tmp_path_factory):
    """Two rows backfilled; then one changed, one deleted and one inserted."""
    server = servers("mariadb")
    server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    foreset = Foreset(tmp_path_factory.mktemp("lake"), server, DATABASE)
    server.sql(f"USE {DATABASE}; CREATE TABLE Items (Id INT, Part INT, Name VARCHAR(20), Price DECIMAL(10,2), "
               "PRIMARY KEY (Id, Part)); INSERT INTO Items VALUES (1, 1, 'Ann''s', 1.10), (2, 1, 'Bob', NULL)")
    foreset.Run()
    foreset.first = foreset.Command("table", "show", "silver/Items", "-c", foreset.config, "-o", "json").out
    server.sql(f"USE {DATABASE}; UPDATE Items SET Name = 'Anna' WHERE Id = 1; DELETE FROM Items WHERE Id = 2; "
               "INSERT INTO Items VALUES (3, 1, 'Cleo', 3.30)")
    foreset.Run()
    return foreset


def Json(lake, *arguments, **options):
    return json.loads(lake.Command(*arguments, "-c", lake.config, "-o", "json", **options).out)


def test_status_says_that_nothing_is_behind(lake):
    status = Json(lake, "status")
    assert status["pipeline"] == "not running" and status["current"] is True and status["batches_behind"] == 0
    tables = {table["table"]: table for table in status["tables"]}
    assert tables["silver/Items"]["rows"] == 2 and tables["silver/Items"]["state"] == "following"
    assert {"bronze/Items", "gold/Items_current", "gold/Items_history", "bronze/_epochs"} <= tables.keys()
    text = lake.Command("status", "-c", lake.config).out
    assert "none: every layer has what the source has" in text


def test_progress_names_the_position_of_every_table(lake):
    rows = {row["table"]: row for row in Json(lake, "progress", "show")}
    assert rows["silver/Items"]["file"] and rows["silver/Items"]["pos"] > 0
    assert rows["bronze/Items"]["backfill"] == "done"


def test_doctor_finds_nothing_that_keeps_the_pipeline_from_running(lake):
    checks = {check["check"]: check for check in Json(lake, "doctor", exits=None)}
    assert not [check for check in checks.values() if check["outcome"] == "failed"]
    assert checks["lake.gold"]["outcome"] == "ok"


def test_row_tells_the_whole_life(lake):
    traces = Json(lake, "row", "Items", "1", "1")["traces"]
    assert [event["_op"] for event in traces["bronze/Items"]] == ["r", "u"]
    assert traces["bronze/Items"][1]["before"]["Name"] == "Ann's" and traces["silver/Items"][0]["Name"] == "Anna"
    assert [change["_op"] for change in traces["gold/Items_history"]] == ["SNAPSHOT", "UPDATE"]
    gone = Json(lake, "row", "silver/Items", "2", "1")["traces"]
    assert gone["silver/Items"] == [] and gone["gold/Items_history"][-1]["_op"] == "DELETE"
    text = lake.Command("row", "Items", "1", "1", "-c", lake.config).out
    assert "UPDATE" in text and "Name: Ann's → Anna" in text
    assert "2 values wanted, 1 given" in lake.Command("row", "Items", "1", "-c", lake.config, exits=2).err
    assert "no table" in lake.Command("row", "Itmes", "1", "-c", lake.config, exits=2).err


def test_row_takes_one_layer_off_the_name(servers, tmp_path):
    server = servers("mariadb")
    server.sql("DROP DATABASE IF EXISTS gold; CREATE DATABASE gold; USE gold; CREATE TABLE T (Id INT PRIMARY KEY);"
               "INSERT INTO T VALUES (7)")
    foreset = Foreset(tmp_path, server, "gold", {"lake": {"layout": "{database}/{table}"}})
    foreset.Run()
    traces = Json(foreset, "row", "silver/gold/T", "7")["traces"]
    assert [row["Id"] for row in traces["silver/gold/T"]] == [7]


def test_diff_pairs_rows_by_the_source_key(lake):
    first = json.loads(lake.first)["version"]
    rows = Json(lake, "table", "diff", "silver/Items", "--from", first, "--columns", "Id,Part,Name")
    assert [(row["_diff"], row["Id"], row["Name"]) for row in sorted(rows, key=lambda row: row["Id"])] == [
        ("changed_from", 1, "Ann's"), ("changed_to", 1, "Anna"), ("removed", 2, "Bob"), ("added", 3, "Cleo")]


def test_a_table_is_shown_as_of_a_place_in_the_source(lake):
    position = json.loads(lake.first)["progress"]["position"]
    for place in (position["gtid"], f"{position['file']}:{position['pos']}"):
        rows = Json(lake, "table", "cat", "silver/Items", "--gtid", place)
        assert sorted(row["Name"] for row in rows) == ["Ann's", "Bob"], place
    late = lake.Command("table", "cat", "silver/Items", "-c", lake.config, "--gtid", "0-1-999999999", exits=75)
    assert "E1204" in late.err


def test_ls_lists_the_lake_and_one_layer(lake):
    assert "gold/Items_current" in {row["table"] for row in Json(lake, "table", "ls")}
    assert {row["table"].split("/")[0] for row in Json(lake, "table", "ls", "silver")} == {"silver"}


def test_nothing_is_in_quarantine(lake):
    assert Json(lake, "quarantine", "ls") == []
    lake.Command("quarantine", "show", "-c", lake.config)
