# SPDX-License-Identifier: MIT
"""What topics do not tell with certainty stops its table, by name, and no other. Records are made by hand; many tables
share one lake."""

import json
import re

import pytest

from tests.harness.waiting import WaitFor
from tests.kafka.messages import Topics
from tests.kafka.topic_lake import Counts, TopicLake

ID_V = {"id": "INT", "v": "VARCHAR"}
REGISTRY = b"\0\0\0\0\4"


@pytest.fixture(scope="module")
def server(servers):
    return servers("mysql")


def Lake(tmp_path, server, kafka, prefix, **settings):
    return TopicLake(tmp_path, server, "d", kafka, prefix, beside=False, **settings)


def Values(lake, table):
    return {row["id"]: row.get("v") for row in lake.Silver(table)}


def Stopped(outcome):
    """{table: code} of what a run says at its end."""
    return dict(re.findall(r"\bd\.(\w+) stopped: (E\d{4})", outcome.err))


def Envelopes(topics, table, *rows):
    topics.Put(table, *(topics.Row(table, "c", 200 + 10 * row["id"], row) for row in rows))


def test_one_table_s_trouble_is_its_own(server, kafka, tmp_path):
    topics = Topics(kafka, "sure", "d")
    topics.Create("Excluded", {**ID_V, "secret": "VARCHAR"})
    for table in ("Good", "Tombs", "Rewritten", "Adjusted", "Hex", "A", "B"):
        topics.Create(table, {**ID_V, "v": "VARBINARY"} if table == "Hex" else ID_V)
    topics.Create("Keyless", ID_V, key=())
    for table in ("Avro", "Cloud", "Postgres", "Untold", "A2"):
        topics.Create(table, None)
    Envelopes(topics, "Good", {"id": 1, "v": "a"}, {"id": 2, "v": "b"})
    topics.Put("Tombs", topics.Unwrapped("Tombs", "c", 200, {"id": 1, "v": "a"}),
               topics.Unwrapped("Tombs", "c", 210, {"id": 2, "v": "b"}), ('{"id": 1}', None))
    topics.Put("Rewritten", topics.Unwrapped("Rewritten", "c", 200, {"id": 1, "v": "a"}),
               topics.Unwrapped("Rewritten", "c", 210, {"id": 2, "v": "b"}),
               topics.Unwrapped("Rewritten", "d", 220, {"id": 1, "v": "a"}), ('{"id": 1}', None),
               topics.Unwrapped("Rewritten", "c", 230, {"id": 3, "v": "c"}),
               topics.Unwrapped("Rewritten", "d", 240, {"id": 3, "v": "c"}))
    topics.Put("Keyless", topics.Unwrapped("Keyless", "c", 200, {"id": 1, "v": "a"}),
               topics.Unwrapped("Keyless", "u", 210, {"id": 1, "v": "b"}))
    topics.Put("Avro", *[(REGISTRY + b"\2", REGISTRY + b"\2\2\2a\0")] * 5)
    topics.Put("Cloud", ("{}", json.dumps({"id": "x", "source": "/debezium/mysql/p", "specversion": "1.0",
                                           "data": {"payload": {"after": {"id": 1}}}})))
    topics.Put("Postgres", topics.Row("Postgres", "c", 200, {"id": 1}, connector="postgresql"))
    Envelopes(topics, "Untold", {"id": 1, "v": "a"})
    Envelopes(topics, "Adjusted", {"id": 1, "my_v": "a"})
    Envelopes(topics, "Hex", {"id": 1, "v": "abc"})
    Envelopes(topics, "A", {"id": 1, "v": "a"})
    topics.Statement("RENAME TABLE A TO A2", "A2", ID_V, 300, was="A")
    topics.Put("A2", topics.Row("A2", "c", 400, {"id": 2, "v": "b"}))
    Envelopes(topics, "B", {"id": 1, "v": "a"})
    Envelopes(topics, "Excluded", {"id": 1, "v": "a"}, {"id": 2, "v": "b"})
    lake = Lake(tmp_path, server, kafka, "sure")
    doctor = lake.Doctor()
    for table, code in (("Avro", "E2342"), ("Cloud", "E2344"), ("Postgres", "E2343"), ("Tombs", "E2341")):
        assert f"kafka.records.sure.d.{table}" in doctor and code in doctor, table
    wanted = {"Tombs": "E2341", "Avro": "E2342", "Cloud": "E2344", "Postgres": "E2343", "Untold": "E2305",
              "Adjusted": "E2345", "Hex": "E2323", "Keyless": "E2325", "A2": "E2346"}
    outcome = lake.Run(exits=None)
    assert Stopped(outcome) == wanted
    counts = Counts(outcome)
    assert counts["quarantined"] == 0
    assert counts["records"] == counts["changes"] + counts["filtered"]
    assert Values(lake, "Good") == {1: "a", 2: "b"}
    assert Values(lake, "Rewritten") == {2: "b"}
    assert Values(lake, "Excluded") == {1: "a", 2: "b"} and "secret" not in lake.Silver("Excluded")[0]
    assert "my_v" in outcome.err and "delete.tombstone.handling.mode=rewrite" in outcome.err
    # The others go on, and what has stopped stays so, once.
    topics.Statement("ALTER TABLE Excluded ADD COLUMN w VARCHAR(20)", "Excluded",
                     {**ID_V, "secret": "VARCHAR", "w": "VARCHAR"}, 450)
    topics.Put("Excluded", topics.Row("Excluded", "c", 500, {"id": 3, "v": "c", "w": "W"}))
    changes = len(lake.SchemaChanges()) + 1
    for table in ("Good", "B", "Hex", "A2"):
        topics.Put(table, topics.Row(table, "c", 500, {"id": 5, "v": "YQ=="}))
    topics.Put("Tombs", ('{"id": 2}', None))
    topics.Put("Avro", (REGISTRY, REGISTRY + b"b"))
    # The record before a tombstone is known again after a restart.
    topics.Put("Rewritten", ('{"id": 3}', None), topics.Unwrapped("Rewritten", "c", 250, {"id": 4, "v": "d"}))
    again = lake.Run(exits=None)
    assert Stopped(again) == wanted
    assert set(Values(lake, "Rewritten")) == {2, 4}
    assert set(Values(lake, "Good")) == {1, 2, 5} and set(Values(lake, "B")) == {1, 5}
    assert len(lake.SchemaChanges()) == changes
    assert {row["id"]: row["w"] for row in lake.Silver("Excluded")} == {1: None, 2: None, 3: "W"}


