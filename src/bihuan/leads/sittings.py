"""Readings counted as sittings: an account that somebody keeps looking at is consulted once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.leads.models import Reading
from bihuan.leads.sealing import Purpose
from bihuan.matters.models import Matter

PAUSE_MAX = timedelta(minutes=30)


def consulted(matter: Matter) -> str:
    """How often the sealed parts of a matter were consulted, with the number of log lines."""
    lines = _read(matter.pk)
    if not lines:
        return "还没有调阅"
    return f"调阅 {sittings(lines)} 次，记录 {len(lines)} 条"


@prepared
def _read(matter_id: int) -> QuerySet[Reading, tuple[int, str, datetime]]:
    read = Reading.objects.filter(matter_id=matter_id).order_by("at", "id")
    return read.values_list("who_id", "purpose", "at")


def sittings(lines: Iterable[tuple[int, str, datetime]]) -> int:
    """Sittings in readings (who, purpose, at), earliest first.

    One person's readings of the account go together until he pauses for more than half an hour:
    a page, its pictures and a form that came back are one. Each identity has its own reason, so
    each counts.
    """
    count = 0
    latest: dict[int, datetime] = {}
    for who, purpose, at in lines:
        if purpose == Purpose.IDENTITY.value:
            count += 1
            continue
        before = latest.get(who)
        count += before is None or at - before > PAUSE_MAX
        latest[who] = at
    return count
