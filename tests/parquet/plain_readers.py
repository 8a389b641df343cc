# SPDX-License-Identifier: MIT
"""Readers that know Parquet files and folders, and nothing of Delta or of Foreset's manifest.

Names that begin with `_` are hidden, as Spark, Hive and Arrow have it. Where a folder stands for a date its column is left
out: it is the folder's, not the table's.
"""

import pathlib
import time

import duckdb
import pyarrow as pa
import pyarrow.dataset as pads
import pyarrow.parquet as pq

from tests.harness.values import Rows

PARTITION = "date"
TRIES = 20


def Glob(path):
    """What a recursive glob of `*.parquet` finds, without what is hidden."""
    path = pathlib.Path(path)
    return sorted(file for file in path.rglob("*.parquet")
                  if not any(part.startswith("_") for part in file.relative_to(path).parts))


def Parted(path):
    return any(pathlib.Path(path).glob(f"{PARTITION}=*"))


class GlobReader:
    """File by file. A file that is replaced between the listing and the reading is no longer there: again, then."""

    name = "a plain glob"

    def Table(self, path, version=None, options=None):
        assert version is None and options is None, "there are no versions in Parquet mode"
        for _ in range(TRIES):
            try:
                tables = [pq.ParquetFile(file).read() for file in Glob(path)]
                if tables:
                    return pa.concat_tables(tables, promote_options="permissive")
            except FileNotFoundError:
                pass
            time.sleep(0.05)  # the table is being made, or its files are being exchanged
        raise AssertionError(f"the files of {path} are gone whenever they are read")

    def Read(self, path, version=None, options=None):
        return Rows.FromArrow(self.Table(path, version, options))


class DatasetReader:
    """pyarrow.dataset on the folder. It knows no members of structs that only some files have: bronze's before and after
    may have such after a schema change."""

    name = "pyarrow.dataset"

    def Read(self, path):
        found = pads.dataset(path, format="parquet", partitioning="hive" if Parted(path) else None)
        schema = pa.unify_schemas([fragment.physical_schema for fragment in found.get_fragments()])
        columns = [name for name in schema.names if not (Parted(path) and name == PARTITION)]
        return Rows.FromArrow(pads.dataset(path, schema=schema, format="parquet").to_table(columns=columns))


class DuckDbReader:
    """DuckDB's read_parquet."""

    name = "DuckDB"

    def Read(self, path):
        pattern = f"{path}/{PARTITION}=*/*.parquet" if Parted(path) else f"{path}/*.parquet"
        with duckdb.connect() as session:
            session.execute("SET TimeZone = 'UTC'")
            read = "SELECT * FROM read_parquet(?, union_by_name = true, hive_partitioning = false)"
            return Rows.FromArrow(session.execute(read, [pattern]).to_arrow_table())


class SparkParquetReader:
    """`spark.read.parquet(folder)` in the session of another reader, without anything of Delta."""

    name = "Spark"

    def __init__(self, spark):
        self.session = spark.session

    def Read(self, path):
        frame = self.session.read.option("mergeSchema", "true").parquet(str(path))
        return Rows.FromArrow((frame.drop(PARTITION) if Parted(path) else frame).toArrow())
