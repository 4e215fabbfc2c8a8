"""How a source stands at a moment, and which spans of a day it was silent in."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from bihuan.language.clock import SHANGHAI
from bihuan.monitoring.equipment.spans import Span
from bihuan.monitoring.links.tables import DataSource, SourceBreak

_DAY = timedelta(days=1)


def newest_of(system: str, *, site_ids: Iterable[int]) -> dict[int, DataSource]:
    """Of each site the source of a system that sent last."""
    rows = DataSource.objects.filter(system=system, site_id__in=list(site_ids))
    return {row.site_id: row for row in rows.order_by("last_seen_at", "id")}


def silence(source: DataSource, *, now: datetime) -> timedelta:
    """How long nothing has come."""
    return now - source.last_seen_at


def day_span(day: date) -> Span:
    """A day in Shanghai."""
    start = datetime.combine(day, time(), SHANGHAI)
    return start, start + _DAY


def breaks_of(sources: Iterable[DataSource], span: Span, *, now: datetime) -> dict[int, list[Span]]:
    """Breaks of each source that reach into a span, the one that lasts included, uncut."""
    by_id = {source.pk: source for source in sources}
    found: dict[int, list[Span]] = defaultdict(list)
    start, end = span
    rows = SourceBreak.objects.filter(source_id__in=by_id, started_at__lt=end, ended_at__gt=start)
    for row in rows.order_by("started_at"):
        found[row.source_id].append((row.started_at, row.ended_at))
    for pk, source in by_id.items():
        if source.last_seen_at < min(end, now):
            found[pk].append((source.last_seen_at, now))
    return found
