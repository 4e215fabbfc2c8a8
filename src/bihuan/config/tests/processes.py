"""What the tests of serving share: verbs and servers as processes of their own."""

import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

PROJECT = Path(__file__).resolve().parents[4]
ADDRESS = re.compile(r"(https?)://127\.0\.0\.1:(\d+)/")
WAIT_S = 180.0


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server: where it listens, what it has said so far."""

    port: int
    log: Path
    certificate: Path | None = None

    def ask(
        self, path: str, method: str = "GET", body: str = "", **headers: str
    ) -> tuple[int, Mapping[str, str], str]:
        """One request, by https where a certificate is known: status, headers, body."""
        way: HTTPConnection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        if self.certificate:
            trusting = ssl.create_default_context(cafile=str(self.certificate))
            way = HTTPSConnection("127.0.0.1", self.port, timeout=20, context=trusting)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            named.setdefault("Content-Type", "application/x-www-form-urlencoded")
        try:
            way.request(method, path, body=body or None, headers=named)
            answer: HTTPResponse = way.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            way.close()


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process of ours with its own data folder."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("BIHUAN_", "PYTEST_", "COV_", "GRANIAN_"))
    }
    return {
        **kept,
        "BIHUAN_HOME": str(home),
        "BIHUAN_MODE": "live",
        "DJANGO_SETTINGS_MODULE": "bihuan.config.settings",
        "PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}",
        **more,
    }


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """One verb, to its end."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bihuan", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=surroundings(home, **more),
        timeout=180,
    )


@contextmanager
def serving(home: Path, *arguments: str, **more: str) -> Iterator[Served]:
    """Serve a data folder while the block runs."""
    log = home.with_name(f"{home.name}.log")
    command = [sys.executable, "-m", "bihuan", "serve", *arguments]
    with log.open("wb") as told:
        server = subprocess.Popen(  # noqa: S603
            command, stdout=told, stderr=told, cwd=PROJECT, env=surroundings(home, **more)
        )
        try:
            yield _reached(server, log, more.get("BIHUAN_CERTIFICATE", ""))
        finally:
            server.terminate()
            server.wait(timeout=40)


def _reached(server: subprocess.Popen[bytes], log: Path, certificate: str) -> Served:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and server.poll() is None:
        found = ADDRESS.search(log.read_text("utf-8"))
        if found:
            port = int(found[2])
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    known = Path(certificate) if certificate else None
                    return Served(port=port, log=log, certificate=known)
        time.sleep(0.1)
    raise AssertionError(f"not serving: {log.read_text('utf-8')}")


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bihuan test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, keyfile = folder / "tls.pem", folder / "tls.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    keyfile.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    keyfile.chmod(0o600)
    return certificate, keyfile
