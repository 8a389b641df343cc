# SPDX-License-Identifier: MIT
"""A certificate authority and a certificate for 127.0.0.1, made for one test server."""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def NewKey():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def Certificate(name, key, issuer, issuer_key, authority):
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = builder.add_extension(
            x509.SubjectAlternativeName([address, x509.DNSName("localhost")]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def MakeCertificates(directory):
    """Writes ca.pem, server.pem and server.key into the directory, once."""
    if (directory / "server.key").exists():
        return
    directory.mkdir(parents=True, exist_ok=True)
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Foreset test authority")])
    server_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    authority_key, server_key = NewKey(), NewKey()
    authority = Certificate(authority_name, authority_key, authority_name, authority_key, True)
    server = Certificate(server_name, server_key, authority_name, authority_key, False)
    (directory / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (directory / "server.pem").write_bytes(server.public_bytes(serialization.Encoding.PEM))
    (directory / "server.key").write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()))
