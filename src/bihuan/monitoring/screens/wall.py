"""A mine's points as they stand: newest readings, twelve hours of each, one question each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from markupsafe import Markup

from bihuan.language.clock import SHANGHAI
from bihuan.monitoring.alarms.readings import ledger_folder, sensor_name
from bihuan.monitoring.screens.states import UNCOUNTED, Limit, Newest, State, limits_of, state_of
from bihuan.monitoring.screens.store_reader import reading
from bihuan.places.models import Site
from bihuan.telemetry.notation import DAY_S, decimal_of, stamp_of
from bihuan.telemetry.store.defined import newest_definitions
from bihuan.telemetry.store.glance import Described
from bihuan.ui.sparklines import Dot, Mark, Span, sparkline

if TYPE_CHECKING:
    from bihuan.telemetry.store.readers import Chart

HOURS: Final = 12
BUCKETS: Final = 74
SILENT_S: Final = 86_400
_CSS: Final = {"alarm": "limit", "power_off": "limit cut"}


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A point on the wall."""

    point: str
    place: str
    sensor: str
    sensor_type: str
    unit: str
    state: State
    value: str
    at: str
    limits: str
    lowest: str
    highest: str
    drawing: Markup
    url: str

    @property
    def name(self) -> str:
        """Where and what."""
        return f"{self.place} {self.sensor}"


def seconds_of(moment: datetime) -> int:
    """A moment as readings count it."""
    here = moment.astimezone(SHANGHAI)
    return here.toordinal() * DAY_S + here.hour * 3600 + here.minute * 60 + here.second


def tiles_of(site: Site, *, now: datetime, sensor_type: str = "") -> tuple[list[Tile], list[str]]:
    """The points of a mine by urgency and place, and the sensor types that it has."""
    described = newest_definitions(ledger_folder(), site.code)
    types = sorted({one.definition.sensor_type for one in described})
    wanted = [one for one in described if sensor_type in ("", one.definition.sensor_type)]
    until = seconds_of(now)
    span = Span(since=until - HOURS * 3600, until=until, joined_s=0)
    newest, dots, width = read_points([one.point for one in wanted], span=span)
    span = Span(since=span.since, until=until, joined_s=max(width * 3 // 2, 120))
    tiles = [
        _tile(site, one, newest.get(one.point), dots.get(one.point, []), span=span)
        for one in wanted
    ]
    return sorted(tiles, key=_order), types


def point_url(site: Site, point: str) -> str:
    """The page of a point; empty for one that a mine named so that no address can."""
    return "" if "/" in point else reverse("monitoring:point", args=[site.pk, point])


def newest_of(points: Sequence[str], *, silent_s: int = SILENT_S) -> dict[str, Newest]:
    """The newest reading of each of these points that isn't silent for longer."""
    with reading() as reader:
        if reader is None or not points:
            return {}
        rows = reader.newest(points, silent_s=silent_s).to_dicts()
    return {
        row["point"]: Newest(at=row["time"], value=row["value"], status=row["status"])
        for row in rows
    }


def read_points(
    points: Sequence[str], *, span: Span
) -> tuple[dict[str, Newest], dict[str, list[Dot]], int]:
    """Newest readings, and what is drawn of each point; the width of a bucket in seconds."""
    newest = newest_of(points)
    with reading() as reader:
        if reader is None or not points:
            return newest, {}, 0
        chart = reader.chart(points, since=span.since, until=span.until, buckets=BUCKETS)
        rows = rows_drawn(chart)
    dots: dict[str, list[Dot]] = defaultdict(list)
    for point, at, low, high, mean in rows:
        dots[point].append(Dot(at=at, low=low, high=high, mean=mean))
    return newest, dots, chart.width


def rows_drawn(chart: "Chart") -> list[tuple[str, int, float, float, float]]:
    """(point, time, lowest, highest, mean); what doesn't count is left out, never a zero."""
    import polars as pl  # noqa: PLC0415 - with the reader

    rows = chart.rows
    if chart.width == 0:
        counts = pl.col("value").is_not_null() & ((pl.col("status") & UNCOUNTED) == 0)
        values = rows.filter(counts).select(
            "point", "time", low="value", high="value", mean="value"
        )
        return values.rows()
    told = rows.filter(pl.col("mean").is_not_null())
    return told.select("point", "time", "lowest", "highest", "mean").rows()


def _tile(
    site: Site, said: Described, newest: Newest | None, dots: list[Dot], *, span: Span
) -> Tile:
    definition = said.definition
    limits = limits_of(definition)
    state = state_of(definition, newest, at=span.until)
    is_known = newest is not None and newest.counts and state.key != "silent"
    place, sensor = said.location or f"测点{said.point[12:]}", sensor_name(definition.sensor_type)
    lowest = min((one.low for one in dots), default=None)
    highest = max((one.high for one in dots), default=None)
    value = shown(said, newest.value) if newest is not None and is_known else "—"
    words = f"{place} {sensor}，近{HOURS}小时 {_range(lowest, highest)}{definition.unit}"
    return Tile(
        point=said.point,
        place=place,
        sensor=sensor,
        sensor_type=definition.sensor_type,
        unit=definition.unit if is_known else "",
        state=state,
        value=value,
        at=stamp_of(newest.at)[5:] if newest is not None else "—",
        limits=limit_words(limits),
        lowest=_number(lowest),
        highest=_number(highest),
        drawing=sparkline(dots, words=words, span=span, marks=marks_of(limits)),
        url=point_url(site, said.point),
    )


def shown(said: Described, value: float | None) -> str:
    """A value; of a switch its word."""
    if value is None:
        return "—"
    words = said.fields.get("on_words"), said.fields.get("off_words")
    if not said.definition.is_analogue and all(words) and value in (0, 1):
        return str(words[0] if value == 1 else words[1])
    return decimal_of(round(value, 3))


def limit_words(limits: Sequence[Limit]) -> str:
    """What is set of a point."""
    return "，".join(one.label for one in limits) or "没有设门限"


def marks_of(limits: Sequence[Limit]) -> list[Mark]:
    """The lines of limits."""
    return [Mark(value=one.on, words=one.label, css=_CSS[one.level]) for one in limits]


def _range(low: float | None, high: float | None) -> str:
    return "没有读数" if low is None else f"{_number(low)}至{_number(high)} "


def _number(value: float | None) -> str:
    return "—" if value is None else decimal_of(round(value, 3))


def _order(tile: Tile) -> tuple[int, str, str]:
    return min(tile.state.rank, 2), tile.place, tile.point
