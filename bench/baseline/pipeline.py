# SPDX-License-Identifier: MIT
"""What a competent engineer writes with PySpark and delta-spark for MySQL → Debezium → Kafka → Delta: bronze (the records,
appended), silver (the latest row a key, by MERGE), gold (current by MERGE, history by append). One application, one streaming
query a table and layer, `availableNow`; it ends with a line of JSON: how many records it read and what that took.

The connector's `decimal.handling.mode` is string; its other settings are the defaults.
"""

import argparse
import glob
import json
import os
import time

from delta.tables import DeltaTable
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as f

MICROS, MILLIS, ISO = "timestamp_micros({})", "timestamp_millis({})", "to_timestamp({})"
PRICE, AMOUNT = "cast({} as decimal(10,2))", "cast({} as decimal(12,2))"
# Table -> its key, and its columns: the type in JSON, and how the value becomes the table's.
TABLES = {
    "Customers": ("CustomerID", {
        "CustomerID": ("int", "{}"), "Name": ("string", "trim({})"), "Email": ("string", "lower(trim({}))"),
        "PhoneNumber": ("string", "{}"), "Address": ("string", "{}"), "City": ("string", "{}"), "CreatedAt": ("bigint", MICROS),
        "UpdatedAt": ("string", ISO)}),
    "Sellers": ("SellerID", {
        "SellerID": ("int", "{}"), "Name": ("string", "trim({})"), "Email": ("string", "lower(trim({}))"),
        "PhoneNumber": ("string", "{}"), "Rating": ("string", "cast({} as decimal(3,2))"),
        "IsActive": ("int", "cast({} as boolean)"), "CreatedAt": ("bigint", MILLIS)}),
    "Products": ("ProductID", {
        "ProductID": ("int", "{}"), "SellerID": ("int", "{}"), "Name": ("string", "{}"), "Description": ("string", "{}"),
        "Category": ("string", "{}"), "Price": ("string", PRICE), "Stock": ("bigint", "{}"), "Attributes": ("string", "{}"),
        "CreatedAt": ("bigint", MILLIS)}),
    "Orders": ("OrderID", {
        "OrderID": ("int", "{}"), "CustomerID": ("int", "{}"), "OrderDate": ("bigint", MILLIS), "Status": ("string", "{}"),
        "TotalAmount": ("string", AMOUNT), "ReasonID": ("int", "{}"), "UpdatedAt": ("string", ISO)}),
    "OrderItems": ("OrderItemID", {
        "OrderItemID": ("int", "{}"), "OrderID": ("int", "{}"), "ProductID": ("int", "{}"), "Quantity": ("int", "{}"),
        "UnitPrice": ("string", PRICE), "Discount": ("double", "{}")}),
    "Payments": ("PaymentID", {
        "PaymentID": ("bigint", "{}"), "OrderID": ("int", "{}"), "Method": ("string", "{}"), "Amount": ("string", AMOUNT),
        "PaymentDate": ("bigint", MILLIS), "Status": ("string", "{}")}),
    "Reasons": ("ReasonID", {
        "ReasonID": ("int", "{}"), "ReasonType": ("string", "{}"), "Description": ("string", "{}")}),
}  # fmt: skip
ORDER = ["_event_ts", "_file", "_pos", "_row", "_offset"]
NEWER = f"struct({', '.join(f's.{name}' for name in ORDER)}) > struct({', '.join(f't.{name}' for name in ORDER)})"


def Session(jars):
    settings = {
        "spark.jars": ",".join(sorted(glob.glob(f"{jars}/*.jar"))),
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.driver.memory": "4g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": "-Xss8m",
        "spark.ui.enabled": "false",
        "spark.scheduler.mode": "FAIR",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "false",
        "spark.databricks.delta.snapshotPartitions": "2",
        "spark.databricks.delta.schema.autoMerge.enabled": "true",
    }
    builder = SparkSession.builder.master("local[2]").appName("baseline")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


