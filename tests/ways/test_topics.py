# SPDX-License-Identifier: MIT
"""The ways back of a lake that is fed from topics, by records as Debezium writes them."""

import json

from tests.harness.waiting import WaitFor
from tests.kafka.topic_lake import TopicLake

DATABASE = "d"
BEGAN_MS = 1_795_472_000_000
KINDS = {"INT": (4, None), "BIGINT": (-5, None), "VARCHAR": (12, 20)}


def Source(place, table, snapshot="false"):
    at = BEGAN_MS + place
    return {"version": "3.6.1.Final", "connector": "mysql", "name": "p", "ts_ms": at, "ts_us": at * 1000,
            "ts_ns": at * 10**6, "snapshot": snapshot, "db": DATABASE, "sequence": None, "table": table,
            "server_id": 7, "gtid": None, "file": "mysql-bin.000001", "pos": place, "row": 0, "thread": None, "query": None}


def Change(operation, place, before, after, table="t"):
    """(key, value) of one row's change."""
    source = Source(place, table, "true" if operation == "r" else "false")
    key = {"id": (after or before)["id"]}
    value = {"before": before, "after": after, "source": source, "transaction": None, "op": operation,
             "ts_ms": source["ts_ms"], "ts_us": source["ts_us"], "ts_ns": source["ts_ns"]}
    return json.dumps(key), json.dumps(value)


def WithSchema(change, columns):
    """The same record as a converter writes it that lets messages carry their schema. `columns`: (name, Connect type)."""
    key, value = change
    fields = [{"field": name, "type": declared, "optional": name != "id"} for name, declared in columns]
    schema = {"type": "struct", "optional": False, "name": "Envelope", "fields": [
        *({"field": image, "type": "struct", "optional": True, "fields": fields} for image in ("before", "after")),
        {"field": "op", "type": "string", "optional": False}]}
    return key, json.dumps({"schema": schema, "payload": json.loads(value)})


def Statement(text, place, columns, key=("id",), kind="CREATE", table="t"):
    """(key, value) of one record of the schema-change topic. `columns`: (name, type)."""
    described = [
        {"name": name, "jdbcType": KINDS[declared][0], "nativeType": None, "typeName": declared,
         "typeExpression": declared, "charsetName": "utf8mb4" if declared == "VARCHAR" else None,
         "length": KINDS[declared][1], "scale": None, "position": i, "optional": name not in key,
         "autoIncremented": False, "generated": False, "comment": None, "defaultValueExpression": None, "enumValues": None}
        for i, (name, declared) in enumerate(columns, 1)]
    value = {"source": Source(place, table), "ts_ms": BEGAN_MS, "databaseName": DATABASE, "schemaName": None, "ddl": text,
             "tableChanges": [{"type": kind, "id": f'"{DATABASE}"."{table}"', "table": {
                 "defaultCharsetName": "utf8mb4", "primaryKeyColumnNames": list(key), "columns": described,
                 "comment": None}}]}
    return json.dumps({"databaseName": DATABASE}), json.dumps(value)


class Topics:
    """Topics of one prefix, with a lake that is fed from them."""

    def __init__(self, kafka, servers, directory, prefix):
        self.kafka, self.prefix = kafka, prefix
        kafka.create_topic(prefix)
        self.lake = TopicLake(directory, servers("mysql"), DATABASE, kafka, prefix, beside=False)

    def Tell(self, *statements):
        self.kafka.produce(self.prefix, list(statements))

    def Bring(self, table, *changes):
        topic = f"{self.prefix}.{DATABASE}.{table}"
        if topic not in self.kafka.topics():
            self.kafka.create_topic(topic)
        self.kafka.produce(topic, list(changes))

    def Rows(self, table):
        return sorted((row["id"], row.get("v"), row.get("w")) for row in self.lake.Silver(table))

    def Status(self):
        return json.loads(self.lake.Command("status", "-c", self.lake.config, "-o", "json").out)

    def Reset(self, *tables):
        self.lake.Command("reset", "-c", self.lake.config, "--layer", "bronze", "--yes", *tables)


