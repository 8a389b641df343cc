# SPDX-License-Identifier: MIT
"""Fixtures: a source with a small database of the test's own, and `foreset connect`."""

import itertools

import pytest

from tests.connect.server import ForesetConnect

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def mysql(servers):
    return servers("mysql")


@pytest.fixture
def shop(mysql):
    """The name of a database with one table of two rows."""
    name = f"shop{next(NUMBERS)}"
    mysql.sql(f"CREATE DATABASE {name}; CREATE TABLE {name}.Items (Id INT PRIMARY KEY, Name VARCHAR(20));"
              f"INSERT INTO {name}.Items VALUES (1, 'one'), (2, 'two');")
    yield name
    mysql.sql(f"DROP DATABASE {name};")


@pytest.fixture
def foreset(tmp_path):
    server = ForesetConnect(tmp_path)
    yield server.Start()
    server.Discard()
