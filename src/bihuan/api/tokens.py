"""Tokens: made, shown once, looked up by prefix, revoked by their owner."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet

from bihuan.accounts.models import User
from bihuan.api.models import Token
from bihuan.language.clock import SHANGHAI
from bihuan.matters.refusals import Incomplete, NotFound, Refused

MARK = "bihuan"
SECRET_BYTES = 32
LIVE_MAX = 20
LIFETIMES = {30: "30 天", 90: "90 天", 365: "一年"}


def make_token(user: User, *, name: str, days: int, now: datetime) -> tuple[Token, str]:
    """A new token and its text, which is nowhere else; Refused when there are too many."""
    if not name.strip():
        raise Incomplete("请写明令牌的用途。", fields={"name": "请写明令牌的用途。"})
    if days not in LIFETIMES:
        sentence = f"有效期请从{'、'.join(LIFETIMES.values())}中选择。"
        raise Incomplete(sentence, fields={"days": sentence})
    if live_tokens(user, now=now).count() >= LIVE_MAX:
        raise Refused(f"有效的令牌最多 {LIVE_MAX} 个，请先停用不再使用的。")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
    text = f"{MARK}_{prefix}_{secret}"
    token = Token.objects.create(
        user=user,
        name=name.strip()[:60],
        prefix=prefix,
        digest=_digest(text),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token, text


def revoke_token(user: User, *, token_id: int, now: datetime) -> Token:
    """End one of the user's own tokens; a second time changes nothing."""
    token = Token.objects.filter(user=user, pk=token_id).first()
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
        token.revoked_at = now
    return token


def token_of(text: str, *, now: datetime) -> Token | None:
    """The live token behind a text, of an active user; its day of use is noted once a day."""
    mark, _, rest = text.partition("_")
    prefix, _, _secret = rest.partition("_")
    if mark != MARK or not prefix.isalnum() or not prefix.isascii():
        return None
    token = Token.objects.select_related("user__person").filter(prefix=prefix).first()
    if token is None or not hmac.compare_digest(bytes(token.digest), _digest(text)):
        return None
    if not token.is_live(now) or not token.user.is_active:
        return None
    today = now.astimezone(SHANGHAI).date()
    if token.used_on != today:
        Token.objects.filter(pk=token.pk).update(used_on=today)
    return token


def live_tokens(user: User, *, now: datetime) -> QuerySet[Token]:
    """The user's tokens that still open something."""
    return Token.objects.filter(user=user, revoked_at=None, expires_at__gt=now)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
