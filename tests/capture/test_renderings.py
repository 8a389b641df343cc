# SPDX-License-Identifier: MIT
"""A value looks the same whether the first copy read it or the binlog brought it: random values of every type, half of
the rows before the first run and the same values once more after it, held against the server's own SELECT."""

import random
import string

import pytest

from tests.harness.program import Foreset
from tests.harness.readers import DeltaLakeReader
from tests.harness.source_rows import SourceRows

DATABASE = "renderings"
ROWS = 150
SEED = 20260131


def Quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def Digits(rng, most):
    return "".join(rng.choice(string.digits) for _ in range(rng.randint(min(1, most), most)))


def Decimal(precision, scale, signed=True):
    def Draw(rng):
        sign = rng.choice(("", "-")) if signed else ""
        return f"{sign}{Digits(rng, precision - scale) or 0}.{Digits(rng, max(scale, 1))[:scale] or '0'}"

    return Draw


def Float(rng):
    return f"{rng.choice(('', '-'))}{rng.randint(1, 9)}.{Digits(rng, 16)}e{rng.randint(-30, 30)}"


def JsonNumber(rng):
    """Around the places where the server changes from plain notation to an exponent, above all."""
    exponent = rng.choice((rng.randint(-18, -12), rng.randint(12, 19), rng.randint(-300, 300)))
    return f"{rng.choice(('', '-'))}{rng.randint(1, 9)}.{Digits(rng, 17)}e{exponent}"


def JsonText(rng, depth=0):
    kind = rng.randint(0, 7 if depth < 3 else 5)
    if kind == 6:
        return "[" + ", ".join(JsonText(rng, depth + 1) for _ in range(rng.randint(0, 4))) + "]"
    if kind == 7:
        names = rng.sample(("a", "b", "aa", "é", "key", "", "z9"), rng.randint(0, 4))
        return "{" + ", ".join(f'"{name}": {JsonText(rng, depth + 1)}' for name in names) + "}"
    return (JsonNumber(rng), str(rng.randint(-2**63, 2**64 - 1)), "true", "null", '"t\\n\\u00e9\\\\"', '"日本"')[kind]


def Json(rng):
    """A document; now and then one with a value that JSON text cannot make: a decimal of all sizes, a time, bytes."""
    made = rng.randint(0, 5)
    if made == 0:
        precision = rng.randint(1, 65)
        scale = rng.randint(0, min(precision, 30))
        value = Decimal(precision, scale)(rng)
        return f"JSON_OBJECT('k', CAST({value} AS DECIMAL({precision},{scale})))"
    if made == 1:
        return rng.choice(("JSON_ARRAY(CAST('12:30:00.5' AS TIME(6)))", "JSON_ARRAY(DATE'2026-01-31')",
                           "JSON_ARRAY(CAST('2026-01-31 10:00:00.000001' AS DATETIME(6)))",
                           "JSON_ARRAY(CAST(x'00ff10' AS BINARY))"))
    return Quoted(JsonText(rng))


def Inet6(rng):
    """Groups of which many are zero: where "::" stands is the question."""
    zeros = rng.random()
    groups = [0 if rng.random() < zeros else rng.choice((1, 0xFFFF, rng.randint(0, 0xFFFF))) for _ in range(8)]
    return Quoted(":".join(f"{group:x}" for group in groups))


def Time(rng):
    return f"'{rng.choice(('', '-'))}{rng.randint(0, 838)}:{rng.randint(0, 58):02}:59.{Digits(rng, 4)}'"


def Of(*values):
    return lambda rng: rng.choice(values)


