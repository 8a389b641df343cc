# SPDX-License-Identifier: MIT
"""SIGKILL right after a durable step (whatever makes, names, moves, removes or synchronises a file of the lake) while
statements are followed: after the first step, the second, and so on until the run ends by itself. Each time the run after
it makes source, silver, gold and bronze what they should be.

FORESET_STEPS says how many steps of each script are tried, spread evenly (4); "all" tries each.
"""

import os

import pytest

from tests.kill.binlog_changes import EndOfLog, PlacedChanges
from tests.kill.durable_steps import Build, SteppedForeset
from tests.kill.oracles import AssertBronzeIsTheBinlog, AssertLayersAreTheSource

DATABASE = "stepped"
STEPS = os.environ.get("FORESET_STEPS", "4")

TABLES = """
    CREATE TABLE T (Id INT PRIMARY KEY, V INT NOT NULL, Name VARCHAR(20));
    INSERT INTO T VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 3, 'three');
    CREATE TABLE Other (Id INT PRIMARY KEY, V INT);
    INSERT INTO Other VALUES (1, 1);
"""
PARTITIONED = """
    CREATE TABLE P (Id INT PRIMARY KEY, V INT) PARTITION BY RANGE (Id)
        (PARTITION few VALUES LESS THAN (10), PARTITION many VALUES LESS THAN MAXVALUE);
    INSERT INTO P VALUES (1, 1), (20, 20);
    CREATE TABLE X (Id INT PRIMARY KEY, V INT);
    INSERT INTO X VALUES (2, 2);
"""


class Script:
    """`tables` are made before the lake; then come `statements`, and these tables stop and are reset."""

    def __init__(self, statements, tables="", stopped=(), passing=()):
        self.statements, self.tables = statements, TABLES + tables
        self.stopped, self.passing = list(stopped), set(passing)

    def Commands(self, lake):
        run = ("run", "-c", lake.config, "--until-current")
        if not self.stopped:
            return [(run, 0)]
        return [(run, 1), (("reset", "-c", lake.config, "--layer", "bronze", "--yes", *self.stopped), 0), (run, 0)]


SCRIPTS = {
    "columns": Script("""
        INSERT INTO T VALUES (4, 4, 'four');
        ALTER TABLE T ADD COLUMN C INT DEFAULT 7;
        UPDATE T SET C = 8 WHERE Id = 1;
        ALTER TABLE T MODIFY V BIGINT NOT NULL;
        INSERT INTO T VALUES (5, 5000000000, 'five', 9);
        ALTER TABLE T RENAME COLUMN Name TO Label;
        DELETE FROM T WHERE Id = 2;
        ALTER TABLE T DROP COLUMN C;
        ALTER TABLE T ADD COLUMN C VARCHAR(9) DEFAULT 'x';
        INSERT INTO T VALUES (6, 6, 'six', 'y');
        INSERT INTO Other VALUES (2, 2);
    """),
    "names": Script("""
        CREATE TABLE _T_new LIKE T;
        ALTER TABLE _T_new ADD COLUMN W INT;
        INSERT INTO _T_new SELECT Id, V, Name, 7 FROM T;
        UPDATE T SET V = 10 WHERE Id = 1;
        UPDATE _T_new SET V = 10 WHERE Id = 1;
        RENAME TABLE T TO _T_old, _T_new TO T;
        INSERT INTO T VALUES (4, 4, 'four', 4);
        DROP TABLE _T_old;
        RENAME TABLE Other TO Away;
        INSERT INTO Away VALUES (2, 2);
        RENAME TABLE Away TO Other;
        UPDATE Other SET V = 3 WHERE Id = 2;
    """, passing={"_T_new", "_T_old", "Away"}),
    "tables": Script("""
        INSERT INTO T VALUES (4, 4, 'four');
        TRUNCATE TABLE T;
        INSERT INTO T VALUES (1, 10, 'ten');
        DROP TABLE Other;
        CREATE TABLE Other (Id INT PRIMARY KEY, V VARCHAR(9));
        INSERT INTO Other VALUES (1, 'one'), (3, 'three');
        CREATE TABLE Fresh (Id INT PRIMARY KEY, V INT);
        INSERT INTO Fresh VALUES (1, 1);
        CREATE TABLE Brief (Id INT PRIMARY KEY);
        INSERT INTO Brief VALUES (1);
        DROP TABLE Brief;
        UPDATE Fresh SET V = 2;
    """),
    "a_type_that_stops": Script("""
        INSERT INTO T VALUES (4, 4, '4');
        UPDATE T SET Name = Id;
        ALTER TABLE T MODIFY Name INT;
        INSERT INTO T VALUES (5, 5, 5);
        INSERT INTO Other VALUES (2, 2);
    """, stopped=["T"]),
    "keys_and_partitions": Script("""
        INSERT INTO T VALUES (4, 4, 'four');
        ALTER TABLE T DROP PRIMARY KEY, ADD PRIMARY KEY (V, Id);
        INSERT INTO T VALUES (5, 5, 'five');
        UPDATE P SET V = 3 WHERE Id = 1;
        ALTER TABLE P EXCHANGE PARTITION few WITH TABLE X;
        INSERT INTO X VALUES (3, 3);
        INSERT INTO P VALUES (4, 4), (21, 21);
        INSERT INTO Other VALUES (2, 2);
    """, tables=PARTITIONED, stopped=["T", "P", "X"]),
}


def Chosen(steps):
    """Which steps of so many are tried. One run differs from the next by a few: all means until one ends by itself."""
    if STEPS == "all":
        return range(1, 2 * steps)
    return [(2 * i + 1) * steps // (2 * int(STEPS)) for i in range(int(STEPS))]


@pytest.mark.timeout(14400)
@pytest.mark.parametrize("name", SCRIPTS)
def test_killed_after_each_durable_step(source, name, tmp_path):
    script = SCRIPTS[name]
    source.sql(f"DROP DATABASE IF EXISTS {DATABASE}")
    begin = EndOfLog(source)
    source.sql(f"CREATE DATABASE {DATABASE}; USE {DATABASE}; {script.tables}")
    lake = SteppedForeset(tmp_path, source, DATABASE, Build(tmp_path))
    lake.Run()
    lake.KeepAside()
    source.sql(script.statements, database=DATABASE)
    changes = PlacedChanges(source, DATABASE, *begin)
    commands = script.Commands(lake)

    steps = lake.Walk(commands, 0)
    tried = 0
    for step in Chosen(steps):
        lake.TakeBack()
        try:
            ended = lake.Walk(commands, step) is not None
            lake.Verify()
            AssertLayersAreTheSource(lake)
            AssertBronzeIsTheBinlog(lake, changes, script.passing)
        except AssertionError as error:
            raise AssertionError(f"killed after step {step}: {error}") from error
        if ended:
            break
        tried += 1
    print(f"{source.kind}, {name}: {tried} kills, a run has {steps} steps or so")
    assert tried >= (0.9 * steps if STEPS == "all" else int(STEPS) - 1), f"only {tried} kills in {steps} steps"
