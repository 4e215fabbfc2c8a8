"""The daily seal (日封): heads of all matters that moved that day and the number counters."""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Min, QuerySet

from bihuan.database.prepared import prepared
from bihuan.language.clock import SHANGHAI
from bihuan.matters import moment, trail
from bihuan.matters.models import Counter, Entry, Seal
from bihuan.matters.writing import engine_writes

LEAF = struct.Struct(">QI32s")
SETTLES = timedelta(minutes=10)  # a day is over when all that began on it has been written
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Leaf:
    """The last entry of one matter on one day."""

    matter_id: int
    seq: int
    head: bytes


def seal_until(last: date, *, now: datetime) -> list[date]:
    """Seal every day up to `last` that isn't sealed yet; returns the days sealed now."""
    newest = Seal.objects.order_by("-day").values_list("day", flat=True).first()
    if newest is None:
        first = Entry.objects.aggregate(first=Min("recorded_at"))["first"]
        if first is None:
            return []
        day = first.astimezone(SHANGHAI).date()
    else:
        day = newest + _ONE_DAY
    sealed = []
    while day <= last:
        _seal(day, now=now)
        sealed.append(day)
        day += _ONE_DAY
    return sealed


def last_over(now: datetime) -> date:
    """The last day that may be sealed at that moment."""
    return (now - SETTLES).astimezone(SHANGHAI).date() - _ONE_DAY


def unsealed(at: datetime) -> datetime:
    """When something of that moment is recorded: then, or now if its day has been sealed.

    A form that was sent slowly over midnight, or a step that waited for its turn, must not make
    the seal of an honest day look broken.
    """
    newest = _newest_day.first()  # asked each time: the server's clock may have been set back
    if newest is None:
        return at
    open_from = day_bounds(newest)[1]
    return at if at >= open_from else max(moment.now(), open_from)


@prepared
def _newest_day() -> QuerySet[Seal, date]:
    return Seal.objects.order_by("-day").values_list("day", flat=True)[:1]


def leaves_of(seal: Seal) -> Iterator[Leaf]:
    """The leaves of a seal, in the order of their matters."""
    plain = zlib.decompress(bytes(seal.leaves))
    for matter_id, seq, head in LEAF.iter_unpack(plain):
        yield Leaf(matter_id, seq, head)


def seal_hash(*, day: date, previous: bytes, leaves: bytes, counters: Any) -> bytes:
    """Hash of a day over the hash before, its leaves and the counters."""
    text = json.dumps(counters, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return trail.digest(
        b"".join(
            [day.isoformat().encode(), previous, hashlib.sha256(leaves).digest(), text.encode()]
        )
    )


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """From 00:00 of the day until 00:00 of the next, in Shanghai."""
    start = datetime.combine(day, time(), SHANGHAI)
    return start, start + _ONE_DAY


def _seal(day: date, *, now: datetime) -> None:
    start, end = day_bounds(day)
    with engine_writes():
        moved = (
            Entry.objects.filter(recorded_at__gte=start, recorded_at__lt=end)
            .values("matter_id")
            .annotate(last=Max("seq"))
            .order_by("matter_id")
            .values_list("matter_id", "last")
        )
        leaves = b"".join(
            LEAF.pack(matter_id, last, _head(matter_id, last)) for matter_id, last in moved
        )
        counters = [
            list(row)
            for row in Counter.objects.order_by("series", "organ", "sector", "year").values_list(
                "series", "organ", "sector", "year", "value"
            )
        ]
        newest = Seal.objects.order_by("-day").values_list("hash", flat=True).first()
        previous = bytes(newest) if newest else trail.GENESIS
        Seal.objects.create(
            day=day,
            previous=previous,
            hash=seal_hash(day=day, previous=previous, leaves=leaves, counters=counters),
            leaves=zlib.compress(leaves),
            counters=counters,
            leaf_count=len(leaves) // LEAF.size,
            sealed_at=now,
        )


def _head(matter_id: int, seq: int) -> bytes:
    found = Entry.objects.filter(matter_id=matter_id, seq=seq).values_list("hash", flat=True)
    return bytes(found[0])
