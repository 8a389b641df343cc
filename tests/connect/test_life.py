# SPDX-License-Identifier: MIT
"""A connector's life: what was asked of it holds, through stops, crashes and failures."""

import os
import socket
import stat
import subprocess

import pytest

from tests.connect.contract import AT, MYSQL, NAME
from tests.connect.server import ConnectorFor, ForesetConnect

RUNNING = ("RUNNING", "RUNNING")


def test_rows_reach_the_lake_and_changes_follow(foreset, mysql, shop):
    foreset.Create(ConnectorFor(mysql, shop))
    foreset.WaitForStates(*RUNNING)
    foreset.WaitForNames(["one", "two"])
    mysql.sql(f"UPDATE {shop}.Items SET Name = 'uno' WHERE Id = 1; DELETE FROM {shop}.Items WHERE Id = 2;")
    foreset.WaitForNames(["uno"])
    topics = foreset.Ask("GET", f"{AT}/topics").json
    assert topics == {NAME: {"topics": [f"{shop}.{shop}.Items"]}}


def test_requests_without_a_body_are_answered_at_once(foreset, mysql, shop):
    """curl -X PUT sends neither a body nor its length."""
    foreset.Create(ConnectorFor(mysql, shop))

    def Curl(method, path):
        command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-m", "5", "-X", method, f"{foreset.url}{path}"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    assert Curl("PUT", f"{AT}/pause") == "202"
    foreset.WaitForStates("PAUSED", "PAUSED")
    assert Curl("PUT", f"{AT}/resume") == "202"
    assert Curl("POST", f"{AT}/restart") == "204"
    assert Curl("PUT", f"{AT}/config") == "400"
    assert Curl("DELETE", AT) == "204"


def test_what_ran_goes_on_after_a_kill(foreset, mysql, shop):
    foreset.Create(ConnectorFor(mysql, shop))
    foreset.WaitForNames(["one", "two"])
    foreset.Kill()
    mysql.sql(f"INSERT INTO {shop}.Items VALUES (3, 'three');")
    foreset.Start()
    foreset.WaitForStates(*RUNNING)
    foreset.WaitForNames(["one", "two", "three"])


def test_a_paused_one_keeps_its_position_through_a_restart(foreset, mysql, shop):
    foreset.Create(ConnectorFor(mysql, shop))
    foreset.WaitForNames(["one", "two"])
    assert foreset.Ask("PUT", f"{AT}/pause").status == 202
    foreset.WaitForStates("PAUSED", "PAUSED")
    before = foreset.Offset()
    mysql.sql(f"INSERT INTO {shop}.Items VALUES (3, 'three');")
    foreset.Stop()
    foreset.Start()
    foreset.WaitForStates("PAUSED", "PAUSED")
    assert foreset.Offset() == before
    assert foreset.Ask("PUT", f"{AT}/resume").status == 202
    foreset.WaitForNames(["one", "two", "three"])
    foreset.WaitUntil(lambda: foreset.Offset() > before, "the position moves")


def test_reset_offsets_copy_everything_anew(foreset, mysql, shop):
    foreset.Create(ConnectorFor(mysql, shop))
    foreset.WaitForNames(["one", "two"])
    assert foreset.Ask("DELETE", f"{AT}/offsets").status == 400
    assert foreset.Ask("PUT", f"{AT}/stop").status == 204
    foreset.WaitForStates("STOPPED")
    assert foreset.Ask("DELETE", f"{AT}/offsets").status == 200
    assert foreset.Offset() is None and not foreset.Rows("Items")
    assert foreset.Ask("PUT", f"{AT}/resume").status == 202
    foreset.WaitForNames(["one", "two"])
    kept = foreset.directory / "lake" / NAME / "bronze" / "_old"
    assert [path.name.split("-")[0] for path in kept.iterdir()] == ["Items"]


