# SPDX-License-Identifier: MIT
"""The same Debezium topics through PySpark and through Foreset, one after the other in one run.

The PySpark pipeline is in `baseline/`: what a competent engineer writes (bronze, silver by MERGE, gold's current by MERGE and
history by append, in one application on two cores). Its session's start is left out of its time; Foreset's time is the whole
run of the program.
"""

import dataclasses
import json
import pathlib
import sys
import time

from bench.baseline.load import Loader
from bench.measured import BenchFailed, Measured
from tests.servers.connect import ConnectServer
from tests.servers.kafka import KafkaServer
from tests.servers.mysql import MySqlServer
from tests.servers.server_process import CACHE

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASELINE = ROOT / "bench" / "baseline"
FULL_EVENTS = 644_162  # records of the whole set, tombstones among them
DATABASE = "online_bench"
READY = "ready"  # a database whose rows only say that the connector reads
PREFIX = "bench"
FASTER = 10  # times as many events a second at least, by at most 1/FASTER of the processor's seconds
CAUGHT_UP_SECONDS = 600


@dataclasses.dataclass(frozen=True)
class Side:
    """What one of the two took for the events."""

    name: str
    events: int
    seconds: float
    cpu: float
    peak_mib: float

    @property
    def rate(self):
        return self.events / self.seconds


class SideBySide:
    """The servers, the topics, both runs."""

    def __init__(self, directory, events=FULL_EVENTS):
        self.directory = pathlib.Path(directory)
        self.scale = events / FULL_EVENTS
        self.spark_jars = CACHE / "spark-kafka"
        if not self.spark_jars.is_dir():
            raise BenchFailed(f"there is no {self.spark_jars}: run `scripts/setup bench`")

    def Run(self):
        """Both sides, PySpark first."""
        with MySqlServer(innodb_buffer_pool_size="1G", innodb_redo_log_capacity="1G") as source:
            with KafkaServer() as kafka:
                with ConnectServer(kafka.bootstrap) as connect:
                    self.Load(source, kafka, connect)
                events = sum(Ends(kafka).values())
                print(f"{events:,} records in {len(Ends(kafka))} topics", flush=True)
                sides = [self.Spark(source, kafka, events), self.Foreset(source, kafka, events)]
        return sides

    def Load(self, source, kafka, connect):
        """Real SQL, captured by Debezium as it goes."""
        source.sql((BASELINE / "schema.sql").read_text())
        source.sql(f"CREATE DATABASE {READY}; CREATE TABLE {READY}.T (id INT AUTO_INCREMENT PRIMARY KEY)")
        connect.register(PREFIX, source, [DATABASE, READY], snapshot__mode="no_data", decimal__handling__mode="string")
        # It copies nothing and begins where the binlog ends when it is up: what was written before it tells would be missing.
        Await(connect, lambda: source.sql("INSERT INTO T VALUES ()", READY) or Ends(kafka, f"{PREFIX}.{READY}."))
        begin = time.monotonic()
        connection = source.connect(database=DATABASE, autocommit=False)
        try:
            Loader(connection, self.scale).Run()
        finally:
            connection.close()
        print(f"loaded in {time.monotonic() - begin:.0f} s", flush=True)
        # Debezium sends in the binlog's order: when the last row is there, all is.
        source.sql("INSERT INTO Reasons (ReasonType, Description) VALUES ('CANCEL', 'the last')", DATABASE)
        Await(connect, lambda: LastRecordHas(kafka, f"{PREFIX}.{DATABASE}.Reasons", b"the last"))

    def Spark(self, source, kafka, events):
        lake = self.directory / "spark"
        tables = ",".join(sorted(topic.rsplit(".", 1)[1] for topic in Ends(kafka)))
        run = Measured(
            [sys.executable, BASELINE / "pipeline.py", "--jars", self.spark_jars, "--bootstrap", kafka.bootstrap, "--prefix",
             f"{PREFIX}.{DATABASE}", "--lake", lake, "--tables", tables],
            {"SPARK_LOCAL_IP": "127.0.0.1"})
        said = json.loads(next(line for line in run.out.splitlines() if line.startswith("{")))
        if said["rows"] != 3 * events:
            raise BenchFailed(f"PySpark read {said['rows']} records for {events} in each of three layers")
        self.CheckRows(source, lake, "PySpark")
        return Side("PySpark", events, said["seconds"], said["cpu"], said["peak_mib"])

    def Foreset(self, source, kafka, events):
        config = self.directory / "kafka.yaml"
        lake = self.directory / "foreset"
        config.write_text(f"""name: {PREFIX}
source:
  kafka: {{bootstrap_servers: "{kafka.bootstrap}", topics: ["{PREFIX}.{DATABASE}.*"], group: foreset,
          modes: {{decimal.handling.mode: string}}}}
  mysql: {{host: 127.0.0.1, port: {source.port}, user: {source.user}, password: "${{env:MYSQL_PASSWORD}}",
          tables: ["{DATABASE}.*"]}}
lake: {{bronze: {lake}/bronze, silver: {lake}/silver, gold: {lake}/gold}}
""")
        program = ROOT / "build" / "release" / "foreset"
        secret = {"MYSQL_PASSWORD": source.password}
        run = Measured([program, "run", "-c", config, "--until-current"], secret)
        Measured([program, "verify", "-c", config], secret)
        self.CheckRows(source, lake, "Foreset")
        return Side("Foreset", events, run.seconds, run.cpu, run.peak)

    def CheckRows(self, source, lake, name):
        """Silver must hold as many rows as the source: who skips work is no peer."""
        from deltalake import DeltaTable, QueryBuilder

        for table in sorted(path.name for path in (lake / "silver").iterdir() if (path / "_delta_log").is_dir()):
            query = QueryBuilder().register("t", DeltaTable(str(lake / "silver" / table)))
            found = query.execute("SELECT COUNT(*) AS n FROM t").read_all()["n"][0].as_py()
            ((wanted,),) = source.query(f"SELECT COUNT(*) FROM {table}", DATABASE)
            if found != wanted:
                raise BenchFailed(f"silver/{table} of {name} has {found} rows, the source {wanted}")


