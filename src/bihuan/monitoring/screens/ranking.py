"""三高排名 and how well alarms are managed, over any period."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import signed_in
from bihuan.language.clock import SHANGHAI
from bihuan.language.wording import exact_length, share_text
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.monitoring.alarms.highs import LABELS, Point, episodes_between, points_of, reaches
from bihuan.monitoring.alarms.readings import METHANE_HIGH
from bihuan.monitoring.screens.watchers import watcher
from bihuan.places.models import Region
from bihuan.regulations.values import value_of

PERIODS: Final = ((1, "近 24 小时"), (7, "近 7 日"), (30, "近 30 日"), (365, "近一年"))
COLUMNS: Final = (
    {"key": "site", "label": "煤矿"},
    {"key": "point", "label": "测点", "kind": "title"},
    {"key": "count", "label": "报警次数", "kind": "number"},
    {"key": "real", "label": "其中真实超限", "kind": "number"},
    {"key": "peak", "label": "最高值", "kind": "number", "none": "无"},
    {"key": "lasted", "label": "累计时长", "kind": "number"},
    {"key": "marks", "label": "标记", "kind": "tags", "none": "无"},
)
SHOWN: Final = 50
HOURS: Final = 24
FLOOD: Final = 10  # alarms of ten minutes in which one operator is flooded, by IEC 62682
TEN_MINUTES: Final = 600
BAD_ACTORS: Final = 10  # points that IEC 62682 looks at first
STANDING_FOR: Final = timedelta(hours=24)


@require_safe
@signed_in
def show_ranking(request: HttpRequest) -> HttpResponse:
    """Points by count, value and duration, and the figures of alarm management."""
    by, moment = watcher(request), now()
    asked = request.GET.get("days", "30")
    days = int(asked) if asked in {str(one) for one, _label in PERIODS} else 30
    seen = set(visible(by).filter(kind="alarm").values_list("site_id", flat=True).distinct())
    since = moment - timedelta(days=days)
    rows = [row for row in episodes_between(since, moment) if row.site_id in seen]
    points = sorted(points_of(rows), key=_by_count)[:SHOWN]
    context = {
        "page": {"title": "三高排名", "lead": f"近 {days} 日报警的测点，按次数、最高值、累计时长"},
        "watch_url": reverse("monitoring:watch"),
        "presets": [
            {"label": label, "url": f"?days={one}", "current": one == days}
            for one, label in PERIODS
        ],
        "words": f"{len(points)} 个测点" + ("，只列前 50 个" if len(points) == SHOWN else ""),
        "columns": COLUMNS,
        "rows": _rows(points, until=moment),
        "thresholds": _thresholds(by, on=moment.astimezone(SHANGHAI).date()),
        "kpis": _kpis(by, since=since, days=days, moment=moment),
    }
    return render(request, "monitoring/ranking.html", context)


def _rows(points: list[Point], *, until: datetime) -> list[dict[str, Any]]:
    lasting = {id(point): point.lasted(until=until) for point in points}
    longest = max(lasting.values(), default=timedelta(0))
    return [
        _row(point, lasted=lasting[id(point)], longest=longest, until=until) for point in points
    ]


def _row(point: Point, *, lasted: timedelta, longest: timedelta, until: datetime) -> dict[str, Any]:
    name = f"{point.rows[0].place} {point.rows[0].sensor}"
    cells = {
        "site": point.site.short_name or point.site.name,
        "point": {"text": name, "url": "", "sub": ""},
        "count": len(point.rows),
        "real": len(point.real),
        "peak": f"{point.peak.peak:g} {point.peak.unit}" if point.peak else None,
        "lasted": exact_length(lasted),
        "marks": _marks(point, is_longest=lasted == longest, until=until) or None,
    }
    return {"id": point.rows[0].point, "name": name, "cells": cells}


def _marks(point: Point, *, is_longest: bool, until: datetime) -> list[str]:
    reached = {one.which for one in reaches(point, now=until)}
    found = [label for which, label in LABELS.items() if which in reached]
    return [*found, *(["最久"] if is_longest else [])]


def _thresholds(by: Actor, *, on: date) -> list[dict[str, str]]:
    """From where on the reader's region counts a point as one of the three; 未设定 where unset."""
    region = Region.objects.get(pk=by.held[0].region_id)

    def text(key: str) -> str:
        return value_of(key, region_path=region.path_ids, on=on).text

    often = f"{text('alarm.high_count_days')}内真实超限 {text('alarm.high_count')} 次"
    return [
        {"label": LABELS["often"], "value": often},
        {"label": LABELS["high"], "value": f"甲烷 {METHANE_HIGH:.2f}% 及以上"},
        {"label": LABELS["long"], "value": text("alarm.high_duration_minutes")},
    ]


def _kpis(by: Actor, *, since: datetime, days: int, moment: datetime) -> list[dict[str, str]]:
    found = visible(by).filter(kind="alarm").filter(Q(opened_at__gte=since) | Q(is_open=True))
    rows = list(
        found.order_by("opened_at").values_list("opened_at", "is_open", "title", "closed_at")
    )
    recent = [row for row in rows if row[0] >= since]
    by_ten = Counter(int(opened.timestamp()) // TEN_MINUTES for opened, *_rest in recent)
    floods = sum(count > FLOOD for count in by_ten.values())
    stale = sum(is_open and moment - opened > STANDING_FOR for opened, is_open, *_rest in rows)
    bad = Counter(title.rsplit(" ", 2)[0] for _opened, _is_open, title, _closed in recent)
    return [
        {"label": "平均报警率", "value": _rate(len(recent), days=days)},
        {"label": "每 10 分钟最多", "value": f"{max(by_ten.values(), default=0)} 件"},
        {"label": "报警泛滥", "value": f"{floods} 个 10 分钟超过 {FLOOD} 件"},
        {"label": "长期未销报警", "value": f"{stale} 件超过 24 小时"},
        {"label": "最多的 10 个测点占", "value": _share_of_bad_actors(bad)},
        {"label": "已销", "value": f"{_closed(recent)} 件"},
    ]


def _share_of_bad_actors(bad: Counter[str]) -> str:
    if len(bad) <= BAD_ACTORS:
        return f"共 {len(bad)} 个测点，不算占比" if bad else "无"
    return share_text(sum(count for _title, count in bad.most_common(BAD_ACTORS)), of=bad.total())


def _rate(count: int, *, days: int) -> str:
    """Alarms in an hour of a day, in a day of anything longer."""
    span, word, unit = (HOURS, "小时", "每小时") if days == 1 else (days, "天", "每天")
    return f"{unit} {count / span:.2f} 件（{count} 件 / {span} {word}）"


def _closed(recent: list[tuple[datetime, bool, str, datetime | None]]) -> int:
    return sum(not is_open for _opened, is_open, *_rest in recent)


def _by_count(point: Point) -> tuple[int, int, str]:
    return -len(point.real), -len(point.rows), point.rows[0].point
