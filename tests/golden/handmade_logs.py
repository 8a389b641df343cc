# SPDX-License-Identifier: MIT
"""Tables whose log is written here, line by line: forms that old or other writers left behind and today's no longer make, and
logs that are damaged. READABLE gives the rows that must be read; REFUSED gives the error's code and a word of its reason."""

import base64
import json
import struct
import urllib.parse
import zlib

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = json.dumps({"type": "struct", "fields": [
    {"name": "id", "type": "integer", "nullable": True, "metadata": {}},
    {"name": "text", "type": "string", "nullable": True, "metadata": {}}]})
TIME = 1_767_225_600_000
PROTOCOL = {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}
METADATA = {"metaData": {"id": "f0b5f04e-6dd2-4f0b-b2f4-4a3f4a0b7a10", "format": {"provider": "parquet", "options": {}},
                         "schemaString": SCHEMA, "partitionColumns": [], "configuration": {}, "createdTime": TIME}}
VECTORS = {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["deletionVectors"],
                        "writerFeatures": ["deletionVectors"]}}


def Rows(*ids):
    return pa.table({"id": pa.array(ids, pa.int32()), "text": [f"row {i}" for i in ids]})


def Folder(path):
    path.mkdir(parents=True, exist_ok=True)
    return path


def Write(table, name, rows):
    """A data file; returns the size."""
    path = table / name
    Folder(path.parent)
    pq.write_table(rows, path)
    return path.stat().st_size


def Add(path, size, **more):
    return {"add": {"path": path, "partitionValues": {}, "size": size, "modificationTime": TIME, "dataChange": True, **more}}


def AddFile(table, name, *ids, **more):
    return Add(name, Write(table, name, Rows(*ids)), **more)


def Remove(path, **more):
    return {"remove": {"path": path, "deletionTimestamp": TIME, "dataChange": True, **more}}


def Commit(table, version, *actions):
    log = Folder(table / "_delta_log")
    (log / f"{version:020}.json").write_text("".join(json.dumps(action) + "\n" for action in actions))


def Z85(data):
    """ZeroMQ's base 85, which is RFC 1924's alphabet in another order."""
    ours = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    theirs = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    return base64.b85encode(data + bytes(-len(data) % 4)).translate(bytes.maketrans(theirs, ours)).decode()


def Bitmap(*positions):
    """A deletion vector's bytes: one 32-bit bitmap with one array container."""
    container = struct.pack(f"<IIHHI{len(positions)}H", 12346, 1, 0, len(positions) - 1, 16, *positions)
    return struct.pack("<IQI", 1681511377, 1, 0) + container


# Forms that are read.


def FirstWriters(table):
    """Nothing but what the first version of the protocol knew: no commitInfo, no statistics, no times."""
    Commit(table, 0, {"protocol": {"minReaderVersion": 1, "minWriterVersion": 1}},
           {"metaData": {"id": "x", "format": {"provider": "parquet"}, "schemaString": SCHEMA, "partitionColumns": []}},
           {"txn": {"appId": "stream", "version": 0}}, AddFile(table, "a.parquet", 1, 2))
    Commit(table, 1, {"txn": {"appId": "stream", "version": 1}}, AddFile(table, "b.parquet", 3),
           {"remove": {"path": "a.parquet", "dataChange": True}})
    return Rows(3)


def UnknownActions(table):
    """A later writer's actions, and members of known actions, that nobody knows today."""
    Commit(table, 0, {"brandNew": {"a": [1]}}, {"protocol": {**PROTOCOL["protocol"], "more": 1}},
           {"metaData": {**METADATA["metaData"], "more": {"x": None}}},
           {"commitInfo": {"operation": "WRITE"}, "beside": ["a", "1"]})
    add = AddFile(table, "a.parquet", 1, 2, more=1, tags={"a": "b", "c": None})
    Commit(table, 1, {**add, "beside": ["a"]}, {"checkpointNote": None})
    return Rows(1, 2)


