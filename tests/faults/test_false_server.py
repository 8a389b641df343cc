# SPDX-License-Identifier: MIT
"""A server that is not the one: it does not get the password, and its answers break nothing."""

import pytest

from tests.harness.program import Foreset
from tests.servers.certificates import MakeCertificates
from tests.servers.false_mysql import FalseMySql

PASSWORD = "canary-of-the-log-in"
METHODS = ("mysql_clear_password", "dialog", "caching_sha2_password")


class Address:
    """As much of a server as a configuration needs."""

    user, password = "foreset", PASSWORD

    def __init__(self, port):
        self.port = port


def Pipeline(directory, server, **mysql):
    return Foreset(directory, Address(server.port), "shop", {"source": {"mysql": mysql}})


@pytest.mark.parametrize("method", METHODS)
def test_nobody_without_tls_sees_the_password(tmp_path, method):
    """In no mode: neither does it go out as it is, nor, where TLS is asked for, does anything go out."""
    MakeCertificates(tmp_path / "tls")
    authority = {"ca": str(tmp_path / "tls" / "ca.pem")}
    own = {"cert": str(tmp_path / "tls" / "server.pem"), "key": str(tmp_path / "tls" / "server.key")}
    for number, (mode, more) in enumerate((
            ("disabled", {}), ("preferred", {}), ("preferred", own), ("required", {}), ("required", own), ("verify_ca", {}),
            ("verify_ca", authority), ("verify_identity", authority))):
        with FalseMySql(method) as server:
            pipeline = Pipeline(tmp_path / str(number), server, tls={"mode": mode, **more})
            outcome = pipeline.Command("doctor", "-c", pipeline.config, exits=None)
            assert outcome.code not in (0, 4), outcome
            assert not any(PASSWORD.encode() in answer for answer in server.received), f"{mode} {more}"
            if mode not in ("disabled", "preferred"):
                assert server.logins == 0, f"{mode}: something of the log-in went out without TLS"
                assert outcome.code == 78 and "offers no TLS" in outcome.out, outcome


@pytest.mark.parametrize("seed", range(8))
def test_answers_that_fit_nothing_are_errors_with_a_code(tmp_path, seed):
    """Whatever it answers, a command ends by itself, with a code (the harness looks for one)."""
    with FalseMySql(seed=seed) as server:
        pipeline = Pipeline(tmp_path, server, tables=["*.*"])
        for command in (["doctor"], ["run", "--until-current", "--wait", "0"], ["verify", "--wait", "0"], ["status"],
                        ["migrate", "--to", str(tmp_path / "out")]):
            outcome = pipeline.Command(*command, "-c", pipeline.config, exits=None, timeout=60)
            assert 0 <= outcome.code <= 78, outcome
            assert "E9001" not in outcome.out + outcome.err, outcome
