"""Report pages: a table on screen and paper, its versions, the workbook, and issuing it."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import asked_day
from bihuan.matters.identity import to_code
from bihuan.matters.moment import now
from bihuan.matters.refusals import NotFound, Refused
from bihuan.matters.table_rows import TableRow
from bihuan.places.models import Region
from bihuan.reports.exporting import XLSX, file_name, made_words, notes_of, workbook_of
from bihuan.reports.issuing import Table, issue, table_of

LOOKS = ((6, "narrow"), (12, "middle"), (16, "dated"))  # columns below a width; others are wide


@signed_in
def show_report(request: HttpRequest, key: str) -> HttpResponse:
    """The draft of a day, or a version of it."""
    return _page(request, _asked_table(request, key), refusal=None)


@signed_in
def export_report(request: HttpRequest, key: str) -> HttpResponse:
    """The same table as a workbook."""
    table = _asked_table(request, key)
    response = HttpResponse(workbook_of(table), content_type=XLSX)
    name = file_name(table)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@require_POST
@signed_in
def issue_report(request: HttpRequest, key: str) -> HttpResponse:
    """Fix the table of a day as a new version."""
    by, on = actor_from(request), _day(request.POST.get("on", ""))
    try:
        kept = issue(key, region=region_of(by), on=on, by=by, now=now())
    except NotFound as refused:
        raise Http404(refused.sentence) from None
    except Refused as refused:
        table = table_of(key, region=region_of(by), on=on, by=by, now=now())
        return _page(request, table, refusal=refused)
    query = urlencode({"on": on.isoformat(), "version": str(kept.version)})
    return HttpResponseRedirect(f"{_address('report', key)}?{query}", status=303)


def region_of(by: Actor) -> Region:
    """The county whose tables the actor reads: where his first role is held."""
    held = [one.region_id for one in by.held if one.level <= Region.Level.COUNTY]
    region = Region.objects.filter(pk=held[0]).first() if held else None
    if region is None:
        raise Http404("no region held")
    return region


def _asked_table(request: HttpRequest, key: str) -> Table:
    by, version = actor_from(request), request.GET.get("version", "")
    try:
        return table_of(
            key,
            region=region_of(by),
            on=_day(request.GET.get("on", "")),
            by=by,
            now=now(),
            version=int(version) if version.isdecimal() and len(version) < 5 else 0,
        )
    except NotFound as refused:
        raise Http404(refused.sentence) from None


def _page(request: HttpRequest, table: Table, *, refusal: Refused | None) -> HttpResponse:
    by, report = actor_from(request), table.report
    query = {"on": table.day.isoformat()}
    if not table.is_draft:
        query["version"] = str(table.version)
    may_issue = by.may(report.issue_by, unit_id=None, path=table.region.path_ids)
    context = {
        "page": {
            "title": report.label,
            "kicker": f"{table.region.name}　{table.day}　{made_words(table)}",
            "lead": f"{table.region.name}　{table.day}　{_count(table)}",
            "state": _state(table),
            "notices": _notices(table, refusal, may_issue=may_issue),
        },
        "filters": [
            {
                "name": "on",
                "label": "日期",
                "kind": "day",
                "value": table.day.isoformat(),
                "placeholder": "选择日期",
            }
        ],
        "tabs": _tabs(table),
        "columns": [
            {"label": one.label, "source": one.source_wording, "look": _look(one.width)}
            for one in report.columns
        ],
        "groups": _groups(table),
        "empty": report.empty,
        "notes": notes_of(table) if table.rows else notes_of(table)[1:],
        "links": {
            "export": f"{_address('export', report.key)}?{urlencode(query)}",
            "issue": _address("issue", report.key) if may_issue and table.is_draft else "",
        },
        "on": table.day.isoformat(),
        "can_issue": not table.obstacle and table.has_news,
    }
    return render(
        request, "reports/report.html", context, status=refusal.status if refusal else 200
    )


def _tabs(table: Table) -> list[dict[str, Any]]:
    address, day = _address("report", table.report.key), table.day.isoformat()
    tabs = [
        {
            "label": f"第 {version} 版",
            "url": f"{address}?{urlencode({'on': day, 'version': str(version)})}",
            "current": not table.is_draft and table.version == version,
        }
        for version in table.versions
    ]
    draft = {"label": "最新情况", "url": f"{address}?{urlencode({'on': day})}"}
    return [{**draft, "current": table.is_draft}, *tabs]


def _groups(table: Table) -> list[dict[str, Any]]:
    """Rows under their group's name, in order; a table without groups is one nameless group."""
    groups: list[dict[str, Any]] = []
    for row in table.rows:
        if not groups or groups[-1]["label"] != row.group:
            groups.append({"label": row.group, "rows": []})
        groups[-1]["rows"].append(_row(table, row))
    return groups


def _row(table: Table, row: TableRow) -> dict[str, Any]:
    cells = [
        {
            "text": row.cells.get(column.key, ""),
            "label": column.label,
            "changed": (row.key, column.key) in table.changed,
            "mark": row.marks.get(column.key, ""),
        }
        for column in table.report.columns
    ]
    return {"cells": cells, "total": row.total, "url": _matter_url(row)}


def _look(width: int) -> str:
    return next((look for below, look in LOOKS if width < below), "wide")


def _matter_url(row: TableRow) -> str:
    """The page of the row's matter; nothing where this process doesn't serve it."""
    try:
        return reverse("desk:matter", args=(to_code(row.matter_id),)) if row.matter_id else ""
    except NoReverseMatch:
        return ""


def _notices(table: Table, refusal: Refused | None, *, may_issue: bool) -> list[dict[str, str]]:
    if refusal is not None:
        return [{"words": refusal.sentence, "tone": "bad"}]
    if table.is_draft and table.obstacle and may_issue:
        return [{"words": table.obstacle, "tone": "warn"}]
    if _is_settled(table):
        last = table.versions[-1]
        return [{"words": f"第 {last} 版定稿以后没有改动，不必再定稿。", "tone": "info"}]
    if table.changed:
        return [{"words": f"与上一版相比有 {len(table.changed)} 处改动，已标出。", "tone": "info"}]
    return []


def _is_settled(table: Table) -> bool:
    """Whether the draft says what the last version says."""
    return table.is_draft and bool(table.versions) and not table.has_news


def _state(table: Table) -> dict[str, str]:
    if _is_settled(table):
        return {"label": f"已定稿，第 {table.versions[-1]} 版", "tone": "done"}
    if table.is_draft and table.versions:
        return {"label": f"第 {table.versions[-1]} 版定稿后有改动", "tone": "doing"}
    if table.is_draft:
        return {"label": "未定稿", "tone": "todo"}
    return {"label": f"第 {table.version} 版", "tone": "done"}


def _count(table: Table) -> str:
    count = sum(not row.total for row in table.rows)
    return f"{count} 条" if count else table.report.empty


def _day(text: str) -> date:
    return asked_day(text) or now().astimezone(SHANGHAI).date()


def _address(name: str, key: str) -> str:
    return reverse(f"reports:{name}", args=(key,))
