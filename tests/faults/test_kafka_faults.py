# SPDX-License-Identifier: MIT
"""Between the program and Kafka: lost requests and replies, breaks, slices, a broker that goes away and comes back."""

import pytest

from tests.faults.once import Ledger
from tests.harness.waiting import WaitFor
from tests.servers import ConnectServer, KafkaServer
from tests.servers.fault_proxy import FaultProxy, Rule
from tests.servers.faults import CutReply, Delay, LoseAfter, LoseBefore, Slice
from tests.servers.wire import KafkaWire
from tests.topologies.pipelines import DebeziumPipeline

ASKED = ("ApiVersions", "Metadata", "ListOffsets", "Fetch")  # what a reader asks a broker for
FAULTS = {
    "lost before": LoseBefore(),
    "lost after": LoseAfter(),
    "cut": CutReply(11),
    "late": Delay(1.0),
    "a byte at a time": Slice(1),
}


@pytest.fixture(scope="module")
def behind():
    """(proxy, Kafka, Connect): Debezium writes to the broker itself, the program reads through the proxy."""
    with FaultProxy(wire=KafkaWire()) as proxy, KafkaServer(advertised=proxy.port) as kafka:
        proxy.upstream = kafka.proxied_port
        with ConnectServer(kafka.bootstrap) as connect:
            yield proxy, kafka, connect


@pytest.fixture
def proxied(behind, servers, tmp_path):
    """(pipeline, ledger, proxy) of a fresh lake, its first copy done."""
    proxy, kafka, connect = behind
    server = servers("mysql")
    ledger = Ledger(server, "faults")
    pipeline = DebeziumPipeline(tmp_path, server, "faults", kafka, connect)
    pipeline.foreset.Configure({"source": {"kafka": {"bootstrap_servers": f"127.0.0.1:{proxy.port}"}}})
    pipeline.BeforeRun()
    pipeline.foreset.Run()
    yield pipeline, ledger, proxy
    proxy.clear()
    proxy.refuse(False)
    pipeline.Discard()


@pytest.mark.parametrize("name", FAULTS)
def test_requests_of_a_reader(proxied, name):
    pipeline, ledger, proxy = proxied
    for verb in ASKED:
        rule = proxy.add(Rule(FAULTS[name], verb, skip=1, times=2))
        ledger.Change()
        pipeline.BeforeRun()
        pipeline.foreset.Run()
        assert rule.met, f"there was no {verb} to meet it"
        proxy.clear()
    pipeline.foreset.Verify()
    ledger.CheckBronze(pipeline.foreset)


def test_connections_that_break_while_changes_come(proxied):
    pipeline, ledger, proxy = proxied
    pipeline.foreset.Start()
    for _ in range(15):
        ledger.Change(body_bytes=3_000)
        proxy.add(Rule(CutReply(2_000), "Fetch", times=1))
        seen = proxy.count("Fetch")
        WaitFor(lambda seen=seen: proxy.count("Fetch") > seen + 2, "the program asks on")
        proxy.reset_all()
    proxy.clear()
    pipeline.WaitUntilCurrent()
    pipeline.foreset.Verify()
    pipeline.foreset.Stop()
    ledger.CheckBronze(pipeline.foreset)


def test_a_broker_that_is_away_for_a_while(proxied):
    pipeline, ledger, proxy = proxied
    pipeline.foreset.Start()
    ledger.Change()
    proxy.refuse()
    ledger.Change()
    pipeline.WaitUntilCurrent()
    proxy.refuse(False)
    pipeline.foreset.Verify()
    pipeline.foreset.Stop()
    ledger.CheckBronze(pipeline.foreset)
