# SPDX-License-Identifier: MIT
"""An OAuth 2.0 token endpoint: for a client's id and secret it gives signed tokens, over TLS."""

import base64
import contextlib
import http.server
import json
import ssl
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.servers.certificates import NewKey

KEY_ID = "key-1"


def Encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def EncodedNumber(number):
    return Encoded(number.to_bytes((number.bit_length() + 7) // 8, "big"))


class TokenEndpoint:
    """`certificates` has server.pem and server.key. Tokens are for `audience` and live for `seconds`; how many were
    given is in `issued`."""

    def __init__(self, certificates, client, secret, audience, seconds=300):
        self.client, self.secret, self.audience, self.seconds = client, secret, audience, seconds
        self.issuer = "https://127.0.0.1/issuer"
        self.key = NewKey()
        self.issued = 0
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                endpoint.Answer(self)

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}/token"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @contextlib.contextmanager
    def Lasting(self, seconds):
        """Tokens live so long meanwhile."""
        before, self.seconds = self.seconds, seconds
        try:
            yield
        finally:
            self.seconds = before

    def Answer(self, request):
        form = urllib.parse.parse_qs(request.rfile.read(int(request.headers["Content-Length"])).decode())
        # RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
        given = base64.b64decode(request.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        known = tuple(map(urllib.parse.unquote_plus, given.split(":", 1))) == (self.client, self.secret)
        if known and form["grant_type"] == ["client_credentials"]:
            self.issued += 1
            code, answer = 200, {"access_token": self.Token(), "token_type": "Bearer", "expires_in": self.seconds}
        else:
            code, answer = 401, {"error": "invalid_client"}
        body = json.dumps(answer).encode()
        request.send_response(code)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def Token(self):
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.client, "aud": self.audience, "iat": now, "exp": now + self.seconds,
                  "scope": "kafka"}
        header = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
        signed = ".".join(Encoded(json.dumps(part).encode()) for part in (header, claims))
        return f"{signed}.{Encoded(self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def Keys(self):
        """The JSON Web Key Set by which a broker checks the tokens."""
        public = self.key.public_key().public_numbers()
        return json.dumps({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID,
                                     "n": EncodedNumber(public.n), "e": EncodedNumber(public.e)}]})
