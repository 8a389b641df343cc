# SPDX-License-Identifier: MIT
"""Models, data and targets that are not as they should be: a code, the reason, nothing lost, and the next load completes."""

import json
import shutil

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from tests.harness.readers import DeltaLakeReader, Versions
from tests.servers import KINDS
from tests.warehouse.conftest import Shop

# Small models over the shop's tables.
DAYS = "-- @key OrderID\nSELECT OrderID, TotalAmount FROM silver.Orders\n"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A shop whose lake has all that it has."""
    with KINDS["mysql"]() as server:
        made = Shop(tmp_path_factory.mktemp("shop"), server)
        made.foreset.Run()
        yield made
        made.foreset.Discard()


@pytest.fixture
def shop(kept, tmp_path):
    """The same with no model and no warehouse yet."""
    kept.models = tmp_path / "models"
    kept.models.mkdir()
    shutil.rmtree(kept.gold, ignore_errors=True)
    return kept


def Write(shop, **models):
    for name, text in models.items():
        (shop.models / f"{name}.sql").write_text(text)


def Fails(shop, code, exits, *arguments):
    """What the failed load says; and its report, when it got so far."""
    report = shop.Load(*arguments, exits=exits)
    assert f"error {code}" in shop.said, shop.said
    return report


def Model(report, name):
    return next(model for model in report["models"] if model["model"] == name)


def Rows(shop, table):
    return DeltaLakeReader().Table(shop.gold / table).num_rows


def test_an_unknown_column_is_named_before_anything_is_loaded(shop):
    Write(shop, A=DAYS, B="-- @key OrderID\nSELECT OrderID, Colour FROM A\n")
    assert Fails(shop, "E8304", 2) is None
    assert "B.sql" in shop.said and "Colour" in shop.said
    assert not shop.gold.exists()


def test_unknown_tables_are_named(shop):
    Write(shop, A="-- @key k\nSELECT k FROM silver.Nothing\n")
    Fails(shop, "E8302", 2)
    assert "silver.Nothing" in shop.said
    Write(shop, A="-- @key k\nSELECT k FROM Nothing JOIN silver.Orders USING (k)\n")
    Fails(shop, "E8302", 2)
    Write(shop, A="-- @key k\nSELECT k FROM mart.Nothing\n")
    Fails(shop, "E8302", 2)
    assert "mart.Nothing" in shop.said


def test_models_in_a_circle_are_named(shop):
    Write(shop, A="-- @key k\nFROM C\n", B="-- @key k\nFROM A\n", C="-- @key k\nSELECT * FROM B JOIN silver.Orders USING (k)\n")
    Fails(shop, "E8303", 2)
    assert "A reads C reads B reads A" in shop.said


def test_a_folder_without_models_and_a_model_without_key(shop):
    Fails(shop, "E8301", 2)
    Write(shop, A="SELECT 1 AS k\n")
    Fails(shop, "E8301", 2)
    assert "@key" in shop.said


def test_a_slip_in_a_model_is_named_with_file_and_line(shop):
    Write(shop, A="\ufeff-- @key OrderId2\n" + "SELECT OrderID, TotalAmount FROM silver.Orders\n")
    Fails(shop, "E8301", 2)
    assert 'A.sql:1: @key names OrderId2' in shop.said and 'did you mean "OrderID"?' in shop.said
    Write(shop, A="-- rows\n-- @kye OrderID\nSELECT OrderID FROM silver.Orders\n")
    Fails(shop, "E8301", 2)
    assert "A.sql:2: @kye is not known; did you mean @key?" in shop.said
    assert not shop.gold.exists()
    Write(shop, A="-- @key OrderID\nWITH B AS (FROM silver.Orders) SELECT OrderID FROM B\n", B="-- @key OrderID\nFROM A\n")
    assert [model["model"] for model in shop.Load()["models"]] == ["A", "B"]


def test_a_model_that_fails_half_way_leaves_its_table_and_what_reads_it(shop):
    Write(shop, A=DAYS, B="-- @key OrderID\nSELECT OrderID, CAST(TotalAmount AS VARCHAR) AS Total FROM A\n",
          C="-- @key OrderID\nFROM B\n", D=DAYS)
    shop.Load()
    before = {table: Versions(shop.gold / table) for table in "ABCD"}
    # Fails at the last row only.
    Write(shop, B="-- @key OrderID\nSELECT OrderID, CAST(IF(OrderID = (SELECT max(OrderID) FROM A), 'x', '1') AS INTEGER)"
                  " AS Total FROM A\n", D=DAYS + "WHERE OrderID > 3\n")
    report = Fails(shop, "E8305", 1, "--report", "report.json")
    assert Model(report, "B")["state"] == "failed" and Model(report, "B")["error"]["code"] == "E8305"
    assert Model(report, "C")["state"] == "skipped" and "B failed" in Model(report, "C")["because"]
    assert Model(report, "D")["state"] == "loaded"
    assert '"state":"failed"' in (shop.foreset.directory / "report.json").read_text()
    assert {table: Versions(shop.gold / table) for table in "ABC"} == {table: before[table] for table in "ABC"}
    assert len({str(file) for file in (shop.gold / "B").glob("*.parquet")}) == 1, "files of the failed load are left"
    Write(shop, B="-- @key OrderID\nSELECT OrderID, 7 AS Total FROM A\n")
    assert Model(shop.Load(), "C")["state"] == "loaded"
    assert set(DeltaLakeReader().Table(shop.gold / "C").column("Total").to_pylist()) == {7}


def test_a_table_whose_checks_fail_never_shows_it(shop):
    Write(shop, A="-- @key StatusID\nSELECT StatusID, OrderID FROM silver.Orders\n", B="-- @key OrderID\nFROM A\n")
    report = Fails(shop, "E8306", 1)
    assert not (shop.gold / "A").exists() or not Versions(shop.gold / "A")
    broken = [check for check in Model(report, "A")["checks"] if not check["passed"]]
    assert [check["name"] for check in broken] == ["unique StatusID"] and "StatusID=" in broken[0]["examples"]
    Write(shop, A=DAYS)
    shop.Load()

    rules = {"not null OrderID": "-- @not_null OrderID\nSELECT nullif(OrderID, 3) AS OrderID, OrderID AS k FROM silver.Orders",
             "k in A.OrderID": "-- @references k -> A.OrderID\nSELECT OrderID + 1 AS k FROM silver.Orders",
             "sums": "-- @equal sums: SELECT sum(k) FROM B == SELECT sum(OrderID) FROM A\nSELECT OrderID + 1 AS k FROM A",
             "no fives": "-- @none no fives: SELECT * FROM B WHERE k = 5\nSELECT OrderID AS k FROM A",
             "unique half": "-- @unique half\nSELECT OrderID AS k, OrderID // 2 AS half FROM A"}
    Write(shop, B="-- @key k\nSELECT OrderID AS k FROM A\n")
    shop.Load()
    good = Versions(shop.gold / "B")
    for name, text in rules.items():
        Write(shop, B=f"-- @key k\n{text}\n")
        report = Fails(shop, "E8306", 1)
        assert [check["name"] for check in Model(report, "B")["checks"] if not check["passed"]] == [name]
        assert name in shop.said and Versions(shop.gold / "B") == good


def test_tables_of_others_are_left_alone(shop):
    shop.gold.mkdir(parents=True)
    write_deltalake(shop.gold / "A", pa.table({"mine": [1]}))
    Write(shop, A=DAYS)
    Fails(shop, "E8307", 2)
    assert DeltaLakeReader().Table(shop.gold / "A").to_pylist() == [{"mine": 1}]
    # The pipeline's own table in gold.
    Write(shop, Orders_current=DAYS)
    (shop.models / "A.sql").unlink()
    Fails(shop, "E8307", 2, "--into", ".")


def test_what_another_program_did_to_a_table_is_mended(shop):
    Write(shop, A="-- @key OrderID\n-- @by OrderID: silver.Orders\nSELECT OrderID, TotalAmount FROM silver.Orders\n")
    shop.Load()
    rows = Rows(shop, "A")
    # Somebody deletes all rows.
    log = shop.gold / "A" / "_delta_log"
    actions = [json.loads(line) for line in (log / f"{0:020}.json").read_text().splitlines()]
    added = [action["add"]["path"] for action in actions if "add" in action]
    now = max(action["commitInfo"]["inCommitTimestamp"] for action in actions if "commitInfo" in action) + 1
    foreign = [{"commitInfo": {"operation": "DELETE", "inCommitTimestamp": now, "timestamp": now}}]
    foreign += [{"remove": {"path": path, "deletionTimestamp": now, "dataChange": True}} for path in added]
    (log / f"{1:020}.json").write_text("\n".join(map(json.dumps, foreign)) + "\n")
    assert Rows(shop, "A") == 0
    report = shop.Load()
    assert Model(report, "A")["because"] == "another program changed the table"
    assert Rows(shop, "A") == rows


def test_a_model_whose_rows_look_at_other_rows_is_never_loaded_in_part(shop):
    """The same rows as a whole load's, and the reason is told."""
    by = "-- @key OrderID\n-- @by OrderID: silver.Orders\n"
    Write(shop, Ranks=by + "SELECT OrderID, rank() OVER (ORDER BY TotalAmount DESC, OrderID) AS Place FROM silver.Orders\n",
          Firsts=by + "SELECT OrderID, min(TotalAmount) AS Least FROM silver.Orders GROUP BY OrderID\n")
    assert Model(shop.Load(), "Ranks")["mode"] == "whole"
    # An amount that was never the greatest: all other orders go one place down.
    shop.server.sql("UPDATE Orders SET TotalAmount = (SELECT m FROM (SELECT max(TotalAmount) + 1 AS m FROM Orders) x) "
                    "WHERE OrderID = 12", "online_store")
    shop.foreset.Run()
    report = shop.Load()
    assert Model(report, "Ranks")["because"] == (
        "@by is not proved: rank() looks at other rows without PARTITION BY OrderID")
    assert "PARTITION BY OrderID" in shop.said
    assert (Model(report, "Firsts")["mode"], Model(report, "Firsts")["affected"]) == ("incremental", 1)
    assert {model["rows_come"] for model in shop.Load("--full")["models"]} == {0}


