"""Taking rows of the outbox in hand, together with what waits for the same reader, and back."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Prefetch, Q, QuerySet

from bihuan.database.turns import turn_to_write
from bihuan.matters.groups import withdraw_recused
from bihuan.matters.models import Matter, Outbox
from bihuan.matters.parcels import DIGEST_OVER, Parcel
from bihuan.matters.robots import LABELS

LEASE: Final = timedelta(minutes=5)
BACKOFF_MINUTES: Final = (1, 5, 15, 60, 240)
BATCH: Final = 50
JOINING_MAX: Final = 2000


def lease(now: datetime, *, resting: Collection[str] = ()) -> list[Parcel]:
    """Parcels to send now; `resting` are channels that are left alone.

    Rows due bring along whatever else waits for the same reader, even in its pause after a
    failure: a server that is back is used for all of it at once.
    """
    with turn_to_write(), transaction.atomic():
        if settings.ROBOTS:
            withdraw_recused()
        waiting = Outbox.objects.filter(next_at__lte=now).exclude(channel__in=resting)
        due = list(_locked(waiting.order_by("next_at", "id"))[:BATCH])
        parcels = _parcels([*due, *_joining(due, now=now)], now=now) if due else []
        held = [row.pk for parcel in parcels for row in parcel.rows]
        Outbox.objects.filter(pk__in=held).update(leased_until=now + LEASE, next_at=now + LEASE)
    return parcels


def mark_sent(parcel: Parcel) -> None:
    """All its rows are done with, at one stroke."""
    rows = Outbox.objects.filter(pk__in=[row.pk for row in parcel.rows])
    rows.update(state=Outbox.State.SENT, next_at=None, leased_until=None)


def give_free(parcels: Iterable[Parcel], *, now: datetime) -> None:
    """Nothing was tried: rows wait as they did, for whoever comes next."""
    with turn_to_write(), transaction.atomic():
        for row in (row for parcel in parcels for row in parcel.rows):
            mine = Outbox.objects.filter(pk=row.pk, leased_until=now + LEASE)
            mine.update(leased_until=None, next_at=row.next_at)


def give_back(parcel: Parcel, *, now: datetime, error: str) -> None:
    """It wasn't taken: rows that were due pause longer each time, then rest as failed.

    Rows that only came along keep their own moment, so no attempt is counted for them.
    """
    with turn_to_write(), transaction.atomic():
        for row in parcel.rows:
            changes = _after_failure(row, now=now) if _is_due(row, now) else {}
            Outbox.objects.filter(pk=row.pk).update(
                **{"next_at": row.next_at, **changes}, leased_until=None, error=error[:200]
            )


def _after_failure(row: Outbox, *, now: datetime) -> dict[str, object]:
    attempts = row.attempts + 1
    if attempts > len(BACKOFF_MINUTES):
        return {"attempts": attempts, "state": Outbox.State.FAILED, "next_at": None}
    pause = timedelta(minutes=BACKOFF_MINUTES[attempts - 1])
    return {"attempts": attempts, "state": Outbox.State.WAITING, "next_at": now + pause}


def _is_due(row: Outbox, now: datetime) -> bool:
    return row.next_at is not None and row.next_at <= now


def _joining(due: list[Outbox], *, now: datetime) -> list[Outbox]:
    """What else waits for the readers of these rows and is in nobody's hands."""
    people = {row.user_id for row in due if row.channel not in LABELS}
    groups = {row.channel for row in due if row.channel in LABELS}
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    theirs = Q(channel="mail", user_id__in=people) | Q(channel__in=groups)
    more = Outbox.objects.filter(free, theirs, next_at__isnull=False)
    more = more.exclude(pk__in=[row.pk for row in due])
    return list(_locked(more.order_by("id"))[:JOINING_MAX])


def _locked(rows: QuerySet[Outbox]) -> QuerySet[Outbox]:
    """Two workers never hold the same row; of its matter only the deadline is read."""
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(skip_locked=True)
    deadlines = Matter.objects.only("due_at", "is_open")
    return rows.prefetch_related("user", Prefetch("matter", deadlines))


def _parcels(rows: list[Outbox], *, now: datetime) -> list[Parcel]:
    by_reader: dict[tuple[str, int | None], list[Outbox]] = {}
    for row in rows:
        by_reader.setdefault((row.channel, row.user_id), []).append(row)
    parcels = []
    for (channel, _user), theirs in by_reader.items():
        if channel in LABELS or len(theirs) > DIGEST_OVER:
            parcels.append(Parcel(tuple(sorted(theirs, key=_age))))
        else:
            parcels += [Parcel((row,)) for row in theirs if _is_due(row, now)]
    return parcels


def _age(row: Outbox) -> int:
    return row.pk
