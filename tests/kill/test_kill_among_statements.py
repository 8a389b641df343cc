# SPDX-License-Identifier: MIT
"""SIGKILL at random moments while the source's tables are altered, swapped, renamed, emptied, dropped and made: source,
silver and gold are equal in the end, and bronze holds each change once.

FORESET_STATEMENT_KILLS says how many kills each server sees (15), FORESET_SEED repeats a run.
"""

import contextlib
import os
import random
import subprocess

import pytest

from tests.harness.program import Foreset
from tests.kill.alterations import PASSING, Alterations
from tests.kill.binlog_changes import EndOfLog, PlacedChanges
from tests.kill.oracles import AssertBronzeIsTheBinlog, AssertLayersAreTheSource

DATABASE = "altered"
KILLS = int(os.environ.get("FORESET_STATEMENT_KILLS", "15"))
SEED = int(os.environ.get("FORESET_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
LONGEST_S = 1.6


@pytest.mark.timeout(1800)
def test_killed_while_tables_are_altered(source, tmp_path):
    print(f"FORESET_SEED={SEED}")
    rng = random.Random(SEED)
    source.sql(f"DROP DATABASE IF EXISTS {DATABASE}")
    begin = EndOfLog(source)
    load = Alterations(source, DATABASE, random.Random(SEED + 1))
    lake = Foreset(tmp_path, source, DATABASE)
    with contextlib.ExitStack() as stack:
        stack.callback(lake.Discard)
        stack.enter_context(load)
        for _ in range(KILLS):
            process = lake.Start()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.0, LONGEST_S))
            lake.Kill()
            load.Check()
    print(f"{KILLS} kills; statements: {load.counts}")
    assert KILLS < 10 or len(load.counts) == 6, f"the load made only {load.counts}"
    lake.Run(timeout=300)
    lake.Verify()
    AssertLayersAreTheSource(lake)
    AssertBronzeIsTheBinlog(lake, PlacedChanges(source, DATABASE, *begin), PASSING)
