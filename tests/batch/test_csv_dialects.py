# SPDX-License-Identifier: MIT
"""A property: whatever the dialect, a table that is written as CSV is read back as it was, or refused with a reason."""

import dataclasses
import datetime
import decimal
import random

import pytest

from tests.batch.conftest import Table

D = decimal.Decimal
SCHEMA = "i BIGINT, n DECIMAL(20,4), d DATE, t TIMESTAMP, b BOOLEAN, x DOUBLE, s VARCHAR, w VARCHAR"
NAMES = ["i", "n", "d", "t", "b", "x", "s", "w"]
WORDS = ["", "a", "NULL", "\\N", "007", "1_000", "0x10", "NO", "true", "10:30", "10-11-12", "'q'", '"q"', "a,b", "a;b", "a\tb",
         "a|b", "two\nlines", "two\r\nlines", " 5 ", "1.5", "é😀", "2024-02-29", "say \"\"", "# no", "1e5", "-", "n/a", "a\\b"]


@dataclasses.dataclass
class Dialect:
    """How a file is written, and the options that say so."""
    delimiter: str
    quote: str
    end: str
    header: bool
    null: str
    decimal: str
    thousands: str
    encoding: str
    quote_all: bool
    date: str

    def Arguments(self):
        said = ["--delimiter", "tab" if self.delimiter == "\t" else self.delimiter, "--quote", self.quote,
                "--header", "yes" if self.header else "no"]
        said += ["--null", self.null] if self.null else []
        said += ["--decimal", self.decimal] if self.decimal != "." else []
        said += ["--thousands", self.thousands] if self.thousands else []
        said += ["--encoding", self.encoding] if self.encoding != "utf-8" else []
        said += ["--date-format", self.date] if self.date != "%Y-%m-%d" else []
        return said

    def Text(self, rows):
        return "".join(self.delimiter.join(self.Field(value) for value in row) + self.end for row in rows)

    def Field(self, value):
        if value is None:
            return self.null
        text = self.Plain(value)
        special = any(c in text for c in (self.delimiter, self.quote, "\n", "\r"))
        kept = isinstance(value, str) and (text == "" or text == self.null)
        if special or kept or self.quote_all:
            return self.quote + text.replace(self.quote, self.quote * 2) + self.quote
        return text

    def Plain(self, value):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime.datetime):
            return value.isoformat(sep=" ")
        if isinstance(value, datetime.date):
            return value.strftime(self.date)
        if isinstance(value, (D, float)):
            text = format(value, ",") if self.thousands and isinstance(value, D) else str(value)
            return text.replace(".", "!").replace(",", self.thousands).replace("!", self.decimal)
        return str(value)


def AnyDialect(dice):
    mark, thousands = dice.choice([(".", ""), (",", ""), (",", "."), (".", "_")])
    return Dialect(dice.choice([c for c in ",;\t|~" if c not in (mark, thousands)]), dice.choice("\"\"'"),
                   dice.choice(["\n", "\r\n", "\r"]), dice.random() < 0.7, dice.choice(["", "", "NULL", "\\N"]), mark,
                   thousands, dice.choice(["utf-8", "utf-8", "utf-16"]), dice.random() < 0.2,
                   dice.choice(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]))


def AnyRow(dice):
    row = [dice.randrange(-10**18, 10**18), D(dice.randrange(-10**15, 10**15)).scaleb(-dice.randrange(5)),
           datetime.date(1900, 1, 1) + datetime.timedelta(dice.randrange(80_000)),
           datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=dice.randrange(4 * 10**15)),
           dice.random() < 0.5, dice.choice([dice.uniform(-1e3, 1e3), dice.random() * 10.0 ** dice.randrange(-300, 300)]),
           dice.choice(WORDS), "".join(dice.choices('ab",;\n\r\\\'|\t #é', k=dice.randrange(12)))]
    return [None if dice.random() < 0.1 else value for value in row]


def Same(one, other):
    return one == other and isinstance(one, type(other))


@pytest.mark.parametrize("seed", range(30))
def test_a_table_of_any_dialect_is_read_back_as_it_was(foreset, tmp_path, seed):
    dice = random.Random(seed)
    dialect = AnyDialect(dice)
    rows = [AnyRow(dice) for _ in range(200)]
    text = dialect.Text(([NAMES] if dialect.header else []) + rows)
    (tmp_path / "a.csv").write_bytes(text.encode(dialect.encoding))
    schema = SCHEMA if dialect.header else ", ".join(
        f"column{i} {part.split(' ', 1)[1]}" for i, part in enumerate(SCHEMA.split(", ")))
    foreset("csv-to-delta", "a.csv", "T", *dialect.Arguments(), "--schema", schema)
    read = [list(row.values()) for row in Table(tmp_path / "T").to_pylist()]
    assert len(read) == len(rows)
    for wanted, got in zip(rows, read):
        assert wanted == got, dialect


@pytest.mark.parametrize("seed", range(30, 60))
def test_nothing_is_said_and_nothing_is_changed(foreset, tmp_path, seed):
    """Columns of one kind of value, types and dialect found out: each value reads as its text, or the file is refused."""
    dice = random.Random(seed)
    dialect = Dialect(dice.choice(",;\t|"), '"', dice.choice(["\n", "\r\n"]), True, "", ".", "", "utf-8", False,
                      "%Y-%m-%d")
    kinds = [lambda: str(dice.randrange(10**dice.randrange(1, 25))),
             lambda: f"{dice.randrange(10**6)}.{dice.randrange(100):02}",
             lambda: dice.choice(["007", "08", "9"]), lambda: dice.choice(["true", "false"]),
             lambda: dice.choice(["NO", "yes", "F"]),
             lambda: f"{dice.randrange(1, 13):02}-{dice.randrange(1, 13):02}-{dice.randrange(1, 13):02}",
             lambda: f"{dice.randrange(1900, 2100)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}",
             lambda: dice.choice(WORDS), lambda: f"{dice.randrange(24):02}:{dice.randrange(60):02}",
             lambda: repr(dice.random() * 1e-7)]
    chosen = [dice.choice(kinds) for _ in range(dice.randrange(2, 6))]
    rows = [[str(i)] + [kind() for kind in chosen] for i in range(50)]
    names = ["id"] + [f"c{i}" for i in range(len(chosen))]
    (tmp_path / "a.csv").write_text(dialect.Text([names] + rows), newline="")
    ended = foreset("csv-to-delta", "a.csv", "T", exits=None)
    if ended.code != 0:
        assert ended.code == 1 and "E84" in ended.err
        return
    table = Table(tmp_path / "T")
    assert table.schema.names == names
    for wanted, got in zip(rows, table.to_pylist()):
        for text, value in zip(wanted, got.values()):
            if isinstance(value, bool):
                assert text == str(value).lower()
            elif isinstance(value, (int, D, float)):
                assert D(text) == D(repr(value) if isinstance(value, float) else value)
            else:
                assert text == str(value)
