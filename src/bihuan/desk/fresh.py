"""What has just come in and nobody has taken up: by its deadline it would stand last."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import inbox
from bihuan.matters.models import Matter

type Row = dict[str, Any]


def fresh(by: Actor, *, at: datetime) -> QuerySet[Matter]:
    """New matters that wait for the actor and aren't late, newest first.

    Children are none: they open beside a matter that is known already.
    """
    new = Q(pk__in=())
    for loop in catalog().loops:
        if not loop.parent:
            new |= Q(kind=loop.key, stage__in=_first_stages(loop))
    return inbox(by).filter(new, late_from__gt=at).order_by("-id")


def is_fresh(row: Row, *, at: datetime) -> bool:
    """Whether a row of the inbox is one of them."""
    loop = catalog().loop(row["kind"])
    return not loop.parent and row["stage"] in _first_stages(loop) and bool(row["late_from"] > at)


def _first_stages(loop: Loop) -> list[str]:
    first = loop.first_stage.key
    return [stage.key for stage in loop.stages if first in (stage.key, stage.track)]
