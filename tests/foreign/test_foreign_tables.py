# SPDX-License-Identifier: MIT
"""Delta tables that others published, in the folder that FORESET_FOREIGN_TABLES names, at any depth: `foreset table cat` reads
what Spark reads, or the rows that came with the table as Parquet (`expected` beside a table named `delta`), and says a code
and a reason for what Spark refuses. None of them is part of the project, and without the folder there is no test to run."""

import os
import pathlib

import pyarrow.dataset
import pytest

from tests.harness.readers import Versions, WithVariantTexts
from tests.harness.table_cat import AssertRefused, AssertSame, Cat
from tests.harness.values import Rows

FOLDER = pathlib.Path(os.environ.get("FORESET_FOREIGN_TABLES") or os.devnull)
TABLES = sorted(str(log.parent.relative_to(FOLDER)) for log in FOLDER.rglob("_delta_log"))


def ExpectedRows(table):
    """(rows, Arrow schema) that came with the table as Parquet, or None."""
    folder = (FOLDER / table).parent / "expected"
    if pathlib.Path(table).name != "delta" or not folder.is_dir():
        return None
    arrow = pyarrow.dataset.dataset(str(folder), format="parquet", exclude_invalid_files=True).to_table()
    return Rows.FromArrow(arrow), arrow.schema


def AssertAsSparkReads(spark, table, version=None):
    at = [] if version is None else ["--version", version]
    try:
        arrow = WithVariantTexts(spark.Frame(FOLDER / table, version)).toArrow()
    except Exception as refusal:  # Spark has no one type for what it refuses
        print(f"Spark: {str(refusal).splitlines()[0]}")
        AssertRefused(Cat(FOLDER / table, *at))
        return
    AssertSame(Cat(FOLDER / table, *at), Rows.FromArrow(arrow), arrow.schema, "Spark")


@pytest.mark.parametrize("table", TABLES)
def test_latest_version(table, spark):
    expected = ExpectedRows(table)
    if expected is not None:
        AssertSame(Cat(FOLDER / table), *expected, "the expectation")
    else:
        AssertAsSparkReads(spark, table)


@pytest.mark.parametrize("table", [table for table in TABLES if len(Versions(FOLDER / table)) > 1])
def test_an_earlier_version(table, spark):
    versions = Versions(FOLDER / table)
    AssertAsSparkReads(spark, table, versions[(len(versions) - 1) // 2])
