# SPDX-License-Identifier: MIT
"""deploy/compose.yaml: it is what Compose understands, and its commands, environment and configuration work: they are started
as plain processes on free ports."""

import fnmatch
import json
import os
import re
import subprocess

import jsonschema
import pytest
import yaml

from tests.connect import compose_file
from tests.connect.rest import Ask
from tests.harness.program import BINARY, ROOT
from tests.harness.waiting import WaitFor
from tests.servers import ConnectServer, KafkaServer, MySqlServer
from tests.servers.azurite import PROGRAM as AZURITE
from tests.servers.server_process import CACHE, DieWithParent, FreePort

DEPLOY = ROOT / "deploy"
SERVICES = {"mysql", "kafka", "connect", "kafka-ui", "azurite", "foreset"}
PUBLISHED = {"kafka": "9093:9093", "connect": "8083:8083", "kafka-ui": "8081:8080", "mysql": "3306:3306",
             "azurite": "10000:10000"}


@pytest.fixture(scope="module")
def compose():
    return compose_file.Load()


def test_it_fits_the_compose_specification(compose):
    schema = json.loads((CACHE / "compose-schema" / "compose" / "config" / "compose_spec.json").read_text())
    jsonschema.validate(compose, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**compose, "services": {"x": {"imagine": "y"}}}, schema)


def test_every_service_is_pinned_healthy_and_on_loopback(compose):
    assert set(compose["services"]) == SERVICES
    for name, service in compose["services"].items():
        assert re.search(r":v?\d+\.\d+\.\d+\S*$", service["image"]), name
        assert service["healthcheck"]["test"], name
        assert service["networks"] == ["pipeline"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        for port in service.get("ports", []):
            assert port == f"127.0.0.1:{PUBLISHED[name]}", name
        for needed, condition in service.get("depends_on", {}).items():
            assert condition == {"condition": "service_healthy"} and needed in SERVICES, name


def test_what_it_names_is_there(compose):
    for name, service in compose["services"].items():
        for secret in service.get("secrets", []):
            assert secret in compose["secrets"], name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).resolve().exists() if source.startswith(".") else source in compose["volumes"], volume
    foreset = compose["services"]["foreset"]
    assert foreset["read_only"] is True and foreset["cap_drop"] == ["ALL"]


def test_secrets_are_files_that_are_made_once(compose, tmp_path):
    (tmp_path / "make-secrets.sh").write_bytes((DEPLOY / "make-secrets.sh").read_bytes())
    for _ in range(2):
        subprocess.run(["bash", str(tmp_path / "make-secrets.sh")], check=True, timeout=60)
        made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
        assert set(made) == set(compose["secrets"])
    assert oct((tmp_path / "secrets").stat().st_mode)[-3:] == "700"
    assert len(set(made.values())) == len(made)
    ignored = subprocess.run(["git", "-C", str(ROOT), "check-ignore", "-q", "deploy/secrets/mysql_password"], check=False)
    assert ignored.returncode == 0


def WithDependencies(names):
    """These packages and all that they bring along."""
    found, waiting = set(), set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        asked = subprocess.run(["dpkg-query", "-W", "-f=${Depends}, ${Pre-Depends}", name], capture_output=True, text=True,
                               check=False).stdout
        for dependency in re.split(r"[,|]", asked):
            package = dependency.split("(")[0].split(":")[0].strip()
            if package and package not in found:
                waiting.add(package)
    return found


def test_the_image_has_every_library_and_no_rights():
    text = (DEPLOY / "Dockerfile").read_text()
    build, run = text.split("\nFROM ")[1:]
    named = {word for line in re.findall(r"^      (.*?) *\\$", run, re.M) for word in line.split()}
    named |= set(re.search(r"\\\n      ([^\\\n]*) \\\n && rm", run)[1].split())
    packages = WithDependencies(named)
    copied = [pattern.split("/site-packages/")[1] for pattern in re.findall(r"\S+/site-packages/\S+\*", run)]
    linked = subprocess.run(["ldd", str(BINARY)], capture_output=True, text=True, check=True).stdout
    for path in re.findall(r"=> (/\S+)", linked):
        if "/site-packages/" in path:
            assert any(fnmatch.fnmatch(path.split("/site-packages/")[1], pattern) for pattern in copied), path
            continue
        name = os.path.basename(path)
        owners = subprocess.run(["dpkg", "-S", f"*/{name}"], capture_output=True, text=True, check=True).stdout
        owner = {line.split(":")[0] for line in owners.splitlines()}
        assert owner & packages, f"{name} is of {owner}"
    assert re.search(r"^USER 10001:10001$", run, re.M) and "scripts/setup build" in build


