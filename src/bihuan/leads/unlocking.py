"""A key opened for one signed-in session: half in a strict cookie, half in the session row."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse

from bihuan.accounts.actors import Actor
from bihuan.leads.allowance import Allowance
from bihuan.leads.keys import (
    PrivateKey,
    SessionEnded,
    SessionKey,
    WrongPassphrase,
    private_from,
    unlock,
)
from bihuan.leads.models import KeyHolder
from bihuan.leads.sealing import Purpose
from bihuan.matters.moment import now
from bihuan.matters.refusals import Refused

TRIES_PER_HOUR = 10
SESSION_PART = "leads_keys"
COOKIE_PATH = "/desk/"
_tries = Allowance(per_hour=TRIES_PER_HOUR)


def unlock_for(request: HttpRequest, purpose: Purpose, *, by: Actor, passphrase: str) -> SessionKey:
    """Open the actor's key; keeps the server's half. The caller sets the cookie on its response.

    Raises Refused without a key or after too many tries, WrongPassphrase otherwise.
    """
    mine = KeyHolder.objects.filter(user_id=by.user_id, purpose=purpose.value).order_by("-id")
    holders = list(mine)
    if not holders:
        raise Refused("您还没有建立这一密钥，请先在本页建立。")
    if not _tries.take(f"user {by.user_id}", now=now()):
        raise Refused("密钥口令已多次输错，请一小时后再试。")
    refusal: WrongPassphrase | None = None
    for holder in holders:
        try:
            opened = unlock(holder.key, passphrase=passphrase)
        except WrongPassphrase as wrong:
            refusal = refusal or wrong
            continue
        _keep(request, purpose, base64.b64encode(opened.server_part).decode())
        return opened
    raise refusal or WrongPassphrase("密钥口令不对，请重新输入。")


def set_key_cookie(
    response: HttpResponse, purpose: Purpose, opened: SessionKey, *, secure: bool
) -> None:
    """Give the browser its half; it ends with the browser session and no script can read it."""
    response.set_cookie(
        cookie_name(purpose),
        base64.urlsafe_b64encode(opened.cookie_secret).decode(),
        path=COOKIE_PATH,
        secure=secure,
        httponly=True,
        samesite="Strict",
    )


def lock(request: HttpRequest, response: HttpResponse) -> None:
    """Forget both halves of every key of this session."""
    request.session.pop(SESSION_PART, None)
    for purpose in Purpose:
        response.delete_cookie(cookie_name(purpose), path=COOKIE_PATH, samesite="Strict")


def session_key(request: HttpRequest, purpose: Purpose) -> PrivateKey | None:
    """The private key of this session, for the length of this request; None when it is locked."""
    kept: dict[str, str] = request.session.get(SESSION_PART, {})
    cookie = request.COOKIES.get(cookie_name(purpose), "")
    if not kept.get(purpose.value) or not cookie:
        return None
    try:
        secret = base64.urlsafe_b64decode(cookie)
        return private_from(base64.b64decode(kept[purpose.value]), cookie_secret=secret)
    except (SessionEnded, binascii.Error):
        return None


def cookie_name(purpose: Purpose) -> str:
    """The name of the cookie that holds the browser's half."""
    return f"bihuan-key-{purpose.value}"


def _keep(request: HttpRequest, purpose: Purpose, part: str) -> None:
    kept: dict[str, Any] = dict(request.session.get(SESSION_PART, {}))
    kept[purpose.value] = part
    request.session[SESSION_PART] = kept
