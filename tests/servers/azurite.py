# SPDX-License-Identifier: MIT
"""Azurite, the emulator of Azure's Blob service, with as many accounts as a test wants."""

import base64
import hashlib
import hmac
import os
import pathlib
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from tests.servers.certificates import MakeCertificates
from tests.servers.server_process import CACHE, DieWithParent, FreePort, ServerError

PROGRAM = CACHE / "azurite" / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
START_SECONDS = 60
VERSION = "2021-12-02"


def NewKey():
    return base64.b64encode(secrets.token_bytes(64)).decode()


class Azurite:
    """One emulator on a free port of the loopback. `accounts`: name -> key (base64)."""

    def __init__(self, accounts=("mybronze", "mysilver", "mygold"), tls=False, oauth=False):
        self.keys = {name: NewKey() for name in accounts}
        self.tls, self.oauth = tls, oauth
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="foreset-azurite-"))
        self.port = 0
        self.process = None

    @property
    def log(self):
        return self.directory / "azurite.log"

    @property
    def ca(self):
        return self.directory / "ca.pem"

    @property
    def endpoint(self):
        """With a place for the account, as `azure.endpoint` takes it."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/{{account}}"

    def EndpointOf(self, account):
        return self.endpoint.format(account=account)

    def start(self):
        if not PROGRAM.exists():
            raise ServerError(f"there is no Azurite in {PROGRAM}: run `scripts/setup test`")
        if self.tls:
            MakeCertificates(self.directory)
        for _ in range(3):
            if self.StartOnce():
                return self
        raise ServerError(f"Azurite does not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def Command(self):
        command = ["node", str(PROGRAM), "--disableTelemetry", "--silent", "--skipApiVersionCheck",
                   "--location", str(self.directory / "data"), "--blobHost", "127.0.0.1", "--blobPort", str(self.port)]
        if self.tls:
            command += ["--cert", str(self.directory / "server.pem"), "--key", str(self.directory / "server.key")]
        if self.oauth:
            command += ["--oauth", "basic"]
        return command

    def StartOnce(self):
        port_was_free = self.port == 0
        self.port = self.port or FreePort()
        accounts = ";".join(f"{name}:{key}" for name, key in self.keys.items())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.Command(), cwd=self.directory, env={**os.environ, "AZURITE_ACCOUNTS": accounts},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=DieWithParent)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                if port_was_free:
                    self.port = 0  # somebody else may have taken it
                return False
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.05)
        self.stop()
        return False

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def Rotate(self, account):
        """A new key for the account: the old one is refused from now on. The blobs stay."""
        self.stop()
        self.keys[account] = NewKey()
        self.start()
        return self.keys[account]

    def discard(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    # The service's own calls, for tests: signed here, by nothing of Foreset's.

    def Call(self, method, account, path, query=None, body=b"", headers=None):
        """(status, headers, body). `path` begins with the container; any status is an answer."""
        query = query or {}
        sent = {"x-ms-version": VERSION, "x-ms-date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
                **({"Content-Type": "application/octet-stream"} if body else {}), **(headers or {})}
        resource = "/" + account + "/" + urllib.parse.quote(path)
        lines = [method, "", "", str(len(body) or ""), "", sent.get("Content-Type", ""), "", "", "", "", "", ""]
        lines += [f"{name.lower()}:{sent[name]}" for name in sorted(sent) if name.lower().startswith("x-ms-")]
        lines += [f"/{account}{resource}"] + [f"{name}:{query[name]}" for name in sorted(query)]
        digest = hmac.new(base64.b64decode(self.keys[account]), "\n".join(lines).encode(), hashlib.sha256).digest()
        sent["Authorization"] = f"SharedKey {account}:{base64.b64encode(digest).decode()}"
        url = self.EndpointOf(account) + "/" + urllib.parse.quote(path)
        if query:
            url += "?" + urllib.parse.urlencode(query)
        request = urllib.request.Request(url, data=body or None, method=method, headers=sent)
        context = ssl.create_default_context(cafile=self.ca) if self.tls else None
        handlers = [urllib.request.ProxyHandler({})]
        if context:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=30) as reply:
                return reply.status, dict(reply.headers), reply.read()
        except urllib.error.HTTPError as refused:
            return refused.code, dict(refused.headers), refused.read()

    def CreateContainer(self, account, container):
        status, _, body = self.Call("PUT", account, container, {"restype": "container"})
        if status not in (201, 409):
            raise ServerError(f"creating the container {container}: {status} {body.decode(errors='replace')}")

    def Names(self, account, container, prefix=""):
        """The names of all blobs, ascending."""
        from xml.etree import ElementTree

        names, marker = [], ""
        while True:
            query = {"restype": "container", "comp": "list", "prefix": prefix}
            if marker:
                query["marker"] = marker
            status, _, body = self.Call("GET", account, container, query)
            if status != 200:
                raise ServerError(f"listing {container}: {status} {body.decode(errors='replace')}")
            root = ElementTree.fromstring(body)
            names += [name.text for name in root.iterfind("Blobs/Blob/Name")]
            marker = root.findtext("NextMarker") or ""
            if not marker:
                return sorted(names)

    def Read(self, account, container, name):
        status, _, body = self.Call("GET", account, f"{container}/{name}")
        if status != 200:
            raise ServerError(f"reading {name}: {status} {body.decode(errors='replace')}")
        return body

    def CopyTo(self, account, container, directory, prefix=""):
        """All blobs as files below the directory."""
        for name in self.Names(account, container, prefix):
            path = pathlib.Path(directory) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.Read(account, container, name))

    def Sas(self, account, container, expires_in=3600, permissions="racwdl"):
        """A shared access signature for a container (service SAS), valid for so many seconds from now."""
        def Stamp(seconds):
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))

        start, end = Stamp(min(-3600, expires_in - 3600)), Stamp(expires_in)
        protocol = "https,http"
        lines = [permissions, start, end, f"/blob/{account}/{container}", "", "", protocol, VERSION, "c", "", "",
                 "", "", "", "", ""]
        digest = hmac.new(base64.b64decode(self.keys[account]), "\n".join(lines).encode(), hashlib.sha256).digest()
        return urllib.parse.urlencode({"sp": permissions, "st": start, "se": end, "spr": protocol, "sv": VERSION,
                                       "sr": "c", "sig": base64.b64encode(digest).decode()})
