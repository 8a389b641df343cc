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


def Ids(reader, table, version=None, column="id"):
    return sorted(row[column] for row in reader.Table(table, version).select([column]).to_pylist())


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


def test_values_of_every_type(lake, readers):
    for reader in readers:
        rows = {row["id"]: row for row in reader.Table(lake / "types").to_pylist()}
        row = rows[5]
        text = "000005-Größe-" + "z" * 40
        assert [row[name] for name in ("tiny", "small", "single", "real", "flag")] == [5, 5, 5.0, 1.25, False], reader.name
        assert row["number"] == 5 and row["price"] == decimal.Decimal("1.25")
        assert row["huge"] is None  # every seventh
        assert rows[4]["huge"] == decimal.Decimal("0.0000000100")
        assert (row["text"], bytes(row["bytes"])) == (text, text.encode())
        assert row["day"] == datetime.date(1970, 1, 1) + datetime.timedelta(days=20005)
        assert row["wall"].replace(tzinfo=None) == datetime.datetime(2026, 1, 1, 0, 0, 0, 5005)
        assert row["at"].astimezone(datetime.timezone.utc).replace(tzinfo=None) == datetime.datetime(2026, 1, 1, 0, 0, 0, 5005)
        assert row["row"] == {"x": 5, "tags": [text]}


def test_statistics_skip_only_files_without_matches(lake, spark):
    """Rows at the very edges of the bounds, where text and times were cut."""
    from pyspark.sql import functions as f

    frame = spark.session.read.format("delta").load(str(lake / "types"))
    for i in (1001, 1999, 5021):
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
    table = spark.Table(lake / "mapped")
    assert table.column_names == ["the id", "a,b"]
    assert sorted(table["the id"].to_pylist()) == Live(1)
