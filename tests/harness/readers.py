# SPDX-License-Identifier: MIT
"""Three readers of Delta tables: two that are not ours, and `foreset table cat`."""

import glob
import os
import pathlib

import pyarrow as pa

from tests.harness.values import Rows
from tests.servers.server_process import CACHE


def Versions(table, log="_delta_log"):
    """The versions whose commit is in the table's log, ascending."""
    log = pathlib.Path(table) / log
    return sorted(int(file.stem) for file in log.glob("[0-9]" * 20 + ".json"))


def EveryVersion():
    """Whether there is time to read every version of a table with every reader: `make soak`."""
    return bool(os.environ.get("FORESET_EVERY_VERSION"))


def Sampled(versions):
    """The latest version and two earlier ones, or all."""
    if EveryVersion():
        return versions
    return sorted({versions[-1], versions[max(0, len(versions) - 2)], versions[len(versions) // 2]})


def TablesUnder(directory):
    """Every Delta table below the directory: name relative to it -> path."""
    logs = sorted(pathlib.Path(directory).rglob("_delta_log"))
    return {str(log.parent.relative_to(directory)): log.parent for log in logs}


class DeltaLakeReader:
    """The `deltalake` package through its query engine: the only way of it that knows deletion vectors."""

    name = "deltalake"

    def Open(self, path, version=None, options=None):
        """The package's own table; `options` are those of its storage."""
        from deltalake import DeltaTable

        return DeltaTable(str(path), version=version, storage_options=options)

    def Table(self, path, version=None, options=None):
        """An Arrow table."""
        from deltalake import QueryBuilder

        opened = self.Open(path, version, options)
        return pa.table(QueryBuilder().register("t", opened).execute("SELECT * FROM t").read_all())

    def Read(self, path, version=None, options=None):
        return Rows.FromArrow(self.Table(path, version, options))


def VariantTexts(column, kind):
    """A Spark column with the JSON texts of its variants in their place, at every depth."""
    from pyspark.sql import functions, types

    if isinstance(kind, types.VariantType):
        return functions.to_json(column)
    if isinstance(kind, types.StructType):
        members = [VariantTexts(column.getField(member.name), member.dataType).alias(member.name) for member in kind]
        return functions.when(column.isNotNull(), functions.struct(*members)) if members else column
    if isinstance(kind, types.ArrayType):
        return functions.transform(column, lambda element: VariantTexts(element, kind.elementType))
    if isinstance(kind, types.MapType):
        return functions.transform_values(column, lambda _, value: VariantTexts(value, kind.valueType))
    return column


def WithVariantTexts(frame):
    """The frame itself, or one with texts where it has variants."""
    if "variant" not in frame.schema.simpleString():
        return frame
    columns = [VariantTexts(frame[f"`{field.name}`"], field.dataType).alias(field.name) for field in frame.schema]
    return frame.select(*columns)


class SparkReader:
    """PySpark with delta-spark. One session for a whole test process: it takes seconds to start."""

    name = "Spark"

    def __init__(self):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        from pyspark.sql import SparkSession

        settings = {
            "spark.jars": ",".join(sorted(glob.glob(str(CACHE / "jars" / "*.jar")))),
            "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
            "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "1500m",
            # No second compiler: a test process ends before its code would pay for the compiling.
            "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=192m -Xss8m",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.session.timeZone": "UTC",
            # The tables are small: planning and compiling would take longer than reading.
            "spark.sql.shuffle.partitions": "1",
            "spark.databricks.delta.snapshotPartitions": "1",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.adaptive.enabled": "false",
            # What it would show of the past fills the memory in a long test process.
            "spark.ui.retainedJobs": "1",
            "spark.ui.retainedStages": "1",
            "spark.ui.retainedTasks": "1",
            "spark.sql.ui.retainedExecutions": "1",
        }
        builder = SparkSession.builder.master("local[1]").appName("foreset-tests")
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")

    def Frame(self, path, version=None):
        reader = self.session.read.format("delta")
        if version is not None:
            reader = reader.option("versionAsOf", version)
        return reader.load(str(path))

    def Read(self, path, version=None):
        return Rows.FromArrow(self.Frame(path, version).toArrow())

    def Forget(self):
        """Lets go of the logs of the tables so far, which Delta keeps for an hour."""
        self.session._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()

    def Stop(self):
        self.session.stop()
