"""Between password and code: who is half-way in, kept in the session for a few minutes."""

import base64
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from bihuan.accounts import codes
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import User

_KEY = "pending"


@dataclass(frozen=True, kw_only=True)
class Pending:
    """The account whose password was right, and where it wants to go."""

    user: User
    next_url: str


def safe_next(request: HttpRequest) -> str:
    """The address asked for by `next` if it is one of ours, else the desk."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else str(settings.LOGIN_REDIRECT_URL)


def hold(request: HttpRequest, *, user: User, next_url: str, now: datetime) -> None:
    """Remember who gave the right password, under a fresh session key."""
    request.session.flush()
    request.session[_KEY] = {
        "user": user.pk,
        "until": int((now + LIMITS.pending).timestamp()),
        "hash": user.get_session_auth_hash(),
        "next": next_url,
    }


def held(request: HttpRequest, *, now: datetime) -> Pending | None:
    """Who is half-way in; None when too late or the password changed meanwhile."""
    kept = request.session.get(_KEY)
    if not kept or now.timestamp() >= kept["until"]:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).select_related("person").first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return Pending(user=user, next_url=kept["next"])


def drop(request: HttpRequest) -> None:
    """Forget who was half-way in."""
    request.session.pop(_KEY, None)


def fresh_secret(request: HttpRequest, *, user: User) -> bytes:
    """The secret being enrolled, the same until it is confirmed; sealed even in the session."""
    kept = request.session.get("enrolling")
    if kept and kept["user"] == user.pk:
        return codes.unseal(base64.b64decode(kept["sealed"]), user_id=user.pk)
    secret = codes.new_secret()
    sealed = base64.b64encode(codes.seal(secret, user_id=user.pk)).decode("ascii")
    request.session["enrolling"] = {"user": user.pk, "sealed": sealed}
    return secret
