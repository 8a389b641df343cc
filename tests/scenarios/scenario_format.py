# SPDX-License-Identifier: MIT
"""Reads `.scenario` files: what README.md beside this file describes."""

import dataclasses
import re


class ScenarioError(Exception):
    """The scenario file itself is wrong: file, line, reason."""


@dataclasses.dataclass
class Step:
    """One `-- verb arguments` line with the lines below it."""

    verb: str
    arguments: str
    body: str
    line: int


@dataclasses.dataclass
class Scenario:
    name: str
    about: str
    servers: tuple
    server_options: dict
    unverified: str
    steps: list


VERBS = {"only", "server", "config", "source", "run", "start", "stop", "kill", "settle", "reconnect", "restart", "foreset",
         "expect", "unverified", "user", "wait", "lose", "purge", "replace", "compare"}
DIRECTIVE = re.compile(r"^-- (\w+)(?:[ \t]+(.*))?$")


def Parse(text, name):
    about, steps = [], []
    for number, line in enumerate(text.splitlines(), 1):
        found = DIRECTIVE.match(line)
        if found:
            verb, arguments = found.group(1), (found.group(2) or "").strip()
            if verb not in VERBS:
                raise ScenarioError(f"{name}:{number}: no directive {verb}; there are {', '.join(sorted(VERBS))}")
            steps.append(Step(verb, arguments, "", number))
        elif steps:
            steps[-1].body += line + "\n"
        elif line.startswith("#") or not line.strip():
            about.append(line.lstrip("# "))
        else:
            raise ScenarioError(f"{name}:{number}: text before the first directive has to be a comment (#)")
    servers, options, unverified = ("mariadb", "mysql"), {}, ""
    for step in steps:
        if step.verb == "only":
            kind, _, reason = step.arguments.partition(":")
            if kind not in servers or not reason.strip():
                raise ScenarioError(f"{name}:{step.line}: wanted `-- only mysql|mariadb: reason`")
            servers = (kind,)
        elif step.verb == "server":
            options.update(pair.split("=", 1) for pair in step.arguments.split())
        elif step.verb == "unverified":
            if not step.arguments:
                raise ScenarioError(f"{name}:{step.line}: say why the lake need not equal the source")
            unverified = step.arguments
    steps = [step for step in steps if step.verb not in ("only", "server", "unverified")]
    if not about or not about[0].strip():
        raise ScenarioError(f"{name}:1: the first line says what the scenario shows (# …)")
    return Scenario(name, "\n".join(about).strip(), servers, options, unverified, steps)


def ParseTable(body, where):
    """The header and the rows of a table of `|`-separated cells; a cell is its text, None for NULL."""
    lines = [line for line in body.splitlines() if line.strip() and not line.startswith("#")]
    rows = []
    for line in lines:
        if not (line.startswith("|") and line.rstrip().endswith("|")):
            raise ScenarioError(f"{where}: a row of a table begins and ends with |: {line}")
        rows.append([Cell(cell) for cell in re.split(r"(?<!\\)\|", line.rstrip())[1:-1]])
    if not rows:
        raise ScenarioError(f"{where}: a table needs its header")
    header, rows = rows[0], rows[1:]
    for row in rows:
        if len(row) != len(header):
            raise ScenarioError(f"{where}: {len(header)} columns, but a row of {len(row)}: {row}")
    return header, rows


ESCAPES = {"n": "\n", "t": "\t", "s": " ", "0": "\0", "\\": "\\", "|": "|"}


def Cell(text):
    text = text.strip()
    if text == "NULL":
        return None
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found.group(1), found.group(0)), text)
