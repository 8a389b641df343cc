# SPDX-License-Identifier: MIT
"""Some rows of a table into another table or a file: the same as DuckDB finds in the same rows."""

import datetime
import decimal
import json

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from tests.batch.conftest import Table

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
ROWS = pa.table({
    "Id": pa.array(range(20_000), pa.int64()),
    "Name": [None if i % 7 == 0 else f"name {i}, \"quoted\"\n" if i % 11 == 0 else f"name {i}" for i in range(20_000)],
    "Price": pa.array([decimal.Decimal(i) / 100 for i in range(20_000)], pa.decimal128(18, 2)),
    "Ratio": pa.array([i / 3 for i in range(20_000)], pa.float64()),
    "Made": pa.array([START + datetime.timedelta(seconds=i) for i in range(20_000)], pa.timestamp("us", "UTC")),
    "Flag": [i % 2 == 0 for i in range(20_000)],
})
WHERE = "Price BETWEEN 10 AND 120.5 AND (Name IS NULL OR Name LIKE '%9%') AND Flag"


@pytest.fixture
def table(tmp_path):
    """Two versions: the second one has more."""
    write_deltalake(str(tmp_path / "T"), ROWS.slice(0, 10_000))
    write_deltalake(str(tmp_path / "T"), ROWS.slice(10_000), mode="append")
    return tmp_path / "T"


def Wanted(columns="*", where=WHERE, rows=ROWS):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.register("rows", rows)
    return connection.execute(f"SELECT {columns} FROM rows WHERE {where} ORDER BY Id").to_arrow_table()


def Same(found, wanted):
    found = found.sort_by("Id")
    assert found.column_names == wanted.column_names
    assert found.to_pylist() == wanted.cast(found.schema).to_pylist()
    assert len(found) > 0


def test_to_parquet(foreset, table, tmp_path):
    report = foreset.Report("filter", table, "--where", WHERE, "--to", "some.parquet")
    found = pq.read_table(tmp_path / "some.parquet")
    Same(found, Wanted())
    assert report["rows"] == len(found) and report["format"] == "parquet"
    assert found.schema.field("Price").type == pa.decimal128(18, 2)


def test_to_delta(foreset, table, tmp_path):
    foreset("filter", table, "--where", WHERE, "--columns", "Name,Id", "--to", "U")
    Same(Table(tmp_path / "U"), Wanted("Name, Id"))
    assert "E8411" in foreset("filter", table, "--to", "U", exits=2).err
    foreset("filter", table, "--where", "Id < 5", "--to", "U", "--overwrite")
    Same(Table(tmp_path / "U"), Wanted(where="Id < 5"))
    assert DeltaTable(str(tmp_path / "U")).version() > 0


def test_to_csv_and_json_lines(foreset, table, tmp_path):
    foreset("filter", table, "--where", WHERE, "--to", "some.csv")
    read = duckdb.connect()
    read.execute("SET TimeZone = 'UTC'")
    types = "{'Id': 'BIGINT', 'Name': 'VARCHAR', 'Price': 'DECIMAL(18,2)', 'Ratio': 'DOUBLE', " \
            "'Made': 'TIMESTAMPTZ', 'Flag': 'BOOLEAN'}"
    Same(read.execute(f"FROM read_csv('{tmp_path}/some.csv', columns={types}, header=true)").to_arrow_table(), Wanted())
    for format, lines in (("jsonl", True), ("json", False)):
        foreset("filter", table, "--where", WHERE, "--columns", "Id,Name,Flag", "--to", f"out.{format}")
        text = (tmp_path / f"out.{format}").read_text()
        rows = [json.loads(line) for line in text.splitlines()] if lines else json.loads(text)
        assert sorted(rows, key=lambda row: row["Id"]) == Wanted("Id, Name, Flag").to_pylist()


WRITTEN = {"parquet": lambda path: pq.read_table(path),
           "csv": lambda path: duckdb.read_csv(path, compression=Packed(path)).to_arrow_table(),
           "json": lambda path: duckdb.sql(f"FROM read_json('{path}', compression='{Packed(path)}')").to_arrow_table(),
           "jsonl": lambda path: duckdb.sql(f"FROM read_json('{path}', compression='{Packed(path)}')").to_arrow_table()}


