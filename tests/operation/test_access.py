# SPDX-License-Identifier: MIT
"""Who may ask a server of Foreset: the rules of `foreset connect`, and a client that follows them."""

import http.client
import ssl
import subprocess

import pytest

from tests.connect.test_security import Raw
from tests.harness.program import BINARY
from tests.harness.waiting import WaitFor
from tests.operation.endpoint import Endpoint
from tests.servers.certificates import MakeCertificates


def test_a_foreign_host_or_origin_is_turned_away(served):
    own = ("Host", f"localhost:{served.port}")
    assert Raw(served, "GET", "/metrics", [own])[0] == 200
    assert Raw(served, "GET", "/metrics", [("Host", "evil.example")])[0] == 421
    assert Raw(served, "GET", "/readyz", [])[0] == 421
    assert Raw(served, "GET", "/metrics", [own, ("Origin", "http://evil.example")])[0] == 403
    level = b'{"level": "debug"}'
    json = ("Content-Type", "application/json")
    assert Raw(served, "PUT", "/api/v1/loggers/root", [own, ("Content-Type", "text/plain")], level)[0] == 415
    assert Raw(served, "PUT", "/api/v1/loggers/root", [own, json, ("Origin", "null")], level)[0] == 403
    assert Raw(served, "PUT", "/api/v1/loggers/root", [own, json], level)[0] == 200


@pytest.mark.parametrize("command", ["run", "serve"])
@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_other_addresses_than_loopback_need_tls_and_a_token(shop, command, address):
    done = shop.foreset.Command(command, "-c", shop.foreset.config, "--listen", address, exits=78)
    assert "E7008" in done.err


def test_tls_and_the_token_are_asked_for(shop, tmp_path):
    MakeCertificates(tmp_path / "tls")
    authority = tmp_path / "tls" / "ca.pem"
    (tmp_path / "token").write_text("canary-token\n")
    (tmp_path / "wrong").write_text("wrong-token\n")
    shop.foreset.Start("--listen", "127.0.0.1:0", "--tls-cert", tmp_path / "tls" / "server.pem", "--tls-key",
                       tmp_path / "tls" / "server.key", "--token-file", tmp_path / "token")
    endpoint = Endpoint(shop.foreset.log)
    assert endpoint.url.startswith("https://")

    def Get(path, headers):
        context = ssl.create_default_context(cafile=str(authority))
        connection = http.client.HTTPSConnection("127.0.0.1", endpoint.port, context=context, timeout=60)
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status

    token = {"Authorization": "Bearer canary-token"}
    WaitFor(lambda: Get("/readyz", token) == 200, "the pipeline is ready")
    for path in ("/", "/livez", "/readyz", "/metrics", "/api/v1/status", "/api/v1/loggers"):
        assert (Get(path, {}), Get(path, token)) == (401, 200), path

    def Status(*arguments, exits=0):
        return shop.foreset.Command("status", "--url", endpoint.url, *arguments, exits=exits)

    assert "silver/Items" in Status("--token-file", tmp_path / "token", "--ca", authority).out
    for arguments in (("--ca", authority), ("--token-file", tmp_path / "wrong", "--ca", authority),
                      ("--token-file", tmp_path / "token")):
        refused = Status(*arguments, exits=69)
        assert "E7104" in refused.err and "canary-token" not in refused.err
    assert "canary-token" not in shop.foreset.Said()


def test_a_url_that_is_none_and_a_server_that_is_another(shop, tmp_path):
    assert "E7104" in shop.foreset.Command("status", "--url", "http://127.0.0.1:1", exits=69).err
    shop.foreset.Command("status", "--url", "127.0.0.1:9321", exits=2)
    other = subprocess.Popen(["python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"], cwd=tmp_path,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = other.stdout.readline().split("port ")[1].split()[0]
        assert "E7104" in shop.foreset.Command("status", "--url", f"http://127.0.0.1:{port}", exits=69).err
        (tmp_path / "api" / "v1").mkdir(parents=True)
        (tmp_path / "api" / "v1" / "status").write_text('{"schema": "something.else"}')
        assert "E7104" in shop.foreset.Command("status", "--url", f"http://127.0.0.1:{port}", exits=69).err
    finally:
        other.kill()
        other.wait()


def test_an_address_that_is_taken(shop, served):
    """The second server says so before it does anything."""
    done = subprocess.run([str(BINARY), "serve", "-c", str(shop.foreset.config), "--listen", f"127.0.0.1:{served.port}"],
                          env=shop.foreset.Environment(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 69 and "E7009" in done.stderr
