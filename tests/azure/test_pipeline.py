# SPDX-License-Identifier: MIT
"""The pipeline with its layers in three accounts of Azurite: what arrives, who can read it, what two of them do."""

import json
import re
import time

import pytest

from tests.azure.conftest import ACCOUNTS, AzureLake
from tests.harness.values import Differences, Rows

SHOP = ("CREATE TABLE Items (Id INT PRIMARY KEY, Name VARCHAR(40), Price DECIMAL(10,2), Made DATETIME(3)); "
        "CREATE TABLE Orders (Id BIGINT PRIMARY KEY, Item INT, Note TEXT); "
        "INSERT INTO Items VALUES (1, 'Ann''s', 1.10, '2026-01-02 03:04:05.678'), (2, 'Bob', NULL, NULL); "
        "INSERT INTO Orders VALUES (10, 1, 'first'), (11, 2, REPEAT('x', 5000))")


def ThroughDeltaLake(lake, layer, table):
    """A table's rows as the `deltalake` package reads them from the emulator itself."""
    import pyarrow as pa
    from deltalake import DeltaTable, QueryBuilder

    opened = DeltaTable(f"az://{lake.container}/shop/{table}", storage_options=lake.Options(layer))
    return Rows.FromArrow(pa.table(QueryBuilder().register("t", opened).execute("SELECT * FROM t").read_all()))


def LakeAfterChanges(lake_of, kind):
    """Backfilled, then changed: rows, and the columns of a table."""
    lake = lake_of("azure_shop", SHOP, kind)
    lake.Run()
    lake.server.sql("USE azure_shop; UPDATE Items SET Name = 'Anna' WHERE Id = 1; DELETE FROM Items WHERE Id = 2; "
                    "INSERT INTO Items VALUES (3, 'Cleo', 3.30, NOW(3)); ALTER TABLE Orders ADD COLUMN Paid INT")
    lake.server.sql("USE azure_shop; INSERT INTO Orders VALUES (12, 3, NULL, 1)")
    lake.Run()
    return lake


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
def test_three_accounts_hold_what_the_source_holds(lake_of, kind):
    lake = LakeAfterChanges(lake_of, kind)
    lake.Verify()
    assert {"Items", "Orders", "_epochs", "_schema_changes"} <= set(lake.Tables("bronze"))
    assert lake.Tables("silver") == ["Items", "Orders"]
    assert lake.Tables("gold") == ["Items_current", "Items_history", "Orders_current", "Orders_history"]
    names = [row["Name"] for row in json.loads(
        lake.Command("table", "cat", "silver/Items", "-c", lake.config, "-o", "json").out)]
    assert sorted(names) == ["Anna", "Cleo"]


@pytest.mark.timeout(900)
def test_other_readers_see_the_same_in_the_emulator_and_in_a_copy_on_disk(lake_of, spark, tmp_path):
    lake = LakeAfterChanges(lake_of, "mariadb")
    for layer in ACCOUNTS:
        copy = lake.Download(layer, tmp_path)
        for table in lake.Tables(layer):
            seen = ThroughDeltaLake(lake, layer, table)
            difference = Differences(seen, spark.Read(copy / table), "deltalake", "Spark")
            assert difference == "", f"{layer}/{table}: {difference}"


def test_commands_read_tables_by_uri_with_the_environment_alone(lake_of):
    lake = lake_of("azure_by_uri", SHOP)
    lake.Run()
    lake.config.unlink()
    account = ACCOUNTS["silver"]
    environment = lake.Environment()
    lake.Environment = lambda: {**environment, "AZURE_STORAGE_ACCOUNT_NAME": account,
                                "AZURE_STORAGE_ACCOUNT_KEY": lake.azurite.keys[account],
                                "AZURE_STORAGE_ENDPOINT": lake.azurite.EndpointOf(account)}
    for place in (lake.Location("silver"), f"az://{lake.container}/shop", f"abfss://{lake.container}/shop",
                  f"{lake.azurite.EndpointOf(account)}/{lake.container}/shop"):
        tables = json.loads(lake.Command("table", "ls", place, "-o", "json").out)
        assert sorted(row["table"] for row in tables) == ["Items", "Orders"], place
    rows = json.loads(lake.Command("table", "cat", f"{lake.Location('silver')}/Items", "-o", "json").out)
    assert sorted(row["Id"] for row in rows) == [1, 2]
    assert json.loads(lake.Command("table", "show", f"{lake.Location('silver')}/Items", "-o", "json").out)["version"] >= 1


