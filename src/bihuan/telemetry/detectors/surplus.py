"""More work than the told output explains: an undeclared face, or output that is capped.

A named second method beside the exact rule of pairs, never instead of it. By the mine's own
lines of the past weeks each day's figures are told as shares of usual production that the told
output leaves unexplained. They are summed over days, each series for itself, with a steady
deduction (CUSUM) and fade; a suspicion needs two independent series. What draws power round the
clock (heating, pumps, new fans) doesn't rise above the quiet hours of the day, and a change of
machines or meters on record begins new lines.

Beside it, work that is told but goes faster than the approved year: two series have to agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bihuan.telemetry.detectors.usual import WILD, Day, Line, Means, Usual, by_output, usual

WORKING_DAYS = 330  # of the approved year
SERIES_MIN = 2  # that have to agree
FORGET_DAYS = 7  # a sum that nothing was added to for longer begins anew
PACING = (Means.HAULAGE, Means.POWER)


class Kind(StrEnum):
    """What is suspected."""

    UNEXPLAINED = "unexplained"
    BEYOND_PACE = "beyond_pace"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What was tuned on the open regimes."""

    length: int = 45  # days that the lines are drawn over
    gap: int = 7  # days just before, which may be part of it already
    decay: float = 0.85  # of each sum from day to day
    cap: float = 0.25  # of one day, however much: no day is enough alone
    drift: float = 0.12  # of production, taken off each day's power
    alarm: float = 0.3
    swing_slack: float = 0.1  # power may rise so much more than it does above quiet hours
    noise: float = 1.5  # spreads of its line that are taken off another series
    other_drift: float = 0.08
    other_alarm: float = 0.26
    pace_drift: float = 0.08
    pace_alarm: float = 0.3
    rest_days: int = 30  # no second suspicion of a kind sooner
    least_output: float = 0.3  # of the usual, below which a day isn't judged

    def allowed(self, means: Means, line: Line) -> float:
        """The share of usual production that is taken off each day of a series."""
        if means is Means.POWER:
            return self.drift
        return max(self.other_drift, self.noise * line.spread)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A day as it was judged: shares of usual production that told output doesn't explain."""

    day: date
    shares: Mapping[Means, float]
    lines: Mapping[Means, Line]
    pace: float | None  # how far two series agree to be above the approved day, as a share of it


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """Since when, on which day it was sure, and what spoke for it."""

    kind: Kind
    since: date
    day: date
    strength: float  # the sum, in usual days' production
    by: tuple[Means, ...]


@dataclass(kw_only=True)
class Sum:
    """A fading sum, when it began to be above zero and when something was added last."""

    value: float = 0.0
    since: date | None = None
    last: date | None = None

    def add(self, gain: float, day: date, *, decay: float) -> None:
        """One more day of which the series was told."""
        self.value = max(0.0, self.value * decay + gain)
        self.last = day
        if self.value == 0.0:
            self.since = None
        elif self.since is None:
            self.since = day

    def forget(self, day: date) -> None:
        """Begin anew where the series has been silent for long."""
        if self.last is not None and (day - self.last).days > FORGET_DAYS:
            self.value, self.since = 0.0, None


@dataclass(kw_only=True)
class Running:
    """The running sums of a mine: one for each series, and one for the pace."""

    settings: Settings
    sums: dict[Means, Sum] = field(default_factory=dict)
    pace: Sum = field(default_factory=Sum)

    def add(self, one: Seen) -> Iterator[Suspicion]:
        """One more day, and what is sure after it; what wasn't told leaves its sum as it is."""
        using = self.settings
        for old in (*self.sums.values(), self.pace):
            old.forget(one.day)
        for means, share in one.shares.items():
            drift = using.allowed(means, one.lines[means])
            kept = self.sums.setdefault(means, Sum())
            kept.add(min(share - drift, using.cap), one.day, decay=using.decay)
        if one.pace is not None:
            self.pace.add(min(one.pace - using.pace_drift, using.cap), one.day, decay=using.decay)
        by = tuple(means for means in Means if self._is_sure(means))
        if len(by) >= SERIES_MIN:
            yield self._said(Kind.UNEXPLAINED, one.day, [self.sums[means] for means in by], by)
        if self.pace.value >= using.pace_alarm:
            yield self._said(Kind.BEYOND_PACE, one.day, [self.pace], ())

    def _is_sure(self, means: Means) -> bool:
        using = self.settings
        alarm = using.alarm if means is Means.POWER else using.other_alarm
        return means in self.sums and self.sums[means].value >= alarm

    def _said(self, kind: Kind, day: date, sums: list[Sum], by: tuple[Means, ...]) -> Suspicion:
        since = max(one.since or day for one in sums)
        return Suspicion(kind=kind, since=since, day=day, strength=sums[0].value, by=by)


def judged(
    days: Mapping[date, Day],
    *,
    first: date,
    last: date,
    approved_t: float | None,
    changes: Sequence[date] = (),
    settings: Settings,
) -> list[Seen]:
    """Each producing day from first to last by the lines of its week; the others are left out."""
    lines: dict[tuple[date, date | None], Usual | None] = {}
    found = []
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        one = days.get(day)
        if one is None or one.is_stopped or not one.output:
            continue
        before = day - timedelta(days=day.weekday() + settings.gap)
        changed = max((at for at in changes if at <= day), default=None)
        key = before, changed
        if key not in lines:
            lines[key] = usual(days, before=before, length=settings.length, changed_on=changed)
        seen = _seen(one, days, lines[key], approved_t=approved_t, settings=settings)
        if seen is not None:
            found.append(seen)
    return found


def suspect(seen: Sequence[Seen], *, settings: Settings) -> list[Suspicion]:
    """Walk judged days in their order."""
    running = Running(settings=settings)
    silent: dict[Kind, date] = {}
    found = []
    for one in seen:
        for said in running.add(one):
            if one.day >= silent.get(said.kind, one.day):
                found.append(said)
                silent[said.kind] = one.day + timedelta(days=settings.rest_days)
    return found


def _seen(
    one: Day,
    days: Mapping[date, Day],
    lines: Usual | None,
    *,
    approved_t: float | None,
    settings: Settings,
) -> Seen | None:
    output = one.output or 0.0
    if lines is None or not settings.least_output <= output / lines.output <= WILD:
        return None
    excess = {}
    for means, line in lines.lines.items():
        value = one.figures.get(means)
        expected = line.expected(by_output(one, days, means))
        if value is not None and expected / WILD <= value <= expected * WILD:
            excess[means] = line.excess(value, by_output(one, days, means))
    swing = excess.pop(Means.SWING, None)
    if Means.POWER in excess and swing is not None:
        excess[Means.POWER] = min(excess[Means.POWER], swing + settings.swing_slack)
    pace = _pace(output, excess, usual_t=lines.output, approved_t=approved_t)
    return Seen(day=one.day, shares=excess, lines=lines.lines, pace=pace)


def _pace(
    output: float, shares: Mapping[Means, float], *, usual_t: float, approved_t: float | None
) -> float | None:
    """The second largest of output, and of what haulage and power stand for, by approved day."""
    if not approved_t:
        return None
    implied = [output + shares[one] * usual_t for one in PACING if one in shares]
    told = sorted((output, *implied), reverse=True)
    return told[1] * WORKING_DAYS / approved_t - 1 if implied else None
