"""The workbench (工作台): what to do now, what is late, what falls due today, how it goes."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.database.prepared import prepared
from bihuan.desk import counting, figures, lead_flow
from bihuan.desk.banners import lists_to_issue
from bihuan.desk.choices import Choices, choices_of
from bihuan.desk.filtering import Tab, tab_at, tab_condition
from bihuan.desk.fresh import fresh, is_fresh
from bihuan.desk.noticing import notice_entries
from bihuan.desk.rows import Row, look_at, todo_entry
from bihuan.desk.shell import address, count_words, working_kinds
from bihuan.desk.statistics import LinkOf, Scope, rate_bars, township_of, unit_names, unit_of
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.matters.inbox import COUNT_CAP, PAGE, ROW, as_row, inbox, page_of, waits_for
from bihuan.matters.models import Matter, Outbox
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.matters.tallies import kept
from bihuan.ui import charts
from bihuan.ui.words import long_day, weekday

TODO_SHOWN = 8
NEW_SHOWN = 4
PRESSING_SHOWN = 6
NOTICES_SHOWN = 5
NOTICE = ("id", "text", "matter_id", "created_at", "read_at")
RATED_DAYS = 90
RATED_MAX = 5_000


@signed_in
def show_home(request: HttpRequest) -> HttpResponse:
    """The first screen of a working day."""
    by, at = actor_from(request), now()
    today = at.astimezone(SHANGHAI).date()
    main = [loop for loop in working_kinds(by) if not loop.parent]
    kinds = tuple(loop.key for loop in working_kinds(by))
    new = fresh(by, at=at, most=NEW_SHOWN)
    mine = _others(_waiting(by.reach), besides=new)[: TODO_SHOWN - len(new)]
    late, today_due = tab_at("late", at=at), tab_at("today", at=at)
    pressing = [as_row(one) for one in _pressing(by.reach, kinds, late, today_due)]
    look = look_at([*new, *mine, *pressing], at=at)
    choices = kept(by, "choices", partial(choices_of, by))
    first = main[0] if main else None
    counts = kept(by, "home", partial(open_figures, by, main=first, at=at))
    rated = partial(_rates, by, main=main, choices=choices, today=today, at=at)
    rates = kept(by, ("rates", today), rated, times=4)
    context = {
        "page": {
            "title": "工作台",
            "lead": f"{long_day(today)} {weekday(today)} · {by.unit_name or '未分配单位'}",
            "notices": lists_to_issue(by, today=today) if by.held else [_without_role()],
        },
        "kpis": _kpis(counts, main=first, rates=rates),
        "todo": [todo_entry(row, look=look, is_new=is_fresh(row, at=at)) for row in (*new, *mine)],
        "todo_words": f"{count_words(counts['mine'])} 件，{_order(new)}",
        "inbox_url": address("desk:inbox"),
        "pressing": [todo_entry(row, look=look) for row in pressing],
        "flow": kept(by, ("flow", today), partial(_flow, by, today=today, main=main), times=4),
        "rates": rates,
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
    after = request.GET.get("after", "")
    new = fresh(by, at=at, most=PAGE)
    page = page_of(inbox(by).exclude(pk__in=[row["id"] for row in new]), after=after)
    new = [] if after else new
    look = look_at([*new, *page.rows], at=at)
    context = {
        "page": {
            "title": "待我办理",
            "lead": f"{_order(new)}，逾期的在前",
            "crumbs": [{"label": "工作台", "url": address("desk:home")}, {"label": "待我办理"}],
        },
        "todo": [
            todo_entry(row, look=look, is_new=is_fresh(row, at=at)) for row in (*new, *page.rows)
        ],
        "after": page.next_after,
    }
    return render(request, "desk/inbox.html", context)


def _order(new: list[Row]) -> str:
    """In what order the rows stand."""
    return "新到的在前，其余按期限先后" if new else "按期限先后"


def open_figures(by: Actor, *, main: Loop | None, at: datetime) -> dict[str, int]:
    """Mine, and of the main kind open, late and due today, each capped; two queries."""
    counts = {"mine": inbox(by).order_by()[:COUNT_CAP].count(), "open": 0, "late": 0, "today": 0}
    if main is None:
        return counts
    seen = visible(by).filter(is_open=True, kind=main.key).order_by()[:COUNT_CAP]
    asked = {"open": Count("id")}
    asked |= {
        tab: Count("id", filter=tab_condition(tab_at(tab, at=at))) for tab in ("late", "today")
    }
    return {**counts, **seen.aggregate(**asked)}


def _others(found: list[tuple[Any, ...]], *, besides: list[Row]) -> list[Row]:
    shown = {row["id"] for row in besides}
    return [row for row in map(as_row, found) if row["id"] not in shown]


@prepared
def _waiting(by: Actor) -> QuerySet[Matter, tuple[Any, ...]]:
    """What waits for the actor, first due first; so many that the new ones can be left out."""
    waiting = inbox(by).order_by("due_at", "id")
    return waiting.values_list(*ROW)[: TODO_SHOWN + NEW_SHOWN]


@prepared
def _pressing(
    by: Actor, kinds: tuple[str, ...], late: Tab, due_today: Tab
) -> QuerySet[Matter, tuple[Any, ...]]:
    """Late or due today within reach, in other hands than the actor's; the latest first."""
    pressing = tab_condition(late) | tab_condition(due_today)
    seen = visible(by).filter(pressing, kind__in=kinds, is_open=True)
    others = seen.exclude(waits_for(by)).order_by("due_at", "id")
    return others.values_list(*ROW)[:PRESSING_SHOWN]


