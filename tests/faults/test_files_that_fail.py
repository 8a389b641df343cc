# SPDX-License-Identifier: MIT
"""Calls on the lake's files fail, from the first one on: what may pass is waited out, a mistake ends the run at once, and one
table's folder is that table's alone."""

import errno
import json
import pathlib
import subprocess
import time

import pytest

from tests.harness.program import Foreset

SHIM = pathlib.Path(__file__).resolve().parents[1] / "servers" / "failing_files.c"
PASSING = (errno.EIO, errno.ENOSPC, errno.EMFILE, errno.EAGAIN, errno.ESTALE)
FOR_EVER = 10**9


@pytest.fixture(scope="session")
def shim(tmp_path_factory):
    library = tmp_path_factory.mktemp("shim") / "failing_files.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"], check=True)
    return library


class Failing(Foreset):
    """Foreset whose calls on paths that hold `path` fail."""

    def __init__(self, directory, server, shim):
        server.sql("DROP DATABASE IF EXISTS files; CREATE DATABASE files; USE files; CREATE TABLE A (id INT PRIMARY KEY);"
                   "CREATE TABLE B (id INT PRIMARY KEY); INSERT INTO A VALUES (1); INSERT INTO B VALUES (1)")
        super().__init__(directory, server, "files")
        self.shim, self.faults = shim, {}

    def Fail(self, path, number, first=0, times=1):
        self.faults = {"LD_PRELOAD": self.shim, "FAILING_PATH": path, "FAILING_ERRNO": number, "FAILING_FROM": first,
                       "FAILING_TIMES": times}

    def Environment(self):
        return {**super().Environment(), **{name: str(value) for name, value in self.faults.items()}}


@pytest.fixture
def lake(tmp_path, servers, shim):
    lake = Failing(tmp_path, servers("mysql"), shim)
    yield lake
    lake.Discard()


@pytest.mark.parametrize("number", PASSING)
@pytest.mark.parametrize("first", (0, 1, 3, 9, 40))
def test_what_may_pass_is_waited_out_wherever_it_comes(lake, number, first):
    lake.Fail("/lake/", number, first, times=2)
    lake.Run()
    lake.faults = {}
    lake.Verify()


def test_a_lake_that_stays_away_ends_a_run_that_ends_and_no_other(lake):
    lake.Fail("/lake/", errno.EIO, times=FOR_EVER)
    begun = time.monotonic()
    outcome = lake.Run("--wait", "2", exits=75)
    assert "E3001" in outcome.err and outcome.err.count("trying again") > 1 and 2 < time.monotonic() - begun < 20, outcome
    lake.Start("--wait", "1")
    lake.WaitUntil(lambda: lake.Said().count("trying again") > 4, "attempts for longer than a run that ends would wait")
    assert lake.Ended() is None, lake.Said()
    lake.Stop()


@pytest.mark.parametrize("number, exits", ((errno.EACCES, 77), (errno.EROFS, 77), (errno.ENOTDIR, 1)))
def test_a_mistake_ends_the_run_at_once(lake, number, exits):
    lake.Fail("/lake/", number, times=FOR_EVER)
    outcome = lake.Run(exits=exits)
    assert "trying again" not in outcome.err and "/lake/" in outcome.err, outcome


@pytest.mark.parametrize("folder", ("bronze/A", "silver/A", "gold/A_current", "gold/A_history"))
def test_one_tables_folder_that_is_refused_stops_that_table_alone(lake, folder):
    lake.Run()
    lake.server.sql("INSERT INTO A VALUES (2); INSERT INTO B VALUES (2)", database="files")
    lake.Fail(f"/lake/{folder}/", errno.EACCES, times=FOR_EVER)
    outcome = lake.Run(exits=1)
    assert "files.A stop" in outcome.err and "E3004" in outcome.err, outcome
    status = json.loads(lake.Command("status", "-c", lake.config, "-o", "json", exits=None).out)
    assert {stopped["table"]: stopped["code"] for stopped in status["stopped"]} == {"files.A": "E3004"}
    proof = json.loads(lake.Command("verify", "-c", lake.config, "-o", "json", "--wait", "1", exits=1).out)
    assert {comparison["verdict"] for comparison in proof["comparisons"]} == {"equal"}
    assert {uncompared["table"] for uncompared in proof["uncompared"]} == {"files.A"}
    lake.faults = {}
    if folder == "bronze/A":
        lake.Command("reset", "-c", lake.config, "--layer", "bronze", "--yes", "A")
    lake.Run()
    lake.Verify()
