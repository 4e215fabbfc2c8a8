"""How reminders leave by mail: which server, in whose name, with what protection on the way.

BIHUAN_MAIL_HOST      the mail server (default: localhost)
BIHUAN_MAIL_PORT      its port (default: 25, with starttls 587, with tls 465)
BIHUAN_MAIL_TLS       starttls, tls, or empty for none; a certificate is checked
BIHUAN_MAIL_USER      account to sign in with, and
BIHUAN_MAIL_PASSWORD  its password: never without TLS, except on this machine
"""

from collections.abc import Mapping
from typing import Any, Final

from bihuan.config.wrong import WrongSetting

TIMEOUT_S: Final = 10
PORTS: Final = {"": 25, "starttls": 587, "tls": 465}
_PORT_MAX: Final = 65535
_HERE: Final = ("localhost", "127.0.0.1", "::1")


def mail_options(environment: Mapping[str, str]) -> dict[str, Any]:
    """Options of Django's SMTP backend; WrongSetting when the environment contradicts itself."""
    host = environment.get("BIHUAN_MAIL_HOST", "") or "localhost"
    tls = environment.get("BIHUAN_MAIL_TLS", "")
    user = environment.get("BIHUAN_MAIL_USER", "")
    password = environment.get("BIHUAN_MAIL_PASSWORD", "")
    if tls not in PORTS:
        raise WrongSetting(f"BIHUAN_MAIL_TLS 只能是 starttls、tls 或不写，现在是“{tls}”。")
    if bool(user) != bool(password):
        raise WrongSetting("BIHUAN_MAIL_USER 和 BIHUAN_MAIL_PASSWORD 要一起给：账号和它的口令。")
    if not (user + password).isascii():  # smtplib signs in with nothing else
        raise WrongSetting("BIHUAN_MAIL_USER 和 BIHUAN_MAIL_PASSWORD 只能用英文字母、数字、符号。")
    if user and not tls and host not in _HERE:
        raise WrongSetting(
            "有 BIHUAN_MAIL_USER 时须写 BIHUAN_MAIL_TLS（starttls 或 tls），口令不在网络上明传。"
        )
    return {
        "host": host,
        "port": _port(environment.get("BIHUAN_MAIL_PORT", ""), tls=tls),
        "username": user,
        "password": password,
        "use_tls": tls == "starttls",
        "use_ssl": tls == "tls",
        "timeout": TIMEOUT_S,
    }


def _port(text: str, *, tls: str) -> int:
    if not text:
        return PORTS[tls]
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= _PORT_MAX):
        raise WrongSetting(f"BIHUAN_MAIL_PORT 应是 1 到 {_PORT_MAX} 的数，现在是“{text[:20]}”。")
    return int(text)