def Packed(path):
    return "gzip" if path.lower().endswith(".gz") else "none"


@pytest.mark.parametrize(("name", "form"), [
    ("o.csv", "csv"), ("o.CSV", "csv"), ("o.csv.gz", "csv"), ("o.Csv.GZ", "csv"), ("o.parquet", "parquet"),
    ("o.PARQUET", "parquet"),
    ("o.json", "json"), ("o.json.gz", "json"), ("o.jsonl", "jsonl"), ("o.JSONL.gz", "jsonl"), ("o.ndjson", "jsonl"),
    ("shop.Orders", "delta"), ("o.csv/", "delta"), ("o", "delta")])
def test_the_ending_decides_what_is_written(foreset, table, tmp_path, name, form):
    report = foreset.Report("filter", table, "--where", "Id < 3", "--columns", "Id,Name", "--to", name)
    assert report["format"] == form
    place = tmp_path / name
    found = Table(place) if form == "delta" else WRITTEN[form](str(place))
    assert sorted(found.column("Id").to_pylist()) == [0, 1, 2]


@pytest.mark.parametrize("name", ["o.xlsx", "o.txt", "o.TSV", "o.parquet.gz", "o.zip", "o.gz", "o.csv.zst"])
def test_an_ending_of_another_form_is_refused(foreset, table, tmp_path, name):
    said = foreset("filter", table, "--to", name, exits=2).err
    assert "E1001" in said and ".csv.gz" in said and "--format" in said
    assert not (tmp_path / name).exists()
    foreset("filter", table, "--where", "Id < 3", "--to", name, "--format", "csv")
    assert (tmp_path / name).is_file()


def test_no_table_is_named_like_a_file(foreset, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("n\n1\n")
    for command in (["csv-to-delta", "in/a.csv", "a.parquet"], ["csv-to-delta", "in/a.csv", "in/a.csv"],
                    ["migrate", "in", "--to", "out.xlsx"]):
        said = foreset(*command, exits=2).err
        assert "E1001" in said and "a Delta table is a folder" in said
    foreset("csv-to-delta", "in/a.csv", "a.parquet/")
    assert Table(tmp_path / "a.parquet").to_pylist() == [{"n": 1}]


def test_to_standard_output_and_at_a_version(foreset, table, tmp_path):
    out = foreset("filter", table, "--where", "Id >= 9998", "--columns", "Id", "--version", "0").out
    assert out == "Id\n9998\n9999\n"
    out = foreset("filter", table, "--where", "Id >= 19998", "--columns", "Id", "--format", "jsonl").out
    assert [json.loads(line) for line in out.splitlines()] == [{"Id": 19998}, {"Id": 19999}]
    assert len(foreset("filter", table, "--limit", "3").out.splitlines()) >= 4


def test_conditions_that_are_none(foreset, table, tmp_path):
    for where, code in (("Nothing = 1", "E1203"), ("Id ==== 2", "E1201"), ("Id", "E1201"),
                        ("Id IN (SELECT * FROM read_csv('/etc/passwd'))", "E1201")):
        for command in (["filter", table, "--to", "some.csv"], ["table", "cat", table]):
            ended = foreset(*command, "--where", where, exits=2)
            assert code in ended.err and not ended.out and not (tmp_path / "some.csv").exists()
    # A row that cannot be computed leaves no half file.
    ended = foreset("filter", table, "--where", "CAST(Name AS BIGINT) > 0", "--to", "some.csv", exits=1)
    assert "E8102" in ended.err and not (tmp_path / "some.csv").exists()


def test_an_output_is_not_replaced_unasked(foreset, table, tmp_path):
    (tmp_path / "some.csv").write_text("mine")
    assert "E8411" in foreset("filter", table, "--to", "some.csv", exits=2).err
    assert (tmp_path / "some.csv").read_text() == "mine"
    foreset("filter", table, "--where", "Id = 1", "--columns", "Id", "--to", "some.csv", "--overwrite")
    assert (tmp_path / "some.csv").read_text() == "Id\n1\n"


def test_a_dry_run_counts(foreset, table, tmp_path):
    report = foreset.Report("filter", table, "--where", WHERE, "--to", "some.csv", "--dry-run")
    assert report["rows"] == len(Wanted()) and not (tmp_path / "some.csv").exists()
