"""Trials: what a detector finds in counties whose truth it isn't shown."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

import polars as pl

from bihuan.telemetry.notation import line_of
from bihuan.telemetry.simulation.county import County, county_of
from bihuan.telemetry.simulation.regimes import Regime
from bihuan.telemetry.simulation.scoring import Found, Score, score

SAID_AT: Final = time(12)
HEAD: Final = (
    "regime",
    "kind",
    "episodes",
    "hits",
    "named",
    "in_time",
    "recall",
    "delay_median",
    "delay_max",
    "precision",
    "repeats",
    "beside",
    "false",
    "false_per_mine_month",
)
type Detector = Callable[[County], Iterable[Found]]


def tried(detect: Detector, regime: Regime) -> Score:
    """The score of a detector on a regime."""
    made = county_of(regime)
    found = detect(replace(made, truth=made.truth.clear()))
    return score(found, made.truth, days=regime.days, mines=regime.mines)


def known_on(county: County, day: date) -> County:
    """What was known of a county at noon of a day: no row that came later, and no truth."""
    now = datetime.combine(day, SAID_AT)
    has_come = pl.col("arrived_at") <= now
    # When an order ends nobody knows before the mine is accepted.
    is_over = (pl.col("kind") != "stop_order") | (pl.col("ends_on") < day)
    records = county.records.filter(pl.col("begins_on") <= day)
    return replace(
        county,
        hours=county.hours.filter(has_come),
        days=county.days.filter(has_come),
        shifts=county.shifts.filter(has_come),
        states=county.states.filter(pl.col("day") <= day),
        records=records.with_columns(pl.when(is_over).then("ends_on").alias("ends_on")),
        weather=county.weather.filter(pl.col("day") < day),
        truth=county.truth.clear(),
    )


def foreseen(detect: Detector, county: County, day: date) -> set[Found]:
    """Proposals dated up to a day that could only be made later; none if a detector is honest."""
    said = set(detect(known_on(county, date.max)))
    dated = {one for one in said if one.proposed_on <= day}
    return dated - set(detect(known_on(county, day)))


def summary(scores: Mapping[str, Score]) -> str:
    """Scores by the name of the regime as CSV: a line for each kind, and `all`."""
    lines = [HEAD, *(line for name, one in scores.items() for line in _lines(name, one))]
    return "".join(map(line_of, lines))


def _lines(name: str, told: Score) -> Iterator[tuple[str, ...]]:
    kinds = told.kinds.values()
    for kind, one in told.kinds.items():
        counts = (one.episodes, one.hits, one.named, one.in_time)
        delays = (one.delay_median, one.delay_max)
        yield (name, kind, *map(str, counts), *map(_figure, (one.recall, *delays)), *[""] * 5)
    yield (
        name,
        "all",
        str(told.hits + len(told.missed)),
        str(told.hits),
        str(sum(one.named for one in kinds)),
        str(sum(one.in_time for one in kinds)),
        _figure(told.recall),
        "",
        "",
        _figure(told.precision),
        str(told.repeats),
        str(told.beside),
        str(len(told.false)),
        _figure(told.false_per_mine_month),
    )


def _figure(number: float | None) -> str:
    return "" if number is None else f"{number:.3f}".rstrip("0").rstrip(".")
