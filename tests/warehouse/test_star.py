# SPDX-License-Identifier: MIT
"""The warehouse is the star schema that the source's own SQL computes, however it came about."""

import random
import subprocess
import time

import pytest

from tests.harness.readers import DeltaLakeReader, Versions
from tests.servers import KINDS
from tests.warehouse.conftest import Shop
from tests.warehouse.star import STAR

MODELS = sorted(STAR)
TABLES = 15  # of the shop
# One statement a transaction, in this order. New orders are 9001 and on.
CHANGES = [
    # Sold at today's price and cost; then both change, and it is sold again.
    "INSERT INTO Orders (OrderID, OrderNumber, TotalAmount, CustomerID) VALUES (9001, 'W-1', 79.00, 1)",
    "INSERT INTO OrderItems (OrderID, ProductID, Quantity, CurrentPrice) VALUES (9001, 4, 1, 79.00)",
    "INSERT INTO Payments (OrderID, PaymentMethodID, Amount) VALUES (9001, 1, 79.00)",
    "UPDATE Products SET Price = 99.00, Cost = 50.00, CategoryID = 2, SellerID = 3 WHERE ProductID = 4",
    "INSERT INTO Orders (OrderID, OrderNumber, TotalAmount, CustomerID) VALUES (9002, 'W-2', 198.00, 2)",
    "INSERT INTO OrderItems (OrderID, ProductID, Quantity, CurrentPrice) VALUES (9002, 4, 2, 99.00)",
    "UPDATE Products SET Cost = 51.00 WHERE ProductID = 4",
    # Paid twice: by a card that was charged twice.
    "INSERT INTO Payments (OrderID, PaymentMethodID, Amount) VALUES (9002, 1, 198.00), (9002, 1, 198.00)",
    # Comes late, with a date before all changes.
    "INSERT INTO Orders (OrderID, OrderNumber, TotalAmount, CustomerID, CreatedAt) VALUES"
    " (9003, 'W-3', 99.00, 3, '2025-12-01 10:00:00')",
    "INSERT INTO OrderItems (OrderID, ProductID, Quantity, CurrentPrice) VALUES (9003, 4, 1, 99.00)",
    "INSERT INTO Payments (OrderID, PaymentMethodID, Amount) VALUES (9003, 2, 99.00)",
    # Never paid; later it is cancelled without a reason.
    "INSERT INTO Orders (OrderID, OrderNumber, TotalAmount, CustomerID) VALUES (9004, 'W-4', 12.90, 4)",
    "INSERT INTO OrderItems (OrderID, ProductID, Quantity, CurrentPrice) VALUES (9004, 20, 1, 12.90)",
    "UPDATE Orders SET StatusID = 5 WHERE OrderID = 9004",
    # Paid, and returned for two reasons, one of which is told otherwise and one taken back.
    "UPDATE Orders SET StatusID = 4 WHERE OrderID = 9001",
    "INSERT INTO Reasons (ReasonID, OrderID, ReasonType, ReasonDescription) VALUES"
    " (901, 9001, 'Return', 'blunt'), (902, 9001, 'Return', 'too long'), (903, 9001, 'Return', 'by mistake')",
    "UPDATE Reasons SET ReasonDescription = 'not sharp enough' WHERE ReasonID = 901",
    "DELETE FROM Reasons WHERE ReasonID = 903",
    # A payment taken back, an item moved to another order, one that is gone, one that is more.
    "DELETE FROM Payments WHERE OrderID = 4",
    "UPDATE OrderItems SET OrderID = 9002 WHERE OrderItemID = 7",
    "DELETE FROM OrderItems WHERE OrderItemID = 14",
    "UPDATE OrderItems SET Quantity = 7 WHERE OrderItemID = 1",
    # Dimensions: named anew, gone, new without a place, and with one later.
    "UPDATE Sellers SET Name = 'Marlow & Daughters' WHERE SellerID = 7",
    "UPDATE ProductCategories SET CategoryName = 'Fragrance' WHERE CategoryID = 12",
    "INSERT INTO Customers (CustomerID, Name, Email) VALUES (901, 'Ida', 'ida@example.com')",
    "DELETE FROM Customers WHERE CustomerID = 901",
    "UPDATE OrderStatus SET StatusName = 'On its way' WHERE StatusID = 2",
    "INSERT INTO Products (ProductID, Name, Price, Cost) VALUES (901, 'Surprise box', 10.00, NULL)",
    "INSERT INTO Orders (OrderID, OrderNumber, TotalAmount, CustomerID) VALUES (9005, 'W-5', 10.00, 5)",
    "INSERT INTO OrderItems (OrderID, ProductID, Quantity, CurrentPrice) VALUES (9005, 901, 1, 10.00)",
    "INSERT INTO Payments (OrderID, PaymentMethodID, Amount) VALUES (9005, 2, 10.00)",
    "UPDATE Products SET CategoryID = 5, SellerID = 5, Cost = 4.00 WHERE ProductID = 901",
    # An order that is gone with all that it had, and one whose key comes again.
    "DELETE FROM Payments WHERE OrderID = 8",
    "DELETE FROM OrderItems WHERE OrderID = 8",
    "DELETE FROM Orders WHERE OrderID = 8",
    "INSERT INTO Orders (OrderID, OrderNumber, TotalAmount, CustomerID) VALUES (8, 'W-6', 99.00, 6)",
    "INSERT INTO OrderItems (OrderID, ProductID, Quantity, CurrentPrice) VALUES (8, 4, 1, 99.00)",
    "INSERT INTO Payments (OrderID, PaymentMethodID, Amount) VALUES (8, 1, 99.00)",
]


