# SPDX-License-Identifier: MIT
"""deploy/compose.yaml: it is what Compose understands, and its commands, environment and configuration work: they are started
as plain processes on free ports."""

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
from tests.servers import ConnectServer, KafkaServer, MySqlServer
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
    accounts = dict(entry.split(":") for entry in made["azurite_accounts"].split(";"))
    assert set(accounts) == {"mybronze", "mysilver", "mygold"}
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
    linked = subprocess.run(["ldd", str(BINARY)], capture_output=True, text=True, check=True).stdout
    for path in re.findall(r"=> (/\S+)", linked):
        if "/pyarrow/" in path:
            assert re.search(r"site-packages/pyarrow/lib(arrow|parquet)", path), path
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
        yield directory, mysql, kafka, worker, ports
    finally:
        for server in reversed(running):
            server.discard()


def Program(directory, compose, mysql):
    """Foreset's command and environment: the file's, with this machine's addresses laid over the configuration."""
    service = compose["services"]["foreset"]
    mounts = dict(volume.split(":")[1::-1] for volume in service["volumes"])
    command = [mounts.get(word, word) for word in compose_file.Command(service)]
    command = [str((DEPLOY / word).resolve()) if word.startswith("./") else word for word in command]
    environment = {**os.environ, **service["environment"], "FORESET_SOURCE_MYSQL_HOST": "127.0.0.1",
                   "FORESET_SOURCE_MYSQL_PORT": str(mysql.port), "FORESET_SOURCE_MYSQL_PASSWORD": mysql.password,
                   "FORESET_LAKE": str(directory / "lake")}
    return [str(BINARY), *command], environment


def Wait(condition, process, what, log):
    import time

    deadline = time.monotonic() + 90
    while not condition():
        assert process.poll() is None and time.monotonic() < deadline, f"{what}:\n{log.read_text()}"
        time.sleep(0.05)


def test_foresets_command_fills_the_lake(started, compose):
    directory, mysql, *_ = started
    command, environment = Program(directory, compose, mysql)
    log = directory / "foreset.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                   preexec_fn=DieWithParent)
    try:
        check = compose["services"]["foreset"]["healthcheck"]["test"]
        assert check[0] == "CMD-SHELL"
        shell = check[1].replace("$$", "$").replace("foreset status -c /etc/foreset/foreset.yaml",
                                                    f"{BINARY} status -c {command[3]}")

        def Healthy():
            return subprocess.run(["sh", "-c", shell], env=environment, check=False, timeout=60, cwd=directory).returncode == 0

        def Names():
            done = subprocess.run([str(BINARY), "table", "cat", str(directory / "lake" / "gold" / "Customers_current"),
                                   "--columns", "Name", "-o", "jsonl"], capture_output=True, text=True, check=False, timeout=60)
            return {json.loads(line)["Name"] for line in done.stdout.splitlines()}

        Wait(Healthy, process, "it becomes healthy", log)
        Wait(lambda: len(Names()) > 10, process, "the first copy reaches gold", log)
        mysql.sql("INSERT INTO online_store.Customers (Name, Email, PhoneNumber) VALUES ('Ada Compose', 'a@example.org', '1');")
        Wait(lambda: "Ada Compose" in Names(), process, "a change reaches gold", log)
        process.terminate()
        assert process.wait(30) == 0
        assert not Healthy()
    finally:
        process.kill()
        process.wait()


def test_the_shipped_connector_runs_on_debezium(started, tmp_path):
    directory, mysql, kafka, worker, ports = started
    shipped = (DEPLOY / "mysql-connector.json").read_text()
    assert compose_file.Variables(shipped) == {"MYSQL_PASSWORD"}
    config = json.loads(shipped)
    assert config["config"]["database.hostname"] == "mysql" and config["config"]["database.port"] == "3306"
    config["config"].update({"database.hostname": "127.0.0.1", "database.port": str(mysql.port),
                             "schema.history.internal.kafka.bootstrap.servers": kafka.bootstrap})
    path = tmp_path / "connector.json"
    path.write_text(json.dumps(config))
    done = subprocess.run([str(DEPLOY / "register-connector.sh"), worker.url, str(path)],
                          env={**os.environ, "MYSQL_PASSWORD": mysql.password}, capture_output=True, text=True, timeout=120,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    import time

    deadline = time.monotonic() + 60
    while "online_store.online_store.Customers" not in kafka.topics():
        assert time.monotonic() < deadline, kafka.topics()
        time.sleep(0.1)
    assert Ask(worker.url, "DELETE", "/connectors/mysql-connector").status == 204


def test_the_port_for_the_host_serves_the_topics(started):
    *_, ports = started
    from confluent_kafka.admin import AdminClient

    found = AdminClient({"bootstrap.servers": f"127.0.0.1:{ports['9093']}", "log_level": 0}).list_topics(timeout=20)
    assert any(broker.port == ports["9093"] for broker in found.brokers.values())


def test_the_example_configuration_is_what_the_file_mounts(compose):
    settings = yaml.safe_load((DEPLOY / "foreset" / "foreset.yaml").read_text())
    assert settings["source"]["mysql"]["host"] in compose["services"]
    secret = re.fullmatch(r"\$\{file:/run/secrets/(\w+)\}", settings["source"]["mysql"]["password"])[1]
    assert secret in compose["services"]["foreset"]["secrets"]
    assert settings["lake"].startswith("/var/lib/foreset/")
