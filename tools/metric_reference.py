#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/reference/metrics.md from the program's catalogue of metrics; with --check, only compares."""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "src" / "foreset" / "server" / "operation" / "metric_catalog.inc"
PAGE = ROOT / "docs" / "reference" / "metrics.md"
HEAD = """# Metrics

What `/metrics` serves, in Prometheus' text format; made by `tools/metric_reference.py`.
[Monitoring](../operating/monitoring.md) says how to use it. Counters begin at 0 with the process unless they say
otherwise. A metric whose value is not known is absent. Of one pipeline at most 200 tables have a `table` label of their
own, the first by name; the rest are summed under `other`.

| metric | type | labels | served by | says |
|---|---|---|---|---|
"""


class Metric:
    """One row of the catalogue."""

    def __init__(self, name, kind, labels, served_by, text):
        self.name, self.kind, self.labels, self.served_by, self.text = name, kind, labels, served_by, text


def Metrics(text=None):
    """The rows of the catalogue, in its order."""
    string = r'((?:"(?:\\.|[^"\\])*"\s*)+)'
    pattern = rf"FORESET_METRIC\(\s*k\w+,\s*{string},\s*k(\w+),\s*{string},\s*{string},\s*{string}\)"
    found = []
    for match in re.finditer(pattern, CATALOGUE.read_text() if text is None else text):
        name, kind, labels, served_by, said = (
            part if part.isalpha() else "".join(re.findall(r'"((?:\\.|[^"\\])*)"', part)) for part in match.groups())
        found.append(Metric(name, kind.lower(), labels.split(), served_by.split(), said))
    return found


def Page(metrics):
    lines = []
    for metric in metrics:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
        served_by = ", ".join("`run --listen`" if by == "run" else f"`{by}`" for by in metric.served_by)
        lines.append(f"| `{metric.name}` | {metric.kind} | {labels} | {served_by} | {metric.text.replace('|', chr(92) + '|')} |")
    return HEAD + "\n".join(lines) + "\n"


def Main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 when the page is not what it should be")
    options = parser.parse_args()
    wanted = Page(Metrics())
    if options.check:
        return 0 if PAGE.exists() and PAGE.read_text() == wanted else 1
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(Main())
