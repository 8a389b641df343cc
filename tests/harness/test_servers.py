# SPDX-License-Identifier: MIT
import decimal
import json
import os
import signal
import subprocess
import sys

import pymysql
import pytest

from tests.harness.program import ROOT
from tests.harness.source_rows import SourceRows
from tests.harness.waiting import WaitFor
from tests.servers import KINDS

SETTINGS = "SELECT @@binlog_format, @@binlog_row_image, @@binlog_row_metadata, @@time_zone"


def test_the_servers_log_rows_in_full(source):
    assert source.query(SETTINGS) == [("ROW", "FULL", "FULL", "+00:00")]


def test_the_pipeline_user_reads_but_does_not_write(source):
    source.sql("DROP DATABASE IF EXISTS d; CREATE DATABASE d; CREATE TABLE d.t (a INT); INSERT INTO d.t VALUES (1)")
    assert source.query("SELECT a FROM d.t", user="foreset") == [(1,)]
    with pytest.raises(pymysql.err.OperationalError):
        source.sql("INSERT INTO d.t VALUES (2)", user="foreset")
    with pytest.raises(pymysql.err.OperationalError):
        source.query("SELECT 1", user="foreset", password="wrong")


def test_the_binlog_can_be_printed(source):
    source.sql("DROP DATABASE IF EXISTS d; CREATE DATABASE d; CREATE TABLE d.t (a INT); INSERT INTO d.t VALUES (4711)")
    assert "@1=4711" in source.print_binlog(source.binlog_files()[-1], "-vv")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_options_restarts_and_certificates(kind):
    with KINDS[kind](tls=True, binlog_row_image="MINIMAL") as server:
        assert server.query("SELECT @@binlog_row_image") == [("MINIMAL",)]
        server.sql("CREATE DATABASE d; CREATE TABLE d.t (a INT PRIMARY KEY); INSERT INTO d.t VALUES (1)")
        server.kill()
        server.start()
        server.restart(binlog_row_image="FULL")
        assert server.query("SELECT @@binlog_row_image, (SELECT COUNT(*) FROM d.t)") == [("FULL", 1)]
        cipher = server.query("SHOW STATUS LIKE 'Ssl_cipher'", ssl_ca=str(server.directory / "tls" / "ca.pem"))
        assert cipher[0][1]


def test_source_rows_are_exact(source):
    source.sql(
        "DROP DATABASE IF EXISTS d; CREATE DATABASE d; CREATE TABLE d.t (b BIGINT UNSIGNED, f FLOAT, t TIME(6),"
        " d DECIMAL(65,30), b1 BIT(1), b9 BIT(9), dt DATETIME(3), y YEAR, s SET('a','b'));"
        "INSERT INTO d.t VALUES (18446744073709551615, 0.1, '-838:59:59', '1.5', b'1', b'100000001',"
        " '1000-01-01 00:00:00.120', 2155, 'b,a')")
    assert SourceRows(source, "d", "t").rows == [(
        decimal.Decimal(2**64 - 1), 0.10000000149011612, -3020399000000, "1.5" + "0" * 29, True, b"\x01\x01",
        "1000-01-01 00:00:00.12", 2155, "a,b")]


def test_kafka_keeps_records_over_a_crash(kafka):
    kafka.create_topic("crash", partitions=2)
    kafka.produce("crash", [(b"k", b"v", 0), (b"k", None, 1)])
    kafka.kill()
    kafka.start()
    assert [(r.partition(), r.offset(), r.value()) for r in kafka.records("crash")] == [(0, 0, b"v"), (1, 0, None)]


def test_kafka_hides_what_an_aborted_transaction_wrote(kafka):
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": kafka.bootstrap, "transactional.id": "aborted"})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce("aborted", b"lost")
    producer.flush(30)
    producer.abort_transaction(30)
    kafka.produce("aborted", [(None, b"kept")])
    assert [record.value() for record in kafka.records("aborted")] == [b"kept"]


def test_debezium_publishes_the_changes_of_a_table(servers, kafka, connect):
    source = servers("mysql")
    source.sql("DROP DATABASE IF EXISTS dbz; CREATE DATABASE dbz; CREATE TABLE dbz.t (a INT PRIMARY KEY, b TEXT);"
               "INSERT INTO dbz.t VALUES (1, 'one')")
    connect.register("dbz", source, ["dbz"])

    def Operations():
        topics = [name for name in kafka.topics() if name == "dbz.dbz.t"]
        return [json.loads(r.value())["op"] if r.value() else None for r in kafka.records(*topics)]

    WaitFor(lambda: Operations() == ["r"], "the row of the snapshot")
    source.sql("UPDATE dbz.t SET b = 'two'; DELETE FROM dbz.t")
    WaitFor(lambda: Operations() == ["r", "u", "d", None], "the changes that follow")
    connect.remove("dbz")


def test_a_server_started_by_hand_stays_and_can_be_stopped(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.servers", "kafka", "--data", str(tmp_path / "kafka")], cwd=ROOT,
        capture_output=True, text=True, check=True, timeout=120)
    facts = dict(line.split("=", 1) for line in done.stdout.splitlines())
    from confluent_kafka.admin import AdminClient

    assert AdminClient({"bootstrap.servers": facts["BOOTSTRAP_SERVERS"]}).list_topics(timeout=10).brokers
    os.kill(int(facts["SERVER_PID"]), signal.SIGKILL)
