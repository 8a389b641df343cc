# SPDX-License-Identifier: MIT
"""Who may ask: this machine's own programs; others with TLS and a token; no page of another origin."""

import gzip
import http.client
import pathlib
import re
import resource
import select
import socket
import ssl
import subprocess
import time

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


def PeakMegabytes(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024


def Seconds(ask):
    begin = time.monotonic()
    assert ask() == 200
    return time.monotonic() - begin


def Flood(connection, begin, more, most=64 << 20):
    """How many bytes the server takes of a request without end."""
    sent = 0
    try:
        connection.sendall(begin)
        while sent < most:
            connection.sendall(more)
            sent += len(more)
    except OSError:
        pass
    finally:
        connection.close()
    return sent


BLOCK = b"x" * (1 << 20)
POST = b"POST /connectors HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
FLOODS = {
    "chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"100000\r\n" + BLOCK + b"\r\n"),
    "a chunk's extension": (POST + b"Transfer-Encoding: chunked\r\n\r\n1;", BLOCK),
    "one header line": (POST + b"A: ", BLOCK),
    "header lines": (POST, b"".join(b"A%d: b\r\n" % number for number in range(20_000))),
    "the request line": (b"GET /", BLOCK),
    "a body longer than it says": (POST + b"Content-Length: 2\r\n\r\n", BLOCK),
    "a body that says how long": (POST + b"Content-Length: 1000000000\r\n\r\n", BLOCK),
    "a body that inflates": (POST + b"Content-Encoding: gzip\r\nContent-Length: 900000\r\n\r\n" + gzip.compress(bytes(200 << 20)),
                             BLOCK),
}


@pytest.mark.parametrize("host", [b"localhost", b"evil.example"])
def test_requests_without_end_are_cut(foreset, host):
    before = PeakMegabytes(foreset)
    for name, (begin, more) in FLOODS.items():
        connection = socket.create_connection(("127.0.0.1", foreset.port), timeout=60)
        sent = Flood(connection, begin.replace(b"%s", host), more)
        assert sent < 64 << 20, f"{name}: {sent >> 20} MiB were taken"
        assert Seconds(lambda: foreset.Ask("GET", "/livez").status) < 5, name
    assert PeakMegabytes(foreset) - before < 32


@pytest.mark.parametrize("many", [16, 90, 1000])
def test_slow_clients_do_not_keep_others_out(foreset, many):
    """Some say nothing, some stop within a header, some within a body."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    begun = [b"", b"GET / HTTP/1.1\r\nHost: loc", POST.replace(b"%s", b"localhost") + b"Content-Length: 1000\r\n\r\n{"]
    slow = []
    try:
        for number in range(many):
            slow.append(socket.create_connection(("127.0.0.1", foreset.port)))
            slow[-1].sendall(begun[number % len(begun)])
        for path in ("/livez", "/connectors", "/metrics"):
            assert Seconds(lambda path=path: foreset.Ask("GET", path).status) < 5, path
        assert PeakMegabytes(foreset) < 200
    finally:
        for connection in slow:
            connection.close()


def test_a_request_has_one_deadline(foreset):
    """However its bytes trickle in, and also before it begins."""
    begin = time.monotonic()
    idle, trickling = (socket.create_connection(("127.0.0.1", foreset.port)) for _ in range(2))
    trickling.sendall(b"GET / HTTP/1.1\r\nA: ")
    while not select.select([trickling], [], [], 0.1)[0] and time.monotonic() - begin < 30:
        trickling.sendall(b"x")
    assert 5 < time.monotonic() - begin < 20
    assert idle.recv(1) == b""


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
        for name, (begin, more) in FLOODS.items():
            connection = trusting.wrap_socket(socket.create_connection(("127.0.0.1", server.port)), server_hostname="127.0.0.1")
            assert Flood(connection, begin.replace(b"%s", b"localhost"), more) < 64 << 20, name
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
        token = {"Authorization": "Bearer canary-token"}
        assert Seconds(lambda: Get(token)[0]) < 5
        for connection in silent:
            connection.close()
        assert PeakMegabytes(server) < 250
        assert "canary-token" not in server.Said()
    finally:
        server.Discard()
