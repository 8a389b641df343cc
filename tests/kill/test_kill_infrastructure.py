# SPDX-License-Identifier: MIT
"""SIGKILL at random moments where the lake is in Azure, and where the changes come over Kafka: the pipeline, the broker
and Debezium's worker die in turn; nothing is lost and nothing comes twice.

FORESET_KILLS says how many kills there are in all (50), FORESET_SEED repeats a run.
"""

import contextlib
import os
import random
import subprocess
import threading

import pytest

from tests.faults.once import Ledger
from tests.harness.lakes import AzureLake
from tests.harness.pipelines import NativePipeline
from tests.servers import ConnectServer, KafkaServer
from tests.servers.azurite import Azurite
from tests.topologies.pipelines import DebeziumPipeline

KILLS = int(os.environ.get("FORESET_KILLS", "50")) // 4
SEED = int(os.environ.get("FORESET_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
ACCOUNTS = ("mybronze", "mysilver", "mygold")
LONGEST = 1.5  # seconds between kills


class Load:
    """Changes without end, in a thread of their own."""

    def __init__(self, ledger):
        self.ledger = ledger
        self.over = threading.Event()
        self.failure = None
        self.thread = threading.Thread(target=self.Run)

    def Run(self):
        try:
            while not self.over.wait(0.02):
                self.ledger.Change()
        except Exception as error:  # told by the test, which would otherwise count what was never made
            self.failure = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        assert self.failure is None, f"the load failed: {self.failure!r}"


def KillLoop(pipeline, ledger, rng, others=()):
    """Kills the pipeline, and sometimes one of the other servers, which is started again, under load."""
    pipeline.BeforeRun()
    pipeline.foreset.Run()
    with Load(ledger):
        for number in range(KILLS):
            process = pipeline.foreset.Start()
            if others and number % 2:
                server = rng.choice(others)
                server.kill()
                server.start()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.0, LONGEST))
            pipeline.foreset.Kill()
    pipeline.BeforeRun()
    pipeline.foreset.Run(timeout=300)
    pipeline.foreset.Verify()
    ledger.CheckBronze(pipeline.foreset)


@pytest.mark.timeout(1200)
def test_a_lake_in_azure(servers, tmp_path):
    print(f"FORESET_SEED={SEED}")
    azurite = Azurite(ACCOUNTS).start()
    try:
        server = servers("mariadb")
        ledger = Ledger(server, "killed")
        pipeline = NativePipeline(tmp_path, server, "killed", AzureLake(azurite, ACCOUNTS, tmp_path))
        try:
            KillLoop(pipeline, ledger, random.Random(SEED))
        finally:
            pipeline.Discard()
    finally:
        azurite.discard()


@pytest.mark.timeout(1800)
def test_debezium_and_kafka_die_as_well(servers, tmp_path):
    """Debezium sends a range of changes again after it was killed: they are in bronze once."""
    print(f"FORESET_SEED={SEED}")
    with KafkaServer() as kafka, ConnectServer(kafka.bootstrap) as connect:
        server = servers("mysql")
        ledger = Ledger(server, "killed")
        pipeline = DebeziumPipeline(tmp_path, server, "killed", kafka, connect)
        try:
            KillLoop(pipeline, ledger, random.Random(SEED), [kafka, connect])
        finally:
            pipeline.Discard()