@pytest.fixture(scope="module")
def started(compose, tmp_path_factory):
    """The services that have a program here, with the very settings of the file but for addresses and directories."""
    services = compose["services"]
    directory = tmp_path_factory.mktemp("compose")
    mysql = MySqlServer(**compose_file.MySqlOptions(services["mysql"])).start()
    running = [mysql]
    azurite = None
    try:
        # The image makes MYSQL_USER first; the tests' server has a user of that name with less.
        mysql.sql("DROP USER 'foreset'@'%';" if mysql.query("SELECT 1 FROM mysql.user WHERE user='foreset' AND host='%'") else "")
        mysql.sql(f"CREATE USER IF NOT EXISTS 'foreset'@'%' IDENTIFIED BY '{mysql.password}';")
        for volume in sorted(services["mysql"]["volumes"], key=lambda text: text.split(":")[1]):
            source, target, *_ = volume.split(":")
            if "initdb.d" in target:
                mysql.sql((DEPLOY / source).resolve().read_text())
        ports = {"9092": FreePort(), "9093": FreePort(), "9094": FreePort()}
        properties = compose_file.KafkaProperties(services["kafka"])
        for name in ("listeners", "advertised.listeners", "controller.quorum.voters"):
            properties[name] = re.sub(
                r"(//|@)(\w*):(\d+)", lambda m: f"{m[1]}127.0.0.1:{ports[m[3]]}", properties[name])
        del properties["log.dirs"]
        kafka = KafkaServer(port=ports["9092"], **{key.replace(".", "__"): value for key, value in properties.items()}).start()
        running.append(kafka)
        properties = compose_file.ConnectProperties(services["connect"])
        assert properties.pop("bootstrap.servers") == "kafka:9092"
        worker = ConnectServer(kafka.bootstrap, **{key.replace(".", "__"): value for key, value in properties.items()}).start()
        running.append(worker)
        secrets = directory / "secrets"
        (directory / "make-secrets.sh").write_bytes((DEPLOY / "make-secrets.sh").read_bytes())
        subprocess.run(["bash", str(directory / "make-secrets.sh")], check=True, timeout=60)
        (secrets / "mysql_password").write_text(mysql.password)
        azurite = StartAzurite(services["azurite"], directory)
        yield directory, mysql, kafka, worker, ports, azurite.port
    finally:
        if azurite is not None:
            azurite.kill()
            azurite.wait()
        for server in reversed(running):
            server.discard()


