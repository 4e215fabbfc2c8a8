"""The audit administrator's pages: sign-ins, changes, readings; nothing can be changed there."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bihuan.accounts import scope
from bihuan.accounts.audit import ACTIONS
from bihuan.accounts.logs import Log, Wanted, all_logs, lines_of, log_of
from bihuan.accounts.models import AuditLine, SignIn
from bihuan.accounts.requests import actor_from
from bihuan.accounts.screens import Links, Page, Table, column, for_roles, not_found, show
from bihuan.documents.workbooks import Column, Sheet
from bihuan.ui.downloads import csv_file, workbook_file
from bihuan.ui.words import moment

ROLE = "audit_admin"
PAGE = 50
CRUMB = {"label": "系统管理", "url": "/desk/admin/"}
FORMS = {"xlsx": "导出 Excel", "csv": "导出 CSV"}
WIDTH = 24
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
    """One log, narrowed to a person, a matter, a period."""
    found = log_of(key)
    if found is None:
        return not_found(request)
    wanted = Wanted.of_query(request.GET.dict())
    listed = list(found.rows(actor_from(request), _before(request), PAGE + 1, wanted))
    is_more = len(listed) > PAGE
    return _log_page(
        request,
        found.label,
        found.columns,
        listed[:PAGE],
        is_more=is_more,
        filters=_filters(found, wanted),
        actions=[_export_link(found, form, request.GET) for form in FORMS],
    )


@require_safe
@for_roles(ROLE)
def log_export(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """The log as a file, with the filters of its page."""
    found = log_of(key)
    if found is None or form not in FORMS:
        return not_found(request)
    by = actor_from(request)
    lines = lines_of(found, by=by, wanted=Wanted.of_query(request.GET.dict()))
    heads = [column["label"] for column in found.columns]
    name = f"{found.label}{timezone.localtime():%Y%m%d%H%M}.{form}"
    if form == "csv":
        return csv_file(heads, lines, name=name)
    columns = tuple(Column(label=head, width=WIDTH) for head in heads)
    made = f"{moment(timezone.now())} 由{by.name}导出"
    sheet = Sheet(
        name=found.label, title=found.label, columns=columns, rows=lines, made_at_text=made
    )
    return workbook_file([sheet], name=name)


def _filters(found: Log, wanted: Wanted) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = []
    if "who" in found.asks:
        who = {"name": "who", "label": "人员", "kind": "text", "value": wanted.who}
        fields.append({**who, "placeholder": "姓名或账号"})  # a phone shows no label here
    if "matter" in found.asks:
        hint = "编号或受理号"
        fields.append(
            {
                "name": "matter",
                "label": "事项",
                "kind": "text",
                "value": wanted.matter,
                "placeholder": hint,
            }
        )
    if "days" in found.asks:
        days = [wanted.since, wanted.until]
        fields.append(
            {"label": "日期", "kind": "range", "names": ["since", "until"], "values": days}
        )
    return fields


def _export_link(found: Log, form: str, asked: QueryDict) -> dict[str, str]:
    kept = asked.copy()
    kept.pop("before", None)
    url = reverse("accounts:log_export", args=(found.key, form))
    query = kept.urlencode()
    return {"label": FORMS[form], "url": f"{url}?{query}" if query else url, "icon": "export"}


def _log_page(
    request: HttpRequest,
    title: str,
    columns: Any,
    rows: list[dict[str, Any]],
    *,
    is_more: bool,
    tabs: list[dict[str, Any]] | None = None,
    filters: Sequence[dict[str, Any]] = (),
    actions: Sequence[dict[str, str]] = (),
) -> HttpResponse:
    query = request.GET.copy()
    if rows and is_more:
        query["before"] = str(rows[-1]["id"])
    table = Table(
        heading="",
        columns=columns,
        rows=rows,
        empty_words="没有符合条件的记录" if any(request.GET.values()) else "还没有记录",
        foot="只能查看，不能更改",
        next_url=f"?{query.urlencode()}" if is_more else "",
        filters=filters,
    )
    page = Page(
        title=title,
        parts=[table],
        crumbs=(CRUMB, {"label": title}),
        tabs=tabs or [],
        actions=actions,
    )
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
