# SPDX-License-Identifier: MIT
"""A pipeline that serves its state."""

import pytest

from tests.harness.program import Foreset
from tests.harness.waiting import WaitFor
from tests.operation.endpoint import Endpoint


class Shop:
    """One table whose changes the tests make, and the pipeline that follows it."""

    def __init__(self, directory, server, database, configuration=None):
        self.server, self.database = server, database
        server.sql(f"DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database}; USE {database};"
                   "CREATE TABLE Items (Id INT PRIMARY KEY, Name VARCHAR(20)); INSERT INTO Items VALUES (1, 'a'), (2, 'b')")
        self.next = 3
        self.foreset = Foreset(directory, server, database, configuration)

    def Start(self, *arguments):
        self.foreset.Start("--listen", "127.0.0.1:0", *arguments)
        self.endpoint = Endpoint(self.foreset.log)
        return self.endpoint

    def Insert(self, rows=1):
        for _ in range(rows):
            self.server.sql(f"INSERT INTO Items VALUES ({self.next}, 'new')", database=self.database)
            self.next += 1

    def Changes(self):
        return self.endpoint.Value("foreset_changes_total", table=f"{self.database}.Items")

    def Close(self):
        self.foreset.Discard()


@pytest.fixture
def shop(servers, tmp_path):
    shop = Shop(tmp_path, servers("mysql"), "operated")
    yield shop
    shop.Close()


@pytest.fixture
def served(shop):
    """The endpoint of a pipeline that has copied and follows."""
    endpoint = shop.Start()
    WaitFor(endpoint.Ready, "the pipeline is ready")
    return endpoint
