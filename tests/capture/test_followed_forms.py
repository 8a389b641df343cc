# SPDX-License-Identifier: MIT
"""Every form of statement on tables with rows, each on a table of its own, through one pipeline: a table may stop, it is
never wrong."""

import os
import re

import pymysql
import pytest

from tests.capture.followed_forms import Cases
from tests.harness.program import Foreset
from tests.harness.readers import DeltaLakeReader
from tests.harness.source_rows import SourceRows
from tests.harness.values import Differences

DATABASE = "forms"


class Session:
    """One connection that answers as a server does in tests.harness.source_rows."""

    def __init__(self, server):
        self.connection = server.connect(database=DATABASE)

    def query(self, text, database=None):
        del database
        with self.connection.cursor() as cursor:
            cursor.execute(text)
            return list(cursor.fetchall())


class Tables:
    """The cases' tables on a server."""

    def __init__(self, server):
        self.server = server
        cases = Cases(server.kind, os.environ.get("FORESET_SEED", "followed"), int(os.environ.get("FORESET_FORMS", "60")))
        self.cases = {f"t{number:04}": case for number, case in enumerate(cases)}

    def Named(self, text, table):
        """The statement with the table's name in place of `t`."""
        return re.sub(r"(?<=\bTABLE )(\.?`?)t(?=`? |`$|$)|(?<=\b(?:INTO|FROM) )()t\b|(?<=UPDATE )()t\b|()\bt(?=\.)",
                      lambda found: next(group or "" for group in found.groups() if group is not None) + table, text)

    def Open(self, case):
        """A session of the case; None where the server has no such setting."""
        session = self.server.connect(database=DATABASE)
        with session.cursor() as cursor:
            known = self.Try(cursor, f"SET sql_mode = '{case.mode}'") and (not case.session or self.Try(cursor, case.session))
        return session if known else None

    def Try(self, cursor, statement):
        """Whether the server took it."""
        try:
            cursor.execute(statement)
            return True
        except pymysql.err.Error:
            return False

    def Create(self):
        """The tables as they begin; cases that this server does not know fall away."""
        self.server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
        with self.server.connect(database=DATABASE) as connection, connection.cursor() as cursor:
            cursor.execute("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
            for table, case in list(self.cases.items()):
                made = self.Try(cursor, f"CREATE TABLE {table} {case.create}")
                if not made or not self.Try(cursor, f"INSERT INTO {table} VALUES {case.rows}"):
                    if made:
                        cursor.execute(f"DROP TABLE {table}")
                    del self.cases[table]

    def Alter(self):
        """The statements, each in a session that is made so; cases that the server refuses are of no use."""
        sessions = {}
        for table, case in list(self.cases.items()):
            key = (case.mode, case.session)
            if key not in sessions:
                sessions[key] = self.Open(case)
            statements = [self.Named(statement, table) for statement in case.statement.split("; ")]
            if not sessions[key] or not all([self.Try(sessions[key].cursor(), statement) for statement in statements]):
                del self.cases[table]
        with self.server.connect(database=DATABASE) as connection, connection.cursor() as cursor:
            cursor.execute("SET sql_mode = ''")
            for table, case in self.cases.items():
                for statement in filter(str.strip, case.after.split(";")):
                    self.Try(cursor, self.Named(statement.strip(), table))


def Stopped(foreset, outcome):
    """The tables that stand, with the reason where bronze has it."""
    reader = DeltaLakeReader()
    changes = reader.Table(foreset.lake / "bronze" / "_schema_changes").to_pylist()
    stopped = {change["table"]: change["cannot_follow"] for change in changes if change["cannot_follow"]}
    for name in re.findall(rf"\b{DATABASE}\.(t\d+)\b", outcome.err):
        stopped.setdefault(name, "says the run")
    return stopped


@pytest.mark.timeout(900)
def test_a_table_may_stop_but_is_never_wrong(source, tmp_path):
    tables = Tables(source)
    tables.Create()
    foreset = Foreset(tmp_path, source, DATABASE, {"gold": {"dimensions": {}}})
    foreset.Run()
    tables.Alter()
    outcome = foreset.Run(exits=None)
    assert outcome.code in (0, 1), outcome
    stopped = Stopped(foreset, outcome)
    reader, session = DeltaLakeReader(), Session(source)
    wrong = []
    for table, case in tables.cases.items():
        if table in stopped:
            if case.follows:
                wrong.append(f"{case.about}: stopped: {stopped[table]}")
            continue
        expected = SourceRows(session, DATABASE, table)
        try:
            rows = reader.Read(foreset.lake / "silver" / table).Select(expected.columns)
            difference = Differences(expected, rows, "source", "silver")
        except Exception as error:  # pylint: disable=broad-except
            difference = repr(error)
        if difference:
            wrong.append(f"{case.about}: {difference}")
    summary = f"{len(tables.cases)} forms on {source.kind}, {len(stopped)} stopped"
    print(summary)
    assert not wrong, summary + "\n" + "\n".join(wrong)
    # Most are plain statements: a follower that stops at everything is of no use.
    assert len(stopped) < len(tables.cases) * 2 / 3, summary
