"""Timers of a matter: armed by its stages, stopped, extended, and explained."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.conf import settings

from bihuan.language.calendar import Counting, WorkCalendar, read_calendars
from bihuan.language.clock import (
    SHANGHAI,
    Budget,
    Due,
    Paused,
    Rung,
    Suspension,
    Unit,
    compute_due,
    due_rungs,
    explain,
    next_rung,
)
from bihuan.language.loop import Deadline, Loop
from bihuan.language.pack import Value
from bihuan.language.parameter import Kind, Ladder, LadderRung, Origin
from bihuan.matters.models import FAR, Matter, Timer
from bihuan.regulations.values import value_of

_FROM_FAR = FAR - timedelta(days=1)
_UNITS = {Kind.DAYS: Unit.DAYS, Kind.HOURS: Unit.HOURS, Kind.MINUTES: Unit.MINUTES}


@lru_cache(maxsize=1)
def work_calendar() -> WorkCalendar:
    """Holidays and make-up workdays of the loaded years."""
    return read_calendars(settings.DATA / "calendars")


def budget_of(value: Value, *, counting: str) -> Budget:
    """The budget that a pack value gives; days follow the place's way of counting."""
    unit = _UNITS[Kind(str(value.kind))]
    if unit is not Unit.DAYS:
        return Budget(value.amount, unit)
    return Budget(value.amount, unit, Counting[counting.upper()])


def counting_at(region_path: tuple[int, ...], *, prefix: str, on: date) -> str:
    """How days are counted at a place: `calendar` unless set otherwise."""
    value = value_of(f"{prefix}.counting", region_path=region_path, on=on)
    return str(value.value) if value.is_set else "calendar"


def arm(
    matter: Matter,
    deadline: Deadline,
    *,
    started_at: datetime,
    on: date,
    timer: Timer | None = None,
) -> Timer | None:
    """A running timer for that clock, or None while its parameter is 未设定."""
    value = value_of(deadline.param, region_path=matter.path_ids, on=on)
    if not value.is_set:
        return None
    prefix = deadline.param.split(".")[0]
    counting = counting_at(matter.path_ids, prefix=prefix, on=on)
    budget = budget_of(value, counting=counting)
    armed = timer or Timer(matter=matter, key=deadline.key)
    armed.param, armed.amount = deadline.param, budget.amount
    armed.unit, armed.counting = budget.unit.name, budget.counting.name
    armed.origin, armed.version = str(value.origin), value.version[:60]
    armed.started_at, armed.state, armed.done_at = started_at, Timer.State.RUNNING, None
    armed.ladder, armed.fired = deadline.ladder, []
    armed.extended_to, armed.extension_reason, armed.suspensions = None, "", []
    armed.first_due_at = None
    project(armed, matter=matter, on=on)
    armed.first_due_at = armed.due_at
    return armed


def project(timer: Timer, *, matter: Matter, on: date) -> None:
    """Compute due, late and next moments of a timer from its budget and suspensions."""
    due = due_of(timer)
    if isinstance(due, Paused):
        timer.state, timer.next_at = Timer.State.PAUSED, None
        timer.due_at = timer.late_from = None
        return
    timer.state = Timer.State.RUNNING
    timer.due_at, timer.late_from = due.due_at, due.late_from
    timer.is_provisional = due.provisional
    rung = next_rung(due, offsets=_offsets(timer, matter=matter, on=on), fired=timer.fired)
    timer.next_at = rung.at if rung else None


def due_of(timer: Timer) -> Due | Paused:
    """When it is due, computed from what the timer keeps."""
    return compute_due(
        started_at=timer.started_at,
        budget=kept_budget(timer),
        calendar=work_calendar(),
        suspensions=_suspensions(timer),
        extended_to=timer.extended_to,
    )


def kept_budget(timer: Timer) -> Budget:
    """The budget that the timer was armed with."""
    return Budget(timer.amount, Unit[timer.unit], Counting[timer.counting])


