#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws the answer to a question as an SVG picture.

    foreset sql -c foreset.yaml -o csv < questions/daily_revenue.sql |
      python3 chart.py --x Date --y revenue --title "Revenue of each day" > revenue.svg

Reads CSV from standard input, and needs matplotlib. The same answer makes the same picture, byte by byte.
"""

import argparse
import csv
import datetime
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "foreset"  # else identifiers differ from run to run
matplotlib.rcParams["svg.fonttype"] = "none"

from matplotlib import pyplot  # noqa: E402


def Point(texts):
    """Where a row stands on the x axis: a day, a year and month, or its own text."""
    if len(texts) > 1:
        return datetime.date(*map(int, texts), 1)
    try:
        return datetime.date.fromisoformat(texts[0])
    except ValueError:
        return texts[0]


def Draw(rows, options):
    figure, axes = pyplot.subplots(figsize=(9, 3.6), layout="constrained")
    places = [(Point([row[name] for name in options.x.split(",")]), row) for row in rows]
    points, rows = zip(*[(point, row) for point, row in places if not options.until or point <= options.until], strict=True)
    for name in options.y.split(","):
        values = [float(row[name]) for row in rows]
        if options.bars:
            axes.barh(points[::-1], values[::-1], label=name)
        else:
            axes.plot(points, values, linewidth=0.9, label=name)
    value_axis = axes.xaxis if options.bars else axes.yaxis
    value_axis.set_major_formatter("{x:,.0f}" + options.unit)
    axes.set_title(options.title)
    axes.grid(alpha=0.3)
    (axes.set_xlim if options.bars else axes.set_ylim)(0)
    if "," in options.y:
        axes.legend()
    figure.savefig(sys.stdout.buffer, format="svg", metadata={"Date": None})


def Main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--x", required=True, help="column of the points: a date, a text, or YEAR,MONTH")
    parser.add_argument("--y", required=True, help="columns of the values, with commas between")
    parser.add_argument("--title", required=True)
    parser.add_argument("--unit", default="", help="stands behind the numbers of the axis")
    parser.add_argument("--until", type=datetime.date.fromisoformat, help="the last day that is drawn")
    parser.add_argument("--bars", action="store_true", help="a bar for each point instead of a line")
    options = parser.parse_args()
    rows = list(csv.DictReader(sys.stdin))
    if not rows:
        parser.exit(1, "chart: there are no rows to draw\n")
    Draw(rows, options)


if __name__ == "__main__":
    Main()
