# SPDX-License-Identifier: MIT
"""Measures the built program against a private server, prints a table, and says which floors are met."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from bench.kafka_side_by_side import FULL_EVENTS, Lines, SideBySide
from bench.measured import Measured
from tests.servers.mariadb import MariaDbServer
from tests.servers.mysql import MySqlServer

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
EXAMPLE = ROOT / "examples" / "online_store" / "online_store.sql"
SERVERS = {"mariadb": MariaDbServer, "mysql": MySqlServer}
FLOOR_BACKFILL = 200_000  # rows/s
FLOOR_BINLOG = 100_000  # changes/s through all three layers
FLOOR_UPSERT = 20  # ms
FLOOR_MEMORY = 512  # MiB at two million rows a table


class Bench:
    """One server, one lake, and the lines of the table."""

    def __init__(self, directory):
        self.server = None
        self.directory = pathlib.Path(directory)
        self.config = None
        self.lines = []

    def Config(self, name, database):
        """A configuration file for a lake of its own."""
        path = self.directory / f"{name}.yaml"
        path.write_text(f"""name: {name}
source:
  mysql: {{host: 127.0.0.1, port: {self.server.port}, user: root, password: "${{env:MYSQL_PASSWORD}}",
          tables: ["{database}.*"]}}
lake: {{bronze: {name}/bronze, silver: {name}/silver, gold: {name}/gold}}
""")
        return path

    def Foreset(self, *arguments):
        return Measured([BUILD / "foreset", *arguments], {"MYSQL_PASSWORD": self.server.root_password})

    def Generate(self, config, *arguments):
        run = self.Foreset("generate", "-c", config, "-o", "json", *arguments)
        return json.loads(run.out)["changes"]

    def Sql(self, *statements):
        connection = self.server.connect(database="online_store")
        try:
            with connection.cursor() as cursor:
                return sum(cursor.execute(statement) for statement in statements)
        finally:
            connection.close()

    def Note(self, what, amount, unit, run, floor=None):
        """A line of throughput: `amount` things in that run."""
        rate = amount / run.seconds
        self.lines.append({"what": what, "amount": amount, "unit": unit, "seconds": round(run.seconds, 2),
                           "per_second": round(rate), "cpu_seconds": round(run.cpu, 2),
                           "cpu_us_each": round(run.cpu / amount * 1e6, 2), "peak_mib": round(run.peak),
                           "floor": floor, "met": None if floor is None else rate >= floor})
        self.Show(self.lines[-1])

    def NoteValue(self, what, value, unit, floor):
        """A line of one value that must stay below its floor."""
        self.lines.append({"what": what, "value": round(value, 2), "unit": unit, "floor": floor,
                           "met": None if floor is None else value <= floor})
        self.Show(self.lines[-1])

    @staticmethod
    def Show(line):
        met = "" if line["met"] is None else f"floor {line['floor']:,}: {'met' if line['met'] else 'MISSED'}"
        if "value" in line:
            print(f"{line['what']:<52} {line['value']:>12,} {line['unit']:<10} {met}", flush=True)
        else:
            print(f"{line['what']:<52} {line['per_second']:>12,} {line['unit'] + '/s':<10} {line['seconds']:>8.1f} s"
                  f" {line['cpu_seconds']:>8.1f} CPU-s {line['peak_mib']:>6} MiB  {met}", flush=True)

    # The measurements, in the order in which they need each other.

    def Backfill(self, rows):
        self.config = self.Config("shop", "online_store")
        made = self.Generate(self.config, "--rows", rows, "--connections", 2)
        self.Note("backfill, all tables, three layers", made, "rows",
                  self.Foreset("run", "-c", self.config, "--until-current"), FLOOR_BACKFILL)

    def Binlog(self, rows):
        """Inserts, updates and deletes in transactions of about a thousand rows."""
        made = self.Generate(self.config, "--rows", rows, "--connections", 2, "--seed", 2)
        made += self.ChangeInSteps("Orders", "UPDATE Orders SET StatusID = StatusID % 5 + 1 WHERE {}", rows // 4)
        made += self.ChangeInSteps("Products", "UPDATE Products SET Price = Price + 1 WHERE {}", rows // 20)
        made += self.ChangeInSteps("Reviews", "DELETE FROM Reviews WHERE {}", rows // 20)
        self.Note("binlog, transactions of 1,000 rows, three layers", made, "changes",
                  self.Foreset("run", "-c", self.config, "--until-current"), FLOOR_BINLOG)

    def ChangeInSteps(self, table, statement, rows):
        """Runs a statement over a table's newest rows, a thousand keys a transaction; returns how many rows changed."""
        key = {"Orders": "OrderID", "Products": "ProductID", "Reviews": "ReviewID"}[table]
        ((highest,),) = self.server.query(f"SELECT MAX({key}) FROM {table}", "online_store")
        lowest = max(1, highest - rows)
        return self.Sql(*(statement.format(f"{key} BETWEEN {at} AND {min(at + 999, highest)}")
                          for at in range(lowest, highest + 1, 1000)))

    def SmallTransactions(self, changes):
        made = self.Generate(self.config, "--changes", changes, "--connections", 2, "--seed", 3)
        self.Note("binlog, a shop's small transactions, three layers", made, "changes",
                  self.Foreset("run", "-c", self.config, "--until-current"), None)

    def Replay(self):
        """Silver and gold from bronze alone."""
        ((events,),) = [(sum(line["amount"] for line in self.lines if "amount" in line),)]
        for layer in ("silver", "gold"):
            self.Foreset("reset", "-c", self.config, "--layer", layer, "--yes")
        self.Note("replay of bronze into silver and gold", events, "changes",
                  self.Foreset("run", "-c", self.config, "--layer", "silver", "--layer", "gold", "--until-current"), None)

    def LargeTable(self, rows):
        """One table of that many rows, then one change: the memory that a long run needs."""
        self.server.query("CREATE DATABASE large")
        self.server.query("CREATE TABLE large.Customers LIKE online_store.Customers")
        config = self.Config("large", "large")
        self.Generate(config, "--rows", f"Customers={rows}", "--connections", 2)
        self.server.query("INSERT INTO large.Customers SELECT * FROM online_store.Customers ORDER BY CustomerID DESC"
                          f" LIMIT {rows}")
        first = self.Foreset("run", "-c", config, "--until-current")
        self.Note(f"backfill of one table of {rows:,} rows", rows, "rows", first, FLOOR_BACKFILL)
        self.server.query("UPDATE large.Customers SET PhoneNumber = '+44 20 5550 0100' ORDER BY CustomerID LIMIT 1000")
        again = self.Foreset("run", "-c", config, "--until-current")
        self.NoteValue(f"peak memory, table of {rows:,} rows", max(first.peak, again.peak), "MiB", FLOOR_MEMORY)

    def Disk(self):
        """What the disk itself takes to make one small new file durable: no commit can be faster than two of them."""
        times = []
        for number in range(50):
            path = self.directory / f"sync-{number}"
            begin = time.monotonic()
            with path.open("wb") as file:
                file.write(b"x" * 4096)
                file.flush()
                os.fsync(file.fileno())
            folder = os.open(self.directory, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
            times.append(time.monotonic() - begin)
            path.unlink()
        self.NoteValue("the disk: one small file made durable, median", sorted(times)[25] * 1000, "ms", None)

    def Upsert(self, sizes):
        self.Disk()
        for rows in sizes:
            folder = self.directory / f"upsert-{rows}"
            said = json.loads(Measured([BUILD / "bench" / "foreset_bench_upsert", folder, rows, 300]).out)
            self.NoteValue(f"one-row silver commit, {rows:,} rows, median", said["median_ms"], "ms", FLOOR_UPSERT)
            self.NoteValue(f"one-row silver commit, {rows:,} rows, 99 %", said["p99_ms"], "ms", None)
            shutil.rmtree(folder)


def Load(server):
    command = ["mariadb", "--no-defaults", "-uroot", "-S", str(server.socket)]
    with EXAMPLE.open() as script:
        subprocess.run(command, stdin=script, check=True, env={**os.environ, "MYSQL_PWD": server.root_password})


def MeasureNative(bench, parts, options):
    """What the program takes by itself, from the server's binlog to a local lake."""
    Load(bench.server)
    if "upsert" in parts:
        bench.Upsert([100_000, 2_000_000])
    if "shop" in parts:
        bench.Backfill(options.rows)
        bench.Binlog(options.changes)
        bench.SmallTransactions(options.small_changes)
        bench.Replay()
    if "large" in parts:
        bench.LargeTable(options.rows)


def Main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--server", choices=sorted(SERVERS), default="mariadb")
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the backfill and of the large table")
    parser.add_argument("--changes", type=int, default=1_000_000, help="changes in the binlog")
    parser.add_argument("--small-changes", type=int, default=100_000, help="changes in small transactions")
    parser.add_argument("--only", default="shop,large,upsert,kafka", help="parts: shop, large, upsert, kafka")
    parser.add_argument("--events", type=int, default=FULL_EVENTS, help="records of the comparison over Kafka")
    parser.add_argument("--result", type=pathlib.Path, default=ROOT / "build" / "bench" / "result.json")
    parser.add_argument("--directory", help="where lakes and server go (default: a temporary directory)")
    options = parser.parse_args()
    directory = pathlib.Path(options.directory or tempfile.mkdtemp(prefix="foreset-bench-"))
    directory.mkdir(parents=True, exist_ok=True)
    parts = options.only.split(",")
    tuning = {"innodb_buffer_pool_size": "1G", "innodb_flush_log_at_trx_commit": 0}
    if options.server == "mariadb":
        tuning["innodb_log_file_size"] = "512M"
    else:
        tuning["innodb_redo_log_capacity"] = "1G"
    bench = Bench(directory)
    try:
        if {"shop", "large", "upsert"} & set(parts):
            with SERVERS[options.server](**tuning) as server:
                bench.server = server
                MeasureNative(bench, parts, options)
        if "kafka" in parts:
            for line in Lines(SideBySide(directory, options.events).Run()):
                bench.lines.append(line)
                bench.Show(line)
    finally:
        if not options.directory:
            shutil.rmtree(directory, ignore_errors=True)
    options.result.parent.mkdir(parents=True, exist_ok=True)
    options.result.write_text(json.dumps({"server": options.server, "cores": os.cpu_count(), "lines": bench.lines}, indent=1))
    missed = [line["what"] for line in bench.lines if line["met"] is False]
    print(f"{len(missed)} floors missed" + "".join(f"\n  {what}" for what in missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(Main())
