# SPDX-License-Identifier: MIT
"""Lakes fed from the topics of a real Debezium, from a real MySQL."""

import json
import random

import pytest

from tests.harness.program import Foreset
from tests.harness.waiting import WaitFor
from tests.kafka.topic_lake import CopyTopics, Counts, TopicLake

DATABASE = "topics"
TABLES = ("Customers", "Orders", "Tags", "Vacant")
PARTITIONS = 3

BEFORE = f"""
CREATE DATABASE {DATABASE};
USE {DATABASE};
CREATE TABLE Customers (CustomerID INT PRIMARY KEY, Name VARCHAR(50) NOT NULL, Balance DECIMAL(18,2),
                        UpdatedAt TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3));
CREATE TABLE Orders (OrderID BIGINT AUTO_INCREMENT PRIMARY KEY, CustomerID INT, Total DECIMAL(10,2), Paid BIT(1));
CREATE TABLE Tags (Name VARCHAR(20), Weight DOUBLE);
CREATE TABLE Vacant (ID INT PRIMARY KEY);
INSERT INTO Customers (CustomerID, Name, Balance) VALUES (1, 'Ada', 10.50), (2, 'Bob', NULL), (3, 'Cem', -3.25);
INSERT INTO Orders (CustomerID, Total, Paid) SELECT 1 + n.n % 3, n.n * 1.25, n.n % 2 FROM
  (WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 200) SELECT n FROM s) n;
INSERT INTO Tags VALUES ('new', 0.5), ('new', 0.5), ('old', 2);
"""

CHANGES = """
UPDATE Customers SET Name = 'Ada L.', Balance = 12.75 WHERE CustomerID = 1;
INSERT INTO Customers (CustomerID, Name, Balance) VALUES (4, 'Dee', 7), (5, 'Eve', 8);
DELETE FROM Customers WHERE CustomerID = 4;
UPDATE Customers SET CustomerID = 50 WHERE CustomerID = 5;
UPDATE Orders SET Total = Total + 1 WHERE OrderID % 5 = 0;
DELETE FROM Orders WHERE OrderID % 7 = 0;
INSERT INTO Tags VALUES ('late', 9);
DELETE FROM Tags WHERE Name = 'new' LIMIT 1;
ALTER TABLE Customers ADD COLUMN City VARCHAR(30) DEFAULT 'Ankara';
INSERT INTO Customers (CustomerID, Name, City) VALUES (6, 'Fay', 'Izmir');
UPDATE Customers SET City = 'Bursa' WHERE CustomerID = 2;
ALTER TABLE Orders DROP COLUMN Paid;
INSERT INTO Orders (CustomerID, Total) VALUES (6, 99.99);
"""


@pytest.fixture(scope="module")
def server(servers):
    return servers("mysql")


@pytest.fixture(scope="module")
def debezium(server, kafka, connect, tmp_path_factory):
    """The prefix of topics that hold a snapshot and the changes after it, and a lake that native capture made of the
    same log."""
    prefix = "origin"
    server.sql(BEFORE)
    for table in TABLES:
        if table != "Vacant":
            kafka.create_topic(f"{prefix}.{DATABASE}.{table}", 1 if table == "Tags" else PARTITIONS)
    native = Foreset(tmp_path_factory.mktemp("native"), server, DATABASE)
    native.Run()
    connect.register(prefix, server, [DATABASE])
    WaitFor(lambda: Total(kafka, prefix) >= 3 + 200 + 3, "the snapshot is in the topics")
    server.sql(CHANGES, DATABASE)
    WaitFor(lambda: any(b"99.99" in text or b'"Jw8="' in text for text in Values(kafka, prefix, "Orders")),
            "the changes are in the topics")
    native.Run()
    yield prefix, native
    connect.remove(prefix)


def Values(kafka, prefix, table):
    return [record.value() or b"" for record in kafka.records(f"{prefix}.{DATABASE}.{table}")]


def Total(kafka, prefix):
    return sum(len(Values(kafka, prefix, table)) for table in TABLES if table != "Vacant")


def Streamed(lake, table):
    """Bronze's changes after the snapshot, as (place, operation)."""
    from tests.harness.readers import DeltaLakeReader

    rows = DeltaLakeReader().Table(lake.lake / "bronze" / table).to_pylist()
    return sorted((row["_seq"], row["_op"]) for row in rows if row["_op"] != "r")


