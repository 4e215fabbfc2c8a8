"""数据核验: what each sensor of a mine sent on a day of what it ought to, and what is doubtful."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import asked_day
from bihuan.language.wording import share_text
from bihuan.matters.moment import now
from bihuan.monitoring.alarms.readings import ledger_folder, sensor_name
from bihuan.monitoring.screens.doubts import LABELS, Doubt, doubts_of
from bihuan.monitoring.screens.mine_page import NOT_READ
from bihuan.monitoring.screens.scope import site_watched
from bihuan.monitoring.screens.store_reader import TROUBLES, reading
from bihuan.monitoring.screens.wall import point_url, seconds_of
from bihuan.places.models import Site
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.store.defined import newest_definitions
from bihuan.telemetry.store.glance import Described

COLUMNS: Final = (
    {"key": "name", "label": "测点", "kind": "title"},
    {"key": "counts", "label": "收到 / 应收", "kind": "number"},
    {"key": "share", "label": "收到率", "kind": "number"},
    {"key": "doubts", "label": "疑点", "kind": "number"},
)
DOUBTS: Final = (
    {"key": "name", "label": "测点", "kind": "title"},
    {"key": "kind", "label": "疑点", "kind": "chip"},
    {"key": "words", "label": "起止和数据", "kind": "text"},
)


@require_safe
@signed_in
def show_quality(request: HttpRequest, site_id: int) -> HttpResponse:
    """One mine and day."""
    by, moment = actor_from(request), now()
    site = site_watched(by, site_id)
    today = moment.astimezone(SHANGHAI).date()
    day = min(asked_day(request.GET.get("on", "")) or today, today)
    start = datetime.combine(day, time(), SHANGHAI)
    end = min(start + timedelta(days=1), moment)
    described = newest_definitions(ledger_folder(), site.code)
    trouble = ""
    try:
        counts = _received([one.point for one in described], start, end)
        doubts = doubts_of(site, since=start, until=end, now=moment)
    except TROUBLES:
        described, counts, doubts, trouble = [], {}, [], NOT_READ
    context = {
        "page": {"title": f"{site.short_name or site.name}数据核验", "lead": f"{day}，按测点"},
        "trouble": trouble,
        "mine_url": reverse("monitoring:mine", args=[site.pk]),
        "filters": [{"name": "on", "label": "日期", "kind": "day", "value": day.isoformat()}],
        "columns": COLUMNS,
        "rows": [_row(site, one, counts, doubts, span=(start, end)) for one in described],
        "doubt_columns": DOUBTS,
        "doubts": [_doubt_row(number, one) for number, one in enumerate(doubts)],
        "words": f"{len(doubts)} 处，由人认定是否弄虚作假；缺数不按零计，也不画成 0",
        "days": _days(day, today),
    }
    return render(request, "monitoring/quality.html", context)


def _received(points: list[str], start: datetime, end: datetime) -> dict[str, int]:
    """How many moments of each point have a reading, whatever came twice."""
    with reading() as reader:
        if reader is None or not points or start >= end:
            return {}
        rows = reader.readings(points, since=seconds_of(start), until=seconds_of(end) - 1)
    return {one["point"]: one["len"] for one in rows.group_by("point").len().to_dicts()}


def _row(
    site: Site,
    said: Described,
    counts: dict[str, int],
    doubts: list[Doubt],
    *,
    span: tuple[datetime, datetime],
) -> dict[str, Any]:
    every = dialect().sent_every_s(said.definition.sensor_type)
    expected = int((span[1] - span[0]).total_seconds()) // every
    received = counts.get(said.point, 0)
    name = {
        "text": f"{said.location} {sensor_name(said.definition.sensor_type)}",
        "url": point_url(site, said.point),
        "sub": f"每 {every} 秒一次",
    }
    cells = {
        "name": name,
        "counts": f"{received} / {expected}",
        "share": share_text(min(received, expected), of=expected) if expected else "无应收",
        "doubts": sum(one.point == said.point for one in doubts),
    }
    return {"id": said.point, "name": name["text"], "cells": cells}


def _doubt_row(number: int, one: Doubt) -> dict[str, Any]:
    name = {"text": one.name, "url": "", "sub": one.point}
    chip = {"label": LABELS[one.kind], "tone": "late"}
    cells = {"name": name, "kind": chip, "words": one.words}
    return {"id": number, "name": one.name, "cells": cells}


def _days(day: date, today: date) -> list[dict[str, Any]]:
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    found = [{"label": "前一日", "url": f"?on={before.isoformat()}"}]
    return found + ([{"label": "后一日", "url": f"?on={after.isoformat()}"}] if day < today else [])
