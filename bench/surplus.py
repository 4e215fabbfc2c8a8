"""Try the detector of surplus on a simulated county: what a clerk would have said each noon."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from bihuan.telemetry.detectors.surplus import Kind, Settings, judged, suspect
from bihuan.telemetry.detectors.usual import Day, Means, drawn
from bihuan.telemetry.simulation.county import County
from bihuan.telemetry.simulation.scoring import Found

KINDS = {Kind.UNEXPLAINED: "hidden_face", Kind.BEYOND_PACE: "overload"}
FAMILY = ("hidden_face", "overload")
CHANGES = ("new_equipment", "meter_replaced")
STOPS = ("stop_order", "planned_stop")
SAID_AFTER = timedelta(days=1, hours=12)  # of a day: the noon of the next
SERIES = {Means.GAS: "gas_m3", Means.HAULAGE: "haulage_t", Means.EXPLOSIVES: "explosives_kg"}


@dataclass(kw_only=True)
class Told:
    """What a mine told: each day as it was known at noon of the next."""

    approved_t: float
    days: dict[date, Day] = field(default_factory=dict)
    changes: list[date] = field(default_factory=list)


def surplus(county: County, *, settings: Settings | None = None) -> list[Found]:
    """Work that told output doesn't explain, or that goes faster than the approved year."""
    return surplus_in(told_of(county), settings=settings or Settings())


def surplus_in(told: dict[str, Told], *, settings: Settings) -> list[Found]:
    """The same, of mines that are read already."""
    return [one for mine, kept in told.items() for one in _of_mine(mine, kept, settings)]


def _of_mine(mine: str, told: Told, settings: Settings) -> Iterator[Found]:
    seen = judged(
        told.days,
        first=min(told.days),
        last=max(told.days),
        approved_t=told.approved_t,
        changes=told.changes,
        settings=settings,
    )
    for one in suspect(seen, settings=settings):
        yield Found(
            mine=mine,
            kind=KINDS[one.kind],
            begins_on=one.since,
            ends_on=one.day,
            proposed_on=one.day + timedelta(days=1),
        )


def told_of(county: County) -> dict[str, Told]:
    """Every mine of a county; what came after the next noon is as if never told."""
    told = {
        mine: Told(approved_t=float(approved))
        for mine, approved in county.mines.select("mine", "approved_t").iter_rows()
    }
    hours, heads = _hours(county), _heads(county)
    stopped = _stopped(county, told)
    for row in county.days.iter_rows(named=True):
        mine, day = row["mine"], row["day"]
        if row["arrived_at"] > datetime.combine(day, time()) + SAID_AFTER:
            continue
        figures = {means: row[name] for means, name in SERIES.items() if row[name] is not None}
        figures |= drawn(hours.get((mine, day), []))
        if (share := heads.get((mine, day))) is not None:
            figures[Means.HEADS] = share
        told[mine].days[day] = Day(
            day=day,
            output=row["output_t"],
            figures=figures,
            is_stopped=(mine, day) in stopped,
        )
    return told


def _hours(county: County) -> dict[tuple[str, date], list[float]]:
    known = county.hours.with_columns(day=pl.col("hour").dt.date()).filter(
        pl.col("arrived_at") <= pl.col("hour").dt.truncate("1d") + SAID_AFTER
    )
    newest = known.sort("arrived_at").group_by("mine", "hour", maintain_order=True).last()
    found = defaultdict[tuple[str, date], list[float]](list)
    for mine, day, kwh in newest.select("mine", "day", "power_kwh").iter_rows():
        if kwh is not None:
            found[mine, day].append(kwh)
    return found


def _heads(county: County) -> dict[tuple[str, date], float]:
    """Men counted at the lamp room for each man planned, where every shift told both."""
    found: dict[tuple[str, date], list[Any]] = defaultdict(list)
    rows = county.shifts.select("mine", "day", "lamps_heads", "planned_heads", "arrived_at")
    for mine, day, lamps, planned, came in rows.iter_rows():
        if came <= datetime.combine(day, time()) + SAID_AFTER and None not in (lamps, planned):
            found[mine, day].append((lamps, planned))
    return {
        key: sum(lamps for lamps, _planned in told) / sum(planned for _lamps, planned in told)
        for key, told in found.items()
        if len(told) == 3 and any(planned for _lamps, planned in told)
    }


def _stopped(county: County, told: dict[str, Told]) -> set[tuple[str, date]]:
    """Days under orders and in stops told beforehand; changes go to their mines."""
    found = set()
    last = county.states["day"].max()
    for mine, kind, begins, ends in county.records.iter_rows():
        if kind in CHANGES:
            told[mine].changes.append(begins)
        elif kind in STOPS:
            span = ((ends or last) - begins).days + 1
            found |= {(mine, begins + timedelta(days=n)) for n in range(span)}
    return found
