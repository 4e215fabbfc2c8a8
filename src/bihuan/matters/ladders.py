"""What a rung of a ladder does when its moment has come."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bihuan.language.clock import Rung
from bihuan.language.parameter import LadderRung
from bihuan.matters import clocks, groups, journal, notices
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Facts, RungFired, Timer
from bihuan.matters.writing import add, change

Opened = list[tuple[str, dict[str, dict[str, Any]]]]


def act(case: Case, timer: Timer, moment: Rung, rung: LadderRung) -> Opened:
    """Record the rung, tell whom it names, and return the grounds of rules it calls on."""
    add(
        RungFired(
            timer=timer,
            started_at=timer.started_at,
            offset=moment.offset,
            act=rung.act,
            due_at=timer.due_at or moment.at,
        )
    )
    timer.fired = [*timer.fired, moment.offset]
    done, facts = _moved_on(case, timer, moment)
    clocks.project(timer, matter=case.matter, on=case.today)
    journal.append(
        case.matter,
        case,
        step=f"clock.{rung.act}",
        stage_from=case.matter.stage,
        # A clock that was stopped and runs again acts from then on, not in the time between.
        happened_at=max(moment.at, case.matter.moved_at),
        changes={
            "clock": timer.key,
            "rung": moment.offset,
            "label": f"{rung.label}{done}",
            **({"facts": facts} if facts else {}),
            "clocks": {timer.key: journal.clock_told(timer)},
        },
        actor="系统时钟",
    )
    if not case.quiet:
        stage = case.loop.stage(case.matter.stage)
        due_at = timer.due_at or moment.at
        words = _words(case, timer, moment, rung, due_at=due_at)
        for role in rung.to or (stage.holder,):
            key = f"{timer.key}.{moment.offset}.{timer.started_at:%Y%m%d%H%M}"
            notices.tell(
                case.matter, role=role, event=rung.label, key=key, now=case.now, words=words
            )
        groups.tell_groups(case, timer, offset=moment.offset, due_at=due_at)
    return _grounds(case, timer, moment) if rung.act == "propose" else []


def _moved_on(case: Case, timer: Timer, moment: Rung) -> tuple[str, dict[str, list[Any]]]:
    """What the declaration does as a rung acts: its words, and the facts that it changed."""
    deadline = clocks.deadline_of(case.loop, timer.key)
    if deadline is None or deadline.at_rung is None or moment.offset < 0:
        return "", {}
    before = dict(case.facts)
    at = replace(case, now=max(moment.at, case.matter.moved_at))
    words = deadline.at_rung(at)
    facts = journal.differences(before, case.facts)
    if facts:
        change(Facts(matter_id=case.matter.pk, data=case.facts), "data")
    return f"：{words}" if words else "", facts


def _words(case: Case, timer: Timer, moment: Rung, rung: LadderRung, *, due_at: datetime) -> str:
    """What the reader is to do by when; the rung's own label says whom the rule names."""
    due = groups.due_words(case, timer, is_late=moment.offset >= 0, due_at=due_at)
    if rung.act == "propose":
        return f"{due}，请看建议并作决定"
    return f"{due}，请{'尽快' if moment.offset >= 0 else '按期'}办理"


def _grounds(case: Case, timer: Timer, moment: Rung) -> Opened:
    rules = [rule for rule in catalog().rules_of(case.matter.kind) if timer.key in rule.on]
    found = [(rule.key, rule.grounds(case, at=moment.at)) for rule in rules]
    return [(key, grounds) for key, grounds in found if grounds]
