# SPDX-License-Identifier: MIT
"""Brokers that ask for a log-in over TLS: what `security` says is passed on, to publish and to read."""

import contextlib

import pytest

from tests.harness.program import Foreset
from tests.harness.readers import Versions
from tests.kafka.secure_kafka import SCRAM, WRONG, SecureKafka
from tests.kafka.topic_lake import TopicLake
from tests.servers import MySqlServer
from tests.servers.server_process import FreePort

DATABASE = "shop"


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


def Publisher(directory, server, prefix, reached):
    return Foreset(directory, server, DATABASE, {"name": prefix, "sink": {"kafka": {"topic_prefix": prefix, **reached}}})


def Reader(directory, server, secure, prefix, reached):
    return TopicLake(directory, server, DATABASE, secure, prefix, **reached)


@pytest.mark.parametrize("mechanism", ["PLAIN", *SCRAM, "OAUTHBEARER", "OIDC"])
def test_a_log_in_over_tls_publishes_and_reads(secure, server, tmp_path, mechanism):
    prefix, reached = f"by-{mechanism.lower()}", secure.Reached(mechanism)
    publisher = Publisher(tmp_path / "publisher", server, prefix, reached)
    assert "E64" not in publisher.Run().err
    lake = Reader(tmp_path / "lake", server, secure, prefix, reached)
    lake.Run()
    lake.Verify()
    assert {row["id"] for row in lake.Silver("T")} >= {1, 2}


@pytest.mark.parametrize("mechanism", ["PLAIN", *SCRAM, "OIDC"])
def test_a_wrong_password_is_told_and_not_shown(secure, server, tmp_path, mechanism):
    lake = Reader(tmp_path, server, secure, "any", secure.Reached(mechanism, WRONG))
    outcome = lake.Run(exits=77)
    assert "E2302" in outcome.err and WRONG not in outcome.err + outcome.out


@pytest.mark.parametrize("mechanism", ["PLAIN", *SCRAM, "OIDC"])
def test_a_publisher_that_is_not_let_in_leaves_the_lake_alone(secure, server, tmp_path, mechanism):
    foreset = Publisher(tmp_path, server, "refused", secure.Reached(mechanism, WRONG))
    outcome = foreset.Run()
    assert "E6403" in outcome.err and WRONG not in outcome.err
    foreset.Verify()


@contextlib.contextmanager
def Following(secure, server, directory, prefix, seconds=60):
    """A reader that follows by tokens and has the first rows; at the end a late row has to reach it in so long."""
    reached = secure.Reached("OIDC")
    publisher = Publisher(directory / "publisher", server, prefix, reached)
    publisher.Run()
    lake = Reader(directory / "lake", server, secure, prefix, reached)
    lake.Start()
    try:
        lake.WaitUntil(lambda: Versions(lake.lake / "silver" / "T") and lake.Silver("T"), "the rows are there")
        yield lake
        server.sql(f"INSERT INTO {DATABASE}.T (id, v) SELECT MAX(id) + 1, '{prefix}' FROM {DATABASE}.T")
        publisher.Run()
        lake.WaitUntil(lambda: any(row["v"] == prefix for row in lake.Silver("T")), "the late row is there", seconds)
        lake.Stop()
    finally:
        lake.Discard()


def test_tokens_are_renewed_while_it_runs(secure, server, tmp_path):
    """The broker ends sessions with their tokens, and a connection that waits for records asks nobody for a new one."""
    with Following(secure, server, tmp_path, "renewed") as lake:
        before = secure.tokens.issued
        lake.WaitUntil(lambda: secure.tokens.issued >= before + 3, "three more tokens")


def test_tokens_that_end_within_a_second_do_not_end_the_run(secure, server, tmp_path):
    """A broker calls a log-in that is renewed so soon a request out of place, and breaks the connection: that is no refusal."""
    with Following(secure, server, tmp_path, "short", seconds=180) as lake, secure.tokens.Lasting(2):
        before = secure.tokens.issued
        lake.WaitUntil(lambda: secure.tokens.issued >= before + 12, "twelve short tokens")


def test_an_authority_that_nobody_knows_is_told(secure, server, tmp_path):
    reached = secure.Reached("PLAIN")
    del reached["security"]["ssl.ca.location"]
    outcome = Reader(tmp_path, server, secure, "any", reached).Run(exits=77)
    assert "E2302" in outcome.err


def test_a_token_endpoint_that_is_away_is_told(secure, server, tmp_path):
    reached = secure.Reached("OIDC")
    reached["security"]["sasl.oauthbearer.token.endpoint.url"] = f"https://127.0.0.1:{FreePort()}/token"
    outcome = Reader(tmp_path, server, secure, "any", reached).Run(exits=77)
    assert "E2302" in outcome.err and "OAUTHBEARER token" in outcome.err


def test_a_mechanism_that_the_library_lacks_is_told(secure, server, tmp_path):
    reached = secure.Reached("GSSAPI")
    outcome = Reader(tmp_path, server, secure, "any", reached).Run(exits=78)
    assert "E1" in outcome.err and "GSSAPI" in outcome.err and "SCRAM" in outcome.err


@pytest.mark.parametrize("name", ["isolation.level", "transactional.id"])
def test_what_exactly_once_rests_on_cannot_be_set(secure, server, tmp_path, name):
    reached = secure.Reached("PLAIN")
    reached["security"][name] = "read_uncommitted"
    outcome = Reader(tmp_path / "lake", server, secure, "any", reached).Run(exits=78)
    assert f"source.kafka.security: {name}" in outcome.err
    outcome = Publisher(tmp_path / "publisher", server, "any", reached).Run(exits=None)
    assert f"sink.kafka.security: {name}" in outcome.err
