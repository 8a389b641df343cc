# SPDX-License-Identifier: MIT
import datetime
import decimal

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from tests.harness.readers import Sampled, TablesUnder, Versions
from tests.harness.values import Differences

ROWS = pa.table({
    "id": pa.array([1, 2], pa.int64()),
    "price": pa.array([decimal.Decimal("1.10"), None], pa.decimal128(18, 2)),
    "name": ["é", None],
    "raw": [b"\0", None],
    "at": pa.array([datetime.datetime(2026, 1, 1), None], pa.timestamp("us", "UTC")),
    "wall": pa.array([datetime.datetime(1000, 1, 1), None], pa.timestamp("us")),
    "day": pa.array([datetime.date(9999, 12, 31), None]),
    "small": pa.array([-128, None], pa.int8()),
    "after": pa.array([{"x": 1.5, "at": datetime.datetime(2026, 1, 1)}, None],
                      pa.struct([("x", pa.float32()), ("at", pa.timestamp("us", "UTC"))])),
})


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "bronze" / "T"
    for _ in range(4):
        write_deltalake(str(path), ROWS, mode="append")
    return path


def test_the_readers_agree_at_every_version(table, readers):
    for version in Versions(table):
        first, second = (reader.Read(table, version) for reader in readers)
        assert len(first) == 2 * (version + 1)
        assert Differences(first, second, "deltalake", "Spark") == ""


def test_the_latest_and_two_earlier_versions_are_sampled(table):
    assert Versions(table) == [0, 1, 2, 3]
    assert Sampled(Versions(table)) == [2, 3]


def test_tables_are_found_by_their_logs(table, tmp_path):
    assert TablesUnder(tmp_path) == {"bronze/T": table}
