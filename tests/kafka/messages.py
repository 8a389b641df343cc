# SPDX-License-Identifier: MIT
"""Records as Debezium's MySQL connector writes them, made by hand: what a real one does not do on demand."""

import json

SERVER = 7
EPOCH_MS = 1_795_472_000_000
TYPES = {"INT": (4, None), "BIGINT": (-5, None), "VARCHAR": (12, 20), "VARBINARY": (-3, 20), "DECIMAL": (3, 10)}


class Topics:
    """The topics of one made-up connector, in one database."""

    def __init__(self, kafka, prefix, database, schema_topic=True):
        self.kafka, self.prefix, self.database = kafka, prefix, database
        if schema_topic:
            kafka.create_topic(prefix)

    def Name(self, table):
        return f"{self.prefix}.{self.database}.{table}"

    def Create(self, table, columns, key=("id",), position=100, partitions=1):
        """A table as the snapshot describes it, and its topic."""
        self.kafka.create_topic(self.Name(table), partitions)
        if columns:
            self.Statement(f"CREATE TABLE {table} (…)", table, columns, position, key=key, kind="CREATE",
                           snapshot="true")

    def Statement(self, ddl, table, columns, position, key=("id",), kind="ALTER", was=None, **source):
        """A record of the schema-change topic: `table` has these columns, by their types, from `position` on."""
        described = {
            "type": kind, "id": f'"{self.database}"."{table}"' if was is None else
            f'"{self.database}"."{was}","{self.database}"."{table}"',
            "table": {"defaultCharsetName": "utf8mb4", "primaryKeyColumnNames": list(key), "comment": None, "columns": [
                Column(number, name, kind_of, name not in key)
                for number, (name, kind_of) in enumerate(columns.items(), 1)]}}
        record = {"source": self.Source(table, position, **source), "ts_ms": EPOCH_MS, "databaseName": self.database,
                  "schemaName": None, "ddl": ddl, "tableChanges": [described]}
        self.kafka.produce(self.prefix, [(json.dumps({"databaseName": self.database}), json.dumps(record))])

    def Source(self, table, position, file="mysql-bin.000001", row=0, at=None, snapshot="false", gtid=None,
               server_id=SERVER, connector="mysql"):
        at = EPOCH_MS + position if at is None else at
        return {"version": "3.6.1.Final", "connector": connector, "name": self.prefix, "ts_ms": at, "ts_us": at * 1000,
                "snapshot": snapshot, "db": self.database, "table": table, "gtid": gtid, "file": file, "pos": position,
                "row": row, "thread": None, "query": None, "server_id": 0 if snapshot != "false" else server_id}

    def Row(self, table, operation, position, row, before=None, schema=None, **source):
        """(key, value) of a change; `row` is the new row, of a delete the old one. `schema` makes it carry its Connect
        schema: {name: type of Connect}."""
        envelope = {"before": row if operation == "d" else before, "after": None if operation == "d" else row,
                    "source": self.Source(table, position, **source), "transaction": None, "op": operation,
                    "ts_ms": EPOCH_MS}
        key = {"id": row["id"]}
        if schema is None:
            return json.dumps(key), json.dumps(envelope)
        fields = [{"type": kind, "optional": name != "id", "field": name} for name, kind in schema.items()]
        image = lambda name: {"type": "struct", "fields": fields, "optional": True, "field": name}
        of_row = {"type": "struct", "fields": [image("before"), image("after"), {"type": "string", "field": "op"}]}
        of_key = {"type": "struct", "fields": [field for field in fields if field["field"] == "id"]}
        return (json.dumps({"schema": of_key, "payload": key}), json.dumps({"schema": of_row, "payload": envelope}))

    def Unwrapped(self, table, operation, position, row, **source):
        """(key, value) of a row as ExtractNewRecordState leaves it, with what it is told to add."""
        told = self.Source(table, position, **source)
        added = {f"__source_{name}": told[name] for name in
                 ("file", "pos", "row", "gtid", "ts_us", "snapshot", "db", "table", "server_id", "connector")}
        value = {**row, "__op": operation, "__deleted": "true" if operation == "d" else "false", **added}
        return json.dumps({"id": row["id"]}), json.dumps(value)

    def Put(self, table, *records):
        self.kafka.produce(self.Name(table), records)


def Column(number, name, kind, optional):
    jdbc, length = TYPES[kind]
    return {"name": name, "jdbcType": jdbc, "nativeType": None, "typeName": kind, "typeExpression": kind,
            "charsetName": "utf8mb4" if kind == "VARCHAR" else None, "length": length,
            "scale": 2 if kind == "DECIMAL" else None, "position": number, "optional": optional,
            "autoIncremented": False, "generated": False, "comment": None, "defaultValueExpression": None,
            "enumValues": None}
