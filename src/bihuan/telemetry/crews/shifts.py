"""Shifts of a mine as spans of time, and the shift to which a moment or a stay belongs."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Final, NamedTuple

CHINA: Final = timezone(timedelta(hours=8))
DAY_MINUTES: Final = 24 * 60
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


class Shift(NamedTuple):
    """A shift as it is registered, in minutes after midnight; up to the next day where it ends
    no later than it begins.
    """

    name: str
    begins: int
    ends: int


class Span(NamedTuple):
    """A shift of a day: from `begins_at` up to, not including, `ends_at`."""

    name: str
    on: date
    begins_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.begins_at <= moment < self.ends_at


def minutes_of(text: str) -> int | None:
    """Minutes after midnight of "08:00"; 24:00 is midnight; None when it is no time."""
    if text.strip() in ("24:00", "24：00"):
        return 0
    found = _CLOCK.fullmatch(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None


def spans_on(shifts: Iterable[Shift], on: date) -> list[Span]:
    """The shifts that begin on a day, in order."""
    midnight = datetime(on.year, on.month, on.day, tzinfo=CHINA)
    found = []
    for one in shifts:
        lasts = (one.ends - one.begins) % DAY_MINUTES or DAY_MINUTES
        begins_at = midnight + timedelta(minutes=one.begins)
        found.append(Span(one.name, on, begins_at, begins_at + timedelta(minutes=lasts)))
    return sorted(found, key=_begin_of)


def span_at(shifts: Iterable[Shift], moment: datetime) -> Span | None:
    """The shift in which a moment lies, of several the last to begin; None in a gap."""
    here = moment.astimezone(CHINA).date()
    known = list(shifts)
    near = [*spans_on(known, here - timedelta(days=1)), *spans_on(known, here)]
    return max((one for one in near if one.holds(moment)), key=_begin_of, default=None)


def span_of_stay(shifts: Iterable[Shift], entered_at: datetime, *, lead: timedelta) -> Span | None:
    """The shift for which somebody went down: who enters `lead` before it begins comes for it."""
    known = list(shifts)
    return span_at(known, entered_at + lead) or span_at(known, entered_at)


def _begin_of(one: Span) -> datetime:
    return one.begins_at
