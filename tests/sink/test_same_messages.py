# SPDX-License-Identifier: MIT
"""Debezium and Foreset on the same server: message by message they say the same. What differs is listed in
docs/operating/kafka-sink.md, and named here."""

import pathlib

import pytest

from tests.harness.program import Foreset
from tests.harness.waiting import WaitFor
from tests.servers import MySqlServer
from tests.sink.messages import Differences, Topics

HERE = pathlib.Path(__file__).parent
DATABASE = "online_store"
# The statements by which Debezium's snapshot prepares a consumer's database before it makes the tables.
PREPARING = ("SET ", "DROP TABLE IF EXISTS ", "DROP DATABASE IF EXISTS ", "CREATE DATABASE ", "USE ")

SHAPES = {
    "defaults": {},
    "schemas": {"schemas.enable": True},
    "others": {
        "decimal.handling.mode": "string", "bigint.unsigned.handling.mode": "precise",
        "time.precision.mode": "connect", "binary.handling.mode": "base64", "provide.transaction.metadata": True,
        "skipped.operations": "none"},
    "precise": {
        "schemas.enable": True, "bigint.unsigned.handling.mode": "precise", "provide.transaction.metadata": True},
    "hex": {"schemas.enable": True, "binary.handling.mode": "hex", "time.precision.mode": "connect"},
    "doubles": {
        "decimal.handling.mode": "double", "binary.handling.mode": "hex", "tombstones.on.delete": False},
}


def Text(name):
    return (HERE / name).read_text()


def DebeziumOptions(shape):
    options = {name.replace(".", "__"): str(value).lower() for name, value in shape.items()}
    schemas = options.pop("schemas__enable", "false")
    converter = "org.apache.kafka.connect.json.JsonConverter"
    return {**options, "key__converter": converter, "value__converter": converter,
            "key__converter__schemas__enable": schemas, "value__converter__schemas__enable": schemas}


@pytest.fixture(scope="module")
def published(kafka, connect, tmp_path_factory):
    """shape -> (Debezium's topics, Foreset's topics), of one server and the same binlog."""
    with MySqlServer() as server:
        server.sql(f"CREATE DATABASE {DATABASE}")
        for script in ("schema.sql", "rows.sql"):
            server.sql(Text(script), DATABASE)
        pipelines = []
        for number, (shape, options) in enumerate(SHAPES.items()):
            connect.register(f"dbz_{shape}", server, [DATABASE], database__server__id=5400 + number,
                             **DebeziumOptions(options))
            foreset = Foreset(tmp_path_factory.mktemp(shape), server, DATABASE, {
                "name": f"fs_{shape}",
                "sink": {"kafka": {"bootstrap_servers": kafka.bootstrap, "topic_prefix": f"fs_{shape}", **options}}})
            pipelines.append(foreset)
            foreset.Run()
        try:
            for shape in SHAPES:  # the snapshots are out: what follows is streamed
                WaitForLast(kafka, f"dbz_{shape}.{DATABASE}.UniqueOnly")
            for foreset in pipelines:
                foreset.Start()
            # All follow the binlog when the tables of changes.sql are made: what is there at the start is copied.
            server.sql("INSERT INTO UniqueOnly VALUES ('following', 0)", DATABASE)
            for shape in SHAPES:
                for producer in ("dbz", "fs"):
                    WaitForLast(kafka, f"{producer}_{shape}.{DATABASE}.UniqueOnly", 2)
            server.sql(Text("changes.sql"), DATABASE)
            server.sql("CREATE TABLE Last (id INT PRIMARY KEY); INSERT INTO Last VALUES (1)", DATABASE)
            for shape in SHAPES:
                WaitForLast(kafka, f"dbz_{shape}.{DATABASE}.Last")
                WaitForLast(kafka, f"fs_{shape}.{DATABASE}.Last")
            for foreset in pipelines:
                foreset.Stop()
            yield {shape: (Topics(kafka, f"dbz_{shape}"), Topics(kafka, f"fs_{shape}")) for shape in SHAPES}
        finally:
            for foreset in pipelines:
                foreset.Discard()
            for shape in SHAPES:
                connect.remove(f"dbz_{shape}")


def WaitForLast(kafka, topic, messages=1):
    WaitFor(lambda: topic in kafka.topics() and len(kafka.records(topic)) >= messages, f"messages in {topic}",
            seconds=90, pause=0.2)


def WithoutPreparation(messages):
    def Ddl(message):
        value = message["value"]
        return (value["payload"] if "payload" in value else value)["ddl"]

    return [message for message in messages if not Ddl(message).startswith(PREPARING)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_topics(published, shape):
    debezium, foreset = published[shape]
    assert sorted(debezium) == sorted(foreset)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_changes(published, shape):
    debezium, foreset = published[shape]
    differences = []
    for topic in sorted(debezium):
        if topic in ("", "transaction"):
            continue
        wanted, found = debezium[topic], foreset.get(topic, [])
        if len(wanted) != len(found):
            differences.append(f"{topic}: {len(wanted)} / {len(found)} messages")
        for i, pair in enumerate(zip(wanted, found)):
            differences += Differences(*pair, f"{topic}[{i}]")
    assert not differences, "\n".join(differences[:60])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_schema_changes(published, shape):
    debezium, foreset = published[shape]
    wanted, found = WithoutPreparation(debezium[""]), foreset[""]
    differences = [] if len(wanted) == len(found) else [f"{len(wanted)} / {len(found)} messages"]
    for i, pair in enumerate(zip(wanted, found)):
        differences += Differences(*pair, f"[{i}]")
    assert not differences, "\n".join(differences[:60])


def test_the_same_transactions(published):
    debezium, foreset = published["others"]
    wanted, found = debezium["transaction"], foreset["transaction"]
    differences = [] if len(wanted) == len(found) else [f"{len(wanted)} / {len(found)} messages"]
    for i, pair in enumerate(zip(wanted, found)):
        differences += Differences(*pair, f"[{i}]")
    assert not differences, "\n".join(differences[:60])
