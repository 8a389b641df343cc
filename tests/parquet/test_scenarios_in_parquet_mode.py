# SPDX-License-Identifier: MIT
"""The scenarios with every layer in Parquet mode: the same rows, for readers that know nothing but Parquet.

FORESET_PARQUET=all plays every scenario that asks for nothing of Delta's, otherwise some that stand for the others.
"""

import os
import pathlib

import pytest

from tests.parquet.parquet_runner import ParquetRunner
from tests.parquet.plain_readers import SparkParquetReader
from tests.scenarios.scenario_format import Parse
from tests.servers import KINDS

FOLDER = pathlib.Path(__file__).parent.parent / "scenarios"
REPRESENTATIVE = {
    "recipe",
    "faults/kill_between_current_and_history",
    "faults/lost_local_state_brings_nothing_back",
    "gold/named_dimensions",
    "keys/keyless_table",
    "recovery/kill_while_streaming",
    "recovery/killed_backfill",
    "schema/add_column",
    "schema/truncate",
    "schema/widening",
    "types/awkward_names",
    "types/numbers",
    "types/times",
}
# What asks for something that only Delta has, with the reason.
DELTA_ONLY = {
    "gold/rewrite_mode": "it is about the reader version that a Delta table asks for",
}


def Scenarios():
    every = os.environ.get("FORESET_PARQUET") == "all"
    for file in sorted(FOLDER.rglob("*.scenario")):
        name = str(file.relative_to(FOLDER)).removesuffix(".scenario")
        scenario = Parse(file.read_text(), str(file.relative_to(FOLDER)))
        # What is refused before a table is made has no format.
        if name in DELTA_ONLY or name.startswith("bad_input/") or not (every or name in REPRESENTATIVE):
            continue
        for kind in scenario.servers if every else scenario.servers[-1:]:
            yield pytest.param(scenario, kind, id=f"{name}-{kind}")


@pytest.mark.parametrize(("scenario", "kind"), list(Scenarios()))
def test_scenario_in_parquet_mode(scenario, kind, servers, spark, tmp_path):
    def Play(server):
        ParquetRunner(scenario, server, tmp_path, [SparkParquetReader(spark)]).Play()

    if scenario.server_options:
        with KINDS[kind](**scenario.server_options) as server:
            Play(server)
    else:
        Play(servers(kind))
