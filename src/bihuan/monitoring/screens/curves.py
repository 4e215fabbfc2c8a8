"""The readings around an alarm, drawn with its limit; read when somebody looks, not before."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bihuan.accounts.requests import signed_in
from bihuan.matters.identity import from_code
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.monitoring.alarms.readings import ledger_folder
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.screens.wall import seconds_of
from bihuan.monitoring.screens.watchers import watcher
from bihuan.telemetry.notation import DAY_S, stamp_of
from bihuan.ui import charts

BEFORE: Final = timedelta(minutes=30)
AFTER: Final = timedelta(minutes=30)
DRAWN: Final = 240


@require_safe
@signed_in
def show_curve(request: HttpRequest, code: str) -> HttpResponse:
    """A part of a page: the curve from half an hour before to half an hour after, and its table."""
    by = watcher(request)
    number = from_code(code)
    if number is None or not visible(by).filter(pk=number, kind="alarm").exists():
        raise Http404
    row = Episode.objects.filter(matter_id=number).order_by("level", "id").first()
    chart = _chart(row, moment=now()) if row is not None else None
    return render(request, "monitoring/curve.html", {"chart": chart, "row": row})


def _chart(row: Episode, *, moment: datetime) -> charts.Chart | None:
    until = min((row.ended_at or moment) + AFTER, moment)
    found = readings_of(row.point, since=row.started_at - BEFORE, until=until)
    if not found:
        return None
    return charts.steps(
        found,
        title=f"{row.place} {row.sensor}",
        unit=row.unit,
        limit=row.limit,
        limit_label=f"门限 {row.limit:g}" if row.limit is not None else "",
        stepped=False,
        height=220,
    )


def readings_of(point: str, *, since: datetime, until: datetime) -> list[tuple[str, float]]:
    """(clock, value) of a point, not more than so many; a gap has no value and no place."""
    # Loads polars: only where somebody looks at a curve.
    from bihuan.telemetry.store.readers import Reader  # noqa: PLC0415 - see above

    folder = ledger_folder()
    if not (folder / "ledger.sqlite3").exists():
        return []
    reader = Reader(folder)
    try:
        chart = reader.chart(
            [point], since=seconds_of(since), until=seconds_of(until), buckets=DRAWN
        )
    finally:
        reader.close()
    value = "value" if chart.width == 0 else "highest"
    rows: list[dict[str, Any]] = chart.rows.to_dicts()
    return [
        (stamp_of(max(one["time"], DAY_S))[11:], float(one[value]))  # a bucket may begin before all
        for one in rows
        if one[value] is not None
    ]
