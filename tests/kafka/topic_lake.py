# SPDX-License-Identifier: MIT
"""A lake that is fed from topics, and topics that are copies of what Debezium wrote."""

import json
import re
import subprocess

from tests.harness.program import BINARY, Foreset
from tests.harness.readers import DeltaLakeReader


class TopicLake(Foreset):
    """`prefix` names the topics; the server stands beside them only with `beside`."""

    def __init__(self, directory, server, database, kafka, prefix, beside=True, **kafka_settings):
        super().__init__(directory, server, database)
        source = self.settings["source"]
        source["kafka"] = {
            "bootstrap_servers": kafka.bootstrap, "topics": [f"{prefix}.{database}.*"], "group": f"foreset-{prefix}",
            **kafka_settings}
        if not beside:
            del source["mysql"]
        self.Configure({})

    def Bronze(self, table):
        """The rows of bronze as dictionaries, by `_seq`."""
        rows = DeltaLakeReader().Table(self.lake / "bronze" / table).to_pylist()
        return sorted(rows, key=lambda row: row["_seq"])

    def Doctor(self):
        """What it says, codes of failed checks included, whatever its exit code."""
        done = subprocess.run([str(BINARY), "doctor", "-c", str(self.config)], cwd=self.directory, env=self.Environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
        return done.stdout

    def SchemaChanges(self):
        return DeltaLakeReader().Table(self.lake / "bronze" / "_schema_changes").to_pylist()

    def Silver(self, table):
        return DeltaLakeReader().Table(self.lake / "silver" / table).to_pylist()

    def History(self, table):
        return DeltaLakeReader().Table(self.lake / "gold" / f"{table}_history").to_pylist()


def Counts(outcome):
    """What `run` says of the records that it read: {"records": …, "changes": …, "repeats": …, "quarantined": …,
    "filtered": …}."""
    said = re.search(r"(\d+) records read: (\d+) changes \((\d+) of them repeats\), (\d+) quarantined(.*)", outcome.err)
    assert said, outcome
    filtered = sum(map(int, re.findall(r", (\d+) ", said.group(5))))
    return dict(zip(("records", "changes", "repeats", "quarantined"), map(int, said.groups()[:4])), filtered=filtered)


def InSourceOrder(records):
    """Records of several partitions as one partition would have them; a tombstone follows its delete."""
    placed = []
    for record in records:
        if record.value() is not None:
            source = json.loads(record.value())["source"]
            place = (source["file"], source["pos"], source["row"])
        placed.append((place, len(placed), record))
    return [record for _, _, record in sorted(placed, key=lambda entry: entry[:2])]


def CopyTopics(kafka, source, prefix, database, partitions=1, arrange=lambda table, records: records):
    """Writes Debezium's topics `source…` anew under another prefix. `arrange` says which records a table's topic gets,
    in which order: (key, value) or (key, value, partition)."""
    tables = [name for name in kafka.topics() if name.startswith(f"{source}.{database}.")]
    kafka.create_topic(prefix)
    kafka.produce(prefix, [(record.key(), record.value()) for record in kafka.records(source)])
    for name in tables:
        table = name.rsplit(".", 1)[1]
        records = InSourceOrder(kafka.records(name)) if partitions == 1 else kafka.records(name)
        records = [(record.key(), record.value()) for record in records]
        kafka.create_topic(f"{prefix}.{database}.{table}", partitions)
        kafka.produce(f"{prefix}.{database}.{table}", arrange(table, records))
