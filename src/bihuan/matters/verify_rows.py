"""Compares the rows of a stretch of matters and records with what their trails tell."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from bihuan.matters import records
from bihuan.matters.case import COLUMNS
from bihuan.matters.journal import stamp
from bihuan.matters.models import FAR, Facts, Matter, Record
from bihuan.matters.verify_reading import loaded, moment_text, rows_between, told_moment
from bihuan.matters.verify_told import Walk, due_of

PAST = "was changed past the trail"
ADDED = "was added past the trail"
_HEAD = ("id", "last_seq", "head")
_PROJECTED = ("moved_at", "due_at", "late_from")
_FAR = stamp(FAR) or ""
_MOMENTS = frozenset({"opened_at", "closed_at"})
_FLAGS = frozenset({"is_open", "is_void"})

Row = tuple[Any, ...]
Finding = tuple[int, str]  # a matter or record, and what is wrong with it


@dataclass(frozen=True)
class Stretch:
    """The matters and records read since the last comparing, and the ids between which they lie.

    The ids leave no gap to the stretches before and after, so that rows of nobody are found.
    """

    walks: Mapping[int, Walk]
    after: int
    until: int | None

    @property
    def sound(self) -> list[Walk]:
        """Those of which nothing was found wrong yet."""
        return [walk for walk in self.walks.values() if not walk.is_broken]

    def of(self, model: type[models.Model], names: Sequence[str]) -> dict[int, Row]:
        """Rows by the id of their matter or record, which is the first column."""
        return {row[0]: row[1:] for row in self.rows(model, names, key=names[0])}

    def many_of(
        self, model: type[models.Model], names: Sequence[str], *, key: str = "matter"
    ) -> dict[int, list[Row]]:
        """All rows of each matter."""
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows(model, (key, *names), key=key):
            found[row[0]].append(row[1:])
        return found

    def strange(self, found: Mapping[int, Any], what: str) -> Iterator[Finding]:
        """Rows of no matter at all; a matter without a trail is named as such already."""
        if strange := found.keys() - self.walks.keys():
            known = Matter.objects.filter(pk__in=strange).values_list("pk", flat=True)
            for matter_id in sorted(strange - {*known}):
                yield matter_id, f"{what} {ADDED}"

    def rows(self, model: type[models.Model], names: Sequence[str], *, key: str) -> list[Row]:
        """Rows whose `key` lies here."""
        return rows_between(model, names, key=key, after=self.after, until=self.until)


def heads(stretch: Stretch, *, full: bool) -> Iterator[Finding]:
    """Heads of matters and records against their last entries; `full` adds their columns."""
    matters = stretch.of(Matter, (*_HEAD, *COLUMNS, *_PROJECTED) if full else _HEAD)
    ledgers = stretch.of(Record, (*_HEAD, "ledger", *records.COLUMNS, "facts") if full else _HEAD)
    for walk in stretch.sound:
        row = matters.get(walk.matter_id) or ledgers.get(walk.matter_id)
        if row is None:
            yield walk.matter_id, "has a trail but is gone"
        elif (row[0], bytes(row[1])) != (walk.seq, walk.head):
            yield walk.matter_id, "its head isn't its last entry"
        elif full:
            compare = _matter if walk.matter_id in matters else _record
            yield from judged(walk, compare(walk, row[2:]))
    if full:
        yield from stretch.strange(ledgers, "the record")


def facts(stretch: Stretch) -> Iterator[Finding]:
    """Facts of matters."""
    found = stretch.of(Facts, ("matter", "data"))
    for walk in stretch.sound:
        if not walk.ledger:
            (data,) = found.get(walk.matter_id, ("{}",))
            yield from judged(walk, _facts_that_differ(walk.facts, data))
    yield from stretch.strange(found, "facts")


def judged(walk: Walk, wrong: Iterator[str]) -> list[Finding]:
    """What a comparing found; a forged entry may tell what nothing can be compared with."""
    try:
        return [(walk.matter_id, what) for what in wrong]
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return [(walk.matter_id, "its entries tell what can't be compared")]


def columns_that_differ(
    names: Sequence[str], told: Sequence[Any], row: Sequence[Any]
) -> Iterator[str]:
    """Names of the columns that hold something else than was told."""
    if tuple(told) != tuple(row):
        pairs = zip(names, told, row, strict=True)
        yield from (f"{name} {PAST}" for name, one, other in pairs if one != other)


def _matter(walk: Walk, row: Row) -> Iterator[str]:
    running = [due for due in map(due_of, walk.clocks.values()) if due]
    told = (
        *_plain(walk, COLUMNS),
        moment_text(walk.moved),
        min((due for due, _late in running), default=_FAR),
        min((late for _due, late in running), default=_FAR),
    )
    yield from columns_that_differ((*COLUMNS, *_PROJECTED), told, row)


def _record(walk: Walk, row: Row) -> Iterator[str]:
    told = (walk.ledger, *_plain(walk, records.COLUMNS))
    yield from columns_that_differ(("ledger", *records.COLUMNS), told, row[:-1])
    yield from _facts_that_differ(walk.facts, row[-1])


def _plain(walk: Walk, names: Sequence[str]) -> list[Any]:
    told: list[Any] = [walk.columns.get(name) for name in names]
    for place, name in enumerate(names):
        if name in _MOMENTS:
            told[place] = told_moment(told[place])
        elif name in _FLAGS:
            told[place] = str(int(told[place]))
    return told


def _facts_that_differ(told: Mapping[str, Any], text: Any) -> Iterator[str]:
    data = loaded(text)
    if not isinstance(data, dict):
        yield "fact names and values can't be read"
        return
    known = {key: value for key, value in told.items() if value is not None}
    if known != data:
        for key in sorted({*known, *data}):
            if known.get(key) != data.get(key):
                yield f"fact {key!r} {PAST}"
