# SPDX-License-Identifier: MIT
"""Whole storages moved: a database or a folder of files into Delta tables, each compared with its source."""

import gzip
import io
import json
import random
import time

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake

from tests.batch.conftest import Kill, Table, Tools
from tests.harness.program import Foreset
from tests.harness.readers import DeltaLakeReader
from tests.harness.source_rows import SourceRows, TablesOf
from tests.harness.values import Differences

DATABASE = "moved"

TYPES = """
CREATE TABLE Kinds (
  Id INT UNSIGNED PRIMARY KEY, Tiny TINYINT, Small SMALLINT UNSIGNED, Big BIGINT UNSIGNED, Price DECIMAL(18,2),
  Wide DECIMAL(65,30), Half FLOAT, Whole DOUBLE, Name VARCHAR(200), Body MEDIUMTEXT, Raw VARBINARY(64), Pic BLOB,
  Day DATE, Hour TIME(6), Made DATETIME(6), Seen TIMESTAMP(3) NULL, Y YEAR, Kind ENUM('a','b'), Marks SET('x','y'),
  One BIT(1), Many BIT(12), Doc JSON, Fine DECIMAL(30,20),
  Way VECTOR(3));
INSERT INTO Kinds VALUES
  (1, -5, 65535, 18446744073709551615, 12.30, 1.5, 1.1, 2.2, 'Ann''s "x", y', 'two\nlines', x'00ff', x'cafe',
   '2026-01-31', '-12:34:56.789012', '2026-01-02 03:04:05.678901', '2026-01-02 03:04:05.678', 2026, 'b', 'x,y',
   b'1', b'101', '{"a": [1, null]}', 0.00000000000000000001,
   TO_VECTOR('[1,2.5,1e-20]')),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
   NULL, NULL, NULL, NULL, NULL),
  (3, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '1999-12-31', '00:00:00', '1999-12-31 23:59:59', '1999-12-31 23:59:59',
   1999, 'a', '', b'0', b'0', 'null', 0, NULL);
CREATE TABLE Blank (Id INT PRIMARY KEY, Name TEXT);
CREATE TABLE NoKey (A INT, B VARCHAR(10));
INSERT INTO NoKey VALUES (1, 'x'), (1, 'x'), (NULL, NULL);
CREATE TABLE Many (Id BIGINT AUTO_INCREMENT PRIMARY KEY, Name VARCHAR(100), Price DECIMAL(10,2));
INSERT INTO Many (Name, Price) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
  SELECT CONCAT('name ', a.i, ' ', b.i), a.i / 100 FROM n a CROSS JOIN n b WHERE b.i <= 150;
"""


class Migration(Foreset):
    """A database with a configuration that names it, and the tools beside them."""

    def __init__(self, directory, server):
        server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
        server.sql(f"USE {DATABASE}; SET cte_max_recursion_depth = 100000; {TYPES}")
        super().__init__(directory, server, DATABASE)
        self.tools = Tools(directory, {"MYSQL_PASSWORD": server.password})

    def Arguments(self, *arguments):
        return ("migrate", "-c", self.config, *arguments)

    def Compare(self, root):
        for table in TablesOf(self.server, DATABASE):
            wanted = SourceRows(self.server, DATABASE, table)
            difference = Differences(wanted, DeltaLakeReader().Read(root / table), "MySQL", "deltalake")
            assert difference == "", f"{table}: {difference}"


@pytest.fixture(scope="module")
def database(servers, tmp_path_factory):
    return Migration(tmp_path_factory.mktemp("moved"), servers("mysql"))


