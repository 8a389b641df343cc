# SPDX-License-Identifier: MIT
"""The commands in the how-to pages of the batch tools really run, one page after the other."""

import pathlib
import re

import pytest

from tests.batch.conftest import Table, Tools
from tests.harness.program import Foreset

PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "how-to"
DATABASE = "how_to"


def Commands(page):
    text = (PAGES / page).read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    assert lines, f"{page} has no command"
    return lines


@pytest.mark.timeout(600)
def test_the_pages_commands_run(servers, tmp_path):
    import shlex

    server = servers("mysql")
    server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    server.sql(f"USE {DATABASE}; CREATE TABLE Items (Id INT PRIMARY KEY, Name TEXT); INSERT INTO Items VALUES (1, 'x')")
    Foreset(tmp_path, server, DATABASE)
    foreset = Tools(tmp_path, {"MYSQL_PASSWORD": server.password})
    (tmp_path / "orders.csv").write_text("OrderID,Name,Total\n1,a,1.5\n2,b,9.5\n")
    (tmp_path / "changes.csv").write_text("OrderID,Name,Total,Paid\n2,bb,19.5,true\n")
    (tmp_path / "messy.csv").write_text("Id,Name\n1,x\ny,z\n")
    (tmp_path / "days").mkdir()
    (tmp_path / "days" / "1.csv").write_text("Id\n1\n2\n")
    for page in ("csv-to-delta.md", "filter.md", "migrate.md"):
        for line in Commands(page):
            program, *arguments = shlex.split(line)
            assert program == "foreset", line
            assert foreset(*arguments, exits=None).code in (0, 4), line
    assert sorted(row["OrderID"] for row in Table(tmp_path / "lake" / "Orders").to_pylist()) == [1, 2]
    assert Table(tmp_path / "plain" / "Items").to_pylist() == [{"Id": 1, "Name": "x"}]
    assert len(Table(tmp_path / "fromfiles" / "Items")) == 1
