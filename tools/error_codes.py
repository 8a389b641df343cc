#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/reference/error-codes.md from the catalogues in src/foreset/base; with --check, only compares."""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASE = ROOT / "src" / "foreset" / "base"
PAGE = ROOT / "docs" / "reference" / "error-codes.md"
AREAS = {"1": "Configuration and command line", "2": "Source", "3": "Storage", "4": "Delta tables", "5": "Lake",
         "6": "Pipeline", "7": "Server", "8": "Queries and batch tools", "9": "Internal"}
HEAD = """# Error codes

Every failure has a code; `foreset explain E2204` prints what stands here. Made from the catalogues in
`src/foreset/base` by `tools/error_codes.py`.
"""


def Rows(text):
    """(number, name, exit code, title, cause, next step) of each row."""
    string = r'((?:"(?:\\.|[^"\\])*"\s*)+)'
    pattern = rf"FORESET_ERROR\(\s*(\d+),\s*(k\w+),\s*(\d+),\s*{string},\s*{string},\s*{string}\)"
    for match in re.finditer(pattern, text):
        number, name, code, *texts = match.groups()
        joined = ("".join(re.findall(r'"((?:\\.|[^"\\])*)"', part)).replace('\\"', '"') for part in texts)
        yield (number, name, code, *joined)


def Page(text):
    lines = [HEAD]
    area = ""
    for number, _, code, title, cause, next_step in sorted(Rows(text)):
        if number[0] != area:
            area = number[0]
            lines.append(f"## {AREAS[area]}\n")
            lines.append("| code | exit | title | cause | next step |\n|---|---|---|---|---|")
        cells = [f"E{number}", code, title, cause, next_step]
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("<", "\\<") for cell in cells) + " |")
    return re.sub(r"\|\n## ", "|\n\n## ", "\n".join(lines)) + "\n"


def Main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 when the page is not what it should be")
    options = parser.parse_args()
    catalogues = [BASE / "error_catalog.inc", *sorted((BASE / "errors").glob("*.inc"))]
    wanted = Page("\n".join(catalogue.read_text() for catalogue in catalogues))
    if options.check:
        return 0 if PAGE.exists() and PAGE.read_text() == wanted else 1
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(Main())
