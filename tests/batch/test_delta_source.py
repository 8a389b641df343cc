# SPDX-License-Identifier: MIT
"""Plain Delta tables as a source: files of a landing folder on their way into bronze, silver and gold."""

import datetime
import decimal
import json
import pathlib
import random
import time

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from tests.batch.conftest import Kill, Tools
from tests.harness.program import Foreset
from tests.harness.readers import DeltaLakeReader

CONFIGURATION = """
name: shop
source: {delta: {location: plain, keys: {Orders: OrderID, Items: [OrderID, Line]}}}
lake: lake
commit: {size: 1MiB}
"""


def Table(*path):
    return DeltaLakeReader().Table(pathlib.Path(*path))


def Values(table, *names):
    """Of the columns, of bronze those after the change; a list of values, or of tuples, in order."""
    rows = table.to_pylist()
    rows = [row["after"] if "after" in row else row for row in rows]
    return sorted((row[names[0]] if len(names) == 1 else tuple(row[name] for name in names) for row in rows), key=str)


def Configure(foreset, text=CONFIGURATION):
    (foreset.directory / "foreset.yaml").write_text(text)


def Run(foreset, *arguments, exits=0):
    return foreset("run", "-c", "foreset.yaml", "--until-current", *arguments, exits=exits)


def Landing(root):
    (root / "Orders").mkdir(parents=True)
    (root / "Items").mkdir()
    for part in range(3):
        (root / "Orders" / f"part-{part}.csv").write_text(
            "OrderID,Total,Day\n" + "".join(f"{part * 1000 + i},{i}.50,2026-01-{i % 28 + 1:02}\n" for i in range(1000)))
    (root / "Items" / "all.csv").write_text(
        "OrderID,Line,Name\n" + "".join(f"{i // 2},{i % 2},item {i}\n" for i in range(6000)))
    (root / "Notes.jsonl").write_text('{"Text": "a"}\n{"Text": "a"}\n{"Text": null}\n')


def Verdicts(foreset, exits=0):
    told = json.loads(foreset("verify", "-c", "foreset.yaml", "-o", "json", exits=exits).out)
    return told["equal"], {c["table"]: (c["source_rows"], c["lake_rows"]) for c in told["comparisons"]}


def test_a_landing_folder_into_all_layers(foreset, tmp_path):
    Landing(tmp_path / "landing")
    foreset("migrate", "landing", "--to", "plain")
    Configure(foreset)
    assert "source tables" in foreset("doctor", "-c", "foreset.yaml", exits=None).out
    Run(foreset, "--layer", "bronze")
    bronze = Table(tmp_path / "lake" / "bronze" / "Orders")
    assert set(bronze["_op"].to_pylist()) == {"r"} and bronze.num_rows == 3000
    assert len(set(bronze["_seq"].to_pylist())) == 3000
    assert not (tmp_path / "lake" / "silver").exists()

    Run(foreset)
    columns = ("OrderID", "Total", "Day")
    wanted = Values(Table(tmp_path / "plain" / "Orders"), *columns)
    assert Values(Table(tmp_path / "lake" / "silver" / "Orders"), *columns) == wanted
    assert Table(tmp_path / "lake" / "gold" / "Items_current").num_rows == 6000
    assert Values(Table(tmp_path / "lake" / "silver" / "Notes"), "Text") == [None, "a", "a"]
    equal, rows = Verdicts(foreset)
    assert equal and rows["silver/Orders"] == (3000, 3000) and rows["silver/Notes"] == (3, 3)
    status = json.loads(foreset("status", "-c", "foreset.yaml", "-o", "json").out)
    assert "Orders@" in json.dumps(status)

    # Again: nothing is copied twice. A table that comes later is copied then, the others stay.
    before = DeltaTable(str(tmp_path / "lake" / "bronze" / "Orders")).version()
    Run(foreset)
    write_deltalake(str(tmp_path / "plain" / "Later"), pa.table({"Id": [1, 2]}))
    Run(foreset)
    assert DeltaTable(str(tmp_path / "lake" / "bronze" / "Orders")).version() == before
    assert Values(Table(tmp_path / "lake" / "silver" / "Later"), "Id") == [1, 2]
    assert Verdicts(foreset)[0]