def test_offsets_are_altered_within_what_the_lake_holds(foreset, mysql, shop):
    foreset.Create(ConnectorFor(mysql, shop))
    foreset.WaitForNames(["one", "two"])
    assert foreset.Ask("PUT", f"{AT}/stop").status == 204
    foreset.WaitForStates("STOPPED")
    file, position = foreset.Offset()

    def Alter(pos):
        body = {"offsets": [{"partition": {"server": shop}, "offset": {"file": file, "pos": pos}}]}
        return foreset.Ask("PATCH", f"{AT}/offsets", body)

    assert Alter(position).status == 200
    beyond = Alter(position + 1)
    assert beyond.status == 400 and "beyond what the lake holds" in beyond.text
    assert foreset.Offset() == (file, position)


def test_a_failure_is_told_with_its_code_and_mended_by_a_new_configuration(foreset, mysql, shop):
    foreset.Create(ConnectorFor(mysql, shop))
    foreset.WaitForNames(["one", "two"])
    mysql.sql("CREATE USER 'locked'@'%' IDENTIFIED BY 'secret-canary'; GRANT ALL ON *.* TO 'locked'@'%';")
    try:
        changed = {"database.user": "locked", "database.password": "secret-canary"}
        assert foreset.Ask("PATCH", f"{AT}/config", changed).status == 200
        foreset.WaitForStates(*RUNNING)
        mysql.sql("ALTER USER 'locked'@'%' IDENTIFIED BY 'other';")
        assert foreset.Ask("POST", f"{AT}/restart?includeTasks=true").status == 202
        foreset.WaitForStates("RUNNING", "FAILED")
        trace = foreset.Ask("GET", f"{AT}/status").json["tasks"][0]["trace"]
        assert "E2102" in trace and "secret-canary" not in trace
        assert foreset.Ask("PATCH", f"{AT}/config", {"database.password": "other"}).status == 200
        foreset.WaitForStates(*RUNNING)
        assert "secret-canary" not in foreset.Said()
    finally:
        mysql.sql("DROP USER 'locked'@'%';")


def test_a_kept_password_is_sent_nowhere_else(foreset, mysql, shop):
    """Host, port, user or TLS mode change: the password is asked for again before anybody is."""
    config = {**ConnectorFor(mysql, shop), "name": NAME}
    foreset.Create(config)
    foreset.WaitForStates(*RUNNING)
    with socket.create_server(("127.0.0.1", 0)) as rogue:
        port = str(rogue.getsockname()[1])
        changes = [{"database.port": port}, {"database.hostname": "localhost", "database.port": port},
                   {"database.user": "other"}, {"database.ssl.mode": "disabled"}]
        for change in changes:
            masked = {**config, **change, "database.password": "****"}
            for answer in (foreset.Ask("PATCH", f"{AT}/config", change),
                           foreset.Ask("PATCH", f"{AT}/config", {**change, "database.password": "****"}),
                           foreset.Ask("PUT", f"{AT}/config", masked)):
                assert answer.status == 400, answer
                assert "database.password" in answer.text and "give it again" in answer.text, answer
            said = foreset.Ask("PUT", f"/connector-plugins/{MYSQL}/config/validate", masked).json
            assert any("give it again" in error for option in said["configs"] for error in option["value"]["errors"])
        rogue.settimeout(0)
        with pytest.raises(BlockingIOError):
            rogue.accept()
    shown = foreset.Ask("GET", f"{AT}/config").json
    assert shown["database.port"] == str(mysql.port) and shown["database.password"] == "****"
    assert foreset.Ask("PUT", f"/connector-plugins/{MYSQL}/config/validate", shown).json["error_count"] == 0
    assert foreset.Ask("PUT", f"{AT}/config", shown).status == 200
    changed = {"database.ssl.mode": "disabled", "database.password": mysql.password}
    assert foreset.Ask("PATCH", f"{AT}/config", changed).status == 200
    foreset.WaitForStates(*RUNNING)


