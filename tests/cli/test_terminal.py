# SPDX-License-Identifier: MIT
"""What people see at a terminal."""

import re
import unicodedata

import pytest

from tests.cli.conftest import Program
from tests.harness.program import BINARY, ROOT
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
    (foreset.directory / "in").mkdir()
    foreset.Write("in/Orders_of_the_online_store.csv", "id,name\n1,somebody\n")
    foreset.Write("bad.csv", "id,name\n1,somebody\nnobody,nowhere\n")
    (foreset.directory / "models").mkdir()
    foreset.Write("models/A_model_with_a_long_name_of_its_own.sql",
                  "-- @key id\nSELECT id FROM silver.Orders_of_the_online_store")
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


TABLE = "Orders_of_the_online_store"
LAKE = ["-c", "foreset.yaml"]
COMMANDS = [
    ["run", *LAKE, "--until-current"], ["status", *LAKE], ["verify", *LAKE], ["progress", "show", *LAKE], ["doctor", *LAKE],
    ["table", "ls", "lake"], ["table", "show", f"silver/{TABLE}", *LAKE], ["table", "history", f"silver/{TABLE}", *LAKE],
    ["table", "cat", f"silver/{TABLE}", *LAKE], ["table", "diff", f"silver/{TABLE}", "--from", "0", "--to", "1", *LAKE],
    ["table", "optimize", f"silver/{TABLE}", *LAKE], ["table", "vacuum", f"silver/{TABLE}", *LAKE, "--dry-run"],
    ["row", TABLE, "7", *LAKE], ["quarantine", "ls", *LAKE], ["sql", "--lake", "lake", f"FROM gold.{TABLE}_history"],
    ["csv-to-delta", "in.csv", "loaded/T"], ["csv-to-delta", "in.csv", "loaded/T"],
    ["csv-to-delta", "bad.csv", "loaded/U", "--schema", "id BIGINT"],
    ["csv-to-delta", "bad.csv", "loaded/U", "--schema", "id BIGINT", "--bad-rows", "bad"],
    ["filter", f"lake/silver/{TABLE}", "--where", "id = 1", "--to", "some"], ["migrate", "in", "--to", "copied"],
    ["migrate", "in", "--to", "other", "--dry-run"], ["warehouse", "load", *LAKE, "--models", "models", "--dry-run"],
    ["warehouse", "load", *LAKE, "--models", "models"], ["warehouse", "load", *LAKE, "--models", "models"],
    ["generate", "--csv", "shop", "--rows", "1000"], ["explain"], ["explain", "E2104", "E8403"],
    ["init", "--file", "new.yaml", *"--host db --port 1 --user me --tables a.* --name a --lake there".split()],
    ["reset", *LAKE, "--layer", "gold", TABLE, "--yes"], ["reset", *LAKE, "--layer", "gold", "--purge", "--yes"],
    ["sql", "--lake", "lake", "FROM Nowhere"], ["run", "-c", "nowhere.yaml"], ["rnu"], ["verify", "--nonsense", *LAKE],
]


def Cells(text):
    """That the text takes on a line."""
    width = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(c) else width.get(unicodedata.east_asian_width(c), 1) for c in text)


def Torn(terminal, columns):
    """Lines that the terminal breaks somewhere. What is one word, such as a path, is whole, so that it can be copied."""
    return [line for line in terminal.Lines() if Cells(line) > columns and " " in re.sub(r"^\S.{,30}?  +", "", line).strip()]


def test_a_table_says_first_what_it_is_about(lake):
    """Names of tables are whole, and values that are cut still tell one from the other."""
    for arguments in (["status", *LAKE], ["verify", *LAKE], ["progress", "show", *LAKE]):
        first = {line.split()[0] for line in At(lake, *arguments).Lines() if line}
        assert first >= {f"silver/{TABLE}", f"gold/{TABLE}_current", f"gold/{TABLE}_history"}, first


def test_the_life_of_a_row_is_told_whole(lake):
    told, _ = lake("row", TABLE, "7", *LAKE)
    at_a_terminal = At(lake, "row", TABLE, "7", *LAKE).said
    assert "SNAPSHOT" in told and set(re.findall(r"\w+", at_a_terminal)) >= set(re.findall(r"\w+", told))


def test_no_line_is_wider_than_the_terminal(lake):
    torn = {" ".join(arguments): Torn(At(lake, *arguments), 80) for arguments in COMMANDS}
    assert not {command: lines for command, lines in torn.items() if lines}


def Words(text):
    return re.sub(r"\s", "", text)


def test_no_page_of_help_is_wider_than_the_terminal(lake):
    pages = re.findall(r"^##+ foreset ?(.*)$", (ROOT / "docs/reference/commands.md").read_text(), re.MULTILINE)
    assert len(pages) > 30
    for page in pages:
        terminal = At(lake, *page.split(), "--help")
        assert not Torn(terminal, 80), page
        elsewhere, _ = lake(*page.split(), "--help")
        assert Words("\n".join(terminal.Lines())) == Words(elsewhere)