class Pipeline:
    def __init__(self, session, options):
        self.session = session
        self.options = options

    def Records(self, table):
        reader = self.session.readStream.format("kafka").option("kafka.bootstrap.servers", self.options.bootstrap)
        reader = reader.option("subscribe", f"{self.options.prefix}.{table}").option("startingOffsets", "earliest")
        return reader.option("failOnDataLoss", "false").load()

    def Changes(self, table):
        """The row after the change (before it, for a delete) and where the change stood in the binlog. No tombstones."""
        columns = TABLES[table][1]
        row = f"struct<{','.join(f'`{name}`:{kind}' for name, (kind, _) in columns.items())}>"
        source = "struct<ts_ms:bigint,file:string,pos:bigint,row:int>"
        envelope = f"before {row}, after {row}, source {source}, op string"
        records = self.Records(table).where("value is not null")
        events = records.select(f.from_json(f.col("value").cast("string"), envelope).alias("e"), "offset")
        events = events.where("e.op in ('c', 'u', 'd', 'r')").withColumn("r", f.expr("if(e.op = 'd', e.before, e.after)"))
        return events.select(
            *(f.expr(value.format(f"r.`{name}`")).alias(name) for name, (_, value) in columns.items()),
            f.col("e.op").alias("_op"), f.timestamp_millis("e.source.ts_ms").alias("_event_ts"),
            f.col("e.source.file").alias("_file"), f.col("e.source.pos").alias("_pos"),
            f.coalesce("e.source.row", f.lit(0)).alias("_row"), f.col("offset").alias("_offset"))

    def Merge(self, path, changes, table):
        """The latest change of each key into the table of current rows."""
        key, columns = TABLES[table]
        latest = Window.partitionBy(key).orderBy(*(f.col(name).desc() for name in ORDER))
        changes = changes.withColumn("_n", f.row_number().over(latest)).where("_n = 1").drop("_n")
        names = [*columns, *ORDER]
        session = changes.sparkSession
        if not DeltaTable.isDeltaTable(session, path):
            changes.limit(0).select(*names).write.format("delta").mode("ignore").save(path)
        values = {name: f"s.`{name}`" for name in names}
        merge = DeltaTable.forPath(session, path).alias("t").merge(changes.alias("s"), f"t.`{key}` = s.`{key}`")
        merge = merge.whenMatchedDelete(f"s._op = 'd' and {NEWER}").whenMatchedUpdate(NEWER, set=values)
        merge.whenNotMatchedInsert("s._op <> 'd'", values=values).execute()

    def Start(self, writer, layer, table):
        place = f"{self.options.lake}/_checkpoints/{layer}_{table}"
        return writer.option("checkpointLocation", place).trigger(availableNow=True).start()

    def Bronze(self, table):
        records = self.Records(table).select(
            f.col("key").cast("string"), f.col("value").cast("string"), "topic", "partition", "offset",
            f.col("timestamp").alias("kafka_timestamp"), f.current_timestamp().alias("ingested_at"))
        writer = records.writeStream.format("delta").outputMode("append").option("path", f"{self.options.lake}/bronze/{table}")
        return self.Start(writer, "bronze", table)

    def Silver(self, table):
        path = f"{self.options.lake}/silver/{table}"
        writer = self.Changes(table).writeStream.foreachBatch(lambda changes, _: self.Merge(path, changes, table))
        return self.Start(writer, "silver", table)

    def Gold(self, table):
        path = f"{self.options.lake}/gold/{table}"

        def Batch(changes, number):
            changes.persist()
            try:
                kind = f.expr("case _op when 'd' then 'DELETE' when 'u' then 'UPDATE' else 'INSERT' end")
                history = changes.withColumn("change_type", kind).withColumn("changed_at", f.col("_event_ts"))
                history = history.withColumn("recorded_at", f.current_timestamp()).write.format("delta").mode("append")
                history.option("txnAppId", f"gold_{table}").option("txnVersion", number).save(f"{path}_history")
                self.Merge(f"{path}_current", changes, table)
            finally:
                changes.unpersist()

        return self.Start(self.Changes(table).writeStream.foreachBatch(Batch), "gold", table)

    def Run(self):
        """How many records the queries read, each layer for itself."""
        tables = self.options.tables.split(",")
        queries = [start(table) for start in (self.Bronze, self.Silver, self.Gold) for table in tables]
        for query in queries:
            query.awaitTermination()
        return sum(progress["numInputRows"] for query in queries for progress in query.recentProgress)


def Took(process):
    """(seconds of all cores, largest memory in MiB) of a process that runs."""
    with open(f"/proc/{process}/stat", encoding="utf-8") as stat, open(f"/proc/{process}/status", encoding="utf-8") as status:
        fields = stat.read().rsplit(")", 1)[1].split()
        peak = next(line for line in status if line.startswith("VmHWM")).split()[1]
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(peak) / 1024


def Main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jars", required=True, help="the folder with the jars of Delta and of Spark's Kafka source")
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--prefix", required=True, help="the topics are PREFIX.TABLE")
    parser.add_argument("--lake", required=True)
    parser.add_argument("--tables", default=",".join(TABLES))
    options = parser.parse_args()
    session = Session(options.jars)
    begin = time.monotonic()
    rows = Pipeline(session, options).Run()
    seconds = time.monotonic() - begin
    (python_cpu, python_peak), (jvm_cpu, jvm_peak) = Took(os.getpid()), Took(session.sparkContext._gateway.proc.pid)
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu": python_cpu + jvm_cpu, "peak_mib": python_peak + jvm_peak}))
    session.stop()


if __name__ == "__main__":
    Main()
