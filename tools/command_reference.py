#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/reference/commands.md from what the built program says with --help.

    tools/command_reference.py [--binary build/release/foreset] [--check]
"""

import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "commands.md"
HEAD = """# Commands

What each command says with `--help`; made by `tools/command_reference.py`. Data go to standard output, messages to
standard error. Every failure has a code, which [error-codes.md](error-codes.md) and `foreset explain` know.

| exit code | means |
|---|---|
| 0 | ok |
| 1 | failed |
| 2 | the command line is not understood |
| 3 | `verify` found a difference |
| 4 | done, with warnings |
| 69 | the source or the storage is not there |
| 75 | try again later |
| 77 | access denied |
| 78 | the configuration, or the source's, is not as it must be |
| 130, 143 | interrupted by Ctrl-C (SIGINT), by SIGTERM; `run`, `serve` and `connect` end cleanly then, with 0 |
"""


def Help(binary, path):
    command = [str(binary), *path, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"COLUMNS": "100", "PATH": "/usr/bin"})
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n")


def Subcommands(text):
    """The names that a help text lists under headings of commands, in its order: `  name   what it does`."""
    names = []
    listing = False
    for line in text.splitlines():
        heading = re.fullmatch(r"(\S.*):", line)
        if heading:
            listing = heading.group(1) not in ("Options", "Positionals") and "Start here" not in line \
                and "Look around" not in line
        elif listing:
            found = re.match(r"  ([a-z][a-z-]*)(?:\s{2,}|$)", line)
            if found:
                names.append(found.group(1))
    return names


def Page(binary):
    overview = Help(binary, [])
    parts = [HEAD, f"## foreset\n\n```\n{overview}\n```\n"]

    def Describe(path, level):
        text = Help(binary, path)
        parts.append(f"{'#' * level} foreset {' '.join(path)}\n\n```\n{text}\n```\n")
        for name in Subcommands(text):
            Describe([*path, name], level + 1)

    for name in Subcommands(overview):
        Describe([name], 2)
    return "\n".join(parts)


def Main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build" / "release" / "foreset")
    parser.add_argument("--check", action="store_true", help="exit 1 when the page is not what it should be")
    options = parser.parse_args()
    wanted = Page(options.binary)
    if options.check:
        return 0 if PAGE.exists() and PAGE.read_text() == wanted else 1
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(Main())
