"""Hourly use of power against its own baseline, and falls of it: LX-W3-2 and LX-W3-3."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median

HUNDRED = Decimal(100)
LOOK_BACK = 3  # times the baseline's days: how far back its days with data may lie


@dataclass(frozen=True, kw_only=True)
class Use:
    """What was used from a moment on, for so many minutes."""

    at: datetime
    minutes: int
    kwh: Decimal

    @property
    def until(self) -> datetime:
        """Where it ends."""
        return self.at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, kw_only=True)
class Raised:
    """An hour that stands above its baseline by the share or more."""

    at: datetime
    kwh: Decimal
    baseline: Decimal
    days_used: int


@dataclass(frozen=True, kw_only=True)
class Drop:
    """A fall of use within the time allowed."""

    began_at: datetime
    ended_at: datetime
    before: Decimal  # kWh an hour
    after: Decimal

    @property
    def percent(self) -> Decimal:
        """How much of it fell."""
        return (self.before - self.after) * HUNDRED / self.before


def baseline(
    hours: Mapping[datetime, Decimal], at: datetime, *, days: int
) -> tuple[Decimal | None, int]:
    """The median of that hour on the last days with data before; None with too few of them."""
    found = []
    for back in range(1, days * LOOK_BACK + 1):
        value = hours.get(at - timedelta(days=back))
        if value is not None:
            found.append(value)
        if len(found) == days:
            return median(found), days
    return None, len(found)


def raised(
    hours: Mapping[datetime, Decimal], *, since: datetime, days: int, percent: Decimal
) -> list[Raised]:
    """Hours from `since` on that are the share or more above; missing ones say nothing."""
    found = []
    for at, kwh in sorted(hours.items()):
        if at < since:
            continue
        usual, used = baseline(hours, at, days=days)
        if usual is None or kwh <= usual:
            continue
        if kwh * HUNDRED >= usual * (HUNDRED + percent):
            found.append(Raised(at=at, kwh=kwh, baseline=usual, days_used=used))
    return found


def night_of(at: datetime, *, begins: time, ends: time) -> date | None:
    """The day on which the night of this moment began; None by day."""
    clock = at.timetz().replace(tzinfo=None)
    if begins <= ends:
        return at.date() if begins <= clock < ends else None
    if clock >= begins:
        return at.date()
    return at.date() - timedelta(days=1) if clock < ends else None


def drops(uses: Sequence[Use], *, percent: Decimal, within: timedelta) -> list[Drop]:
    """Falls of the share or more from one figure to a later one that begins within the time.

    Only figures that follow each other without a gap are compared: silence is no fall.
    """
    found: list[Drop] = []
    for place, before in enumerate(uses):
        was = before.kwh * 60 / before.minutes
        if was <= 0 or (found and before.at < found[-1].ended_at):
            continue
        for after in _following(uses, place, within=within):
            now = after.kwh * 60 / after.minutes
            if now * HUNDRED <= was * (HUNDRED - percent):
                found.append(Drop(began_at=before.at, ended_at=after.at, before=was, after=now))
                break
    return found


def _following(uses: Sequence[Use], place: int, *, within: timedelta) -> list[Use]:
    followers, edge = [], uses[place].until
    for one in uses[place + 1 :]:
        if one.at != edge or one.at - uses[place].at > within:
            break
        followers.append(one)
        edge = one.until
    return followers
