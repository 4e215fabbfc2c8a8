"""The workbench (工作台): what to do now, what is late, what falls due today, how it goes."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk import counting, figures, lead_flow
from bihuan.desk.choices import Choices, choices_of
from bihuan.desk.filtering import tab_condition
from bihuan.desk.noticing import notice_entry
from bihuan.desk.rows import Look, look_at, todo_entry
from bihuan.desk.shell import address, count_words, working_kinds
from bihuan.desk.statistics import LinkOf, Scope, rate_bars, township_of, unit_of
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.matters.inbox import COUNT_CAP, ROW, inbox, page_of
from bihuan.matters.models import Matter, Outbox
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.ui import charts
from bihuan.ui.words import long_day, weekday

TODO_SHOWN = 8
PRESSING_SHOWN = 6
NOTICES_SHOWN = 5
RATED_DAYS = 90
RATED_MAX = 5_000


@signed_in
def show_home(request: HttpRequest) -> HttpResponse:
    """The first screen of a working day."""
    by, at = actor_from(request), now()
    today = at.astimezone(SHANGHAI).date()
    main = [loop for loop in working_kinds(by) if not loop.parent]
    kinds = tuple(loop.key for loop in working_kinds(by))
    mine = list(inbox(by).order_by("due_at", "id").values(*ROW)[:TODO_SHOWN])
    pressing = list(_pressing(by, kinds=kinds, at=at).values(*ROW)[:PRESSING_SHOWN])
    look = look_at([*mine, *pressing], at=at)
    choices = choices_of(by)
    counts = open_figures(by, kinds=kinds, at=at)
    context = {
        "page": {
            "title": "工作台",
            "lead": f"{long_day(today)} {weekday(today)} · {by.unit_name or '未分配单位'}",
            "notices": [] if by.held else [_without_role()],
        },
        "kpis": _kpis(counts, main=main),
        "todo": [todo_entry(row, look=look) for row in mine],
        "todo_words": f"{count_words(counts['mine'])} 件，按期限先后",
        "inbox_url": address("desk:inbox"),
        "pressing": _entries(pressing, look=look),
        "pressing_words": _pressing_words(counts),
        "flow": _flow(by, today=today, main=main),
        "rates": _rates(by, main=main, choices=choices, today=today, at=at),
        "notices": _newest_notices(by),
        "notices_url": address("desk:notices"),
        "openings": [
            {"label": f"登记{loop.label}", "url": address("desk:open", loop.key)}
            for loop in main
            if set(loop.open_by) & by.roles and address("desk:open", loop.key)
        ],
    }
    return render(request, "desk/home.html", context)


@signed_in
def show_inbox(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the signed-in person, of every kind, a page at a time."""
    by, at = actor_from(request), now()
    page = page_of(inbox(by), after=request.GET.get("after", ""))
    look = look_at(page.rows, at=at)
    context = {
        "page": {
            "title": "待我办理",
            "lead": "按期限先后排列，逾期的在前",
            "crumbs": [{"label": "工作台", "url": address("desk:home")}, {"label": "待我办理"}],
        },
        "todo": [todo_entry(row, look=look) for row in page.rows],
        "after": page.next_after,
    }
    return render(request, "desk/inbox.html", context)


def open_figures(by: Actor, *, kinds: tuple[str, ...], at: datetime) -> dict[str, int]:
    """Open, late, due today and mine, each capped; two queries."""
    seen = visible(by).filter(is_open=True, kind__in=kinds).order_by()[:COUNT_CAP]
    asked = {"open": Count("id")}
    asked |= {tab: Count("id", filter=tab_condition(tab, at=at)) for tab in ("late", "today")}
    return {**seen.aggregate(**asked), "mine": inbox(by).order_by()[:COUNT_CAP].count()}


def _pressing(by: Actor, *, kinds: tuple[str, ...], at: datetime) -> QuerySet[Matter]:
    """Late or due today, within reach, whoever holds it; the latest first."""
    pressing = tab_condition("late", at=at) | tab_condition("today", at=at)
    return visible(by).filter(Q(is_open=True), pressing, kind__in=kinds).order_by("due_at", "id")


def _entries(rows: list[dict[str, Any]], *, look: Look) -> list[dict[str, Any]]:
    return [todo_entry(row, look=look) for row in rows]


def _pressing_words(counts: dict[str, int]) -> str:
    return f"逾期 {count_words(counts['late'])} 件，今日到期 {count_words(counts['today'])} 件"


def _kpis(counts: dict[str, int], *, main: list[Loop]) -> list[dict[str, Any]]:
    ledger = address("desk:list", main[0].key) if main else ""
    known = (
        ("待我办理", "mine", "", address("desk:inbox")),
        ("在办", "open", "", ledger),
        ("已逾期", "late", "bad", f"{ledger}?tab=late" if ledger else ""),
        ("今日到期", "today", "warn", f"{ledger}?tab=today" if ledger else ""),
    )
    return [
        {
            "label": label,
            "value": count_words(counts[key]),
            "unit": "件",
            "tone": tone if counts[key] else "",
            "url": url,
        }
        for label, key, tone, url in known
    ]


def _flow(by: Actor, *, today: date, main: list[Loop]) -> dict[str, Any] | None:
    if not any(loop.key == lead_flow.KIND for loop in main):
        return None
    flow = lead_flow.flow_since(today.replace(day=1), by=by)
    drawn = charts.funnel(flow, title="举报线索流转，本月", unit="件", weak=lead_flow.weakest(flow))
    ledger = address("desk:list", lead_flow.KIND)
    return {
        "chart": drawn,
        "words": f"本月受理 {flow[0][1]} 件",
        "url": f"{ledger}?tab=all&opened_from={today.replace(day=1)}",
    }


def _rates(
    by: Actor, *, main: list[Loop], choices: Choices, today: date, at: datetime
) -> dict[str, Any] | None:
    """On-time rate per township for those who see a region, per unit for the others."""
    if not main:
        return None
    scope = Scope(loop=main[0], first=today - timedelta(days=RATED_DAYS), last=today)
    found = figures.opened_between(by, scope.loop, first=scope.first, last=scope.last)
    matters = figures.counted(found, loop=scope.loop, at=at, limit=RATED_MAX)
    rate = counting.rate_of(matters)
    by_town = bool(by.regions_seen())
    key, names = (township_of, choices.townships) if by_town else (unit_of, choices.units)
    param = "township" if by_town else "unit"
    return {
        "label": "乡镇按期率" if by_town else "本单位按期率",
        "words": f"近 {RATED_DAYS} 天登记的，合计 {rate.words}",
        "bars": rate_bars(matters, key, labels=names, link=LinkOf(scope, param)),
        "url": address("desk:statistics", scope.loop.key),
        "formula": counting.FORMULA,
    }


def _newest_notices(by: Actor) -> list[dict[str, Any]]:
    rows = Outbox.objects.filter(user_id=by.user_id, channel="desk").order_by("-id")
    known = rows.values("id", "text", "matter_id", "created_at", "read_at")[:NOTICES_SHOWN]
    return [notice_entry(row) for row in known]


def _without_role() -> dict[str, str]:
    words = "您的账号还没有授予角色，看不到事项。请联系安全管理员授予角色和范围。"
    return {"tone": "warn", "words": words}
