# SPDX-License-Identifier: MIT
"""Tables that the `deltalake` package makes: another writer, with its own ways of types, statistics and checkpoints."""

import datetime
import decimal

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

UTC = datetime.timezone.utc


def Ids(first, last):
    ids = range(first, last)
    return pa.table({"id": pa.array(ids, pa.int64()), "text": [f"row {i}" for i in ids],
                     "kind": pa.array([i % 3 for i in ids], pa.int32())})


def Types(path):
    struct = pa.struct([("x", pa.int8()), ("at", pa.timestamp("us", "UTC"))])
    rows = pa.table({
        "id": pa.array([1, 2, 3], pa.int64()),
        "small": pa.array([-32768, None, 7], pa.int16()),
        "single": pa.array([1.5, None, float("inf")], pa.float32()),
        "real": [float("nan"), None, -0.0],
        "price": pa.array([decimal.Decimal("-0.01"), None, decimal.Decimal("99999999.99")], pa.decimal128(10, 2)),
        "text": pa.array(["é", None, ""], pa.large_string()),
        "word": pa.array(["a", "b", "a"]).dictionary_encode(),
        "raw": [b"\x00\xff", None, b""],
        "at": pa.array([datetime.datetime(1, 1, 1, tzinfo=UTC), None, datetime.datetime(9999, 12, 31, tzinfo=UTC)],
                       pa.timestamp("us", "UTC")),
        "wall": pa.array([datetime.datetime(1000, 1, 1), None, datetime.datetime(2026, 1, 1)], pa.timestamp("us")),
        "day": [datetime.date(1, 1, 1), None, datetime.date(9999, 12, 31)],
        "row": pa.array([{"x": 1, "at": None}, None, {"x": None, "at": datetime.datetime(2026, 1, 1)}], struct),
        "list": pa.array([[1, None], None, []], pa.list_(pa.int32())),
        "map": pa.array([[("k", [1.5])], None, []], pa.map_(pa.string(), pa.list_(pa.float64()))),
    })
    write_deltalake(path, rows)
    write_deltalake(path, rows.slice(1), mode="append")


def Partitions(path):
    texts = ["a b", "a/b", "50%", "%20", "ä=ö", "a:b", "#?", "x\ny", None, "plain", "日本"]
    rows = pa.table({"id": range(len(texts)), "part": pa.array(texts),
                     "day": pa.array([datetime.date(2026, 1, 1), None] * 5 + [datetime.date(1, 1, 1)])})
    write_deltalake(path, rows, partition_by=["part", "day"])
    DeltaTable(path).delete("part = '50%'")


def Changes(path):
    write_deltalake(path, Ids(0, 20))
    table = DeltaTable(path)
    table.delete("id % 5 = 0")
    table.update(updates={"text": "'changed'"}, predicate="id < 4")
    merge = table.merge(Ids(18, 25), "s.id = t.id", source_alias="s", target_alias="t")
    merge.when_matched_update_all().when_not_matched_insert_all().execute()
    table.optimize.compact()
    table.create_checkpoint()
    table.optimize.z_order(["kind"])
    write_deltalake(path, Ids(30, 32), mode="append")


def Schemas(path):
    write_deltalake(path, Ids(0, 5), configuration={"delta.checkpointInterval": "2"})
    write_deltalake(path, Ids(5, 8).append_column("more", pa.array([1.5, None, 2.5])), mode="append", schema_mode="merge")
    write_deltalake(path, Ids(8, 9), mode="append", schema_mode="merge")
    write_deltalake(path, pa.table({"other": ["a", "b"]}), mode="overwrite", schema_mode="overwrite")


def Restored(path):
    for first in range(0, 30, 10):
        write_deltalake(path, Ids(first, first + 10), mode="append")
    DeltaTable(path).restore(1)


def OwnVersions(path):
    for version in range(3):
        properties = CommitProperties(app_transactions=[Transaction("job", version)], custom_metadata={"why": "a test"})
        write_deltalake(path, Ids(version, version + 1), mode="append", commit_properties=properties)


def Empty(path):
    DeltaTable.create(path, Ids(0, 0).schema, partition_by=["kind"], configuration={"delta.appendOnly": "true"})


def ChangeDataFeed(path):
    write_deltalake(path, Ids(0, 10), configuration={"delta.enableChangeDataFeed": "true"})
    DeltaTable(path).update(updates={"text": "'changed'"}, predicate="id < 4")
    DeltaTable(path).delete("id = 9")


TABLES = {f"deltalake_{name}": make for name, make in {
    "types": Types, "partitions": Partitions, "changes": Changes, "schemas": Schemas, "restored": Restored,
    "own_versions": OwnVersions, "empty": Empty, "change_data_feed": ChangeDataFeed,
}.items()}