def explained(timer: Timer, *, event: str) -> str:
    """How its moment was computed, in one sentence."""
    return explain(
        event=event,
        started_at=timer.started_at,
        budget=kept_budget(timer),
        calendar=work_calendar(),
        suspensions=_suspensions(timer),
        extended_to=timer.extended_to,
        origin=Origin(timer.origin).label,
    )


def is_done_by(step_key: str, timer: Timer, *, loop: Loop, at: datetime) -> bool:
    """A clock that is ended by another step than its own is cancelled, unless it was late."""
    deadline = deadline_of(loop, timer.key)
    steps = deadline.fulfilled_by if deadline else ()
    return not steps or step_key in steps or timer.late_at(at)


def stop(timer: Timer, *, at: datetime, done: bool) -> None:
    """End a clock: done, or cancelled because what it waited for no longer applies."""
    timer.state = Timer.State.DONE if done else Timer.State.CANCELLED
    timer.done_at = at if done else None
    timer.next_at = None


def resume(timer: Timer, *, matter: Matter, on: date) -> None:
    """Let a finished clock run again: the work came back before it was accepted."""
    timer.done_at = None
    project(timer, matter=matter, on=on)


def due_rungs_of(
    timer: Timer, *, matter: Matter, now: datetime, on: date
) -> list[tuple[Rung, LadderRung]]:
    """Rungs that should have acted by now, in order, with what each does."""
    due = due_of(timer)
    if isinstance(due, Paused):
        return []
    rungs = {rung.offset: rung for rung in _rungs(timer, matter=matter, on=on)}
    pending = due_rungs(due, offsets=rungs, fired=timer.fired, now=now)
    return [(moment, rungs[moment.offset]) for moment in pending]


def project_matter(matter: Matter, timers: Iterable[Timer]) -> None:
    """Put the earliest running clock on the matter: lists sort and filter by it."""
    running = [t for t in timers if t.state == Timer.State.RUNNING and t.due_at and t.late_from]
    matter.due_at = min((t.due_at for t in running if t.due_at), default=FAR)
    matter.late_from = min((t.late_from for t in running if t.late_from), default=FAR)


def start_moment(key: str, *, facts: dict[str, object], now: datetime) -> datetime:
    """When a clock starts: at the step, or on the day or moment held by the fact `key`."""
    since = facts.get(key) if key else None
    if not isinstance(since, str):
        return now
    if len(since) == len("2026-03-01"):
        return datetime.combine(date.fromisoformat(since), time(), SHANGHAI)
    return datetime.fromisoformat(since)


def window_due(
    param: str, *, since: datetime, region_path: tuple[int, ...], on: date
) -> Due | None:
    """Until when a step with a window may be taken; None while the window is 未设定."""
    value = value_of(param, region_path=region_path, on=on)
    if not value.is_set:
        return None
    counting = counting_at(region_path, prefix=param.split(".", maxsplit=1)[0], on=on)
    budget = budget_of(value, counting=counting)
    due = compute_due(started_at=since, budget=budget, calendar=work_calendar())
    return due if isinstance(due, Due) else None


def deadline_of(loop: Loop, key: str) -> Deadline | None:
    """The declaration behind a timer."""
    return next((deadline for deadline in loop.deadlines if deadline.key == key), None)


def _offsets(timer: Timer, *, matter: Matter, on: date) -> list[int]:
    return [rung.offset for rung in _rungs(timer, matter=matter, on=on)]


def _rungs(timer: Timer, *, matter: Matter, on: date) -> tuple[LadderRung, ...]:
    if not timer.ladder:
        return ()
    value = value_of(timer.ladder, region_path=matter.path_ids, on=on)
    return value.value.rungs if isinstance(value.value, Ladder) else ()


def _suspensions(timer: Timer) -> tuple[Suspension, ...]:
    return tuple(
        Suspension(
            datetime.fromisoformat(entry["from"]),
            datetime.fromisoformat(entry["until"]) if entry.get("until") else None,
            entry["reason"],
        )
        for entry in timer.suspensions
    )


def is_far(moment: datetime) -> bool:
    """Whether a due moment stands for "none"."""
    return moment >= _FROM_FAR
