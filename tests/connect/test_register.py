# SPDX-License-Identifier: MIT
"""deploy/register-connector.sh, and the original's own way in, against Kafka Connect with Debezium and against Foreset."""

import http.server
import json
import os
import subprocess
import threading

import pytest

from tests.connect.contract import AT, NAME, States, WaitForStates
from tests.connect.rest import Ask
from tests.harness.program import ROOT
from tests.harness.waiting import WaitFor
from tests.servers.server_process import FreePort

SCRIPT = ROOT / "deploy" / "register-connector.sh"
SHIPPED = ROOT / "deploy" / "mysql-connector.json"


@pytest.fixture(params=["connect", "foreset"])
def url(request):
    """Debezium's worker, then Foreset, without connectors."""
    server = request.getfixturevalue(request.param)
    yield server.url
    for name in Ask(server.url, "GET", "/connectors").json:
        assert Ask(server.url, "DELETE", f"/connectors/{name}").status == 204


def Connector(directory, mysql, shop, kafka, **changes):
    """The shipped file with the addresses of the tests' servers, and the tests' database."""
    shipped = json.loads(SHIPPED.read_text())
    shipped["config"].update({
        "database.hostname": "127.0.0.1", "database.port": str(mysql.port), "database.include.list": shop,
        "topic.prefix": shop, "schema.history.internal.kafka.bootstrap.servers": kafka.bootstrap,
        "schema.history.internal.kafka.topic": f"schema-changes.{shop}", **changes})
    path = directory / "connector.json"
    path.write_text(json.dumps(shipped, indent=2))
    return path


