"""The clock's round: every rung that is due acts, in batches of at most a hundred matters."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from bihuan.accounts.actors import CLOCK
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import settle
from bihuan.matters.models import Facts, Heartbeat, Matter, Timer
from bihuan.matters.writing import engine_writes

BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round did."""

    matters: int
    rungs: int


def tick(*, now: datetime, quiet: bool = False) -> Round:
    """Settle every matter with a rung due by `now`; `quiet` tells nobody (history came in)."""
    matters = rungs = 0
    while True:
        done, acted = _batch(now=now, quiet=quiet)
        matters, rungs = matters + done, rungs + acted
        if done < BATCH:
            break
    Heartbeat.objects.update_or_create(
        name="clock", defaults={"beat_at": now, "note": f"{matters} 件、{rungs} 级"}
    )
    return Round(matters=matters, rungs=rungs)


def _batch(*, now: datetime, quiet: bool) -> tuple[int, int]:
    with engine_writes():
        due = list(
            Timer.objects.filter(next_at__lte=now)
            .order_by("next_at")
            .values_list("matter_id", flat=True)[:BATCH]
        )
        if not due:
            return 0, 0
        skip = connection.vendor == "postgresql"  # SQLite has one writer and nothing to skip
        locked = (
            Matter.objects.select_for_update(skip_locked=skip)
            .filter(pk__in=set(due))
            .order_by("pk")
        )
        acted = 0
        matters = list(locked)
        facts = dict(Facts.objects.filter(matter__in=matters).values_list("matter_id", "data"))
        timers: dict[int, dict[str, Timer]] = {matter.pk: {} for matter in matters}
        for timer in Timer.objects.filter(matter__in=matters):
            timers[timer.matter_id][timer.key] = timer
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
        return len(due), acted
