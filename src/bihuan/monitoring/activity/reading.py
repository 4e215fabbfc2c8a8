"""Figures as watches read them: the newest version of each, by day or by hour, gaps left out."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bihuan.language.clock import SHANGHAI
from bihuan.monitoring.activity.series import BY_KEY
from bihuan.monitoring.activity.tables import SeriesValue

HOUR, DAY = 60, 1440
HOURS_OF_DAY = 24


@dataclass(kw_only=True)
class Days:
    """A series of a site by day; `months` holds the figures that were given for a whole month."""

    days: dict[date, Decimal] = field(default_factory=dict)
    months: dict[date, Decimal] = field(default_factory=dict)
    partial: dict[date, int] = field(default_factory=dict)  # days of which so many hours came

    def whole(self, day: date) -> Decimal | None:
        """The day's figure; None where it, or an hour of it, is missing."""
        return None if day in self.partial else self.days.get(day)


@dataclass(frozen=True, kw_only=True)
class Span:
    """One figure with its span."""

    at: datetime
    minutes: int
    value: Decimal

    @property
    def until(self) -> datetime:
        """Where it ends."""
        return self.at + timedelta(minutes=self.minutes)

    @property
    def per_hour(self) -> Decimal:
        """What it is for an hour."""
        return self.value * HOUR / self.minutes


type BySite[Kept] = dict[int, dict[str, Kept]]


def midnight(day: date) -> datetime:
    """The first moment of a day in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def spans(
    sites: Collection[int], series: Collection[str], *, since: datetime, until: datetime
) -> BySite[list[Span]]:
    """What is known, in the order of time; what was taken back is a gap."""
    found: dict[tuple[int, str], dict[tuple[datetime, int], Decimal | None]] = defaultdict(dict)
    for site, key, at, minutes, value in _rows(sites, series, since=since, until=until):
        found[site, key][at.astimezone(SHANGHAI), minutes] = value
    told: BySite[list[Span]] = defaultdict(dict)
    for (site, key), values in found.items():
        told[site][key] = [
            Span(at=at, minutes=minutes, value=value)
            for (at, minutes), value in sorted(values.items())
            if value is not None
        ]
    return told


def daily(
    sites: Collection[int], series: Collection[str], *, first: date, last: date
) -> BySite[Days]:
    """Figures of days; a day's own figure before the sum (or highest) of its shorter spans."""
    since, until = midnight(first), midnight(last + timedelta(days=1))
    told: BySite[Days] = defaultdict(dict)
    for site, kinds in spans(sites, series, since=since, until=until).items():
        for key, values in kinds.items():
            told[site][key] = _by_day(values, is_level=BY_KEY[key].is_level)
    return told


def _by_day(values: list[Span], *, is_level: bool) -> Days:
    kept, parts = Days(), defaultdict[date, list[Span]](list)
    for one in values:
        day = one.at.date()
        if one.minutes == DAY:
            kept.days[day] = one.value
        elif one.minutes > DAY:
            kept.months[day.replace(day=1)] = one.value
        else:
            parts[day].append(one)
    for day, pieces in parts.items():
        if day in kept.days:
            continue
        figures = [one.value for one in pieces]
        kept.days[day] = max(figures) if is_level else sum(figures, Decimal(0))
        minutes = sum(one.minutes for one in pieces)
        if minutes < DAY and not is_level:
            kept.partial[day] = minutes // HOUR
    return kept


def _rows(
    sites: Collection[int], series: Collection[str], *, since: datetime, until: datetime
) -> Iterator[tuple[int, str, datetime, int, Decimal | None]]:
    rows = SeriesValue.objects.filter(
        site__in=list(sites), series__in=list(series), at__gte=since, at__lt=until
    )
    named = rows.order_by("version").values_list("site_id", "series", "at", "span_minutes", "value")
    yield from named.iterator(chunk_size=5000)
