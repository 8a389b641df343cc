# SPDX-License-Identifier: MIT
"""Another engine writes to a table that Foreset keeps: what only moves rows is followed, what changes them stops the
table with a code, and neither is overwritten."""

import pytest
from deltalake import DeltaTable

from tests.harness.program import Foreset
from tests.harness.readers import DeltaLakeReader, Versions
from tests.harness.source_rows import SourceRows
from tests.harness.values import Differences

DATABASE = "shop"


@pytest.fixture
def shop(source, tmp_path):
    """A lake with table T: rows 1 and 2, and a few versions."""
    source.sql(
        f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE};"
        f"CREATE TABLE {DATABASE}.T (id INT PRIMARY KEY, v INT); INSERT INTO {DATABASE}.T VALUES (1, 1), (2, 2), (3, 3)")
    foreset = Foreset(tmp_path, source, DATABASE)
    foreset.Run()
    source.sql("UPDATE T SET v = 10 WHERE id = 1; DELETE FROM T WHERE id = 3", DATABASE)
    foreset.Run()
    yield foreset
    foreset.Discard()


def AssertEqualToSource(foreset):
    foreset.Verify()
    wanted = SourceRows(foreset.server, DATABASE, "T")
    for name in ("silver/T", "gold/T_current"):
        rows = DeltaLakeReader().Read(foreset.lake / name).Select(wanted.columns)
        assert not (difference := Differences(wanted, rows, "source", name)), difference


def test_an_optimize_by_spark_is_followed(shop, spark):
    for name in ("bronze/T", "silver/T", "gold/T_current", "gold/T_history"):
        before = Versions(shop.lake / name)[-1]
        spark.session.sql(f"OPTIMIZE delta.`{shop.lake / name}`").collect()
        assert Versions(shop.lake / name)[-1] > before, f"Spark found nothing to compact in {name}"
    shop.server.sql("UPDATE T SET v = 20 WHERE id = 2; DELETE FROM T WHERE id = 1; INSERT INTO T VALUES (4, 4)", DATABASE)
    shop.Run()
    AssertEqualToSource(shop)


def test_an_optimize_while_the_pipeline_runs_is_followed(shop, spark):
    shop.Start()
    shop.server.sql("INSERT INTO T VALUES (4, 4)", DATABASE)
    shop.Verify()
    for name in ("bronze/T", "silver/T", "gold/T_history"):
        spark.session.sql(f"OPTIMIZE delta.`{shop.lake / name}`").collect()
    shop.server.sql("UPDATE T SET v = v + 1", DATABASE)
    shop.Verify()
    shop.Stop()
    AssertEqualToSource(shop)


@pytest.mark.parametrize("name", ["silver/T", "gold/T_current"])
def test_an_append_by_spark_stops_the_table(shop, spark, name):
    path = shop.lake / name
    spark.session.sql(f"INSERT INTO delta.`{path}` (id, v) VALUES (99, 99)")
    version = Versions(path)[-1]
    shop.server.sql("UPDATE T SET v = 20 WHERE id = 2", DATABASE)
    outcome = shop.Run(exits=None)
    assert outcome.code not in (0, 2), f"nobody noticed:\n{outcome}"
    assert "T" in outcome.err
    assert 99 in DeltaLakeReader().Read(path, version).Column("id")
    assert Versions(path)[-1] == version, "the foreign version was built upon"


def test_a_delete_by_spark_stops_the_table(shop, spark):
    path = shop.lake / "silver" / "T"
    spark.session.sql(f"DELETE FROM delta.`{path}` WHERE id = 2")
    version = Versions(path)[-1]
    shop.server.sql("UPDATE T SET v = 20 WHERE id = 1", DATABASE)
    assert shop.Run(exits=None).code not in (0, 2)
    assert Versions(path)[-1] == version


def test_our_tables_can_be_read_with_their_change_history_by_spark(shop, spark):
    history = spark.session.sql(f"DESCRIBE HISTORY delta.`{shop.lake / 'silver' / 'T'}`").collect()
    assert all("foreset" in (row["engineInfo"] or "").lower() for row in history)
    assert [row["version"] for row in history] == sorted(Versions(shop.lake / "silver" / "T"), reverse=True)


def test_deltalake_can_vacuum_what_it_may(shop):
    """A dry run names no file that a version of the last week needs."""
    for name in ("bronze/T", "silver/T", "gold/T_history"):
        assert DeltaTable(str(shop.lake / name)).vacuum(dry_run=True) == []