@prepared
def _notices(user_id: int) -> QuerySet[Outbox, tuple[Any, ...]]:
    rows = Outbox.objects.filter(user_id=user_id, channel="desk").order_by("-id")
    return rows.values_list(*NOTICE)[:NOTICES_SHOWN]


def _kpis(
    counts: dict[str, int], *, main: Loop | None, rates: dict[str, Any] | None
) -> list[dict[str, Any]]:
    strip = [_kpi("待我办理", counts["mine"], url=address("desk:inbox"))]
    if main is None or rates is None:
        return strip
    ledger = address("desk:list", main.key)
    rate = rates["rate"]
    return [
        *strip,
        _kpi(f"在办{main.label}", counts["open"], url=ledger),
        _kpi("已逾期", counts["late"], url=f"{ledger}?tab=late", tone="bad"),
        _kpi("今日到期", counts["today"], url=f"{ledger}?tab=today", tone="warn"),
        {
            "label": "按期率",
            "value": rate.words.removesuffix("%"),
            "unit": "%" if rate.counted else "",
            "note": f"近 {RATED_DAYS} 天，{rate.on_time}/{rate.counted}",
            "tone": "warn" if rate.is_weak else "",
            "url": rates["url"],
        },
    ]


def _kpi(label: str, count: int, *, url: str, tone: str = "") -> dict[str, Any]:
    shown = {"label": label, "value": count_words(count), "unit": "件", "url": url}
    return {**shown, "tone": tone if count else ""}


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
    by_town = bool(by.regions_seen() or by.kinds_seen())
    key, names = (
        (township_of, choices.townships) if by_town else (unit_of, unit_names(matters, choices))
    )
    param = "township" if by_town else "unit"
    return {
        "label": "乡镇按期率" if by_town else "本单位按期率",
        "rate": rate,
        "words": f"近 {RATED_DAYS} 天登记的",
        "bars": rate_bars(matters, key, labels=names, link=LinkOf(scope, param)),
        "url": address("desk:statistics", scope.loop.key),
        "formula": counting.FORMULA,
    }


def _newest_notices(by: Actor) -> list[dict[str, Any]]:
    rows = [dict(zip(NOTICE, one, strict=True)) for one in _notices(by.user_id)]
    return notice_entries(rows, by=by)


def _without_role() -> dict[str, str]:
    words = "您的账号还没有授予角色，看不到事项。请联系安全管理员授予角色和范围。"
    return {"tone": "warn", "words": words}
