# SPDX-License-Identifier: MIT
"""The commands on a lake in Parquet mode, and lakes whose layers differ."""

import json

import pytest

from tests.harness.lakes import LAYERS, ParquetLake
from tests.harness.program import Foreset
from tests.parquet.plain_readers import DuckDbReader, Glob, GlobReader

DATABASE = "plain"


def Made(server, directory, layers=LAYERS):
    """A lake of one table: two rows copied; then one changed, one deleted and one inserted."""
    server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}; USE {DATABASE}; "
               "CREATE TABLE Items (Id INT PRIMARY KEY, Name VARCHAR(20)); INSERT INTO Items VALUES (1, 'Ann'), (2, 'Bob')")
    foreset = Foreset(directory, server, DATABASE, tables=ParquetLake(directory / "lake", layers))
    foreset.Run()
    server.sql(f"USE {DATABASE}; UPDATE Items SET Name = 'Anna' WHERE Id = 1; DELETE FROM Items WHERE Id = 2; "
               "INSERT INTO Items VALUES (3, 'Cleo')")
    foreset.Run()
    return foreset


@pytest.fixture(scope="module")
def lake(servers, tmp_path_factory):
    return Made(servers("mysql"), tmp_path_factory.mktemp("plain"))


def Json(lake, *arguments, **options):
    return json.loads(lake.Command(*arguments, "-c", lake.config, "-o", "json", **options).out)


def test_no_table_looks_like_deltas(lake):
    assert not list(lake.lake.rglob("_delta_log"))
    assert [file.name for file in (lake.lake / "bronze" / "Items").glob("date=*")]


def test_the_lake_is_shown_and_verified(lake):
    lake.Verify()
    tables = {table["table"]: table for table in Json(lake, "status")["tables"]}
    assert tables["silver/Items"]["rows"] == 2 and tables["silver/Items"]["state"] == "following"
    assert {row["table"] for row in Json(lake, "progress", "show")} >= {"bronze/Items", "gold/Items_history"}
    listed = {row["table"]: row for row in Json(lake, "table", "ls")}
    assert listed["gold/Items_current"]["rows"] == 2 and not any(row["error"] for row in listed.values())


def test_a_table_is_found_by_its_path_and_by_its_name(lake):
    by_path = json.loads(lake.Command("table", "ls", lake.lake / "silver", "-o", "json").out)
    assert [(row["table"], row["rows"]) for row in by_path] == [("Items", 2)]
    for name in ([lake.lake / "silver" / "Items"], ["silver/Items", "-c", lake.config]):
        rows = json.loads(lake.Command("table", "cat", *name, "-o", "json").out)
        assert {(row["Id"], row["Name"]) for row in rows} == {(1, "Anna"), (3, "Cleo")}
    assert "Items" in lake.Command("table", "show", "silver/Items", "-c", lake.config).out
    assert len(Json(lake, "table", "history", "silver/Items")) >= 2


def test_row_tells_the_whole_life(lake):
    traces = Json(lake, "row", "Items", "1")["traces"]
    assert [event["_op"] for event in traces["bronze/Items"]] == ["r", "u"]
    assert [change["_op"] for change in traces["gold/Items_history"]] == ["SNAPSHOT", "UPDATE"]


def test_earlier_versions_are_refused_with_the_reason(lake):
    for choice in (["--version", "1"], ["--at", "2026-01-31"]):
        outcome = lake.Command("table", "cat", "silver/Items", "-c", lake.config, *choice, exits=2)
        assert "E5152" in outcome.err
    assert "E5152" in lake.Command("table", "diff", "silver/Items", "-c", lake.config, exits=2).err


def test_a_reset_makes_a_layer_anew(servers, tmp_path):
    lake = Made(servers("mysql"), tmp_path)
    outcome = lake.Command("reset", "-c", lake.config, "--layer", "silver", "--yes").out
    assert "reads bronze/Items from its beginning: 5 rows" in outcome
    assert not (lake.lake / "silver" / "Items").exists() and list((lake.lake / "silver" / "_old").iterdir())
    lake.Run()
    lake.Verify()
    assert len(GlobReader().Read(lake.lake / "silver" / "Items")) == 2


def test_replaced_files_go_after_the_time_that_they_are_kept(servers, tmp_path):
    server = servers("mysql")
    lake = Made(server, tmp_path)
    lake.Configure({"lake": {"keep_replaced": "1ms"}})
    server.sql(f"UPDATE {DATABASE}.Items SET Name = 'Clea' WHERE Id = 3")
    lake.Start()
    lake.WaitUntil(lambda: "Clea" in GlobReader().Read(lake.lake / "silver" / "Items").Column("Name"), "Clea is there")
    server.sql(f"UPDATE {DATABASE}.Items SET Name = 'Cleo' WHERE Id = 3")
    lake.WaitUntil(lambda: "Cleo" in GlobReader().Read(lake.lake / "silver" / "Items").Column("Name"), "Cleo is there")
    lake.Stop()
    # Of what was there before the run only that is left which the last commit replaced.
    assert len(list((lake.lake / "silver" / "Items").glob("_*.replaced"))) <= 1


@pytest.mark.parametrize("layers", [("bronze",), ("silver",), ("bronze", "gold")])
def test_layers_may_differ_in_format(servers, readers, tmp_path, layers):
    lake = Made(servers("mysql"), tmp_path, layers)
    lake.Verify()
    for table in ("silver/Items", "gold/Items_current"):
        if lake.tables.InParquetMode(table):
            rows = DuckDbReader().Read(lake.lake / table)
        else:
            rows = readers[0].Read(lake.lake / table)
        assert sorted(zip(rows.Column("Id"), rows.Column("Name"))) == [(1, "Anna"), (3, "Cleo")], table


def test_a_table_of_another_format_is_refused_and_reset_takes_it_out_of_the_way(servers, tmp_path):
    lake = Made(servers("mysql"), tmp_path, ("bronze",))
    lake.Configure({"lake": {"format": {"bronze": "parquet", "silver": "parquet", "gold": "delta"}}})
    lake.tables.formats["silver"] = "parquet"
    files = Glob(lake.lake / "silver" / "Items")
    assert "E5151" in lake.Run(exits=None).err
    assert Glob(lake.lake / "silver" / "Items") == files, "a refused table was touched"
    lake.Command("reset", "-c", lake.config, "--layer", "silver", "--yes")
    lake.Run()
    lake.Verify()
    assert (lake.lake / "silver" / "Items" / "_manifest").exists()