def Await(connect, condition):
    """Watches what the connector does."""
    deadline = time.monotonic() + CAUGHT_UP_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise BenchFailed(f"Debezium does not catch up:\n{connect.LogTail()}")
        time.sleep(0.5)


def Ends(kafka, prefix=f"{PREFIX}.{DATABASE}."):
    """topic -> how many records the topics of the tables hold."""
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": "ends"})
    try:
        topics = consumer.list_topics(timeout=10).topics
        ends = {}
        for name in topics:
            if name.startswith(prefix):
                marks = [consumer.get_watermark_offsets(TopicPartition(name, at)) for at in topics[name].partitions]
                ends[name] = sum(high - low for low, high in marks)
        return ends
    finally:
        consumer.close()


def LastRecordHas(kafka, topic, text):
    from confluent_kafka import Consumer, TopicPartition

    if not Ends(kafka).get(topic):
        return False
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": "last"})
    try:
        _, high = consumer.get_watermark_offsets(TopicPartition(topic, 0))
        consumer.assign([TopicPartition(topic, 0, high - 1)])
        record = consumer.poll(10)
        return record is not None and record.error() is None and text in (record.value() or b"")
    finally:
        consumer.close()


def Lines(sides):
    """The comparison as lines of the result, and the two floors."""
    spark, foreset = sides
    lines = [
        {"what": f"{side.name}: Debezium's topics through all three layers", "amount": side.events, "unit": "events",
         "seconds": round(side.seconds, 2), "per_second": round(side.rate), "cpu_seconds": round(side.cpu, 2),
         "cpu_us_each": round(side.cpu / side.events * 1e6, 2), "peak_mib": round(side.peak_mib), "floor": None,
         "met": None}
        for side in sides
    ]
    faster, cheaper = foreset.rate / spark.rate, spark.cpu / foreset.cpu
    for what, value in (("events/s", faster), ("processor seconds", cheaper)):
        lines.append({"what": f"Foreset against PySpark: {what}", "value": round(value, 1), "unit": "times",
                      "floor": FASTER, "met": value >= FASTER})
    return lines
