"""Delivering the outbox: lease, send, give back; a row is sent once or tried again later."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import connection, transaction

from bihuan.database.turns import turn_to_write
from bihuan.matters.models import Heartbeat, Outbox

LEASE = timedelta(minutes=5)
BACKOFF_MINUTES = (1, 5, 15, 60, 240)
BATCH = 50
ROUND_S = 8.0  # the clock has its turn again after this, however many mails wait
Send = Callable[[Outbox], None]
Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What one round sent and what failed."""

    sent: int
    failed: int


def deliver(
    *,
    now: datetime,
    send: Send | None = None,
    clock: Clock = time.monotonic,
    is_stopped: Callable[[], bool] | None = None,
) -> Delivered:
    """Send what is waiting, for some seconds at most; what isn't reached waits for the next round.

    Failures come back with growing pauses, then rest as failed. `clock` gives seconds.
    """
    sent = failed = 0
    for row in _in_time(now, until=clock() + ROUND_S, clock=clock, is_stopped=is_stopped):
        try:
            (send or _mail)(row)
        except (OSError, ValueError) as error:  # a server that is away, an address that is none
            failed += 1
            _give_back(row, now=now, error=type(error).__name__)
        else:
            sent += 1
            Outbox.objects.filter(pk=row.pk).update(
                state=Outbox.State.SENT, next_at=None, leased_until=None
            )
    Heartbeat.objects.update_or_create(
        name="worker", defaults={"beat_at": now, "note": f"发出 {sent}，未成 {failed}"}
    )
    return Delivered(sent=sent, failed=failed)


def _in_time(
    now: datetime, *, until: float, clock: Clock, is_stopped: Callable[[], bool] | None
) -> Iterator[Outbox]:
    """Leased rows, batch after batch, while there is time; those not reached are given free."""
    while rows := _lease(now):
        for place, row in enumerate(rows):
            if clock() >= until or (is_stopped is not None and is_stopped()):
                _give_free(rows[place:], now=now)
                return
            yield row


def _give_free(rows: list[Outbox], *, now: datetime) -> None:
    mine = Outbox.objects.filter(pk__in=[row.pk for row in rows], leased_until=now + LEASE)
    mine.update(leased_until=None, next_at=now)


def _lease(now: datetime) -> list[Outbox]:
    with turn_to_write(), transaction.atomic():
        waiting = Outbox.objects.filter(next_at__lte=now).order_by("next_at", "id")
        if connection.vendor == "postgresql":
            waiting = waiting.select_for_update(skip_locked=True)
        rows = list(waiting[:BATCH])
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(
            leased_until=now + LEASE, next_at=now + LEASE
        )
    return rows


def _give_back(row: Outbox, *, now: datetime, error: str) -> None:
    attempts = row.attempts + 1
    is_over = attempts > len(BACKOFF_MINUTES)
    pause = timedelta(minutes=BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES)) - 1])
    Outbox.objects.filter(pk=row.pk).update(
        attempts=attempts,
        error=error[:200],
        leased_until=None,
        state=Outbox.State.FAILED if is_over else Outbox.State.WAITING,
        next_at=None if is_over else now + pause,
    )


def _mail(row: Outbox) -> None:
    """Number and link only: nothing of the matter's content leaves the desk by mail."""
    EmailMessage(
        subject=row.text[:80], body=f"{row.text}\n请登录工作台办理。", to=[row.user.email]
    ).send()