def test_every_type_arrives_as_it_is(foreset, tmp_path):
    utc = datetime.timezone.utc
    rows = pa.table({
        "Id": pa.array([1, 2], pa.int64()), "Tiny": pa.array([-128, None], pa.int8()),
        "Small": pa.array([-32768, None], pa.int16()), "Whole": pa.array([2**31 - 1, None], pa.int32()),
        "Half": pa.array([1.5, None], pa.float32()), "Full": pa.array([0.1, None], pa.float64()),
        "Yes": pa.array([True, None], pa.bool_()), "Price": pa.array([decimal.Decimal("12.30"), None], pa.decimal128(38, 2)),
        "Name": pa.array(["Größe", None], pa.string()), "Raw": pa.array([b"\x00\xff", None], pa.binary()),
        "Day": pa.array([datetime.date(1, 1, 1), None], pa.date32()),
        "At": pa.array([datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, utc), None], pa.timestamp("us", "UTC")),
        "Wall": pa.array([datetime.datetime(1969, 1, 2, 3, 4, 5, 6), None], pa.timestamp("us"))})
    write_deltalake(str(tmp_path / "plain" / "Kinds"), rows, partition_by=["Small"])
    Configure(foreset, "source: {delta: {location: plain, keys: {Kinds: Id}}}\nlake: lake\n")
    Run(foreset)
    silver = Table(tmp_path / "lake" / "silver" / "Kinds").select(rows.column_names).to_pylist()
    assert sorted(silver, key=lambda row: row["Id"]) == rows.to_pylist()
    assert Verdicts(foreset)[0]


def test_a_copy_that_was_killed_goes_on(foreset, tmp_path):
    place = str(tmp_path / "plain" / "Orders")
    for part in range(20):
        write_deltalake(place, pa.table({"OrderID": list(range(part * 20_000, (part + 1) * 20_000)),
                                         "Name": [f"name {i} {'x' * 50}" for i in range(20_000)]}), mode="append")
    Configure(foreset, CONFIGURATION.replace(", Items: [OrderID, Line]", ""))
    log = tmp_path / "lake" / "bronze" / "Orders" / "_delta_log"
    process = foreset.Start("run", "-c", "foreset.yaml", "--until-current")
    while process.poll() is None and len(list(log.glob("*.json"))) < 4:
        time.sleep(0.002)
    Kill(process)
    before = len(list(log.glob("*.json")))
    assert 4 <= before < 20, before
    Run(foreset)
    ids = Values(Table(tmp_path / "lake" / "bronze" / "Orders"), "OrderID")
    assert sorted(ids) == list(range(400_000))
    assert Verdicts(foreset) == (True, {"silver/Orders": (400_000, 400_000), "gold/Orders_current": (400_000, 400_000),
                                        "gold/Orders_history": (400_000, 400_000)})


def test_a_table_that_changed_is_not_taken_for_what_was_copied(foreset, tmp_path):
    write_deltalake(str(tmp_path / "plain" / "Orders"), pa.table({"OrderID": [1, 2]}))
    Configure(foreset, CONFIGURATION.replace(", Items: [OrderID, Line]", ""))
    Run(foreset)
    DeltaTable(str(tmp_path / "plain" / "Orders")).delete("OrderID = 1")
    ended = Run(foreset, exits=1)
    assert "E2109" in ended.err and "Orders@0" in ended.err and "foreset reset --layer bronze" in ended.err
    foreset("reset", "-c", "foreset.yaml", "--layer", "bronze", "--yes")
    Run(foreset)
    assert Values(Table(tmp_path / "lake" / "silver" / "Orders"), "OrderID") == [2]
    assert Verdicts(foreset)[0]


# What the configuration alone shows ends the run before anything is copied; what the rows show stops their table.
@pytest.mark.parametrize("key,said,exits", [("Order: OrderID", "no table Order", 2), ("Orders: Id", "no column Id", 2),
                                            ("Orders: Part", "Part is NULL", 1)])
