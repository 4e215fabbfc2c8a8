"""A certificate for this machine, signed by somebody whom only the test knows."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Papers(NamedTuple):
    """PEM files of the authority, of the server's certificate and of its key."""

    ca: Path
    certificate: Path
    key: Path


def made_papers(folder: Path) -> Papers:
    """Fresh ones for 127.0.0.1, written to a folder."""
    signer, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("authority", signer, issuer="authority", by=signer, is_authority=True)
    shown = _certificate("127.0.0.1", server, issuer="authority", by=signer, is_authority=False)
    papers = Papers(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    papers.ca.write_bytes(authority.public_bytes(Encoding.PEM))
    papers.certificate.write_bytes(shown.public_bytes(Encoding.PEM))
    papers.key.write_bytes(server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return papers


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    is_authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    signer = x509.SubjectKeyIdentifier.from_public_key(by.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signer), critical=False
        )
    )
    if is_authority:
        signs = {"key_cert_sign": True, "crl_sign": True}
        made = made.add_extension(_usage(**signs), critical=True)
    else:
        here = x509.IPAddress(ip_address("127.0.0.1"))
        made = made.add_extension(x509.SubjectAlternativeName([here]), critical=False)
    return made.sign(by, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})