def SplitKeyChange(changes):
    """Native capture tells a change of the key as one update, Debezium as a delete and an insert at its place."""
    place = lambda sequence: sequence[:-1]
    return sorted({place(sequence) for sequence, _ in changes})


def test_lake_equals_the_server_and_native_capture(debezium, server, kafka, tmp_path):
    prefix, native = debezium
    lake = TopicLake(tmp_path, server, DATABASE, kafka, prefix)
    lake.Run()
    lake.Verify()
    for table in TABLES[:3]:
        assert SplitKeyChange(Streamed(lake, table)) == SplitKeyChange(Streamed(native, table)), table
    orders = [change for change in Streamed(lake, "Orders")]
    assert orders == Streamed(native, "Orders")
    assert lake.Silver("Vacant") == []
    places = [(row["_topic"], row["_partition"], row["_offset"]) for row in lake.Bronze("Orders")]
    assert len(set(places)) == len(places)
    # Everything is there already: another run changes nothing.
    lake.Run()
    assert Streamed(lake, "Orders") == orders
    lake.Verify()
    status = json.loads(lake.Command("status", "-c", lake.config, "-o", "json").out)
    assert status["current"] is True


def test_every_record_is_applied_filtered_or_quarantined(debezium, server, kafka, tmp_path):
    prefix, _ = debezium
    poison = [(b"1", b"not JSON"), (b"2", b'{"op":"x","source":{}}'), (b"3", b"[1,2]"), (b"4", b"\xff\xfe")]
    CopyTopics(kafka, prefix, "poison", DATABASE,
               arrange=lambda table, records: records[:2] + poison + records[2:] if table == "Customers" else records)
    lake = TopicLake(tmp_path, server, DATABASE, kafka, "poison")
    counts = Counts(lake.Run())
    assert counts["quarantined"] == len(poison)
    assert counts["records"] == counts["changes"] + counts["quarantined"] + counts["filtered"]
    shown = lake.Command("quarantine", "show", "-c", lake.config, "-o", "jsonl").out.splitlines()
    found = {(json.loads(line)["_topic"], json.loads(line)["_partition"], json.loads(line)["_offset"]) for line in shown}
    assert found == {(f"poison.{DATABASE}.Customers", 0, offset) for offset in range(2, 6)}
    lake.Verify()


def test_repeats_of_a_crashed_producer_come_once(debezium, server, kafka, tmp_path):
    prefix, _ = debezium
    CopyTopics(kafka, prefix, "repeats", DATABASE)
    lake = TopicLake(tmp_path, server, DATABASE, kafka, "repeats")
    lake.Run()
    before = {table: len(lake.Bronze(table)) for table in TABLES[:3]}
    for table in TABLES[:2]:
        records = [(record.key(), record.value()) for record in kafka.records(f"repeats.{DATABASE}.{table}")]
        streamed = [record for record in records if record[1] and json.loads(record[1])["op"] != "r"]
        # A range sent again in a later round, and one that comes twice within a round.
        kafka.produce(f"repeats.{DATABASE}.{table}", streamed[2:] + streamed[2:])
    counts = Counts(lake.Run())
    assert counts["repeats"] > 10
    assert {table: len(lake.Bronze(table)) for table in TABLES[:3]} == before
    assert not any(row["_late"] for row in lake.Bronze("Customers"))
    lake.Verify()


def Late(table, records):
    """Customer 4 is inserted and deleted: the insert comes after the delete, in the end."""
    if table != "Customers":
        return records
    own = [record for record in records if record[1] and json.loads(record[1])["op"] == "c"
           and json.loads(record[1])["after"]["CustomerID"] == 4]
    assert len(own) == 1
    return [record for record in records if record not in own]


def test_a_late_change_does_not_bring_a_deleted_row_back(debezium, server, kafka, tmp_path):
    prefix, _ = debezium
    held = []

    def HoldBack(table, records):
        kept = Late(table, records)
        held.extend(record for record in records if record not in kept)
        return kept

    CopyTopics(kafka, prefix, "late", DATABASE, arrange=HoldBack)
    lake = TopicLake(tmp_path, server, DATABASE, kafka, "late")
    lake.Run()
    kafka.produce(f"late.{DATABASE}.Customers", held)
    lake.Run()
    lake.Verify()
    assert [row["_op"] for row in lake.Bronze("Customers") if row["_late"]] == ["c"]
    assert [(row["_op"], row["CustomerID"]) for row in lake.History("Customers") if row["_late"]] == [("INSERT", 4)]
    assert 4 not in {row["CustomerID"] for row in lake.Silver("Customers")}
    # A rebuilt layer resurrects nothing.
    lake.Command("reset", "-c", lake.config, "--layer", "silver", "--yes")
    lake.Run()
    lake.Verify()


