# SPDX-License-Identifier: MIT
"""A password that changes while the pipeline runs, and a source that is not there."""

import time

import pytest
from deltalake.exceptions import DeltaError

from tests.harness.program import Foreset
from tests.harness.readers import DeltaLakeReader
from tests.servers.fault_proxy import FaultProxy, StreamRule
from tests.servers.server_process import FreePort


def Has(foreset, key):
    try:
        return key in DeltaLakeReader().Read(foreset.lake / "silver" / "T").Column("id")
    except DeltaError:  # it is being made
        return False


def EndSessions(server, user):
    for (session,) in server.query(f"SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '{user}'"):
        try:
            server.sql(f"KILL {session}")
        except Exception:  # it has ended by itself
            pass


def test_a_rotated_password_is_read_again(source, tmp_path):
    user = "rotating"
    source.sql("DROP DATABASE IF EXISTS rotated; CREATE DATABASE rotated; CREATE TABLE rotated.T (id INT PRIMARY KEY);"
               f"DROP USER IF EXISTS {user}; CREATE USER {user} IDENTIFIED BY 'before';"
               f"GRANT {source.foreset_privileges} ON *.* TO {user}; INSERT INTO rotated.T VALUES (1)")
    secret = tmp_path / "password"
    secret.write_text("before\n")
    foreset = Foreset(tmp_path, source, "rotated",
                      {"source": {"mysql": {"user": user, "password": f"${{file:{secret}}}"}}})
    foreset.Start()
    foreset.WaitUntil(lambda: Has(foreset, 1), "the copy")
    # Who follows has no log-in to make while user and file do not agree.
    source.sql("INSERT INTO rotated.T VALUES (3)")
    foreset.WaitUntil(lambda: Has(foreset, 3), "the first change")
    source.sql(f"ALTER USER {user} IDENTIFIED BY 'after'")
    secret.write_text("after\n")
    EndSessions(source, user)
    source.sql("INSERT INTO rotated.T VALUES (2)")
    foreset.WaitUntil(lambda: Has(foreset, 2), "the change after the rotation")
    foreset.Stop()
    source.sql(f"DROP USER {user}")


def test_a_source_that_is_not_there_is_waited_for(tmp_path, source):
    source.sql("DROP DATABASE IF EXISTS away; CREATE DATABASE away; CREATE TABLE away.T (id INT PRIMARY KEY)")
    foreset = Foreset(tmp_path, source, "away", {"source": {"mysql": {"port": FreePort()}}})
    begun = time.monotonic()
    outcome = foreset.Run("--wait", "2", exits=69)
    assert time.monotonic() - begun > 2 and outcome.err.count("trying again") > 1, outcome
    with FaultProxy(source.port) as proxy:
        foreset.Configure({"source": {"mysql": {"port": proxy.port}}})
        foreset.Run()
        proxy.add(StreamRule(after=20_000, times=None))
        proxy.refuse()
        assert foreset.Run("--wait", "1", exits=69)
        proxy.refuse(False)
        proxy.clear()
        foreset.Run()


@pytest.mark.parametrize("after", (0, 300, 600))
def test_a_handshake_that_breaks_is_tried_again(tmp_path, servers, after):
    """Not a mistake in the set-up: the next attempt succeeds."""
    source = servers("mysql")  # it makes its own certificate
    source.sql("DROP DATABASE IF EXISTS shaken; CREATE DATABASE shaken; CREATE TABLE shaken.T (id INT PRIMARY KEY)")
    with FaultProxy(source.port) as proxy:
        foreset = Foreset(tmp_path, source, "shaken", {"source": {"mysql": {"port": proxy.port, "tls": {"mode": "required"}}}})
        rule = proxy.add(StreamRule(after=after or 1, times=1))
        outcome = foreset.Run("--wait", "20")
        assert rule.met == 1 and "E2110" not in outcome.err, outcome
