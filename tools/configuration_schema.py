#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/reference/foreset.schema.json from what the built program says with `foreset schema`.

    tools/configuration_schema.py [--binary build/release/foreset] [--check]
"""

import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "foreset.schema.json"


def Schema(binary):
    """As it is kept: a key a line, so that changes can be read."""
    said = subprocess.run([str(binary), "schema"], capture_output=True, text=True, check=True).stdout
    return json.dumps(json.loads(said), indent=1) + "\n"


def Main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build" / "release" / "foreset")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    schema = Schema(arguments.binary)
    if not arguments.check:
        PAGE.write_text(schema)
    elif PAGE.read_text() != schema:
        sys.exit("docs/reference/foreset.schema.json is not what the program says: run tools/configuration_schema.py")


if __name__ == "__main__":
    Main()