def test_what_has_no_effect_is_neither_kept_nor_shown(foreset, mysql, shop):
    names = ["schema.history.internal.producer.ssl.keystore.key",
             "schema.history.internal.azure.storage.account.connectionstring",
             "schema.history.internal.jdbc.jdbc.url", "value.converter.basic.auth.user.info",
             "producer.override.ssl.keystore.key", "driver.anything", "signal.kafka.consumer.x",
             "database.connectionTimeZone", "transforms.unwrap.x"]
    canaries = {name: f"CANARY{number}-x" for number, name in enumerate(names)}
    config = {**ConnectorFor(mysql, shop), **canaries, "name": NAME, "transforms": "unwrap",
              "transforms.unwrap.type": "io.debezium.transforms.ExtractNewRecordState"}
    said = foreset.Create(config).text
    foreset.WaitForStates(*RUNNING)
    for path in ("", "/config", "/tasks", "/tasks-config", "/status", "/offsets", "/topics"):
        said += foreset.Ask("GET", AT + path).text
    said += foreset.Ask("GET", "/connectors?expand=info&expand=status").text
    kept = (foreset.directory / "state" / "connectors" / f"{NAME}.json").read_text()
    for text in (said, foreset.Said(), kept):
        assert "CANARY" not in text
    shown = foreset.Ask("GET", f"{AT}/config").json
    assert set(shown) == {"name", "connector.class", "topic.prefix", "database.hostname", "database.port", "database.user",
                          "database.password", "database.server.id", "database.include.list"}
    validated = foreset.Ask("PUT", f"/connector-plugins/{MYSQL}/config/validate", {**config, "an.own.secret": "CANARY-own"}).json
    values = {option["value"]["name"]: option["value"]["value"] for option in validated["configs"]}
    assert values["an.own.secret"] == values[names[0]] == "****"


@pytest.mark.parametrize("change, reason", [
    ({"tasks.max": "0"}, "at least 1"),
    ({"topic.prefix": "../../x"}, "topic.prefix"), ({"topic.prefix": "a b\n"}, "topic.prefix"),
    ({"topic.prefix": "\x1b[2J"}, "topic.prefix"), ({"database.password": "${file:/run/secrets/x}"}, "not resolved here"),
    ({"database.password": "****"}, "give it again")])
def test_options_are_refused_with_the_reason(foreset, mysql, shop, change, reason):
    refused = foreset.Ask("POST", "/connectors", {"name": NAME, "config": {**ConnectorFor(mysql, shop), **change}})
    assert refused.status == 400 and reason in refused.text, refused


def test_a_source_that_goes_away_is_waited_for(foreset, tmp_path):
    from tests.servers import MariaDbServer

    with MariaDbServer() as source:
        source.sql("CREATE DATABASE shop; CREATE TABLE shop.Items (Id INT PRIMARY KEY, Name VARCHAR(20));"
                   "INSERT INTO shop.Items VALUES (1, 'one');")
        config = ConnectorFor(source, "shop")
        config["connector.class"] = "io.debezium.connector.mariadb.MariaDbConnector"
        foreset.Create(config)
        foreset.WaitForNames(["one"])
        foreset.Stop()
        source.stop()
        foreset.Start()
        foreset.WaitForStates("RUNNING", "RESTARTING")
        assert "E2101" in foreset.Ask("GET", f"{AT}/status").json["tasks"][0]["trace"]
        source.start()
        source.sql("INSERT INTO shop.Items VALUES (2, 'two');")
        foreset.WaitForNames(["one", "two"])


