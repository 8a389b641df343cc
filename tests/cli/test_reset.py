# SPDX-License-Identifier: MIT
"""`foreset reset`, beside a pipeline that runs and without one."""

import json
import shutil

import pytest

from tests.harness.program import Foreset

DATABASE = "begun_anew"


@pytest.fixture
def lake(servers, tmp_path):
    server = servers("mysql")
    server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}; USE {DATABASE}; "
               "CREATE TABLE A (id INT PRIMARY KEY, v INT); INSERT INTO A VALUES (1, 1), (2, 2); "
               "CREATE TABLE B (id INT PRIMARY KEY, v INT); INSERT INTO B VALUES (1, 1)")
    foreset = Foreset(tmp_path, server, DATABASE)
    foreset.Run()
    yield foreset
    foreset.Discard()


def Old(lake, layer):
    return sorted(path.name.rsplit("-", 1)[0] for path in (lake.lake / layer / "_old").glob("*"))


def TableId(lake, table):
    log = (lake.lake / table / "_delta_log" / f"{0:020}.json").read_text().splitlines()
    return next(action["metaData"]["id"] for action in map(json.loads, log) if "metaData" in action)


def test_what_will_be_read_is_shown_and_nothing_done_without_consent(lake):
    outcome = lake.Command("reset", "-c", lake.config, "--layer", "silver", "A", exits=2)
    assert "move silver/A to silver/_old/A-" in outcome.out and "move gold/A_current" in outcome.out
    assert "reads bronze/A from its beginning: 2 rows" in outcome.out and "bronze/B" not in outcome.out
    assert "--yes" in outcome.err and not Old(lake, "silver")


def test_a_running_pipeline_makes_one_table_anew_while_the_others_go_on(lake):
    before = {table: TableId(lake, table) for table in ("silver/A", "silver/B", "gold/A_history", "gold/B_history")}
    lake.Start()
    lake.server.sql(f"INSERT INTO {DATABASE}.A VALUES (3, 3); INSERT INTO {DATABASE}.B VALUES (2, 2)")
    outcome = lake.Command("reset", "-c", lake.config, "--layer", "silver", "A", "--yes")
    assert "the running pipeline makes the tables anew" in outcome.out
    lake.server.sql(f"UPDATE {DATABASE}.A SET v = 10 WHERE id = 1; INSERT INTO {DATABASE}.B VALUES (3, 3)")
    lake.Verify()
    assert lake.Ended() is None, lake.Said()
    after = {table: TableId(lake, table) for table in before}
    assert {table for table in before if before[table] != after[table]} == {"silver/A", "gold/A_history"}
    assert Old(lake, "silver") == ["A"] and Old(lake, "gold") == ["A_current", "A_history"]
    rows = {row["table"]: row for row in json.loads(
        lake.Command("progress", "show", "-c", lake.config, "-o", "json").out)}
    assert rows["silver/A"]["batch"] == rows["bronze/A"]["batch"]
    # The old tables go while the pipeline runs.
    lake.Command("reset", "-c", lake.config, "--layer", "silver", "--purge", "--yes")
    assert not [path for path in (lake.lake / "silver" / "_old").rglob("*") if path.is_file()]
    lake.Stop()
    lake.Verify()


def test_a_purge_is_of_the_named_tables_alone_and_is_shown_first(lake):
    lake.Command("reset", "-c", lake.config, "--layer", "silver", "--yes")
    lake.Run()
    lake.Command("reset", "-c", lake.config, "--layer", "silver", "--table", "A", "--yes")
    lake.Run()
    assert Old(lake, "silver") == ["A", "A", "B"]
    before = {table: TableId(lake, table) for table in ("silver/A", "silver/B", "gold/A_history", "gold/B_history")}
    shown = lake.Command("reset", "-c", lake.config, "--layer", "silver", "A", "--purge", exits=2).out
    assert shown.count("delete silver/_old/A-") == 2 and shown.count("delete gold/_old/A_current-") == 2
    assert "B" not in shown and Old(lake, "silver") == ["A", "A", "B"]
    lake.Command("reset", "-c", lake.config, "--layer", "silver", "A", "--purge", "--yes")
    assert Old(lake, "silver") == ["B"] and Old(lake, "gold") == ["B_current", "B_history"]
    assert before == {table: TableId(lake, table) for table in before}, "nothing was reset"
    unknown = lake.Command("reset", "-c", lake.config, "--layer", "silver", "C", "--purge", "--yes", exits=2)
    assert "the lake has no table C" in unknown.err and Old(lake, "silver") == ["B"]
    # What no reset has put there is not deleted, but said.
    (lake.lake / "silver" / "_old" / "_delta_log").mkdir()
    (lake.lake / "silver" / "_old" / "_delta_log" / f"{0:020}.json").write_text("{}\n")
    said = lake.Command("reset", "-c", lake.config, "--layer", "silver", "--purge", "--yes").out
    assert "leave silver/_old/_delta_log: no reset has put it there" in said
    assert [path.name for path in (lake.lake / "silver" / "_old").iterdir()] == ["_delta_log"]
    assert not (lake.lake / "gold" / "_old").exists(), "empty folders go"
    lake.Verify()


def test_a_table_that_stopped_goes_on_after_a_reset(lake):
    # Damaged behind the pipeline's back: it stops the table when it finds out.
    shutil.rmtree(lake.lake / "silver" / "A" / "_delta_log")
    (lake.lake / "silver" / "A" / "_delta_log").mkdir()
    (lake.lake / "silver" / "A" / "_delta_log" / f"{1:020}.json").write_text("{}\n")
    lake.Start()
    lake.server.sql(f"INSERT INTO {DATABASE}.A VALUES (4, 4)")
    lake.WaitUntil(lambda: "A stops" in lake.Said(), "the table stops")
    lake.Command("reset", "-c", lake.config, "--layer", "silver", "A", "--yes")
    lake.Verify()
    lake.Stop()


def test_bronze_is_not_taken_from_under_a_running_pipeline(lake):
    lake.Start()
    lake.server.sql(f"INSERT INTO {DATABASE}.A VALUES (3, 3)")
    lake.Verify()  # it runs: the new row is there
    outcome = lake.Command("reset", "-c", lake.config, "--layer", "bronze", "A", "--yes", exits=75)
    assert "E3008" in outcome.err and not Old(lake, "bronze")
    lake.Stop()


def test_a_request_that_a_crash_left_is_carried_out_by_the_next_run(lake):
    requests = lake.lake / "bronze" / "_requests"
    requests.mkdir()
    (requests / "reset-1.json").write_text(json.dumps({"layer": "gold", "database": DATABASE, "table": "A"}))
    (requests / "reset-2.json").write_text("not a request")
    lake.Start()
    lake.WaitUntil(lambda: not (requests / "reset-1.json").exists(), "the request is taken")
    lake.Verify()
    lake.Stop()
    assert Old(lake, "gold") == ["A_current", "A_history"] and not Old(lake, "silver")
    assert "not a reset request" in lake.Said()
