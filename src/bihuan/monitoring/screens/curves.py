"""The readings around an alarm, drawn with its limits; read when somebody looks, not before."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bihuan.accounts.requests import signed_in
from bihuan.matters.identity import from_code
from bihuan.matters.models import Facts
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.monitoring.alarms import switches
from bihuan.monitoring.alarms.fields import LEVELS
from bihuan.monitoring.alarms.readings import describe, ledger_folder
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.screens.wall import seconds_of, shown
from bihuan.monitoring.screens.watchers import watcher
from bihuan.telemetry.notation import DAY_S, stamp_of
from bihuan.ui.charts import Chart
from bihuan.ui.clock_curve import Limit, Moment, Told, clock_curve

BEFORE: Final = timedelta(minutes=30)
AFTER: Final = timedelta(minutes=30)
DAY: Final = timedelta(days=1)
DRAWN: Final = 240
JOINED_S: Final = 90  # as long as a point may be silent (T14)
# Beside a line of the curve there is room for few words.
_LEVELS: Final = {one.key: one.label for one in LEVELS} | {"two_percent": "2%"}


@require_safe
@signed_in
def show_curve(request: HttpRequest, code: str) -> HttpResponse:
    """A part of a page: the curve from half an hour before to half an hour after, and its table."""
    by = watcher(request)
    number = from_code(code)
    if number is None or not visible(by).filter(pk=number, kind="alarm").exists():
        raise Http404
    rows = list(Episode.objects.filter(matter_id=number).order_by("started_at", "id"))
    calls = Facts.objects.get(pk=number).data.get("calls") or []
    chart = _chart(rows, calls, moment=now()) if rows else None
    return render(request, "monitoring/curve.html", {"chart": chart})


def _chart(rows: list[Episode], calls: list[dict[str, Any]], *, moment: datetime) -> Chart | None:
    first = rows[0]
    ends = [row.ended_at or moment for row in rows]
    since, until = first.started_at - BEFORE, min(max(ends) + AFTER, moment)
    is_lower = first.kind == "lower_limit"
    found, width_s = readings_of(first.point, since=since, until=until, is_lower=is_lower)
    if not found:
        return None
    return clock_curve(
        Told(
            title=f"{first.place} {first.sensor}",
            unit=first.unit,
            points=found,
            since=seconds_of(since),
            until=seconds_of(until),
            joined_s=max(JOINED_S, 2 * width_s),
            clock=_clock if until - since <= DAY else _day_and_clock,
            limits=_limits(rows),
            side="lower" if is_lower else "upper",
            moments=[_call(call) for call in calls],
            states=_states(first, found),
        )
    )


def _states(row: Episode, found: list[tuple[int, float]]) -> tuple[str, str] | None:
    """How the mine calls 0 and 1 of a switch; None of what is measured."""
    is_switch = row.kind in (switches.SWITCH, switches.PAIR)
    said = describe(row.point) if is_switch else None
    if said is None or any(value not in (0, 1) for _at, value in found):
        return None
    return shown(said, 0), shown(said, 1)


def _limits(rows: list[Episode]) -> list[Limit]:
    """Each level's, the first to be met first."""
    known = {row.limit: row for row in reversed(rows) if row.limit is not None}
    found = [
        Limit(value=value, words=f"{_LEVELS.get(row.level, '门限')} {value:g}")
        for value, row in known.items()
    ]
    return sorted(found, key=_value_of, reverse=rows[0].kind == "lower_limit")


def _call(call: dict[str, Any]) -> Moment:
    answered = bool(call.get("answered"))
    at = seconds_of(datetime.fromisoformat(str(call["called_at"])))
    words = f"{_clock(at)} 叫应{call['called']}，{'已应答' if answered else '未应答'}"
    return Moment(at=at, words=words, css="yes" if answered else "mute")


def readings_of(
    point: str, *, since: datetime, until: datetime, is_lower: bool
) -> tuple[list[tuple[int, float]], int]:
    """(time, value) of a point, not more than so many, and the width of a bucket in seconds.

    Of a bucket the value furthest out; what has no number has no place.
    """
    # Loads polars: only where somebody looks at a curve.
    from bihuan.telemetry.store.readers import Reader  # noqa: PLC0415 - see above

    folder = ledger_folder()
    if not (folder / "ledger.sqlite3").exists():
        return [], 0
    reader = Reader(folder)
    try:
        chart = reader.chart(
            [point], since=seconds_of(since), until=seconds_of(until), buckets=DRAWN
        )
    finally:
        reader.close()
    value = "value" if chart.width == 0 else "lowest" if is_lower else "highest"
    rows: list[dict[str, Any]] = chart.rows.to_dicts()
    found = [  # a bucket may begin before all that has a date
        (max(int(one["time"]), DAY_S), float(one[value])) for one in rows if one[value] is not None
    ]
    return found, chart.width


def _clock(at: int) -> str:
    return stamp_of(at)[11:16]


def _day_and_clock(at: int) -> str:
    return stamp_of(at)[5:16]


def _value_of(one: Limit) -> float:
    return one.value