def StartAzurite(service, directory):
    """The file's own shell command, with the image's program of that name on the path."""
    port = FreePort()
    program = directory / "bin" / "azurite-blob"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec node {AZURITE} "$@"\n')
    program.chmod(0o755)
    shell, option, script = compose_file.Command(service)
    for there, here in (("/run/secrets/", f"{directory}/secrets/"), ("0.0.0.0", "127.0.0.1"), ("10000", str(port)),
                        ("/data", str(directory / "azurite"))):
        assert there in script
        script = script.replace(there, here)
    process = subprocess.Popen([shell, option, script], stdin=subprocess.DEVNULL, preexec_fn=DieWithParent,
                               env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"})
    process.port = port
    return process


def Program(started, compose, config):
    """Foreset's command and environment: the file's, with this machine's addresses in the configuration."""
    directory, mysql, kafka, _, _, azurite = started
    service = compose["services"]["foreset"]
    *command, path = compose_file.Command(service, FORESET_CONFIG=config)
    text = (DEPLOY / path.replace("/etc/foreset", "foreset")).read_text()
    for there, here in (("/run/secrets/", f"{directory}/secrets/"), ("kafka:9092", kafka.bootstrap),
                        ("http://azurite:10000", f"http://127.0.0.1:{azurite}"), ("host: mysql", "host: 127.0.0.1"),
                        ("port: 3306", f"port: {mysql.port}")):
        text = text.replace(there, here)
    (directory / config).write_text(text)
    environment = {**os.environ, "TZ": "UTC", "XDG_STATE_HOME": str(directory / "state")}
    return [str(BINARY), *command, str(directory / config)], environment


def Wait(condition, process, what, log):
    def Holds():
        assert process.poll() is None, f"{what}:\n{log.read_text()}"
        return condition()

    WaitFor(Holds, f"{what}, by {log}", seconds=90, pause=0.05)


def Follows(started, compose, config, name):
    """Foreset with that configuration becomes healthy and takes a change to gold."""
    directory, mysql, *_ = started
    command, environment = Program(started, compose, config)
    log = directory / "foreset.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                   preexec_fn=DieWithParent)
    try:
        check = compose["services"]["foreset"]["healthcheck"]["test"]
        assert check[0] == "CMD-SHELL"
        shell = check[1].replace("$$", "$").replace("foreset status -c /etc/foreset/$FORESET_CONFIG",
                                                    f"{BINARY} status -c {command[-1]}")

        def Healthy():
            return subprocess.run(["sh", "-c", shell], env=environment, check=False, timeout=60, cwd=directory).returncode == 0

        def Names():
            done = subprocess.run([str(BINARY), "table", "cat", "gold/Customers_current", "-c", command[-1], "--columns", "Name",
                                   "-o", "jsonl"], env=environment, capture_output=True, text=True, check=False, timeout=60)
            return {json.loads(line)["Name"] for line in done.stdout.splitlines()}

        Wait(Healthy, process, "it becomes healthy", log)
        Wait(lambda: len(Names()) > 10, process, "the first copy reaches gold", log)
        mysql.sql(f"INSERT INTO online_store.Customers (Name, Email, PhoneNumber) VALUES ('{name}', '{name}@example.org', '1');")
        Wait(lambda: name in Names(), process, "a change reaches gold", log)
        process.terminate()
        assert process.wait(30) == 0
        assert not Healthy()
    finally:
        process.kill()
        process.wait()


def test_foresets_command_fills_the_lake(started, compose):
    Follows(started, compose, "from-mysql.yaml", "Ada")


def test_the_shipped_connector_runs_on_debezium_and_feeds_a_lake(started, compose, tmp_path):
    directory, mysql, kafka, worker, *_ = started
    shipped = (DEPLOY / "mysql-connector.json").read_text()
    assert compose_file.Variables(shipped) == {"MYSQL_PASSWORD"}
    config = json.loads(shipped)
    # Where nothing else is said, the file's own service.
    assert config["config"]["database.hostname"] == "${MYSQL_HOST:-mysql}" and "mysql" in compose["services"]
    assert config["config"]["database.port"] == "${MYSQL_PORT:-3306}"
    config["config"]["schema.history.internal.kafka.bootstrap.servers"] = kafka.bootstrap
    path = tmp_path / "connector.json"
    path.write_text(json.dumps(config))
    done = subprocess.run([str(DEPLOY / "register-connector.sh"), worker.url, str(path)],
                          env={**os.environ, "MYSQL_PASSWORD": mysql.password, "MYSQL_HOST": "127.0.0.1",
                               "MYSQL_PORT": str(mysql.port)},
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    WaitFor(lambda: "online_store.online_store.Customers" in kafka.topics(), "the connector writes its topics", seconds=60)
    Follows(started, compose, "from-debezium.yaml", "Grace")
    assert Ask(worker.url, "DELETE", "/connectors/mysql-connector").status == 204


def test_the_port_for_the_host_serves_the_topics(started):
    ports = started[4]
    from confluent_kafka.admin import AdminClient

    found = AdminClient({"bootstrap.servers": f"127.0.0.1:{ports['9093']}", "log_level": 0}).list_topics(timeout=20)
    assert any(broker.port == ports["9093"] for broker in found.brokers.values())


@pytest.mark.parametrize("config", ["from-mysql.yaml", "from-debezium.yaml"])
def test_the_configurations_name_what_the_file_has(compose, config):
    text = (DEPLOY / "foreset" / config).read_text()
    assert yaml.safe_load(text)["source"]["mysql"]["host"] in compose["services"]
    secrets = re.findall(r"\$\{file:/run/secrets/(\w+)\}", text)
    assert sorted(secrets) == sorted(compose["services"]["foreset"]["secrets"])
    for host, port in re.findall(r"(?://|: )(kafka|azurite):(\d+)", text):
        assert port in str(compose["services"][host])