def test_a_row_waits_for_its_statement(server, kafka, tmp_path):
    topics = Topics(kafka, "waits", "d")
    topics.Create("T", ID_V)
    topics.Create("Other", ID_V)
    Envelopes(topics, "T", {"id": 1, "v": "a"})
    lake = Lake(tmp_path, server, kafka, "waits")
    lake.Run()
    lake.Start()
    topics.Put("T", topics.Row("T", "c", 400, {"id": 2, "v": "b", "w": "W2"}),
               topics.Row("T", "u", 410, {"id": 1, "v": "a", "w": "W1"}, before={"id": 1, "v": "a", "w": None}))
    topics.Put("Other", topics.Row("Other", "c", 420, {"id": 1, "v": "seen"}))
    WaitFor(lambda: Values(lake, "Other"), "the row has been seen")
    assert set(Values(lake, "T")) == {1}
    topics.Statement("ALTER TABLE T ADD COLUMN w VARCHAR(20)", "T", {**ID_V, "w": "VARCHAR"}, 300)
    WaitFor(lambda: len(Values(lake, "T")) == 2, "the statement has come")
    lake.Stop()
    assert {row["id"]: row["w"] for row in lake.Silver("T")} == {1: "W1", 2: "W2"}
    assert all(row["_rescued"] is None for row in lake.Bronze("T"))


def test_another_schema_of_messages_is_a_statement(server, kafka, tmp_path):
    topics = Topics(kafka, "told", "d", schema_topic=False)
    first = {"id": "int32", "n": "int32", "v": "string"}
    row = {"id": 1, "n": 1, "v": "a"}
    later = {
        "Added": ({**first, "w": "string"}, {**row, "n": 2, "w": "W"}),
        "Dropped": ({"id": "int32", "n": "int32"}, {"id": 1, "n": 2}),
        "Widened": ({**first, "n": "int64"}, {**row, "n": 5_000_000_000}),
        "Renamed": ({"id": "int32", "n": "int32", "w": "string"}, {"id": 1, "n": 2, "w": "a"}),
    }
    for table, (schema, new) in later.items():
        topics.Create(table, None)
        topics.Put(table, topics.Row(table, "c", 200, row, schema=first),
                   topics.Row(table, "c", 210, {**row, "id": 2}, schema=first))
    lake = Lake(tmp_path, server, kafka, "told")
    lake.Run()
    for table, (schema, new) in later.items():
        before = {name: row.get(name) for name in schema}
        topics.Put(table, topics.Row(table, "u", 400, new, before=before, schema=schema))
    outcome = lake.Run(exits=None)
    assert Stopped(outcome) == {"Renamed": "E5105"} and "renamed" in outcome.err
    rows = lambda table: {row["id"]: row for row in lake.Silver(table)}
    assert [rows("Added")[id]["w"] for id in (1, 2)] == ["W", None]
    assert "v" not in rows("Dropped")[1] and rows("Dropped")[1]["n"] == 2
    assert [rows("Widened")[id]["n"] for id in (1, 2)] == [5_000_000_000, 1]
    assert all(row["_rescued"] is None for table in ("Added", "Dropped", "Widened") for row in lake.Bronze(table))
    # The schema is known again after a restart.
    schema, new = later["Added"]
    topics.Put("Added", topics.Row("Added", "u", 500, {**new, "w": "X"}, before=new, schema=schema))
    assert Stopped(lake.Run(exits=None)) == {"Renamed": "E5105"}
    assert rows("Added")[1]["w"] == "X"


