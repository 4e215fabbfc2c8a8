"""The audit administrator's pages: sign-ins, changes, readings; nothing can be changed there."""

import json
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from bihuan.accounts import scope
from bihuan.accounts.audit import ACTIONS
from bihuan.accounts.logs import all_logs, log_of
from bihuan.accounts.models import AuditLine, SignIn
from bihuan.accounts.requests import actor_from
from bihuan.accounts.screens import Links, Page, Table, column, for_roles, not_found, show
from bihuan.ui.words import moment

ROLE = "audit_admin"
PAGE = 50
CRUMB = {"label": "系统管理", "url": "/desk/admin/"}
_GRANTS = ("grant", "revoke")


@require_safe
@for_roles(ROLE)
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Who tried to sign in, when, from where."""
    users = scope.users_of(actor_from(request), role=ROLE).order_by().values("pk")
    rows = SignIn.objects.filter(Q(user__in=users) | Q(user__isnull=True)).order_by("-id")
    rows = rows.select_related("user__person")
    listed = list(_from_before(request, rows)[: PAGE + 1])
    cells = [{"id": row.pk, "cells": _sign_in_cells(row)} for row in listed[:PAGE]]
    columns = (
        column("at", "时间"),
        column("who", "账号", "title"),
        column("outcome", "结果", "chip"),
        column("address", "地址"),
        column("device", "浏览器"),
    )
    return _log_page(request, "登录记录", columns, cells, is_more=len(listed) > PAGE)


@require_safe
@for_roles(ROLE)
def changes(request: HttpRequest) -> HttpResponse:
    """Every act of administration; `only=grants` shows those about roles."""
    regions = scope.regions_of(actor_from(request), role=ROLE).order_by().values("pk")
    rows = AuditLine.objects.filter(Q(region__in=regions) | Q(region__isnull=True))
    only_grants = request.GET.get("only") == "grants"
    if only_grants:
        rows = rows.filter(action__in=_GRANTS)
    listed = list(_from_before(request, rows.order_by("-id"))[: PAGE + 1])
    cells = [{"id": row.pk, "cells": _change_cells(row)} for row in listed[:PAGE]]
    columns = (
        column("at", "时间"),
        column("what", "事项", "title"),
        column("by", "办理人"),
        column("before", "变更前"),
        column("after", "变更后"),
        column("reason", "原因"),
    )
    url = reverse("accounts:changes")
    tabs = [
        {"label": "全部", "url": url, "current": not only_grants},
        {"label": "授权", "url": f"{url}?only=grants", "current": only_grants},
    ]
    return _log_page(request, "管理记录", columns, cells, is_more=len(listed) > PAGE, tabs=tabs)


@require_safe
@for_roles(ROLE)
def logs(request: HttpRequest) -> HttpResponse:
    """Logs of the capabilities."""
    entries = [
        {"title": one.label, "sub": one.about, "url": reverse("accounts:log", args=(one.key,))}
        for one in all_logs()
    ]
    parts = [Links(heading="查阅记录", entries=entries)]
    crumbs = (CRUMB, {"label": "查阅记录"})
    return show(request, Page(title="查阅记录", parts=parts, crumbs=crumbs))


@require_safe
@for_roles(ROLE)
def log(request: HttpRequest, key: str) -> HttpResponse:
    """One log."""
    found = log_of(key)
    if found is None:
        return not_found(request)
    listed = list(found.rows(actor_from(request), _before(request), PAGE + 1))
    is_more = len(listed) > PAGE
    return _log_page(request, found.label, found.columns, listed[:PAGE], is_more=is_more)


def _log_page(
    request: HttpRequest,
    title: str,
    columns: Any,
    rows: list[dict[str, Any]],
    *,
    is_more: bool,
    tabs: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    query = request.GET.copy()
    if rows and is_more:
        query["before"] = str(rows[-1]["id"])
    table = Table(
        heading="",
        columns=columns,
        rows=rows,
        empty_words="还没有记录",
        foot="只能查看，不能更改",
        next_url=f"?{query.urlencode()}" if is_more else "",
    )
    page = Page(title=title, parts=[table], crumbs=(CRUMB, {"label": title}), tabs=tabs or [])
    return show(request, page)


def _sign_in_cells(row: SignIn) -> dict[str, Any]:
    tones = {"signed_in": "done", "signed_out": "plain", "expired": "paused"}
    name = f"{row.user.display_name}（{row.user.username}）" if row.user else "没有这个账号"
    return {
        "at": moment(row.at),
        "who": {"text": name},
        "outcome": {"label": row.get_outcome_display(), "tone": tones.get(row.outcome, "late")},
        "address": row.address,
        "device": row.device or None,
    }


def _change_cells(row: AuditLine) -> dict[str, Any]:
    return {
        "at": moment(row.at),
        "what": {"text": ACTIONS.get(row.action, row.action), "sub": row.subject},
        "by": row.by_name,
        "before": _words(row.before),
        "after": _words(row.after),
        "reason": row.reason or None,
    }


def _words(values: dict[str, Any]) -> str | None:
    shown = [f"{key}：{_plain(value)}" for key, value in values.items()]
    return "；".join(shown) or None


def _plain(value: Any) -> str:
    if value in (None, ""):
        return "空"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _before(request: HttpRequest) -> int:
    text = request.GET.get("before", "")
    return min(int(text), 2**62) if text.isdecimal() and len(text) < 20 else 0


def _from_before(request: HttpRequest, rows: Any) -> Any:
    before = _before(request)
    return rows.filter(pk__lt=before) if before else rows
