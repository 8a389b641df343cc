# SPDX-License-Identifier: MIT
"""The shop's tables as CSV files, without a server: the same for the same seed, and what migrate takes."""

import hashlib

import pyarrow.compute as pc

from tests.batch.conftest import Table


def Digest(root):
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return [(str(path.relative_to(root)), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


def test_a_shop_as_csv_files_and_from_there_into_delta_tables(foreset, tmp_path):
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        foreset("generate", "--csv", folder, "--rows", "20000", "--seed", seed)
    assert Digest(tmp_path / "a") == Digest(tmp_path / "b") != Digest(tmp_path / "c")
    assert "E8411" in foreset("generate", "--csv", "a", "--rows", "10", exits=2).err
    report = foreset.Report("migrate", "a", "--to", "plain")
    rows = {table["table"]: table["target_rows"] for table in report["tables"]}
    assert report["equal"] and len(rows) == 15 and 15_000 < sum(rows.values()) < 25_000
    orders, items = (Table(tmp_path / "plain" / name) for name in ("Orders", "OrderItems"))
    assert set(items["OrderID"].to_pylist()) == set(orders["OrderID"].to_pylist())
    worth = sum(row["Quantity"] * row["CurrentPrice"] for row in items.to_pylist())
    assert abs(worth - pc.sum(orders["TotalAmount"]).as_py()) < 0.01