IDV = [("id", "INT"), ("v", "VARCHAR")]
IDVW = [*IDV, ("w", "VARCHAR")]


def Plain(topics, table="t"):
    """A table with two rows, another column, and a row of that."""
    topics.Tell(Statement(f"CREATE TABLE {table} (id INT PRIMARY KEY, v VARCHAR(20))", 100, IDV, table=table))
    topics.Bring(table, Change("c", 200, None, {"id": 1, "v": "a"}, table), Change("c", 210, None, {"id": 2, "v": "b"}, table))
    topics.Tell(Statement(f"ALTER TABLE {table} ADD COLUMN w VARCHAR(20)", 300, IDVW, kind="ALTER", table=table))
    topics.Bring(table, Change("u", 400, {"id": 1, "v": "a", "w": None}, {"id": 1, "v": "c", "w": "W"}, table))


def test_a_reset_of_bronze_reads_the_topic_from_its_beginning(kafka, servers, tmp_path):
    """Each row under the schema of its place; `--until-current` is not done before."""
    topics = Topics(kafka, servers, tmp_path, "ways1")
    for table in ("t", "other"):
        Plain(topics, table)
    topics.lake.Run()
    wanted = [(1, "c", "W"), (2, "b", None)]
    assert topics.Rows("t") == topics.Rows("other") == wanted
    bronze = {table: topics.lake.Bronze(table) for table in ("t", "other")}
    topics.Reset("t")
    status = topics.Status()
    assert status["incomplete"] == [f"{DATABASE}.t"] and "behind" in status["lag"] and status["current"] is False
    topics.lake.Run()
    assert topics.Rows("t") == wanted
    status = topics.Status()
    assert not status["incomplete"] and status["current"] is True
    assert [row["_seq"] for row in topics.lake.Bronze("t")] == [row["_seq"] for row in bronze["t"]]
    assert len(topics.lake.Bronze("other")) == len(bronze["other"]), "the other table repeats nothing"
    topics.lake.Verify()
    topics.Bring("t", Change("c", 500, None, {"id": 3, "v": "d", "w": "X"}))
    topics.lake.Run()
    assert topics.Rows("t") == [*wanted, (3, "d", "X")]


def test_a_stop_belongs_to_one_life(kafka, servers, tmp_path):
    """The topic tells the statement that stopped the table to the next life, too: its rows before that are there, it stops
    again there, and a table that the topics make again goes on."""
    topics = Topics(kafka, servers, tmp_path, "ways2")
    Plain(topics)
    Plain(topics, "good")
    topics.Tell(Statement("ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (v, id)", 500, IDVW, key=("v", "id"), kind="ALTER"))
    topics.Bring("t", Change("c", 600, None, {"id": 3, "v": "lost", "w": None}))
    assert "E5105" in topics.lake.Run(exits=1).err
    topics.Reset("t")
    outcome = topics.lake.Run(exits=1)
    assert "E5105" in outcome.err
    assert topics.Rows("t") == [(1, "c", "W"), (2, "b", None)] == topics.Rows("good")
    (stopped,) = topics.Status()["stopped"]
    assert stopped["table"] == f"{DATABASE}.t" and stopped["code"] == "E5105"
    topics.Tell(Statement("DROP TABLE t", 700, IDVW, kind="DROP"),
                Statement("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))", 710, IDV))
    topics.Bring("t", Change("c", 800, None, {"id": 9, "v": "new"}))
    topics.lake.Run()
    assert topics.Rows("t") == [(9, "new", None)]
    topics.Bring("t", Change("c", 900, None, {"id": 10, "v": "newer"}))
    topics.lake.Run()
    assert topics.Rows("t") == [(9, "new", None), (10, "newer", None)]
    assert not topics.Status()["stopped"]


