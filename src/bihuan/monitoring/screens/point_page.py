"""测点: one point over months, its limits as they were in force, and every episode it had."""

import hashlib
import json
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.language.wording import exact_length
from bihuan.matters.identity import to_code
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.monitoring.alarms.readings import ledger_folder, sensor_name
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.screens.scope import site_watched
from bihuan.monitoring.screens.spans import (
    Drawn,
    drawn_of,
    episode_words,
    episodes_of,
    from_unix,
    lines_of,
    series_told,
    shanghai,
    to_unix,
)
from bihuan.monitoring.screens.states import limits_of, state_of
from bihuan.monitoring.screens.store_reader import TROUBLES
from bihuan.monitoring.screens.wall import limit_words, newest_of, seconds_of, shown
from bihuan.places.models import Site
from bihuan.telemetry.notation import decimal_of, stamp_of
from bihuan.telemetry.store.defined import definition_history
from bihuan.telemetry.store.glance import Described
from bihuan.ui.sparklines import Mark, Shade, Span, sparkline

DAY_S: Final = 86_400
PERIODS: Final = ((1, "24 小时"), (7, "7 日"), (30, "30 日"), (180, "半年"), (730, "两年"))
LONGEST_S: Final = 3_660 * DAY_S
TABLE: Final = 240
DEFINITIONS: Final = (
    {"key": "since", "label": "自何时起", "kind": "title"},
    {"key": "place", "label": "安装位置", "none": "没有写"},
    {"key": "sensor", "label": "传感器", "none": "没有写"},
    {"key": "unit", "label": "单位", "none": "无"},
    {"key": "range", "label": "量程", "none": "没有写"},
    {"key": "limits", "label": "门限", "none": "无"},
)
EPISODES: Final = (
    {"key": "since", "label": "开始"},
    {"key": "until", "label": "恢复"},
    {"key": "words", "label": "情形", "kind": "title"},
    {"key": "peak", "label": "极值", "kind": "number", "none": "无"},
    {"key": "lasted", "label": "持续", "none": "无"},
    {"key": "matter", "label": "事项", "kind": "link", "none": "无"},
)
NOT_READ: Final = "读数暂时取不到，请稍后刷新；一直取不到，请联系系统管理员查看“运行状况”。"
_LEVELS: Final = {"alarm": "limit", "power_off": "limit cut"}


@require_safe
@signed_in
def show_point(request: HttpRequest, site_id: int, point: str) -> HttpResponse:
    """The point's page; it is whole without script, which only adds zooming."""
    by, moment = actor_from(request), now()
    site = site_watched(by, site_id)
    history = _history(site, point)
    said, until = history[-1], seconds_of(moment)
    days = _days(request)
    since = until - days * DAY_S
    rows = episodes_of(point)
    try:
        drawn, trouble = drawn_of(said, since=since, until=until, buckets=TABLE), ""
        newest = newest_of([point]).get(point)
    except TROUBLES:
        drawn, newest, trouble = Drawn(dots=[], width=0, joined_s=0), None, NOT_READ
    state = state_of(said.definition, newest, at=until)
    context = {
        "page": {
            "title": f"{said.location} {sensor_name(said.definition.sensor_type)}",
            "lead": f"{site.name}，测点 {point}",
        },
        "trouble": trouble,
        "mine_url": reverse("monitoring:mine", args=[site.pk]),
        "series_url": reverse("monitoring:series", args=[site.pk, point]),
        "unix": (to_unix(since), to_unix(until)),
        "presets": [
            {"label": label, "url": f"?days={one}", "current": one == days}
            for one, label in PERIODS
        ],
        "drawing": _drawing(said, history, drawn, rows, span=(since, until), moment=moment),
        "ends": (stamp_of(since)[:16], stamp_of(until)[:16]),
        "state": state,
        "figures": [
            {"label": "最新值", "value": _newest_words(said, newest, state.key)},
            {"label": "状态", "value": f"{state.shape} {state.word}".strip()},
            {"label": "读数时间", "value": stamp_of(newest.at) if newest else "24 小时内没有"},
            {"label": "现行门限", "value": limit_words(limits_of(said.definition))},
        ],
        "table": [_reading_row(one) for one in reversed(drawn.dots)],
        "table_words": "每次读数" if drawn.width == 0 else f"每 {drawn.width // 60} 分钟一行",
        "unit": said.definition.unit,
        "episode_columns": EPISODES,
        "episodes": _episode_rows(rows, by=by, moment=moment),
        "definition_columns": DEFINITIONS,
        "definitions": [_definition_row(one) for one in reversed(history)],
    }
    return render(request, "monitoring/point.html", context)


