# SPDX-License-Identifier: MIT
"""Every `.scenario` file here, on each server that it is for."""

import pathlib

import pytest

from tests.scenarios.scenario_format import Parse
from tests.scenarios.scenario_runner import Runner
from tests.servers import KINDS

FOLDER = pathlib.Path(__file__).parent
SCENARIOS = [Parse(file.read_text(), str(file.relative_to(FOLDER))) for file in sorted(FOLDER.rglob("*.scenario"))]


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [pytest.param(s, kind, id=f"{s.name.removesuffix('.scenario')}-{kind}") for s in SCENARIOS for kind in s.servers],
)
def test_scenario(scenario, kind, servers, readers, tmp_path):
    if not scenario.server_options:
        Runner(scenario, servers(kind), tmp_path, readers).Play()
        return
    with KINDS[kind](**scenario.server_options) as server:
        Runner(scenario, server, tmp_path, readers).Play()