def Change(shop):
    for statement in CHANGES:
        shop.server.sql(statement, "online_store")


def States(report):
    return {model["model"]: (model["state"], model["mode"]) for model in report["models"]}


def test_loaded_changed_and_loaded_again(shop):
    shop.foreset.Run()
    first = shop.Load("--to", shop.target)
    assert set(States(first).values()) == {("loaded", "whole")}
    assert [model["model"] for model in first["models"]][-2:] == ["FactSales", "FactOrderReason"]
    assert all(check["passed"] for model in first["models"] for check in model["checks"])
    assert first["position"]["file"] and first["ok"] is True
    shop.AssertIsTheStar()

    # Once more: nothing is written anywhere.
    versions = {table: Versions(shop.gold / table) for table in MODELS}
    again = shop.Load("--to", shop.target)
    assert set(States(again).values()) == {("unchanged", "none")}
    assert {table["mode"] for table in again["target"]["tables"]} == {"unchanged"}
    assert {table: Versions(shop.gold / table) for table in MODELS} == versions

    # All that can happen to a shop.
    Change(shop)
    shop.foreset.Run()
    changed = shop.Load("--to", shop.target)
    modes = {name: mode for name, (_, mode) in States(changed).items()}
    assert {name for name, mode in modes.items() if mode == "incremental"} == {
        "DimCustomer", "DimProduct", "DimReason", "FactSales", "FactOrderReason"}
    assert {table["mode"] for table in changed["target"]["tables"]} <= {"incremental", "unchanged"}
    sales = next(model for model in changed["models"] if model["model"] == "FactSales")
    assert 5 <= sales["affected"] <= 20 and 5 <= sales["rows_come"] < sales["rows"] / 2, sales
    shop.AssertIsTheStar()
    AssertAsSold(shop)

    # The same by the thousand.
    shop.Generate("--changes", 2500, "--seed", 7)
    shop.foreset.Run()
    shop.Load("--to", shop.target)
    shop.AssertIsTheStar()
    AssertVersions(shop)

    # Computed from nothing it is the same, to the row: nothing is written.
    full = shop.Load("--to", shop.target, "--full")
    assert {model["rows_come"] + model["rows_gone"] for model in full["models"]} == {0}
    shop.AssertIsTheStar()


def AssertVersions(shop):
    """The generator gave several products other costs, categories, sellers and names, and sold some before and after."""
    history = DeltaLakeReader().Table(shop.foreset.lake / "gold" / "Products_history").to_pylist()
    values = {}
    for row in history:
        for column in ("Cost", "CategoryID", "SellerID", "Name"):
            values.setdefault(column, {}).setdefault(row["ProductID"], set()).add(row[column])
    for column, products in values.items():
        assert sum(len(versions) > 1 for versions in products.values()) >= 3, column
    sold = {}
    for row in DeltaLakeReader().Table(shop.gold / "FactSales").to_pylist():
        for column in ("UnitCost", "CategoryID", "SellerID"):
            sold.setdefault(column, {}).setdefault(row["ProductID"], set()).add(row[column])
    for column, products in sold.items():
        assert any(len(versions) > 1 for product, versions in products.items() if product != 4), column


def AssertAsSold(shop):
    """The cases of CHANGES one by one, in words: the oracle is not taken at its word."""
    rows = shop.server.query("SELECT OrderID, UnitCost, CategoryID, SellerID, Revenue, Profit FROM store_dw.FactSales"
                             " WHERE OrderID IN (9001, 9002, 9003, 9005) AND ProductID IN (4, 901) ORDER BY OrderID")
    assert [tuple(None if value is None else float(value) for value in row) for row in rows] == [
        (9001, 35.10, 1, 1, 79.00, 43.90),
        (9002, 50.00, 2, 3, 198.00, 98.00),
        (9003, 35.10, 1, 1, 99.00, 63.90),
        (9005, None, -1, -1, 10.00, None),
    ]
    assert shop.server.query("SELECT COUNT(*) FROM store_dw.FactSales WHERE OrderID = 9004") == [(0,)]
    reasons = shop.server.query("SELECT OrderID, ReasonID FROM store_dw.FactOrderReason WHERE OrderID IN (9001, 9004)"
                                " ORDER BY OrderID, ReasonID")
    assert reasons == [(9001, 901), (9001, 902), (9004, -1)]
    assert shop.server.query("SELECT Deleted FROM store_dw.DimCustomer WHERE CustomerID = 901")[0][0] == 1
    assert shop.server.query("SELECT Deleted FROM store_dw.DimReason WHERE ReasonID = 903")[0][0] == 1


