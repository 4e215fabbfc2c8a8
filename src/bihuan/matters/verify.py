"""Verify: chain, columns, seals and current facts; names the first bad row of each matter.

It reads the trail once in key order with a server-side cursor, keeping one matter at a time, so
memory doesn't grow with the trail. Levels: `chain` compares hashes and heads, `full` also parses
each entry and compares columns and current facts with what the trail says.
"""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from bihuan.matters import trail
from bihuan.matters.case import COLUMNS
from bihuan.matters.models import Entry, Facts, Matter, Record, Seal
from bihuan.matters.seals import LEAF, leaves_of, seal_hash

CHUNK = 2000


@dataclass
class Report:
    """What was looked at and what is wrong."""

    entries: int = 0
    matters: int = 0
    seals: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class _Walk:
    """Where the reading stands within one matter."""

    matter_id: int = 0
    seq: int = 0
    head: bytes = trail.GENESIS
    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    days: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    is_broken: bool = False


class _Days:
    """What the leaves of each day's seal should be, hashed while the trail is read.

    Matters are read in the order in which a seal lists them, so one running hash a day is enough.
    """

    def __init__(self) -> None:
        self.hashes: dict[int, Any] = {}

    def add(self, walk: _Walk) -> None:
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


def verify(*, full: bool = True) -> Report:
    """Compare the whole trail with itself, with the matters and with the seals."""
    report, days = Report(), _Days()
    walk = _Walk()
    chunk: list[_Walk] = []
    for row in _entries(full=full):
        if row[0] != walk.matter_id:
            _finish(walk, chunk, days)
            if len(chunk) >= CHUNK:
                _compare_heads(chunk, report, full=full)
                chunk = []
            walk = _Walk(matter_id=row[0])
            report.matters += 1
        report.entries += 1
        _read(walk, row, report, full=full)
    _finish(walk, chunk, days)
    _compare_heads(chunk, report, full=full)
    _look_for_untold(report)
    _compare_seals(report, days)
    return report


def _finish(walk: _Walk, chunk: list[_Walk], days: _Days) -> None:
    if walk.matter_id:
        chunk.append(walk)
        days.add(walk)


def _entries(*, full: bool) -> Iterator[tuple[Any, ...]]:
    columns = ["matter_id", "seq", "hash", "body"]
    if full:
        columns += ["step", "actor_id", "happened_at", "recorded_at"]
    found = Entry.objects.order_by("matter_id", "seq").values_list(*columns)
    yield from found.iterator(chunk_size=5000)


def _read(walk: _Walk, row: tuple[Any, ...], report: Report, *, full: bool) -> None:
    seq, stored, raw = row[1], bytes(row[2]), bytes(row[3])
    if walk.is_broken:
        return
    fault = ""
    if seq != walk.seq + 1:
        fault = f"entry {walk.seq + 1} is missing"
    elif trail.previous_of(raw) != walk.head:
        fault = f"entry {seq}: doesn't follow the entry before it"
    elif trail.digest(raw) != stored:
        fault = f"entry {seq}: its bytes don't have its hash"
    elif full:
        fault = _projection_fault(walk, raw, row[4:])
    if fault:
        walk.is_broken = True
        report.faults.append(f"matter {walk.matter_id} {fault}")
        return
    walk.seq, walk.head = seq, stored
    walk.days[trail.recorded_day(raw)] = (seq, stored)


def _projection_fault(walk: _Walk, raw: bytes, columns: tuple[Any, ...]) -> str:
    try:
        line = trail.from_bytes(raw)
    except ValueError as error:
        return f"entry {walk.seq + 1}: {error}"
    told = (line.step, line.actor_id, line.happened_at, line.recorded_at)
    if (line.matter_id, line.seq) != (walk.matter_id, walk.seq + 1) or told != columns:
        return f"entry {walk.seq + 1}: its columns differ from its bytes"
    for key, (_before, after) in line.changes.get("columns", {}).items():
        walk.columns[key] = after
    for key, (_before, after) in line.changes.get("facts", {}).items():
        walk.facts[key] = after
    return ""