@pytest.mark.timeout(600)
def test_a_database_into_delta_tables(database, tmp_path):
    report = database.tools.Report(*database.Arguments("--to", tmp_path / "plain", "--jobs", "3"))
    assert report["equal"] and {table["verdict"] for table in report["tables"]} == {"equal"}
    rows = {table["table"]: table["target_rows"] for table in report["tables"]}
    assert rows == {f"{DATABASE}.Kinds": 3, f"{DATABASE}.Blank": 0, f"{DATABASE}.NoKey": 3, f"{DATABASE}.Many": 150_000}
    assert all(table["source_checksum"] == table["target_checksum"] for table in report["tables"])
    database.Compare(tmp_path / "plain")

    # Again: nothing is copied, everything is compared.
    again = database.tools.Report(*database.Arguments("--to", tmp_path / "plain"))
    assert again["equal"] and not any(table["copied"] for table in again["tables"])

    # Somebody takes rows away: the comparison says so.
    from deltalake import DeltaTable

    DeltaTable(str(tmp_path / "plain" / "Many")).delete("Id = 7")
    differs = database.tools.Report(*database.Arguments("--to", tmp_path / "plain"), exits=3)
    verdicts = {table["table"]: table["verdict"] for table in differs["tables"]}
    assert verdicts[f"{DATABASE}.Many"] == "DIFFERENT" and verdicts[f"{DATABASE}.Kinds"] == "equal"
    mended = database.tools.Report(*database.Arguments("--to", tmp_path / "plain", "--again"))
    assert mended["equal"] and all(table["copied"] for table in mended["tables"])
    database.Compare(tmp_path / "plain")


@pytest.mark.timeout(600)
def test_a_migration_that_was_killed_goes_on(database, tmp_path):
    run = database.Arguments("--to", tmp_path / "plain", "--tables", "Many")
    log = tmp_path / "plain" / "Many" / "_delta_log"
    process = database.tools.Start(*run)
    while process.poll() is None and len(list(log.glob("*.json"))) < 2:
        time.sleep(0.002)
    Kill(process)
    before = len(list(log.glob("*.json")))
    assert before == 2, "the first chunk, and no more"
    report = database.tools.Report(*run)
    assert report["equal"] and report["tables"][0]["target_rows"] == 150_000
    operations = [json.loads(line)["commitInfo"]["operation"]
                  for path in sorted(log.glob("*.json"))[before:] for line in path.read_text().splitlines()
                  if "commitInfo" in line]
    assert operations and set(operations) == {"MIGRATE"}
    table = Table(tmp_path / "plain" / "Many")
    assert sorted(table["Id"].to_pylist()) == [row[0] for row in database.server.query(
        "SELECT Id FROM Many ORDER BY Id", DATABASE)]
    # It went on after what was there: the first data files are still in the table.
    removed = [line for path in log.glob("*.json") for line in path.read_text().splitlines() if '"remove"' in line]
    assert removed == []


