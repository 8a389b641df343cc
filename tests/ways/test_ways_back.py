# SPDX-License-Identifier: MIT
"""From every stop the ways back lead on: error, advice, recovered. All tables of a server share the runs."""

import json
import shutil

import pytest

from tests.harness.program import Foreset
from tests.harness.waiting import WaitFor
from tests.ways.stops import ELSEWHERE, WALKS, Codes

DATABASE = "ways"


def test_every_code_that_stops_a_table_is_walked():
    walked = {walk.code for walk in WALKS} | set(ELSEWHERE)
    assert not Codes() - walked, "these codes stop a table, and nobody walks the way back: see stops.py"
    assert not walked - Codes(), "these are walked, and stop no table"


def Reports(lake, *arguments, exits=0):
    return json.loads(lake.Command(*arguments, "-c", lake.config, "-o", "json", exits=exits).out)


def StoppedOf(lake):
    return {stopped["table"]: stopped for stopped in Reports(lake, "status")["stopped"]}


class Walked:
    """The tables of WALKS that this server has, and one that nothing happens to."""

    def __init__(self, lake, server):
        self.lake, self.server = lake, server
        self.walks = [walk for walk in WALKS if walk.only in ("", server.kind)]

    def Sql(self, text):
        self.server.sql(text, database=DATABASE)

    def Create(self):
        self.server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
        self.Sql("CREATE TABLE healthy (id INT PRIMARY KEY, v INT); INSERT INTO healthy VALUES (1, 1)")
        for walk in self.walks:
            self.Sql(f"CREATE TABLE {walk.table} ({walk.create}); INSERT INTO {walk.table} VALUES {walk.rows}")

    def Break(self):
        for walk in self.walks:
            if walk.damage:
                walk.damage(self.lake.lake, walk.table)
            if walk.breaks:
                self.Sql(walk.breaks.format(t=walk.table))
            self.Sql(walk.after.format(t=walk.table))
        self.Sql("INSERT INTO healthy VALUES (2, 2)")

    def Mend(self):
        for walk in self.walks:
            if walk.mends:
                self.Sql(walk.mends.format(t=walk.table))

    def ExpectStops(self):
        stopped = StoppedOf(self.lake)
        wanted = {f"{DATABASE}.{walk.table}": walk.code for walk in self.walks}
        assert {table: why["code"] for table, why in stopped.items()} == wanted
        assert all(why["message"] and why["next"] for why in stopped.values())
        said = self.lake.Command("status", "-c", self.lake.config).out
        lag = next(line for line in said.splitlines() if line.startswith("lag"))
        assert all(table in lag for table in wanted), lag


@pytest.fixture
def walked(source, tmp_path):
    lake = Foreset(tmp_path, source, DATABASE, {"memory_limit": "128MiB"})
    walked = Walked(lake, source)
    walked.Create()
    lake.Run()
    yield walked
    lake.Discard()


def test_error_advice_recovered(walked):
    lake = walked.lake
    walked.Break()
    first = lake.Run(exits=1)
    for walk in walked.walks:
        assert f"{walk.table}" in first.err and walk.code in first.err
    walked.ExpectStops()
    # Codes and reasons survive restarts, and the others are proved all the same.
    lake.Run(exits=1)
    walked.ExpectStops()
    proof = Reports(lake, "verify", "--wait", "1", exits=1)
    assert not proof["equal"]
    assert {c["verdict"] for c in proof["comparisons"] if "healthy" in c["table"]} == {"equal"}
    assert {u["table"] for u in proof["uncompared"]} == {f"{DATABASE}.{walk.table}" for walk in walked.walks}
    walked.Mend()
    for layer in ("bronze", "silver", "gold"):
        tables = [walk.table for walk in walked.walks if walk.layer == layer]
        lake.Command("reset", "-c", lake.config, "--layer", layer, "--yes", *tables)
    behind = Reports(lake, "status")
    assert behind["incomplete"] and "behind" in behind["lag"]
    lake.Run()
    lake.Verify()
    assert not StoppedOf(lake)
    walked.Sql("INSERT INTO healthy VALUES (3, 3)")
    lake.Run()
    lake.Verify()