def _compare_heads(walks: list[_Walk], report: Report, *, full: bool) -> None:
    ids = [walk.matter_id for walk in walks]
    names = ("id", "last_seq", "head", *COLUMNS)
    matters = {row[0]: row for row in Matter.objects.filter(pk__in=ids).values_list(*names)}
    records = {
        row[0]: row
        for row in Record.objects.filter(pk__in=ids).values_list("id", "last_seq", "head")
    }
    facts = dict(Facts.objects.filter(pk__in=ids).values_list("matter_id", "data")) if full else {}
    for walk in walks:
        row = matters.get(walk.matter_id) or records.get(walk.matter_id)
        if walk.is_broken:
            continue
        if row is None:
            report.faults.append(f"matter {walk.matter_id}: has a trail but is gone")
        elif (row[1], bytes(row[2])) != (walk.seq, walk.head):
            report.faults.append(f"matter {walk.matter_id}: its head isn't its last entry")
        elif full and walk.matter_id in matters:
            _compare_facts(walk, row, facts.get(walk.matter_id, {}), report)


def _compare_facts(
    walk: _Walk, row: tuple[Any, ...], facts: dict[str, Any], report: Report
) -> None:
    for name, value in zip(COLUMNS, row[3:], strict=True):
        plain = value.isoformat() if hasattr(value, "isoformat") else value
        told = walk.columns.get(name)
        if told != plain and not _same_moment(told, value):
            report.faults.append(f"matter {walk.matter_id}: {name} was changed past the trail")
    told_facts = {key: value for key, value in walk.facts.items() if value is not None}
    for key in sorted({*told_facts, *facts}):
        if told_facts.get(key) != facts.get(key):
            report.faults.append(
                f"matter {walk.matter_id}: fact {key!r} was changed past the trail"
            )


def _same_moment(told: Any, value: Any) -> bool:
    if not isinstance(told, str) or not isinstance(value, datetime):
        return False
    return datetime.fromisoformat(told).astimezone(UTC) == value.astimezone(UTC)


def _look_for_untold(report: Report) -> None:
    """Matters without any entry: written past the engine, or their trail was deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id FROM matters_matter m WHERE NOT EXISTS"
            " (SELECT 1 FROM matters_entry e WHERE e.matter_id = m.id AND e.seq = 1)"
        )
        for (matter_id,) in cursor.fetchall():
            report.faults.append(f"matter {matter_id}: has no trail")


def _compare_seals(report: Report, days: _Days) -> None:
    previous = trail.GENESIS
    day_before: date | None = None
    for seal in Seal.objects.order_by("day").iterator(chunk_size=20):
        report.seals += 1
        leaves = _unpacked(seal)
        told = seal_hash(
            day=seal.day, previous=previous, leaves=leaves or b"", counters=seal.counters
        )
        if bytes(seal.previous) != previous or bytes(seal.hash) != told:
            report.faults.append(f"seal of {seal.day}: doesn't follow, or was changed")
        if day_before is not None and (seal.day - day_before).days != 1:
            report.faults.append(f"seal of {seal.day}: the day before it is missing")
        if leaves is None:
            report.faults.append(f"seal of {seal.day}: its leaves can't be read")
        elif hashlib.sha256(leaves).digest() != days.digest(seal.day):
            _name_leaves(seal, report)
        previous, day_before = bytes(seal.hash), seal.day


def _unpacked(seal: Seal) -> bytes | None:
    """The leaves of a seal, or None when their packing is damaged."""
    try:
        leaves = zlib.decompress(bytes(seal.leaves))
    except zlib.error:
        return None
    return None if len(leaves) % LEAF.size else leaves


def _name_leaves(seal: Seal, report: Report) -> None:
    """A day's leaves differ from the trail: find which matters."""
    found = 0
    for leaf in leaves_of(seal):
        entry = Entry.objects.filter(matter_id=leaf.matter_id, seq=leaf.seq)
        stored = entry.values_list("hash", flat=True).first()
        if stored is None or bytes(stored) != leaf.head:
            found += 1
            where = f"matter {leaf.matter_id} entry {leaf.seq}"
            report.faults.append(f"seal of {seal.day}: {where} is missing or changed")
    if not found:
        report.faults.append(f"seal of {seal.day}: entries were added to that day later")
