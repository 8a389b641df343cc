# SPDX-License-Identifier: MIT
"""Whether two lakes tell the same story: silver and gold row for row, with the sequence of every streamed change."""

from tests.harness.values import Differences, Rows

# A copied row carries its own snapshot's position and time; all else is the source's and must be equal.
OF_THE_SNAPSHOT = ("_source_ts", "_valid_from")
COPIED = "copied"


def Copied(tables, reader):
    """The `_seq` of every row that was copied, not streamed."""
    found = set()
    for name in tables.Names():
        layer, table = name.split("/", 1)
        if layer == "bronze" and not table.startswith("_"):
            rows = Read(tables, reader, name)
            found |= {seq for seq, op in zip(rows.Column("_seq"), rows.Column("_op")) if op == "r"}
    return found


def Read(tables, reader, name):
    place, options = tables.Place(name)
    return reader.Read(place, None, options)


# The connector takes a TRUNCATE's time from its statement's event, which knows milliseconds.
OF_THE_STATEMENT = ("TRUNCATE", "t")


def Told(rows, copied):
    """The rows without what is the snapshot's own."""
    at = {name: rows.columns.index(name) for name in rows.columns if name.startswith("_")}

    def One(row):
        row = list(row)
        if "_seq" in at and row[at["_seq"]] in copied:
            for name in OF_THE_SNAPSHOT:
                if name in at:
                    row[at[name]] = COPIED
        if "_op" in at and row[at["_op"]] in OF_THE_STATEMENT:
            for name in set(OF_THE_SNAPSHOT) & set(at):
                seconds, _, fraction = row[at[name]].partition(".")
                row[at[name]] = f"{seconds}.{fraction[:3].ljust(3, '0')}"
        for name in ("_seq", "_prev_seq"):
            if name in at and row[at[name]] in copied:
                row[at[name]] = COPIED
        return row

    return Rows(rows.columns, [One(row) for row in rows.rows])


def OnlyRows(rows):
    """The columns of the source."""
    return rows.Select([name for name in rows.columns if not name.startswith("_")])


def LakeDifferences(first, second, reader, first_name, second_name, rows_only=False):
    """Text; empty when the lakes tell the same: all of it, or (`rows_only`) the source's columns."""
    copied = {first: Copied(first, reader), second: Copied(second, reader)}
    names = {lake: {name for name in lake.Names() if not name.startswith("bronze/")} for lake in (first, second)}
    if names[first] != names[second]:
        return f"{first_name} has {sorted(names[first])}, {second_name} has {sorted(names[second])}"
    found = ""
    for name in sorted(names[first]):
        left, right = (Told(Read(lake, reader, name), copied[lake]) for lake in (first, second))
        if rows_only:
            left, right = OnlyRows(left), OnlyRows(right)
        difference = Differences(left, right, first_name, second_name)
        if difference:
            found += f"{name}: {difference}\n"
    return found
