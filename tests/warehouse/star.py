# SPDX-License-Identifier: MIT
"""The star schema, computed by the shop's own server in plain SQL."""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent


def Dimension(table, key, columns, unknown):
    last = ", ".join(f"k.{column}" for column in columns)
    return (f"SELECT k.{key}, {last}, s.{key} IS NULL FROM bookkeeping.{table} k "
            f"LEFT JOIN online_store.{table} s ON s.{key} = k.{key} UNION ALL SELECT -1, {unknown}, 0")


PAID = "EXISTS (SELECT 1 FROM online_store.Payments p WHERE p.OrderID = i.OrderID)"
DAY = "CAST(DATE_FORMAT(o.CreatedAt, '%Y%m%d') AS SIGNED)"
# The product's version when the order came; the first known one where that was before.
VERSION = ("(SELECT COALESCE(MAX(IF(w.id <= b.version, w.id, NULL)), MIN(w.id)) FROM bookkeeping.versions w"
           " WHERE w.ProductID = i.ProductID)")

# Table -> its key and its rows.
STAR = {
    "DimCategory": (["CategoryID"], Dimension("ProductCategories", "CategoryID", ["CategoryName"], "'unknown'")),
    "DimSeller": (["SellerID"], Dimension("Sellers", "SellerID", ["Name", "Email"], "'unknown', NULL")),
    "DimCustomer": (["CustomerID"], Dimension("Customers", "CustomerID", ["Name", "Email"], "'unknown', NULL")),
    "DimProduct": (["ProductID"], Dimension(
        "Products", "ProductID", ["Name", "CategoryID", "SellerID", "Price", "Cost"],
        "'unknown', -1, -1, NULL, NULL").replace("k.CategoryID", "COALESCE(k.CategoryID, -1)").replace(
            "k.SellerID", "COALESCE(k.SellerID, -1)")),
    "DimOrderStatus": (["StatusID"], Dimension("OrderStatus", "StatusID", ["StatusName"], "'unknown'")),
    "DimReason": (["ReasonID"], Dimension(
        "Reasons", "ReasonID", ["ReasonType", "ReasonDescription"], "'unknown', 'no reason was given'")),
    "FactSales": (["OrderItemID"], f"""
        SELECT i.OrderItemID, i.OrderID, i.ProductID, COALESCE(v.SellerID, -1), o.CustomerID, COALESCE(v.CategoryID, -1),
               {DAY}, o.StatusID, i.Quantity, i.CurrentPrice, v.Cost, i.Quantity * (i.CurrentPrice - v.Cost),
               i.Quantity * i.CurrentPrice
        FROM online_store.OrderItems i
        JOIN online_store.Orders o ON o.OrderID = i.OrderID
        JOIN bookkeeping.born b ON b.OrderID = o.OrderID
        JOIN bookkeeping.versions v ON v.id = {VERSION}
        WHERE {PAID}"""),
    "FactOrderReason": (["OrderItemID", "ReasonID"], f"""
        SELECT i.OrderItemID, COALESCE(r.ReasonID, -1), i.OrderID,
               COALESCE(IF({PAID}, v.SellerID, pr.SellerID), -1), {DAY}, o.StatusID
        FROM online_store.OrderItems i
        JOIN online_store.Orders o ON o.OrderID = i.OrderID
        JOIN online_store.OrderStatus s ON s.StatusID = o.StatusID AND s.StatusName IN ('Cancelled', 'Returned')
        JOIN bookkeeping.born b ON b.OrderID = o.OrderID
        JOIN bookkeeping.versions v ON v.id = {VERSION}
        JOIN online_store.Products pr ON pr.ProductID = i.ProductID
        LEFT JOIN online_store.Reasons r ON r.OrderID = o.OrderID"""),
}

# Days are made by counting, not by looking.
DAYS = """
    WITH RECURSIVE days AS (
      SELECT MAKEDATE(YEAR(MIN(CreatedAt)), 1) AS at, MAKEDATE(YEAR(MAX(CreatedAt)) + 1, 1) AS end FROM online_store.Orders
      UNION ALL SELECT at + INTERVAL 1 DAY, end FROM days WHERE at + INTERVAL 1 DAY < end
    )
    SELECT CAST(DATE_FORMAT(at, '%Y%m%d') AS SIGNED), at, DAY(at), MONTH(at), QUARTER(at), YEAR(at), WEEKDAY(at) + 1
    FROM days UNION ALL SELECT -1, NULL, NULL, NULL, NULL, NULL, NULL"""
STAR["DimDate"] = (["DateKey"], DAYS)


def InUtc(server, query):
    """Rows of one query in a session whose times are UTC."""
    connection = server.connect(init_command="SET time_zone = '+00:00', cte_max_recursion_depth = 100000"
                                if server.kind == "mysql" else "SET time_zone = '+00:00'")
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]
    finally:
        connection.close()


def KeepBooks(server):
    """Begins to remember what the shop has; call it when nothing changes."""
    for part in (HERE / "bookkeeping.sql").read_text().split("DELIMITER //"):
        head, _, rest = part.partition("DELIMITER ;")
        for trigger in head.split("END//") if "END//" in head else []:
            if trigger.strip():
                server.sql(trigger + "END", "online_store")
        server.sql(rest if "END//" in head else head)


def Wanted(server, table):
    """The rows that the table of the warehouse must have, in the order of their keys."""
    return Ordered(InUtc(server, STAR[table][1]), len(STAR[table][0]))


def Ordered(rows, keys):
    return sorted(rows, key=lambda row: row[:keys])
