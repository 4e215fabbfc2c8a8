"""值守: the operator's screen, told anew when something changes and not before."""

from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_safe

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import signed_in
from bihuan.language.clock import SHANGHAI
from bihuan.matters.identity import from_code, to_code
from bihuan.matters.models import Facts, Matter
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.monitoring.alarms.effects import minutes_between
from bihuan.monitoring.screens.bell import tag_of
from bihuan.monitoring.screens.burning import (
    CHECK,
    KINDS,
    SHOWN,
    Line,
    count_open,
    lines,
)
from bihuan.monitoring.screens.duty import duty_words
from bihuan.monitoring.screens.panel import panel_of
from bihuan.monitoring.screens.watchers import watcher

POLL_S: Final = 2
ANSWERED_DAYS: Final = 30
ANSWERED_MAX: Final = 1000


@require_safe
@signed_in
def show_watch(request: HttpRequest) -> HttpResponse:
    """What burns now, who was called, what is unverified; one alarm beside it."""
    by, moment = watcher(request), now()
    found = lines(by, now=moment)
    chosen = _chosen(request, by, found)
    context = {
        "page": {"title": "监测预警"},
        "poll_s": POLL_S,
        "sign_in_url": f"{reverse('accounts:sign_in')}?{urlencode({'next': request.path})}",
        "handover_url": reverse("desk:open", args=["shift_handover"])
        if "watch" in by.roles
        else "",
        "ranking_url": reverse("monitoring:ranking"),
        "mines_url": reverse("monitoring:mines"),
        **_beside(chosen, by=by, moment=moment),
        **_burning(by, found, moment=moment),
    }
    return render(request, "monitoring/watch.html", context)


@require_safe
@signed_in
@cache_control(no_cache=True)
@etag(tag_of)
def show_burning(request: HttpRequest) -> HttpResponse:
    """The part that is asked for every two seconds: 304 while nothing has changed."""
    by, moment = watcher(request), now()
    found = lines(by, now=moment)
    chosen = _chosen(request, by, found)
    context = _burning(by, found, moment=moment) | _beside(chosen, by=by, moment=moment)
    return render(request, "monitoring/part.html", context)


def _beside(chosen: Matter | None, *, by: Actor, moment: datetime) -> dict[str, Any]:
    return {
        "panel": panel_of(chosen, by=by, moment=moment) if chosen else None,
        "chosen": to_code(chosen.pk) if chosen else "",
    }


def _burning(by: Actor, found: list[Line], *, moment: datetime) -> dict[str, Any]:
    shown = [line for line in found if line.shelved_until is None]
    waiting = [line for line in shown if not line.is_verified]
    counts = count_open(by)
    return {
        "waiting": waiting,
        "handling": [line for line in shown if line.is_verified],
        "shelved": [line for line in found if line.shelved_until is not None],
        "kpis": _kpis(by, found, counts, moment=moment),
        "left_out": max(0, sum(counts.values()) - SHOWN),
        "list_url": reverse("desk:list", args=["alarm"]),
        "as_of": moment.astimezone(SHANGHAI),
        "duty": duty_words(by, now=moment),
    }


def _kpis(
    by: Actor, found: list[Line], counts: dict[str, int], *, moment: datetime
) -> list[dict[str, Any]]:
    today = moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    lists = reverse("desk:list", args=["alarm"])
    losses = counts[CHECK]
    return [
        *_unverified(found),
        _unclosed(found, count=sum(counts.values()) - losses, url=lists),
        {
            "label": "今日报警",
            "value": visible(by).filter(kind="alarm", opened_at__gte=today).count(),
            "unit": "件",
            "note": "含已销",
            "url": f"{lists}?tab=all",
        },
        {"label": "应答用时中位数", **_answer_words(by, moment=moment)},
        {
            "label": "断线和异常",
            "value": losses,
            "unit": "件",
            "note": "待核查",
            "url": reverse("desk:list", args=[CHECK]),
            "tone": "warn" if losses else "",
        },
    ]


def _unverified(found: list[Line]) -> list[dict[str, Any]]:
    """What is shelved counts: it leaves the list for a while, not the figures."""
    waiting = [line for line in found if not line.is_verified]
    late = sum(line.is_late for line in waiting)
    oldest = max((line.minutes for line in waiting), default=0)
    return [
        {
            "label": "未核实",
            "value": len(waiting),
            "unit": "组",
            "note": f"最久 {oldest} 分" if waiting else "没有",
            "tone": "bad" if waiting else "",
        },
        {
            "label": "超过时限未应答",
            "value": late,
            "unit": "组",
            "note": "自读数超限起算",
            "tone": "bad" if late else "",
        },
    ]


def _unclosed(found: list[Line], *, count: int, url: str) -> dict[str, Any]:
    shelved = sum(line.shelved_until is not None for line in found)
    return {
        "label": "未销报警",
        "value": sum(not line.is_check for line in found),
        "unit": "组",
        "note": f"共 {count} 件" + (f"，含搁置 {shelved} 组" if shelved else ""),
        "url": url,
    }


def _answer_words(by: Actor, *, moment: datetime) -> dict[str, Any]:
    since = moment - timedelta(days=ANSWERED_DAYS)
    recent = visible(by).filter(kind="alarm", opened_at__gte=since).order_by("-id")
    ids = list(recent.values_list("id", flat=True)[:ANSWERED_MAX])
    spans = [
        span
        for facts in Facts.objects.filter(pk__in=ids).values_list("data", flat=True)
        if (span := minutes_between(facts.get("started_at"), facts.get("answered_at"))) is not None
    ]
    note = f"近 {ANSWERED_DAYS} 日，{len(spans)} 件"
    value = f"{median(spans):g}" if spans else "无"
    return {"value": value, "unit": "分" if spans else "", "note": note}


def _chosen(request: HttpRequest, by: Actor, found: list[Line]) -> Matter | None:
    code = request.GET.get("alarm", "") or (found[0].code if found else "")
    if not code:
        return None
    number = from_code(code)
    if number is None:
        raise Http404
    matter = visible(by).filter(pk=number, kind__in=KINDS).select_related("site").first()
    if matter is None:
        raise Http404
    return matter
