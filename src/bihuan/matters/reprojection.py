"""Timers armed as 暂算 are computed again when the holidays of their year are loaded."""

from datetime import datetime

from bihuan.accounts.actors import CLOCK
from bihuan.language.clock import SHANGHAI
from bihuan.matters import clocks, journal
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Facts, Matter, Timer
from bihuan.matters.writing import engine_writes, keep

STEP = "clock.reproject"


def reproject_provisional(*, now: datetime) -> int:
    """Compute every running provisional timer anew; returns how many are settled now.

    A moved due moment is journalled with its reason; a timer whose year still isn't loaded stays
    as it is.
    """
    waiting = Timer.objects.filter(is_provisional=True, state=Timer.State.RUNNING)
    settled = 0
    for matter_id in sorted(set(waiting.values_list("matter_id", flat=True))):
        with engine_writes():
            settled += _one(matter_id, now=now)
    return settled


def _one(matter_id: int, *, now: datetime) -> int:
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    facts = Facts.objects.get(pk=matter_id).data
    loop = catalog().loop(matter.kind)
    case = Case(matter=matter, loop=loop, by=CLOCK, now=now, facts=facts)
    settled = 0
    waiting = Timer.objects.filter(
        matter_id=matter_id, is_provisional=True, state=Timer.State.RUNNING
    )
    for timer in [case.timers[key] for key in waiting.values_list("key", flat=True)]:
        before = timer.due_at
        clocks.project(timer, matter=matter, on=now.astimezone(SHANGHAI).date())
        still_provisional: bool = timer.is_provisional
        if still_provisional:
            continue
        keep(timer)
        settled += 1
        _journal(case, timer, before)
    if settled:
        clocks.project_matter(matter, case.timers.values())
        journal.save_head(matter)
    return settled


def _journal(case: Case, timer: Timer, before: datetime | None) -> None:
    due = [moment.isoformat() if moment else None for moment in (before, timer.due_at)]
    journal.append(
        case.matter,
        case,
        step=STEP,
        stage_from=case.matter.stage,
        happened_at=case.now,
        changes={
            "clock": timer.key,
            "due": due,
            "label": "放假安排已载入，期限由暂算改为正式计算",
            "reason": "放假安排已载入",
            "clocks": {timer.key: journal.clock_told(timer)},
        },
        actor="系统时钟",
    )
