"""What was told of each day of mines, as the comparison of work with output takes it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bihuan.monitoring.activity import ledgers
from bihuan.monitoring.activity.reading import DAY, HOUR, Days, Span, daily, midnight, spans
from bihuan.monitoring.activity.registered import (
    Planned,
    Stop,
    all_of,
    planned_stops,
    stops_of,
)
from bihuan.monitoring.activity.series import (
    DESCENTS,
    DRAINED,
    EXPLOSIVES,
    GAS,
    HAULAGE,
    LISTED,
    OUTPUT,
    POWER,
    VENTED,
)
from bihuan.telemetry.detectors.usual import Day, Means, drawn

TOLD_BY_DAY = (OUTPUT, HAULAGE, EXPLOSIVES, GAS, DRAINED, VENTED, DESCENTS, LISTED)
ONE_DAY = timedelta(days=1)


@dataclass(kw_only=True)
class Worked:
    """The days of a mine, and when machines or meters changed on record."""

    days: dict[date, Day] = field(default_factory=dict)
    changes: tuple[date, ...] = ()


def worked(sites: Collection[int], *, first: date, last: date) -> dict[int, Worked]:
    """Days of mines of which an output was told; missing figures are left out."""
    by_day = daily(sites, TOLD_BY_DAY, first=first, last=last)
    power = spans(sites, [POWER], since=midnight(first), until=midnight(last + ONE_DAY))
    stops, planned = stops_of(sites), planned_stops(sites)
    changed = all_of(ledgers.POWER_CHANGE, sites)
    found = {}
    for site, told in by_day.items():
        uses = _electric(power.get(site, {}).get(POWER, []))
        closed = stops.get(site, []), planned.get(site, [])
        days = {day: _day(day, told, uses, closed) for day in told.get(OUTPUT, Days()).days}
        changes = [record.facts["changed_on"] for record in changed.get(site, [])]
        found[site] = Worked(
            days=days, changes=tuple(sorted(date.fromisoformat(one) for one in changes))
        )
    return found


def _electric(told: list[Span]) -> dict[date, dict[Means, float]]:
    """Power by day: of hours where they are told, else the day's own figure."""
    hours = defaultdict[date, defaultdict[int, float]](lambda: defaultdict(float))
    found: dict[date, dict[Means, float]] = {}
    for one in told:
        if one.minutes <= HOUR:
            hours[one.at.date()][one.at.hour] += float(one.value)
        elif one.minutes == DAY:
            found[one.at.date()] = {Means.POWER: float(one.value)}
    known = {day: drawn(list(values.values())) for day, values in hours.items()}
    return found | {day: figures for day, figures in known.items() if figures}


def _day(
    day: date,
    told: dict[str, Days],
    uses: dict[date, dict[Means, float]],
    closed: tuple[Sequence[Stop], Sequence[Planned]],
) -> Day:
    return Day(
        day=day,
        output=_figure(told, OUTPUT, day),
        figures={**uses.get(day, {}), **dict(_figures(told, day))},
        is_stopped=_is_closed(day, *closed),
    )


def _figures(told: dict[str, Days], day: date) -> Iterator[tuple[Means, float]]:
    drained, vented = _figure(told, DRAINED, day), _figure(told, VENTED, day)
    gas = _figure(told, GAS, day)
    if GAS not in told and drained is not None and vented is not None:
        gas = drained + vented
    went, listed = _figure(told, DESCENTS, day), _figure(told, LISTED, day)
    figures = {
        Means.GAS: gas,
        Means.HAULAGE: _figure(told, HAULAGE, day),
        Means.EXPLOSIVES: _figure(told, EXPLOSIVES, day),
        Means.HEADS: went / listed if went is not None and listed else None,
    }
    for means, value in figures.items():
        if value is not None:
            yield means, value


def _figure(told: dict[str, Days], key: str, day: date) -> float | None:
    value = told[key].whole(day) if key in told else None
    return None if value is None else float(value)


def _is_closed(day: date, stops: Sequence[Stop], planned: Sequence[Planned]) -> bool:
    """Whether the mine may not produce, or said that it wouldn't, on any part of a day."""
    begins, ends = midnight(day), midnight(day + ONE_DAY)
    return any(one.covers(ends - timedelta(minutes=1)) for one in stops) or any(
        one.from_at < ends and one.until_at > begins for one in planned
    )
