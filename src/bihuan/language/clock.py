"""Arithmetic of deadlines: when a budget of days or minutes is due, late, reminded and explained.

A day deadline runs to 24:00 of its due day and is late from that same moment. A clock deadline
is late one second after its due moment. All moments are aware and reckoned in Shanghai.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bihuan.language.calendar import Counting, WorkCalendar, changes_text
from bihuan.language.wording import day_text, exact_length, moment_text, rough_length

SHANGHAI = ZoneInfo("Asia/Shanghai")
SOON_DAYS_MAX = 2
_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)
_ONE_MINUTE = timedelta(minutes=1)
_ONE_HOUR = timedelta(hours=1)


class Unit(Enum):
    """What a budget is measured in; the value is the word that users read."""

    DAYS = "天"
    HOURS = "小时"
    MINUTES = "分钟"


class Tone(Enum):
    """How urgent a deadline looks."""

    CALM = "calm"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True)
class Budget:
    """The time a step is given."""

    amount: int
    unit: Unit
    counting: Counting = Counting.CALENDAR

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"budget {self.amount!r} is negative")
        if self.counting is Counting.WORKING and self.unit is not Unit.DAYS:
            raise ValueError(f"working time is counted in days only, not in {self.unit!r}")

    def __str__(self) -> str:
        unit = f"个{self.counting.value}" if self.unit is Unit.DAYS else self.unit.value
        return f"{self.amount}{unit}"


@dataclass(frozen=True)
class Suspension:
    """A time in which the deadline did not run; still open while `until_at` is None."""

    from_at: datetime
    until_at: datetime | None
    reason: str

    def __post_init__(self) -> None:
        started = _in_shanghai(self.from_at)
        if self.until_at is not None and _in_shanghai(self.until_at) < started:
            raise ValueError(f"suspension ends {self.until_at!r} before {self.from_at!r}")


@dataclass(frozen=True, kw_only=True)
class Due:
    """A running deadline; `due_on` is None for a clock deadline.

    `due_at` is shown, `late_from` decides. `first` is the deadline before its extension.
    """

    due_on: date | None
    due_at: datetime
    late_from: datetime
    provisional: bool = False
    first: "Due | None" = None


@dataclass(frozen=True, kw_only=True)
class Paused:
    """A deadline that stands still: there is no due moment until it is resumed."""

    since: datetime
    reason: str


class Rung(NamedTuple):
    """One step of a ladder: its offset and the moment it acts."""

    offset: int
    at: datetime


def compute_due(
    *,
    started_at: datetime,
    budget: Budget,
    calendar: WorkCalendar,
    suspensions: Sequence[Suspension] = (),
    extended_to: date | None = None,
) -> Due | Paused:
    """When a budget that began at `started_at` ends.

    Days: the start day is not counted. A suspension that begins before the deadline is late
    moves the due day by the days (of the budget's kind) from the day after it begins up to and
    including the day it ends, so each of these days counts for nothing; a deadline never falls
    due before the day it runs again. Minutes and hours: its exact length is added.
    An extension names the day itself and never shortens a deadline; only a suspension that
    begins in the extended time moves the named day.
    """
    return _reckon(started_at, budget, calendar, suspensions, extended_to).end


def is_late(due: Due, *, at: datetime) -> bool:
    """Whether something done at this moment was done late."""
    return at >= due.late_from


def rung_at(due: Due, *, offset: int) -> datetime:
    """When a rung acts; offsets are days for a day deadline, minutes for a clock deadline."""
    if due.due_on is None:
        return due.due_at + timedelta(minutes=offset)
    if offset == 0:
        return due.late_from
    return _midnight(due.due_on + offset * _ONE_DAY)


def due_rungs(
    due: Due, *, offsets: Iterable[int], fired: Collection[int], now: datetime
) -> list[Rung]:
    """Rungs that should have acted by now and have not, in the order they act."""
    return [rung for rung in _open_rungs(due, offsets, fired) if rung.at <= now]


def next_rung(due: Due, *, offsets: Iterable[int], fired: Collection[int]) -> Rung | None:
    """The first rung that has not fired, which may lie in the past; None when all have."""
    return next(iter(_open_rungs(due, offsets, fired)), None)


def remaining(due: Due | Paused, *, now: datetime) -> str:
    """The time left, rounded down: 剩 1 天 9 小时, 剩 9 小时; when late, 逾期 3 天.

    On the first late day of a day deadline it is 逾期 1 天; a clock deadline shows 逾期 25 分钟.
    """
    if isinstance(due, Paused):
        return "已中止"
    if not is_late(due, at=now):
        return f"剩 {rough_length(due.due_at - now)}"
    if due.due_on is None:
        return f"逾期 {rough_length(now - due.due_at)}"
    return f"逾期 {(_in_shanghai(now).date() - due.due_on).days} 天"


def standing(due: Due | Paused, *, now: datetime) -> str:
    """The short word for lists: 今日到期, 明日到期, 剩 5 天; clocks show what is left."""
    if isinstance(due, Paused) or due.due_on is None or is_late(due, at=now):
        return remaining(due, now=now)
    days = (due.due_on - _in_shanghai(now).date()).days
    return {0: "今日到期", 1: "明日到期"}.get(days, f"剩 {days} 天")


def tone(due: Due | Paused, *, now: datetime) -> Tone:
    """Late when late; soon within two days of a due day, or a day of a clock deadline."""
    if isinstance(due, Paused):
        return Tone.CALM
    if is_late(due, at=now):
        return Tone.LATE
    if due.due_on is None:
        is_soon = due.due_at - now < _ONE_DAY
    else:
        is_soon = (due.due_on - _in_shanghai(now).date()).days <= SOON_DAYS_MAX
    return Tone.SOON if is_soon else Tone.CALM


def explain(
    *,
    event: str,
    started_at: datetime,
    budget: Budget,
    calendar: WorkCalendar,
    suspensions: Sequence[Suspension] = (),
    extended_to: date | None = None,
    origin: str = "",
) -> str:
    """One Chinese sentence on how the moment was computed.

    `event` is what began the deadline (交办, 签收 …); `origin` says where the number comes from
    (原文, 系统默认, 本单位设定) and may be left empty.
    """
    start = _in_shanghai(started_at)
    reckoning = _reckon(start, budget, calendar, suspensions, extended_to)
    first_on = start.date() if budget.amount == 0 else start.date() + _ONE_DAY
    first, end, year = reckoning.first, reckoning.end, start.year
    phrases = [_opening(start, event=event, budget=budget, origin=origin)]
    if isinstance(first, Due) and first.due_on and budget.counting is Counting.WORKING:
        phrases += changes_text(calendar, first_on, first.due_on, year=year)
    phrases += [_interruption(effect, budget, year=year) for effect in reckoning.effects]
    phrases.append(_ending(first, calendar, first_on, year=year))
    if isinstance(first, Due) and extended_to is not None:
        phrases.append(_extension(extended_to, is_later=end is not first, year=year))
    phrases += [_interruption(effect, budget, year=year) for effect in reckoning.later_effects]
    if isinstance(first, Due) and (reckoning.later_effects or isinstance(end, Paused)):
        phrases.append(_ending(end, calendar, first_on, year=year))
    return "，".join(phrases) + "。"


@dataclass(frozen=True)
class _Effect:
    """What one ended suspension did: `days` were given back; rolled to a working day or not."""

    from_at: datetime
    until_at: datetime
    reason: str
    days: int
    is_rolled: bool


@dataclass(frozen=True)
class _Reckoning:
    """The deadline before and after its extension, with the suspensions that moved each."""

    first: Due | Paused
    end: Due | Paused
    effects: tuple[_Effect, ...]
    later_effects: tuple[_Effect, ...] = ()


def _reckon(
    started_at: datetime,
    budget: Budget,
    calendar: WorkCalendar,
    suspensions: Iterable[Suspension],
    extended_to: date | None,
) -> _Reckoning:
    start = _in_shanghai(started_at)
    breaks = _merged(suspensions, start)
    counted = _counted(start, budget, calendar)
    first, effects = _carried(counted, breaks, budget.counting, calendar)
    if isinstance(first, Paused) or extended_to is None:
        return _Reckoning(first, first, effects)
    named = _extended(first, extended_to)
    if named is first:
        return _Reckoning(first, first, effects)
    end, later = _carried(named, breaks[len(effects) :], budget.counting, calendar)
    if isinstance(end, Due):
        end = replace(end, first=first)
    return _Reckoning(first, end, effects, later)


def _counted(start: datetime, budget: Budget, calendar: WorkCalendar) -> Due:
    if budget.unit is Unit.DAYS:
        end = calendar.add_days(start.date(), budget.amount, counting=budget.counting)
        return _day_due(end.day, provisional=end.provisional)
    one = _ONE_HOUR if budget.unit is Unit.HOURS else _ONE_MINUTE
    return _clock_due(start + budget.amount * one)


def _carried(
    due: Due, breaks: Iterable[Suspension], counting: Counting, calendar: WorkCalendar
) -> tuple[Due | Paused, tuple[_Effect, ...]]:
    """The deadline moved by each suspension that begins before it is late."""
    effects: list[_Effect] = []
    for pause in breaks:
        if pause.from_at >= due.late_from:
            break
        if pause.until_at is None:
            return Paused(since=pause.from_at, reason=pause.reason), tuple(effects)
        length = pause.until_at - pause.from_at
        days, is_rolled = 0, False
        if due.due_on is None:
            due = _clock_due(due.due_at + length)
        else:
            begun, resumed = pause.from_at.date(), pause.until_at.date()
            days = calendar.days_between(begun, resumed, counting=counting)
            due, is_rolled = _moved(due, due.due_on, days, resumed, counting, calendar)
        effects.append(_Effect(pause.from_at, pause.until_at, pause.reason, days, is_rolled))
    return due, tuple(effects)


def _moved(
    due: Due, day: date, days: int, resumed: date, counting: Counting, calendar: WorkCalendar
) -> tuple[Due, bool]:
    provisional = due.provisional
    if days:
        moved = calendar.add_days(day, days, counting=counting)
        day, provisional = moved.day, provisional or moved.provisional
    if resumed <= day:
        return _day_due(day, provisional=provisional), False
    # The suspension ended on a day of rest behind the due day.
    moved = calendar.add_days(resumed, 0, counting=counting)
    return _day_due(moved.day, provisional=provisional or moved.provisional), True


def _merged(suspensions: Iterable[Suspension], start: datetime) -> list[Suspension]:
    """The suspensions after the start in order, overlapping ones made one."""
    merged: list[Suspension] = []
    for one in sorted(suspensions, key=attrgetter("from_at")):
        from_at = max(_in_shanghai(one.from_at), start)
        until_at = None if one.until_at is None else _in_shanghai(one.until_at)
        if until_at is not None and until_at <= start:
            continue
        last = merged[-1] if merged else None
        if last is None or (last.until_at is not None and last.until_at < from_at):
            merged.append(Suspension(from_at, until_at, one.reason))
            continue
        ends = (last.until_at, until_at)
        until_at = None if None in ends else max(end for end in ends if end is not None)
        reason = "、".join(dict.fromkeys((last.reason, one.reason)))
        merged[-1] = Suspension(last.from_at, until_at, reason)
    return merged


def _extended(due: Due, to: date) -> Due:
    later = _midnight(to + _ONE_DAY)
    if later <= due.due_at:
        return due
    extended = _clock_due(later) if due.due_on is None else _day_due(to, provisional=False)
    return replace(extended, first=due)


def _day_due(day: date, *, provisional: bool) -> Due:
    end = _midnight(day + _ONE_DAY)
    return Due(due_on=day, due_at=end, late_from=end, provisional=provisional)


def _clock_due(at: datetime) -> Due:
    return Due(due_on=None, due_at=at, late_from=at + _ONE_SECOND)


def _open_rungs(due: Due, offsets: Iterable[int], fired: Collection[int]) -> list[Rung]:
    rungs = [Rung(offset, rung_at(due, offset=offset)) for offset in set(offsets) - set(fired)]
    return sorted(rungs, key=attrgetter("at", "offset"))


def _opening(start: datetime, *, event: str, budget: Budget, origin: str) -> str:
    source = f"（{origin}）" if origin else ""
    if budget.unit is not Unit.DAYS:
        return f"{moment_text(start, year=start.year)}{event}，自该时起计{budget}{source}"
    day = start.date()
    if budget.amount == 0:
        return f"{day_text(day, year=day.year)}{event}，限当日{source}"
    first = day_text(day + _ONE_DAY, year=day.year)
    return f"{day_text(day, year=day.year)}{event}，当日不计；自{first}起计{budget}{source}"


def _interruption(effect: _Effect, budget: Budget, *, year: int) -> str:
    if budget.unit is not Unit.DAYS:
        begun, ended = (moment_text(at, year=year) for at in (effect.from_at, effect.until_at))
        length = exact_length(effect.until_at - effect.from_at)
        return f"{begun}中止（{effect.reason}），{ended}恢复，其间{length}不计"
    begun, ended = (day_text(at.date(), year=year) for at in (effect.from_at, effect.until_at))
    if begun == ended:
        return f"{begun}中止（{effect.reason}）当日恢复，不影响到期日"
    given = f"{effect.days}个{budget.counting.value}不计" if effect.days else "没有工作日"
    rolled = "，顺延至恢复后的第一个工作日" if effect.is_rolled else ""
    return f"{begun}中止（{effect.reason}），{ended}恢复，其间{given}{rolled}"


def _ending(end: Due | Paused, calendar: WorkCalendar, first_on: date, *, year: int) -> str:
    if isinstance(end, Paused):
        since = moment_text(end.since, year=year)
        return f"{since}起中止（{end.reason}），恢复后重新计算到期时间"
    if end.due_on is None:
        return f"{moment_text(end.due_at, year=year)}届满"
    text = f"{day_text(end.due_on, year=year)}24:00届满"
    if not end.provisional:
        return text
    years = "、".join(f"{one}年" for one in calendar.unloaded_years(first_on, end.due_on))
    return f"{text}（暂算：{years}放假安排尚未载入，仅按双休日推算）"


def _extension(extended_to: date, *, is_later: bool, year: int) -> str:
    day = day_text(extended_to, year=year)
    if is_later:
        return f"此为原到期日；经批准延期，{day}24:00届满"
    return f"所批延期日{day}不晚于此，到期时间不变"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _in_shanghai(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"moment {moment!r} has no zone")
    return moment.astimezone(SHANGHAI)