def test_a_stopped_table_is_left_out_or_made_again(walked):
    lake = walked.lake
    walked.Break()
    lake.Run(exits=1)
    again = {walk.table for walk in walked.walks if walk.layer == "bronze" and walk.code != "E5303"}
    for table in again:
        walked.Sql(f"DROP TABLE {table}; CREATE TABLE {table} (id INT PRIMARY KEY, made VARCHAR(9)); "
                   f"INSERT INTO {table} VALUES (1, 'anew')")
    lake.Configure({"source": {"mysql": {"exclude": [
        f"{DATABASE}.{walk.table}" for walk in walked.walks if walk.table not in again]}}})
    lake.Run()
    walked.Sql("".join(f"INSERT INTO {table} VALUES (2, 'more');" for table in again))
    lake.Run()
    lake.Verify()
    status = Reports(lake, "status")
    assert not status["stopped"]
    assert set(status["left_out"]) == {f"{DATABASE}.{walk.table}" for walk in walked.walks if walk.table not in again}


def test_a_name_that_is_swapped_while_it_runs_is_copied_anew(walked):
    """What online schema changes do, again and again; the others lose and repeat nothing."""
    lake = walked.lake
    lake.Start()
    for step in range(3):
        walked.Sql(f"CREATE TABLE _new LIKE healthy; INSERT INTO _new SELECT id, v + 100 FROM healthy; "
                   f"RENAME TABLE healthy TO _gone, _new TO healthy; DROP TABLE _gone; "
                   f"INSERT INTO healthy VALUES ({50 + step}, 0); INSERT INTO retyped VALUES ({50 + step}, 'x')")
    WaitFor(lambda: lake.Ended() is not None or lake.Command(
        "verify", "-c", lake.config, "healthy", "retyped", "--wait", "5", exits=None).code in (0, 1), "both are proved")
    assert lake.Ended() is None, lake.Said()
    lake.Stop()


def test_a_bronze_folder_that_is_gone_is_copied_anew(walked):
    """By hand: as a reset does, from which nothing is recorded."""
    lake = walked.lake
    for table in ("bronze/healthy", "silver/healthy", "gold/healthy_current", "gold/healthy_history"):
        shutil.rmtree(lake.lake / table)
    status = Reports(lake, "status")
    assert status["incomplete"] == [f"{DATABASE}.healthy"] and status["current"] is False
    lake.Run()
    lake.Verify()


def test_what_only_reads_makes_nothing(walked):
    lake = walked.lake
    nowhere = lake.directory / "nowhere"
    lake.Configure({"lake": {layer: str(nowhere / layer) for layer in ("bronze", "silver", "gold")}})
    lake.Verify(exits=1)
    lake.Command("status", "-c", lake.config)
    lake.Command("reset", "-c", lake.config, "--layer", "bronze", "healthy", "--yes", exits=2)
    assert not list(nowhere.rglob("_delta_log"))


def test_two_databases_with_one_folder(walked):
    """The second finds the first's table in its place: it stops, and nothing is mixed."""
    lake = walked.lake
    walked.server.sql("DROP DATABASE IF EXISTS ways_two; CREATE DATABASE ways_two; CREATE TABLE ways_two.healthy "
                      "(id INT PRIMARY KEY, w INT); INSERT INTO ways_two.healthy VALUES (7, 7)")
    lake.Configure({"source": {"mysql": {"tables": [f"{DATABASE}.*", "ways_two.*"]}}})
    outcome = lake.Run(exits=None)
    assert outcome.code != 0 and "E5308" in outcome.err, outcome
    lake.Configure({"source": {"mysql": {"tables": [f"{DATABASE}.*"]}}})
    lake.Run()
    lake.Verify()


class Alone:
    """A database of its own with a lake: `Now` runs to the end of what there is."""

    def __init__(self, directory, server):
        self.server = server
        server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}; "
                   f"DROP DATABASE IF EXISTS {DATABASE}_two; CREATE DATABASE {DATABASE}_two")
        self.lake = Foreset(directory, server, DATABASE, {"memory_limit": "128MiB"})

    def Now(self, sql="", exits=0):
        if sql:
            self.server.sql(sql, database=DATABASE)
        return self.lake.Run(exits=exits)

    def Stopped(self):
        return {table: why["code"] for table, why in StoppedOf(self.lake).items()}


@pytest.fixture
def alone(source, tmp_path):
    alone = Alone(tmp_path, source)
    yield alone
    alone.lake.Discard()