def test_columns_may_come_go_and_change(shop):
    Write(shop, A=DAYS)
    shop.Load()
    Write(shop, A="-- @key OrderID\nSELECT OrderID, CAST(TotalAmount AS DOUBLE) AS TotalAmount, CreatedAt, CustomerID = 1 AS"
                  " First FROM silver.Orders\n")
    report = shop.Load()
    assert Model(report, "A")["rows_gone"] == Model(report, "A")["rows"] == Rows(shop, "A")
    assert DeltaLakeReader().Table(shop.gold / "A").column_names == ["OrderID", "TotalAmount", "CreatedAt", "First"]
    assert DeltaLakeReader().Table(shop.gold / "A", 0).column_names == ["OrderID", "TotalAmount"]
    Write(shop, A="-- @key OrderID\nSELECT OrderID, [1, 2] AS many FROM silver.Orders\n")
    shop.Load()
    Write(shop, A='-- @key OrderID\nSELECT OrderID, 1 AS "a b" FROM silver.Orders\n')
    Fails(shop, "E8301", 2)


def test_selection(shop):
    Write(shop, A=DAYS, B="-- @key OrderID\nFROM A\n", C="-- @key OrderID\nFROM B\n", D=DAYS)
    Fails(shop, "E8312", 2, "--select", "E")
    Fails(shop, "E8302", 2, "--select", "B")
    assert "+MODEL" in shop.said
    names = [model["model"] for model in shop.Load("--select", "+B")["models"]]
    assert names == ["A", "B"]
    names = [model["model"] for model in shop.Load("--select", "B+", "--select", "D")["models"]]
    assert names == ["B", "C", "D"]
    planned = shop.Load("--dry-run", "--full")
    assert {model["state"] for model in planned["models"]} == {"planned"}
    assert "D: planned, whole" in shop.said
    shop.Load("--dry-run")
    assert "D: planned, unchanged" in shop.said
    assert Versions(shop.gold / "A") == [0]


