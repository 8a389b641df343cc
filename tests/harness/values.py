# SPDX-License-Identifier: MIT
"""Values that can be compared, whoever read them.

Each reader has its own idea of a timestamp or of a decimal. Here everything becomes one of: None, bool, int, Decimal,
float, str, bytes, dict (struct), list, or a tuple of sorted pairs (map). Dates and timestamps become text
(`2026-01-31`, `2026-01-31 10:00:00.5`): two zones of thought less, and what a test expects is written the same way.
"""

import base64
import datetime
import decimal
import json
import re
import struct

import pyarrow as pa

EPOCH = datetime.datetime(1970, 1, 1)
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def DateText(days):
    try:
        return (EPOCH + datetime.timedelta(days=days)).date().isoformat()
    except OverflowError:
        return f"day {days}"


def TimestampText(ticks, unit="us"):
    """`YYYY-MM-DD HH:MM:SS[.fraction without trailing zeros]` of ticks since 1970."""
    seconds, fraction = divmod(ticks, PER_SECOND[unit])
    try:
        text = (EPOCH + datetime.timedelta(seconds=seconds)).isoformat(sep=" ")
    except OverflowError:
        return f"{ticks} {unit}"
    digits = len(str(PER_SECOND[unit])) - 1
    return TrimmedTime(f"{text}.{fraction:0{digits}d}") if digits else text


def TrimmedTime(text):
    """The same instant in the one form: a space for T, no zone that means UTC, no trailing zeros."""
    text = re.sub(r"(Z|[+-]00:?00| UTC)$", "", text.strip()).replace("T", " ")
    return text.rstrip("0").rstrip(".") if "." in text else text


def ArrayValues(array):
    """The canonical values of an Arrow array."""
    kind = array.type
    if isinstance(array, pa.ChunkedArray):
        return [value for chunk in array.chunks for value in ArrayValues(chunk)]
    if pa.types.is_dictionary(kind):
        return ArrayValues(array.dictionary_decode())
    if isinstance(array, pa.ExtensionArray):
        return ArrayValues(array.storage)
    if pa.types.is_timestamp(kind):
        return [None if v is None else TimestampText(v, kind.unit) for v in array.cast(pa.int64()).to_pylist()]
    if pa.types.is_date32(kind):
        return [None if v is None else DateText(v) for v in array.cast(pa.int32()).to_pylist()]
    if pa.types.is_struct(kind):
        children = [ArrayValues(array.field(i)) for i in range(kind.num_fields)]
        names = [kind.field(i).name for i in range(kind.num_fields)]
        valid = array.is_valid().to_pylist()
        rows = zip(*children) if children else ((),) * len(array)
        return [dict(zip(names, row)) if ok else None for ok, row in zip(valid, rows)]
    if pa.types.is_map(kind):
        return Sliced(array, list(zip(ArrayValues(array.keys), ArrayValues(array.items))), MapValue)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return Sliced(array, ArrayValues(array.values), list)
    return array.to_pylist()


def Sliced(array, values, make):
    offsets = array.offsets.to_pylist()
    valid = array.is_valid().to_pylist()
    return [make(values[offsets[i]:offsets[i + 1]]) if valid[i] else None for i in range(len(array))]


def MapValue(pairs):
    return tuple(sorted(pairs, key=repr))


def JsonValue(value, kind):
    """The canonical value of what a JSON line says, for a column of this Arrow type."""
    if value is None:
        return None
    if pa.types.is_boolean(kind):
        return bool(value)
    if pa.types.is_integer(kind):
        return int(value)
    if pa.types.is_decimal(kind):
        return decimal.Decimal(str(value))
    if pa.types.is_float32(kind):
        return struct.unpack("f", struct.pack("f", float(value)))[0]
    if pa.types.is_floating(kind):
        return float(value)
    if pa.types.is_date(kind):
        return str(value)
    if pa.types.is_timestamp(kind):
        return TrimmedTime(str(value))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return base64.b64decode(value, validate=True)
    if pa.types.is_struct(kind):
        return {field.name: JsonValue(value.get(field.name), field.type) for field in kind}
    if pa.types.is_map(kind):
        pairs = value.items() if isinstance(value, dict) else ((e["key"], e["value"]) for e in value)
        return MapValue([(JsonValue(k, kind.key_type), JsonValue(v, kind.item_type)) for k, v in pairs])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [JsonValue(element, kind.value_type) for element in value]
    return value