STOPS = {
    "E5105": "ALTER TABLE {t} MODIFY v INT",
    "E2207": "SET SESSION binlog_row_image = MINIMAL; UPDATE {t} SET v = '2' WHERE id = 1; "
             "SET SESSION binlog_row_image = FULL",
}
AWAY_AND_BACK = {
    "renamed": ("RENAME TABLE {t} TO {t}_x", "RENAME TABLE {t}_x TO {t}"),
    "moved": ("RENAME TABLE {t} TO ways_two.{t}", "RENAME TABLE ways_two.{t} TO {t}"),
    "altered": ("ALTER TABLE {t} RENAME TO {t}_x", "ALTER TABLE {t}_x RENAME TO {t}"),
}


@pytest.mark.parametrize("between", [False, True], ids=["one_run", "run_between"])
def test_a_stopped_table_that_is_renamed_away_and_back_is_copied_anew(alone, between):
    tables = [(f"{how}_{code.lower()}", code, how) for how in AWAY_AND_BACK for code in STOPS]
    alone.Now("".join(f"CREATE TABLE {t} (id INT PRIMARY KEY, v VARCHAR(5), w INT); INSERT INTO {t} VALUES (1, '1', 1);"
                      for t, _, _ in tables))
    alone.Now(";".join(STOPS[code].format(t=t) for t, code, _ in tables), exits=1)
    assert alone.Stopped() == {f"{DATABASE}.{t}": code for t, code, _ in tables}
    away, back = (";".join(AWAY_AND_BACK[how][step].format(t=t) for t, _, how in tables) for step in (0, 1))
    if between:
        alone.Now(away)
        alone.Now(back)
    else:
        alone.Now(f"{away};{back}", exits=None)
    alone.Now()
    assert not alone.Stopped()
    alone.lake.Verify()
    alone.Now("".join(f"INSERT INTO {t} VALUES (2, '2', 2);" for t, _, _ in tables))
    alone.lake.Verify()


LEAVE_OUT = {
    "excluded": lambda *tables: {"exclude": [f"{DATABASE}.{table}" for table in tables]},
    "not_named": lambda *tables: {"tables": [f"{DATABASE}.o"] if tables else [f"{DATABASE}.*"]},
}


@pytest.mark.parametrize("how", LEAVE_OUT)
def test_a_table_that_was_left_out_for_a_while_is_copied_anew(alone, how):
    def Name(*left_out):
        alone.lake.Configure({"source": {"mysql": LEAVE_OUT[how](*left_out)}})

    tables = ("t", "altered", "idle", "made_again", "gone")
    alone.Now("".join(f"CREATE TABLE {t} (id INT PRIMARY KEY, v INT); INSERT INTO {t} VALUES (1, 1), (2, 2);"
                      for t in (*tables, "o")))
    alone.Now("DROP TABLE gone")
    Name(*tables)
    said = alone.Now("UPDATE t SET v = 77 WHERE id = 1; DELETE FROM t WHERE id = 2; INSERT INTO o VALUES (3, 3); "
                     "ALTER TABLE altered ADD COLUMN w INT DEFAULT 5; UPDATE altered SET v = 78 WHERE id = 1; "
                     "DROP TABLE made_again; CREATE TABLE made_again (id INT PRIMARY KEY, x INT); "
                     "INSERT INTO made_again VALUES (9, 9)")
    assert "left out" in said.err
    status = Reports(alone.lake, "status")
    left_out = {f"{DATABASE}.{t}" for t in tables if t != "gone"}
    assert set(status["left_out"]) == left_out
    assert status["lag"].startswith("none") and not status["incomplete"]
    alone.lake.Verify()
    alone.Now("INSERT INTO o VALUES (4, 4)")
    Name()
    behind = Reports(alone.lake, "status")
    assert set(behind["incomplete"]) == left_out and behind["current"] is False
    assert "copied anew" in alone.Now("ALTER TABLE t ADD COLUMN z INT DEFAULT 1; INSERT INTO idle VALUES (7, 7)").err
    alone.lake.Verify()
    status = Reports(alone.lake, "status")
    assert not status["left_out"] and not status["incomplete"] and status["lag"].startswith("none")
    assert "copied anew" not in alone.Now("INSERT INTO made_again VALUES (10, 10)").err
    alone.lake.Verify()


