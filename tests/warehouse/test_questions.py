# SPDX-License-Identifier: MIT
"""The questions of examples/online_store/questions, asked of the warehouse and, in other words, of the shop's own server."""

import decimal
import io
import subprocess

import pyarrow.parquet as pq
import pytest

from tests.harness.program import BINARY
from tests.servers import KINDS
from tests.warehouse.conftest import EXAMPLES, Shop
from tests.warehouse.star import STAR, InUtc

QUESTIONS = EXAMPLES / "questions"

# What was sold, and what was cancelled or returned, by the shop's own rows and the books.
VIEWS = f"""
    CREATE OR REPLACE VIEW bookkeeping.sales (OrderItemID, OrderID, ProductID, SellerID, CustomerID, CategoryID, day, StatusID,
      Quantity, Price, Cost, Profit, Revenue) AS {STAR["FactSales"][1]};
    CREATE OR REPLACE VIEW bookkeeping.trouble (OrderItemID, ReasonID, OrderID, SellerID, day, StatusID)
      AS {STAR["FactOrderReason"][1]}"""
CATEGORY_MONTHS = """
    SELECT CategoryID, day DIV 10000 AS y, day DIV 100 % 100 AS m, SUM(Revenue) AS r FROM bookkeeping.sales GROUP BY 1, 2, 3"""


def Best(period):
    """The best three products of a period (columns that tell it) by counting those that are better."""
    columns = [column for column, _ in period]
    group = ", ".join(f"{expression} AS {column}" for column, expression in period)
    same = " AND ".join(f"b.{column} = a.{column}" for column in columns)
    sums = f"SELECT {group}, ProductID, SUM(Quantity) AS q, SUM(Revenue) AS r FROM bookkeeping.sales GROUP BY {len(columns) + 1}"
    sums += "".join(f", {i + 1}" for i in range(len(columns)))
    return f"""
        WITH sums AS ({sums}), placed AS (
          SELECT a.*, 1 + (SELECT COUNT(*) FROM sums b WHERE {same} AND (b.q > a.q OR (b.q = a.q AND (b.r > a.r OR
            (b.r = a.r AND b.ProductID < a.ProductID))))) AS place FROM sums a)
        SELECT {", ".join(columns)}, place, ProductID, Name, q, r FROM placed JOIN online_store.Products USING (ProductID)
        WHERE place <= 3 ORDER BY {", ".join(columns)}, place"""


def Top(key, table, name):
    return f"""
        SELECT {key}, {name}, (SELECT SUM(Revenue) FROM bookkeeping.sales s WHERE s.{key} = t.{key}) AS r,
               (SELECT SUM(Profit) FROM bookkeeping.sales s WHERE s.{key} = t.{key}),
               (SELECT COUNT(DISTINCT OrderID) FROM bookkeeping.sales s WHERE s.{key} = t.{key})
        FROM online_store.{table} t HAVING r IS NOT NULL ORDER BY r DESC, {key} LIMIT 10"""


