"""What a mine's figures usually are for its output: robust lines over its own past weeks.

A line is Theil–Sen's: the median of the slopes between all pairs of days, then the median of
what is left. Up to a quarter of the days may be wrong without moving it much. A day that lacks a
figure is missing from that line and never zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations
from statistics import mean, median

LINE_DAYS_MIN = 15
REACH_DAYS = 100  # how far back a line looks for days
HOURS_MIN = 20  # of a day's twenty-four: with fewer the day's power isn't known
SLOPE_SHARE_MIN = 0.1  # of the usual figure must follow output, or it tells nothing of work
WILD = 4.0  # so many times the usual, or less than its part: another unit or a fault
CARRIED = 0.35  # of a day's gas comes of the coal of the day before


class Means(StrEnum):
    """What tells of work, besides the output that is told."""

    POWER = "power"  # kWh of the day
    SWING = "swing"  # the same, above the quietest hours of the day
    GAS = "gas"  # m³ of the day
    HAULAGE = "haulage"  # tonnes
    EXPLOSIVES = "explosives"  # kg
    HEADS = "heads"  # men counted at the lamp room for each man listed


STEADY = (Means.HEADS,)  # a ratio that doesn't follow output
STRAIGHT = (Means.HAULAGE, Means.EXPLOSIVES)  # nothing without output
CARRYING = (Means.GAS,)
ELECTRIC = (Means.POWER, Means.SWING)


@dataclass(frozen=True, kw_only=True)
class Day:
    """What was told of a day; a figure that wasn't told is None or not there."""

    day: date
    output: float | None
    figures: Mapping[Means, float] = field(default_factory=dict)
    is_stopped: bool = False  # under an order or in a stop told beforehand: other rules look


@dataclass(frozen=True, kw_only=True)
class Line:
    """A figure by output: `rest` without any, `slope` for each tonne, `spread` around it."""

    rest: float
    slope: float
    spread: float  # median distance of the days from the line, as a share of usual output
    usual: float  # tonnes of a usual day

    def expected(self, output: float) -> float:
        """What this output explains."""
        return self.rest + self.slope * output

    def excess(self, value: float, output: float) -> float:
        """What it leaves unexplained, as a share of a usual day's production."""
        return (value - self.expected(output)) / (self.slope * self.usual)


@dataclass(frozen=True, kw_only=True)
class Usual:
    """The lines of a mine in a week; `output` of a usual producing day, in tonnes."""

    output: float
    lines: Mapping[Means, Line]


def drawn(hours: Sequence[float]) -> dict[Means, float]:
    """Power of a day from what was told of its hours; nothing where too few are known."""
    told = [one for one in hours if one > 0]
    if not told:
        return {}
    centre = median(told)
    kept = sorted(one for one in told if centre / WILD <= one <= centre * WILD)
    if len(kept) < HOURS_MIN:
        return {}
    whole, quiet = mean(kept) * 24, mean(kept[: len(kept) // 4]) * 24
    return {Means.POWER: whole, Means.SWING: whole - quiet}


def usual(
    days: Mapping[date, Day], *, before: date, length: int, changed_on: date | None
) -> Usual | None:
    """The lines over the last so many days before a day on which the mine wasn't stopped.

    Electric lines begin anew on the day after machines or meters changed.
    """
    span = [before - timedelta(days=back) for back in range(REACH_DAYS, 0, -1)]
    kept = [one for day in span if (one := days.get(day)) and not one.is_stopped][-length:]
    worked = [one.output for one in kept if one.output]
    if len(worked) < LINE_DAYS_MIN:
        return None
    tonnes = median(worked)
    kept = [one for one in kept if one.output is not None and one.output <= tonnes * WILD]
    lines = {}
    for means in Means:
        is_bound = changed_on is not None and means in ELECTRIC
        chosen = [one for one in kept if not is_bound or one.day > (changed_on or one.day)]
        line = _line(_pairs(chosen, days, means), usual=tonnes, means=means)
        if line is not None:
            lines[means] = line
    return Usual(output=tonnes, lines=lines)


def by_output(one: Day, days: Mapping[date, Day], means: Means) -> float:
    """The output that a figure follows: for gas, some of the day before; for heads, none."""
    output = one.output or 0.0
    if means in STEADY:
        return 0.0
    before = days.get(one.day - timedelta(days=1))
    if means not in CARRYING or before is None or before.output is None:
        return output
    return (1 - CARRIED) * output + CARRIED * before.output


def _pairs(
    kept: Sequence[Day], days: Mapping[date, Day], means: Means
) -> list[tuple[float, float]]:
    told = [(one, value) for one in kept if (value := one.figures.get(means)) is not None]
    return [(by_output(one, days, means), value) for one, value in told]


def _line(pairs: list[tuple[float, float]], *, usual: float, means: Means) -> Line | None:
    if len(pairs) < LINE_DAYS_MIN:
        return None
    centre = median(value for _output, value in pairs)
    told = [(output, value) for output, value in pairs if value <= centre * WILD]
    rest, slope = _fit(told, centre=centre, usual=usual, means=means)
    if slope * usual <= SLOPE_SHARE_MIN * centre:
        return None
    off = [abs(value - rest - slope * output) for output, value in told]
    return Line(rest=rest, slope=slope, spread=median(off) / (slope * usual), usual=usual)


def _fit(
    told: list[tuple[float, float]], *, centre: float, usual: float, means: Means
) -> tuple[float, float]:
    if means in STEADY:
        return centre, centre / usual
    if means in STRAIGHT:
        ratios = [value / output for output, value in told if output > usual / WILD]
        return 0.0, median(ratios) if ratios else 0.0
    slopes = [
        (value - other) / (output - before)
        for (before, other), (output, value) in combinations(told, 2)
        if abs(output - before) > usual / 100
    ]
    slope = median(slopes) if slopes else 0.0
    return median(value - slope * output for output, value in told), slope
