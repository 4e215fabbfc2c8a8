"""Take figures in: once however often they are sent, every altered value beside its elder."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

from django.db import IntegrityError, transaction

from bihuan.monitoring.activity.tables import SeriesValue

CHUNK = 2000
TRIES = 3
PLACES = Decimal("0.001")
VALUE_MAX = Decimal(10) ** 11


@dataclass(frozen=True, kw_only=True)
class Given:
    """One figure as it came, in the series' own unit; without a value it is taken back."""

    site: int
    series: str
    at: datetime
    span_minutes: int
    value: Decimal | None
    unit: str

    @property
    def place(self) -> tuple[int, str, datetime, int]:
        """What it is a figure of."""
        return self.site, self.series, self.at, self.span_minutes


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of the figures: they add up to what was given."""

    new: int = 0
    same: int = 0
    altered: int = 0
    removed: int = 0
    empty: int = 0  # nothing was given and nothing was known: a gap stays a gap

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            new=self.new + other.new,
            same=self.same + other.same,
            altered=self.altered + other.altered,
            removed=self.removed + other.removed,
            empty=self.empty + other.empty,
        )

    @property
    def words(self) -> str:
        """The counts in one sentence."""
        return (
            f"新收 {self.new} 个，已有且相同 {self.same} 个，改动 {self.altered} 个，"
            f"删除 {self.removed} 个，空缺 {self.empty} 个。"
        )


def take(given: Iterable[Given], *, source: str, now: datetime, dry_run: bool = False) -> Taken:
    """Keep the figures; the same sent again changes nothing, another one is a new version."""
    total = Taken()
    for chunk in _chunks(given):
        total += _take_chunk(chunk, source=source, now=now, dry_run=dry_run)
    return total


def _chunks(given: Iterable[Given]) -> Iterator[list[Given]]:
    flow = iter(given)
    while chunk := list(islice(flow, CHUNK)):
        yield chunk


def _take_chunk(chunk: list[Given], *, source: str, now: datetime, dry_run: bool) -> Taken:
    for _try in range(TRIES - 1):
        try:
            return _write(chunk, source=source, now=now, dry_run=dry_run)
        except IntegrityError:  # somebody else wrote the same place: look again
            continue
    return _write(chunk, source=source, now=now, dry_run=dry_run)


def _write(chunk: list[Given], *, source: str, now: datetime, dry_run: bool) -> Taken:
    with transaction.atomic():
        known = _known(chunk)
        fresh: list[SeriesValue] = []
        total = Taken()
        for one in chunk:
            before = known.get(one.place)
            what = _what(one, before)
            total += what
            if what.same or what.empty:
                continue
            version = before[0] + 1 if before else 1
            known[one.place] = version, one.value
            fresh.append(_row(one, version=version, source=source, now=now))
        if not dry_run:
            SeriesValue.objects.bulk_create(fresh, batch_size=500)
    return total


def _what(one: Given, before: tuple[int, Decimal | None] | None) -> Taken:
    if before is None:
        return Taken(new=1) if one.value is not None else Taken(empty=1)
    if before[1] == one.value:
        return Taken(same=1)
    return Taken(removed=1) if one.value is None else Taken(altered=1)


def _row(one: Given, *, version: int, source: str, now: datetime) -> SeriesValue:
    return SeriesValue(
        site_id=one.site,
        series=one.series,
        at=one.at,
        span_minutes=one.span_minutes,
        value=one.value,
        unit=one.unit,
        source=source[:60],
        received_at=now,
        version=version,
    )


def _known(
    chunk: Sequence[Given],
) -> dict[tuple[int, str, datetime, int], tuple[int, Decimal | None]]:
    moments = [one.at for one in chunk]
    rows = SeriesValue.objects.filter(
        site__in={one.site for one in chunk},
        series__in={one.series for one in chunk},
        at__gte=min(moments),
        at__lt=max(moments) + timedelta(seconds=1),
    )
    return {
        (site, series, at, span): (version, value)
        for site, series, at, span, version, value in rows.order_by("version").values_list(
            "site_id", "series", "at", "span_minutes", "version", "value"
        )
    }