YEAR, MONTH = ("y", "day DIV 10000"), ("m", "day DIV 100 % 100")
ANSWERS = {
    "best_selling_products_by_day": Best([("d", "STR_TO_DATE(day, '%Y%m%d')")]),
    "best_selling_products_by_month": Best([YEAR, MONTH]),
    "best_selling_products_by_quarter": Best([YEAR, ("q4", "(day DIV 100 % 100 + 2) DIV 3")]),
    "top_sellers_by_revenue": Top("SellerID", "Sellers", "Name"),
    "top_products_by_revenue": Top("ProductID", "Products", "Name"),
    "top_categories_by_revenue": Top("CategoryID", "ProductCategories", "CategoryName"),
    "revenue_and_orders_by_seller": """
        SELECT SellerID, Name, (SELECT COUNT(DISTINCT OrderID) FROM bookkeeping.sales x WHERE x.SellerID = s.SellerID),
               (SELECT COALESCE(SUM(Quantity), 0) FROM bookkeeping.sales x WHERE x.SellerID = s.SellerID),
               (SELECT COALESCE(SUM(Revenue), 0) FROM bookkeeping.sales x WHERE x.SellerID = s.SellerID) AS r
        FROM online_store.Sellers s ORDER BY r DESC, SellerID""",
    "category_growth": f"""
        SELECT a.CategoryID, CategoryName, a.y, a.m, a.r, b.r,
               CASE SIGN(a.r - b.r) WHEN 1 THEN 'growing' WHEN -1 THEN 'declining' WHEN 0 THEN 'steady' ELSE 'new' END
        FROM ({CATEGORY_MONTHS}) a JOIN online_store.ProductCategories USING (CategoryID)
        LEFT JOIN ({CATEGORY_MONTHS}) b ON b.CategoryID = a.CategoryID
          AND PERIOD_DIFF(a.y * 100 + a.m, b.y * 100 + b.m) = 1
        ORDER BY 1, 3, 4""",
    "cancellation_and_return_rates": """
        SELECT YEAR(CreatedAt), MONTH(CreatedAt), COUNT(*), SUM(StatusID = 5), SUM(StatusID = 4),
               ROUND(100 * AVG(StatusID = 5), 2), ROUND(100 * AVG(StatusID = 4), 2)
        FROM online_store.Orders o
        WHERE EXISTS (SELECT 1 FROM online_store.OrderItems i WHERE i.OrderID = o.OrderID)
          AND (StatusID IN (4, 5) OR EXISTS (SELECT 1 FROM online_store.Payments p WHERE p.OrderID = o.OrderID))
        GROUP BY 1, 2 ORDER BY 1, 2""",
    "causes_of_cancellations_and_returns": """
        SELECT StatusName, COALESCE(ReasonType, 'unknown') AS t, COALESCE(ReasonDescription, 'no reason was given') AS d,
               COUNT(DISTINCT o.OrderID) AS n, COUNT(*)
        FROM online_store.OrderItems i JOIN online_store.Orders o USING (OrderID) JOIN online_store.OrderStatus USING (StatusID)
        LEFT JOIN online_store.Reasons r ON r.OrderID = o.OrderID
        WHERE StatusID IN (4, 5) GROUP BY 1, 2, 3 ORDER BY n DESC, BINARY StatusName, BINARY t, BINARY d""",
    "customer_loyalty": """
        SELECT IF(n >= 3, 'loyal', IF(n = 2, 'repeat', 'one-time')) AS kind, COUNT(*), SUM(n), SUM(r)
        FROM (SELECT CustomerID, COUNT(DISTINCT OrderID) AS n, SUM(Quantity * CurrentPrice) AS r
              FROM online_store.Orders JOIN online_store.OrderItems USING (OrderID)
              WHERE OrderID IN (SELECT OrderID FROM online_store.Payments) GROUP BY CustomerID) c
        GROUP BY 1 ORDER BY 1""",
    "daily_revenue": """
        SELECT DATE(o.CreatedAt) AS d, SUM(Quantity * CurrentPrice),
               (SELECT SUM(Profit) FROM bookkeeping.sales WHERE STR_TO_DATE(day, '%Y%m%d') = d), COUNT(DISTINCT OrderID)
        FROM online_store.Orders o JOIN online_store.OrderItems USING (OrderID)
        WHERE OrderID IN (SELECT OrderID FROM online_store.Payments) GROUP BY 1 ORDER BY 1""",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A shop with some thousand orders, of which some are cancelled or returned, and its warehouse."""
    with KINDS["mysql"]() as server:
        shop = Shop(tmp_path_factory.mktemp("shop"), server)
        shop.foreset.Run()
        shop.Generate("--changes", 6000, "--seed", 21, "--mix", "order=50,return=20,price=5")
        for customer, orders in ((801, 1), (802, 2), (803, 2), (804, 1), (805, 1)):
            server.sql(f"INSERT INTO Customers (CustomerID, Name) VALUES ({customer}, 'Customer {customer}')", "online_store")
            for order in range(100 * customer, 100 * customer + orders):
                server.sql(f"INSERT INTO Orders (OrderID, OrderNumber, TotalAmount, CustomerID) VALUES ({order}, 'Q-{order}', 39,"
                           f" {customer}); INSERT INTO OrderItems (OrderID, ProductID, Quantity, CurrentPrice) VALUES"
                           f" ({order}, 30, 1, 39); INSERT INTO Payments (OrderID, PaymentMethodID, Amount) VALUES"
                           f" ({order}, 1, 39)", "online_store")
        # Not all on one day.
        server.sql("UPDATE Orders SET CreatedAt = CreatedAt - INTERVAL (OrderID % 100) DAY WHERE OrderID > 60", "online_store")
        shop.foreset.Run()
        shop.Load("--to", shop.target)
        shop.AssertIsTheStar()
        server.sql(VIEWS)
        yield shop
        shop.foreset.Discard()


def Ask(shop, text):
    """What `foreset sql` answers, as the types of its Parquet say it."""
    command = [str(BINARY), "sql", "-c", str(shop.foreset.config), "--limit", "0", "-o", "parquet"]
    done = subprocess.run(command, input=text.encode(), cwd=shop.foreset.directory, env=shop.Environment(),
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return [tuple(row.values()) for row in pq.read_table(io.BytesIO(done.stdout)).to_pylist()]


def Plain(rows):
    """Numbers by their value, to a cent: the two sides divide in types of their own."""
    number = (int, float, decimal.Decimal)
    return [tuple(round(float(value), 2) if isinstance(value, number) else value for value in row) for row in rows]


@pytest.mark.parametrize("question", sorted(ANSWERS))
def test_the_warehouse_answers_as_the_source(asked, question):
    text = (QUESTIONS / f"{question}.sql").read_text()
    answer = Ask(asked, text)
    assert len(answer) >= 3
    assert Plain(answer) == Plain(InUtc(asked.server, ANSWERS[question]))


def test_the_segments_of_sellers(asked):
    """Counted here, from the source's rows alone."""
    sales = InUtc(asked.server, "SELECT SellerID, OrderID, day, Revenue FROM bookkeeping.sales")
    trouble = InUtc(asked.server, "SELECT SellerID, OrderID, StatusID FROM bookkeeping.trouble")
    days = sorted({day for _, _, day, _ in sales})
    early = set(days[:(len(days) + 1) // 2])
    revenue, growth, orders, returned = {}, {}, {}, {}
    for seller, order, day, amount in sales:
        revenue[seller] = revenue.get(seller, 0) + amount
        growth[seller] = growth.get(seller, 0) + (-amount if day in early else amount)
        orders.setdefault(seller, set()).add(order)
    for seller, order, status in trouble:
        orders.setdefault(seller, set()).add(order)
        if status == 4:
            returned.setdefault(seller, set()).add(order)
    ranked = sorted(orders, key=lambda seller: (-revenue.get(seller, 0), seller))
    wanted = []
    for seller in sorted(orders):
        rate = 100 * len(returned.get(seller, ())) / len(orders[seller])
        place = ranked.index(seller)
        quarter = next(q for q in range(1, 5) if place < sum(len(ranked) // 4 + (i < len(ranked) % 4) for i in range(q)))
        segment = ("risk" if rate > 3 else "top" if rate < 1.5 and quarter == 1 and growth.get(seller, 0) >= 0
                   else "premium" if quarter <= 2 else "regular")
        wanted.append((seller, len(orders[seller]), revenue.get(seller, 0), growth.get(seller, 0), round(rate, 2), segment))
    answer = [(row[0], *row[2:]) for row in Ask(asked, (QUESTIONS / "seller_segments.sql").read_text())]
    assert Plain(answer) == Plain(wanted)
    assert len({row[-1] for row in answer}) >= 2


def test_every_question_is_compared():
    assert {path.stem for path in QUESTIONS.glob("*.sql")} == {*ANSWERS, "seller_segments"}
