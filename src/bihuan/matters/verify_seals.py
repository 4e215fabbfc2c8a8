"""Compares the daily seals with each other and with the trail."""

import hashlib
import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from bihuan.matters import trail
from bihuan.matters.models import Entry, Seal
from bihuan.matters.seals import LEAF, seal_hash
from bihuan.matters.verify_reading import loaded, rows
from bihuan.matters.verify_told import Walk

_READ = ("day", "previous", "hash", "leaves", "counters", "leaf_count")


class Days:
    """What the leaves of each day's seal should be, hashed while the trail is read.

    Matters are read in the order in which a seal lists them, so one running hash a day is enough.
    """

    def __init__(self) -> None:
        self.hashes: dict[int, Any] = {}

    def add(self, walk: Walk) -> None:
        """Take in the last entry of each day of a matter."""
        for day, (seq, head) in walk.days.items():
            running = self.hashes.get(day)
            if running is None:
                running = self.hashes[day] = hashlib.sha256()
            running.update(LEAF.pack(walk.matter_id, seq, head))

    def digest(self, day: date) -> bytes:
        """Hash over the leaves of that day as the trail has them."""
        running = self.hashes.get(day.toordinal())
        return bytes(running.digest()) if running else hashlib.sha256().digest()


def compare_seals(days: Days) -> Iterator[tuple[str, list[str]]]:
    """The day of each seal, and what is wrong with it."""
    previous = trail.GENESIS
    day_before: date | None = None
    for row in rows(Seal, _READ, order="day", at_once=20):
        text, stored = str(row[0]), bytes(row[2])
        day, leaves = _day(text), _unpacked(row[3])
        faults = []
        if day is None:
            faults.append("its day can't be read")
        if bytes(row[1]) != previous or stored != _hash(day, previous, leaves, row[4]):
            faults.append("doesn't follow, or was changed")
        if day and day_before and (day - day_before).days != 1:
            faults.append("the day before it is missing")
        if leaves is None:
            faults.append("its leaves can't be read")
        elif day and hashlib.sha256(leaves).digest() != days.digest(day):
            faults += _named_leaves(leaves)
        if leaves is not None and row[5] != len(leaves) // LEAF.size:
            faults.append("the number of its leaves was changed")
        yield text, faults
        previous, day_before = stored, day or day_before


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _hash(day: date | None, previous: bytes, leaves: bytes | None, counters: Any) -> bytes:
    return seal_hash(
        day=day or date.min, previous=previous, leaves=leaves or b"", counters=loaded(counters)
    )


def _unpacked(packed: Any) -> bytes | None:
    """The leaves of a seal, or None when their packing is damaged."""
    try:
        leaves = zlib.decompress(packed)
    except (zlib.error, TypeError):
        return None
    return None if len(leaves) % LEAF.size else leaves


def _named_leaves(leaves: bytes) -> list[str]:
    """A day's leaves differ from the trail: find which matters."""
    found = []
    for matter_id, seq, head in LEAF.iter_unpack(leaves):
        entry = Entry.objects.filter(matter_id=matter_id, seq=seq)
        stored = entry.values_list("hash", flat=True).first()
        if stored is None or bytes(stored) != head:
            found.append(f"matter {matter_id} entry {seq} is missing or changed")
    return found or ["entries were added to that day later"]