def test_a_statement_stops_the_tables_that_it_changes_alone(alone):
    alone.Now("CREATE TABLE t (id INT PRIMARY KEY, v INT); CREATE TABLE o LIKE t; CREATE TABLE p LIKE t; "
              "CREATE TABLE q LIKE t; INSERT INTO t VALUES (1, 1); INSERT INTO o SELECT * FROM t; "
              "INSERT INTO p SELECT * FROM t; INSERT INTO q SELECT * FROM t")
    statement = "SET SESSION binlog_format = STATEMENT; {} SET SESSION binlog_format = ROW; INSERT INTO o VALUES ({}, 5)"
    said = alone.Now(statement.format("UPDATE t SET v = 3 WHERE id = 1; UPDATE p, q SET p.v = 4, q.v = 4 "
                                      "WHERE p.id = q.id; CREATE TEMPORARY TABLE x (id INT); "
                                      "INSERT INTO x SELECT id FROM o; DROP TEMPORARY TABLE x;", 2), exits=1)
    wanted = {f"{DATABASE}.{table}": "E2204" for table in "tpq"}
    assert alone.Stopped() == wanted
    assert "UPDATE t SET v = 3" in said.err
    alone.lake.Verify("o")
    alone.Now("INSERT INTO o VALUES (3, 3)", exits=1)
    assert alone.Stopped() == wanted
    alone.lake.Configure({"source": {"mysql": {"exclude": [f"{DATABASE}.p"]}}})
    alone.Now("DROP TABLE t; CREATE TABLE t (id INT PRIMARY KEY, w INT); INSERT INTO t VALUES (9, 9); "
              "RENAME TABLE q TO q_x; RENAME TABLE q_x TO q", exits=None)
    alone.Now(statement.format("UPDATE p SET v = 5;", 4))
    assert not alone.Stopped()
    alone.lake.Verify()


def test_a_table_without_transactions_keeps_no_other_from_being_copied(alone):
    alone.Now("".join(f"CREATE TABLE {t} (id INT PRIMARY KEY, v INT); INSERT INTO {t} VALUES (1, 1);" for t in "top"))
    alone.Now("ALTER TABLE t ENGINE = MyISAM; INSERT INTO p VALUES (2, 2); CREATE TABLE o2 LIKE o; "
              "INSERT INTO o2 VALUES (7, 7); RENAME TABLE o TO o_old, o2 TO o; INSERT INTO t VALUES (3, 3)")
    for table in ("o", "p", "o_old"):
        alone.lake.Verify(table)
    assert not alone.Stopped()
    alone.Now("CREATE TABLE m (id INT PRIMARY KEY) ENGINE = MyISAM; INSERT INTO m VALUES (1); RENAME TABLE m TO n; "
              "INSERT INTO p VALUES (4, 4)", exits=1)
    assert alone.Stopped() == {f"{DATABASE}.n": "E2119"}
    alone.Now("INSERT INTO p VALUES (5, 5)", exits=1)
    alone.lake.Verify("p")
    proof = Reports(alone.lake, "verify", exits=1)
    assert {u["table"] for u in proof["uncompared"]} == {f"{DATABASE}.n", f"{DATABASE}.t"}
    alone.server.sql("ALTER TABLE n ENGINE = InnoDB; ALTER TABLE t ENGINE = InnoDB", database=DATABASE)
    alone.lake.Command("reset", "-c", alone.lake.config, "--layer", "bronze", "--yes", "n")
    alone.Now()
    alone.lake.Verify()


def test_a_table_that_a_lake_cannot_hold_keeps_no_other_from_being_copied(alone):
    alone.Now("CREATE TABLE t (id INT PRIMARY KEY, _seqs INT, _op2 INT); INSERT INTO t VALUES (1, 1, 1); CREATE TABLE o LIKE t")
    alone.Now("CREATE TABLE x (id INT PRIMARY KEY, _Op INT); INSERT INTO x VALUES (1, 1); RENAME TABLE x TO n; "
              "INSERT INTO t VALUES (2, 2, 2)", exits=1)
    assert alone.Stopped() == {f"{DATABASE}.n": "E5106"}
    alone.Now("CREATE TABLE o2 LIKE o; INSERT INTO o2 VALUES (7, 7, 7); RENAME TABLE o TO o_old, o2 TO o; "
              "ALTER TABLE t ADD COLUMN _valid_at INT, ADD COLUMN _late INT; INSERT INTO t VALUES (3, 3, 3, 3, 3)", exits=1)
    assert alone.Stopped() == {f"{DATABASE}.{table}": "E5106" for table in "nt"}
    alone.lake.Verify("o")
    proof = Reports(alone.lake, "verify", exits=1)
    assert {u["table"] for u in proof["uncompared"]} == {f"{DATABASE}.n", f"{DATABASE}.t"}