def EncodedPaths(table):
    """A path in the log is a URI: decoded once, and only then a name."""
    names = ["with space.parquet", "p@#h?.parquet", "100%.parquet", "%41.parquet", "a+b&c=d.parquet",
             "ü/日本.parquet", "gone #1.parquet"]
    adds = [AddFile(table, name, at)["add"] for at, name in enumerate(names)]
    Commit(table, 0, PROTOCOL, METADATA, *({"add": {**add, "path": urllib.parse.quote(add["path"])}} for add in adds))
    Commit(table, 1, Remove("gone%20%231.parquet"))
    return Rows(*range(len(names) - 1))


def AbsolutePaths(table):
    """Absolute names of the table's own files, which other actions spell in other ways."""
    kept, gone = AddFile(table, "kept here.parquet", 1)["add"], AddFile(table, "gone.parquet", 2)["add"]
    place = urllib.parse.quote(str(table))
    Commit(table, 0, PROTOCOL, METADATA, {"add": {**kept, "path": f"file://{place}/kept%20here.parquet"}},
           {"add": {**gone, "path": f"{place}/gone.parquet"}})
    Commit(table, 1, Remove(f"file:{place}/gone.parquet"))
    return Rows(1)


def FilesOfOtherShapes(table):
    """Files lack columns, have more of them, have them in another order, or have no row."""
    shapes = {"a.parquet": pa.table({"text": ["row 1"], "id": pa.array([1], pa.int32())}),
              "b.parquet": pa.table({"other": [1.5], "id": pa.array([2], pa.int32())}),
              "c.parquet": pa.table({"text": pa.array(["row 3"], pa.large_string())}), "d.parquet": Rows()}
    Commit(table, 0, PROTOCOL, METADATA, *(Add(name, Write(table, name, rows)) for name, rows in shapes.items()))
    return pa.table({"id": pa.array([1, 2, None], pa.int32()), "text": ["row 1", None, "row 3"]})


def ListsOfOtherNames(table):
    """Nobody agrees on what a list's element is called in a Parquet file."""
    kind = {"type": "array", "elementType": "long", "containsNull": True}
    schema = {"type": "struct", "fields": [{"name": "list", "type": kind, "nullable": True, "metadata": {}}]}
    metadata = {"metaData": {**METADATA["metaData"], "schemaString": json.dumps(schema)}}
    lists = [[1, None], [], None]
    adds = []
    for name in ("element", "item", "array", "x"):
        rows = pa.table({"list": pa.array(lists, pa.list_(pa.field(name, pa.int64())))})
        pq.write_table(rows, Folder(table) / f"{name}.parquet", use_compliant_nested_type=False)
        adds.append(Add(f"{name}.parquet", (table / f"{name}.parquet").stat().st_size))
    Commit(table, 0, PROTOCOL, metadata, *adds)
    return pa.table({"list": pa.array(4 * lists, pa.list_(pa.int64()))})


def AddedAgain(table):
    """The same file added twice, removed and added, and removed without ever having been there."""
    first = AddFile(table, "a.parquet", 1)
    Commit(table, 0, PROTOCOL, METADATA, first, Remove("never.parquet"))
    Commit(table, 1, AddFile(table, "b.parquet", 2), Remove("a.parquet"))
    Commit(table, 2, {"add": {**first["add"], "dataChange": False}}, {"add": {**Add("b.parquet", 1)["add"], "size": 0}})
    return Rows(1, 2)


def StatisticsOfAllKinds(table):
    """Statistics are a help: empty, NULL, in part, without a count, with columns that nobody knows."""
    kinds = ["", None, "{}", '{"numRecords":1}', '{"minValues":{"id":4},"maxValues":{"id":4}}',
             '{"numRecords":1,"nullCount":{"no":1}}']
    Commit(table, 0, PROTOCOL, METADATA, *(AddFile(table, f"{at}.parquet", at, stats=text) for at, text in enumerate(kinds)))
    return Rows(*range(len(kinds)))


