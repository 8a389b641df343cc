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
    """Changes one row after the other until told to end, except while it is to rest."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.changes = server, 0
        self.ends, self.rests, self.resting = threading.Event(), threading.Event(), threading.Event()

    def run(self):
        while not self.ends.is_set():
            if self.rests.is_set():
                self.resting.set()
                time.sleep(0.1)
                continue
            first = self.changes
            self.server.sql("".join(f"UPDATE T SET v = {first + i} WHERE id = {(first + i) * 7 % KEYS};"
                                    "DO SLEEP(0.03);" for i in range(100)), DATABASE)
            self.changes += 100

    def Rest(self):
        self.rests.set()
        self.resting.wait()

    def GoOn(self):
        self.rests.clear()
        self.resting.clear()


def OfPrograms():
    """Seconds of the processor that the programs which have ended took."""
    times = os.times()
    return times.children_user + times.children_system


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
    newest = max(int(name[:20]) for name in names if name[:20].isdigit() and name.endswith(".json"))
    size = sum(map(SizeOf, (foreset.lake / log / "_delta_log").glob("*.checkpoint.parquet")))
    return newest, len(names), size, sum(1 for path in (foreset.lake / log).iterdir() if path.is_file())


def OfPeriod(samples):
    """The mean of memory, and of each log's figures per 1,000 of its versions: their number is the machine's matter."""
    columns = list(zip(*samples))
    figures = [statistics.mean(columns[0])]
    for first in range(1, len(columns), 4):
        versions = columns[first][-1] - columns[first][0]
        figures += [1000 * statistics.mean(column) / versions for column in columns[first + 1:first + 4]]
    return figures


class Kept:
    """A pipeline that follows the load, period after period."""

    def __init__(self, foreset, load):
        self.foreset, self.load = foreset, load

    def Live(self, periods):
        """What it has in each of them."""
        process, lived = self.foreset.Start(), []
        for _ in range(periods):
            samples = []
            until = time.monotonic() + RETENTION
            while time.monotonic() < until:
                time.sleep(1)
                looks = (value for log in LOGS for value in Look(self.foreset, log))
                samples.append([Resident(process.pid), *looks])
            lived.append(OfPeriod(samples))
        self.foreset.Stop()
        return lived

    def TimeToBegin(self):
        """Seconds of the processor, the least of five, while nothing is changed."""
        self.load.Rest()
        times = []
        for _ in range(6):
            begun = OfPrograms()
            self.foreset.Run()
            times.append(OfPrograms() - begun)
        self.load.GoOn()
        return min(times[1:])


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
        kept = Kept(foreset, load)
        periods = kept.Live(PERIODS)
        begins = [kept.TimeToBegin()]
        kept.Live(1)
        begins.append(kept.TimeToBegin())
        load.ends.set()
        load.join()
        names = ["MiB resident", *(f"{log}, of 1,000 versions: {what}" for log in LOGS
                                   for what in ("files of the log", "bytes of checkpoints", "other files"))]
        for name, *values in zip(names, *periods):
            print(f"{name:60}", *(f"{value:12.1f}" for value in values))
        print(f"{load.changes} changes; {DeltaTable(foreset.lake / 'silver' / 'T').version()} versions of silver;"
              f" {begins[0]:.3f} and a period later {begins[1]:.3f} s to begin again")
        for name, *values in zip(names, *periods):
            second, third, fourth = values[1:4]
            # Looks are far apart: what lies between them at the end of a period is not the same in all.
            assert fourth <= 1.1 * max(second, third), f"{name}: {values}"
        assert begins[1] <= 1.1 * begins[0] + 0.02, begins
        foreset.Verify()
