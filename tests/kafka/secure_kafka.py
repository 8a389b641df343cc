# SPDX-License-Identifier: MIT
"""A broker that asks for log-ins over TLS, by every mechanism that Foreset's librdkafka has."""

from confluent_kafka.admin import ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion
from cryptography.hazmat.primitives import serialization

from tests.kafka.token_endpoint import TokenEndpoint
from tests.servers import KafkaServer
from tests.servers.certificates import MakeCertificates
from tests.servers.server_process import FreePort

USER, PASSWORD = "foreset", "correct horse battery"
AUDIENCE = "kafka"
TOKEN_SECONDS = 8
MODULES = "org.apache.kafka.common.security"
WRONG = "wrong-secret"
SCRAM = {"SCRAM-SHA-256": ScramMechanism.SCRAM_SHA_256, "SCRAM-SHA-512": ScramMechanism.SCRAM_SHA_512}


class SecureKafka:
    """Beside the listener for the tests' own clients there are two that take log-ins over TLS alone: `bootstrap` takes
    PLAIN, SCRAM and tokens without a signature, `bootstrap_oidc` takes `tokens`, which it checks and which end soon."""

    def __init__(self, directory):
        MakeCertificates(directory)
        self.ca = directory / "ca.pem"
        self.tokens = TokenEndpoint(directory, USER, PASSWORD, AUDIENCE, TOKEN_SECONDS)
        keys = directory / "keys.json"
        keys.write_text(self.tokens.Keys())
        keystore = directory / "keystore.pem"
        key = serialization.load_pem_private_key((directory / "server.key").read_bytes(), None)
        keystore.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + (directory / "server.pem").read_bytes())
        ports = {name: FreePort() for name in ("PLAINTEXT", "SECURE", "OIDC", "CONTROLLER")}
        self.bootstrap = f"127.0.0.1:{ports['SECURE']}"
        self.bootstrap_oidc = f"127.0.0.1:{ports['OIDC']}"
        places = [f"{name}://127.0.0.1:{port}" for name, port in ports.items()]
        bearer = f"{MODULES}.oauthbearer.OAuthBearerLoginModule required;"
        plain = f'{MODULES}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
        scram = f"{MODULES}.scram.ScramLoginModule required;"
        self.server = KafkaServer(port=ports["PLAINTEXT"], **{
            "listeners": ",".join(places),
            "advertised.listeners": ",".join(places[:-1]),
            "controller.quorum.voters": f"1@127.0.0.1:{ports['CONTROLLER']}",
            "listener.security.protocol.map":
                "PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,OIDC:SASL_SSL,CONTROLLER:PLAINTEXT",
            "ssl.keystore.type": "PEM", "ssl.keystore.location": keystore,
            "listener.name.secure.sasl.enabled.mechanisms": ",".join(("PLAIN", "OAUTHBEARER", *SCRAM)),
            "listener.name.secure.plain.sasl.jaas.config": plain,
            "listener.name.secure.oauthbearer.sasl.jaas.config": bearer,
            **{f"listener.name.secure.{name.lower()}.sasl.jaas.config": scram for name in SCRAM},
            "listener.name.oidc.sasl.enabled.mechanisms": "OAUTHBEARER",
            "listener.name.oidc.oauthbearer.sasl.jaas.config": bearer,
            "listener.name.oidc.oauthbearer.sasl.server.callback.handler.class":
                f"{MODULES}.oauthbearer.OAuthBearerValidatorCallbackHandler",
            "listener.name.oidc.oauthbearer.connections.max.reauth.ms": 1000 * TOKEN_SECONDS,
            "sasl.oauthbearer.jwks.endpoint.url": keys.as_uri(),
            "sasl.oauthbearer.expected.audience": AUDIENCE,
            "sasl.oauthbearer.expected.issuer": self.tokens.issuer})
        self.server.system_properties["org.apache.kafka.sasl.oauthbearer.allowed.urls"] = keys.as_uri()

    def __enter__(self):
        self.tokens.__enter__()
        self.server.start()
        admin = self.server.admin()
        for mechanism in SCRAM.values():
            credential = UserScramCredentialUpsertion(USER, ScramCredentialInfo(mechanism, 4096), PASSWORD.encode())
            admin.alter_user_scram_credentials([credential])[USER].result(30)
        return self

    def __exit__(self, *_):
        self.server.discard()
        self.tokens.__exit__()

    def Reached(self, mechanism, password=PASSWORD):
        """`bootstrap_servers` and `security` for a log-in by that mechanism; OIDC is OAUTHBEARER by the endpoint."""
        secure = {"security.protocol": "SASL_SSL", "sasl.mechanism": mechanism, "ssl.ca.location": str(self.ca)}
        bootstrap = self.bootstrap
        if mechanism == "OIDC":
            bootstrap = self.bootstrap_oidc
            secure |= {
                "sasl.mechanism": "OAUTHBEARER", "sasl.oauthbearer.method": "oidc",
                "sasl.oauthbearer.client.id": USER, "sasl.oauthbearer.client.secret": password,
                "sasl.oauthbearer.token.endpoint.url": self.tokens.url, "https.ca.location": str(self.ca)}
        elif mechanism == "OAUTHBEARER":
            secure |= {"enable.sasl.oauthbearer.unsecure.jwt": "true",
                       "sasl.oauthbearer.config": f"principal={USER}"}
        else:
            secure |= {"sasl.username": USER, "sasl.password": password}
        return {"bootstrap_servers": bootstrap, "security": secure}
