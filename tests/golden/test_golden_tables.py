# SPDX-License-Identifier: MIT
"""Delta tables that other engines wrote (`make_tables.py`): `foreset table cat` reads the rows that their writers read, and says
a code and a reason for what is damaged or needs what is not there."""

import datetime
import json

import pyarrow as pa
import pytest

from tests.golden.handmade_logs import REFUSALS
from tests.golden.make_tables import READABLE, CachedTables
from tests.harness.table_cat import AssertRefused, AssertSame, Cat
from tests.harness.values import Rows

# The first one may have to make the tables.
pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def tables():
    return CachedTables()


def RowsOfWriter(folder):
    """Version -> the rows that the table's writer reads of it."""
    files = {int(path.stem.removeprefix("rows-")): path for path in folder.glob("rows-*.arrow")}
    assert files
    return {version: pa.ipc.open_file(path).read_all() for version, path in sorted(files.items())}


@pytest.mark.parametrize("name", READABLE)
def test_rows_are_those_that_the_writer_reads(name, tables):
    versions = RowsOfWriter(tables / name)
    for version, rows in versions.items():
        done = Cat(tables / name / "table", *([] if version == max(versions) else ["--version", version]))
        AssertSame(done, Rows.FromArrow(rows), rows.schema, f"the writer of version {version}")


def test_a_time_is_the_version_that_was_committed_then(tables):
    """By the times that the commits themselves carry: files may have been copied since."""
    table = tables / "in_commit_timestamps" / "table"
    for version, rows in RowsOfWriter(table.parent).items():
        with (table / "_delta_log" / f"{version:020}.json").open() as commit:
            milliseconds = json.loads(commit.readline())["commitInfo"]["inCommitTimestamp"]
        time = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc).isoformat(timespec="milliseconds")
        AssertSame(Cat(table, "--at", time.replace("+00:00", "Z")), Rows.FromArrow(rows), rows.schema, f"version {version}")


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_read_is_refused_with_the_reason(name, tables):
    _, code, reason = REFUSALS[name]
    AssertRefused(Cat(tables / name / "table"), code, reason)
