# SPDX-License-Identifier: MIT
import pytest

from tests.scenarios.scenario_format import Parse, ParseTable, ScenarioError

TEXT = """# Shows something
# in two lines.
-- only mysql: MariaDB has no such thing
-- server binlog_format=STATEMENT
-- source
CREATE TABLE t (a INT);
-- run exits 1 says "E2104"
-- expect silver/t
| a | b    |
| 1 | NULL |
"""


def test_a_scenario_has_servers_options_and_steps():
    scenario = Parse(TEXT, "x.scenario")
    assert scenario.about == "Shows something\nin two lines."
    assert scenario.servers == ("mysql",)
    assert scenario.server_options == {"binlog_format": "STATEMENT"}
    assert [(step.verb, step.line) for step in scenario.steps] == [("source", 5), ("run", 7), ("expect", 8)]
    assert scenario.steps[0].body == "CREATE TABLE t (a INT);\n"


def test_mistakes_name_file_and_line():
    with pytest.raises(ScenarioError, match="x.scenario:2: no directive rnu"):
        Parse("# a\n-- rnu\n", "x.scenario")
    with pytest.raises(ScenarioError, match="x.scenario:2: wanted `-- only"):
        Parse("# a\n-- only mysql\n", "x.scenario")


def test_cells_know_null_empty_and_escapes():
    header, rows = ParseTable('| a | b | c |\n|  | "NULL" | x\\|\\n |\n| NULL | " " | # |\n', "x")
    assert header == ["a", "b", "c"]
    assert rows == [["", "NULL", "x|\n"], [None, " ", "#"]]


def test_a_row_of_another_width_is_refused():
    with pytest.raises(ScenarioError, match="x: 2 columns, but a row of 1"):
        ParseTable("| a | b |\n| 1 |\n", "x")
