# SPDX-License-Identifier: MIT
"""What the documentation tells people to type. Blocks marked `sh` run, page by page, in the order in which they stand, and
so do queries marked `sql` of the explanations; every other line that names the program has to be one that it knows."""

import contextlib
import functools
import itertools
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys

import pytest

from tests.harness.program import BINARY, ROOT, Foreset
from tests.harness.readers import DeltaLakeReader
from tests.warehouse.conftest import Shop

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
CHARTS = ("daily_revenue", "top_categories", "rates")


def Blocks(page, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)


def RunPage(page, directory, environment=None):
    """The page's `sh` blocks as one script, in a folder that looks like the clone. Returns what it printed."""
    for name in ("build", "examples", "scripts", "tests"):
        if not (directory / name).exists():
            (directory / name).symlink_to(ROOT / name)
    blocks = Blocks(page, "sh")
    assert blocks, f"{page} has nothing to run"
    # A command that set rows aside, as a page wants it to, ends with 4.
    script = "set -Euo pipefail; trap 'code=$?; [ $code = 4 ] || exit $code' ERR\n" + "\n".join(blocks)
    path = f"{BINARY.parent}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", script], cwd=directory, env={**(environment or os.environ), "PATH": path},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, f"{page} ends with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def End(facts):
    """Ends the server that the tutorial started, when it did not come to its end."""
    if facts.exists():
        process = int(re.search(r"^SERVER_PID=(\d+)$", facts.read_text(), re.MULTILINE).group(1))
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


def test_the_tutorial(tmp_path):
    # The last block takes away what was made; the pictures are wanted first.
    page = (ROOT / "docs/tutorial.md").read_text()
    assert "\nrm -r shop\n" in page
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/tutorial.md").write_text(page.replace("\nrm -r shop\n", "\n"))
    try:
        said = RunPage(tmp_path / "docs/tutorial.md", tmp_path)
    finally:
        End(tmp_path / "shop/server.env")
    assert said.count("source and lake are equal") == 3
    changes = re.findall(r"^Ada Lovelace +(\S+) +(\w+)$", said, re.MULTILINE)
    assert changes == [("ada@example.org", "INSERT"), ("countess@example.org", "UPDATE"), ("countess@example.org", "DELETE")]
    sales = [line.split()[:3] for line in said.splitlines() if line.startswith("FactSales ")]
    assert [words[1:] for words in sales] == [["loaded", "whole"], ["loaded", "incremental"]]
    for name in CHARTS:
        drawn, shown = (tmp_path / f"shop/{name}.svg").read_bytes(), (ROOT / f"docs/images/{name}.svg").read_bytes()
        assert drawn == shown, f"docs/images/{name}.svg is not what the tutorial draws"


def test_the_pages_of_the_batch_tools(servers, tmp_path):
    server = servers("mysql")
    server.sql("DROP DATABASE IF EXISTS how_to; CREATE DATABASE how_to; USE how_to; "
               "CREATE TABLE Orders (OrderID INT PRIMARY KEY, Name TEXT); INSERT INTO Orders VALUES (1, 'x')")
    foreset = Foreset(tmp_path, server, "how_to")
    (tmp_path / "orders.csv").write_text("OrderID,Name,Total\n1,a,1.5\n2,b,9.5\n")
    (tmp_path / "changes.csv").write_text("OrderID,Name,Total,Paid\n2,bb,19.5,true\n")
    (tmp_path / "messy.csv").write_text("Id,Name\n1,x\ny,z\n")
    (tmp_path / "days").mkdir()
    (tmp_path / "days" / "1.csv").write_text("Id\n1\n2\n")
    for page in ("csv-to-delta", "filter", "migrate"):
        RunPage(f"docs/how-to/{page}.md", tmp_path, foreset.Environment())
    read = DeltaLakeReader().Table
    assert sorted(read(tmp_path / "lake/Orders")["OrderID"].to_pylist()) == [1, 2]
    assert len(read(tmp_path / "lake/OrderIDs")) == 2
    assert read(tmp_path / "plain/Orders").to_pylist() == [{"OrderID": 1, "Name": "x"}]
    assert len(read(tmp_path / "fromfiles/Orders")) == len(read(tmp_path / "filelake/silver/Orders")) == 1


@pytest.fixture(scope="module")
def shop(servers, tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("pages"), servers("mysql"))
    shop.foreset.Run()
    yield shop
    shop.foreset.Discard()


@pytest.mark.parametrize("page", ["warehouse", "sql"])
def test_the_pages_of_the_lake(shop, page):
    (shop.foreset.directory / "report.sql").write_text("SELECT count(*) AS c FROM Orders")
    RunPage(f"docs/how-to/{page}.md", shop.foreset.directory, shop.Environment())


@pytest.mark.parametrize("page", sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs/explanation").glob("*.md")))
def test_the_queries_of_the_explanations(shop, page):
    for query in Blocks(page, "sql"):
        shop.foreset.Command("sql", query, "-c", shop.foreset.config)


@functools.cache
def Help(*words):
    done = subprocess.run([BINARY, *words, "--help"], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def Lines(page):
    """The command lines of a page that begin with the program: what stands in blocks, lines that go on joined."""
    blocks = re.findall(r"^```(?:sh|console|)\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    for block in blocks:
        for line in block.replace("\\\n", " ").splitlines():
            found = re.match(r"(?:\$ )?foreset ([a-z].*)", line.strip())
            if found and "·" not in line:
                yield found.group(1)


def Words(line):
    """The words of the first command of a line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(itertools.takewhile(lambda word: not set(word) <= set("|<>&;()"), lexer))


def Unknown(line):
    """What of a command line the program does not know."""
    words = Words(line)
    commands = []
    while len(commands) < len(words) and re.fullmatch(r"[a-z][a-z-]*", words[len(commands)]):
        longer = Help(*commands, words[len(commands)])
        if longer is None or longer == Help(*commands):
            break
        commands.append(words[len(commands)])
    if not commands:
        return [words[0]]
    known = Help(*commands) + Help()
    options = {word.split("=")[0] for word in words[len(commands):] if re.match(r"--?[a-z]", word)}
    return sorted(option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", known))


@pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in PAGES])
def test_every_command_is_one_that_the_program_knows(page):
    unknown = {line: Unknown(line) for line in Lines(ROOT / page)}
    assert not {line: words for line, words in unknown.items() if words}


@pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", (ROOT / page).read_text())
    gone = [link for link in links if "://" not in link and not ((ROOT / page).parent / link).exists()]
    assert not gone, f"{page} links to what is not there"