def test_a_stopped_table_whose_topics_are_not_named_is_left_out(kafka, servers, tmp_path):
    topics = Topics(kafka, servers, tmp_path, "ways3")
    Plain(topics)
    Plain(topics, "good")
    topics.Tell(Statement("ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (v, id)", 500, IDVW, key=("v", "id"), kind="ALTER"))
    topics.Bring("t", Change("c", 600, None, {"id": 3, "v": "lost", "w": None}))
    topics.lake.Run(exits=1)
    topics.lake.Configure({"source": {"kafka": {"topics": [f"ways3.{DATABASE}.good"]}}})
    topics.Bring("good", Change("c", 700, None, {"id": 4, "v": "e", "w": None}, "good"))
    topics.lake.Run()
    assert (4, "e", None) in topics.Rows("good")
    assert topics.Status()["left_out"] == [f"{DATABASE}.t"]


def test_renames_there_and_back_and_a_table_made_again_are_proved(kafka, servers, tmp_path):
    topics = Topics(kafka, servers, tmp_path, "ways4")
    topics.Tell(Statement("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))", 100, IDV))
    topics.Bring("t", Change("c", 200, None, {"id": 1, "v": "a"}))
    topics.Tell(Statement("ALTER TABLE t RENAME COLUMN v TO w", 300, [("id", "INT"), ("w", "VARCHAR")], kind="ALTER"))
    topics.Bring("t", Change("c", 400, None, {"id": 2, "w": "b"}))
    topics.Tell(Statement("ALTER TABLE t RENAME COLUMN w TO v", 500, IDV, kind="ALTER"))
    topics.Bring("t", Change("c", 600, None, {"id": 3, "v": "c"}))
    topics.Tell(Statement("CREATE TABLE again (id INT PRIMARY KEY, v VARCHAR(20))", 610, IDV, table="again"))
    topics.Bring("again", Change("c", 620, None, {"id": 1, "v": "gone"}, "again"))
    topics.Tell(Statement("DROP TABLE again", 630, IDV, kind="DROP", table="again"),
                Statement("CREATE TABLE again (id INT PRIMARY KEY, v VARCHAR(20))", 640, IDV, table="again"))
    topics.Bring("again", Change("c", 650, None, {"id": 2, "v": "there"}, "again"))
    topics.lake.Run()
    assert topics.Rows("t") == [(1, "a", None), (2, "b", None), (3, "c", None)]
    assert topics.Rows("again") == [(2, "there", None)]
    topics.lake.Verify()


def test_a_reserved_name_stops_its_table_before_bronze_has_it(kafka, servers, tmp_path):
    """A table that no statement tells, beside one that goes on; what the error says leads back."""
    topics = Topics(kafka, servers, tmp_path, "ways5")
    Plain(topics, "good")
    reserved = Change("c", 430, None, {"id": 1, "_seq": 5})
    topics.Bring("t", WithSchema(reserved, [("id", "int32"), ("_seq", "int32")]))
    for _ in range(2):
        outcome = topics.lake.Run(exits=1)
        assert "E5106" in outcome.err and "new snapshot" in outcome.err
        assert [(stop["table"], stop["code"]) for stop in topics.Status()["stopped"]] == [(f"{DATABASE}.t", "E5106")]
        assert "t" not in {path.name for path in (topics.lake.lake / "bronze").iterdir()}
        assert topics.Rows("good") == [(1, "c", "W"), (2, "b", None)]
    topic = f"ways5.{DATABASE}.t"
    kafka.delete_topic(topic)
    WaitFor(lambda: topic not in kafka.topics(), "the topic is gone")
    topics.Bring("t", WithSchema(Change("r", 500, None, {"id": 1, "v": "a"}), [("id", "int32"), ("v", "string")]))
    topics.lake.Run()
    assert topics.Rows("t") == [(1, "a", None)]
    assert not topics.Status()["stopped"]
