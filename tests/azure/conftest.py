# SPDX-License-Identifier: MIT
"""Fixtures of the tests against Azurite: an emulator with three accounts, and a pipeline whose layers are in them."""

import secrets

import pytest

from tests.harness.program import Foreset, Outcome
from tests.servers.azurite import Azurite

ACCOUNTS = {"bronze": "mybronze", "silver": "mysilver", "gold": "mygold"}


class AzureLake(Foreset):
    """A configuration whose three layers are in three accounts, each with a container and a key of its own."""

    def __init__(self, directory, server, database, azurite, configuration=None, container=None):
        self.azurite = azurite
        # Fresh ones for each lake, unless it is another's too.
        self.container = container or f"{database.replace('_', '-')}-{secrets.token_hex(4)}"
        for account in ACCOUNTS.values():
            azurite.CreateContainer(account, self.container)
        super().__init__(directory, server, database, {
            "lake": {layer: self.Location(layer) for layer in ACCOUNTS},
            "azure": {"endpoint": azurite.endpoint,
                      **{f"fs.azure.account.key.{account}.dfs.core.windows.net": f"${{file:{account}.key}}"
                         for account in ACCOUNTS.values()}},
            **(configuration or {})})
        for account in ACCOUNTS.values():
            self.WriteKey(account, azurite.keys[account])

    def Location(self, layer):
        return f"abfss://{self.container}@{ACCOUNTS[layer]}.dfs.core.windows.net/shop"

    def WriteKey(self, account, key):
        """In one step, as who rotates keys should: never half a key."""
        path = self.directory / f"{account}.key"
        fresh = path.with_suffix(".new")
        fresh.write_text(key + "\n")
        fresh.rename(path)

    def CheckManners(self, outcome):
        # doctor tells its codes where it tells everything: in its rows.
        told = outcome.err + (outcome.out if outcome.arguments[0] == "doctor" else "")
        super().CheckManners(Outcome(outcome.arguments, outcome.code, outcome.out, told))
        for key in self.azurite.keys.values():
            assert key not in outcome.out + outcome.err, f"an account key is in what {outcome.arguments} says"

    def Download(self, layer, directory):
        """A copy of a layer's objects on disk; where its tables are."""
        self.azurite.CopyTo(ACCOUNTS[layer], self.container, directory / layer)
        return directory / layer / "shop"

    def Tables(self, layer):
        """The Delta tables of a layer, by the names in the container."""
        names = self.azurite.Names(ACCOUNTS[layer], self.container, "shop/")
        return sorted({name.split("/_delta_log/")[0].removeprefix("shop/") for name in names if "/_delta_log/" in name})

    def Options(self, layer):
        """How the `deltalake` package is to reach a layer."""
        account = ACCOUNTS[layer]
        return {"azure_storage_account_name": account, "azure_storage_account_key": self.azurite.keys[account],
                "azure_storage_endpoint": self.azurite.EndpointOf(account), "allow_http": "true"}


@pytest.fixture(scope="session")
def azurite():
    server = Azurite().start()
    yield server
    server.discard()


@pytest.fixture
def lake_of(azurite, servers, tmp_path):
    """lake_of(database, sql): an Azure lake, not yet run, of a fresh database with these statements in it."""
    made = []

    def Make(database, sql, kind="mariadb", emulator=azurite, **configuration):
        server = servers(kind)
        server.sql(f"DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database}; USE {database}; {sql}")
        directory = tmp_path / f"lake{len(made)}"
        directory.mkdir()
        made.append(AzureLake(directory, server, database, emulator, configuration))
        return made[-1]

    yield Make
    for lake in made:
        lake.Discard()
