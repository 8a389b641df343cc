# SPDX-License-Identifier: MIT
"""What people see at a terminal."""

import pytest

from tests.cli.conftest import Program
from tests.harness.program import BINARY
from tests.harness.terminal import Terminal

CONFIGURATION = """
name: shop
source: {delta: {location: plain, keys: {Orders_of_the_online_store: id}}}
lake: lake
"""


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake that is filled from a plain table, and what the commands read; no server is needed."""
    foreset = Program(tmp_path_factory.mktemp("shop"))
    foreset.Write("foreset.yaml", CONFIGURATION)
    foreset.Write("in.csv", "id,name\n" + "".join(f"{i},somebody of number {i}\n" for i in range(30)))
    foreset("csv-to-delta", "in.csv", "plain/Orders_of_the_online_store")
    foreset("run", "-c", "foreset.yaml", "--until-current")
    return foreset


def At(lake, *arguments, columns=80, **environment):
    """The command at a terminal, once it has ended."""
    terminal = Terminal([BINARY, *arguments], lake.directory, {**lake.environment, "TERM": "xterm", **environment},
                        columns=columns)
    terminal.code = terminal.Leave()
    return terminal


COLOURED = {"a message": ["run", "-c", "foreset.yaml", "--until-current"], "marks": ["doctor", "-c", "foreset.yaml"],
            "an error": ["table", "show", "nowhere"]}
FORBIDDEN = {"NO_COLOR": ([], {"NO_COLOR": "1"}), "--no-color": (["--no-color"], {}), "TERM": ([], {"TERM": "dumb"})}


@pytest.mark.parametrize("arguments", COLOURED.values(), ids=COLOURED)
def test_colours_can_be_forbidden(lake, arguments):
    assert "\x1b[" in At(lake, *arguments, NO_COLOR="").said
    for more, environment in FORBIDDEN.values():
        assert "\x1b" not in At(lake, *arguments, *more, **environment).said, (more, environment)
