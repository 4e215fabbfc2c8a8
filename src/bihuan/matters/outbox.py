"""Delivering the outbox: lease, send, give back; a row is sent once or tried again later."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import connection, transaction

from bihuan.matters.models import Heartbeat, Outbox

LEASE = timedelta(minutes=5)
BACKOFF_MINUTES = (1, 5, 15, 60, 240)
BATCH = 50
Send = Callable[[Outbox], None]


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What one round sent and what failed."""

    sent: int
    failed: int


def deliver(*, now: datetime, send: Send | None = None) -> Delivered:
    """Send what is waiting; failures come back with growing pauses, then rest as failed."""
    sent = failed = 0
    for row in _lease(now):
        try:
            (send or _mail)(row)
        except OSError as error:  # a mail server that is away is an ordinary day
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


def _lease(now: datetime) -> list[Outbox]:
    with transaction.atomic():
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
