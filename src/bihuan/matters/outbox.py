"""Delivering the outbox: lease, send, give back; a row is sent once or tried again later.

Who is killed between sending and marking sends again when the lease is over: at least once, since
neither a mail server nor a robot can be asked whether it has a message already.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bihuan.matters import channels, parcels
from bihuan.matters.leasing import give_back, give_free, lease, mark_sent
from bihuan.matters.models import Heartbeat
from bihuan.matters.parcels import Parcel
from bihuan.matters.robots import LABELS
from bihuan.matters.undelivered import reason_of

ROUND_S = 8.0  # the clock has its turn again after this, however many mails wait
Send = Callable[[Parcel], None]
Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """How many rows one round sent and how many failed."""

    sent: int
    failed: int


@dataclass
class _Tally:
    """What a round has done so far, by channel; an empty reason is a success."""

    sent: int = 0
    failed: int = 0
    outcomes: dict[tuple[str, bool], str] = field(default_factory=dict)

    def add(self, parcel: Parcel, *, reason: str = "") -> None:
        """Count its rows and keep the last reason of its channel."""
        self.sent += 0 if reason else len(parcel.rows)
        self.failed += len(parcel.rows) if reason else 0
        self.outcomes[parcel.channel, bool(reason)] = reason

    def robots(self) -> set[str]:
        """Robots that had their say in this round."""
        return {channel for channel, _is_failure in self.outcomes} & set(LABELS)


def deliver(
    *,
    now: datetime,
    send: Send = parcels.send,
    clock: Clock = time.monotonic,
    is_stopped: Callable[[], bool] | None = None,
) -> Delivered:
    """Send what is waiting, for some seconds at most; what isn't reached waits for the next round.

    Failures come back with growing pauses, then rest as failed. `clock` gives seconds.
    """
    tally = _Tally()
    until = clock() + ROUND_S
    for parcel in _in_time(now, tally, until=until, clock=clock, is_stopped=is_stopped):
        try:
            send(parcel)
        except (OSError, ValueError) as error:  # a server that is away, an address that is none
            reason = reason_of(error)
            give_back(parcel, now=now, error=reason)
            tally.add(parcel, reason=reason)
        else:
            mark_sent(parcel)
            tally.add(parcel)
    for (channel, _is_failure), reason in tally.outcomes.items():
        channels.note(channel, now=now, reason=reason)
    note = f"发出 {tally.sent}，未成 {tally.failed}"
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": now, "note": note})
    return Delivered(sent=tally.sent, failed=tally.failed)


def _in_time(
    now: datetime,
    tally: _Tally,
    *,
    until: float,
    clock: Clock,
    is_stopped: Callable[[], bool] | None,
) -> Iterator[Parcel]:
    """Leased parcels, batch after batch, while there is time; those not reached are given free."""
    resting = channels.resting(now)
    while leased := lease(now, resting=resting | tally.robots()):
        for place, parcel in enumerate(leased):
            if clock() >= until or (is_stopped is not None and is_stopped()):
                give_free(leased[place:], now=now)
                return
            yield parcel
