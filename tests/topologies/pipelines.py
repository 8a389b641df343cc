# SPDX-License-Identifier: MIT
"""The pipelines that have Kafka in their middle."""

import itertools

from tests.harness.pipelines import NativePipeline
from tests.harness.program import Foreset
from tests.harness.waiting import WaitFor
from tests.servers.connect import RestError

NUMBERS = itertools.count(1)


def KafkaSource(kafka, prefix, database):
    """What the configuration says of the topics; the source's own section stays, for column types and for verify."""
    return {"source": {"kafka": {"bootstrap_servers": kafka.bootstrap, "topics": [f"{prefix}.{database}.*"],
                                 "group": f"foreset-{prefix}"}}}


class DebeziumPipeline(NativePipeline):
    """MySQL → Debezium → Kafka → the program. The connector is registered when the program first runs: what the tables
    hold then is its snapshot, as it is the program's own first copy elsewhere."""

    def __init__(self, directory, server, database, kafka, connect, tables=None, **config):
        super().__init__(directory, server, database, tables)
        self.server, self.database, self.kafka, self.connect = server, database, kafka, connect
        self.name = f"debezium{next(NUMBERS)}"
        self.config = config
        self.registered = False
        self.foreset.Configure(KafkaSource(kafka, self.name, database))

    def BeforeStart(self):
        if self.registered:
            return
        self.connect.register(
            self.name, self.server, [self.database], heartbeat__interval__ms=100, poll__interval__ms=10,
            skipped__operations="none", database__server__id=184054 + next(NUMBERS), **self.config)
        self.registered = True
        self.WaitUntilCurrent()

    def BeforeRun(self):
        self.BeforeStart()
        self.WaitUntilCurrent()

    def WaitUntilCurrent(self):
        """Until Debezium has seen Kafka take all that the source's log has now. Where it is in the log it says only
        when it has sent something, a heartbeat too; and a heartbeat only when the log has something: so it gets one."""
        end = self.EndOfLog()
        self.server.sql("CREATE DATABASE IF NOT EXISTS beats; CREATE TABLE IF NOT EXISTS beats.b (a INT);"
                        "INSERT INTO beats.b VALUES (1)")
        WaitFor(lambda: self.Reached() >= end, f"Debezium reaches {end} of the log; it is at {self.Reached()}")

    def EndOfLog(self):
        return tuple(self.server.query("SHOW BINARY LOG STATUS")[0][:2])

    def Reached(self):
        """(file, position) of the last record that Kafka took."""
        try:
            offsets = self.connect.rest("GET", f"/connectors/{self.name}/offsets")["offsets"]
        except RestError:
            return ("", 0)  # the worker is balancing its tasks
        at = [offset["offset"] for offset in offsets if "snapshot" not in offset["offset"]]
        return (at[0]["file"], at[0]["pos"]) if at else ("", 0)

    def Discard(self):
        super().Discard()
        if self.registered:
            self.connect.remove(self.name)


class SinkPipeline(NativePipeline):
    """MySQL → the program's own topics (`sink.kafka`) → Kafka → the program."""

    def __init__(self, directory, server, database, kafka, tables=None):
        super().__init__(directory, server, database, tables)
        self.name = f"sink{next(NUMBERS)}"
        # Beside it: what a scenario does to the local state concerns the program at the end.
        self.publisher = Foreset(directory.with_name(f"{directory.name}-publisher"), server, database, {
            "name": self.name,
            "sink": {"kafka": {"bootstrap_servers": kafka.bootstrap, "topic_prefix": self.name,
                               "skipped.operations": "none"}}})
        self.foreset.Configure(KafkaSource(kafka, self.name, database))

    def BeforeRun(self):
        self.publisher.Run()

    def BeforeStart(self):
        self.publisher.Start()

    def AfterStop(self):
        if self.publisher.background is not None:
            self.publisher.Stop()

    def Discard(self):
        super().Discard()
        self.publisher.Discard()
