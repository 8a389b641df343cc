# SPDX-License-Identifier: MIT
"""What the configuration asks of the source's tables and the source cannot give: `doctor` names it, and a first run refuses
with the same code before anything is made."""

import pytest

from tests.operation.conftest import Shop
from tests.operation.test_doctor import Checks


def Dimensions(**dimensions):
    return {"gold": {"dimensions": dimensions}}


# The mistake, the line of doctor, the code. Exit code 78 is a configuration's.
MISTAKES = {
    "no such table": (Dimensions(A={"from": "Nope"}), "gold.dimensions", "E5107"),
    "no such column": (Dimensions(A={"from": "Items", "columns": {"Id": "Id", "N": "Nmae"}}), "gold.dimensions", "E5107"),
    "no key": (Dimensions(A={"from": "Items", "columns": {"N": "Name"}}), "gold.dimensions", "E5107"),
    "a column of the lake's": (
        Dimensions(A={"from": "Items", "columns": {"Id": "Id", "_seq": "Name"}}), "gold.dimensions", "E5106"),
    "two gold tables of one name": (
        Dimensions(**{"*": {}, "A": {"from": "Items", "current": "Other_current"}}), "gold.dimensions", "E5308"),
    "a table of two databases": (
        {**Dimensions(A={"from": "Items"}), "lake": {"layout": "{database}/{table}"},
         "source": {"mysql": {"tables": ["operated.*", "operated_too.*"]}}}, "gold.dimensions", "E5308"),
    "two tables of one folder": (
        {"source": {"mysql": {"tables": ["operated.*", "operated_too.*"]}}}, "table folders", "E5308"),
    "a rule's table": ({"silver": {"clean": {"Nope": {"Name": "lower(Name)"}}}}, "silver.rules", "E8201"),
    "a rule's column": ({"silver": {"clean": {"Items": {"Nmae": "lower(Name)"}}}}, "silver.rules", "E8202"),
    "an expectation's column": ({"silver": {"expect": {"Items": {"Nmae <> ''": "warn"}}}}, "silver.rules", "E8202"),
}


@pytest.fixture(scope="module")
def mysql(servers):
    server = servers("mysql")
    server.sql("DROP DATABASE IF EXISTS operated_too; CREATE DATABASE operated_too;"
               "CREATE TABLE operated_too.Items (Id INT PRIMARY KEY)")
    yield server
    server.sql("DROP DATABASE operated_too")


def MakeShop(directory, server, configuration=None):
    shop = Shop(directory, server, "operated", configuration)
    server.sql("CREATE TABLE Other (Id INT PRIMARY KEY); INSERT INTO Other VALUES (1)", database="operated")
    return shop.foreset


@pytest.mark.parametrize("mistake", MISTAKES)
def test_doctor_names_it_and_a_first_run_makes_nothing(mysql, tmp_path, mistake):
    configuration, line, code = MISTAKES[mistake]
    foreset = MakeShop(tmp_path, mysql, configuration)
    checks = Checks(foreset)
    assert (checks[line]["outcome"], checks[line]["code"]) == ("failed", code) and checks[line]["fix"], checks[line]
    assert [name for name, check in checks.items() if check["outcome"] == "failed"] == [line]
    refused = foreset.Run(exits=None)
    assert refused.code != 0 and f"error {code}:" in refused.err, refused
    assert not list(foreset.lake.rglob("*.parquet"))


def test_a_lake_that_is_there_goes_on_and_says_so(mysql, tmp_path):
    foreset = MakeShop(tmp_path, mysql, Dimensions(DimItem={"from": "Items", "columns": {"Id": "Id"}}))
    assert Checks(foreset)["gold.dimensions"]["outcome"] == "ok"
    foreset.Run()
    mysql.sql("DROP TABLE Items; INSERT INTO Other VALUES (2)", database="operated")
    foreset.Run()
    foreset.Configure(Dimensions(More={"from": "Nope"}))
    outcome = foreset.Run()
    assert "E5107" in outcome.err and "'Nope'" in outcome.err and "'Items'" not in outcome.err, outcome


def test_every_table_may_have_other_names_in_gold(mysql, tmp_path):
    foreset = MakeShop(tmp_path, mysql, Dimensions(**{"*": {"current": "{table}_now", "history": "log/{table}"}}))
    foreset.Run()
    assert {path.name for path in (foreset.lake / "gold").iterdir() if not path.name.startswith("_")} == {
        "Items_now", "Other_now", "log"}
    foreset.Verify()


@pytest.mark.parametrize("name", ["../up", "/up", "a//b", "."])
def test_no_name_leads_out_of_gold(mysql, tmp_path, name):
    foreset = MakeShop(tmp_path, mysql, Dimensions(A={"from": "Items", "current": name}))
    for command in ("doctor", "run"):
        assert "E1101" in foreset.Command(command, "-c", foreset.config, exits=78).err
