# SPDX-License-Identifier: MIT
"""Fills the shop of the comparison with real SQL: inserts, then updates of 30 % and deletes of 5 % of the rows, 500 rows a
transaction. The seed is fixed: each load of a scale has the same rows and the same changes."""

import datetime
import random

WORDS = ("Lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "do", "Straße", "naïve", "日本")
# How many rows of each table at scale 1.
ROWS = {"Sellers": 1_000, "Reasons": 20, "Customers": 100_000, "Products": 10_000, "Orders": 100_000, "OrderItems": 150_000,
        "Payments": 100_000}  # fmt: skip
UPDATED, DELETED = 0.30, 0.05
BATCH = 500


class Loader:
    """One connection (pymysql, without autocommit), one sequence of random numbers."""

    def __init__(self, connection, scale):
        self.connection = connection
        self.random = random.Random(7)
        self.counts = {table: count if table == "Reasons" else int(count * scale) for table, count in ROWS.items()}

    def Words(self, least, most):
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(least, most)))

    def One(self, table):
        """The key of any row that was inserted."""
        return self.random.randint(1, self.counts[table])

    def Money(self, least, most):
        return round(self.random.uniform(least, most), 2)

    def Row(self, table, i):
        r = self.random
        if table == "Sellers":
            return {"Name": f"Seller {i}", "Email": f"s{i}@shop.example", "PhoneNumber": f"555-{i:04d}",
                    "Rating": self.Money(1, 5), "IsActive": r.random() < 0.9}
        if table == "Reasons":
            return {"ReasonType": r.choice(["RETURN", "REFUND", "CANCEL"]), "Description": self.Words(2, 6)}
        if table == "Customers":
            return {"Name": f"Customer {i} {self.Words(1, 2)}", "Email": f"user{i}@example.com",
                    "PhoneNumber": None if i % 11 == 0 else f"+49 30 {i:07d}", "Address": f"{i} {self.Words(1, 3)}",
                    "City": r.choice(["Berlin", "Paris", "München", "New York", "Tokyo"])}
        if table == "Products":
            return {"SellerID": self.One("Sellers"), "Name": f"Product {i}", "Description": self.Words(8, 30),
                    "Category": r.choice(["Home", "Toys", "Books", "Garden"]), "Price": self.Money(1, 500),
                    "Stock": r.randint(0, 999), "Attributes": '{"color":"red","w":%d}' % i}
        if table == "Orders":
            return {"CustomerID": self.One("Customers"),
                    "OrderDate": datetime.datetime(2024, 1, 1) + datetime.timedelta(seconds=r.randint(0, 60_000_000)),
                    "Status": "PENDING", "TotalAmount": self.Money(5, 2000)}
        if table == "OrderItems":
            return {"OrderID": self.One("Orders"), "ProductID": self.One("Products"), "Quantity": r.randint(1, 5),
                    "UnitPrice": self.Money(1, 500), "Discount": None if i % 3 else 0.1}
        return {"OrderID": self.One("Orders"), "Method": r.choice(["CARD", "PAYPAL", "BANK", "CASH"]),
                "Amount": self.Money(5, 2000), "Status": "PENDING"}

    def Changes(self, table):
        """What an UPDATE of one row sets."""
        r = self.random
        return {
            "Customers": lambda: f"City = 'City{r.randint(1, 999)}', PhoneNumber = '+1 {r.randint(1, 10**9)}'",
            "Products": lambda: f"Price = Price + 0.01, Stock = {r.randint(0, 10**6)}",
            "Orders": lambda: f"Status = '{r.choice(['PAID', 'SHIPPED', 'DELIVERED'])}', TotalAmount = TotalAmount + 0.01",
            "OrderItems": lambda: "UnitPrice = UnitPrice + 0.01",
            "Payments": lambda: f"Amount = Amount + 0.01, Status = '{r.choice(['OK', 'FAILED'])}'",
            "Sellers": lambda: f"Rating = {self.Money(1, 5)}, PhoneNumber = '{r.randint(1, 10**9)}'",
        }[table]()

    def Insert(self, table):
        with self.connection.cursor() as cursor:
            for first in range(1, self.counts[table] + 1, BATCH):
                rows = [self.Row(table, i) for i in range(first, min(first + BATCH, self.counts[table] + 1))]
                values = ", ".join(f"({', '.join(map(self.connection.escape, row.values()))})" for row in rows)
                cursor.execute(f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES {values}")
                self.connection.commit()

    def Each(self, table, share, statement):
        """`statement(key)` for so many random keys of the table; some come twice, some are gone."""
        with self.connection.cursor() as cursor:
            for done in range(1, int(self.counts[table] * share) + 1):
                cursor.execute(statement(self.One(table)))
                if done % BATCH == 0:
                    self.connection.commit()
        self.connection.commit()

    def Run(self):
        for table in ROWS:
            self.Insert(table)
        for table in ("Customers", "Products", "Orders", "OrderItems", "Payments", "Sellers"):
            key = f"{table.removesuffix('s')}ID"
            self.Each(table, UPDATED, lambda i: f"UPDATE {table} SET {self.Changes(table)} WHERE {key} = {i}")
        for table in ("Customers", "Products", "Orders", "OrderItems", "Payments"):
            key = f"{table.removesuffix('s')}ID"
            self.Each(table, DELETED, lambda i: f"DELETE FROM {table} WHERE {key} = {i}")