def OtherNamesInTheLog(table):
    """What else lies in a log's folder: unfinished commits, checksums, folders, names that only look like a version."""
    Commit(table, 0, PROTOCOL, METADATA, AddFile(table, "a.parquet", 1))
    log = table / "_delta_log"
    one = f"{1:020}"
    for name in (f".{one}.json.crc", f"{one}.json.tmp", "_temporary.json", "1.json", f"{one}.crc", f"{one}.{9:020}.json",
                 f"{one}.checkpoint.{1:010}.{2:010}.parquet"):
        (log / name).write_text("nothing of use")
    (log / "_commits").mkdir()
    return Rows(1)


def LinesOfAllKinds(table):
    """Blank lines, spaces around, members in another order, letters as escapes, no newline at the end."""
    size = Write(table, "ä.parquet", Rows(1))
    lines = [json.dumps(PROTOCOL), "", "  " + json.dumps(METADATA, indent=None) + "  ",
             '{"add":{"dataChange":true,"stats":null,"size":%d,"modificationTime":0,"partitionValues":{},' % size
             + r'"path":"%C3%A4.parq\u0075et"}}']
    (Folder(table / "_delta_log") / f"{0:020}.json").write_text("\n".join(lines))
    return Rows(1)


def VectorInTheLog(table):
    vector = Bitmap(0, 2)
    Commit(table, 0, VECTORS, METADATA, AddFile(
        table, "a.parquet", 1, 2, 3, stats='{"numRecords":3}',
        deletionVector={"storageType": "i", "pathOrInlineDv": Z85(vector), "sizeInBytes": len(vector), "cardinality": 2}))
    return Rows(2)


def WriteVectors(table, name, *bitmaps):
    """A file of deletion vectors; returns their (offset, size)."""
    content, places = b"\x01", []
    for bitmap in bitmaps:
        places.append((len(content), len(bitmap)))
        content += struct.pack(">I", len(bitmap)) + bitmap + struct.pack(">I", zlib.crc32(bitmap))
    (table / name).write_bytes(content)
    return places


def VectorsByAbsolutePath(table):
    """Two vectors in one file, which is named in full."""
    places = WriteVectors(Folder(table), "vectors of all.bin", Bitmap(1), Bitmap(0, 1))
    adds = [AddFile(table, f"{at}.parquet", 10 * at, 10 * at + 1, 10 * at + 2, stats='{"numRecords":3}', deletionVector={
        "storageType": "p", "pathOrInlineDv": f"file://{urllib.parse.quote(str(table))}/vectors%20of%20all.bin", "offset": offset,
        "sizeInBytes": size, "cardinality": at + 1}) for at, (offset, size) in enumerate(places)]
    Commit(table, 0, VECTORS, METADATA, *adds)
    return Rows(0, 2, 12)


# What is refused.


def ReaderOfTheFuture(table):
    Commit(table, 0, {"protocol": {**VECTORS["protocol"], "minReaderVersion": 99}}, METADATA)


def FeatureOfTheFuture(table):
    features = ["timeMachine"]
    Commit(table, 0, {"protocol": {**VECTORS["protocol"], "readerFeatures": features, "writerFeatures": features}}, METADATA)


def CatalogManaged(table):
    features = ["catalogManaged", "inCommitTimestamp"]
    Commit(table, 0, {"commitInfo": {"inCommitTimestamp": TIME, "operation": "CREATE TABLE"}},
           {"protocol": {**VECTORS["protocol"], "readerFeatures": features[:1], "writerFeatures": features}},
           {"metaData": {**METADATA["metaData"], "configuration": {"delta.enableInCommitTimestamps": "true"}}})
    (table / "_delta_log" / "_staged_commits").mkdir()


def NoProtocol(table):
    Commit(table, 0, METADATA, AddFile(table, "a.parquet", 1))


def NoMetadata(table):
    Commit(table, 0, PROTOCOL, AddFile(table, "a.parquet", 1))


def NoSchema(table):
    Commit(table, 0, PROTOCOL, {"metaData": {key: value for key, value in METADATA["metaData"].items() if key != "schemaString"}})


