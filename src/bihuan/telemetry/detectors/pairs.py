"""The day's ratio of two series against its median: AY-38-2, exact in fractions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from statistics import median

type Daily = Mapping[date, Fraction | None]  # None, or no entry: the day is missing


class Answer(StrEnum):
    """What a comparison says; the value is the word that users read."""

    MISSING = "缺数"
    SHORT = "基线不足"
    USUAL = "正常"
    OFF = "偏离"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A pair on a day: `second` measured by what its ratio to `first` usually is."""

    first: str
    second: str
    answer: Answer
    days_used: int = 0
    value: Fraction = Fraction(0)
    expected: Fraction = Fraction(0)

    @property
    def deviation_pct(self) -> Fraction | None:
        """How far off, in percent of what was expected; None where nothing was expected."""
        if not self.expected:
            return None
        return abs(self.value - self.expected) * 100 / self.expected


def compare(
    series: Mapping[str, Daily],
    day: date,
    *,
    keys: tuple[str, ...],
    baseline_days: int,
    min_days: int,
    deviation_pct: Fraction,
) -> list[Compared]:
    """Each pair of the keys on a day, by the last days before it that have both figures."""
    return [
        _pair(
            (first, series.get(first, {})),
            (second, series.get(second, {})),
            day,
            baseline_days=baseline_days,
            min_days=min_days,
            deviation_pct=deviation_pct,
        )
        for first, second in combinations(keys, 2)
    ]


def _pair(
    one: tuple[str, Daily],
    two: tuple[str, Daily],
    day: date,
    *,
    baseline_days: int,
    min_days: int,
    deviation_pct: Fraction,
) -> Compared:
    (first, under), (second, over) = one, two
    below, value = under.get(day), over.get(day)
    if below is None or value is None:
        return Compared(first=first, second=second, answer=Answer.MISSING)
    ratios = _ratios(under, over, before=day)[-baseline_days:]
    if len(ratios) < min_days:
        return Compared(first=first, second=second, answer=Answer.SHORT, days_used=len(ratios))
    usual = median(ratios)
    # Both sides times `below`: |value / below - usual| > share * usual, without dividing by zero.
    expected = usual * below
    off = abs(value - expected) * 100 > deviation_pct * expected
    return Compared(
        first=first,
        second=second,
        answer=Answer.OFF if off else Answer.USUAL,
        days_used=len(ratios),
        value=value,
        expected=expected,
    )


def _ratios(under: Daily, over: Daily, *, before: date) -> list[Fraction]:
    """Ratios of the days before, in order; a day that lacks either, or has no base, isn't one."""
    return [
        value / base
        for day, base in sorted(under.items())
        if day < before and base and (value := over.get(day)) is not None
    ]