def test_killed_at_random_moments(debezium, server, kafka, tmp_path):
    prefix, _ = debezium
    rng = random.Random(7)
    CopyTopics(kafka, prefix, "killed", DATABASE, PARTITIONS)
    lake = TopicLake(tmp_path, server, DATABASE, kafka, "killed")
    lake.Configure({"commit": {"interval": "10ms", "size": "8KiB"}})
    for _ in range(12):
        process = lake.Start("--until-current")
        try:
            process.wait(rng.uniform(0.05, 0.8))
        except Exception:  # pylint: disable=broad-except
            pass
        process.kill()
        process.wait()
        lake.background = None
    lake.Run()
    lake.Verify()
    for table in TABLES[:3]:
        sequences = [row["_seq"] for row in lake.Bronze(table)]
        assert len(set(sequences)) == len(sequences), table


def test_a_member_of_the_group_disturbs_nothing(debezium, server, kafka, tmp_path):
    from confluent_kafka import Consumer

    prefix, _ = debezium
    CopyTopics(kafka, prefix, "member", DATABASE, PARTITIONS)
    lake = TopicLake(tmp_path, server, DATABASE, kafka, "member")
    member = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": "foreset-member",
                       "auto.offset.reset": "earliest"})
    member.subscribe([f"member.{DATABASE}.Orders"])
    try:
        WaitFor(lambda: member.poll(0.1) is not None, "the member reads")
        lake.Run()
        lake.Verify()
    finally:
        member.close()


def test_a_topic_made_again_stops_with_the_choice(debezium, server, kafka, tmp_path):
    prefix, _ = debezium
    CopyTopics(kafka, prefix, "again", DATABASE)
    lake = TopicLake(tmp_path, server, DATABASE, kafka, "again")
    lake.Run()
    topic = f"again.{DATABASE}.Customers"
    records = [(record.key(), record.value()) for record in kafka.records(topic)]
    kafka.delete_topic(topic)
    WaitFor(lambda: topic not in kafka.topics(), "the topic is gone")
    kafka.create_topic(topic)
    kafka.produce(topic, records[:2])
    outcome = lake.Run(exits=1)
    assert "E2303" in outcome.err and "reset" in outcome.err


def test_retention_that_passed_the_lake_stops_with_the_choice(debezium, server, kafka, tmp_path):
    from confluent_kafka import TopicPartition

    prefix, _ = debezium
    CopyTopics(kafka, prefix, "kept", DATABASE)
    topic = f"kept.{DATABASE}.Customers"
    lake = TopicLake(tmp_path, server, DATABASE, kafka, "kept")
    lake.Run()
    end = len(kafka.records(topic))
    kafka.produce(topic, [(b"x", None)] * 3)
    admin = kafka.admin()
    for future in admin.delete_records([TopicPartition(topic, 0, end + 2)]).values():
        future.result(30)
    outcome = lake.Run(exits=1)
    assert "E2304" in outcome.err and "retention" in outcome.err


def test_without_a_server_the_layers_are_held_against_bronze(debezium, server, kafka, tmp_path):
    prefix, _ = debezium
    lake = TopicLake(tmp_path, server, DATABASE, kafka, prefix, beside=False)
    lake.Run()
    verdict = lake.Verify("Customers", "Orders")
    assert "not compared" in verdict.out
    doctor = lake.Command("doctor", "-c", lake.config, exits=None)
    assert "kafka.brokers" in doctor.out and f"topic {prefix}" in doctor.out


def test_types_that_nothing_tells_stop_with_the_choice(debezium, server, kafka, tmp_path):
    prefix, _ = debezium
    CopyTopics(kafka, prefix, "typeless", DATABASE)
    settings = {"schema_topic": "no.such.topic"}
    lake = TopicLake(tmp_path, server, DATABASE, kafka, "typeless", beside=False, **settings)
    outcome = lake.Run(exits=1)
    assert "E2305" in outcome.err and "source.kafka.schemas" in outcome.err
