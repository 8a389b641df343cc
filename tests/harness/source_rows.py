# SPDX-License-Identifier: MIT
"""What the source itself says that a table holds: its own SELECT, in the values that the lake should have."""

import datetime
import decimal
import struct

from tests.harness.values import Rows, TrimmedTime


def Expression(column, kind):
    """What to select for a column so that the client gets the exact value."""
    quoted = "`" + column.replace("`", "``") + "`"
    if kind == "float":
        return f"{quoted} + 0e0"  # the text of a FLOAT is rounded, the DOUBLE that equals it is not
    if kind in ("date", "datetime", "timestamp", "time", "json", "decimal"):
        return f"CAST({quoted} AS CHAR)"
    if kind == "vector":
        return f"HEX({quoted})"
    return quoted


def TimeMicroseconds(text):
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = text.lstrip("-").split(":")
    whole, _, fraction = seconds.partition(".")
    total = (int(hours) * 60 + int(minutes)) * 60 + int(whole)
    return sign * (total * 10**6 + int(fraction.ljust(6, "0") or 0))


def ValidDate(text):
    """NULL stands in the lake for dates that no calendar has."""
    try:
        datetime.date.fromisoformat(text[:10])
        return True
    except ValueError:
        return False


def LakeValue(value, kind, column_type):
    """The canonical value that the lake should have for what the client got."""
    if value is None:
        return None
    if kind in ("date", "datetime", "timestamp"):
        return TrimmedTime(value) if ValidDate(value) else None
    if kind == "time":
        return TimeMicroseconds(value)
    if kind == "decimal":
        precision = int(column_type.split("(")[1].split(",")[0].split(")")[0])
        return decimal.Decimal(value) if precision <= 38 else value
    if kind == "bigint" and "unsigned" in column_type:
        return decimal.Decimal(value)
    if kind == "bit":
        return value == b"\x01" if column_type == "bit(1)" else bytes(value)
    if kind == "vector":
        raw = bytes.fromhex(value)
        return list(struct.unpack(f"<{len(raw) // 4}f", raw))
    return value


def ColumnsOf(server, database, table):
    """[(name, data type, column type)] in order."""
    return server.query(
        "SELECT column_name, LOWER(data_type), LOWER(column_type) FROM information_schema.columns"
        f" WHERE table_schema = '{database}' AND table_name = '{table}' ORDER BY ordinal_position")


def TablesOf(server, database):
    rows = server.query(
        "SELECT table_name FROM information_schema.tables"
        f" WHERE table_schema = '{database}' AND table_type = 'BASE TABLE' ORDER BY table_name")
    return [name for (name,) in rows]


def SourceRows(server, database, table):
    columns = ColumnsOf(server, database, table)
    selected = ", ".join(Expression(name, kind) for name, kind, _ in columns)
    rows = server.query(f"SELECT {selected} FROM `{table}`", database)
    converted = [
        tuple(LakeValue(value, kind, column_type) for value, (_, kind, column_type) in zip(row, columns))
        for row in rows
    ]
    return Rows([name for name, _, _ in columns], converted)
