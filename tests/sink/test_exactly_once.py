# SPDX-License-Identifier: MIT
"""Whatever happens to the publisher, readers of committed messages find each change of the binlog once, in its order:
kills at random moments, a commit whose answer is lost, a Kafka that is away, a second publisher, one that comes back.

FORESET_SINK_KILLS says how many kills there are (8), FORESET_SEED repeats a run."""

import json
import os
import random
import shutil
import signal
import subprocess
import threading

import pytest

from tests.harness.program import Foreset
from tests.kill.binlog_changes import Changes, EndOfLog
from tests.servers import KafkaServer, MySqlServer
from tests.servers.fault_proxy import FaultProxy, Rule
from tests.servers.faults import LoseAfter, LoseBefore
from tests.servers.wire import KafkaWire

DATABASE = "shop"
TABLES = ("A", "B")
KILLS = int(os.environ.get("FORESET_SINK_KILLS", "8"))
SEED = int(os.environ.get("FORESET_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
FENCED = "publishing stops: E6402"


class Shop:
    """A server with two tables, and the changes that were made to them."""

    def __init__(self, server):
        self.server = server
        self.rng = random.Random(SEED)
        self.next = 1
        for table in TABLES:
            server.sql(f"CREATE TABLE {table} (id INT PRIMARY KEY, v VARCHAR(40))", DATABASE)
        self.begin = EndOfLog(server)
        self.connection = server.connect(database=DATABASE, autocommit=False)

    def Transaction(self):
        """Some rows of both tables in, one changed, one gone."""
        with self.connection.cursor() as cursor:
            for table in TABLES:
                first, self.next = self.next, self.next + 5
                values = ",".join(f"({i},'{self.rng.random()}')" for i in range(first, first + 5))
                cursor.execute(f"INSERT INTO {table} VALUES {values}")
                cursor.execute(f"UPDATE {table} SET v = 'changed' WHERE id = {first + 1}")
                cursor.execute(f"DELETE FROM {table} WHERE id = {first + 2}")
        self.connection.commit()

    def Wanted(self):
        return Changes(self.server, DATABASE, *self.begin)


def Published(kafka, prefix):
    """table -> [(operation, id before, id after)] of the streamed messages, in the topic's order."""
    found = {}
    for table in TABLES:
        topic = f"{prefix}.{DATABASE}.{table}"
        rows = found.setdefault(table, [])
        for record in kafka.records(topic) if topic in kafka.topics() else []:
            value = json.loads(record.value()) if record.value() else None
            if value and value["op"] != "r":
                images = (value["before"], value["after"])
                rows.append((value["op"], *(image and image["id"] for image in images)))
    return found


@pytest.fixture(scope="module")
def server():
    with MySqlServer() as server:
        yield server


@pytest.fixture
def shop(server):
    server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    return Shop(server)


def Pipeline(directory, server, bootstrap, name):
    return Foreset(directory, server, DATABASE, {
        "name": name, "sink": {"kafka": {"bootstrap_servers": bootstrap, "topic_prefix": name}}})


@pytest.mark.timeout(300)
def test_killed_at_random_moments(shop, kafka, tmp_path):
    print(f"FORESET_SEED={SEED}")
    rng = random.Random(SEED)
    foreset = Pipeline(tmp_path, shop.server, kafka.bootstrap, "killed")
    foreset.Run()
    done = threading.Event()

    def Work():
        while not done.is_set():
            shop.Transaction()

    worker = threading.Thread(target=Work)
    worker.start()
    try:
        for _ in range(KILLS):
            process = foreset.Start()
            try:
                process.wait(rng.uniform(0.1, 2.5))
            except subprocess.TimeoutExpired:
                foreset.Kill()
    finally:
        done.set()
        worker.join()
        foreset.Discard()
    foreset.Run()
    assert Published(kafka, "killed") == shop.Wanted()


@pytest.mark.timeout(300)
def test_a_commit_whose_answer_is_lost_and_a_kafka_that_is_away(shop, tmp_path):
    with FaultProxy(wire=KafkaWire()) as proxy, KafkaServer(advertised=proxy.port) as kafka:
        proxy.upstream = kafka.proxied_port
        foreset = Pipeline(tmp_path, shop.server, f"127.0.0.1:{proxy.port}", "lost")
        foreset.Run()
        for fault in (LoseAfter(), LoseBefore()):
            for verb in ("EndTxn", "Produce", "InitProducerId", "AddPartitionsToTxn"):
                rule = proxy.add(Rule(fault, verb))
                shop.Transaction()
                foreset.Run()
                assert rule.met == 1, f"{verb} was never asked"
        # While Kafka is away bronze goes on; what it took meanwhile is published when Kafka is back.
        foreset.Start()
        proxy.refuse()
        for _ in range(20):
            shop.Transaction()
        captured = EndOfLog(shop.server)[1]
        foreset.WaitUntil(lambda: Covered(foreset) >= captured, "bronze has what was made while Kafka was away")
        proxy.refuse(False)
        wanted = shop.Wanted()
        foreset.WaitUntil(lambda: Published(kafka, "lost") == wanted, "everything is published", seconds=60)
        foreset.Stop()
        assert Published(kafka, "lost") == wanted


def Covered(foreset):
    status = json.loads(foreset.Command("status", "-c", foreset.config, "--offline", "-o", "json").out)
    return status["covered"]["pos"] if status["covered"] else 0


@pytest.mark.timeout(300)
def test_a_publisher_that_was_paused_is_fenced_by_the_one_that_took_over(shop, kafka, tmp_path):
    (tmp_path / "first").mkdir()
    first = Pipeline(tmp_path / "first", shop.server, kafka.bootstrap, "fenced")
    first.Run()
    first.Start()
    shop.Transaction()
    first.WaitUntil(lambda: Published(kafka, "fenced") == shop.Wanted(), "the first publishes")
    first.background.send_signal(signal.SIGSTOP)
    (tmp_path / "second").mkdir()
    shutil.copytree(first.lake, tmp_path / "second" / "lake")
    second = Pipeline(tmp_path / "second", shop.server, kafka.bootstrap, "fenced")
    shop.Transaction()
    second.Run()
    assert Published(kafka, "fenced") == shop.Wanted()
    first.background.send_signal(signal.SIGCONT)
    shop.Transaction()
    first.WaitUntil(lambda: FENCED in first.Said(), "the first leaves the field")
    second.Run()
    assert Published(kafka, "fenced") == shop.Wanted()
    first.Discard()
