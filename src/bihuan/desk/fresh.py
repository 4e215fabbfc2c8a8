"""What has just come in and nobody has taken up: it has no clock yet, so it would stand last."""

from typing import Any

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.language.loop import Loop
from bihuan.matters.clocks import is_far
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import inbox
from bihuan.matters.models import FAR, Matter

type Row = dict[str, Any]


def fresh(by: Actor) -> QuerySet[Matter]:
    """New matters that wait for the actor, newest first; children have clocks of their own."""
    new = Q(pk__in=())
    for loop in catalog().loops:
        if not loop.parent:
            new |= Q(kind=loop.key, stage__in=_first_stages(loop))
    return inbox(by).filter(new, due_at__gte=FAR).order_by("-id")


def is_fresh(row: Row) -> bool:
    """Whether a row of the inbox is one of them."""
    loop = catalog().loop(row["kind"])
    return not loop.parent and row["stage"] in _first_stages(loop) and is_far(row["due_at"])


def _first_stages(loop: Loop) -> list[str]:
    first = loop.first_stage.key
    return [stage.key for stage in loop.stages if first in (stage.key, stage.track)]
