"""数据核验: what each sensor of a mine sent on a day of what it ought to, and what is doubtful."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

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
from bihuan.telemetry.store.defined import first_defined, newest_definitions
from bihuan.telemetry.store.glance import Described

COLUMNS: Final = (
    {"key": "name", "label": "测点", "kind": "title"},
    {"key": "counts", "label": "收到 / 应收", "kind": "number"},
    {"key": "share", "label": "收到率", "kind": "number"},
    {"key": "doubts", "label": "疑点", "kind": "number"},
)
COUNTED: Final = "应送的每一时段有读数即计一次，送得更密不多计；当日新接入的测点自接入起算"
DOUBTS: Final = (
    {"key": "name", "label": "测点", "kind": "title"},
    {"key": "kind", "label": "疑点", "kind": "chip"},
    {"key": "words", "label": "起止和数据", "kind": "text"},
)


class _Due(NamedTuple):
    received: int
    expected: int


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
        dues = _dues(described, first_defined(ledger_folder(), site.code), start, end)
        doubts = doubts_of(site, since=start, until=end, now=moment)
    except TROUBLES:
        described, dues, doubts, trouble = [], {}, [], NOT_READ
    context = {
        "page": {"title": f"{site.short_name or site.name}数据核验", "lead": f"{day}，按测点"},
        "trouble": trouble,
        "mine_url": reverse("monitoring:mine", args=[site.pk]),
        "filters": [{"name": "on", "label": "日期", "kind": "day", "value": day.isoformat()}],
        "columns": COLUMNS,
        "rows": [_row(site, one, dues[one.point], doubts) for one in described],
        "doubt_columns": DOUBTS,
        "doubts": [_doubt_row(number, one) for number, one in enumerate(doubts)],
        "words": f"{len(doubts)} 处，由人认定是否弄虚作假；缺数不按零计，也不画成 0",
        "counted": COUNTED,
        "days": _days(day, today),
    }
    return render(request, "monitoring/quality.html", context)


def _dues(
    described: list[Described], defined: dict[str, int], start: datetime, end: datetime
) -> dict[str, _Due]:
    """Of each point the periods that have a reading and those due; whole ones.

    A point that was first defined or sent during the day owes less.
    """
    sent = _sent(described, start, end)
    since, until = seconds_of(start), seconds_of(end)
    dues = {}
    for one in described:
        every = _every_s(one)
        first, periods = sent.get(one.point, (until, {}))
        expected = max(0, until - max(since, min(defined[one.point], first))) // every
        dues[one.point] = _Due(min(periods.get(every, 0), expected), expected)
    return dues


def _sent(
    described: list[Described], start: datetime, end: datetime
) -> dict[str, tuple[int, dict[int, int]]]:
    """The first reading of each point, and how many periods of each length have one."""
    with reading() as reader:
        if reader is None or not described or start >= end:
            return {}
        # Loads polars: only where somebody looks at readings.
        from bihuan.telemetry.store.slots import filled  # noqa: PLC0415 - see above

        points = [one.point for one in described]
        rows = reader.readings(points, since=seconds_of(start), until=seconds_of(end) - 1)
        return dict(filled(rows, every_s={_every_s(one) for one in described}))


def _every_s(said: Described) -> int:
    return dialect().sent_every_s(said.definition.sensor_type)


def _row(site: Site, said: Described, due: _Due, doubts: list[Doubt]) -> dict[str, Any]:
    name = {
        "text": f"{said.location} {sensor_name(said.definition.sensor_type)}",
        "url": point_url(site, said.point),
        "sub": f"每 {_every_s(said)} 秒一次",
    }
    cells = {
        "name": name,
        "counts": f"{due.received} / {due.expected}",
        "share": share_text(due.received, of=due.expected) if due.expected else "无应收",
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