def test_loads_beside_a_running_pipeline_read_one_moment_of_the_source(shop):
    """The generator keeps an order's total equal to its items and its payments, in one transaction. Versions of different
    moments would tear them apart."""
    shop.foreset.Start()
    # What a product was before the first copy, the lake does not know.
    shop.foreset.WaitUntil(lambda: FirstCopyIsIn(shop.foreset.lake), "all tables are there")
    load = shop.Generator("--rate", 150, "--seed", 3, "--duration", "1h")
    try:
        positions = []
        for _ in range(4):
            report = shop.Load()
            positions.append((report["position"]["file"], report["position"]["pos"]))
            AssertOneMoment(shop, report)
    finally:
        shop.EndGenerator(load)
        shop.foreset.Stop()
    assert positions == sorted(positions) and positions[0] < positions[-1], "the loads saw no change"
    shop.foreset.Run()
    shop.Load("--to", shop.target)
    shop.AssertIsTheStar()


def FirstCopyIsIn(lake):
    first = f"_delta_log/{1:020}.json"
    return all(len(list(lake.glob(f"{tables}/{first}"))) == TABLES for tables in ("gold/*_history", "silver/*"))


def AssertOneMoment(shop, report):
    reads = {name: version for model in report["models"] for name, version in model["reads"].items()}
    read = {table: DeltaLakeReader().Table(shop.foreset.lake / "silver" / table, reads[f"silver.{table}"]).to_pylist()
            for table in ("Orders", "OrderItems", "Payments")}
    totals = {row["OrderID"]: row["TotalAmount"] for row in read["Orders"]}
    items, paid = {}, {}
    for row in read["OrderItems"]:
        items[row["OrderID"]] = items.get(row["OrderID"], 0) + row["Quantity"] * row["CurrentPrice"]
    for row in read["Payments"]:
        paid[row["OrderID"]] = paid.get(row["OrderID"], 0) + row["Amount"]
    assert items == totals
    assert paid == {order: totals[order] for order in paid}


def test_killed_at_any_moment_it_is_completed_by_the_next_load(shop):
    rng = random.Random(11)
    shop.foreset.Run()
    kills = 0
    took = 2.0  # seconds that a load takes here, as far as known
    for turn in range(30):
        began = time.monotonic()
        process = shop.Begin("--to", shop.target)
        try:
            process.wait(rng.uniform(0.05, 0.95) * took)
            took = time.monotonic() - began
        except subprocess.TimeoutExpired:  # it still runs
            kills += 1
            process.kill()
            process.wait()
        if kills in (3, 6) and process.returncode != 0:
            shop.Load("--to", shop.target)
            shop.AssertIsTheStar()
            if kills == 6:
                return
        shop.Generate("--changes", 400, "--seed", 101 + turn)
        shop.foreset.Run()
    pytest.fail(f"only {kills} loads were killed")


@pytest.mark.parametrize("kind", ["mysql"])
def test_tables_at_reader_version_1_and_versions_that_were_vacuumed(kind, tmp_path):
    with KINDS[kind]() as server:
        shop = Shop(tmp_path, server, {"upsert": "rewrite"})
        shop.foreset.Run()
        shop.Load()
        shop.AssertIsTheStar(target=False)
        Change(shop)
        shop.foreset.Run()
        # What the last load read is not kept any more.
        for table in ("OrderItems", "Orders"):
            place = shop.foreset.lake / "silver" / table
            live = {file.rsplit("/", 1)[-1] for file in DeltaLakeReader().Open(place).file_uris()}
            gone = [file for file in place.glob("*.parquet") if file.name not in live]
            assert gone
            for file in gone:
                file.unlink()
        report = shop.Load()
        sales = next(model for model in report["models"] if model["model"] == "FactSales")
        assert sales["mode"] == "whole" and "not kept" in sales["because"], sales
        shop.AssertIsTheStar(target=False)
        for table in MODELS:
            protocol = DeltaLakeReader().Open(shop.gold / table).protocol()
            assert protocol.min_reader_version == 1
        shop.foreset.Discard()


def test_the_same_from_and_in_mariadb(tmp_path):
    with KINDS["mariadb"]() as server:
        shop = Shop(tmp_path, server)
        shop.foreset.Run()
        shop.Load("--to", shop.target)
        shop.AssertIsTheStar()
        Change(shop)
        shop.foreset.Run()
        shop.Load("--to", shop.target)
        shop.AssertIsTheStar()
        shop.foreset.Discard()