def SchemaThatIsNoJson(table):
    Commit(table, 0, PROTOCOL, {"metaData": {**METADATA["metaData"], "schemaString": '{"type":"struct","fields":['}})


def UnknownMapping(table):
    Commit(table, 0, {"protocol": {"minReaderVersion": 2, "minWriterVersion": 5}},
           {"metaData": {**METADATA["metaData"], "configuration": {"delta.columnMapping.mode": "guess"}}})


def VersionMissing(table):
    Commit(table, 0, PROTOCOL, METADATA, AddFile(table, "a.parquet", 1))
    Commit(table, 2, AddFile(table, "b.parquet", 2))


def BeginningMissing(table):
    Commit(table, 1, PROTOCOL, METADATA, AddFile(table, "a.parquet", 1))


def CommitTorn(table):
    Commit(table, 0, PROTOCOL, METADATA, AddFile(table, "a.parquet", 1))
    (table / "_delta_log" / f"{1:020}.json").write_text(json.dumps(AddFile(table, "b.parquet", 2))[:40])


def NoLog(table):
    Write(table, "a.parquet", Rows(1))


def EmptyLog(table):
    Folder(table / "_delta_log")


def DataFileGone(table):
    Commit(table, 0, PROTOCOL, METADATA, AddFile(table, "a.parquet", 1), Add("gone.parquet", 100))


def DataFileCut(table):
    Commit(table, 0, PROTOCOL, METADATA, AddFile(table, "a.parquet", *range(1000)))
    path = table / "a.parquet"
    path.write_bytes(path.read_bytes()[:-200])


def PathOutOfTheTable(table):
    Commit(table, 0, PROTOCOL, METADATA, Add("../x", 100))


def FileOfAnotherStore(table):
    Commit(table, 0, PROTOCOL, METADATA, Add("abfss://lake@account.dfs.core.windows.net/table/a.parquet", 100))


def OddVector(table, vector):
    Commit(table, 0, VECTORS, METADATA, AddFile(table, "a.parquet", 1, 2, 3, stats='{"numRecords":3}', deletionVector=vector))


def VectorGone(table):
    OddVector(table, {"storageType": "u", "pathOrInlineDv": Z85(bytes(16)), "offset": 1, "sizeInBytes": 40, "cardinality": 1})


def VectorDamaged(table):
    ((offset, size),) = WriteVectors(Folder(table), "v.bin", Bitmap(1))
    content = bytearray((table / "v.bin").read_bytes())
    content[-5] ^= 1
    (table / "v.bin").write_bytes(content)
    OddVector(table, {"storageType": "p", "pathOrInlineDv": f"file://{table}/v.bin", "offset": offset, "sizeInBytes": size,
                      "cardinality": 1})


def VectorOfAnotherCount(table):
    vector = Bitmap(1)
    OddVector(table, {"storageType": "i", "pathOrInlineDv": Z85(vector), "sizeInBytes": len(vector), "cardinality": 2})


def Checkpoint(table, version, name, *actions):
    """A checkpoint file with these actions, in the order in which they are given."""
    texts = pa.map_(pa.string(), pa.string())
    columns = {"protocol": pa.struct([("minReaderVersion", pa.int32()), ("minWriterVersion", pa.int32())]),
               "metaData": pa.struct([("id", pa.string()), ("schemaString", pa.string()), ("configuration", texts),
                                      ("partitionColumns", pa.list_(pa.string())), ("createdTime", pa.int64()),
                                      ("format", pa.struct([("provider", pa.string())]))]),
               "add": pa.struct([("path", pa.string()), ("partitionValues", texts), ("size", pa.int64()),
                                 ("modificationTime", pa.int64()), ("dataChange", pa.bool_())])}
    rows = [{kind: Flat(action.get(kind)) for kind in columns} for action in actions]
    content = pa.Table.from_pylist(rows, schema=pa.schema(list(columns.items())))
    pq.write_table(content, table / "_delta_log" / f"{version:020}.{name}.parquet")


