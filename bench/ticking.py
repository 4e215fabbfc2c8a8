"""A round of the clock among a million running clocks, a thousand of them due with their steps.

The thousand are leads that were handed over through the engine; their reminders are due together.
The clocks of a filled deployment never are. Up to a million others are made up on matters without
one: due in the year 2099, only the index sees them, and they are taken away again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import connection

from bench.steps import Bench
from bihuan.matters.models import RungFired, Timer
from bihuan.matters.ticking import BATCH, tick

CLOCKS, DUE = 1_000_000, 1_000
TARGETS_S = {"sqlite": 0.8, "postgresql": 0.5}
HANDED_OVER = 3  # steps of a lead's path
MADE_UP = "bench"
NEVER = datetime(2099, 1, 1, tzinfo=UTC)


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Rows of {name, value, unit, target, met}: seconds, CPU seconds and rungs of one round."""
    wanted, due = (0, 20) if quick else (CLOCKS, DUE)
    moment = _due_together(due)
    with _made_up(wanted) as clocks:
        before = RungFired.objects.count()
        started, cpu = time.perf_counter(), time.process_time()
        done = tick(now=moment)
        wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
        rungs = RungFired.objects.count() - before
    say(f"{done.matters} matters of {clocks} clocks in batches of {BATCH}, {rungs} rungs")
    target = None if quick else TARGETS_S[connection.vendor]
    is_met = None if target is None else wall_s <= target
    return [
        _figure(f"tick, {done.matters} due of {clocks:,}", wall_s, "s", target, is_met=is_met),
        _figure("tick, CPU", cpu_s, "s", None, is_met=None),
        _figure("tick, rungs", rungs, "", None, is_met=None),
    ]


def _due_together(count: int) -> datetime:
    """Hand over leads; the moment when so many clocks of theirs are due, and no others."""
    bench = Bench()
    for _ in range(count):
        for step in islice(bench.path(), HANDED_OVER):
            step()
    moments = Timer.objects.exclude(next_at=None).order_by("next_at")
    found = moments.values_list("next_at", flat=True)[count - 1 : count].get()
    if found is None:
        raise AssertionError("a clock without a moment was found among those with one")
    return found


@contextmanager
def _made_up(wanted: int) -> Iterator[int]:
    """So many clocks with a moment at least; how many there are."""
    running = Timer.objects.exclude(next_at=None).count()
    fields = (field for field in Timer._meta.concrete_fields if not field.primary_key)
    columns = [str(field.column) for field in fields]
    told = {"matter_id": "m.id", "key": f"'{MADE_UP}'", "next_at": "%s"}
    copied = ", ".join(told.get(name, f"t.{name}") for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO matters_timer ({', '.join(columns)}) SELECT {copied}"  # noqa: S608
            " FROM matters_matter m, (SELECT * FROM matters_timer ORDER BY id LIMIT 1) t"
            " WHERE NOT EXISTS (SELECT 1 FROM matters_timer o WHERE o.matter_id = m.id)"
            " ORDER BY m.id LIMIT %s",
            [NEVER, max(wanted - running, 0)],
        )
    try:
        yield Timer.objects.exclude(next_at=None).count()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM matters_timer WHERE key = %s", [MADE_UP])


def _figure(
    name: str, value: float, unit: str, target: float | None, *, is_met: bool | None
) -> dict[str, Any]:
    return {"name": name, "value": round(value, 2), "unit": unit, "target": target, "met": is_met}
