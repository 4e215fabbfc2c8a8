"""Verify: chain, seals and all that the trail tells; names the first bad row of each matter.

It reads the trail once in key order with a server-side cursor, keeping some thousand matters at
a time, so memory doesn't grow with the trail, and all of it as of one moment. Levels: `chain`
compares hashes and heads, `full` also reads each entry and compares every row that it tells of,
`files` also hashes the files that rows name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from bihuan.matters import trail
from bihuan.matters.models import Entry
from bihuan.matters.verify_clocks import clocks
from bihuan.matters.verify_files import spoilt_files, unburied
from bihuan.matters.verify_held import held
from bihuan.matters.verify_reading import one_moment, rows
from bihuan.matters.verify_rows import Finding, Stretch, facts, heads
from bihuan.matters.verify_seals import Days, compare_seals
from bihuan.matters.verify_told import Walk, take_in

CHUNK = 2000
_CHAIN = ("matter_id", "seq", "hash", "body")
_COLUMNS = ("step", "actor_id", "happened_at", "recorded_at")


@dataclass
class Report:
    """What was looked at and what is wrong."""

    entries: int = 0
    matters: int = 0
    seals: int = 0
    files: int = 0
    faults: list[str] = field(default_factory=list)


def verify(*, full: bool = True, files: bool = False) -> Report:
    """Compare the whole trail with itself, with what it tells of and with the seals."""
    report, days = Report(), Days()
    with one_moment():
        for stretch in _stretches(report, days, full=full):
            report.faults += [f"matter {key}: {what}" for key, what in _wrong(stretch, full=full)]
        _look_for_untold(report)
        for day, faults in compare_seals(days):
            report.seals += 1
            report.faults += [f"seal of {day}: {fault}" for fault in faults]
        if full:
            report.faults += unburied()
        if files:
            report.files, spoilt = spoilt_files()
            report.faults += spoilt
    return report


def _wrong(stretch: Stretch, *, full: bool) -> Iterator[Finding]:
    yield from heads(stretch, full=full)
    if full:
        for compare in (facts, clocks, held):
            yield from compare(stretch)


def _stretches(report: Report, days: Days, *, full: bool) -> Iterator[Stretch]:
    """Matters in the order of their ids, some thousand at a time, down to where none is left."""
    walks: dict[int, Walk] = {}
    after = -1
    for walk in _walks(report, full=full):
        days.add(walk)
        walks[walk.matter_id] = walk
        if len(walks) >= CHUNK:
            yield Stretch(walks, after, walk.matter_id)
            walks, after = {}, walk.matter_id
    yield Stretch(walks, after, None)


def _walks(report: Report, *, full: bool) -> Iterator[Walk]:
    walk = Walk()
    names = (*_CHAIN, *_COLUMNS) if full else _CHAIN
    for row in rows(Entry, names, order="matter_id, seq"):
        if row[0] != walk.matter_id:
            if walk.matter_id:
                yield walk
            walk = Walk(matter_id=row[0])
            report.matters += 1
        report.entries += 1
        if not walk.is_broken and (fault := _read(walk, row, full=full)):
            walk.is_broken = True
            report.faults.append(f"matter {walk.matter_id} {fault}")
    if walk.matter_id:
        yield walk


def _read(walk: Walk, row: tuple[Any, ...], *, full: bool) -> str:
    """Read an entry after the one before it; returns what is wrong with it, if anything."""
    seq, stored, raw = row[1], row[2], row[3]
    if seq != walk.seq + 1:
        return f"entry {walk.seq + 1} is missing"
    if type(raw) is not bytes or type(stored) is not bytes:
        return f"entry {seq}: its bytes aren't bytes"
    if trail.previous_of(raw) != walk.head:
        return f"entry {seq}: doesn't follow the entry before it"
    if trail.digest(raw) != stored:
        return f"entry {seq}: its bytes don't have its hash"
    if full and (fault := take_in(walk, row)):
        return fault
    walk.seq, walk.head = seq, stored
    walk.days[trail.recorded_day(raw)] = (seq, stored)
    return ""


def _look_for_untold(report: Report) -> None:
    """Matters without any entry: written past the engine, or their trail was deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id FROM matters_matter m WHERE NOT EXISTS"
            " (SELECT 1 FROM matters_entry e WHERE e.matter_id = m.id AND e.seq = 1)"
        )
        for (matter_id,) in cursor.fetchall():
            report.faults.append(f"matter {matter_id}: has no trail")