def test_two_connectors_have_a_lake_each_or_the_second_is_refused(tmp_path, foreset, mysql, shop):
    foreset.Create(ConnectorFor(mysql, shop), "first")
    foreset.Create(ConnectorFor(mysql, shop), "second")
    for connector in ("first", "second"):
        foreset.WaitForNames(["one", "two"], connector=connector)
    (tmp_path / "one").mkdir()
    single = ForesetConnect(tmp_path / "one", lake="lake")
    try:
        single.Start()
        single.Create(ConnectorFor(mysql, shop), "first")
        refused = single.Ask("POST", "/connectors", {"name": "second", "config": ConnectorFor(mysql, shop)})
        assert refused.status == 409 and "first" in refused.text and "E7004" in refused.text
    finally:
        single.Discard()


def test_one_process_has_a_state_directory(foreset):
    other = subprocess.run(foreset.Command()[:5] + ["127.0.0.1:0", "--state", "state"], cwd=foreset.directory,
                           capture_output=True, text=True, timeout=60, check=False)
    assert other.returncode == 75 and "E3008" in other.stderr


def test_stored_connectors_are_the_owners_alone(foreset, mysql, shop):
    foreset.Create(ConnectorFor(mysql, shop))
    files = [path for path in (foreset.directory / "state" / "connectors").iterdir()]
    assert [path.name for path in files] == [f"{NAME}.json"]
    for path in files:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert mysql.password in files[0].read_text()
    assert mysql.password not in foreset.Said()


def test_options_without_counterpart_are_named(foreset, mysql, shop):
    config = ConnectorFor(
        mysql, shop, column__exclude__list="shop.Items.Name", snapshot__mode="no_data", databse__user="x",
        heartbeat__interval__ms="1000", transforms="unwrap",
        transforms__unwrap__type="io.debezium.transforms.ExtractNewRecordState", table__include__list=f"{shop}\\.(Items|[A-Z]+)")
    said = foreset.Ask("PUT", f"/connector-plugins/{MYSQL}/config/validate", {**config, "name": NAME}).json
    values = {option["value"]["name"]: option["value"] for option in said["configs"]}
    wrong = {name: value["errors"] for name, value in values.items() if value["errors"]}
    assert set(wrong) == {"column.exclude.list", "snapshot.mode", "databse.user", "table.include.list"}
    assert "database.user" in wrong["databse.user"][0]
    assert said["error_count"] == 4
    for name in ("heartbeat.interval.ms", "transforms", "schema.history.internal.kafka.topic", "transforms.unwrap.type"):
        assert values[name]["warnings"][0].startswith("not needed: "), name
    refused = foreset.Ask("POST", "/connectors", {"name": NAME, "config": config})
    assert refused.status == 400
    for name in wrong:
        assert name in refused.text


def test_what_keeps_the_source_from_being_captured_is_named(foreset, mysql, shop):
    mysql.sql("CREATE USER 'poor'@'%' IDENTIFIED BY 'p'; GRANT SELECT ON *.* TO 'poor'@'%';")
    try:
        config = ConnectorFor(mysql, shop, database__user="poor", database__password="p")
        refused = foreset.Ask("POST", "/connectors", {"name": NAME, "config": config})
        assert refused.status == 400 and "E2103" in refused.text and "GRANT" in refused.text
        assert foreset.Ask("GET", "/connectors").json == []
    finally:
        mysql.sql("DROP USER 'poor'@'%';")


def test_the_level_of_messages_changes_at_run_time(foreset, mysql, shop):
    assert foreset.Ask("GET", "/admin/loggers/root").json == {"level": "INFO", "last_modified": None}
    assert foreset.Ask("PUT", "/admin/loggers/root", {"level": "error"}).json == ["root"]
    assert foreset.Ask("GET", "/admin/loggers/root").json["level"] == "ERROR"
    foreset.Create(ConnectorFor(mysql, shop))
    foreset.WaitForNames(["one", "two"])
    assert f"connector {NAME} started" not in foreset.Said()
    foreset.Ask("PUT", "/admin/loggers/root", {"level": "INFO"})
    foreset.Ask("POST", f"{AT}/restart")
    foreset.WaitUntil(lambda: f"connector {NAME} started" in foreset.Said(), "it says so again")
