# SPDX-License-Identifier: MIT
"""Rows of many megabytes: with a small memory_limit they are copied and followed within FACTOR times it, and a row that is too
large stops its table by name before it is made anything of."""

import json
import os
import subprocess

import pytest

from tests.harness.program import BINARY, Foreset

MIB = 1 << 20
LIMIT = 512
FACTOR = 1.5  # docs/reference/configuration.md states it
DATABASE = "large"
# So that rows of this size do not wait for the server's own log.
REDO = {"mysql": "innodb_redo_log_capacity", "mariadb": "innodb_log_file_size"}
TABLE = "CREATE TABLE {} (id INT PRIMARY KEY, n INT, bytes LONGBLOB, note LONGTEXT)"


def Run(foreset):
    """`run --until-current`: its exit code, what it said, and its peak of resident memory in MiB."""
    with (foreset.directory / "run.log").open("wb+") as log:
        run = subprocess.Popen([str(BINARY), "run", "-c", str(foreset.config), "--until-current"], cwd=foreset.directory,
                               env=foreset.Environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        return run.returncode, log.read().decode(errors="replace"), usage.ru_maxrss / 1024


@pytest.fixture
def large(source, tmp_path):
    """The server, which takes rows of that size for the time of a test, and a pipeline of two tables on it."""
    packet, redo = source.query(f"SELECT @@GLOBAL.max_allowed_packet, @@GLOBAL.{REDO[source.kind]}")[0]
    source.sql(f"SET GLOBAL max_allowed_packet = {256 * MIB}; SET GLOBAL {REDO[source.kind]} = {1024 * MIB}; "
               f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    foreset = Foreset(tmp_path, source, DATABASE, {"memory_limit": f"{LIMIT}MiB"})
    source.sql(TABLE.format("Files") + ";" + TABLE.format("Notes"), database=DATABASE)
    yield foreset
    foreset.Discard()
    source.sql(f"DROP DATABASE {DATABASE}; SET GLOBAL max_allowed_packet = {packet}; SET GLOBAL {REDO[source.kind]} = {redo}")


def Insert(foreset, first, *mebibytes):
    """Rows of that size that hardly compress: bytes in one table, text in the other."""
    noise = os.urandom(MIB).hex()
    script = f"SET @noise = '{noise}';"
    for key, size in enumerate(mebibytes, first):
        script += (f"INSERT INTO Files VALUES ({key}, 0, REPEAT(UNHEX(@noise), {size}), 'bytes');"
                   f"INSERT INTO Notes VALUES ({key}, 0, NULL, REPEAT(@noise, {size // 2}));")
    foreset.server.sql(script, database=DATABASE)


def RunWithin(foreset, exits=0):
    code, said, peak = Run(foreset)
    assert code == exits, said
    assert peak <= FACTOR * LIMIT, f"{peak:.0f} MiB at a memory_limit of {LIMIT} MiB"
    return said


def test_rows_of_a_tenth_of_the_limit_are_copied_and_followed(large):
    Insert(large, 1, 20, 60)
    RunWithin(large)
    Insert(large, 11, 60)
    RunWithin(large)
    large.server.sql("UPDATE Files SET n = n + 1 WHERE id >= 2; DELETE FROM Notes WHERE id = 2", database=DATABASE)
    RunWithin(large)
    large.Verify()


def test_a_row_that_is_too_large_stops_its_table_by_name(large):
    Insert(large, 1, 1)
    large.Run()
    large.server.sql("INSERT INTO Files VALUES (7, 0, REPEAT('x', 100000000), 'too large'); "
                     "INSERT INTO Files VALUES (8, 0, 'y', 'of the stopped table'); "
                     "INSERT INTO Notes VALUES (8, 0, 'y', 'after it')", database=DATABASE)
    said = RunWithin(large, exits=1)
    assert "E5202" in said and "large.Files: the row where id = 7 has 1000000" in said, said
    status = json.loads(large.Command("status", "-c", large.config, "-o", "json").out)
    assert [stopped["table"] for stopped in status["stopped"]] == ["large.Files"]
    large.Verify("Notes")
    # The copy that a reset begins meets it again.
    large.Command("reset", "-c", large.config, "--layer", "bronze", "--yes", "Files")
    assert "the row where id = 7" in RunWithin(large, exits=1)
    large.server.sql("DELETE FROM Files WHERE id = 7", database=DATABASE)
    large.Command("reset", "-c", large.config, "--layer", "bronze", "--yes", "Files")
    RunWithin(large)
    large.Verify()
