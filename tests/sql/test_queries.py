# SPDX-License-Identifier: MIT
"""`foreset sql`: answers against DuckDB on the same rows and against MySQL, versions, pruning, refusals, the dialogue."""

import datetime
import decimal
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from tests.harness.program import BINARY, Foreset

DATABASE = "questions"


def Ask(place, query, *options, code=0, form="jsonl"):
    done = subprocess.run([BINARY, "sql", query, "--lake", str(place), "-o", form, *options], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def Rows(place, query):
    return [json.loads(line) for line in Ask(place, query).stdout.splitlines()]


def Part(first, rows=1000):
    numbers = range(first, first + rows)
    day = datetime.datetime(2026, 1, 1)
    return pa.table({
        "n": pa.array(numbers, pa.int64()),
        "name": [f"name {n:06d}" for n in numbers],
        "price": pa.array([decimal.Decimal(n) / 100 for n in numbers], pa.decimal128(12, 2)),
        "made": pa.array([day + datetime.timedelta(minutes=n) for n in numbers], pa.timestamp("us", "UTC")),
        "ratio": pa.array([float("nan") if n % 7 == 0 else n / 3 for n in numbers]),
        "maybe": pa.array([None if n % 3 else n for n in numbers], pa.int32()),
    })


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """A table of ten files, by a writer that is not ours; and all its rows."""
    place = tmp_path_factory.mktemp("numbers")
    for first in range(0, 10_000, 1000):
        write_deltalake(place / "T", Part(first), mode="append")
    # Without in-commit timestamps a version is as old as its file in the log.
    for version in range(10):
        noon = datetime.datetime(2026, 1, 1, 12, version, tzinfo=datetime.UTC).timestamp()
        os.utime(place / "T" / "_delta_log" / f"{version:020}.json", (noon, noon))
    return place, DeltaTable(place / "T").to_pyarrow_table()


QUESTIONS = [
    "SELECT count(*) AS c, sum(n) AS s FROM T",
    "SELECT n, name, price FROM T WHERE n BETWEEN 2999 AND 3001 ORDER BY n",
    "SELECT count(*) AS c FROM T WHERE n > 8999 AND name <= 'name 009500'",
    "SELECT count(*) AS c FROM T WHERE 4000 > n",
    "SELECT count(*) AS c FROM T WHERE price = 55.55 OR n = 1",
    "SELECT count(*) AS c FROM T WHERE price < 12.34",
    "SELECT count(*) AS c FROM T WHERE made >= '2026-01-05 12:00:00+00' AND made < '2026-01-06'",
    "SELECT count(*) AS c FROM T WHERE ratio > 3000",
    "SELECT count(*) AS c FROM T WHERE maybe IS NULL AND n < 1500",
    "SELECT count(*) AS c FROM T a JOIN T b ON a.n = b.maybe WHERE b.n >= 9000",
    "WITH w AS (SELECT n, row_number() OVER (ORDER BY n DESC) AS r FROM T WHERE n < 2500) SELECT n FROM w WHERE r < 4 ORDER BY n",
    "SELECT count(*) AS c FROM T WHERE n = 12345678",
    "SELECT n % 10 AS d, count(*) AS c FROM T WHERE n IN (5, 5005, 9005) GROUP BY ALL ORDER BY d",
    "SELECT count(*) AS c FROM T LEFT JOIN (SELECT n AS m FROM T WHERE n < 10) x ON x.m = T.n WHERE x.m IS NULL",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_duckdbs_own_on_the_same_rows(numbers, question):
    place, rows = numbers
    session = duckdb.connect()
    session.sql("SET TimeZone = 'UTC'")
    session.register("T", rows)
    asked = session.sql(question)
    wanted = [{name: str(value) if isinstance(value, decimal.Decimal) else value
               for name, value in zip(asked.columns, row)} for row in asked.fetchall()]
    told = [{name: int(value) if name == "s" else value for name, value in row.items()} for row in Rows(place, question)]
    assert told == wanted


@pytest.mark.parametrize(("condition", "opened"), [
    ("n = 4711", 1), ("n < 2000", 2), ("name = 'name 004711'", 1), ("price BETWEEN 10.00 AND 19.99", 10), ("n = -1", 0),
    ("made >= '2026-01-07 00:00:00+00' AND n < 9000", 1), ("n = 1 OR n = 9000", 10), ("ratio > 1", 10)])
def test_opens_only_the_files_that_the_statistics_leave(numbers, condition, opened):
    said = Ask(numbers[0], f"SELECT count(*) FROM T WHERE {condition}", "-v").stderr
    assert ("lake.T@v9 " if opened < 10 else "lake.T@v9\n") in said
    assert opened == 10 or f"({opened} of 10 files)" in said


def test_a_table_read_twice_is_pruned_in_neither_place(numbers):
    question = "SELECT (SELECT count(*) FROM T WHERE n < 10) AS a, (SELECT count(*) FROM T WHERE n > 9000) AS b"
    assert Rows(numbers[0], question) == [{"a": 10, "b": 999}]


def test_a_table_as_it_was(numbers):
    place, _ = numbers
    assert Rows(place, "SELECT count(*) AS c FROM T@v2") == [{"c": 3000}]
    assert Rows(place, "SELECT (SELECT count(*) FROM T@v0) AS a, (SELECT count(*) FROM lake.T) AS b") == [{"a": 1000, "b": 10000}]
    for text, rows in (("2026-01-01 12:04", 5000), ("2026-01-01 12:04:59.999", 5000), ("2026-01-01 12:05", 6000)):
        assert Rows(place, f"SELECT count(*) AS c FROM T@'{text}'") == [{"c": rows}]
    assert "E4004" in Ask(place, "FROM T@v77", code=1).stderr or "E4004" in Ask(place, "FROM T@v77", code=2).stderr


def test_a_time_is_utc_whatever_the_session_says(numbers):
    place, _ = numbers
    for text, rows in (("2026-01-01 12:04", 5000), ("2026-01-01 14:04+02:00", 5000)):
        assert Rows(place, f"SET TimeZone = 'Asia/Tokyo'; SELECT count(*) AS c FROM T@'{text}'") == [{"c": rows}]
    assert Rows(place, "SELECT count(*) AS c FROM T VERSION AS OF 2") == [{"c": 3000}]
    assert Rows(place, "SELECT count(*) AS c FROM T AT (TIMESTAMP => '2026-01-01 12:04')") == [{"c": 5000}]
    assert "E4004" in Ask(place, "FROM T@v99999999999999999999", code=1).stderr


def test_tables_whose_names_differ_in_case_only(tmp_path):
    write_deltalake(tmp_path / "T", pa.table({"n": [1]}))
    write_deltalake(tmp_path / "t", pa.table({"n": [1, 2]}))
    write_deltalake(tmp_path / "U", pa.table({"n": [1, 2, 3]}))
    both = Ask(tmp_path, 'SELECT (SELECT count(*) FROM "T") AS a, (SELECT count(*) FROM "t") AS b', code=2)
    assert "T and t differ in case only" in both.stderr or "t and T differ in case only" in both.stderr
    counts = "SELECT count(*) AS c FROM T; SELECT count(*) AS c FROM t; SELECT count(*) AS c FROM T; SELECT count(*) AS c FROM u"
    assert Rows(tmp_path, counts) == [{"c": 1}, {"c": 2}, {"c": 1}, {"c": 3}]
    assert Rows(tmp_path, "SELECT count(*) AS c FROM T a, lake.T b") == [{"c": 1}]


@pytest.mark.parametrize(("statement", "code"), [
    ("SELEC 1", "E8101"), ("SELECT nothing FROM T", "E8101"), ("SELECT * FROM Nowhere", "E8103"), ("FROM T@'noon'", "E8101"),
    ("SELECT CAST(name AS INT) FROM T", "E8102"), ("COPY T TO '/tmp/foreset-must-not-be-there'", "E8104"),
    ("SELECT * FROM read_text('/etc/passwd')", "E8104"), ("INSTALL httpfs", "E8104"), ("ATTACH '/tmp/x.db'", "E8104")])
def test_what_is_refused_has_a_code(numbers, statement, code):
    done = subprocess.run([BINARY, "sql", statement, "--lake", numbers[0]], capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode != 0 and code in done.stderr and not done.stdout
    assert not os.path.exists("/tmp/foreset-must-not-be-there")


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Layers with tables, one of them wide and in wide characters."""
    place = tmp_path_factory.mktemp("lake")
    write_deltalake(place / "silver" / "Orders", pa.table({
        "OrderID": list(range(40)), "Name": ["日本語" * 10] * 40, **{f"c{i}": ["text of a column"] * 40 for i in range(9)}}))
    write_deltalake(place / "gold" / "Orders_history", pa.table({"n": [1]}))
    return place


def Piped(place, text, *options, code=0):
    done = subprocess.run([BINARY, "sql", "--lake", place, *options], input=text, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == code, done.stderr
    return done


def test_the_lakes_tables_are_listed_and_described(lake):
    both = [{"schema": "silver", "table": "Orders"}, {"schema": "gold", "table": "Orders_history"}]
    for words in ("SHOW TABLES", "show all tables", "\\d"):
        assert Rows(lake, words) == both
    assert Rows(lake, "SHOW TABLES FROM gold") == both[1:]
    assert Rows(lake, "CREATE TABLE mine AS SELECT 1 AS n; SHOW TABLES") == [*both, {"schema": "main", "table": "mine"}]
    assert [row["column_name"] for row in Rows(lake, "DESCRIBE gold.Orders_history")] == ["n"]
    assert [row["column"] for row in Rows(lake, "\\d Orders_history")] == ["n"]
    assert 'did you mean "gold"?' in Ask(lake, "SHOW TABLES FROM gld", code=2).stderr
    said = Ask(lake, "FROM silver.Ordres", code=2).stderr
    assert "E8103" in said and "Did you mean Orders?" in said and "pg_" not in said


def test_words_of_other_shells_are_understood_in_what_is_piped(lake):
    told = Piped(lake, "-- first\n.tables\nSELECT 6 * 7 AS answer;\n.schema gold.Orders_history\nhelp\n\\x\n"
                       "FROM Orders_history;\nexit\nSELECT nonsense;\n").stdout
    assert told.index("silver") < told.index("42") < told.index("int64") < told.index("SHOW TABLES FROM gold")
    assert "── row 1 ──\nn  1\n" in told
    assert "E1001" in Piped(lake, "\\nothing\n", code=2).stderr


@pytest.mark.parametrize("form", ["json", "parquet"])
def test_two_results_are_no_one_document(lake, form):
    for text in ("SELECT 1 AS a; SELECT 2 AS a", "\\d\nSELECT 1 AS a;"):
        done = Piped(lake, text, "-o", form, code=2)
        assert "E1001" in done.stderr and "jsonl" in done.stderr and not done.stdout
    assert "[" in Piped(lake, "SET threads = 1; CREATE TABLE t AS SELECT 1 AS a; FROM t", "-o", "json").stdout
    assert Piped(lake, "SELECT 1 AS a; SELECT 2 AS b", "-o", "csv").stdout == "a\n1\nb\n2\n"
    assert Piped(lake, "SELECT 1 AS a; SELECT 2 AS b", "-o", "jsonl").stdout == '{"a":1}\n{"b":2}\n'


def test_what_exceeds_the_memory_spills(numbers):
    place, _ = numbers
    many = "SELECT count(*) AS c FROM (SELECT DISTINCT name || range FROM T, range(300))"
    assert json.loads(Ask(place, many, "--memory", "64MiB").stdout) == {"c": 3_000_000}


def test_memory_is_bounded_and_every_form_pipes(numbers):
    place, _ = numbers
    for form in ("table", "json", "jsonl", "csv", "markdown", "parquet"):
        assert Ask(place, "SELECT n, name FROM T ORDER BY n LIMIT 3", form=form).stdout.encode("utf-8", "surrogateescape") if (
            form != "parquet") else True
    many = subprocess.run([BINARY, "sql", "SELECT * FROM range(20_000_000)", "--lake", place, "-o", "csv", "--memory", "100MiB"],
                          capture_output=True, timeout=300, check=True)
    assert many.stdout.count(b"\n") == 20_000_001


def test_the_shop_answers_as_mysql_does(servers, tmp_path):
    server = servers("mysql")
    server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    server.sql("CREATE TABLE Orders (OrderID INT PRIMARY KEY, Status VARCHAR(20), Total DECIMAL(18,2), MadeAt DATETIME);"
               "CREATE TABLE Items (ItemID INT PRIMARY KEY, OrderID INT, Quantity INT, Price DECIMAL(18,2))", DATABASE)
    server.sql("INSERT INTO Orders SELECT n, ELT(1 + n % 3, 'new', 'paid', 'sent'), n * 1.25, '2026-01-01' + INTERVAL n HOUR "
               "FROM (WITH RECURSIVE s AS (SELECT 1 n UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s) x;"
               "INSERT INTO Items SELECT OrderID, OrderID, 1 + OrderID % 4, Total / 2 FROM Orders", DATABASE)
    foreset = Foreset(tmp_path, server, DATABASE)
    foreset.Run()
    server.sql("UPDATE Orders SET Status = 'lost' WHERE OrderID % 10 = 0; DELETE FROM Items WHERE OrderID % 7 = 0", DATABASE)
    foreset.Run()
    for question in ("SELECT Status, COUNT(*), CAST(SUM(Total) AS CHAR) FROM Orders GROUP BY Status ORDER BY Status",
                     "SELECT o.Status, CAST(SUM(i.Quantity) AS CHAR), CAST(MAX(i.Price) AS CHAR) FROM Orders o JOIN Items i "
                     "ON i.OrderID = o.OrderID WHERE o.MadeAt < '2026-01-20' GROUP BY o.Status ORDER BY 1"):
        wanted = [tuple(map(str, row)) for row in server.query(question, DATABASE)]
        told = [tuple(str(value) for value in row.values()) for row in Rows(foreset.lake, question.replace("CHAR", "VARCHAR"))]
        assert told == wanted
    assert Rows(foreset.lake, "SELECT count(*) AS c FROM gold.Items_history WHERE _op = 'DELETE'") == [{"c": 128}]
    assert Rows(foreset.lake, "SELECT count(*) AS c FROM bronze.Orders WHERE _op = 'u'") == [{"c": 90}]


class Dialogue:
    """`foreset sql` at a terminal."""

    def __init__(self, place, home, size=(0, 0), **environment):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(HOME=str(home), XDG_STATE_HOME=str(home / "state"), TERM="xterm", NO_COLOR="1", **environment)
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
            os.execv(BINARY, [str(BINARY), "sql", "--lake", str(place)])
        self.said = ""

    def Until(self, text, seconds=20):
        while text not in self.said:
            assert self.Hear(seconds), f"it ended without {text!r}: {self.said!r}"
        self.said = self.said[self.said.index(text) + len(text):]

    def Hear(self, seconds=20):
        """False at its end."""
        assert select.select([self.terminal], [], [], seconds)[0], f"silence after {self.said!r}"
        try:
            self.said += os.read(self.terminal, 65536).decode(errors="replace")
        except OSError:
            return False
        return True

    def Type(self, text):
        os.write(self.terminal, text.encode())

    def Leave(self):
        """How it ended, after what was typed."""
        while self.Hear():
            pass
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


ENDLESS = "SELECT max(a.n * b.n * c.n) FROM T a, T b, T c;\n"


def test_a_dialogue_at_a_terminal(numbers, tmp_path):
    talk = Dialogue(numbers[0], tmp_path)
    talk.Until("foreset>")
    talk.Type("SELECT count(*) AS many\n")
    talk.Until("...>")
    talk.Type("FROM T;\n")
    talk.Until("10000")
    talk.Until("1 rows in")
    talk.Until("lake.T@v9")
    talk.Until("foreset>")
    talk.Type("\\d T\n")
    talk.Until("ratio")
    talk.Until("foreset>")
    talk.Type("SELECT count(*) AS dear FROM T WHERE pri\t > 99.97;\n")  # completed to price
    talk.Until("dear")
    talk.Until("2")
    talk.Until("1 rows in")
    talk.Until("foreset>")
    talk.Type("SELECT given up \x03")
    talk.Until("foreset>")
    talk.Type("SELECT nonsense;\n")
    talk.Until("E8101")
    talk.Until("foreset>")
    talk.Type(ENDLESS)
    time.sleep(1)
    talk.Type("\x03")
    talk.Until("E9002")
    talk.Until("foreset>")
    talk.Type("SELECT 6 * 7 AS answer, 'Größe' AS größe;\n")
    talk.Until("größe")
    talk.Until("42")
    talk.Until("foreset>")
    talk.Type("\\q\n")
    assert talk.Leave() == 0
    history = (tmp_path / "state" / "foreset" / "sql_history").read_text()
    assert "answer" in history and "given" not in history


def test_a_dialogue_on_a_small_terminal(lake, tmp_path):
    """Tables are cut to the width; what has more lines than the terminal goes through the pager."""
    talk = Dialogue(lake, tmp_path, size=(20, 60), PAGER="sed 's/^/paged /'")
    talk.Until("foreset>")
    talk.Type(".tables\n")
    talk.Until("Orders_history")
    talk.Until("foreset>")
    talk.Type("SELECT OrderID, Name, 'end' AS last FROM Orders WHERE OrderID < 2;\n")
    talk.Until("last\r\n")
    talk.Until("end")
    shown = talk.said
    assert "paged" not in shown
    talk.Until("foreset>")
    talk.Type("FROM Orders ORDER BY OrderID;\n")
    talk.Until("paged OrderID")
    talk.Until("columns fit")
    talk.Until("foreset>")
    talk.Type("\\x\n")
    talk.Until("foreset>")
    talk.Type("FROM Orders WHERE OrderID = 7;\n")
    talk.Until("OrderID  7\r\n")
    talk.Until("日本語" * 10)
    talk.Until("c8")
    talk.Until("foreset>")
    talk.Type("exit\n")
    assert talk.Leave() == 0


def test_keys_pressed_at_any_moment_of_a_dialogue(numbers, tmp_path):
    """Whatever the terminal is doing, no Ctrl-C and no Ctrl-D is lost."""
    talk = Dialogue(numbers[0], tmp_path)
    talk.Until("foreset>")
    for moment in range(40):
        talk.Type(f"SELECT given_up_{moment}")
        time.sleep(moment % 4 * 0.001)
        talk.Type("\x03")
        talk.Until("foreset>")
    for moment in range(40):
        talk.Type(ENDLESS)
        time.sleep(moment % 20 * 0.001)
        talk.Type("\x03")
        talk.Until("foreset>")
    assert "answer" not in talk.said
    talk.Type("SELECT count(*) AS answer FROM range(1000000000);\n\x04")
    talk.Until("answer")
    assert talk.Leave() == 0


def test_a_dialogue_ends_when_its_process_is_told_to(numbers, tmp_path):
    talk = Dialogue(numbers[0], tmp_path)
    talk.Until("foreset>")
    os.kill(talk.pid, signal.SIGTERM)
    assert talk.Leave() == 0


@pytest.mark.parametrize("value", ["md5_number('x')", "'101'::BIT"])
def test_types_that_no_output_has_are_refused(numbers, value):
    refused = Ask(numbers[0], f"SELECT {value}", code=2).stderr
    assert "E8101" in refused and "AS VARCHAR" in refused
    assert Rows(numbers[0], f"SELECT CAST({value} AS VARCHAR) AS v")[0]["v"].isdigit()
