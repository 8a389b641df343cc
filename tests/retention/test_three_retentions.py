# SPDX-License-Identifier: MIT
"""A pipeline that lives through four retention periods: what it keeps, uses and takes to begin again is then the same as before.

The retention is short by its setting; the commits are real. FORESET_RETENTION_SECONDS says how long it is (150: three
thousand versions and more, since a log is looked at every thousand).
"""

import os
import statistics
import threading
import time

import pytest
from deltalake import DeltaTable

from tests.harness.program import Foreset
from tests.servers import KINDS

DATABASE = "kept"
RETENTION = int(os.environ.get("FORESET_RETENTION_SECONDS", "150"))
PERIODS = 4
KEYS = 200
LOGS = ("silver/T", "gold/T_current", "gold/T_history", "bronze/T", "bronze/_epochs")


class Load(threading.Thread):
    """Changes one row after the other until told to end."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.ends, self.changes = server, threading.Event(), 0

    def run(self):
        while not self.ends.is_set():
            first = self.changes
            self.server.sql("".join(f"UPDATE T SET v = {first + i} WHERE id = {(first + i) * 7 % KEYS};"
                                    "DO SLEEP(0.03);" for i in range(100)), DATABASE)
            self.changes += 100


def Resident(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


def SizeOf(path):
    """0 of a file that has gone meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def Look(foreset, log):
    names = [path.name for path in (foreset.lake / log / "_delta_log").iterdir()]
    size = sum(map(SizeOf, (foreset.lake / log / "_delta_log").glob("*.checkpoint.parquet")))
    return len(names), size, sum(1 for path in (foreset.lake / log).iterdir() if path.is_file())


@pytest.mark.timeout(1800 + 10 * PERIODS * RETENTION)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_third_retention_is_as_the_second(kind, tmp_path):
    with KINDS[kind]() as server:
        server.sql(f"CREATE DATABASE {DATABASE}")
        rows = ",".join(f"({key}, 0)" for key in range(KEYS))
        server.sql(f"CREATE TABLE T (id INT PRIMARY KEY, v INT); INSERT INTO T VALUES {rows}", DATABASE)
        foreset = Foreset(tmp_path, server, DATABASE, {
            "commit": {"interval": "20ms"}, "maintenance": {"log_retention": f"{RETENTION}s"}})
        foreset.Run()
        load = Load(server)
        load.start()
        process = foreset.Start()
        periods, restarts = [], []
        for period in range(PERIODS):
            samples = []
            until = time.monotonic() + RETENTION
            while time.monotonic() < until:
                time.sleep(1)
                samples.append([Resident(process.pid), *(value for log in LOGS for value in Look(foreset, log))])
            periods.append([statistics.mean(column) for column in zip(*samples)])
        load.ends.set()
        load.join()
        foreset.Stop()
        begun = time.monotonic()
        foreset.Run()
        restarts.append(time.monotonic() - begun)
        names = ["MiB resident", *(f"{log}: {what}" for log in LOGS
                                   for what in ("files of the log", "bytes of checkpoints", "other files"))]
        for name, *values in zip(names, *periods):
            print(f"{name:45}", *(f"{value:12.1f}" for value in values))
        print(f"{load.changes} changes; {DeltaTable(foreset.lake / 'silver' / 'T').version()} versions of silver;"
              f" {restarts[0]:.2f} s to begin again")
        for name, *values in zip(names, *periods):
            second, third, fourth = values[1:4]
            # Looks are far apart: what lies between them at the end of a period is not the same in all.
            assert fourth <= 1.1 * max(second, third), f"{name}: {values}"
        foreset.Verify()