@pytest.mark.timeout(600)
def test_a_database_into_csv_files_and_from_there_into_delta_tables(database, tmp_path):
    landing = tmp_path / "landing"
    run = database.Arguments("--to", landing, "--format", "csv")
    report = database.tools.Report(*run)
    assert report["equal"], report
    read = duckdb.connect()
    for table, rows in (("Many", 150_000), ("Kinds", 3), ("NoKey", 3), ("Blank", 0)):
        files = f"{landing}/{table}/part-*.csv"
        (count,) = read.execute(f"SELECT count(*) FROM read_csv('{files}', header=true, all_varchar=true)").fetchone()
        assert count == rows, table
    names = read.execute(f"SELECT Name, Body, Raw FROM read_csv('{landing}/Kinds/part-*.csv', all_varchar=true, "
                         "allow_quoted_nulls=false) ORDER BY Id").fetchall()
    assert names == [("Ann's \"x\", y", "two\nlines", "00ff"), (None, None, None), ("", "", "")]
    assert not any(table["copied"] for table in database.tools.Report(*run)["tables"])

    # A file that was damaged since is seen.
    part = next(iter((landing / "NoKey").glob("part-*.csv")))
    good = part.read_text()
    part.write_text(good.replace("1,x", "2,x", 1))
    assert not database.tools.Report(*run, exits=3)["equal"]
    part.write_text(good)

    moved = database.tools.Report("migrate", landing, "--to", tmp_path / "plain")
    assert moved["equal"] and all(table["copied"] for table in moved["tables"])
    assert {table["table"]: table["target_rows"] for table in moved["tables"]} == {
        "Many": 150_000, "Kinds": 3, "NoKey": 3, "Blank": 0}
    # Types and values come home: the tables are those that the database gives without files between.
    database.Compare(tmp_path / "plain")
    direct = {table["table"].split(".")[1]: table["source_checksum"] for table in report["tables"]}
    assert {table["table"]: table["target_checksum"] for table in moved["tables"]} == direct
    again = database.tools.Report("migrate", landing, "--to", tmp_path / "plain")
    assert again["equal"] and not any(table["copied"] for table in again["tables"])

    # A file that was changed since is not called equal: the checksum is the database's own.
    part.write_text(good.replace("1,x", "2,x", 1))
    differs = database.tools.Report("migrate", landing, "--to", tmp_path / "other", exits=3)
    assert [table["table"] for table in differs["tables"] if table["verdict"] != "equal"] == ["NoKey"]
    part.write_text(good)
    # One that is gone, or cut, is said to be so.
    part.unlink()
    gone = database.tools.Report(*run, exits=2)
    (error,) = [table["error"] for table in gone["tables"] if table["verdict"] == "NOT PROVED"]
    assert "E8401" in error and part.name in error
    part.write_text(good + '"torn')
    torn = database.tools.Report(*run, exits=1)
    (error,) = [table["error"] for table in torn["tables"] if table["verdict"] == "NOT PROVED"]
    assert "E8413" in error and part.name in error


def Made(servers, tmp_path, name, statements, *databases):
    """A database of its own, and the tools with a configuration for it."""
    server = servers("mysql")
    for database in (name, *databases):
        server.sql(f"DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database}")
    server.sql(f"USE {name}; {statements}")
    made = Foreset(tmp_path, server, name)
    made.Configure({"source": {"mysql": {"tables": [f"{database}.*" for database in (name, *databases)]}}})
    made.tools = Tools(tmp_path, {"MYSQL_PASSWORD": server.password})
    return made


def test_equal_is_said_of_the_position_that_is_named(servers, tmp_path):
    """A source that grew between two runs is read again: the first run's count proves nothing of it."""
    made = Made(servers, tmp_path, "grown", "CREATE TABLE T (id INT PRIMARY KEY); CREATE TABLE U (id INT PRIMARY KEY)")
    run = ("migrate", "-c", made.config, "--to", tmp_path / "plain")
    assert made.tools.Report(*run)["equal"]
    made.server.sql("INSERT INTO grown.T VALUES (1), (2)")
    grown = made.tools.Report(*run, exits=3)
    tables = {table["table"]: table for table in grown["tables"]}
    assert (tables["grown.T"]["source_rows"], tables["grown.T"]["target_rows"]) == (2, 0)
    assert any("--again" in note for note in tables["grown.T"]["notes"])
    assert tables["grown.U"]["verdict"] == "equal" and not grown["equal"]
    assert made.tools.Report(*run, "--again")["equal"] and made.tools.Report(*run)["equal"]