def test_a_target_that_does_not_fit_is_told_before_anything_is_loaded(shop):
    shop.server.sql("DROP DATABASE store_dw; CREATE DATABASE store_dw")
    Write(shop, A=DAYS)
    Fails(shop, "E8310", 2, "--to", shop.target)
    assert "there is no such table" in shop.said and not shop.gold.exists()
    shop.server.sql("CREATE TABLE A (OrderID INT, TotalAmount DECIMAL(18,2))", "store_dw")
    Fails(shop, "E8310", 2, "--to", shop.target)
    assert "primary key" in shop.said
    shop.server.sql("DROP TABLE A; CREATE TABLE A (OrderID INT PRIMARY KEY)", "store_dw")
    Fails(shop, "E8310", 2, "--to", shop.target)
    assert "no column TotalAmount" in shop.said
    Fails(shop, "E1001", 2, "--to", "mysql://somebody")
    Fails(shop, "E2102", 77, "--to", shop.target.replace("dw@", "dw2@"))


def test_rows_that_the_target_refuses_leave_it_as_it_was(shop):
    shop.server.sql("DROP DATABASE store_dw; CREATE DATABASE store_dw")
    for table in "AB":
        shop.server.sql(f"CREATE TABLE {table} (OrderID INT PRIMARY KEY, Name VARCHAR(5))", "store_dw")
    Write(shop, A="-- @key OrderID\nSELECT OrderID, 'one' AS Name FROM silver.Orders\n", B="-- @key OrderID\nFROM A\n")
    shop.Load("--to", shop.target)
    Write(shop, A="-- @key OrderID\nSELECT OrderID, 'two' AS Name FROM silver.Orders\n",
          B="-- @key OrderID\nSELECT OrderID, IF(OrderID = 9, 'too long', Name) AS Name FROM A\n")
    report = Fails(shop, "E8311", 1, "--to", shop.target)
    assert report["target"]["error"]["code"] == "E8311" and "Name" in shop.said
    for table in "AB":
        assert shop.server.query(f"SELECT DISTINCT Name FROM store_dw.{table}") == [("one",)]
    assert set(DeltaLakeReader().Table(shop.gold / "A").column("Name").to_pylist()) == {"two"}
    # Mended there, the same load brings it.
    shop.server.sql("ALTER TABLE B MODIFY Name VARCHAR(20)", "store_dw")
    shop.Load("--to", shop.target)
    assert sorted(shop.server.query("SELECT DISTINCT Name FROM store_dw.B")) == [("too long",), ("two",)]
    # A row that somebody took away there comes back, though no model changed it.
    shop.server.sql("DELETE FROM B WHERE OrderID < 5", "store_dw")
    report = shop.Load("--to", shop.target)
    assert [table["mode"] for table in report["target"]["tables"]] == ["unchanged", "whole"]
    assert shop.server.query("SELECT COUNT(*) FROM store_dw.B")[0][0] == Rows(shop, "B")


def test_the_lake_must_have_a_common_moment(shop, tmp_path):
    """The pipeline was stopped with a table of silver behind: its log is put back to before the last batch."""
    Write(shop, A="-- @key PaymentID\nSELECT PaymentID, Amount FROM silver.Payments JOIN silver.Orders USING (OrderID)\n")
    shop.server.sql("DELETE FROM Payments WHERE OrderID = 1; UPDATE Orders SET TotalAmount = 1 WHERE OrderID = 1", "online_store")
    shop.foreset.Run()
    log = shop.foreset.lake / "silver" / "Payments" / "_delta_log"
    newest = sorted(log.glob("*.json"))[-1]
    kept_aside = tmp_path / "aside"
    newest.rename(kept_aside)
    try:
        report = shop.Load()
        orders = report["models"][0]["reads"]["silver.Orders"]
        assert orders < Versions(shop.foreset.lake / "silver" / "Orders")[-1], "Orders was read after Payments"
    finally:
        kept_aside.rename(newest)
    assert shop.Load()["models"][0]["reads"]["silver.Orders"] > orders
