"""Group robots of 企业微信, 钉钉 and 飞书: one text to a webhook, signed as each of them asks.

The address of a webhook holds its key: it stands in no log, error, page or `repr`, only its host.
"""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final, override
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from bihuan.matters.undelivered import NotTakenError

LABELS: Final = {"wecom": "企业微信群", "dingtalk": "钉钉群", "feishu": "飞书群"}
TIMEOUT_S: Final = 10
_ANSWER_BYTES_MAX: Final = 65_536
_CODE_NAMES: Final = ("errcode", "code", "StatusCode")
_TOO_MANY_REQUESTS: Final = 429
_TOO_FAST: Final = "发得太快"
_WRONG_SIGN: Final = "签名没有被接受，请核对密钥和服务器时间"
_WORDS: Final = {
    ("wecom", 45009): _TOO_FAST,
    ("wecom", 93000): "地址里的密钥无效，或机器人已被移出群",
    ("dingtalk", 130101): _TOO_FAST,
    ("dingtalk", 300001): "地址里的令牌无效",
    ("dingtalk", 310000): "安全设置没有通过，请核对加签密钥、关键词和来源地址",
    ("feishu", 9499): _TOO_FAST,
    ("feishu", 11232): _TOO_FAST,
    ("feishu", 19001): "地址里的密钥无效",
    ("feishu", 19021): _WRONG_SIGN,
    ("feishu", 19022): "来源地址不在机器人的名单里",
    ("feishu", 19024): "关键词没有通过",
}


@dataclass(frozen=True, kw_only=True)
class Robot:
    """One group's robot: `channel` is a key of `LABELS`, `secret` is empty where none is agreed."""

    channel: str
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """The part of its address that may be shown."""
        return urlsplit(self.url).hostname or ""


def say(robot: Robot, text: str) -> None:
    """Put a text into the group; NotTakenError or another OSError when it isn't taken."""
    url, body = _signed(robot, text, at_s=time.time())
    request = Request(  # noqa: S310 - the settings take https only
        url,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "bihuan"},
    )
    try:
        with _opener(url).open(request, timeout=TIMEOUT_S) as answer:
            told = answer.read(_ANSWER_BYTES_MAX)
    except HTTPError as error:
        error.close()
        words = f"{_TOO_FAST}，" if error.code == _TOO_MANY_REQUESTS else ""
        raise NotTakenError(f"{words}答 HTTP {error.code}") from None
    except HTTPException:
        raise NotTakenError("回答不是 HTTP") from None
    _check(robot, told)


def _signed(robot: Robot, text: str, *, at_s: float) -> tuple[str, dict[str, Any]]:
    """Address and body; the moment is the true one, whatever clock the deployment stands at."""
    if robot.channel == "feishu":
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if robot.secret:
            stamp = str(int(at_s))
            body |= {"timestamp": stamp, "sign": _mark(f"{stamp}\n{robot.secret}", b"")}
        return robot.url, body
    body = {"msgtype": "text", "text": {"content": text}}
    if robot.channel == "dingtalk" and robot.secret:
        stamp = str(int(at_s * 1000))
        sign = quote_plus(_mark(robot.secret, f"{stamp}\n{robot.secret}".encode()))
        joint = "&" if "?" in robot.url else "?"
        return f"{robot.url}{joint}timestamp={stamp}&sign={sign}", body
    return robot.url, body


def _mark(key: str, told: bytes) -> str:
    return base64.b64encode(hmac.digest(key.encode(), told, hashlib.sha256)).decode()


class _NoRedirect(HTTPRedirectHandler):
    """Whoever sends us elsewhere gets no message: the text and the key stay here."""

    @override
    def redirect_request(self, *_given: Any) -> None:
        """Follow nothing; the answer becomes an HTTPError."""


def _opener(url: str) -> OpenerDirector:
    """TLS is verified; a proxy of the environment is for https alone, never on this machine."""
    direct = () if url.startswith("https://") else (ProxyHandler({}),)
    return build_opener(_NoRedirect, *direct)


def _check(robot: Robot, told: bytes) -> None:
    """All three answer 200 whatever happened; what the code says is what counts.

    Words of the other side are not repeated: they may quote what was sent.
    """
    try:
        answer = json.loads(told)
    except (ValueError, RecursionError):  # no JSON, or brackets without end
        raise NotTakenError("回答不是 JSON，请核对地址") from None
    known = answer if isinstance(answer, dict) else {}
    code = next((known[name] for name in _CODE_NAMES if name in known), None)
    if not isinstance(code, int):
        raise NotTakenError("回答里没有错误码，请核对地址")
    if code:
        words = _WORDS.get((robot.channel, code))
        raise NotTakenError(f"{words}（错误码 {code}）" if words else f"错误码 {code}")
