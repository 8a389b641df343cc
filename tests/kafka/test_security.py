# SPDX-License-Identifier: MIT
"""Brokers that ask for a log-in over TLS: what `security` says is passed on, to publish and to read."""

import pytest
from cryptography.hazmat.primitives import serialization

from tests.harness.program import Foreset
from tests.kafka.topic_lake import TopicLake
from tests.servers import KafkaServer, MySqlServer
from tests.servers.certificates import MakeCertificates
from tests.servers.server_process import FreePort

DATABASE = "shop"
USER, PASSWORD = "foreset", "correct horse battery"
LOG_IN = f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'


class SecureKafka:
    """A broker with a second listener that takes log-ins over TLS alone."""

    def __init__(self, directory):
        MakeCertificates(directory)
        self.ca = directory / "ca.pem"
        keystore = directory / "keystore.pem"
        key = serialization.load_pem_private_key((directory / "server.key").read_bytes(), None)
        keystore.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + (directory / "server.pem").read_bytes())
        plain, secure, controller = (FreePort() for _ in range(3))
        self.bootstrap = f"127.0.0.1:{secure}"
        options = {
            "listeners": f"PLAINTEXT://127.0.0.1:{plain},SECURE://127.0.0.1:{secure},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{plain},SECURE://127.0.0.1:{secure}",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN",
            "ssl.keystore.type": "PEM", "ssl.keystore.location": keystore,
            "listener.name.secure.plain.sasl.jaas.config": LOG_IN}
        self.server = KafkaServer(port=plain, **options)

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.discard()

    def Security(self, password=PASSWORD):
        return {"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.username": USER,
                "sasl.password": password, "ssl.ca.location": str(self.ca)}


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    with SecureKafka(tmp_path_factory.mktemp("certificates")) as kafka:
        yield kafka


@pytest.fixture(scope="module")
def server():
    with MySqlServer() as server:
        server.sql(f"CREATE DATABASE {DATABASE}; CREATE TABLE {DATABASE}.T (id INT PRIMARY KEY, v VARCHAR(20));"
                   f"INSERT INTO {DATABASE}.T VALUES (1, 'a'), (2, 'b')")
        yield server


def test_a_log_in_over_tls_publishes_and_reads(secure, server, tmp_path):
    prefix = "secured"
    publisher = Foreset(tmp_path / "publisher", server, DATABASE, {"name": prefix, "sink": {"kafka": {
        "bootstrap_servers": secure.bootstrap, "topic_prefix": prefix, "security": secure.Security()}}})
    publisher.Run()
    lake = TopicLake(tmp_path / "lake", server, DATABASE, secure, prefix, security=secure.Security())
    lake.Run()
    lake.Verify()
    assert len(lake.Silver("T")) == 2


def test_a_wrong_password_is_told_and_not_shown(secure, server, tmp_path):
    lake = TopicLake(tmp_path, server, DATABASE, secure, "any", security=secure.Security("wrong-secret"))
    outcome = lake.Run(exits=77)
    assert "E2302" in outcome.err and "wrong-secret" not in outcome.err + outcome.out


def test_a_publisher_that_is_not_let_in_leaves_the_lake_alone(secure, server, tmp_path):
    foreset = Foreset(tmp_path, server, DATABASE, {"name": "refused", "sink": {"kafka": {
        "bootstrap_servers": secure.bootstrap, "topic_prefix": "refused", "security": secure.Security("wrong-secret")}}})
    outcome = foreset.Run()
    assert "E6403" in outcome.err and "wrong-secret" not in outcome.err
    foreset.Verify()


def test_an_authority_that_nobody_knows_is_told(secure, server, tmp_path):
    security = secure.Security()
    del security["ssl.ca.location"]
    outcome = TopicLake(tmp_path, server, DATABASE, secure, "any", security=security).Run(exits=77)
    assert "E2302" in outcome.err
