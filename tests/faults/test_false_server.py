# SPDX-License-Identifier: MIT
"""A server that is not the one: it does not get the password, and its answers break nothing."""

import re
import subprocess

import pytest

from tests.harness.program import BINARY, Foreset
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
            outcome = pipeline.Run("--wait", "0", exits=None)
            assert outcome.code != 0, outcome
            assert not any(PASSWORD.encode() in answer for answer in server.received), f"{mode} {more}"
            if mode not in ("disabled", "preferred"):
                assert server.logins == 0, f"{mode}: something of the log-in went out without TLS"
                assert outcome.code == 78 and "offers no TLS" in outcome.err, outcome


@pytest.mark.parametrize("seed", range(8))
def test_answers_that_fit_nothing_are_errors_with_a_code(tmp_path, seed):
    """Whatever it answers, a command ends by itself, with a code (the harness looks for one; doctor has it in its table)."""
    with FalseMySql(seed=seed) as server:
        pipeline = Pipeline(tmp_path, server, tables=["*.*"])
        for command in (["doctor"], ["run", "--until-current", "--wait", "0"], ["verify", "--wait", "0"], ["status"],
                        ["migrate", "--to", str(tmp_path / "out")]):
            done = subprocess.run([BINARY, *command, "-c", pipeline.config], env=pipeline.Environment(), cwd=tmp_path,
                                  capture_output=True, text=True, errors="replace", timeout=60, check=False)
            said = f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            assert 0 <= done.returncode <= 78, said
            assert done.returncode in (0, 3, 4) or re.search(r"\bE\d{4}\b", done.stdout + done.stderr), said
            assert "E9001" not in said, said
