# SPDX-License-Identifier: MIT
"""Carries out a scenario against a server, and what has to hold after every scenario."""

import decimal
import re
import shlex

import yaml

from tests.harness.pipelines import NativePipeline
from tests.harness.readers import EveryVersion, Sampled
from tests.harness.source_rows import SourceRows, TablesOf
from tests.harness.values import Differences, Rows
from tests.scenarios.scenario_format import ParseTable, ScenarioError

DATABASE = "shop"
SETTLE_SECONDS = 60


def CellText(value):
    """How a value is written in a scenario's table; None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {CellText(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(str(CellText(v)) for v in value) + "]"
    return repr(value) if isinstance(value, float) else str(value)


class Runner:
    """One scenario on one server, with one pipeline. `readers` are asked for every table at the end; the first one
    reads where the lake is, the others read its copy on disk."""

    def __init__(self, scenario, server, directory, readers, pipeline=None):
        self.scenario = scenario
        self.server = server
        self.readers = readers
        self.pipeline = pipeline or NativePipeline(directory, server, DATABASE)
        self.foreset = self.pipeline.foreset
        self.session = None
        self.views = {}
        self.options_before = dict(server.options)

    def Where(self, step):
        return f"{self.scenario.name}:{step.line}"

    def Play(self):
        try:
            self.MakeDatabase()
            for step in self.scenario.steps:
                self.Carry(step)
            self.Finish()
        finally:
            self.Discard()

    def MakeDatabase(self):
        self.server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")

    def Carry(self, step):
        """Carries out one step."""
        try:
            getattr(self, f"Do_{step.verb}")(step)
        except AssertionError as error:
            raise AssertionError(f"{self.Where(step)}: -- {step.verb} {step.arguments}\n{error}") from error

    def Finish(self):
        """What holds after every scenario."""
        if self.foreset.background is not None:
            self.Do_stop(None)
        self.CheckLake()

    def Discard(self):
        self.pipeline.Discard()
        if self.session is not None:
            self.session.close()
        if self.server.options != self.options_before:
            self.server.options = self.options_before
            self.server.restart()

    # Directives.

    def Do_config(self, step):
        """YAML laid over the configuration; {lake}, {port} and {ca} are replaced."""
        places = {"lake": self.foreset.lake, "port": self.server.port, "ca": self.server.authority}
        text = step.body
        for name, value in places.items():
            text = text.replace("{" + name + "}", str(value))
        self.foreset.Configure(yaml.safe_load(text))

    def Do_source(self, step):
        """SQL on the source, as root, in one session that lasts for the scenario."""
        if step.arguments and step.arguments != self.server.kind:
            if step.arguments not in ("mysql", "mariadb"):
                raise ScenarioError(f"{self.Where(step)}: no server {step.arguments}")
            return
        if self.session is None or not self.session.open:
            self.session = self.server.connect(database=DATABASE)
        with self.session.cursor() as cursor:
            cursor.execute(step.body)
            while cursor.nextset():
                pass

    def Do_user(self, step):
        """The pipeline comes as another user: its privileges, of GRANT, are the body (none: only a login)."""
        name = step.arguments or "limited"
        self.server.sql(f"DROP USER IF EXISTS '{name}'@'%'; CREATE USER '{name}'@'%' IDENTIFIED BY '{self.foreset.password}'")
        for grant in filter(None, (line.strip() for line in step.body.splitlines())):
            self.server.sql(f"GRANT {grant} TO '{name}'@'%'")
        self.foreset.Configure({"source": {"mysql": {"user": name}}})

    def Do_run(self, step):
        killed = re.fullmatch(r"killed (when .*)", step.arguments)
        if killed:
            version = self.AwaitedVersion(killed.group(1), step)
            self.pipeline.BeforeRun()
            self.foreset.Start("--until-current")
            self.KillAt(*version)
            return
        arguments, exits, says = self.Wanted(step)
        self.pipeline.BeforeRun()
        self.CheckSays(self.foreset.Run(*arguments, exits=exits), says)

    def Do_start(self, step):
        self.pipeline.BeforeStart()
        self.foreset.Start(*shlex.split(step.arguments))

    def Do_stop(self, _):
        self.foreset.Stop()
        self.pipeline.AfterStop()

    def Do_kill(self, step):
        rows = re.fullmatch(r"when (\S+) has (\d+) rows or more", step.arguments)
        if rows:
            self.foreset.WaitUntil(lambda: self.RowCount(rows.group(1)) >= int(rows.group(2)), step.arguments)
            self.KillNow()
        elif step.arguments:
            self.KillAt(*self.AwaitedVersion(step.arguments, step))
        else:
            self.KillNow()

    def AwaitedVersion(self, text, step):
        """(table, version) of `when T reaches version N` or `when T advances [by N]`: from what it is now."""
        reaches = re.fullmatch(r"when (\S+) reaches version (\d+)", text)
        if reaches:
            return reaches.group(1), int(reaches.group(2))
        advances = re.fullmatch(r"when (\S+) advances(?: by (\d+))?", text)
        if not advances:
            raise ScenarioError(f"{self.Where(step)}: wanted `when T reaches version N` or `when T advances [by N]`")
        return advances.group(1), self.LatestVersion(advances.group(1)) + int(advances.group(2) or 1)

    def LatestVersion(self, table):
        return (self.foreset.tables.Versions(table) or [-1])[-1]

    def KillAt(self, table, version):
        self.WaitForVersion(table, version)
        self.KillNow()

    def KillNow(self):
        self.foreset.Kill()
        self.pipeline.AfterStop()

    def Do_wait(self, step):
        """Watches until a table has a version, or so many rows, or until the pipeline says something."""
        says = re.fullmatch(r'until it says "(.*)"', step.arguments)
        if says:
            self.foreset.WaitUntil(lambda: says.group(1) in self.foreset.Said(), step.arguments)
            return
        version = re.fullmatch(r"until (\S+) reaches version (\d+)", step.arguments)
        if version:
            self.WaitForVersion(version.group(1), int(version.group(2)))
            return
        rows = re.fullmatch(r"until (\S+) has (\d+) rows", step.arguments)
        if not rows:
            raise ScenarioError(f"{self.Where(step)}: wanted `-- wait until T reaches version N`, `T has N rows` or "
                                f"`it says \"TEXT\"`")
        self.foreset.WaitUntil(lambda: self.RowCount(rows.group(1)) == int(rows.group(2)), step.arguments)

    def RowCount(self, table):
        """-1 where no table can be read: a name that begins anew is moved away meanwhile."""
        try:
            return len(self.Table(table)) if self.Exists(table) else -1
        except Exception:  # DeltaError, or what the query engine makes of a file that is gone
            return -1

    def WaitForVersion(self, table, version):
        self.foreset.WaitUntil(
            lambda: self.LatestVersion(table) >= version, f"{table} reaches version {version}")

    def Do_settle(self, _):
        """Until silver and gold equal the source: `verify` itself waits until they have got there."""
        self.foreset.Verify()

    def Do_reconnect(self, _):
        """What is open in the session is rolled back, what is prepared stays."""
        self.session.close()
        self.session = None

    def Do_restart(self, step):
        """`-- restart source [option=value …]`"""
        what, *options = step.arguments.split()
        if what != "source":
            raise ScenarioError(f"{self.Where(step)}: only the source can be restarted")
        self.server.restart(**dict(option.split("=", 1) for option in options))
        self.session = None

    def Do_replace(self, step):
        """`-- replace source`: another server has taken over, with the same data and the same transactions behind it."""
        if step.arguments != "source":
            raise ScenarioError(f"{self.Where(step)}: only the source can be replaced")
        self.server.replace()
        self.session = None

    def Do_purge(self, _):
        """The source forgets all of its binlog but the newest file."""
        def OnlyNewest():
            # A thread that still serves a reader that has gone keeps its file for a moment.
            self.server.sql(f"PURGE BINARY LOGS TO '{self.server.binlog_files()[-1]}'")
            return len(self.server.binlog_files()) == 1

        self.server.sql("FLUSH BINARY LOGS")
        self.foreset.WaitUntil(OnlyNewest, "the old binlog files are gone")

    def Do_lose(self, step):
        """`-- lose local state`: the pipeline goes on with nothing but its configuration and the lake's tables."""
        if step.arguments != "local state":
            raise ScenarioError(f"{self.Where(step)}: wanted `-- lose local state`")
        self.foreset.LoseLocalState()

    def Do_foreset(self, step):
        """Any command; {config}, {lake} and {port} are replaced. The body, if any, is what it says on stdout."""
        arguments, exits, says = self.Wanted(step)
        outcome = self.foreset.Command(*arguments, exits=exits)
        self.CheckSays(outcome, says)
        for line in filter(None, map(str.strip, step.body.splitlines())):
            assert line in outcome.out, f"stdout lacks {line!r}:\n{outcome}"

    def Do_expect(self, step):
        absent = re.fullmatch(r"no (\S+)", step.arguments)
        counted = re.fullmatch(r"(\d+) rows in (\S+)", step.arguments)
        schema = re.fullmatch(r"schema (\S+)", step.arguments)
        reader = re.fullmatch(r"reader version (\d+) of (\S+)", step.arguments)
        if absent:
            assert not self.Exists(absent.group(1)), f"there is a table {absent.group(1)}"
        elif counted:
            rows = len(self.Table(counted.group(2)))
            assert rows == int(counted.group(1)), f"{counted.group(2)} has {rows} rows"
        elif reader:
            wanted, actual = int(reader.group(1)), self.Open(reader.group(2)).protocol().min_reader_version
            assert actual == wanted, f"{reader.group(2)} wants reader version {actual}"
        elif schema:
            self.ExpectSchema(schema.group(1), step)
        else:
            self.ExpectRows(step.arguments, step)

    def Do_compare(self, step):
        """`-- compare TABLE with VIEW`: what the tables above bronze are held against at the end."""
        words = re.fullmatch(r"(\S+) with (\S+)", step.arguments)
        if not words:
            raise ScenarioError(f"{self.Where(step)}: wanted `-- compare TABLE with VIEW`")
        self.views[words.group(1)] = words.group(2)

    def Wanted(self, step):
        """Arguments, wanted exit code and wanted texts of `ARGS [exits N] [says "TEXT"]…`."""
        text = step.arguments
        for name, value in (("config", self.foreset.config), ("lake", self.foreset.lake), ("port", self.server.port)):
            text = text.replace("{" + name + "}", str(value))
        words = shlex.split(text)
        exits, says = 0, []
        while len(words) >= 2 and words[-2] in ("exits", "says"):
            word, value = words[-2:]
            words = words[:-2]
            if word == "exits":
                exits = int(value)
            else:
                says.append(value)
        return words, exits, says

    def CheckSays(self, outcome, says):
        for text in says:
            assert text in outcome.out + outcome.err, f"it does not say {text!r}:\n{outcome}"

    # Expectations.

    def Exists(self, table):
        return self.LatestVersion(table) >= 0

    def Table(self, table):
        assert self.Exists(table), f"there is no {table}; there are {', '.join(self.foreset.tables.Names())}"
        return Rows.FromArrow(self.ArrowTable(table))

    def ArrowTable(self, table, version=None):
        place, options = self.foreset.tables.Place(table)
        return self.readers[0].Table(place, version, options)

    def Open(self, table):
        place, options = self.foreset.tables.Place(table)
        return self.readers[0].Open(place, None, options)

    def ExpectSchema(self, table, step):
        header, wanted = ParseTable(step.body, self.Where(step))
        assert header == ["column", "type"], "the header is | column | type |"
        schema = self.ArrowTable(table).schema
        actual = [[field.name, SqlType(field.type)] for field in schema if not field.name.startswith("_")]
        assert actual == wanted, f"the columns of {table} are {actual}"

    def ExpectRows(self, table, step):
        header, wanted = ParseTable(step.body, self.Where(step))
        rows = self.Table(table)
        ordered = table.startswith("bronze/") or table.endswith("_history") or "History" in table
        if ordered and "_seq" in rows.columns:
            rows = rows.SortedBy("_seq")
        actual = [[CellText(value) for value in row] for row in self.Ranked(rows.Select(header)).rows]
        if not ordered:
            wanted, actual = sorted(wanted, key=repr), sorted(actual, key=repr)
        assert actual == wanted, f"{table} holds\n{Drawn(header, actual)}\nwanted\n{Drawn(header, wanted)}"

    def Ranked(self, rows):
        """`_seq` and `_prev_seq` as #1, #2, … in their order: their values differ from run to run."""
        named = [name for name in rows.columns if name in ("_seq", "_prev_seq")]
        known = sorted({value for name in named for value in rows.Column(name) if value is not None})
        rank = {value: f"#{i}" for i, value in enumerate(known, 1)}
        at = {rows.columns.index(name) for name in named}
        return Rows(rows.columns, [[rank.get(v) if i in at else v for i, v in enumerate(row)] for row in rows.rows])

    # After every scenario.

    def CheckLake(self):
        if not self.scenario.unverified:
            self.foreset.Verify()
            self.CheckAgainstSource()
        self.CheckReaders()

    def CheckAgainstSource(self):
        """Silver and gold's current tables hold what the source's own SELECT says."""
        named = self.foreset.settings.get("gold", {}).get("dimensions")
        for table in TablesOf(self.server, DATABASE):
            source = SourceRows(self.server, DATABASE, self.views.get(table, table))
            layers = [f"silver/{table}"] + ([f"gold/{table}_current"] if named is None or "*" in named else [])
            for name in layers:
                difference = Differences(source, self.Table(name).Select(source.columns), "source", name)
                assert not difference, f"{name} is not what the source holds: {difference}"

    def CheckReaders(self):
        """Every table is the same to all readers at its latest version, and to the quick one and to us at two earlier ones.
        The files of both servers come from the same code: where there are two, one is enough for the slow readers."""
        first, *others = self.readers
        if self.server.kind != self.scenario.servers[-1] and not EveryVersion():
            others = []
        copy = self.foreset.tables.OnDisk()
        for name in self.foreset.tables.Names():
            versions = self.foreset.tables.Versions(name)
            for version in Sampled(versions):
                table = self.ArrowTable(name, version)
                rows = Rows.FromArrow(table)
                ours = self.foreset.Cat(name, version, table.schema)
                difference = Differences(rows, ours, first.name, "foreset")
                for other in others if version == versions[-1] or EveryVersion() else ():
                    difference += Differences(rows, other.Read(copy / name, version), first.name, other.name)
                assert not difference, f"{name} at version {version}: {difference}"


def SqlType(kind):
    """The name that Delta has for an Arrow type."""
    text = str(kind)
    names = {"int8": "byte", "int16": "short", "int32": "integer", "int64": "long", "float": "float",
             "double": "double", "bool": "boolean", "date32[day]": "date", "timestamp[us]": "timestamp_ntz",
             "timestamp[us, tz=UTC]": "timestamp"}
    if "string" in text:
        return "string"
    if "binary" in text:
        return "binary"
    return names.get(text) or re.sub(r"^decimal\d+\((\d+), (\d+)\)$", r"decimal(\1,\2)", text)


def Drawn(header, rows):
    shown = [["NULL" if cell is None else str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in shown) for i in range(len(header))]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in shown)
