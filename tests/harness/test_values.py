# SPDX-License-Identifier: MIT
import datetime
import decimal
import json

import pyarrow as pa

from tests.harness.values import Differences, JsonValue, Rows, TimestampText


def test_timestamps_are_text_without_zone_and_trailing_zeros():
    assert TimestampText(1_500_000) == "1970-01-01 00:00:01.5"
    assert TimestampText(-1) == "1969-12-31 23:59:59.999999"
    assert JsonValue("2026-01-31T10:00:00.500000Z", pa.timestamp("us", "UTC")) == "2026-01-31 10:00:00.5"
    assert JsonValue("2026-01-31 10:00:00", pa.timestamp("us")) == "2026-01-31 10:00:00"


def test_what_json_says_equals_what_arrow_holds():
    schema = pa.schema([
        ("i", pa.int64()), ("d", pa.decimal128(20, 2)), ("f", pa.float32()), ("s", pa.string()), ("b", pa.binary()),
        ("t", pa.timestamp("us", "UTC")), ("n", pa.struct([("x", pa.int32()), ("day", pa.date32())])),
        ("l", pa.list_(pa.int32())), ("m", pa.map_(pa.string(), pa.int32())),
    ])
    moment = datetime.datetime(2026, 1, 31, 10, 0, 0, 500, tzinfo=datetime.timezone.utc)
    rows = [
        {"i": 2**62, "d": decimal.Decimal("12345678901234567.10"), "f": 0.1, "s": "é|", "b": b"\0\xff", "t": moment,
         "n": {"x": 1, "day": datetime.date(1000, 1, 1)}, "l": [1, None], "m": [("b", 2), ("a", 1)]},
        dict.fromkeys(schema.names),
    ]
    table = pa.Table.from_pylist(rows, schema)
    text = json.dumps({
        "i": 2**62, "d": "12345678901234567.1", "f": 0.1, "s": "é|", "b": "AP8=", "t": "2026-01-31T10:00:00.000500Z",
        "n": {"x": 1, "day": "1000-01-01"}, "l": [1, None], "m": {"a": 1, "b": 2}})
    text += "\n" + json.dumps(dict.fromkeys(schema.names))
    assert Differences(Rows.FromArrow(table), Rows.FromJsonLines(text, schema), "arrow", "json") == ""


def test_slices_and_nested_nulls_keep_their_rows():
    kind = pa.list_(pa.struct([("t", pa.timestamp("us"))]))
    array = pa.array([[{"t": 1}], None, [], [{"t": 2}, None]], kind)
    table = pa.table({"l": array.slice(1)})
    assert Rows.FromArrow(table).Column("l") == [
        None, [], [{"t": "1970-01-01 00:00:00.000002"}, None]]


def test_differences_count_rows_that_come_twice():
    once, twice = Rows(["a"], [(1,), (2,)]), Rows(["a"], [(1,), (2,), (2,)])
    assert Differences(once, once, "l", "r") == ""
    assert "only r: (2)" in Differences(once, twice, "l", "r")


def test_a_float_is_no_integer_and_equals_itself_when_it_is_no_number():
    nan = Rows(["a"], [(float("nan"),)])
    assert Differences(nan, nan, "l", "r") == ""
    assert Differences(Rows(["a"], [(1,)]), Rows(["a"], [(1.0,)]), "l", "r") != ""
