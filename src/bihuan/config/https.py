"""How the way to the browser is protected: by a proxy in front, by `serve` itself, or not at all.

BIHUAN_HTTPS        proxy: a reverse proxy speaks TLS and sets X-Forwarded-Proto
BIHUAN_CERTIFICATE  PEM file with the certificate and its chain: `serve` speaks TLS itself
BIHUAN_KEY          PEM file with its key (PKCS#8)
"""

import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from bihuan.config.wrong import WrongSetting

HSTS_S: Final = 365 * 24 * 3600
PROXY_HEADER: Final = ("HTTP_X_FORWARDED_PROTO", "https")
_PKCS8: Final = "-----BEGIN PRIVATE KEY-----"


@dataclass(frozen=True, kw_only=True)
class Https:
    """Who speaks TLS; `certificate` and `key` are files, both given or none."""

    by: Literal["nobody", "proxy", "serve"]
    certificate: str = ""
    key: str = ""

    @property
    def is_on(self) -> bool:
        """Whether browsers come by https."""
        return self.by != "nobody"

    @property
    def scheme(self) -> str:
        """How the addresses that `serve` prints begin."""
        return "https" if self.by == "serve" else "http"


def https_from(environment: Mapping[str, str]) -> Https:
    """What the environment asks for; WrongSetting when it contradicts itself."""
    stated = environment.get("BIHUAN_HTTPS", "")
    certificate = environment.get("BIHUAN_CERTIFICATE", "")
    key = environment.get("BIHUAN_KEY", "")
    if stated not in ("", "proxy"):
        raise WrongSetting(f"BIHUAN_HTTPS 只能是 proxy 或不写，现在是“{stated}”。")
    if bool(certificate) != bool(key):
        raise WrongSetting("BIHUAN_CERTIFICATE 和 BIHUAN_KEY 要一起给：证书文件和它的私钥文件。")
    if stated and certificate:
        raise WrongSetting("BIHUAN_HTTPS=proxy 和证书文件只能选一样：TLS 由代理做，或由本系统做。")
    if certificate:
        return Https(by="serve", certificate=certificate, key=key)
    return Https(by="proxy" if stated else "nobody")


def trusted_origins(https: Https, *, hosts: Iterable[str]) -> list[str]:
    """Origins whose forms are taken although a proxy's port isn't in the Host header."""
    if not https.is_on:
        return []
    named = [host.strip() for host in hosts]
    return [
        f"https://*{host}" if host.startswith(".") else f"https://{host}"
        for host in named
        if host and host != "*"
    ]


def check_files(https: Https) -> None:
    """WrongSetting when certificate and key can't be used together."""
    if https.by != "serve":
        return
    import ssl  # noqa: PLC0415 - half as large as the supervisor, which has no use for it

    certificate, key = Path(https.certificate), Path(https.key)
    for path, what in ((certificate, "证书"), (key, "私钥")):
        if not path.is_file():
            raise WrongSetting(
                f"没有找到{what}文件 {path}，请核对 BIHUAN_CERTIFICATE 和 BIHUAN_KEY。"
            )
    if key.stat().st_mode & stat.S_IROTH:
        raise WrongSetting(f"私钥文件 {key} 别人可读，请先执行 chmod 600 {key}。")
    try:
        is_pkcs8 = _PKCS8 in key.read_text("ascii")
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, _no_password)
    except (OSError, ValueError) as error:  # ssl's own errors are OSErrors
        raise WrongSetting(f"证书 {certificate} 和私钥 {key} 读不出或不是一对。") from error
    if not is_pkcs8:
        raise WrongSetting(
            f"私钥 {key} 须是 PKCS#8 格式且没有口令，可转换："
            f"openssl pkcs8 -topk8 -nocrypt -in {key} -out 新文件。"
        )


def _no_password() -> str:
    raise ValueError("the key is wrapped in a passphrase")
