# SPDX-License-Identifier: MIT
"""Makes the Delta tables of the golden tests, and writes beside each what its own writer reads of it.

    python3 -m tests.golden.make_tables    makes them in the cache, unless they are there, and says where

`<name>/table` is the table. `<name>/rows-<version>.arrow` has the rows that the engine that wrote it reads at that version:
the latest one, and one before. Nothing here comes from Foreset. The cache is stamped by these scripts and the versions of
the writers.
"""

import fcntl
import hashlib
import importlib.metadata
import shutil

import pyarrow as pa

from tests.golden import deltalake_tables, edited_logs, handmade_logs, recipes, recipes_of_logs
from tests.harness.program import ROOT
from tests.harness.readers import DeltaLakeReader, SparkReader, Versions, WithVariantTexts
from tests.servers.server_process import CACHE

WRITERS = ("pyspark", "delta-spark", "deltalake", "pyarrow")
SPARK = {name: text for part in (recipes.TYPES, recipes.PARTITIONS, recipes.SCHEMAS, recipes_of_logs.CHECKPOINTS,
                                 recipes_of_logs.ROWS_HIDDEN, recipes_of_logs.COMMITS) for name, text in part.items()}
READABLE = (*SPARK, *edited_logs.COPIES, *deltalake_tables.TABLES, *handmade_logs.READABLE)
COMPLETE = "complete"
KEPT = 3  # makes of other checkouts, whose tests may be running


def Stamp():
    digest = hashlib.sha256((ROOT / "scripts" / "spark-jars.pom.xml").read_bytes())
    for script in sorted((ROOT / "tests" / "golden").glob("*.py")):
        if not script.name.startswith("test_"):
            digest.update(script.read_bytes())
    for name in WRITERS:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    return digest.hexdigest()[:16]


def CachedTables():
    """The folder with the tables, made if it is not there. Paths inside are absolute: it stays where it was made."""
    parent = CACHE / "golden"
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / Stamp()
    with (parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / COMPLETE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            made = sorted((path.parent for path in parent.glob(f"*/{COMPLETE}")), key=lambda path: path.stat().st_mtime)
            for old in made[:-KEPT]:
                shutil.rmtree(old)
            folder.mkdir()
            Make(folder)
    return folder


def SampledVersions(table):
    """The latest version, and one in the middle."""
    versions = Versions(table)
    return sorted({versions[-1], versions[(len(versions) - 1) // 2]})


def Keep(folder, version, rows):
    with pa.ipc.new_file(str(folder / f"rows-{version}.arrow"), rows.schema) as writer:
        writer.write_table(rows)


def MakeBySpark(spark, root, name):
    """Runs the recipe, takes its settings back, does what is to be done to the log, then reads."""
    folder = root / name
    table = folder / "table"
    text = SPARK[name].replace("{t}", f"delta.`{table}`").replace("{root}", str(root))
    statements = [part.strip() for part in text.split(";\n") if part.strip()]
    before = spark.session.conf.getAll
    for statement in statements:
        spark.session.sql(statement).collect()
    for setting in (statement.split()[1] for statement in statements if statement.startswith("SET ")):
        if setting in before:
            spark.session.conf.set(setting, before[setting])
        else:
            spark.session.conf.unset(setting)
    if name in edited_logs.EDITS:
        edited_logs.EDITS[name](table, spark)
    KeepRowsOfSpark(spark, folder)


def CopyAndEdit(spark, root, name):
    original, edit = edited_logs.COPIES[name]
    shutil.copytree(root / original / "table", root / name / "table")
    edit(root / name / "table", spark)
    KeepRowsOfSpark(spark, root / name)


def KeepRowsOfSpark(spark, folder):
    spark.Forget()
    for version in SampledVersions(folder / "table"):
        Keep(folder, version, WithVariantTexts(spark.Frame(folder / "table", version)).toArrow())


def MakeByDeltaLake(root, name):
    folder = root / name
    deltalake_tables.TABLES[name](str(folder / "table"))
    for version in SampledVersions(folder / "table"):
        Keep(folder, version, DeltaLakeReader().Table(folder / "table", version))


def Make(root):
    spark = SparkReader()
    try:
        for name in SPARK:
            MakeBySpark(spark, root, name)
        for name in edited_logs.COPIES:
            CopyAndEdit(spark, root, name)
    finally:
        spark.Stop()
    for name in deltalake_tables.TABLES:
        MakeByDeltaLake(root, name)
    for name, make in handmade_logs.READABLE.items():
        rows = make(root / name / "table")
        Keep(root / name, Versions(root / name / "table")[-1], rows)
    for name, make in handmade_logs.REFUSED.items():
        make(root / name / "table")
    (root / COMPLETE).touch()


if __name__ == "__main__":
    print(CachedTables())
