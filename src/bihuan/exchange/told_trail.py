"""What a trail that came from elsewhere tells of its matter, and where it doesn't hold."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bihuan.language.clock import SHANGHAI
from bihuan.matters import trail
from bihuan.matters.models import Timer

SIZE = struct.Struct(">I")
ENTRIES_MAX = 20_000
_STATE, _DUE, _BUDGET = 0, 2, 3


class UnreadableError(ValueError):
    """The bytes aren't a row of entries."""


@dataclass(kw_only=True)
class ToldMatter:
    """A matter built up from its entries."""

    matter_id: int
    lines: list[trail.Line] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, list[Any]] = field(default_factory=dict)
    heads: list[bytes] = field(default_factory=list)
    fault: str = ""

    @property
    def due(self) -> tuple[datetime, date] | None:
        """(late from, day shown) of the earliest running clock."""
        running = [
            _due(clock)
            for clock in self.clocks.values()
            if clock[_STATE] == Timer.State.RUNNING and clock[_DUE]
        ]
        return min(running, default=None)

    def last_of_days(self) -> dict[date, tuple[int, bytes]]:
        """The last entry recorded on each day: its number and its hash, as a seal holds them."""
        return {
            line.recorded_at.astimezone(SHANGHAI).date(): (line.seq, head)
            for line, head in zip(self.lines, self.heads, strict=True)
        }


def joined(bodies: Iterable[bytes]) -> bytes:
    """The bytes of entries in a row, each behind its length."""
    return b"".join(SIZE.pack(len(body)) + body for body in bodies)


def bodies_of(row: bytes) -> Iterator[bytes]:
    """The entries of a row; raises UnreadableError."""
    at, count = 0, 0
    while at < len(row):
        count += 1
        if len(row) < at + SIZE.size or count > ENTRIES_MAX:
            raise UnreadableError("entries are cut short or too many")
        size = SIZE.unpack_from(row, at)[0]
        at += SIZE.size
        if len(row) < at + size:
            raise UnreadableError("an entry is cut short")
        yield row[at : at + size]
        at += size


def told_by(row: bytes, *, matter_id: int) -> ToldMatter:
    """Read a trail and hold each entry against the one before; the first fault is named."""
    told = ToldMatter(matter_id=matter_id)
    head = trail.GENESIS
    for number, body in enumerate(bodies_of(row), start=1):
        try:
            line = trail.from_bytes(body)
        except ValueError as error:
            raise UnreadableError(str(error)) from error
        is_next = (line.matter_id, line.seq) == (matter_id, number)
        if not told.fault and not (is_next and trail.previous_of(body) == head):
            told.fault = f"第 {number} 条留痕与前一条接不上"
        head = trail.digest(body)
        told.lines.append(line)
        told.heads.append(head)
        _learn(told, line)
    if not told.lines:
        raise UnreadableError("a trail without an entry")
    return told


def _learn(told: ToldMatter, line: trail.Line) -> None:
    told.columns |= {
        key: after for key, (_before, after) in line.changes.get("columns", {}).items()
    }
    told.facts |= {key: after for key, (_before, after) in line.changes.get("facts", {}).items()}
    told.clocks |= line.changes.get("clocks", {})


def _due(clock: list[Any]) -> tuple[datetime, date]:
    due = datetime.fromisoformat(clock[_DUE])
    if "DAYS" in clock[_BUDGET]:  # the moment after its last day, and late from there on
        return due, due.astimezone(SHANGHAI).date() - timedelta(days=1)
    return due + timedelta(seconds=1), due.astimezone(SHANGHAI).date()