def Flat(action):
    """The action's maps as lists of pairs, as Arrow wants them."""
    flat = {"partitionValues": list, "configuration": list}
    return action and {key: list(value.items()) if key in flat else value for key, value in action.items()}


def CheckpointWithoutProtocol(table):
    add = AddFile(table, "a.parquet", 1)
    Commit(table, 10, {"commitInfo": {}})
    Checkpoint(table, 10, "checkpoint", METADATA, add)


def CheckpointOfAnother(table):
    """A checkpoint by nobody's writer: the least that the protocol asks for. It is read."""
    add = AddFile(table, "a.parquet", 1)
    Commit(table, 10, {"commitInfo": {}})
    Checkpoint(table, 10, "checkpoint", PROTOCOL, METADATA, add)
    Commit(table, 11, AddFile(table, "b.parquet", 2))
    return Rows(1, 2)


def CheckpointPartMissing(table):
    Commit(table, 10, AddFile(table, "a.parquet", 1))
    Checkpoint(table, 10, "checkpoint.0000000001.0000000002", PROTOCOL, METADATA)


READABLE = {
    "log_of_the_first_writers": FirstWriters, "log_with_unknown_actions": UnknownActions, "paths_encoded": EncodedPaths,
    "paths_absolute": AbsolutePaths, "files_of_other_shapes": FilesOfOtherShapes,
    "lists_of_other_names": ListsOfOtherNames, "files_added_again": AddedAgain,
    "statistics_of_all_kinds": StatisticsOfAllKinds, "log_with_other_names": OtherNamesInTheLog,
    "log_lines_of_all_kinds": LinesOfAllKinds, "vector_in_the_log": VectorInTheLog,
    "vectors_by_absolute_path": VectorsByAbsolutePath, "checkpoint_of_another": CheckpointOfAnother,
}
CORRUPT, UNSUPPORTED, NO_TABLE = "E4001", "E4002", "E4003"
REFUSALS = {
    "reader_of_the_future": (ReaderOfTheFuture, UNSUPPORTED, "reader version 99"),
    "feature_of_the_future": (FeatureOfTheFuture, UNSUPPORTED, "timeMachine"),
    "catalog_managed": (CatalogManaged, UNSUPPORTED, "catalogManaged"),
    "mapping_unknown": (UnknownMapping, UNSUPPORTED, "guess"),
    "no_protocol": (NoProtocol, CORRUPT, "protocol"),
    "no_metadata": (NoMetadata, CORRUPT, "metaData"),
    "no_schema": (NoSchema, CORRUPT, "'schemaString'"),
    "schema_that_is_no_json": (SchemaThatIsNoJson, CORRUPT, "schema"),
    "version_missing": (VersionMissing, CORRUPT, "version 1"),
    "beginning_missing": (BeginningMissing, CORRUPT, "version 0"),
    "commit_torn": (CommitTorn, CORRUPT, "00000000000000000001.json"),
    "no_log": (NoLog, NO_TABLE, "no Delta table"),
    "empty_log": (EmptyLog, NO_TABLE, "no Delta table"),
    "data_file_gone": (DataFileGone, CORRUPT, "is gone"),
    "data_file_cut": (DataFileCut, "E3009", "a.parquet"),
    "path_out_of_the_table": (PathOutOfTheTable, CORRUPT, "../x"),
    "file_of_another_store": (FileOfAnotherStore, UNSUPPORTED, "abfss://lake"),
    "vector_gone": (VectorGone, CORRUPT, "is gone"),
    "vector_damaged": (VectorDamaged, CORRUPT, "v.bin"),
    "vector_of_another_count": (VectorOfAnotherCount, CORRUPT, "a.parquet"),
    "checkpoint_without_protocol": (CheckpointWithoutProtocol, CORRUPT, "checkpoint"),
    "checkpoint_part_missing": (CheckpointPartMissing, CORRUPT, "version"),
}
REFUSED = {name: make for name, (make, _, _) in REFUSALS.items()}