@pytest.mark.parametrize("form", ["delta", "csv"])
def test_two_tables_never_share_a_folder(servers, tmp_path, form):
    made = Made(servers, tmp_path, "shares1", "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)", "shares2")
    made.server.sql("USE shares2; CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
    run = ("migrate", "-c", made.config, "--to", tmp_path / "plain", "--format", form)
    refused = made.tools(*run, exits=78)
    assert "E5308" in refused.err and 'layout: "{database}/{table}"' in refused.err
    assert not (tmp_path / "plain").exists(), "nothing was made"
    # One after the other: the second does not take the first's copy for its own.
    made.tools(*run, "--tables", "shares1.t")
    taken = made.tools(*run, "--tables", "shares2.t", exits=78)
    assert "E5308" in taken.err and "is the copy of shares1.t, not of shares2.t" in taken.err
    made.Configure({"lake": {"layout": "{database}/{table}"}})
    report = made.tools.Report("migrate", "-c", made.config, "--to", tmp_path / "apart", "--format", form)
    assert report["equal"] and {t["table"]: t["target_rows"] for t in report["tables"]} == {"shares1.t": 1, "shares2.t": 2}
    if form == "csv":
        home = made.tools.Report("migrate", tmp_path / "apart", "--to", tmp_path / "home")
        assert home["equal"] and {t["table"]: t["target_rows"] for t in home["tables"]} == {"shares1/t": 1, "shares2/t": 2}


def test_a_table_that_is_refused_keeps_no_other_from_being_copied(servers, tmp_path):
    made = Made(servers, tmp_path, "oddkey", "SET sql_mode = ''; CREATE TABLE Odd (d DATE PRIMARY KEY); "
                "INSERT INTO Odd VALUES ('0000-00-00'); CREATE TABLE Plain (id INT PRIMARY KEY); INSERT INTO Plain VALUES (1)")
    report = made.tools.Report("migrate", "-c", made.config, "--to", tmp_path / "plain", exits=1)
    tables = {table["table"]: table for table in report["tables"]}
    assert tables["oddkey.Plain"]["verdict"] == "equal" and not report["equal"]
    assert tables["oddkey.Odd"]["verdict"] == "NOT PROVED" and "E5201" in tables["oddkey.Odd"]["error"]


@pytest.mark.parametrize("form", ["delta", "csv"])
def test_a_name_never_leaves_the_folder(servers, tmp_path, form):
    names = ["..", ".", "../up", "../" * 4 + "evil", "a/b", "a", "_old", "_under", "T", "t", "100%", "a%2Fb", " x",
             "_delta_log"]
    server = servers("mysql")
    if server.query("SELECT @@lower_case_table_names")[0][0] != "0":
        names.remove("t")
    make = "; ".join(f"CREATE TABLE `{name}` (id INT PRIMARY KEY); INSERT INTO `{name}` VALUES ({i})"
                     for i, name in enumerate(names))
    made = Made(servers, tmp_path / "in" / "deep" / "down", "nasty", make)
    before = {path for path in tmp_path.rglob("*")}
    root = tmp_path / "in" / "deep" / "down" / "plain"
    report = made.tools.Report("migrate", "-c", made.config, "--to", root, "--format", form, exits=1)
    verdicts = {table["table"].removeprefix("nasty."): table["verdict"] for table in report["tables"]}
    assert verdicts.pop("_delta_log") == "NOT PROVED" and set(verdicts.values()) == {"equal"}, report
    new = {path for path in tmp_path.rglob("*")} - before
    assert all(path == root or root in path.parents or path.name == "report.json" for path in new), new
    folders = {path.name for path in root.iterdir()}
    assert folders == {".%2E", "%2E", "..%2Fup", "..%2F..%2F..%2F..%2Fevil", "a%2Fb", "a", "_old", "_under", "T", "100%",
                       "a%252Fb", " x", *(["t"] if "t" in names else [])}
    made.server.sql("DROP DATABASE nasty")
    if form == "csv":
        home = made.tools.Report("migrate", root, "--to", tmp_path / "home")
        assert home["equal"] and len(home["tables"]) == len(folders), "also those that begin with _ and ."


def test_rows_of_many_megabytes_are_read_back(servers, tmp_path):
    made = Made(servers, tmp_path, "wide", "CREATE TABLE W (id INT PRIMARY KEY, b LONGBLOB, t LONGTEXT); "
                "INSERT INTO W VALUES (1, REPEAT(x'00ff', 5000000), REPEAT('a\"\n,', 1000000)), (2, '', NULL)")
    report = made.tools.Report("migrate", "-c", made.config, "--to", tmp_path / "landing", "--format", "csv")
    assert report["equal"]
    assert made.tools.Report("migrate", tmp_path / "landing", "--to", tmp_path / "plain")["equal"]
    rows = sorted(Table(tmp_path / "plain" / "W").to_pylist(), key=lambda row: row["id"])
    assert rows == [{"id": 1, "b": b"\x00\xff" * 5_000_000, "t": 'a"\n,' * 1_000_000}, {"id": 2, "b": b"", "t": None}]


TYPES_AT_RANDOM = {
    "DECIMAL(38,10)": lambda r: f"{r.randrange(-10**27, 10**27)}.{r.randrange(10**10):010}",
    "DECIMAL(65,0)": lambda r: str(r.randrange(-10**65 + 1, 10**65)),
    "BIGINT UNSIGNED": lambda r: str(r.choice([0, 2**64 - 1, r.randrange(2**64)])),
    "BIGINT": lambda r: str(r.randrange(-2**63, 2**63)),
    "DOUBLE": lambda r: repr(r.choice([0.1, -1e300, 5e-324, r.random()])),
    "VARCHAR(40)": lambda r: r.choice(["''", "'NULL'", "'007'", "'true'", "'2026-01-02'", "' '", "'a,\"b\"'", "'ü\n'"]),
    "VARBINARY(20)": lambda r: r.choice(["''", f"x'{r.randrange(2**64):016x}'", "x'00'"]),
    "DATE": lambda r: f"'{r.randrange(1000, 9999)}-0{r.randrange(1, 10)}-1{r.randrange(10)}'",
    "DATETIME(6)": lambda r: f"'20{r.randrange(10, 99)}-01-02 03:04:05.{r.randrange(10**6):06}'",
    "TIME(6)": lambda r: f"'-{r.randrange(838)}:00:01.5'",
    "BIT(5)": lambda r: f"b'{r.randrange(32):b}'",
    "BIT(1)": lambda r: r.choice(["b'0'", "b'1'"]),
    "JSON": lambda r: r.choice(["'null'", "'\"\"'", "'{\"a\": 1.50}'"]),
}


@pytest.mark.timeout(600)
def test_random_tables_come_home_through_files(servers, tmp_path):
    seed = random.getrandbits(32)
    r = random.Random(seed)
    make = []
    for table in range(12):
        kinds = [r.choice(list(TYPES_AT_RANDOM)) for _ in range(r.randrange(1, 7))]
        columns = ", ".join(f"c{i} {kind}" for i, kind in enumerate(kinds))
        make.append(f"CREATE TABLE R{table} (id INT PRIMARY KEY, {columns})")
        for row in range(r.randrange(8)):
            values = ", ".join("NULL" if r.random() < 0.2 else TYPES_AT_RANDOM[kind](r) for kind in kinds)
            make.append(f"INSERT INTO R{table} VALUES ({row}, {values})")
    made = Made(servers, tmp_path, "at_random", "; ".join(make))
    assert made.tools.Report("migrate", "-c", made.config, "--to", "landing", "--format", "csv")["equal"], seed
    assert made.tools.Report("migrate", "landing", "--to", "plain")["equal"], seed
    for table in TablesOf(made.server, "at_random"):
        wanted = SourceRows(made.server, "at_random", table)
        difference = Differences(wanted, DeltaLakeReader().Read(tmp_path / "plain" / table), "MySQL", "deltalake")
        assert difference == "", f"seed {seed}: {table}: {difference}"


def test_tables_of_others_are_left_alone(database, tmp_path):
    from deltalake import write_deltalake

    write_deltalake(str(tmp_path / "plain" / "NoKey"), pa.table({"A": [1]}))
    ended = database.tools(*database.Arguments("--to", tmp_path / "plain", "--tables", "NoKey"), exits=1)
    assert "E8404" in ended.err
    assert Table(tmp_path / "plain" / "NoKey").to_pylist() == [{"A": 1}]
    nope = database.tools(*database.Arguments("--to", "x", "--tables", "Many,Nope,moved.None"), exits=78)
    assert "E2112" in nope.err and "no table Nope, moved.None" in nope.err and not (tmp_path / "x").exists()


def test_a_dry_run_lists_what_would_be_copied(database, tmp_path):
    report = database.tools.Report(*database.Arguments("--to", tmp_path / "plain", "--dry-run"))
    assert len(report["tables"]) == 4 and not (tmp_path / "plain").exists()
    assert "the rows are the server's estimates" in database.tools(*database.Arguments("--to", "plain", "--dry-run")).err


def Folder(root):
    """One CSV folder, one CSV file, Parquet with nested values, and JSON."""
    (root / "Orders" / "2026").mkdir(parents=True)
    for part in range(3):
        (root / "Orders" / "2026" / f"part-{part}.csv").write_text(
            "OrderID,Total\n" + "".join(f"{part * 1000 + i},{i}.50\n" for i in range(1000)))
    (root / "Orders" / "_SUCCESS").write_text("")
    (root / "Sellers.csv").write_text("SellerID,Name\n1,Ann\n2,Bob\n")
    (root / "Events").mkdir()
    pq.write_table(pa.table({"Id": pa.array([1, 2], pa.uint32()), "Tags": [["a", None], []],
                             "Place": [{"x": 1, "y": "p"}, None]}), root / "Events" / "a.parquet")
    pq.write_table(pa.table({"Id": pa.array([3], pa.uint32()), "Extra": [1.5]}), root / "Events" / "b.parquet")
    (root / "Clicks.jsonl").write_text('{"id": 1, "at": "2026-01-02 03:04:05"}\n{"id": 2, "at": null}\n')
    (root / "readme.md").write_text("not a table")


def test_a_folder_of_files_into_delta_tables(foreset, tmp_path):
    Folder(tmp_path / "landing")
    run = ("migrate", tmp_path / "landing", "--to", tmp_path / "plain", "--jobs", "2", "--evolve")
    report = foreset.Report(*run)
    assert report["equal"] and [name.rsplit("/", 1)[1] for name in report["other_files"]] == ["readme.md"]
    assert {table["table"]: table["target_rows"] for table in report["tables"]} == {
        "Orders": 3000, "Sellers": 2, "Events": 3, "Clicks": 2}
    assert sorted(Table(tmp_path / "plain" / "Orders")["OrderID"].to_pylist()) == list(range(3000))
    events = sorted(Table(tmp_path / "plain" / "Events").to_pylist(), key=lambda row: row["Id"])
    assert events == [{"Id": 1, "Tags": ["a", None], "Place": {"x": 1, "y": "p"}, "Extra": None},
                      {"Id": 2, "Tags": [], "Place": None, "Extra": None},
                      {"Id": 3, "Tags": None, "Place": None, "Extra": 1.5}]
    again = foreset.Report(*run)
    assert again["equal"] and not any(table["copied"] for table in again["tables"])
    (tmp_path / "landing" / "Orders" / "more.csv").write_text("OrderID,Total\n3000,1.50\n")
    assert {table["table"] for table in foreset.Report(*run)["tables"] if table["copied"]} == {"Orders"}


def test_a_folder_of_csv_files_takes_how_they_are_written(foreset, tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "Sales.csv").write_text("a report\nId;Price;Day;Note\n1;1.234,50;31.12.2025;-\n2;2,00;01.02.2026;x\n", "latin-1")
    how = ["--skip", "1", "--delimiter", ";", "--decimal", ",", "--thousands", ".", "--date-format", "%d.%m.%Y", "--null", "-",
           "--encoding", "latin-1"]
    foreset("migrate", landing, "--to", "plain", *how)
    foreset("csv-to-delta", landing / "Sales.csv", "one", *how)
    rows = Table(tmp_path / "plain" / "Sales").to_pylist()
    assert rows == Table(tmp_path / "one").to_pylist()
    assert str(rows[0]["Price"]) == "1234.50" and str(rows[0]["Day"]) == "2025-12-31" and rows[0]["Note"] is None
    said = foreset("migrate", "--to", "x", "--skip", "1", exits=2).err
    assert "E1001" in said and "--skip is for folders of files" in said


def test_a_delta_table_is_no_folder_of_plain_files(foreset, tmp_path):
    """Its removed files would be rows again."""
    landing = tmp_path / "landing"
    write_deltalake(str(landing / "Orders"), pa.table({"n": [1, 2]}))
    write_deltalake(str(landing / "Orders"), pa.table({"n": [3]}), mode="overwrite")
    for place, named in ((landing, landing / "Orders"), (landing / "Orders", landing / "Orders")):
        said = foreset("migrate", place, "--to", "plain", exits=2).err
        assert "E8401" in said and f"{named}" in said and "is a Delta table" in said and "foreset filter" in said
    assert not (tmp_path / "plain").exists() or not list((tmp_path / "plain").rglob("*.parquet"))


@pytest.mark.parametrize(("text", "skip"), [
    ("Report of 2026\nmade by accounting\n\nId,Name,Price\n1,a,2.50\n2,b,3.50\n3,c,4.00\n", 3),
    ("Report of 2026;\nId;Name;Price\n1;a;2.50\n2;b;3.50\n", 1),
    ("Sales report\nId,Name\n1,a\n", 1),
    ("Id,Name\n1,a\n2,b\n", 0), ("Id\n1\n2\n", 0), ("Id;Note\n1;a, b\n2;c, d\n", 0), ("Note\na, b\n", 0),
    ("Id,Name\n1\n2,b\n", 0)])
def test_title_lines_are_told_with_how_many(foreset, tmp_path, text, skip):
    (tmp_path / "in.csv").write_text(text)
    said = foreset("csv-to-delta", "in.csv", "T", "--dry-run", exits=None).err
    assert (f"--skip {skip} passes over" in said) == (skip > 0) and ("as below a title" in said) == (skip > 0)
    if skip:
        assert "as below a title" not in foreset("csv-to-delta", "in.csv", "T", "--skip", skip).err


def test_files_are_tables_by_their_whole_names(foreset, tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "shop.Customers.csv").write_text("Id,Name\n1,Ann\n")
    (landing / "shop.Orders.csv.gz").write_bytes(gzip.compress(b"Id,Total\n1,2\n2,3\n"))
    (landing / "up..csv").write_text("x\n1\n")
    (landing / "Orders").mkdir()
    (landing / "Orders" / "a.csv").write_text("Id,A\n1,1\n")
    (landing / "Orders" / "b.csv").write_text("Id,B\n2,1\n")
    (landing / "Orders.parquet").write_bytes(Parquet())
    said = foreset("migrate", landing, "--to", "refused", exits=1).err
    assert "E8405" in said and "Orders/a.csv" in said and ("Orders/b.csv" in said or "Orders.parquet" in said)
    assert "--evolve" in said
    report = foreset.Report("migrate", landing, "--to", "plain", "--evolve")
    tables = {table["table"]: table for table in report["tables"]}
    assert {name: table["target_rows"] for name, table in tables.items()} == {
        "shop.Customers": 1, "shop.Orders": 2, "up.": 1, "Orders": 3}
    assert Table(tmp_path / "plain" / "shop.Customers").column_names == ["Id", "Name"]
    # Files of different columns are one table by their folder: not without a word.
    notes = " ".join(tables["Orders"]["notes"])
    assert "3 of 3 files lack columns that others have, NULL there: A, B" in notes
    assert "made of Orders.parquet and Orders/" in notes
    assert (tmp_path / "plain" / "up%2E").is_dir()


def Parquet():
    out = io.BytesIO()
    pq.write_table(pa.table({"Id": [3]}), out)
    return out.getvalue()


def test_what_is_passed_over_is_named_and_counted(foreset, tmp_path):
    Folder(tmp_path / "landing")
    for path in ("_Orders/a.csv", "_Orders/b/c.csv", "Orders/_old/d.csv", ".hidden.csv"):
        (tmp_path / "landing" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "landing" / path).write_text("Id\n1\n")
    report = foreset.Report("migrate", "landing", "--to", "plain", "--evolve")
    landing = f"{tmp_path}/landing/"
    assert {place["place"].removeprefix(landing): place["files"] for place in report["passed_over"]} == {
        "_Orders": 2, "Orders/_old": 1, ".hidden.csv": 1}
    said = foreset("migrate", "landing", "--to", "plain", "--evolve").err
    assert f"{landing}_Orders (2 files)" in said and "SUCCESS" not in said


def test_a_folder_with_types_of_ones_own(foreset, tmp_path):
    Folder(tmp_path / "landing")
    report = foreset.Report("migrate", "landing", "--to", "plain", "--evolve", "--schema", "Orders=Total DECIMAL(18,2)")
    assert report["equal"]
    assert Table(tmp_path / "plain" / "Orders").schema.field("Total").type == pa.decimal128(18, 2)
    assert "there is no table Order in" in foreset(
        "migrate", "landing", "--to", "other", "--schema", "Order=Total BIGINT", exits=2).err
    assert "E1001" in foreset("migrate", "landing", "--to", "other", "--schema", "Total BIGINT", exits=2).err


def test_bad_rows_of_a_folder_are_set_aside_by_table(foreset, tmp_path):
    Folder(tmp_path / "landing")
    (tmp_path / "landing" / "Sellers.csv").write_text(
        "SellerID,Name\n" + "".join(f"{i},Ann\n" for i in range(30_000)) + "x,Bob\n")
    report = foreset.Report("migrate", "landing", "--to", "plain", "--evolve", "--bad-rows", "bad", exits=4)
    assert report["equal"] and {table["table"]: table["bad_rows"] for table in report["tables"]}["Sellers"] == 1
    (row,) = [json.loads(line) for line in (tmp_path / "bad" / "Sellers.jsonl").read_text().splitlines()]
    assert (row["line"], row["text"]) == (30_002, "x,Bob")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme,host", [("wasbs", "blob"), ("abfss", "dfs")])
def test_the_landing_container(azurite, tmp_path, scheme, host):
    account, container = "onelake", f"landing-{scheme}-{random.getrandbits(32):08x}"
    azurite.CreateContainer(account, container)
    tools = Tools(tmp_path, {"AZURE_STORAGE_ACCOUNT_NAME": account, "AZURE_STORAGE_ACCOUNT_KEY": azurite.keys[account],
                             "AZURE_STORAGE_ENDPOINT": azurite.EndpointOf(account)})
    root = f"{scheme}://{container}@{account}.{host}.core.windows.net"
    for name, text in (("Orders/part-0.csv", "Id,V\n1,x\n2,y\n"), ("Orders/part-1.csv", "Id,V\n3,z\n"),
                       ("Sellers.csv", "Id,Name\n7,Ann\n")):
        azurite.Call("PUT", account, f"{container}/{name}", body=text.encode(), headers={"x-ms-blob-type": "BlockBlob"})
    report = tools.Report("migrate", root + "/", "--to", tmp_path / "plain", "--evolve")
    assert report["equal"]
    assert sorted(Table(tmp_path / "plain" / "Orders")["Id"].to_pylist()) == [1, 2, 3]
    assert Table(tmp_path / "plain" / "Sellers").to_pylist() == [{"Id": 7, "Name": "Ann"}]
    loaded = tools.Report("csv-to-delta", f"{root}/Orders/*.csv", tmp_path / "T")
    assert (loaded["rows"], len(loaded["files"])) == (3, 2)
    assert tools.Report("csv-to-delta", f"{root}/Orders/part-0.csv", tmp_path / "T")["files"][0]["outcome"] == "skipped"
    # And a table in the container.
    tools("csv-to-delta", f"{root}/Sellers.csv", f"{root}/delta/Sellers")
    assert tools("filter", f"{root}/delta/Sellers", "--columns", "Name").out == "Name\nAnn\n"
