# SPDX-License-Identifier: MIT
"""Kafka Connect 4.3, one distributed worker, with Debezium's MySQL connector 3.6."""

import json
import time
import urllib.error
import urllib.request

from tests.servers.jvm_server import JvmServer
from tests.servers.server_process import CACHE, FreePort, ServerError

CONNECTOR = "io.debezium.connector.mysql.MySqlConnector"
RUNNING_SECONDS = 60


class RestError(AssertionError):
    """Connect answered with an error; `status` is HTTP's."""

    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status


class ConnectServer(JvmServer):
    """A worker on the Kafka that listens at `bootstrap`. Not thread-safe."""

    kind = "connect"
    jars = "connect"
    main = "org.apache.kafka.connect.cli.ConnectDistributed"

    def __init__(self, bootstrap, data=None, keep=False, port=0, **options):
        super().__init__(data, keep, **options)
        self.bootstrap = bootstrap
        self.port = int(port)
        self.fixed_port = self.port != 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def ChoosePorts(self):
        self.port = self.port or FreePort()

    def ForgetPorts(self):
        if not self.fixed_port:
            self.port = 0

    def Prepare(self):
        if not (CACHE / "connect-plugins").is_dir():
            raise ServerError(f"there is no {CACHE}/connect-plugins: run `scripts/setup test`")
        super().Prepare()

    def Properties(self):
        json_converter = "org.apache.kafka.connect.json.JsonConverter"
        return {
            "bootstrap.servers": self.bootstrap,
            "group.id": "connect",
            "listeners": f"HTTP://127.0.0.1:{self.port}",
            "rest.advertised.host.name": "127.0.0.1",
            "plugin.path": CACHE / "connect-plugins",
            "plugin.discovery": "service_load",
            "key.converter": json_converter,
            "value.converter": json_converter,
            "key.converter.schemas.enable": "false",
            "value.converter.schemas.enable": "false",
            "config.storage.topic": "connect_configs",
            "offset.storage.topic": "connect_offsets",
            "status.storage.topic": "connect_statuses",
            "config.storage.replication.factor": 1,
            "offset.storage.replication.factor": 1,
            "status.storage.replication.factor": 1,
            "offset.storage.partitions": 1,
            "status.storage.partitions": 1,
            "offset.flush.interval.ms": 200,
            "scheduled.rebalance.max.delay.ms": 0,
        }

    def AcceptsConnections(self):
        try:
            return self.rest("GET", "/connectors") is not None
        except (OSError, RestError):
            return False

    # Its REST interface.

    def rest(self, method, path, body=None):
        """The answer's JSON, None where it has no body; RestError for a status of 400 or more."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RestError(error.code, error.read().decode(errors="replace")) from error
        return json.loads(text) if text else None

    def register(self, name, server, databases, **config):
        """Lets Debezium capture these databases of a MySQL server into topics `name.database.table`; returns when its
        task runs. In `config` two underscores stand for a dot."""
        settings = {
            "connector.class": CONNECTOR,
            "tasks.max": "1",
            "topic.prefix": name,
            "database.hostname": "127.0.0.1",
            "database.port": str(server.port),
            "database.user": server.user,
            "database.password": server.password,
            "database.server.id": "184054",
            "database.include.list": ",".join(databases),
            "schema.history.internal.kafka.bootstrap.servers": self.bootstrap,
            "schema.history.internal.kafka.topic": f"schemahistory.{name}",
            **{key.replace("__", "."): str(value) for key, value in config.items()},
        }
        self.rest("PUT", f"/connectors/{name}/config", settings)
        self.wait_until_running(name)

    def wait_until_running(self, name):
        deadline = time.monotonic() + RUNNING_SECONDS
        while True:
            try:
                status = self.rest("GET", f"/connectors/{name}/status")
                states = [status["connector"]["state"], *(task["state"] for task in status["tasks"])]
                if "FAILED" in states:
                    raise AssertionError(f"the connector failed: {json.dumps(status)}\n{self.LogTail()}")
                if len(states) > 1 and set(states) == {"RUNNING"}:
                    return
            except RestError as error:
                if error.status not in (404, 409):  # not there yet; a rebalance
                    raise
            assert time.monotonic() < deadline, f"{name} does not run:\n{self.LogTail()}"
            time.sleep(0.05)

    def remove(self, name):
        self.rest("DELETE", f"/connectors/{name}")
