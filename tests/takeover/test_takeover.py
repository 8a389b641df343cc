# SPDX-License-Identifier: MIT
"""A lake that an earlier program made is taken over by this one and goes on, exactly once."""

import re

import pytest

from tests.harness.program import Foreset
from tests.takeover import kept_lakes
from tests.takeover.kept_lakes import DATABASE

# Of each bronze table the changes that it has in the end, however often a program took it over.
CHANGES = {
    "Items": 3 + 3 + 4, "Sales": 3 + 1 + 1, "Loose": 3 + 1 + 2, "Gone": 1, "Fresh": 1,
}


def test_there_are_lakes_of_earlier_programs():
    assert {kept_lakes.KindOf(name) for name in kept_lakes.Names()} == set(kept_lakes.KINDS)


@pytest.fixture(params=kept_lakes.Names())
def taken(request, tmp_path):
    """The program over a kept lake, and the server that has all that the lake has."""
    kept_lakes.TakeOut(request.param, tmp_path)
    server = kept_lakes.StartWithLog(kept_lakes.KindOf(request.param), tmp_path / "log")
    try:
        again = f"SET SESSION sql_log_bin = 0; CREATE DATABASE {DATABASE}; USE {DATABASE};"
        server.sql(again + kept_lakes.FIRST + kept_lakes.SECOND)
        yield Foreset(tmp_path, server, DATABASE, kept_lakes.CONFIGURATION)
    finally:
        server.discard()


def Count(foreset, table):
    return int(foreset.Command("sql", "-c", foreset.config, "-o", "csv", f"SELECT count(*) AS n FROM {table}").out.split()[1])


def test_a_lake_of_an_earlier_program_goes_on(taken):
    outcome = taken.Run(exits=1)  # there is nothing new; the table that had stopped is named
    assert "Odd stop" in outcome.err and "copied" not in outcome.err
    taken.server.sql(kept_lakes.THIRD, database=DATABASE)
    assert re.search(r"\b1 rows? copied", taken.Run(exits=1).err)  # of the table that nobody had seen
    for table, changes in CHANGES.items():
        assert Count(taken, f'bronze."{table}"') == changes, table
    taken.Verify("Items", "Sales", "Loose", "Fresh")
    taken.Command("reset", "-c", taken.config, "--layer", "bronze", "--yes", "Odd")
    taken.Run()
    taken.Verify()