@require_safe
@signed_in
def show_series(request: HttpRequest, site_id: int, point: str) -> HttpResponse:
    """The readings of a period for the chart: at most 2,000 buckets, gaps as nulls."""
    moment = now()
    site = site_watched(actor_from(request), site_id)
    history = _history(site, point)
    asked = _asked(request)
    if asked is None:
        words = "since 和 until 要是 Unix 秒，since 早于 until，相隔不超过十年。"
        return JsonResponse({"error": words}, status=400, json_dumps_params={"ensure_ascii": False})
    try:
        told = series_told(history[-1], history, since=asked[0], until=asked[1], now=moment)
    except TROUBLES:
        return JsonResponse(
            {"error": NOT_READ}, status=503, json_dumps_params={"ensure_ascii": False}
        )
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    is_known = request.headers.get("If-None-Match") == tag
    response = (
        HttpResponse(status=304)
        if is_known
        else HttpResponse(body, content_type="application/json")
    )
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _history(site: Site, point: str) -> list[Described]:
    """Definitions of a point of this mine; a point of another mine is not found."""
    if not point.startswith(site.code):
        raise Http404
    history = definition_history(ledger_folder(), point)
    if not history:
        raise Http404
    return history


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "1")
    return int(asked) if asked in {str(one) for one, _label in PERIODS} else 1


def _asked(request: HttpRequest) -> tuple[int, int] | None:
    """The period in seconds of readings, None when it can't be."""
    told = [request.GET.get(name, "") for name in ("since", "until")]
    if not all(one.isascii() and one.isdigit() and len(one) <= 10 for one in told):
        return None
    since, until = (from_unix(int(one)) for one in told)
    return (since, until) if 0 < until - since <= LONGEST_S else None


def _drawing(
    said: Described,
    history: list[Described],
    drawn: Drawn,
    rows: list[Episode],
    *,
    span: tuple[int, int],
    moment: datetime,
) -> Any:
    since, until = span
    marks = [
        Mark(value=one.value, words=one.words, css=_LEVELS[one.level])
        for one in lines_of(history, since=since, until=until)
        if one.until is None
    ]
    shades = [
        Shade(begin=seconds_of(row.started_at), end=seconds_of(row.ended_at or moment), words=words)
        for row in rows
        if (words := episode_words(row)) and seconds_of(row.ended_at or moment) >= since
    ]
    words = f"{said.location}，{stamp_of(since)[:16]} 至 {stamp_of(until)[:16]} 的读数和门限"
    return sparkline(
        drawn.dots,
        words=words,
        span=Span(since=since, until=until, joined_s=drawn.joined_s),
        marks=marks,
        shades=shades,
        width=900,
        height=240,
    )


def _newest_words(said: Described, newest: Any, key: str) -> str:
    if newest is None or not newest.counts or key in ("silent", "none"):
        return "—"
    return f"{shown(said, newest.value)} {said.definition.unit}".strip()


def _reading_row(dot: Any) -> dict[str, str]:
    return {
        "at": stamp_of(dot.at),
        "low": decimal_of(round(dot.low, 4)),
        "mean": decimal_of(round(dot.mean, 4)),
        "high": decimal_of(round(dot.high, 4)),
    }


def _episode_rows(rows: list[Episode], *, by: Actor, moment: datetime) -> list[dict[str, Any]]:
    """Episodes; the matter is named to those who may see it."""
    wanted = {row.matter_id for row in rows if row.matter_id}
    numbers = dict(visible(by).filter(pk__in=wanted).values_list("pk", "number"))
    return [
        {"id": row.pk, "name": episode_words(row), "cells": _episode_cells(row, numbers, moment)}
        for row in rows
    ]


def _episode_cells(row: Episode, numbers: dict[int, str], moment: datetime) -> dict[str, Any]:
    matter = row.matter_id if row.matter_id in numbers else None
    until = row.ended_at or moment
    length = (row.ended_at or moment.replace(microsecond=0)) - row.started_at
    return {
        "since": shanghai(row.started_at),
        "until": shanghai(row.ended_at) or "未恢复",
        "words": {"text": episode_words(row), "url": "", "sub": ""},
        "peak": f"{decimal_of(row.peak)} {row.unit}" if row.peak is not None else None,
        "lasted": exact_length(length) if until > row.started_at else None,
        "matter": matter
        and {
            "text": str(numbers[matter] or "查看"),
            "url": reverse("desk:matter", args=[to_code(matter)]),
        },
    }


def _definition_row(said: Described) -> dict[str, Any]:
    one = said.definition
    low, high = said.fields.get("range_low", ""), said.fields.get("range_high", "")
    cells = {
        "since": {"text": stamp_of(said.moment), "url": "", "sub": ""},
        "place": said.location,
        "sensor": sensor_name(one.sensor_type),
        "unit": one.unit,
        "range": f"{low}至{high}" if low or high else None,
        "limits": limit_words(limits_of(one)),
    }
    return {"id": said.moment, "name": stamp_of(said.moment), "cells": cells}
