"""The clock's round: every rung that is due acts, in batches of at most a hundred matters.

A matter that can't be settled must not stop the clock of the others: its batch is taken again one
by one, what fails is logged, told in the heartbeat, and tried again in the next round.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from bihuan.accounts.actors import CLOCK
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import settle
from bihuan.matters.models import Facts, Heartbeat, Matter, Timer
from bihuan.matters.notices import holders_asked_once
from bihuan.matters.writing import engine_writes, remember

BATCH = 100
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round did; `failed` are the ids of matters that couldn't be settled."""

    matters: int
    rungs: int
    failed: tuple[int, ...] = ()


def tick(*, now: datetime, quiet: bool = False) -> Round:
    """Settle every matter with a rung due by `now`; `quiet` tells nobody (history came in)."""
    matters = rungs = 0
    failed: set[int] = set()
    while due := _due(now, besides=failed):
        faulty: set[int] = set()
        try:
            acted = _settle_all(due, now=now, quiet=quiet)
        except Exception:  # one of them is at fault: find it
            log.exception("batch_taken_apart matters=%s", len(due))
            acted, faulty = _one_by_one(due, now=now, quiet=quiet)
        matters, rungs, failed = matters + len(due), rungs + acted, failed | faulty
        if len(due) < BATCH or not (acted or faulty):  # none left, or others hold them
            break
    note = f"{matters} 件、{rungs} 级" + (f"，{len(failed)} 件未成" if failed else "")
    Heartbeat.objects.update_or_create(name="clock", defaults={"beat_at": now, "note": note})
    return Round(matters=matters - len(failed), rungs=rungs, failed=tuple(sorted(failed)))


def _due(now: datetime, *, besides: Collection[int]) -> list[int]:
    waiting = Timer.objects.filter(next_at__lte=now).order_by("next_at")
    if besides:
        waiting = waiting.exclude(matter_id__in=besides)
    return list(dict.fromkeys(waiting.values_list("matter_id", flat=True)[:BATCH]))


def _one_by_one(due: list[int], *, now: datetime, quiet: bool) -> tuple[int, set[int]]:
    acted = 0
    faulty: set[int] = set()
    for matter_id in due:
        try:
            acted += _settle_all([matter_id], now=now, quiet=quiet)
        except Exception:  # the edge of one matter
            faulty.add(matter_id)
            log.exception("matter_not_settled matter=%s", matter_id)
    return acted, faulty


def _settle_all(due: list[int], *, now: datetime, quiet: bool) -> int:
    skip = connection.vendor == "postgresql"  # SQLite has one writer and nothing to skip
    with engine_writes(), holders_asked_once():
        found = Matter.objects.select_for_update(skip_locked=skip).filter(pk__in=due)
        matters = [remember(matter) for matter in found.order_by("pk")]
        facts = dict(Facts.objects.filter(matter__in=matters).values_list("matter_id", "data"))
        timers: dict[int, dict[str, Timer]] = {matter.pk: {} for matter in matters}
        for timer in Timer.objects.filter(matter__in=matters):
            timers[timer.matter_id][timer.key] = remember(timer)
        acted = 0
        for matter in matters:
            case = Case(
                matter=matter,
                loop=catalog().loop(matter.kind),
                by=CLOCK,
                now=now,
                facts=facts.get(matter.pk, {}),
            )
            case.__dict__["timers"] = timers[matter.pk]
            acted += settle(case, quiet=quiet)
        return acted
