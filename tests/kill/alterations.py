# SPDX-License-Identifier: MIT
"""A load of rows and statements: every way of changing tables that is followed, again and again, while rows come and go."""

import threading

LONGEST_PAUSE_S = 0.03
FRESH_TABLES = 8  # how many tables come while the load runs
ROWS = "(Id INT PRIMARY KEY, V INT)"
# The table `Swapped`'s ghost and its former self: names that nobody has to find in the lake in the end.
PASSING = {"_Swapped_new", "_Swapped_old", "Renamed_away"}


class Alterations:
    """Makes the load in a thread of its own. The first column of every table is its key, Id; each keeps a row 0."""

    def __init__(self, server, database, rng):
        self.server, self.database, self.rng = server, database, rng
        self.keys = {}  # table -> the keys that are there, but 0
        self.next_key = 1
        self.counts = {}  # kind of statement -> how many of it were made
        self.added = {}  # column of Altered -> its type
        self.fresh = 0
        self.over = threading.Event()
        self.failure = None
        self.thread = threading.Thread(target=self.Run)
        server.sql(f"CREATE DATABASE {database}")
        self.connection = server.connect(database=database)
        for table in ("Plain", "Altered", "Swapped", "Renamed", "Emptied", "Remade"):
            self.Make(table)

    # The life of the thread.

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.connection.close()
        assert self.failure is None, f"the load failed: {self.failure!r}"

    def Check(self):
        """Fails when the load has ended by itself."""
        assert self.failure is None, f"the load failed: {self.failure!r}"

    def Run(self):
        try:
            while not self.over.wait(self.rng.uniform(0, LONGEST_PAUSE_S)):
                if self.rng.random() < 0.15:
                    self.Alter()
                else:
                    self.ChangeRows(self.rng.choice(sorted(self.keys)))
        except Exception as error:  # told by the test, which would otherwise prove a load that was never made
            self.failure = error

    def Sql(self, text):
        with self.connection.cursor() as cursor:
            cursor.execute(text)
            while cursor.nextset():
                pass

    # Rows.

    def ChangeRows(self, table):
        """A transaction with some rows more, one changed and one gone."""
        keys = self.keys[table]
        made = list(range(self.next_key, self.next_key + self.rng.randrange(1, 4)))
        self.next_key = made[-1] + 1
        statements = [f"INSERT INTO {table} (Id, V) VALUES " + ", ".join(f"({key}, {key})" for key in made)]
        if keys:
            statements.append(f"UPDATE {table} SET V = V + 1 WHERE Id = {self.rng.choice(keys)}")
        if len(keys) > 20:
            gone = keys.pop(self.rng.randrange(len(keys)))
            statements.append(f"DELETE FROM {table} WHERE Id = {gone}")
        keys += made
        self.Sql("BEGIN; " + "; ".join(statements) + "; COMMIT")

    # Statements.

    def Alter(self):
        kinds = [self.AlterColumns, self.Swap, self.RenameThereAndBack, self.Truncate, self.DropAndCreate, self.Create]
        kind = self.rng.choice(kinds)
        kind()
        self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1

    def Make(self, table):
        self.Sql(f"CREATE TABLE {table} {ROWS}; INSERT INTO {table} VALUES (0, 0)")
        self.keys[table] = []

    def AlterColumns(self):
        """One of ADD, MODIFY, RENAME and DROP COLUMN. Names come back, also with another type."""
        free = [name for name in ("A", "B", "C", "D") if name not in self.added]
        what = self.rng.choice(["ADD", "ADD", "MODIFY", "RENAME", "DROP"])
        if what == "ADD" or not self.added:
            if not free:
                return
            name, kind = self.rng.choice(free), self.rng.choice(["INT", "VARCHAR(20)"])
            default = self.rng.choice(["", " DEFAULT 7" if kind == "INT" else " DEFAULT 'seven'"])
            self.Sql(f"ALTER TABLE Altered ADD COLUMN {name} {kind}{default}")
            self.added[name] = kind
            return
        name = self.rng.choice(sorted(self.added))
        if what == "MODIFY":
            self.added[name] = {"INT": "BIGINT", "VARCHAR(20)": "VARCHAR(40)"}.get(self.added[name], self.added[name])
            self.Sql(f"ALTER TABLE Altered MODIFY {name} {self.added[name]}")
        elif what == "RENAME" and free:
            other = self.rng.choice(free)
            self.Sql(f"ALTER TABLE Altered RENAME COLUMN {name} TO {other}")
            self.added[other] = self.added.pop(name)
        else:
            self.Sql(f"ALTER TABLE Altered DROP COLUMN {name}")
            del self.added[name]

    def Swap(self):
        """What gh-ost and pt-online-schema-change do."""
        self.Sql("CREATE TABLE _Swapped_new LIKE Swapped; INSERT INTO _Swapped_new SELECT * FROM Swapped;"
                 "RENAME TABLE Swapped TO _Swapped_old, _Swapped_new TO Swapped; DROP TABLE _Swapped_old")

    def RenameThereAndBack(self):
        self.Sql("RENAME TABLE Renamed TO Renamed_away; UPDATE Renamed_away SET V = V + 1 WHERE Id = 0;"
                 "RENAME TABLE Renamed_away TO Renamed")

    def Truncate(self):
        self.Sql("TRUNCATE TABLE Emptied; INSERT INTO Emptied VALUES (0, 0)")
        self.keys["Emptied"] = []

    def DropAndCreate(self):
        extra = self.rng.choice(["", ", W INT", ", W VARCHAR(9)"])
        self.Sql(f"DROP TABLE Remade; CREATE TABLE Remade (Id INT PRIMARY KEY, V INT{extra});"
                 "INSERT INTO Remade (Id, V) VALUES (0, 0)")
        self.keys["Remade"] = []

    def Create(self):
        """Tables that are new come until there are enough of them, then one goes as each comes."""
        self.fresh += 1
        self.Make(f"Fresh_{self.fresh}")
        gone = f"Fresh_{self.fresh - FRESH_TABLES}"
        if self.keys.pop(gone, None) is not None:
            self.Sql(f"DROP TABLE {gone}")