def test_statements_reach_tables_whose_topics_have_other_names(server, kafka, tmp_path):
    topics = Topics(kafka, "routed", "d")
    topics.Statement("CREATE TABLE T (…)", "T", ID_V, 100, kind="CREATE", snapshot="true")
    topics.Statement("CREATE TABLE Other (…)", "Other", ID_V, 100, kind="CREATE", snapshot="true")
    kafka.create_topic("raw_T")
    kafka.produce("raw_T", [topics.Row("T", "c", 200, {"id": 1, "v": "a"})])
    lake = Lake(tmp_path, server, kafka, "routed", topics=["raw_*"], schema_topic="routed")
    lake.Run()
    topics.Statement("ALTER TABLE T ADD COLUMN w VARCHAR(20)", "T", {**ID_V, "w": "VARCHAR"}, 300)
    kafka.produce("raw_T", [topics.Row("T", "c", 400, {"id": 2, "v": "b", "w": "W"})])
    lake.Run()
    assert {row["id"]: row["w"] for row in lake.Silver("T")} == {1: None, 2: "W"}
    assert not (lake.lake / "bronze" / "Other").exists()


def test_who_made_a_change_decides_what_is_newer(server, kafka, tmp_path):
    """A repeat whose time is newer than the last record's stays a repeat; another server's first change is newer though
    its clock is behind."""
    topics = Topics(kafka, "servers", "d")
    topics.Create("Repeated", ID_V)
    topics.Create("Moved", ID_V)
    at = topics.Source("x", 0)["ts_ms"]
    first = topics.Row("Repeated", "u", 1000, {"id": 1, "v": "first"}, before={"id": 1, "v": "0"}, at=at + 99_000)
    second = topics.Row("Repeated", "u", 2000, {"id": 1, "v": "second"}, before={"id": 1, "v": "first"}, at=at + 95_000)
    topics.Put("Repeated", topics.Row("Repeated", "c", 500, {"id": 1, "v": "0"}, at=at + 90_000), first, second)
    old, new = "a" * 8 + "-0000-0000-0000-000000000001", "b" * 8 + "-0000-0000-0000-000000000002"
    topics.Put("Moved", topics.Row("Moved", "c", 900, {"id": 1, "v": "old"}, file="mysql-bin.000005", gtid=f"{old}:9"))
    lake = Lake(tmp_path, server, kafka, "servers")
    lake.Run()
    topics.Put("Repeated", first, second)
    topics.Put("Moved", topics.Row("Moved", "u", 500, {"id": 1, "v": "new"}, before={"id": 1, "v": "old"}, at=at - 60_000,
                                   gtid=f"{new}:1", server_id=8))
    counts = Counts(lake.Run())
    assert counts["repeats"] == 2
    assert Values(lake, "Repeated") == {1: "second"} and len(lake.Bronze("Repeated")) == 3
    assert Values(lake, "Moved") == {1: "new"}
    lake.Verify()


def test_places_of_a_snapshot_do_not_hang_on_the_number_of_partitions(server, kafka, tmp_path):
    topics = Topics(kafka, "grown", "d")
    topics.Create("T", ID_V)
    copied = lambda id: topics.Row("T", "r", 100, {"id": id, "v": "a"}, snapshot="true")
    topics.Put("T", *map(copied, range(4)))
    lake = Lake(tmp_path, server, kafka, "grown")
    lake.Run()
    kafka.add_partitions(topics.Name("T"), 2)
    topics.Put("T", *((*copied(id), 1) for id in (4, 5)))
    lake.Run()
    assert set(Values(lake, "T")) == set(range(6))
