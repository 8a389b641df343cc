# SPDX-License-Identifier: MIT
"""What the delta module writes, read by engines that are not ours."""

import datetime
import decimal
import json
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ROWS_OF_FILE = 1000
FILES = 12
LATEST = FILES + 2


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A directory with the tables of delta_sample.cc."""
    subprocess.run([ROOT / "scripts" / "build", "foreset_delta_sample"], check=True, capture_output=True)
    directory = tmp_path_factory.mktemp("lake")
    subprocess.run([ROOT / "build/release/tests/interop/foreset_delta_sample", directory], check=True)
    return directory


def Arrow(reader, table, version=None):
    return reader.Table(table, version) if hasattr(reader, "Table") else reader.Frame(table, version).toArrow()


def Ids(reader, table, version=None):
    return sorted(Arrow(reader, table, version)["id"].to_pylist())


def Live(files, *steps):
    """The ids of so many files without every step-th row."""
    return [i for i in range(files * ROWS_OF_FILE) if all(i % ROWS_OF_FILE % step for step in steps)]


def test_every_version_has_its_rows(lake, readers):
    for reader in readers:
        assert Ids(reader, lake / "types") == Live(FILES, 10, 3), reader.name
        assert Ids(reader, lake / "types", FILES + 1) == Live(FILES, 10), reader.name
        assert Ids(reader, lake / "types", 5) == Live(5), reader.name
        assert Ids(reader, lake / "types", 0) == [], reader.name


def test_the_checkpoint_replaces_the_commits_before_it(lake, readers, tmp_path):
    table = tmp_path / "types"
    shutil.copytree(lake / "types", table)
    for version in range(LATEST - 1):
        (table / "_delta_log" / f"{version:020}.json").unlink()
    for reader in readers:
        assert Ids(reader, table) == Live(FILES, 10, 3), reader.name


def Expected(i):
    """The row of that id; every seventh value is NULL."""
    text = f"{i:06}-Größe-" + "z" * 40
    time = datetime.datetime(2026, 1, 1) + datetime.timedelta(microseconds=1001 * i)
    values = {
        "id": i, "tiny": i % 100, "small": i, "number": i, "single": float(i), "real": i / 4,
        "price": decimal.Decimal(25 * i).scaleb(-2), "huge": decimal.Decimal(25 * i).scaleb(-10), "flag": i % 2 == 0,
        "text": text, "bytes": text.encode(), "day": datetime.date(1970, 1, 1) + datetime.timedelta(days=20000 + i),
        "wall": time, "at": time.replace(tzinfo=datetime.timezone.utc), "row": {"x": i, "tags": [text]},
    }  # fmt: skip
    return {name: None if at and (i + at) % 7 == 0 else value for at, (name, value) in enumerate(values.items())}


def test_values_of_every_type(lake, readers):
    for reader in readers:
        rows = {row["id"]: row for row in Arrow(reader, lake / "types").to_pylist()}
        for i in (1, 2, 4, 5, 7, 8, 11, 5023, 11998):
            assert rows[i] == Expected(i), reader.name


def test_statistics_skip_only_files_without_matches(lake, spark):
    """Rows at the very edges of the bounds, where text and times were cut."""
    from pyspark.sql import functions as f

    frame = spark.Frame(lake / "types")
    for i in (1001, 1997, 5023):
        row = frame.where(f.col("id") == i).collect()[0]
        for column in ("text", "wall", "at", "day", "price", "real", "number"):
            if row[column] is not None:
                assert i in [r["id"] for r in frame.where(f.col(column) == f.lit(row[column])).collect()], column


def test_readers_of_version_1_can_read_a_plain_table(lake, readers):
    protocol = next(
        action["protocol"]
        for action in map(json.loads, (lake / "plain/_delta_log/00000000000000000000.json").read_text().splitlines())
        if "protocol" in action
    )
    assert protocol["minReaderVersion"] == 1 and "readerFeatures" not in protocol
    for reader in readers:
        assert Ids(reader, lake / "plain") == Live(1), reader.name


def test_column_mapping_keeps_odd_names(lake, spark):
    table = Arrow(spark, lake / "mapped")
    assert table.column_names == ["the id", "a,b"]
    assert sorted(table["the id"].to_pylist()) == Live(1)