def test_a_killed_pipeline_goes_on_where_it_was(lake_of):
    lake = lake_of("azure_killed", SHOP)
    for round_number in range(4):
        lake.Start()
        first = 100 + 20 * round_number
        for key in range(first, first + 20):
            lake.server.sql(f"USE azure_killed; INSERT INTO Items VALUES ({key}, 'n{key}', {key}, NULL); "
                            f"UPDATE Items SET Price = Price + 1 WHERE Id = {key - 7}")
        commits = lambda: len(lake.azurite.Names("mybronze", lake.container, "shop/Items/_delta_log/"))
        seen = commits()
        lake.WaitUntil(lambda: commits() > seen, "another commit")
        lake.Kill()
    lake.Run()
    lake.Verify()


def test_doctor_checks_containers_and_names_the_credential(lake_of):
    lake = lake_of("azure_doctor", SHOP)
    said = lake.Command("doctor", "-c", lake.config, "-o", "json", exits=None).out
    checks = {check["check"]: check for check in json.loads(said)}
    for layer, account in ACCOUNTS.items():
        assert checks[f"lake.{layer}"]["outcome"] == "ok", checks[f"lake.{layer}"]
        assert f"account key (fs.azure.account.key.{account}.dfs.core.windows.net)" in checks[f"lake.{layer}"]["found"]
        assert lake.azurite.Names(account, lake.container) == [], "doctor left something behind"


def test_two_runs_of_one_lake_lose_and_double_nothing(lake_of, tmp_path):
    """No lock reaches over machines. Two pipelines with one configuration, each as on its own machine, from before the
    first copy on; meanwhile the source goes on."""
    lake = lake_of("azure_twice", SHOP)
    other = AzureLake(tmp_path, lake.server, "azure_twice", lake.azurite, container=lake.container)
    try:
        lake.Start()
        other.Start()
        for key in range(100, 160):
            lake.server.sql(f"USE azure_twice; INSERT INTO Items VALUES ({key}, 'n{key}', 1, NULL); "
                            f"UPDATE Items SET Price = Price + 1 WHERE Id = {key - 1}")
        # Either may give way, at any time from the first table on; both, when each has made one of the tables.
        deadline = time.monotonic() + 60
        while len(lake.azurite.Names("mybronze", lake.container, "shop/Items/_delta_log/")) <= 3:
            if lake.Ended() is not None and other.Ended() is not None:
                break
            assert time.monotonic() < deadline, f"no commits of either:\n{lake.Said()}\n{other.Said()}"
            time.sleep(0.2)
        survivors = [one for one in (lake, other) if one.Ended() is None]
        for one in (lake, other):
            if one.Ended() is not None:
                # The one that gives way says why, and that a supervisor may start it again.
                assert re.search(r"\bE\d{4}\b", one.Said()), one.Said()
                assert "error E3008" not in one.Said() or one.Ended() == 75, (one.Ended(), one.Said())
                one.Discard()
        for one in survivors:
            one.Stop()
    finally:
        other.Discard()
    lake.Run()
    lake.Verify()
    events = [json.loads(line) for line in lake.Command(
        "table", "cat", "bronze/Items", "-c", lake.config, "-o", "jsonl").out.splitlines()]
    sequences = [event["_seq"] for event in events]
    assert len(set(sequences)) == len(sequences), "bronze holds a change twice"
    history = [json.loads(line) for line in lake.Command(
        "table", "cat", "gold/Items_history", "-c", lake.config, "-o", "jsonl").out.splitlines()]
    assert sorted(row["_seq"] for row in history) == sorted(sequences)
