# SPDX-License-Identifier: MIT
"""The table commands, on tables that another program wrote."""

import csv
import decimal
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

SCHEMA = pa.schema([("id", pa.int64()), ("name", pa.string()), ("price", pa.decimal128(18, 2)), ("bytes", pa.binary())])


def Rows(*rows):
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row)) for row in rows], schema=SCHEMA)


@pytest.fixture
def table(foreset):
    """Three versions: two rows; a third row; one of them deleted."""
    path = foreset.directory / "lake" / "things"
    money = decimal.Decimal
    write_deltalake(str(path), Rows((1, "Ann", money("10.10"), b"\x01\xff"), (2, 'B "x", y', money("0.05"), None)))
    write_deltalake(str(path), Rows((3, None, None, b"")), mode="append")
    DeltaTable(str(path)).delete("id = 1")
    return "lake/things"


def Lines(text):
    return sorted((json.loads(line) for line in text.splitlines()), key=lambda row: row["id"])


def test_cat_shows_every_version(foreset, table):
    assert [row["id"] for row in Lines(foreset("table", "cat", table, "-o", "jsonl")[0])] == [2, 3]
    rows = Lines(foreset("table", "cat", table, "-o", "jsonl", "--version", 0)[0])
    assert rows == [{"id": 1, "name": "Ann", "price": "10.10", "bytes": "Af8="},
                    {"id": 2, "name": 'B "x", y', "price": "0.05", "bytes": None}]
    assert len(Lines(foreset("table", "cat", table, "-o", "jsonl", "--at", "2200-01-01")[0])) == 2
    _, err = foreset("table", "cat", table, "--version", 9, exits=1)
    assert "E4004" in err


@pytest.mark.parametrize("where, ids", [
    ("id > 1", [2, 3]), ("price < 1", [2]), ("name is null or id = 1", [1, 3]), ("name LIKE '%x%'", [2]),
    ("NOT id in (1, 2)", [3]), ("bytes = x'01ff'", [1]), ("upper(NAME) LIKE 'A%'", [1]), ("`id` = 3 OR \"id\" = 2", [2, 3]),
])
def test_where(foreset, table, where, ids):
    out, _ = foreset("table", "cat", table, "-o", "jsonl", "--version", 1, "--where", where)
    assert [row["id"] for row in Lines(out)] == ids


def test_rows_keep_their_order_through_files_of_any_size(foreset):
    path, first = str(foreset.directory / "lake" / "sizes"), 0
    for rows in (3, 20_000, 1, 700, 40_000, 5):
        write_deltalake(path, pa.table({"n": pa.array(range(first, first + rows), pa.int64())}), mode="append")
        first += rows
    every = foreset("table", "cat", "lake/sizes", "-o", "csv", "--limit", 0)[0].split()[1:]
    out = foreset("table", "cat", "lake/sizes", "-o", "csv", "--limit", 0, "--where", "n % 7 < 2")[0].split()[1:]
    assert len(every) == first and out == [n for n in every if int(n) % 7 < 2]
    assert foreset("table", "cat", "lake/sizes", "-o", "csv", "--where", "n % 7 < 2", "--limit", 9)[0].split()[1:] == out[:9]


def test_a_wrong_condition_or_column_names_the_nearest(foreset, table):
    assert 'did you mean "price"?' in foreset("table", "cat", table, "--where", "pirce = 1", exits=2)[1]
    assert "E1201" in foreset("table", "cat", table, "--where", "id = 1 AND", exits=2)[1]
    assert "E8102" in foreset("table", "cat", table, "--where", "CAST(name AS INT) = 1", exits=1)[1]
    assert 'did you mean "name"?' in foreset("table", "cat", table, "--columns", "nmae", exits=2)[1]


def test_columns_limit_and_forms(foreset, table):
    out, _ = foreset("table", "cat", table, "--version", 0, "--columns", "name,id", "-o", "csv")
    assert sorted(csv.reader(io.StringIO(out))) == [['Ann', '1'], ['B "x", y', '2'], ["name", "id"]]
    assert len(foreset("table", "cat", table, "--limit", 1, "-o", "jsonl")[0].splitlines()) == 1
    assert len(json.loads(foreset("table", "cat", table, "-o", "json")[0])) == 2
    assert foreset("table", "cat", table, "-o", "markdown")[0].startswith("| id | name |")
    assert "(2 rows)" in foreset("table", "cat", table)[0]


def test_parquet_goes_to_standard_output(foreset, table):
    import subprocess

    from tests.harness.program import BINARY

    done = subprocess.run([str(BINARY), "table", "cat", table, "-o", "parquet"], cwd=foreset.directory, capture_output=True,
                          timeout=60, check=True)
    assert sorted(pq.read_table(io.BytesIO(done.stdout)).column("id").to_pylist()) == [2, 3]


def test_ls_show_and_history(foreset, table):
    listed = json.loads(foreset("table", "ls", "lake", "-o", "json")[0])
    assert [(row["table"], row["version"], row["rows"]) for row in listed] == [("things", 2, 2)]
    shown = json.loads(foreset("table", "show", table, "-o", "json")[0])
    assert [column["type"] for column in shown["columns"]] == ["long", "string", "decimal(18,2)", "binary"]
    assert "decimal(18,2)" in foreset("table", "show", table)[0]
    history = json.loads(foreset("table", "history", table, "-o", "json")[0])
    assert [entry["version"] for entry in history] == [2, 1, 0] and history[0]["operation"] == "DELETE"


def test_diff_tells_added_removed_and_changed(foreset, table):
    rows = [json.loads(line) for line in foreset("table", "diff", table, "-o", "jsonl")[0].splitlines()]
    assert [(row["_diff"], row["id"]) for row in rows] == [("removed", 1)]
    out, err = foreset("table", "diff", table, "--from", 0, "-o", "jsonl")
    assert sorted((json.loads(line)["_diff"], json.loads(line)["id"]) for line in out.splitlines()) == [
        ("added", 3), ("removed", 1)]
    assert "1 added, 1 removed, 0 changed" in err
    DeltaTable(str(foreset.directory / table)).update(new_values={"name": "Zoe"}, predicate="id = 2")
    out, _ = foreset("table", "diff", table, "--key", "id", "--columns", "id,name", "-o", "jsonl")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"_diff": "changed_from", "id": 2, "name": 'B "x", y'}, {"_diff": "changed_to", "id": 2, "name": "Zoe"}]


def test_a_closed_pipe_is_no_error_to_talk_about(foreset, table):
    import subprocess

    from tests.harness.program import BINARY

    done = subprocess.run(f"'{BINARY}' explain | head -1", shell=True, capture_output=True, timeout=60, check=True)
    assert done.stdout.startswith(b"E1001") and done.stderr == b""
