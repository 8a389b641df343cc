# SPDX-License-Identifier: MIT
"""Variants of every type that Spark writes, whole and shredded: `foreset table cat` shows Spark's own JSON texts."""

import json

import pyarrow.parquet
import pytest

from tests.harness.readers import WithVariantTexts
from tests.harness.table_cat import AssertSame, Cat
from tests.harness.values import Rows

VALUES = [
    "NULL",
    "parse_json('null')",
    "true::variant",
    "(-128)::tinyint::variant",
    "300::smallint::variant",
    "(-70000)::variant",
    "9223372036854775807::bigint::variant",
    "10.50::decimal(10,2)::variant",
    "0.000000000001::decimal(20,12)::variant",
    "(-99999999999999999999999999999999999999)::decimal(38,0)::variant",
    "0.1f::variant",
    "3.4028234e38f::variant",
    "cast('-Infinity' as float)::variant",
    "1.0e7d::variant",
    "9999999.5d::variant",
    "(-1.25e-5d)::variant",
    "cast('NaN' as double)::variant",
    "date'2024-02-29'::variant",
    "date'-0044-03-15'::variant",
    "date'+12024-06-05'::variant",
    "timestamp'2024-01-02 03:04:05.120'::variant",
    "timestamp'0001-01-01 00:00:00'::variant",
    "timestamp_ntz'1969-12-31 23:59:59.999999'::variant",
    "x'00ff10'::variant",
    "''::variant",
    "'text with \\\\ and \\u00e9 and \\U0001F600 and \\n'::variant",
    "repeat('long ', 100)::variant",
    "parse_json('[]')",
    "parse_json('{}')",
    "parse_json('[1, [2.5, null], {\"a\": [true]}]')",
    "parse_json('{\"b\": 1, \"a\": {\"c\": [1, \"x\"], \"\": null}, \"\u00e9\": 1e300}')",
    "parse_json('{\"a\": 7, \"b\": \"text\", \"c\": [1, \"one\", null], \"more\": {\"b\": 2}}')",
    "parse_json('{\"a\": \"not a number\", \"c\": \"not an array\", \"d\": {\"e\": 1.5}}')",
    "parse_json('{\"d\": {\"e\": \"no\", \"f\": 1}, \"a\": null}')",
    "to_variant_object(array(named_struct('a', 5, 't', timestamp'2024-01-02 03:04:05')))",
    "(select parse_json(concat('[', array_join(sequence(1, 1000), ','), ']')))",
    "(select parse_json(concat('{', array_join(transform(sequence(1, 400), i -> concat('\"key', i, '\":', i)), ','),"
    " '}')))",
]
SHREDDINGS = [
    "bigint", "int", "smallint", "tinyint", "boolean", "string", "binary", "float", "double", "decimal(9,2)",
    "decimal(18,2)", "decimal(38,0)", "date", "timestamp", "timestamp_ntz", "array<bigint>", "array<struct<a int>>",
    "struct<a bigint, c array<string>, d struct<e decimal(5,2)>>",
]  # fmt: skip
# Spark does not shred within arrays and maps.
NESTED = ["array(v, NULL, v) AS a", "map('k', v) AS m", "array(struct(map('k', array(v)) AS m)) AS deep"]
SHREDDED_TABLE = "delta.enableVariantShredding"
WRITE_SHREDDED = "spark.sql.variant.writeShredding.enabled"
FORCE_SHREDDING = "spark.sql.variant.forceShreddingSchemaForTest"


@pytest.fixture(scope="module")
def frame(spark):
    rows = " UNION ALL ".join(f"SELECT {i} AS id, {value} AS v" for i, value in enumerate(VALUES))
    return spark.session.sql(rows).coalesce(1).localCheckpoint()


def Write(spark, frame, folder, shredding):
    settings = {WRITE_SHREDDED: "true" if shredding else "false", FORCE_SHREDDING: shredding or ""}
    for name, value in settings.items():
        spark.session.conf.set(name, value)
    try:
        wider = frame.selectExpr("id", "v", "struct(v) AS s", *([] if shredding else NESTED))
        writer = wider.write.format("delta").option(SHREDDED_TABLE, "true" if shredding else "false")
        writer.save(str(folder))
    finally:
        for name in settings:
            spark.session.conf.unset(name)


@pytest.mark.parametrize("shredding", [None, *SHREDDINGS])
def test_variants_read_as_sparks_texts(shredding, spark, frame, tmp_path):
    Write(spark, frame, tmp_path / "t", shredding)
    (file,) = (tmp_path / "t").glob("*.parquet")
    assert ("typed_value" in str(pyarrow.parquet.read_schema(file))) == bool(shredding)
    arrow = WithVariantTexts(spark.Frame(tmp_path / "t")).toArrow()
    assert len(arrow) == len(VALUES)
    done = Cat(tmp_path / "t")
    AssertSame(done, Rows.FromArrow(arrow), arrow.schema, "Spark")
    for line in done.stdout.splitlines():
        if json.loads(line)["v"] is not None:
            json.loads(json.loads(line)["v"])
