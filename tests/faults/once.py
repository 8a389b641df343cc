# SPDX-License-Identifier: MIT
"""A small table whose changes are known, and the check that bronze has each of them once."""

import os

from tests.harness.readers import DeltaLakeReader
from tests.harness.values import Rows

TABLE = "T"


class Ledger:
    """Makes changes in `database` of a server and remembers them."""

    def __init__(self, server, database):
        self.server, self.database = server, database
        self.changes = []  # (operation, Id) in the source's order
        self.next = 1
        server.sql(f"DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database}; USE {database};"
                   f"CREATE TABLE {TABLE} (Id INT PRIMARY KEY, Name VARCHAR(40), Body LONGBLOB)")

    def Change(self, rows=3, body_bytes=16):
        """Some rows more, one of them changed, another one gone, and one from before changed: a transaction each."""
        first = self.next
        self.next += rows
        connection = self.server.connect(database=self.database)
        try:
            with connection.cursor() as cursor:
                for key in range(first, self.next):
                    cursor.execute(f"INSERT INTO {TABLE} VALUES (%s, 'new', %s)", (key, os.urandom(body_bytes)))
                cursor.execute(f"UPDATE {TABLE} SET Name = 'changed' WHERE Id = %s", (first,))
                cursor.execute(f"DELETE FROM {TABLE} WHERE Id = %s", (first + 1,))
                cursor.execute(f"UPDATE {TABLE} SET Name = CONCAT(Name, '+') WHERE Id = %s", (first - 1,))
        finally:
            connection.close()
        self.changes += [("c", key) for key in range(first, self.next)] + [("u", first), ("d", first + 1)]
        if first > 1:
            self.changes.append(("u", first - 1))

    def CheckBronze(self, foreset, copied=()):
        """Bronze holds the copied rows, then every change, each once and in order."""
        place, options = foreset.tables.Place(f"bronze/{TABLE}")
        table = DeltaLakeReader().Table(place, None, options)
        rows = Rows.FromArrow(table.drop_columns(["before", "after"]))
        keys = [after["Id"] if after else before["Id"] for before, after in zip(
            Ids(table, "before"), Ids(table, "after"))]
        events = sorted(zip(rows.Column("_seq"), rows.Column("_op"), keys))
        assert len({seq for seq, _, _ in events}) == len(events), f"bronze holds a change twice: {events}"
        found = [(op, key) for _, op, key in events]
        wanted = [("r", key) for key in copied] + self.changes
        assert sorted(found[:len(copied)]) == sorted(wanted[:len(copied)]), "the copied rows differ"
        assert found[len(copied):] == wanted[len(copied):], f"bronze holds {found[len(copied):]}, not {wanted}"


def Ids(table, image):
    """The image's Id in each row, None where there is no image."""
    column = table[image].combine_chunks()
    valid = column.is_valid().to_pylist()
    return [{"Id": key} if ok else None for ok, key in zip(valid, column.field("Id").to_pylist())]
