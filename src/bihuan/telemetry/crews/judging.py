"""Counts of persons against the limit in force at each moment: peak, excess, hand-over."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """How a count stands to a limit."""

    WITHIN = "within"
    BOUNDARY = "boundary"
    OVER = "over"
    NOT_JUDGED = "not_judged"


class Reading(NamedTuple):
    """A count at a moment, and the limit that holds then; None where there is none."""

    at: datetime
    persons: int
    limit: int | None


class Excess(NamedTuple):
    """A time over the limit: from its first reading to the first that isn't, None while it lasts.

    `limit` is the one that held at `started_at`; `last_at` is the last reading over it.
    """

    started_at: datetime
    ended_at: datetime | None
    last_at: datetime
    peak: int
    peak_at: datetime
    limit: int

    def lasts(self, *, upto: datetime) -> timedelta:
        """How long it lasted, or lasts so far."""
        return (self.ended_at or upto) - self.started_at


def verdict_on(count: int, limit: int | None) -> Verdict:
    """At most the limit is within, the limit itself is its boundary."""
    if limit is None:
        return Verdict.NOT_JUDGED
    if count > limit:
        return Verdict.OVER
    return Verdict.BOUNDARY if count == limit else Verdict.WITHIN


def verdict_below(count: int, bound: int | None) -> Verdict:
    """Only less than the bound is within; the bound itself fails as a boundary value."""
    if bound is None:
        return Verdict.NOT_JUDGED
    if count == bound:
        return Verdict.BOUNDARY
    return Verdict.OVER if count > bound else Verdict.WITHIN


def excesses(readings: Iterable[Reading]) -> list[Excess]:
    """Every time over the limit; `readings` are in the order of their moments."""
    found: list[Excess] = []
    is_over = False
    for one in readings:
        if one.limit is not None and one.persons > one.limit:
            if is_over:
                found[-1] = _grown(found[-1], one)
            else:
                found.append(Excess(one.at, None, one.at, one.persons, one.at, one.limit))
            is_over = True
        elif is_over:
            found[-1] = found[-1]._replace(ended_at=one.at)
            is_over = False
    return found


def peak_of(readings: Iterable[Reading]) -> Reading | None:
    """The highest count, the first of equal ones; None of nothing."""
    highest: Reading | None = None
    for one in readings:
        if highest is None or one.persons > highest.persons:
            highest = one
    return highest


def is_at_hand_over(excess: Excess, begins: Sequence[datetime], *, upto: datetime) -> bool:
    """Whether a shift begins while the limit is exceeded: both crews are there."""
    until = excess.ended_at or upto
    return any(excess.started_at <= begin < until for begin in begins)


def _grown(excess: Excess, one: Reading) -> Excess:
    if one.persons > excess.peak:
        return excess._replace(last_at=one.at, peak=one.persons, peak_at=one.at)
    return excess._replace(last_at=one.at)
