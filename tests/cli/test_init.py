# SPDX-License-Identifier: MIT
"""`foreset init` writes a file that the other commands understand, and never a password."""

import json
import os
import pty

import pytest
import yaml

from tests.harness.program import BINARY

CONNECTOR = {
    "name": "mysql-connector",
    "config": {
        "connector.class": "io.debezium.connector.mysql.MySqlConnector",
        "database.hostname": "mysql", "database.port": "3306", "database.user": "root",
        "database.password": "canary-7f3a9c", "database.server.id": "184054", "topic.prefix": "online_store",
        "database.include.list": "online_store",
        "table.exclude.list": "online_store\\.Tmp,online_store\\.(a|b),online_store\\.[c-e]",
        "schema.history.internal.kafka.topic": "schema-changes.online_store", "decimal.handling.mode": "string",
        "database.ssl.mode": "verify_ca", "column.mask.hash": "x",
    },
}


def test_flags_make_a_file(foreset):
    foreset("init", "--host", "db", "--user", "me", "--tables", "shop.*,stock.Items", "--lake", "/data/lake")
    made = yaml.safe_load((foreset.directory / "foreset.yaml").read_text())
    assert made["source"]["mysql"]["host"] == "db"
    assert made["source"]["mysql"]["password"] == "${env:MYSQL_PASSWORD}"
    assert made["source"]["mysql"]["tables"] == ["shop.*", "stock.Items"]
    assert made["lake"]["gold"] == "/data/lake/gold"
    foreset("status", "--offline")


def test_a_file_that_is_there_is_kept(foreset):
    foreset.Write("foreset.yaml", "mine")
    _, err = foreset("init", exits=2)
    assert "--force" in err and (foreset.directory / "foreset.yaml").read_text() == "mine"
    foreset("init", "--force")


@pytest.mark.parametrize("flag, value", [
    ("--port", "many"), ("--port", "0"), ("--port", "65536"), ("--host", ""), ("--host", "a b"), ("--user", " "),
    ("--tables", "shop"), ("--tables", "shop.*,stock"), ("--exclude", ".T"), ("--name", ""), ("--password-env", "A-B"),
    ("--lake", "s3://bucket/lake"), ("--lake", "file/lake"), ("--lake", ""),
])
def test_a_wrong_flag_is_named_before_anything_is_written(foreset, flag, value):
    foreset.Write("file", "in the way")
    _, err = foreset("init", flag, value, exits=2)
    assert "E1001" in err and flag in err and not (foreset.directory / "foreset.yaml").exists()


def Dialogue(foreset, *answers):
    """Types the answers, each when the next question has come; what the terminal then shows."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(foreset.directory)
        os.execve(str(BINARY), [str(BINARY), "init"], foreset.environment)
    shown = ""
    for answer in answers:
        while not shown.endswith("]: "):
            shown += os.read(terminal, 4096).decode()
        os.write(terminal, f"{answer}\n".encode())
        shown += os.read(terminal, 1).decode()
    try:
        while part := os.read(terminal, 4096):
            shown += part.decode()
    except OSError:  # the other end is closed
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, shown
    return shown


def test_a_wrong_answer_is_told_at_once_and_asked_again(foreset):
    foreset.Write("file", "in the way")
    shown = Dialogue(foreset, "a b", " db ", "abc", "3307", " ", "me", "shop", "shop.*, stock.Items", "", "file/lake", "here")
    for again, times in {"Host of": 2, "Port [": 2, "User [": 2, "Tables,": 2, "Name of": 1, "Directory of": 2}.items():
        assert shown.count(again) == times, shown
    assert '"abc" is no port' in shown and "is written" in shown
    made = yaml.safe_load((foreset.directory / "foreset.yaml").read_text())
    mysql = made["source"]["mysql"]
    assert (mysql["host"], mysql["port"], mysql["user"]) == ("db", 3307, "me")
    assert mysql["tables"] == ["shop.*", "stock.Items"]
    assert (made["name"], made["lake"]["bronze"]) == ("shop", "here/bronze")
    foreset("status", "--offline")


def test_a_debezium_connector_is_taken_over_key_by_key(foreset):
    foreset.Write("connector.json", json.dumps(CONNECTOR))
    _, err = foreset("init", "--from-debezium", "connector.json", "--lake", "lake")
    for key in CONNECTOR["config"]:
        assert key in err, f"it does not say what became of {key}"
    left = err[err.index("Not taken over:"):]
    assert "column.mask.hash" in left and "[c-e]" in left and "database.hostname" not in left
    mysql = yaml.safe_load((foreset.directory / "foreset.yaml").read_text())["source"]["mysql"]
    assert mysql == {"host": "mysql", "port": 3306, "user": "root", "password": "${env:MYSQL_PASSWORD}",
                     "tables": ["online_store.*"],
                     "exclude": ["online_store.Tmp", "online_store.a", "online_store.b"], "server_id": 184054,
                     "tls": {"mode": "verify_ca"}}


def test_what_is_no_connector_is_refused(foreset):
    foreset.Write("connector.json", "[]")
    assert "E1104" in foreset("init", "--from-debezium", "connector.json", exits=78)[1]
