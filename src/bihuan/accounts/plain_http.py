"""What plain http switches off, said where somebody types a password or looks after the server."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

ON_THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
FOR_EVERYBODY: Final = (
    "密码和所填内容在网络上没有加密，同一网络里的人可能看到。"
    "请不要在公用网络上登录，并请系统管理员启用 HTTPS。"
)
FOR_ADMINISTRATORS: Final = (
    "传输没有加密，登录凭据可能被截取；Cookie 不带 Secure 标志，浏览器也不会强制加密；"
    "复制改用旧办法，防刷计算较慢，浏览器的离线页面和推送用不了。"
    "请按部署说明交给前面的代理，或给 serve 一对证书和私钥。"
)


def is_plain(request: HttpRequest) -> bool:
    """Whether this request crossed a network without encryption; a demonstration doesn't nag."""
    if request.is_secure() or settings.MODE == "demo":
        return False
    return host_of(request) not in ON_THIS_MACHINE


def host_of(request: HttpRequest) -> str:
    """The host that the browser asked for, without its port."""
    return urlsplit(f"//{request.get_host()}").hostname or ""


def notices(request: HttpRequest, *, words: str) -> list[dict[str, str]]:
    """The notice for a page, none where nothing is switched off."""
    if not is_plain(request):
        return []
    return [{"strong": "没有启用 HTTPS：", "words": words, "tone": "warn"}]
