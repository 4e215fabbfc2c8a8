"""What has just come in and nobody has taken up: by its deadline it would stand last."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import PAGE, ROW, as_row, inbox
from bihuan.matters.models import Matter

type Row = dict[str, Any]

_CLOCK_GRACE = timedelta(seconds=1)  # a clock deadline is late a second after it was due


def fresh(by: Actor, *, at: datetime, most: int) -> list[Row]:
    """New matters that wait for the actor and aren't late, newest first.

    Children are none: they open beside a matter that is known already.
    """
    return [as_row(one) for one in _fresh(by.reach, at, at - _CLOCK_GRACE)[:most]]


@prepared
def _fresh(by: Actor, at: datetime, since: datetime) -> QuerySet[Matter, tuple[Any, ...]]:
    """`since` says nothing that `at` doesn't; the index of lists starts there."""
    new = Q(pk__in=())
    for loop in catalog().loops:
        if not loop.parent:
            new |= Q(kind=loop.key, stage__in=_first_stages(loop))
    found = inbox(by).filter(new, late_from__gt=at, due_at__gte=since).order_by("-id")
    return found.values_list(*ROW)[:PAGE]


def is_fresh(row: Row, *, at: datetime) -> bool:
    """Whether a row of the inbox is one of them."""
    loop = catalog().loop(row["kind"])
    return not loop.parent and row["stage"] in _first_stages(loop) and bool(row["late_from"] > at)


def _first_stages(loop: Loop) -> list[str]:
    first = loop.first_stage.key
    return [stage.key for stage in loop.stages if first in (stage.key, stage.track)]
