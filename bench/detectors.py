"""Score the detectors on regimes: open ones to tune by, frozen ones to be told as they come out."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from bench.surplus import FAMILY, surplus
from bihuan.telemetry.detectors.night import (
    Block,
    Hour,
    Scale,
    Seen,
    Settings,
    scale_of,
    seen_block,
    suspect,
)
from bihuan.telemetry.simulation.county import County
from bihuan.telemetry.simulation.regimes import DEVELOPMENT, TEST, regimes
from bihuan.telemetry.simulation.scoring import Episode, Found, Score
from bihuan.telemetry.simulation.trial import tried

SCALE_DAYS, REST_DAYS = 60, 60
RECORDED = ("night_repair", "test_run")
RESTING = ("rest", "planned_stop")
STORM_MM = 20.0
NOON = time(12)


@dataclass(kw_only=True)
class Told:
    """What a mine told, each hour with every version and when it came."""

    hours: dict[datetime, list[tuple[datetime, Hour]]] = field(default_factory=dict)
    states: dict[date, str] = field(default_factory=dict)
    records: list[tuple[str, date, date | None]] = field(default_factory=list)

    def known(self, first: datetime, last: datetime, *, now: datetime) -> dict[datetime, Hour]:
        """Hours from first to last as they were known at a moment."""
        found: dict[datetime, Hour] = {}
        at = first
        while at <= last:
            versions = [hour for came, hour in self.hours.get(at, ()) if came <= now]
            if versions:
                found[at] = versions[-1]
            at += timedelta(hours=1)
        return found


def night_work(county: County, *, settings: Settings | None = None) -> list[Found]:
    """Work under orders, said as a clerk would have said it at noon of each day."""
    using = settings or Settings()
    rain = dict(county.weather.select("day", "rain_mm").iter_rows())
    found: list[Found] = []
    for mine, told in _mines(county).items():
        for kind, begins, ends in told.records:
            if kind == "stop_order":
                last = ends or max(told.states)
                found += _under_order(mine, told, begins, last, rain=rain, using=using)
    return found


def _under_order(
    mine: str, told: Told, first: date, last: date, *, rain: dict[date, float], using: Settings
) -> Iterator[Found]:
    scale = _scale(told, first)
    if scale is None:
        return
    blocks = list(_blocks(told, first, last, scale=scale, rain=rain))
    resting = list(_resting(told, first, scale=scale, rain=rain))
    for one in suspect(blocks, resting=resting, settings=using):
        said = one.day if one.block is Block.NIGHT else one.day + timedelta(days=1)
        kind = "hidden_night_work" if one.by_night else "open_shut"
        if not one.by_night and (one.since - first).days <= 1:
            kind = "late_stop"
        yield Found(
            mine=mine,
            kind=kind,
            begins_on=max(one.since, first),
            ends_on=one.day,
            proposed_on=said,
        )


def _blocks(
    told: Told, first: date, last: date, *, scale: Scale, rain: dict[date, float]
) -> Iterator[Seen]:
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        recorded = any(
            kind in RECORDED and begins <= day and (ends is None or day <= ends)
            for kind, begins, ends in told.records
        )
        for block in Block:
            if step == 0 and block is Block.NIGHT:
                continue  # the night before the order was allowed
            yield _seen(told, day, block, scale=scale, rain=rain, recorded=recorded)


def _resting(told: Told, before: date, *, scale: Scale, rain: dict[date, float]) -> Iterator[Seen]:
    for back in range(REST_DAYS, 0, -1):
        day = before - timedelta(days=back)
        if told.states.get(day) in RESTING and told.states.get(day - timedelta(days=1)) in RESTING:
            for block in Block:
                yield _seen(told, day, block, scale=scale, rain=rain, recorded=False)


def _seen(
    told: Told, day: date, block: Block, *, scale: Scale, rain: dict[date, float], recorded: bool
) -> Seen:
    said = day if block is Block.NIGHT else day + timedelta(days=1)
    noon = datetime.combine(said, NOON)
    begin = datetime.combine(day, time()) - timedelta(hours=24)
    hours = told.known(begin, begin + timedelta(hours=46), now=noon)
    wet = any(rain.get(day - timedelta(days=back), 0.0) >= STORM_MM for back in (1, 2, 3))
    return seen_block(hours, day, block, scale=scale, is_stormy=wet, is_on_record=recorded)


def _scale(told: Told, before: date) -> Scale | None:
    noon = datetime.combine(before, NOON)
    hours: list[Hour] = []
    for back in range(1, SCALE_DAYS + 1):
        day = before - timedelta(days=back)
        if told.states.get(day) == "producing":
            start = datetime.combine(day, time())
            hours += told.known(start, start + timedelta(hours=23), now=noon).values()
    return scale_of(hours)


def _mines(county: County) -> dict[str, Told]:
    told: dict[str, Told] = defaultdict(Told)
    rows = county.hours.sort("arrived_at").select(
        "mine", "hour", "power_kwh", "methane_pct", "arrived_at"
    )
    for mine, at, kwh, methane, came in rows.iter_rows():
        kept = told[mine].hours.setdefault(at, [])
        kept.append((came, Hour(kwh=kwh, methane=methane)))
    for mine, day, state in county.states.iter_rows():
        told[mine].states[day] = state
    for mine, kind, begins, ends in county.records.iter_rows():
        told[mine].records.append((kind, begins, ends))
    return told


UNDER_ORDER = ("hidden_night_work", "open_shut", "late_stop")
DETECTORS: dict[str, tuple[Callable[[County], list[Found]], tuple[str, ...]]] = {
    "night_work": (night_work, UNDER_ORDER),
    "surplus": (surplus, FAMILY),
}


def measure(*, quick: bool, say: Any) -> list[dict[str, Any]]:
    """Every detector on the frozen regimes; with `quick`, on the open ones it was tuned by."""
    rows: list[dict[str, Any]] = []
    for name, regime in regimes(DEVELOPMENT if quick else TEST).items():
        for key, (detect, family) in DETECTORS.items():
            told = tried(detect, regime)
            say(f"{name} {key}")
            rows += [
                {"name": f"{name} {key} {what}", "value": value, "unit": unit, "target": target}
                for what, value, unit, target in _figures(told, family)
            ]
    return rows


def _figures(told: Score, family: tuple[str, ...]) -> Iterator[tuple[str, Any, str, str | None]]:
    kinds = [one for key, one in told.kinds.items() if key in family]
    episodes, hits = sum(one.episodes for one in kinds), sum(one.hits for one in kinds)
    yield "found", f"{hits} of {episodes}", "episodes", None
    yield "found within 3 days", sum(one.in_time for one in kinds), "episodes", None
    for key in family:
        if key in told.kinds:
            one = told.kinds[key]
            within = f"median {one.delay_median} days, {one.in_time} within 3"
            yield key, f"{one.hits} of {one.episodes}", within, None
    yield "false", round(told.false_per_mine_month, 3), "per mine and month", "< 1"
    counted = told.hits + told.beside + len(told.false)
    yield "precision", f"{told.hits} of {counted}", "proposals", None
    yield "false at look-alikes", str(dict(told.look_alikes)), "", None
    missed = [one for one in told.missed if one.kind in family]
    yield "missed", _missed_words(missed), "", None


def _missed_words(missed: list[Episode]) -> str:
    return "; ".join(
        f"{one.kind} {(one.ends_on - one.begins_on).days + 1} d {one.intensity:.2f} {one.forms}"
        for one in missed
    )
