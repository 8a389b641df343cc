# SPDX-License-Identifier: MIT
import decimal

import pymysql
import pytest

from tests.harness.source_rows import SourceRows
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
