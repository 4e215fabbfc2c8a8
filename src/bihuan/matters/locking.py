"""Taking a matter in hand: its row locked for the transaction, and visible to the actor."""

from datetime import datetime

from django.db.models import QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Facts, Matter
from bihuan.matters.reach import may_see
from bihuan.matters.refusals import NotFound
from bihuan.matters.writing import remember


def lock(matter_id: int, *, by: Actor, now: datetime) -> Case:
    """The case of a matter, locked for this transaction and visible to the actor."""
    return _case(_locked.first(matter_id), by=by, now=now)


def look(matter_id: int, *, by: Actor, now: datetime) -> Case:
    """The same without a lock: for what is worth knowing before the lock is asked for."""
    return _case(_seen.first(matter_id), by=by, now=now)


def _case(matter: Matter | None, *, by: Actor, now: datetime) -> Case:
    if matter is None or not may_see(matter, by=by):
        raise NotFound
    remember(matter)
    facts = _facts.first(matter.pk)
    if facts is None:
        raise Facts.DoesNotExist(f"no facts of matter {matter.pk!r}")
    return Case(matter=matter, loop=catalog().loop(matter.kind), by=by, now=now, facts=facts.data)


@prepared
def _locked(matter_id: int) -> QuerySet[Matter]:
    return Matter.objects.select_for_update().filter(pk=matter_id)


@prepared
def _seen(matter_id: int) -> QuerySet[Matter]:
    return Matter.objects.filter(pk=matter_id)


@prepared
def _facts(matter_id: int) -> QuerySet[Facts]:
    return Facts.objects.filter(pk=matter_id)
