# SPDX-License-Identifier: MIT
"""Who may ask: this machine's own programs; others with TLS and a token; no page of another origin."""

import http.client
import socket
import ssl
import subprocess
import threading

import pytest

from tests.connect.server import ForesetConnect
from tests.harness.program import BINARY
from tests.servers.certificates import MakeCertificates


def Raw(server, method, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def test_a_foreign_host_or_origin_is_turned_away(foreset):
    own = ("Host", f"localhost:{foreset.port}")
    assert Raw(foreset, "GET", "/", [own])[0] == 200
    assert Raw(foreset, "GET", "/", [("Host", "evil.example")])[0] == 421
    assert Raw(foreset, "GET", "/", [])[0] == 421
    assert Raw(foreset, "GET", "/", [own, ("Origin", "http://evil.example")])[0] == 403
    assert Raw(foreset, "POST", "/connectors/x/restart", [own, ("Origin", "null")])[0] == 403
    assert Raw(foreset, "POST", "/connectors", [own, ("Content-Type", "text/plain")], b"{}")[0] == 415
    status, text = Raw(foreset, "OPTIONS", "/connectors", [own, ("Origin", "http://evil.example")])
    assert status == 403 and "error_code" in text


def test_bodies_and_paths_are_bounded(foreset):
    own = ("Host", f"localhost:{foreset.port}")
    status, text = Raw(foreset, "POST", "/connectors", [own, ("Content-Type", "application/json")], b"x" * (1 << 20 | 1))
    assert status == 413 and "error_code" in text
    assert Raw(foreset, "GET", "/" + "a" * 8000, [own])[0] == 404
    assert Raw(foreset, "GET", "/" + "a" * 9000, [own])[0] == 414
    assert Raw(foreset, "GET", "/connectors/%2e%2e%2f%00", [own])[0] == 404
    assert Raw(foreset, "GET", "/", [own])[0] == 200


def test_many_idle_connections_do_not_keep_others_out(foreset):
    idle = [socket.create_connection(("127.0.0.1", foreset.port)) for _ in range(70)]
    try:
        answers = []
        asking = threading.Thread(target=lambda: answers.append(foreset.Ask("GET", "/").status))
        asking.start()
        asking.join(60)
        assert answers == [200]
    finally:
        for connection in idle:
            connection.close()


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "192.0.2.1:8083"])
def test_other_addresses_than_loopback_need_tls_and_a_token(tmp_path, address):
    (tmp_path / "foreset.yaml").write_text("lake: lake\n")
    done = subprocess.run([str(BINARY), "connect", "-c", "foreset.yaml", "--state", "s", "--listen", address], cwd=tmp_path,
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 78 and "E7008" in done.stderr


def test_tls_and_the_token_are_asked_for(tmp_path):
    MakeCertificates(tmp_path / "tls")
    authority = str(tmp_path / "tls" / "ca.pem")
    (tmp_path / "token").write_text("canary-token\n")
    server = ForesetConnect(tmp_path, arguments=[
        "--tls-cert", "tls/server.pem", "--tls-key", "tls/server.key", "--token-file", "token"])
    try:
        server.Start()
        trusting = ssl.create_default_context(cafile=authority)

        def Get(headers, context=trusting):
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=60)
            connection.request("GET", "/connectors", headers=headers)
            reply = connection.getresponse()
            return reply.status, reply.read()

        assert Get({})[0] == 401
        assert Get({"Authorization": "Bearer wrong"})[0] == 401
        assert Get({"Authorization": "Bearer canary-token"}) == (200, b"[]")
        old = ssl.create_default_context(cafile=authority)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(ssl.SSLError):
            Get({}, old)
        with pytest.raises(ssl.SSLError):
            Get({}, ssl.create_default_context())
        assert "canary-token" not in server.Said()
    finally:
        server.Discard()
