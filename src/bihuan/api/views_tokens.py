"""My tokens: make one, see it once, revoke it."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bihuan.accounts.form_fields import add_refusal
from bihuan.accounts.models import User
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.requests import NotSignedIn, signed_in, user_or_none
from bihuan.accounts.screens import Box, Facts, Page, Table, column, entries, say, see_other, show
from bihuan.api.models import Token
from bihuan.api.tokens import LIFETIMES, make_token, revoke_token
from bihuan.language.clock import SHANGHAI
from bihuan.matters.moment import now
from bihuan.matters.refusals import NotFound, Refused
from bihuan.ui.words import day

TITLE = "接口令牌"
LEAD = "程序凭令牌调用接口，权限与您本人相同；调岗、停用账号时随之失效。"
NAME = "这个令牌给哪个程序用"
SHOWN_MAX = 50
COLUMNS = (
    column("name", "用途"),
    column("prefix", "开头"),
    column("made_on", "建立", "date"),
    column("expires_on", "有效至", "date"),
    column("used_on", "最近使用", "date"),
    column("state", "状态", "chip"),
)


class TokenForm(forms.Form):
    """What the token is for, and for how long."""

    name = forms.CharField(label="用途", max_length=60, help_text=NAME)
    days = forms.TypedChoiceField(label="有效期", choices=list(LIFETIMES.items()), coerce=int)


@require_safe
@never_cache
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """The tokens of the signed-in person."""
    return _page(request)


@require_POST
@never_cache
@signed_in
def make(request: HttpRequest) -> HttpResponse:
    """A new token: this answer is the only place where its text stands."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    user, at = _own(request), now()
    wanted = form.cleaned_data
    try:
        token, text = make_token(user, name=wanted["name"], days=wanted["days"], now=at)
    except Refused as refusal:
        add_refusal(form, Refusal(refusal.sentence, fields=refusal.fields))
        return _page(request, form=form, status=refusal.status)
    shown = Facts(
        heading=f"新令牌：{token.name}",
        entries=entries(
            [
                ("令牌", text),
                ("有效至", day(token.expires_at)),
                ("用法", "每次请求带上请求头 Authorization: Bearer 加令牌"),
                ("接口说明", "/api/v1/openapi.json"),
            ]
        ),
    )
    words = "令牌只显示这一次，请现在抄存；丢失后只能停用再建。"
    return _page(request, first=shown, notices=[{"words": words, "tone": "warn"}])


@require_POST
@signed_in
def revoke(request: HttpRequest) -> HttpResponse:
    """End the ticked tokens."""
    user, at = _own(request), now()
    picked = [one for one in request.POST.getlist("selected") if one.isdecimal() and len(one) < 19]
    for token_id in picked:
        try:
            revoke_token(user, token_id=int(token_id), now=at)
        except NotFound:
            continue
    say(request, "所选令牌已停用。" if picked else "没有勾选令牌，请先勾选再停用。")
    return see_other(reverse("tokens:mine"))


def _page(
    request: HttpRequest,
    *,
    form: TokenForm | None = None,
    first: Facts | None = None,
    notices: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    box = Box(
        heading="新建令牌",
        form=form or TokenForm(initial={"days": 90}),
        action=reverse("tokens:make"),
        button="新建令牌",
        name="token",
    )
    parts: list[Facts | Table | Box] = [_table(_own(request)), box]
    if first:
        parts.insert(0, first)
    page = Page(title=TITLE, lead=LEAD, parts=parts, notices=notices or [])
    return show(request, page, status=status)


def _table(user: User) -> Table:
    found = Token.objects.filter(user=user).order_by("-id")[:SHOWN_MAX]
    return Table(
        heading="我的令牌",
        columns=COLUMNS,
        rows=[_row(token) for token in found],
        empty_words="还没有令牌，需要时在下面新建",
        bulk={
            "id": "tokens",
            "action": reverse("tokens:revoke"),
            "actions": [{"label": "停用所选", "value": "revoke"}],
        },
    )


def _row(token: Token) -> dict[str, object]:
    at = now()
    state = {"label": "有效", "tone": "doing"}
    if token.revoked_at is not None:
        state = {"label": "已停用", "tone": "plain"}
    elif not token.is_live(at):
        state = {"label": "已过期", "tone": "plain"}
    cells = {
        "name": token.name,
        "prefix": f"bihuan_{token.prefix}",
        "made_on": token.made_at.astimezone(SHANGHAI).date().isoformat(),
        "expires_on": token.expires_at.astimezone(SHANGHAI).date().isoformat(),
        "used_on": token.used_on.isoformat() if token.used_on else "未用过",
        "state": state,
    }
    return {"id": token.pk, "name": token.name, "cells": cells}


def _own(request: HttpRequest) -> User:
    user = user_or_none(request)
    if user is None:
        raise NotSignedIn
    return user
