"""The progress line of a matter: who ended each stage and when, and whose turn it is now."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from bihuan.accounts.roles import BY_KEY
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop, Stage, deadlines_of
from bihuan.language.wording import rough_length
from bihuan.matters.case import Case
from bihuan.matters.models import Timer
from bihuan.matters.naming import Names
from bihuan.matters.trail import Line
from bihuan.ui.words import short_moment

DEEDS_SHOWN = 2  # what a narrow column holds
_MOMENT = timedelta(microseconds=1)


def flow_of(case: Case, lines: list[Line], *, names: Names) -> list[dict[str, Any]]:
    """Stages of the progress line in order, done, in hand, late, ahead or passed by."""
    loop, stage = case.loop, case.loop.stage(case.matter.stage)
    keys = list(loop.tracks) or [s.key for s in loop.stages if not s.closed and not s.track]
    here = stage.track or stage.key
    if here not in keys:
        keys = [*keys, here]
    elif not loop.tracks and not stage.closed:
        keys = [*keys, _last_stage(loop).key]
    place = keys.index(here)
    entered, moved = _passages(lines, loop=loop)
    ends = _ends(case, keys[place + 1 :])
    flow = []
    for at, key in enumerate(keys):
        if at < place:
            came, gone = entered.get(key, []), moved.get(key, [])
            flow.append(_behind(loop.stage(key), came, gone, loop=loop, names=names))
        elif at == place:
            came = entered.get(key, [])
            flow.append(_current(case, stage, loop.stage(key), came, names=names))
        else:
            ahead = _ahead(loop.stage(key), until=ends.get(key, ""))
            flow.append(ahead if case.matter.is_open else {**ahead, "state": "skipped"})
    return flow


def flow_words(case: Case, flow: list[dict[str, Any]]) -> str:
    """第 4 步，共 8 步 · 历时 6 天 17 小时."""
    matter = case.matter
    place = next((at for at, one in enumerate(flow, 1) if one.get("here")), len(flow))
    until = matter.closed_at or case.now
    lasted = rough_length(max(until, matter.opened_at) - matter.opened_at)
    return f"第 {place} 步，共 {len(flow)} 步 · 历时 {lasted}"


def _passages(
    lines: list[Line], *, loop: Loop
) -> tuple[dict[str, list[Line]], dict[str, list[Line]]]:
    """Lines that entered a place of the track, and those that moved on since, by place.

    A step that was taken back has neither entered nor moved anything.
    """
    entered: dict[str, list[Line]] = {}
    moved: dict[str, list[Line]] = {}
    places = {stage.key: stage.track or stage.key for stage in loop.stages}
    before = ""
    for line in lines:
        place = places.get(line.stage_to, before)
        if line.stage_from == line.stage_to:
            continue  # neither a step within a stage nor taking it back has moved anything
        if line.step == "withdraw":
            moved.get(place, [line]).pop()
            if place != before:
                entered.get(before, [line]).pop()
        else:
            moved.setdefault(before, []).append(line)
            if place != before:
                entered.setdefault(place, []).append(line)
                moved[place] = []
        before = place
    return entered, moved


def _behind(
    stage: Stage, entered: list[Line], moved: list[Line], *, loop: Loop, names: Names
) -> dict[str, Any]:
    """Who did what to end it, and when; a way round, such as an escalation, is told beneath."""
    if not moved:
        return {"label": stage.label, "state": "skipped", "who": "未经过", "when": ""}
    own = [line for line in entered if line.stage_to == stage.key] or entered
    round_about = Counter(line.stage_to for line in entered if line.stage_to != stage.key)
    notes = [f"{loop.stage(key).label} {count} 次" for key, count in round_about.items()]
    if len(own) > 1:
        notes.append(f"第 {len(own)} 次")
    return {
        "label": stage.label,
        "state": "done",
        "who": _deeds(moved[-DEEDS_SHOWN:], loop=loop, names=names),
        "when": short_moment(moved[-1].happened_at),
        "note": " · ".join(notes) if own is not entered else "",
    }


def _deeds(moved: list[Line], *, loop: Loop, names: Names) -> str:
    """戚承远归类、交办: a stage is named now for what led to it, now for what is done in it."""
    labels = {step.key: step.label for step in loop.steps}
    told = []
    for actor, deeds in groupby(moved, key=_actor_of):
        done = "、".join(labels[line.step] for line in deeds if line.step in labels)
        told.append(f"{names.short(actor).rpartition(' ')[2]}{done}")
    return "，".join(told)


def _actor_of(line: Line) -> str:
    return line.actor


def _current(
    case: Case, stage: Stage, track: Stage, entered: list[Line], *, names: Names
) -> dict[str, Any]:
    since = entered[-1].happened_at if entered else case.matter.opened_at
    shown = {"label": track.label, "here": True}
    if stage.closed:
        who = _deeds(entered[-1:], loop=case.loop, names=names)
        return {**shown, "state": "done", "who": who, "when": short_moment(since)}
    is_late = case.matter.late_from <= case.now
    return {
        **shown,
        "state": "late" if is_late else "now",
        "who": f"轮到{names.short(_holder(stage, case=case))}",
        "when": f"在办 {_days_in_hand(since, case.now)}",
        "note": stage.label if stage.key != track.key else "",
    }


def _ahead(stage: Stage, *, until: str) -> dict[str, Any]:
    return {"label": stage.label, "state": "next", "who": _role(stage), "when": until or "待办"}


def _ends(case: Case, ahead: list[str]) -> dict[str, str]:
    """By what day the stages ahead are reached: where a clock that runs now has ended."""
    ends: dict[str, str] = {}
    for timer in case.timers.values():
        if timer.state != Timer.State.RUNNING or timer.due_at is None:
            continue
        last = (timer.due_at - _MOMENT).astimezone(SHANGHAI)
        for key in ahead:
            if timer.key not in {clock.key for clock in deadlines_of(case.loop.stage(key))}:
                ends.setdefault(key, f"{last:%m-%d} 前")
                break
    return ends


def _holder(stage: Stage, *, case: Case) -> str:
    unit = case.unit
    return f"{unit.name} {_role(stage)}" if unit and _is_of_unit(stage) else _role(stage)


def _is_of_unit(stage: Stage) -> bool:
    role = BY_KEY.get(stage.holder)
    return role is not None and role.reach.value == "unit"


def _role(stage: Stage) -> str:
    role = BY_KEY.get(stage.holder)
    return role.label if role else ""


def _last_stage(loop: Loop) -> Stage:
    return next(stage for stage in loop.stages if stage.closed)


def _days_in_hand(since: datetime, now: datetime) -> str:
    return rough_length(max(now, since) - since)