# Name of a column -> (type, how a value is drawn, as SQL). Zero dates need a lax sql_mode.
COMMON = {
    "dec_narrow": ("DECIMAL(20,7)", Decimal(20, 7)),
    "dec_zerofill": ("DECIMAL(12,3) ZEROFILL", Decimal(12, 3, signed=False)),
    "dec_wide": ("DECIMAL(65,30)", Decimal(65, 30)),
    "dec_wide_zerofill": ("DECIMAL(45,5) ZEROFILL", Decimal(45, 5, signed=False)),
    "dec_wide_whole_zerofill": ("DECIMAL(40) ZEROFILL", Decimal(40, 0, signed=False)),
    "int_zerofill": ("INT(9) ZEROFILL", lambda rng: str(rng.randint(0, 2**32 - 1))),
    "float_shown_rounded": ("FLOAT(10,2)", lambda rng: f"{rng.uniform(-1e6, 1e6):.6f}"),
    "float_plain": ("FLOAT", Float),
    "double_plain": ("DOUBLE", Float),
    "double_shown_rounded": ("DOUBLE(20,3)", lambda rng: f"{rng.uniform(-1e9, 1e9):.7f}"),
    "bits": ("BIT(13)", lambda rng: str(rng.randint(0, 2**13 - 1))),
    "year_of": ("YEAR", lambda rng: str(rng.choice((0, 1901, 2026, 2155)))),
    "day": ("DATE", Of("'1000-01-01'", "'9999-12-31'", "'0000-00-00'", "'2026-00-00'", "'2026-01-00'", "'1582-10-10'")),
    "at": ("DATETIME(6)", Of("'0001-01-01 00:00:00.000001'", "'9999-12-31 23:59:59.999999'", "'0000-00-00 00:00:00'")),
    "stamp": ("TIMESTAMP(3) NULL", Of("'1970-01-01 00:00:01.001'", "'2038-01-19 03:14:07.999'", "'0000-00-00 00:00:00'")),
    "span": ("TIME(4)", Time),
    "one_of": ("ENUM('a','B b','é','')", Of("'a'", "'B b'", "'é'", "''")),
    "some_of": ("SET('x','y','é')", Of("''", "'y,x'", "'é'", "'x,y,é'")),
    "padded": ("CHAR(8)", Of("'a  '", "''", "' b'", "'日本'")),
    "latin": ("VARCHAR(20) CHARACTER SET latin1", Of("'é'", "'€'", "'a\\0b'", "''")),
    "wide": ("VARCHAR(20) CHARACTER SET utf16", Of("'é'", "'😀'", "''")),
    "fixed": ("BINARY(5)", Of("x'00'", "x'6100'", "x'ffffffffff'", "''")),
    "raw": ("VARBINARY(9)", Of("x'00'", "x'6100'", "''", "x'ff'")),
    "place": ("GEOMETRY", Of("ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('LINESTRING(0 0,1 1)', 0)")),
}
SPECIAL = {
    "mysql": {"doc": ("JSON", Json)},
    "mariadb": {"address": ("INET6", Inet6), "old_address": ("INET4", Of("'0.0.0.0'", "'255.1.2.3'")),
                "identity": ("UUID", lambda rng: Quoted(f"{rng.getrandbits(128):032x}")),
                "doc": ("JSON", lambda rng: Quoted(JsonText(rng)))},
}


def Insert(table, columns, rows, half):
    lines = ",\n".join(f"({number}, '{half}', {', '.join(row)})" for number, row in enumerate(rows))
    return f"INSERT INTO {table} (n, half, {', '.join(columns)}) VALUES {lines}"


@pytest.mark.timeout(300)
def test_a_value_looks_the_same_from_the_first_copy_and_from_the_binlog(source, tmp_path):
    columns = {**COMMON, **SPECIAL[source.kind]}
    rng = random.Random(SEED)
    rows = [["NULL" if rng.random() < 0.05 else draw(rng) for _, draw in columns.values()] for _ in range(ROWS)]
    definitions = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
    source.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    for table, key in (("keyed", ", PRIMARY KEY (half, n)"), ("keyless", "")):
        source.sql(f"CREATE TABLE {table} (n INT, half CHAR(6), {definitions}{key}) CHARACTER SET utf8mb4", DATABASE)
        source.sql("SET sql_mode = ''; " + Insert(table, columns, rows, "copied"), DATABASE)
    foreset = Foreset(tmp_path, source, DATABASE)
    foreset.Run()
    for table in ("keyed", "keyless"):
        source.sql("SET sql_mode = ''; " + Insert(table, columns, rows, "stream"), DATABASE)
        # A row that was copied goes only if the binlog shows it as the copy did.
        source.sql(f"DELETE FROM {table} WHERE half = 'copied' AND n % 2 = 0", DATABASE)
    foreset.Run()
    for table in ("keyed", "keyless"):
        wanted = SourceRows(source, DATABASE, table)
        found = DeltaLakeReader().Read(tmp_path / "lake" / "silver" / table)
        AssertSameRows(found, wanted, ("half", "n", *columns))
    foreset.Verify()


def AssertSameRows(found, wanted, columns):
    left, right = (sorted(map(repr, rows.Select(columns).rows)) for rows in (found, wanted))
    for ours, theirs in zip(left, right):
        assert ours == theirs
    assert len(left) == len(right)
