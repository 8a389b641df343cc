# SPDX-License-Identifier: MIT
"""Scenarios in four topologies at once, on one source: each lake is checked as ever, and all of them tell the same.

    native → local                                   native → Azure
    Debezium → Kafka → Foreset → Azure, three accounts    native → Kafka (`sink.kafka`) → Foreset → local

FORESET_TOPOLOGIES=all plays every scenario that makes sense in all of them, otherwise some that stand for the others.
"""

import os
import pathlib

import pytest

from tests.harness.lakes import AzureLake
from tests.harness.pipelines import NativePipeline
from tests.harness.readers import DeltaLakeReader
from tests.scenarios.scenario_format import Parse
from tests.scenarios.scenario_runner import DATABASE, Runner
from tests.servers import MySqlServer
from tests.topologies.pipelines import DebeziumPipeline, SinkPipeline
from tests.topologies.sameness import LakeDifferences

FOLDER = pathlib.Path(__file__).parent.parent / "scenarios"
# What the source itself is asked for happens once.
OF_THE_SOURCE = ("source", "restart", "purge", "replace")
REPRESENTATIVE = {
    "recipe",
    "faults/bronze_keeps_every_raw_event",
    "faults/delete_and_reinsert_in_one_batch",
    "faults/lost_local_state_brings_nothing_back",
    "gold/history_is_a_chain",
    "gold/named_dimensions",
    "keys/composite_key",
    "keys/key_change_in_history",
    "keys/keyless_table",
    "recovery/kill_while_streaming",
    "schema/add_column",
    "schema/truncate",
    "types/numbers",
    "types/times",
}
# What a topology with Kafka in it cannot do, or does by itself in another way, with the reason.
NATIVE_ONLY = {
    "recovery/killed_backfill": "Debezium copies the tables, not the program",
    "recovery/changes_during_a_killed_backfill": "Debezium copies the tables, not the program",
    "recovery/failover": "Debezium follows a failover by rules of its own",
    "recovery/idle_table_pins_nothing": "it purges the log that Debezium may not have read yet",
    "recovery/server_without_gtid": "it has a server of its own, whose log Debezium reads no other way",
    "recovery/without_checksums": "it is about how the log is read",
    "types/no_calendar_in_between": "the connector's copy reads with a calendar: 2000 for the year 0, other days in October 1582",
    "recovery/killed_in_a_large_transaction": "a transaction is whole only where the log itself is read",
    "keys/key_change": "topics hold a deletion and an insertion where the log has one update",
}
# What Debezium does in a way of its own, with the reason; the other topologies play it.
WITHOUT_DEBEZIUM = {
    "recovery/compressed_transactions": "the connector gives all events of a compressed transaction one place",
    "recovery/rolled_back_changes": "the connector publishes what XA PREPARE logs, before it is rolled back",
    "recovery/source_restarts": "the connector comes back by rules of its own",
    "types/json": "the connector writes doubles and opaque values of streamed documents in words of its own",
}
WITHOUT_OWN_TOPICS = {
    "schema/a_change_that_cannot_be_followed_stops_its_table": "the publisher stops the table, and its topic ends there",
}
# Tables that some copy and some stream: only their rows can be the same.
COPIED_BY_SOME = {"schema/new_table"}


def Name(file):
    return str(file.relative_to(FOLDER)).removesuffix(".scenario")


def Scenarios():
    every = os.environ.get("FORESET_TOPOLOGIES") == "all"
    for file in sorted(FOLDER.rglob("*.scenario")):
        name = Name(file)
        scenario = Parse(file.read_text(), str(file.relative_to(FOLDER)))
        if "mysql" not in scenario.servers or name.startswith("bad_input/") or name in NATIVE_ONLY:
            continue
        if every or name in REPRESENTATIVE:
            yield pytest.param(name, scenario, id=name)


class Fourfold:
    """One scenario, a runner for each topology on one source."""

    def __init__(self, name, scenario, server, directory, kafka, connect, azurite, spark):
        self.scenario = scenario
        reader = DeltaLakeReader()
        container = f"{directory.name}".replace("_", "-").lower()[:40]

        def Below(name):
            return directory / name

        # Debezium first: what its pipeline writes to the source is there when the others run.
        pipelines = {}
        if name not in WITHOUT_DEBEZIUM:
            pipelines["Debezium to Azure"] = DebeziumPipeline(
                Below("debezium"), server, DATABASE, kafka, connect,
                AzureLake(azurite, ["mybronze", "mysilver", "mygold"], Below("debezium"), f"{container}-d"))
        pipelines["native to local"] = NativePipeline(Below("local"), server, DATABASE)
        pipelines["native to Azure"] = NativePipeline(
            Below("azure"), server, DATABASE, AzureLake(azurite, ["onelake"], Below("azure"), f"{container}-n"))
        if name not in WITHOUT_OWN_TOPICS:
            pipelines["own topics to local"] = SinkPipeline(Below("sink"), server, DATABASE, kafka)
        self.first = next(iter(pipelines))
        self.runners = {
            topology: Runner(scenario, server, pipeline.foreset.directory,
                             [reader, spark] if topology == self.first else [reader], pipeline)
            for topology, pipeline in pipelines.items()
        }
        self.rows_only = name in COPIED_BY_SOME
        self.reader = reader

    def Play(self):
        try:
            self.runners[self.first].MakeDatabase()
            for step in self.scenario.steps:
                if step.verb in OF_THE_SOURCE:
                    self.runners[self.first].Carry(step)
                else:
                    self.Each(lambda runner, step=step: runner.Carry(step))
            self.Each(Runner.Finish)
            self.Compare()
        finally:
            for runner in self.runners.values():
                runner.Discard()

    def Each(self, do):
        for name, runner in self.runners.items():
            try:
                do(runner)
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from error

    def Compare(self):
        lakes = {name: runner.foreset.tables for name, runner in self.runners.items()}
        first = lakes.pop(self.first)
        found = [LakeDifferences(first, lake, self.reader, self.first, name, self.rows_only)
                 for name, lake in lakes.items()]
        assert not any(found), "\n".join(filter(None, found))


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("name", "scenario"), list(Scenarios()))
def test_four_topologies_tell_the_same(name, scenario, servers, kafka, connect, azurite, spark, tmp_path):
    def Play(server):
        Fourfold(name, scenario, server, tmp_path, kafka, connect, azurite, spark).Play()

    if scenario.server_options:
        with MySqlServer(**scenario.server_options) as server:
            Play(server)
    else:
        Play(servers("mysql"))
