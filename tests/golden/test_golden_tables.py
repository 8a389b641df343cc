# SPDX-License-Identifier: MIT
"""Delta tables that other engines wrote, in ../shared/data/delta-tables: `foreset table cat` reads what Spark reads,
with the same rows, variants as their JSON texts, and says a code and a reason for what Spark refuses."""

import pathlib
import re
import subprocess

import pyarrow.dataset
import pytest

from tests.harness.program import BINARY, ROOT
from tests.harness.readers import Versions, WithVariantTexts
from tests.harness.values import Differences, Rows

FOLDER = ROOT.parent / "shared" / "data" / "delta-tables"
TABLES = sorted(str(log.parent.relative_to(FOLDER)) for log in FOLDER.rglob("_delta_log"))


def Cat(table, version=None):
    command = [str(BINARY), "table", "cat", str(FOLDER / table), "-o", "jsonl"]
    if version is not None:
        command += ["--version", str(version)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def ExpectedRows(table):
    """(rows, Arrow schema) that came with the table as Parquet, or None."""
    folder = (FOLDER / table).parent / "expected"
    if pathlib.Path(table).name != "delta" or not folder.is_dir():
        return None
    arrow = pyarrow.dataset.dataset(str(folder), format="parquet", exclude_invalid_files=True).to_table()
    return Rows.FromArrow(arrow), arrow.schema


def AssertSame(done, rows, schema, teller):
    assert done.returncode == 0, f"{teller} reads it, foreset does not: {done.stderr}"
    difference = Differences(rows, Rows.FromJsonLines(done.stdout, schema), teller, "foreset")
    assert not difference, difference


def AssertRefused(done, reason):
    assert done.returncode not in (0, 2), f"foreset reads {len(done.stdout.splitlines())} rows; Spark: {reason}"
    assert done.returncode > 0, f"foreset was ended by signal {-done.returncode}; Spark: {reason}"
    assert re.search(r"\bE\d{4}\b.{10,}", done.stderr), f"no code and reason: {done.stderr!r}; Spark: {reason}"


@pytest.mark.parametrize("table", TABLES)
def test_latest_version(table, spark):
    expected = ExpectedRows(table)
    if expected is not None:
        AssertSame(Cat(table), *expected, "the expectation")
        return
    try:
        frame = spark.Frame(FOLDER / table)
        arrow = WithVariantTexts(frame).toArrow()
    except Exception as refusal:  # Spark has no one type for what it refuses
        AssertRefused(Cat(table), str(refusal).splitlines()[0])
        return
    AssertSame(Cat(table), Rows.FromArrow(arrow), arrow.schema, "Spark")


@pytest.mark.parametrize("table", [table for table in TABLES if len(Versions(FOLDER / table)) > 1])
def test_an_earlier_version(table, spark):
    versions = Versions(FOLDER / table)
    version = versions[(len(versions) - 1) // 2]
    try:
        frame = spark.Frame(FOLDER / table, version)
        arrow = WithVariantTexts(frame).toArrow()
    except Exception as refusal:
        AssertRefused(Cat(table, version), str(refusal).splitlines()[0])
        return
    AssertSame(Cat(table, version), Rows.FromArrow(arrow), arrow.schema, "Spark")
