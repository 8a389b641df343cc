# SPDX-License-Identifier: MIT
"""Tables whose names are no ordinary folders: each has its own, or stops by itself, and the run goes on."""

import json
import subprocess

from tests.harness.program import BINARY, Foreset

DATABASE = "named"
ESCAPED = {"..": ".%2E", ".": "%2E", "../up": "..%2Fup", "a/b": "a%2Fb"}
LATER = ".." + "/later"
RESERVED = ("_old", "_epochs", "_quarantine", "_schema_changes", "_foreset.lock", "_requests")


def Make(names):
    return "".join(f"CREATE TABLE `{name}` (id INT PRIMARY KEY); INSERT INTO `{name}` VALUES (1); " for name in names)


def Checks(lake):
    done = subprocess.run([str(BINARY), "doctor", "-c", str(lake.config), "-o", "json"], cwd=lake.directory,
                          env=lake.Environment(), capture_output=True, timeout=120, check=False)
    return [check for check in json.loads(done.stdout) if check["check"] == "table folders"]


def Stopped(lake):
    status = json.loads(lake.Command("status", "-c", lake.config, "-o", "json").out)
    return {stopped["table"]: stopped["code"] for stopped in status["stopped"]}


def test_a_table_that_cannot_have_its_folder_stops_alone(servers, tmp_path):
    server = servers("mysql")
    server.sql(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}; USE {DATABASE}; "
               f"CREATE TABLE healthy (id INT PRIMARY KEY); {Make(ESCAPED)} {Make(RESERVED[:3])}")
    lake = Foreset(tmp_path / "deep" / "down", server, DATABASE)
    (check,) = Checks(lake)
    assert check["outcome"] == "warning" and all(f"named.{name} " in check["found"] for name in RESERVED[:3])
    lake.Run(exits=None)
    lake.Start()
    server.sql(f"INSERT INTO {DATABASE}.healthy VALUES (3)")
    lake.Command("verify", "-c", lake.config, f"{DATABASE}.healthy")  # it follows
    server.sql(f"USE {DATABASE}; {Make(RESERVED[3:])} CREATE TABLE `{LATER}` (id INT PRIMARY KEY); "
               "INSERT INTO healthy VALUES (7); INSERT INTO `../up` VALUES (7); INSERT INTO _old VALUES (7)")
    lake.WaitUntil(lambda: len(Stopped(lake)) == len(RESERVED), "every table of these names stops")
    assert Stopped(lake) == {f"{DATABASE}.{name}": "E5307" for name in RESERVED}
    for name in ("healthy", *ESCAPED, LATER):
        lake.Command("verify", "-c", lake.config, f"{DATABASE}.{name}")
    assert lake.Ended() is None, lake.Said()
    lake.Kill()
    for name in (*ESCAPED.values(), "..%2Flater", "healthy"):
        assert (lake.lake / "silver" / name / "_delta_log").is_dir(), name
    assert {path.name for path in tmp_path.iterdir()} == {"deep"}
    assert {path.name for path in lake.lake.iterdir()} == {"bronze", "silver", "gold"}
    server.sql(f"DROP DATABASE {DATABASE}")


def test_doctor_says_which_tables_would_share_a_folder(servers, tmp_path):
    server = servers("mysql")
    for database in ("shared_one", "shared_two"):
        server.sql(f"DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database}; "
                   f"CREATE TABLE {database}.t (id INT PRIMARY KEY)")
    lake = Foreset(tmp_path, server, "shared_one")
    lake.Configure({"source": {"mysql": {"tables": ["shared_one.*", "shared_two.*"]}}})
    (check,) = Checks(lake)
    assert (check["outcome"], check["code"]) == ("failed", "E5308")
    assert 'layout: "{database}/{table}"' in check["fix"]
    assert "E5308" in lake.Command("run", "-c", lake.config, "--until-current", exits=78).err
    assert not list(lake.lake.rglob("_delta_log"))
    # One that comes while the pipeline runs stops alone.
    server.sql("DROP TABLE shared_two.t; INSERT INTO shared_one.t VALUES (3)")
    lake.Run()
    lake.Start()
    lake.Command("verify", "-c", lake.config, "shared_one.t")
    server.sql("CREATE TABLE shared_two.t (id INT PRIMARY KEY); INSERT INTO shared_two.t VALUES (2); "
               "INSERT INTO shared_one.t VALUES (1)")
    lake.WaitUntil(lambda: Stopped(lake) == {"shared_two.t": "E5308"}, "the second table stops")
    lake.Command("verify", "-c", lake.config, "shared_one.t")
    assert lake.Ended() is None, lake.Said()
    lake.Kill()
