# SPDX-License-Identifier: MIT
"""`foreset table cat` beside what another engine reads of the same table."""

import re
import subprocess

from tests.harness.program import BINARY
from tests.harness.values import Differences, Rows


def Cat(table, *arguments):
    command = [str(BINARY), "table", "cat", str(table), "-o", "jsonl", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def AssertSame(done, rows, schema, teller):
    assert done.returncode == 0, f"{teller} reads it, foreset does not: {done.stderr}"
    difference = Differences(rows, Rows.FromJsonLines(done.stdout, schema), teller, "foreset")
    assert not difference, difference


def AssertRefused(done, code=r"E\d{4}", reason=""):
    """A failure that is told: never a signal, nor rows of a table that could not be read right."""
    assert done.returncode not in (0, 2), f"foreset reads {len(done.stdout.splitlines())} rows"
    assert done.returncode > 0, f"foreset was ended by signal {-done.returncode}"
    assert re.search(rf"\b{code}\b.{{10,}}", done.stderr), f"no {code} and reason: {done.stderr!r}"
    assert reason in done.stderr, f"{reason!r} is not in {done.stderr!r}"
