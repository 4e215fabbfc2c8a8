"""What the demonstration's mines tell of themselves on each day: the same however often asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from math import sin
from typing import Any, Final

from bihuan.config.demo_data import demo_data
from bihuan.monitoring.activity.intake import Given
from bihuan.monitoring.activity.looking import day_of
from bihuan.monitoring.activity.reading import DAY, HOUR, HOURS_OF_DAY, midnight
from bihuan.monitoring.activity.series import BY_KEY, POWER
from bihuan.places.models import Site

PLACES: Final = Decimal("0.001")
PEOPLE: Final = "人"


@dataclass(frozen=True, kw_only=True)
class Mine:
    """A mine of the story; its days count from the day on which the county was settled."""

    site: int
    told: dict[str, Any]
    settled_on: date

    @property
    def key(self) -> str:
        """What the data call it."""
        return str(self.told["key"])

    @property
    def first(self) -> date:
        """The first day of which anything is told."""
        hours = [self.settled_on + timedelta(days=row["day"]) for row in self.told.get("hours", ())]
        return min([self._days()[0], *hours])

    def figures(self, day: date) -> list[Given]:
        """What it tells of a day: its hours, and the day's own figures."""
        return [*self._of_hours(day), *self._of_day(day)]

    def _days(self) -> tuple[date, date]:
        """From which day on days are told, and before which day they end."""
        until = self.settled_on + timedelta(days=self.told.get("days_until", 0))
        since = until.replace(month=1, day=1)
        if "days_from" in self.told:
            since = self.settled_on + timedelta(days=self.told["days_from"])
        return since, until if "days_until" in self.told else date.max

    def _of_day(self, day: date) -> Iterator[Given]:
        since, until = self._days()
        is_gap = day.toordinal() % demo_data("figures")["gap_every"] == 0
        if not since <= day < until or (is_gap and not self.told.get("is_gapless")):
            return
        number = (day - self.settled_on).days
        swing = Decimal(1 + 0.06 * sin(day.toordinal() * 1.7))
        for row in self.told["days"]:
            if number % row.get("every", 1) == 0:
                grown = _last(row.get("grows", ()), number, Decimal(1))
                value = _usual(row) * (2 - swing if row.get("against") else swing) * grown
                yield self._given(row["series"], midnight(day), DAY, value)

    def _of_hours(self, day: date) -> Iterator[Given]:
        number = (day - self.settled_on).days
        rows = [[row["day"], row["clock"]] for row in self.told.get("hours", ())]
        clock = next((clock for since, clock in reversed(rows) if since <= number), None)
        if clock is None:
            return
        step = (number - demo_data("figures")["hours_from"]) * HOURS_OF_DAY
        for hour in range(HOURS_OF_DAY):
            swing = Decimal(1 + 0.04 * sin((step + hour) * 0.9))
            at = midnight(day) + timedelta(hours=hour)
            yield self._given(POWER, at, HOUR, _last(clock, hour, Decimal(0)) * swing)

    def _given(self, series: str, at: datetime, minutes: int, value: Decimal) -> Given:
        unit = BY_KEY[series].unit
        return Given(
            site=self.site,
            series=series,
            at=at,
            span_minutes=minutes,
            value=value.quantize(Decimal(1) if unit == PEOPLE else PLACES),
            unit=unit,
        )


def mines_of(*, settled_on: date) -> list[Mine]:
    """Every mine of the story, by its place among the county's coal mines."""
    coal = Site.objects.filter(kind=Site.Kind.COAL).order_by("id").values_list("pk", flat=True)
    sites = list(coal)
    told = demo_data("figures")["mines"]
    return [Mine(site=sites[row["place"]], told=row, settled_on=settled_on) for row in told]


def comes_at(figure: Given) -> datetime:
    """When a figure comes: an hour at its end, a day a little later."""
    end = figure.at + timedelta(minutes=figure.span_minutes)
    late_h = demo_data("figures")["comes_after_h"] if figure.span_minutes == DAY else 0
    return end + timedelta(hours=late_h)


def between(mines: list[Mine], *, since: datetime, until: datetime) -> list[Given]:
    """The figures that come after a moment and not after another."""
    day, figures = day_of(since) - timedelta(days=2), list[Given]()
    while day <= day_of(until):
        figures += chain.from_iterable(mine.figures(day) for mine in mines)
        day += timedelta(days=1)
    return [one for one in figures if since < comes_at(one) <= until]


def _usual(row: dict[str, Any]) -> Decimal:
    if "amount" in row:
        return Decimal(row["amount"])
    tonnes: int = demo_data("figures")["capacity"] * 10_000
    return tonnes / Decimal(365) * Decimal(row["of_capacity"])


def _last(rows: list[list[Any]] | tuple[()], number: int, otherwise: Decimal) -> Decimal:
    found = [Decimal(value) for since, value in rows if since <= number]
    return found[-1] if found else otherwise