def Register(url, path, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MYSQL_", "CONNECT_"))}
    done = subprocess.run([str(SCRIPT), url, str(path)], env={**clean, **environment}, capture_output=True, text=True,
                          timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_script_registers_and_waits(url, tmp_path, mysql, shop, kafka):
    path = Connector(tmp_path, mysql, shop, kafka)
    secret = tmp_path / "secret"
    secret.write_text(mysql.password + "\n")
    code, said = Register(url, path, MYSQL_PASSWORD_FILE=str(secret))
    assert code == 0, said
    assert States(url) == ("RUNNING", "RUNNING") and mysql.password not in said
    code, said = Register(url, path, MYSQL_PASSWORD=mysql.password)
    assert code == 0 and "there already" in said, said


def test_a_connector_that_is_there_gets_the_new_password_and_options(url, tmp_path, mysql, shop, kafka):
    mysql.sql("CREATE USER 'turned'@'%' IDENTIFIED BY 'first'; GRANT ALL ON *.* TO 'turned'@'%';")
    try:
        path = Connector(tmp_path, mysql, shop, kafka, **{"database.user": "turned"})
        assert Register(url, path, MYSQL_PASSWORD="first")[0] == 0
        mysql.sql("ALTER USER 'turned'@'%' IDENTIFIED BY 'second';")
        assert Ask(url, "POST", f"{AT}/restart?includeTasks=true").status < 300
        WaitFor(lambda: "FAILED" in (States(url) or ()), "the old password is refused", seconds=60)
        code, said = Register(url, path, MYSQL_PASSWORD="second")
        assert code == 0 and "there already" in said, said
        assert States(url) == ("RUNNING", "RUNNING")
        changed = Connector(tmp_path, mysql, shop, kafka, **{"database.user": "turned", "database.server.id": "184077"})
        assert Register(url, changed, MYSQL_PASSWORD="second")[0] == 0
        assert Ask(url, "GET", f"{AT}/config").json["database.server.id"] == "184077"
    finally:
        Ask(url, "DELETE", AT)
        mysql.sql("DROP USER 'turned'@'%';")


class BusyConnect(http.server.BaseHTTPRequestHandler):
    """Connect whose workers agree anew who does what, for so many requests."""

    busy, asked = 0, []

    def Reply(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        type(self).asked.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        rebalancing = len(self.asked) <= self.busy
        self.Reply(409 if rebalancing else 201, {"message": "a conflicting operation (e.g. worker rebalance)"})

    def do_GET(self):
        self.Reply(200, {"connector": {"state": "RUNNING"}, "tasks": [{"id": 0, "state": "RUNNING"}]})

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("busy, wait, exits", [(0, 60, 0), (3, 60, 0), (1000, 1, 1)])
def test_workers_that_are_busy_with_themselves_are_asked_again(tmp_path, busy, wait, exits):
    BusyConnect.busy, BusyConnect.asked = busy, []
    path = tmp_path / "connector.json"
    config = {"a": '}"{', "password": "${CONNECT_TEST}", "host": "${CONNECT_HOST:-db}", "x": "${CONNECT_TEST:-y}"}
    path.write_text(json.dumps({"name": "my shop/ü", "other": {"config": "config"}, "config": config}, ensure_ascii=False))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), BusyConnect) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code, said = Register(f"http://127.0.0.1:{server.server_address[1]}", path, CONNECT_TEST='q"\\u0041',
                              CONNECT_WAIT=str(wait))
        server.shutdown()
    assert code == exits and ("409" in said) == (exits == 1), said
    assert BusyConnect.asked[-1] == ("/connectors/my%20shop%2F%C3%BC/config",
                                     {"a": '}"{', "password": 'q"\\u0041', "host": "db", "x": 'q"\\u0041'})
    assert len(BusyConnect.asked) == busy + 1 or exits == 1


def test_the_script_says_why_not(url, tmp_path, mysql, shop, kafka):
    path = Connector(tmp_path, mysql, shop, kafka)
    code, said = Register(url, path, MYSQL_PASSWORD="wrong")
    assert code == 1 and "refused" in said, said
    code, said = Register(url, path)
    assert code == 78 and "MYSQL_PASSWORD" in said, said
    assert Register(f"http://127.0.0.1:{FreePort()}", path, MYSQL_PASSWORD="x")[0] == 69
    assert Register(url, tmp_path / "nothing.json", MYSQL_PASSWORD="x")[0] == 78


def test_the_script_says_that_a_connector_is_stopped(url, tmp_path, mysql, shop, kafka):
    path = Connector(tmp_path, mysql, shop, kafka)
    assert Register(url, path, MYSQL_PASSWORD=mysql.password)[0] == 0
    assert Ask(url, "PUT", f"{AT}/stop").status == 204
    WaitForStates(url, ("STOPPED",))
    code, said = Register(url, path, MYSQL_PASSWORD=mysql.password)
    assert code == 1 and "STOPPED" in said, said


def test_any_password_arrives_as_it_is(foreset, tmp_path, mysql, shop, kafka):
    password = 'q"\\u0041 ${HOME} $& \t%s'
    mysql.sql("CREATE USER 'odd'@'%' IDENTIFIED BY '" + password.replace("\\", "\\\\") + "'; GRANT ALL ON *.* TO 'odd'@'%';")
    try:
        path = Connector(tmp_path, mysql, shop, kafka, **{"database.user": "odd"})
        code, said = Register(foreset.url, path, MYSQL_PASSWORD=password)
        assert code == 0, said
    finally:
        foreset.Ask("DELETE", AT)
        mysql.sql("DROP USER 'odd'@'%';")


def test_the_script_brings_its_token(tmp_path, mysql, shop, kafka):
    from tests.connect.server import ForesetConnect
    from tests.servers.certificates import MakeCertificates

    MakeCertificates(tmp_path / "tls")
    (tmp_path / "token").write_text("canary-token")
    server = ForesetConnect(tmp_path, arguments=[
        "--tls-cert", "tls/server.pem", "--tls-key", "tls/server.key", "--token-file", "token"])
    path = Connector(tmp_path, mysql, shop, kafka)
    try:
        server.Start()
        trust = {"CONNECT_CACERT": str(tmp_path / "tls" / "ca.pem"), "MYSQL_PASSWORD": mysql.password}
        assert Register(server.url, path, **trust)[0] == 1
        code, said = Register(server.url, path, CONNECT_TOKEN_FILE=str(tmp_path / "token"), **trust)
        assert code == 0, said
    finally:
        server.Discard()


def test_the_originals_way_in(url, tmp_path, mysql, shop, kafka):
    """Its connector file is posted to /connectors, then the status is read."""
    config = {
        "connector.class": "io.debezium.connector.mysql.MySqlConnector", "tasks.max": "1",
        "database.hostname": "127.0.0.1", "database.port": str(mysql.port), "database.user": mysql.user,
        "database.password": mysql.password, "database.server.id": "184054", "topic.prefix": "online_store",
        "database.include.list": shop, "schema.history.internal.kafka.bootstrap.servers": kafka.bootstrap,
        "schema.history.internal.kafka.topic": "schema-changes.online_store",
        "key.converter": "org.apache.kafka.connect.json.JsonConverter",
        "value.converter": "org.apache.kafka.connect.json.JsonConverter"}
    path = tmp_path / "mysql-connector.json"
    path.write_text(json.dumps({"name": NAME, "config": config}))

    def Curl(*arguments):
        return subprocess.run(["curl", "-sS", *arguments], capture_output=True, text=True, timeout=60, check=True).stdout

    made = json.loads(Curl("-X", "POST", "-H", "Content-Type: application/json", "--data", f"@{path}", f"{url}/connectors"))
    assert made["name"] == NAME and made["type"] == "source", made
    WaitForStates(url, ("RUNNING", "RUNNING"))
    status = json.loads(Curl(f"{url}{AT}/status"))
    assert status["connector"]["state"] == "RUNNING" and status["tasks"][0]["id"] == 0
