"""The clocks of a matter: what is left, how the moment was computed, and clocks that are 未设定."""

from datetime import date, datetime, timedelta
from typing import Any

from bihuan.language.clock import (
    SHANGHAI,
    Due,
    Paused,
    Tone,
    compute_due,
    explain,
    is_late,
    remaining,
    standing,
    tone,
)
from bihuan.language.loop import Deadline, NoDeadline, Unset, Window
from bihuan.language.parameter import Origin
from bihuan.language.wording import day_text
from bihuan.matters.case import Case
from bihuan.matters.clocks import (
    budget_of,
    due_of,
    explained,
    start_moment,
    work_calendar,
)
from bihuan.matters.models import Timer
from bihuan.ui.words import moment, short_day, weekday

DAYS_SHOWN_MAX = 14
_MOMENT = timedelta(microseconds=1)
_ONE_DAY = timedelta(days=1)
_TONES = {Tone.CALM: "ok", Tone.SOON: "soon", Tone.LATE: "late"}
_CHIPS = {Tone.CALM: "doing", Tone.SOON: "todo", Tone.LATE: "late"}
_UNITS = {"DAYS": "日", "HOURS": "小时", "MINUTES": "分钟"}


def clocks_of(case: Case) -> list[dict[str, Any]]:
    """Every clock of the matter: running ones first, then windows, then what is done or unset."""
    timers = case.timers
    shown = [
        _timer(case, clock, timers[clock.key])
        for clock in case.loop.deadlines
        if clock.key in timers and timers[clock.key].state != Timer.State.CANCELLED
    ]
    shown += [_window(case, window) for window in _windows(case)]
    shown += _unset(case)
    return sorted(shown, key=_order)


def why_no_clock(case: Case) -> str:
    """Why the present stage has no clock; "" when it has one."""
    first = case.loop.stage(case.matter.stage).deadline
    return first.why if isinstance(first, NoDeadline) else ""


def standing_words(case: Case) -> str:
    """Where the matter stands, as the last sentence of a report."""
    stage = case.loop.stage(case.matter.stage)
    if stage.closed:
        return ""
    running = [t for t in case.timers.values() if t.state == Timer.State.RUNNING and t.due_at]
    if not running:
        return f"目前环节为“{stage.label}”。"
    timer = min(running, key=_due_moment)
    due = due_of(timer)
    clock = next((one for one in case.loop.deadlines if one.key == timer.key), None)
    label = clock.label if clock else "期限"
    return f"目前环节为“{stage.label}”，{label}{_last_day(due)}，{remaining(due, now=case.now)}。"


def _timer(case: Case, clock: Deadline, timer: Timer) -> dict[str, Any]:
    due = due_of(timer)
    how = [explained(timer, event=clock.event)]
    if timer.extension_reason:
        how.append(f"延期理由：{timer.extension_reason}")
    if timer.is_provisional:
        how.append("放假安排载入后重新推算。")
    if clock.basis:
        how.append(f"依据：{'、'.join(clock.basis)}")
    shown: dict[str, Any] = {
        "label": f"{clock.label} {timer.amount} {_UNITS.get(timer.unit, '')}",
        "how": {"lines": how, "open": timer.state == Timer.State.RUNNING},
    }
    if timer.state == Timer.State.DONE:
        return {**shown, **_finished(timer, due)}
    return {**shown, **_running(case, due, started_at=timer.started_at)}


def _running(case: Case, due: Due | Paused, *, started_at: datetime) -> dict[str, Any]:
    shown: dict[str, Any] = {"words": remaining(due, now=case.now), "tone": "paused"}
    if isinstance(due, Paused):
        return {**shown, "date": f"{short_day(due.since)} 起中止：{due.reason}"}
    colour = tone(due, now=case.now)
    date_words = _until_words(due)
    if due.first is not None:
        date_words += f"（原到期日 {_last_day(due.first)}）"
    return {
        **shown,
        "tone": "today" if _is_today(due, case.now) else _TONES[colour],
        "date": date_words,
        "chip": {"label": _chip(due, case.now), "tone": _CHIPS[colour]},
        "days": _days(due, started_at=started_at, now=case.now),
    }


def _finished(timer: Timer, due: Due | Paused) -> dict[str, Any]:
    was_late = timer.is_late
    until = _last_day(due)
    original = f"，原到期日 {_last_day(due.first)}" if isinstance(due, Due) and due.first else ""
    return {
        "words": "逾期完成" if was_late else "按期完成",
        "tone": "late" if was_late else "done",
        "date": f"{moment(timer.done_at)} 完成，期限 {until}{original}",
        "chip": {"label": "已停止计时", "tone": "late" if was_late else "done"},
    }