def WithSign(digits):
    """The integer, or a negative zero, which an int cannot be."""
    return -0.0 if digits == "-0" else int(digits)


def Comparable(value):
    """Equal for equal values, and of a total order: NaN equals itself, 1.0 is not 1, 1.10 equals 1.1."""
    if isinstance(value, float):
        return f"f{value!r}"
    if isinstance(value, decimal.Decimal):
        return f"d{value.normalize():f}" if value else "d0"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {Comparable(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(Comparable(v) for v in value) + "]"
    return repr(value)


class Rows:
    """The rows of a table at one version: column names, and canonical values row by row."""

    def __init__(self, columns, rows):
        self.columns = list(columns)
        self.rows = [tuple(row) for row in rows]

    @classmethod
    def FromArrow(cls, table):
        columns = [ArrayValues(column) for column in table.columns]
        rows = zip(*columns) if columns else ((),) * table.num_rows
        return cls(table.column_names, rows)

    @classmethod
    def FromJsonLines(cls, text, schema):
        """Lines of JSON, each an object with a member for every column of the Arrow schema."""
        rows = []
        for line in text.splitlines():
            value = json.loads(line, parse_float=decimal.Decimal, parse_int=WithSign)
            extra = value.keys() - set(schema.names)
            missing = set(schema.names) - value.keys()
            if extra or missing:
                raise AssertionError(f"a row has members {sorted(extra)} too many, {sorted(missing)} too few: {line}")
            rows.append(tuple(JsonValue(value[field.name], field.type) for field in schema))
        return cls(schema.names, rows)

    def Column(self, name):
        """The values of a column; `a.b` is member b of the struct a, unless a column has that very name."""
        if name in self.columns:
            at = self.columns.index(name)
            return [row[at] for row in self.rows]
        outer, _, inner = name.partition(".")
        if not inner or outer not in self.columns:
            raise AssertionError(f"there is no column {name}; there are {', '.join(self.columns)}")
        return [None if value is None else value[inner] for value in self.Column(outer)]

    def Select(self, names):
        columns = [self.Column(name) for name in names]
        return Rows(names, zip(*columns) if columns else ((),) * len(self.rows))

    def SortedBy(self, name):
        keys = self.Column(name)
        order = sorted(range(len(self.rows)), key=lambda i: keys[i])
        return Rows(self.columns, [self.rows[i] for i in order])

    def __len__(self):
        return len(self.rows)


def Differences(left, right, left_name, right_name, limit=5):
    """Text that says how two Rows differ as multisets over the left one's columns; empty when they do not."""
    if sorted(left.columns) != sorted(right.columns):
        return f"columns differ: {left_name} has {left.columns}, {right_name} has {right.columns}"
    counts = {}
    for rows, step in ((left, 1), (right.Select(left.columns), -1)):
        for row in rows.rows:
            key = tuple(Comparable(value) for value in row)
            counts[key] = counts.get(key, 0) + step
    only_left = [key for key, count in sorted(counts.items()) if count > 0]
    only_right = [key for key, count in sorted(counts.items()) if count < 0]
    if not only_left and not only_right:
        return ""
    lines = [f"{len(left)} rows by {left_name}, {len(right)} by {right_name}; columns {left.columns}"]
    for name, keys in ((left_name, only_left), (right_name, only_right)):
        lines += [f"  only {name}: ({', '.join(key)})" for key in keys[:limit]]
        if len(keys) > limit:
            lines.append(f"  only {name}: and {len(keys) - limit} more")
    return "\n".join(lines)