def test_keys_that_do_not_fit(foreset, tmp_path, key, said, exits):
    write_deltalake(str(tmp_path / "plain" / "Orders"), pa.table({"OrderID": [1, 2], "Part": [1, None]}))
    Configure(foreset, f"source: {{delta: {{location: plain, keys: {{{key}}}}}}}\nlake: lake\n")
    ended = Run(foreset, exits=exits)
    assert "E8414" in ended.err and said in ended.err
    assert "one that is there: Orders." in ended.err or "no table" not in said


def test_keys_that_are_not_unique_are_seen_by_verify(foreset, tmp_path):
    write_deltalake(str(tmp_path / "plain" / "Orders"), pa.table({"OrderID": [1, 1, 2], "Total": [5, 6, 7]}))
    Configure(foreset, CONFIGURATION.replace(", Items: [OrderID, Line]", ""))
    Run(foreset)
    assert Values(Table(tmp_path / "lake" / "silver" / "Orders"), "OrderID", "Total") == [(1, 6), (2, 7)]
    assert Table(tmp_path / "lake" / "bronze" / "Orders").num_rows == 3
    equal, rows = Verdicts(foreset, exits=3)
    assert not equal and rows["silver/Orders"] == (3, 2)


def test_tables_of_a_container(azurite, tmp_path):
    account, container = "onelake", f"plain-{random.getrandbits(32):08x}"
    azurite.CreateContainer(account, container)
    tools = Tools(tmp_path, {"AZURE_STORAGE_ACCOUNT_NAME": account, "AZURE_STORAGE_ACCOUNT_KEY": azurite.keys[account],
                             "AZURE_STORAGE_ENDPOINT": azurite.EndpointOf(account)})
    place = f"abfss://{container}@{account}.dfs.core.windows.net/plain"
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "Orders.csv").write_text("OrderID,Total\n1,1.5\n2,2.5\n")
    tools("migrate", "landing", "--to", place)
    Configure(tools, f"source: {{delta: {{location: '{place}', keys: {{Orders: OrderID}}}}}}\nlake: lake\n")
    Run(tools)
    assert Values(Table(tmp_path / "lake" / "silver" / "Orders"), "OrderID", "Total") == [(1, 1.5), (2, 2.5)]
    assert Verdicts(tools)[0]


def test_what_cannot_be_a_source(foreset, tmp_path):
    Configure(foreset)
    (tmp_path / "plain").mkdir()
    assert "no Delta tables" in Run(foreset, exits=None).err
    write_deltalake(str(tmp_path / "plain" / "Events"), pa.table({"Id": [1], "Tags": [["a"]]}))
    Configure(foreset, "source: {delta: {location: plain}}\nlake: lake\n")
    ended = Run(foreset, exits=1)
    assert "E8415" in ended.err and "Tags" in ended.err
    Configure(foreset, "source: {delta: {location: plain}, kafka: {bootstrap_servers: 'a:1', topics: [x]}}\nlake: lake\n")
    assert "it stands alone" in Run(foreset, exits=78).err


def test_a_lake_of_files_does_not_go_on_from_a_database(servers, tmp_path):
    server = servers("mysql")
    server.sql("DROP DATABASE IF EXISTS plainly; CREATE DATABASE plainly; CREATE TABLE plainly.Orders (OrderID INT PRIMARY KEY)")
    database = Foreset(tmp_path, server, "plainly")
    foreset = Tools(tmp_path, {"MYSQL_PASSWORD": server.password})
    write_deltalake(str(tmp_path / "plain" / "Orders"), pa.table({"OrderID": [1, 2]}))
    Configure(foreset, f"source: {{delta: {{location: plain}}}}\nlake: {database.lake}\n")
    Run(foreset)
    database.Configure({})
    ended = database.Run(exits=78)
    assert "E6102" in ended.err and "fed from plain tables, the configuration names a server" in ended.err
    database.Discard()
