"""The MQTT broker that `telemetry ingest` takes files from, if there is one.

BIHUAN_MQTT                mqtts://host[:8883], or mqtt://host[:1883] without TLS
BIHUAN_MQTT_CA             PEM file of who signed its certificate (default: the system's)
BIHUAN_MQTT_CERTIFICATE    PEM file with a certificate of ours, when it asks for one, and
BIHUAN_MQTT_KEY            PEM file with its key
BIHUAN_MQTT_USER           account to sign in with, and
BIHUAN_MQTT_PASSWORD_FILE  file with its password: never without TLS, except on this machine
BIHUAN_MQTT_TOPIC          what stands before the mine in a topic (default: bihuan)
BIHUAN_MQTT_CLIENT         name of the session that the broker keeps (default: bihuan)
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bihuan.config.wrong import WrongSetting
from bihuan.telemetry.intake.brokers import CLIENT, TOPIC, Broker

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
_HERE: Final = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-f:]+")
_TOPIC = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_CLIENT = re.compile(r"[A-Za-z0-9_-]{1,23}")


def broker_from(environment: Mapping[str, str]) -> Broker | None:
    """The broker, None without one; WrongSetting when the environment contradicts itself."""
    told = {key: environment.get(f"BIHUAN_MQTT{key}", "") for key in _KEYS}
    if not told[""]:
        return None
    host, port, has_tls = _address(told[""])
    papers = {key: _paper(f"BIHUAN_MQTT{key}", told[key]) for key in ("_CA", *_PAIR)}
    if any(papers.values()) and not has_tls:
        raise WrongSetting("用证书连接消息服务器时，BIHUAN_MQTT 应写 mqtts://。")
    if bool(told["_CERTIFICATE"]) != bool(told["_KEY"]):
        raise WrongSetting("BIHUAN_MQTT_CERTIFICATE 和 BIHUAN_MQTT_KEY 要一起给：证书和它的私钥。")
    return Broker(
        host=host,
        port=port,
        has_tls=has_tls,
        ca=papers["_CA"],
        certificate=papers["_CERTIFICATE"],
        key=papers["_KEY"],
        user=told["_USER"],
        password=_password(told, is_safe=has_tls or host in _HERE),
        topic=_named("_TOPIC", told["_TOPIC"] or TOPIC, _TOPIC),
        client=_named("_CLIENT", told["_CLIENT"] or CLIENT, _CLIENT),
    )


_PAIR: Final = ("_CERTIFICATE", "_KEY")
_KEYS: Final = ("", "_CA", *_PAIR, "_USER", "_PASSWORD_FILE", "_TOPIC", "_CLIENT")


def _address(text: str) -> tuple[str, int, bool]:
    wrong = WrongSetting(
        f"BIHUAN_MQTT 应写作 mqtts://主机:端口（不加密的写 mqtt://），现在是“{text[:60]}”。"
    )
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise wrong from None
    host = parts.hostname or ""
    is_bare = not (parts.username or parts.password or parts.path.strip("/") or parts.query)
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or not is_bare:
        raise wrong
    return host, port, parts.scheme == "mqtts"


def _paper(key: str, text: str) -> Path | None:
    if not text:
        return None
    path = Path(text)
    if not path.is_file():
        raise WrongSetting(f"{key} 指的文件“{text}”不存在，请核对路径。")
    return path


def _password(told: Mapping[str, str], *, is_safe: bool) -> str:
    if bool(told["_USER"]) != bool(told["_PASSWORD_FILE"]):
        raise WrongSetting("BIHUAN_MQTT_USER 和 BIHUAN_MQTT_PASSWORD_FILE 要一起给。")
    file = _paper("BIHUAN_MQTT_PASSWORD_FILE", told["_PASSWORD_FILE"])
    if file is None:
        return ""
    if not is_safe:
        raise WrongSetting("有 BIHUAN_MQTT_USER 时，BIHUAN_MQTT 须用 mqtts://，口令不明传。")
    try:
        return file.read_text().strip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise WrongSetting(f"BIHUAN_MQTT_PASSWORD_FILE 指的文件“{file}”读不出来。") from None


def _named(key: str, text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise WrongSetting(f"BIHUAN_MQTT{key} 只能用英文字母、数字、- 和 _，现在是“{text[:40]}”。")
    return text