def _windows(case: Case) -> list[Window]:
    """Windows whose beginning is known, each once, where their step could still be taken."""
    here = case.loop.steps_from(case.matter.stage)
    found = {step.within.label: step.within for step in here if step.within}
    return [window for window in found.values() if case.facts.get(window.since)]


def _window(case: Case, window: Window) -> dict[str, Any]:
    value = case.value(window.param)
    if not value.is_set:
        return _unset_entry(window.label, window.param)
    since = start_moment(window.since, facts=case.facts, now=case.now)
    counting = case.value(f"{window.param.split('.', maxsplit=1)[0]}.counting")
    budget = budget_of(value, counting=str(counting.value) if counting.is_set else "calendar")
    due = compute_due(started_at=since, budget=budget, calendar=work_calendar())
    if isinstance(due, Paused):
        raise TypeError(f"window {window.label!r} can't be suspended")
    how = explain(
        event=window.event,
        started_at=since,
        budget=budget,
        calendar=work_calendar(),
        origin=Origin(value.origin).label,
    )
    shown: dict[str, Any] = {
        "label": f"{window.label} {budget.amount} {_UNITS[budget.unit.name]}",
        "how": {"lines": [how, "不影响其他期限的计算。"]},
    }
    if not is_late(due, at=case.now):
        return {**shown, **_running(case, due, started_at=since)}
    return {
        **shown,
        "words": "已届满",
        "tone": "done",
        "date": f"{_last_day(due)} 24:00 届满",
        "chip": {"label": "已届满", "tone": "plain"},
        "days": _days(due, started_at=since, now=due.due_at - _MOMENT, is_over=True),
    }


def _unset(case: Case) -> list[dict[str, Any]]:
    """The clock of the present stage when no source and nobody here gives its number."""
    first = case.loop.stage(case.matter.stage).deadline
    if not isinstance(first, Unset) or first.param in case.timers:
        return []
    stage = case.loop.stage(case.matter.stage)
    return [_unset_entry(first.label or stage.label, first.param)]


def _unset_entry(label: str, param: str) -> dict[str, Any]:
    lines = (
        "依据包没有给出这一期限，系统不自行填数。",
        f"本单位设定“{param}”后，自设定之后的计时起生效。",
    )
    return {
        "label": label,
        "words": "未设定",
        "tone": "paused",
        "date": "原文未规定，本单位可以设定",
        "how": {"lines": lines},
    }


def _days(
    due: Due, *, started_at: datetime, now: datetime, is_over: bool = False
) -> list[dict[str, str]]:
    """One mark per day from the start to the due day; none for a long or a clock deadline."""
    if due.due_on is None:
        return []
    start, today = started_at.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    last = max(due.due_on, min(today, due.due_on + 3 * _ONE_DAY)) if not is_over else due.due_on
    count = (last - start).days + 1
    if not 0 < count <= DAYS_SHOWN_MAX:
        return []
    days = [start + step * _ONE_DAY for step in range(count)]
    return [_day(day, start=start, due_on=due.due_on, today=today, is_over=is_over) for day in days]


def _day(day: date, *, start: date, due_on: date, today: date, is_over: bool) -> dict[str, str]:
    label = f"{day.day} 止" if day == due_on else str(day.day)
    if day == today and not is_over:
        look = "over" if day > due_on else "today"
        return {"label": "今日", "look": look}
    if day > due_on:
        return {"label": label, "look": "over"}
    if day == start:
        return {"label": label, "look": "free"}
    if is_over:
        return {"label": label, "look": "spent"}
    return {"label": label, "look": "past" if day < today else "left"}


def _until_words(due: Due) -> str:
    if due.due_on is None:
        return f"{moment(due.due_at)} 前"
    return f"{short_day(due.due_on)}（{weekday(due.due_on)}）24:00 前"


def _last_day(due: Due | Paused) -> str:
    if isinstance(due, Paused):
        return "中止"
    return day_text(due.due_on, year=due.due_on.year) if due.due_on else moment(due.due_at)


def _chip(due: Due, now: datetime) -> str:
    if is_late(due, at=now):
        return "已逾期"
    if due.due_on is None:
        return "计时中"
    return standing(due, now=now)


def _is_today(due: Due, now: datetime) -> bool:
    return due.due_on == now.astimezone(SHANGHAI).date() and not is_late(due, at=now)


def _due_moment(timer: Timer) -> datetime:
    if timer.due_at is None:
        raise ValueError(f"timer {timer.key!r} has no due moment")
    return timer.due_at


def _order(entry: dict[str, Any]) -> int:
    return {"late": 0, "today": 1, "soon": 2, "ok": 3, "paused": 4}.get(entry["tone"], 5)
