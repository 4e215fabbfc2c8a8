"""TLS: by `serve` itself, behind a proxy, and what plain http says of itself."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.conf import LazySettings
from django.test import Client
from tests.people import County

from bihuan.config.https import Https, check_files, https_from, trusted_origins
from bihuan.config.tests.processes import Served, own_certificate, serving, surroundings
from bihuan.config.wrong import WrongSetting

SIGN_IN = "/desk/sign-in"
HOST = "kuangan.example.gov.cn"
PLAIN = "没有启用 HTTPS"
COOKIE = re.compile(r"([a-z]+)=([^;]+)")
ASKED = (
    "from bihuan.config import settings as s;"
    "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)"
)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def post_sign_in(served: Served, *, origin: str, **headers: str) -> tuple[int, str]:
    """The form of a browser that came from `origin`, its cookie and token sent back."""
    status, told, page = served.ask(SIGN_IN, **headers)
    assert status == 200
    cookie = "; ".join("=".join(found) for found in COOKIE.findall(told["Set-Cookie"])[:1])
    token = TOKEN.search(page)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "username": "nobody", "password": "wrong-one"}
    status, _told, page = served.ask(
        SIGN_IN, "POST", urlencode(form), Cookie=cookie, Origin=origin, **headers
    )
    return status, page


@pytest.mark.slow
def test_serve_speaks_tls_itself(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path)
    files = {"BIHUAN_CERTIFICATE": str(certificate), "BIHUAN_KEY": str(key)}
    with serving(tmp_path / "home", "--port", "0", **files) as served:
        assert f"https://127.0.0.1:{served.port}/" in served.log.read_text("utf-8")
        status, told, page = served.ask(SIGN_IN)
        assert status == 200
        assert "Secure" in told["Set-Cookie"]
        assert told["Strict-Transport-Security"].startswith("max-age=31536000")
        assert PLAIN not in page
        status, page = post_sign_in(served, origin=f"https://127.0.0.1:{served.port}")
        assert status == 422
        status, _page = post_sign_in(served, origin="https://evil.example")
        assert status == 403


@pytest.mark.slow
def test_a_proxy_that_speaks_tls_is_believed(tmp_path: Path) -> None:
    more = {"BIHUAN_HTTPS": "proxy", "BIHUAN_HOSTS": HOST}
    proxied = {"Host": HOST, "X_Forwarded_Proto": "https"}
    with serving(tmp_path / "home", "--port", "0", **more) as served:
        status, told, page = served.ask(SIGN_IN, **proxied)
        assert status == 200
        assert "Secure" in told["Set-Cookie"]
        assert "Strict-Transport-Security" in told
        assert PLAIN not in page
        for origin, wanted in ((f"https://{HOST}", 422), ("https://evil.example", 403)):
            status, _page = post_sign_in(served, origin=origin, **proxied)
            assert status == wanted, origin
        _status, told, page = served.ask(SIGN_IN, Host=HOST)
        assert "Strict-Transport-Security" not in told
        assert PLAIN in page


@pytest.mark.parametrize(("by", "is_on"), [("proxy", True), ("", False)])
def test_behind_tls_cookies_cross_no_network_in_clear(tmp_path: Path, by: str, is_on: bool) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ASKED],
        check=True,
        env=surroundings(tmp_path, BIHUAN_HTTPS=by),
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [str(is_on)] * 3


def test_plain_http_believes_no_header_and_says_so(client: Client, db: None) -> None:
    answer = client.get(SIGN_IN, headers={"host": "127.0.0.1", "X-Forwarded-Proto": "https"})
    assert PLAIN not in answer.text  # nothing leaves this machine
    answer = client.get(SIGN_IN, headers={"X-Forwarded-Proto": "https"})
    assert PLAIN in answer.text
    assert "Strict-Transport-Security" not in answer.headers
    assert PLAIN not in client.get(SIGN_IN, secure=True).text


def test_administrators_read_what_is_switched_off(client: Client, county: County) -> None:
    client.force_login(county.users["system"])
    for path in ("/desk/admin/", "/desk/admin/status"):
        assert "Secure 标志" in client.get(path).text
        assert PLAIN not in client.get(path, secure=True).text


def test_a_demonstration_does_not_nag(client: Client, db: None, settings: LazySettings) -> None:
    settings.MODE = "demo"
    assert PLAIN not in client.get(SIGN_IN).text


@pytest.mark.parametrize(
    ("environment", "by"),
    [
        ({}, "nobody"),
        ({"BIHUAN_HTTPS": "proxy"}, "proxy"),
        ({"BIHUAN_CERTIFICATE": "a", "BIHUAN_KEY": "b"}, "serve"),
    ],
)
def test_the_environment_says_who_speaks_tls(environment: dict[str, str], by: str) -> None:
    assert https_from(environment).by == by


@pytest.mark.parametrize(
    "environment",
    [
        {"BIHUAN_HTTPS": "yes"},
        {"BIHUAN_CERTIFICATE": "a"},
        {"BIHUAN_KEY": "b"},
        {"BIHUAN_HTTPS": "proxy", "BIHUAN_CERTIFICATE": "a", "BIHUAN_KEY": "b"},
    ],
)
def test_what_contradicts_itself_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(WrongSetting):
        https_from(environment)


def test_origins_are_those_of_the_hosts() -> None:
    proxy = Https(by="proxy")
    hosts = ["a.example", ".b.example", "*", ""]
    assert trusted_origins(proxy, hosts=hosts) == ["https://a.example", "https://*.b.example"]
    assert trusted_origins(Https(by="nobody"), hosts=hosts) == []


def test_files_that_cannot_be_used_are_named_before_serving(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path)
    check_files(Https(by="serve", certificate=str(certificate), key=str(key)))
    foreign = ec.generate_private_key(ec.SECP256R1())
    other, old, wrapped = (tmp_path / f"{name}.key" for name in ("other", "old", "wrapped"))
    pem = Encoding.PEM
    other.write_bytes(foreign.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption()))
    own = key.read_bytes()
    old.write_bytes(_old_form(own))
    passphrase = BestAvailableEncryption(b"a passphrase")
    wrapped.write_bytes(foreign.private_bytes(pem, PrivateFormat.PKCS8, passphrase))
    for path in (other, old, wrapped):
        path.chmod(0o600)
    for file, words in (
        (other, "不是一对"),
        (old, "PKCS#8"),
        (wrapped, "读不出"),
        (tmp_path / "none", "没有找到私钥"),
    ):
        with pytest.raises(WrongSetting, match=words):
            check_files(Https(by="serve", certificate=str(certificate), key=str(file)))
    key.chmod(0o644)
    with pytest.raises(WrongSetting, match="chmod 600"):
        check_files(Https(by="serve", certificate=str(certificate), key=str(key)))


def _old_form(pkcs8: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    key = load_pem_private_key(pkcs8, None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
