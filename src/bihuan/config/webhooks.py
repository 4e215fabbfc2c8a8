"""Which groups are reminded by a robot, and where links in messages lead.

BIHUAN_WECOM_URL       webhook of the office's group in 企业微信
BIHUAN_DINGTALK_URL    the same in 钉钉, and
BIHUAN_DINGTALK_SECRET its secret (加签), where one is agreed
BIHUAN_FEISHU_URL      the same in 飞书, and
BIHUAN_FEISHU_SECRET   its secret (签名校验), where one is agreed
BIHUAN_DESK_URL        where the desk is reached, https://host: messages then carry a link

The address of a webhook holds its key, so no sentence here repeats it.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bihuan.config.wrong import WrongSetting
from bihuan.matters.robots import LABELS, Robot

HERE: Final = "127.0.0.1"
_SIGNED: Final = ("dingtalk", "feishu")


def robots_from(environment: Mapping[str, str]) -> dict[str, Robot]:
    """The robots that are set, by channel; WrongSetting when an address can't be one."""
    found = {}
    for channel in LABELS:
        name = f"BIHUAN_{channel.upper()}_URL"
        url, secret = environment.get(name, ""), _secret(environment, channel)
        if secret and not url:
            raise WrongSetting(f"有 BIHUAN_{channel.upper()}_SECRET 时须同时写 {name}。")
        if url:
            _check(url, name=name)
            found[channel] = Robot(channel=channel, url=url, secret=secret)
    return found


def desk_url_from(environment: Mapping[str, str]) -> str:
    """The address that links begin with, without a slash at its end; empty for no links."""
    url = environment.get("BIHUAN_DESK_URL", "")
    if not url:
        return ""
    parts = _parts(url)
    is_bare = parts and not (parts.path.strip("/") or parts.query or parts.fragment)
    if not is_bare or not parts or parts.scheme not in ("https", "http"):
        raise WrongSetting(
            "BIHUAN_DESK_URL 应是工作端的网址，写到域名和端口为止，如 https://域名。"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _secret(environment: Mapping[str, str], channel: str) -> str:
    if channel not in _SIGNED:
        return ""
    name = f"BIHUAN_{channel.upper()}_SECRET"
    secret = environment.get(name, "")
    if not _is_plain(secret):
        raise WrongSetting(f"{name} 只能用英文字母、数字、符号，中间没有空格。")
    return secret


def _check(url: str, *, name: str) -> None:
    parts = _parts(url)
    is_safe = parts and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == HERE)
    )
    if not is_safe or not parts or parts.fragment:
        raise WrongSetting(
            f"{name} 应是群机器人给的完整地址，以 https:// 开头（http:// 只许连 {HERE}）。"
            "地址里有密钥，这里不显示。"
        )


def _parts(url: str) -> SplitResult | None:
    """The parts of an address with a host; None when it is none or holds a name or password."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:  # brackets that don't close, a port that is no number
        return None
    return parts if is_whole and _is_plain(url) else None


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text
