"""Commits read back from segments, merged or not: what a ledger that lacks them takes in again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from bihuan.telemetry.store import segments
from bihuan.telemetry.store.commits import ROWS, Commit
from bihuan.telemetry.store.order import COMMIT, by_arrival
from bihuan.telemetry.store.remarks import remarks_of
from bihuan.telemetry.store.segments import Segment

ROWS_AT_ONCE: Final = 2_000_000
_MANY: Final = 10**12


class Adoption:
    """The commits of some segments that come after a number."""

    def __init__(self, folder: Path, found: list[Segment], *, after: int) -> None:
        self.folder, self.after = folder, after
        later = [one for one in found if one.last_commit > after]
        self.single = {one.first_commit for one in later if one.kind == "commit"}
        self.remarks = sorted((one for one in later if one.kind == "remarks"), key=_first_of)
        self.rows = [one for one in later if one.kind == "rows"]

    def commits(self, *, last: int = _MANY) -> Iterator[Commit]:
        """In the order of their numbers; `segments.Damaged` when one can't be read."""
        singles = sorted(number for number in self.single if number <= last)
        for one in self.remarks:
            if one.first_commit > last:
                break
            while singles and singles[0] < one.first_commit:
                yield segments.read_commit(self.folder, singles.pop(0))
            yield from self._merged(one, last)
        for number in singles:
            yield segments.read_commit(self.folder, number)

    def _merged(self, one: Segment, last: int) -> Iterator[Commit]:
        """The commits of a file of remarks, some at a time."""
        wanted = pl.col("number").is_between(self.after + 1, last)
        said = segments.remarks_in(self.folder / one.name, one).filter(wanted).sort("number")
        batch: list[tuple[int, str]] = []
        rows = 0
        for number, text, days in said.iter_rows():
            batch.append((number, text))
            rows += sum(count for _day, count in json.loads(days))
            if rows >= ROWS_AT_ONCE:
                yield from self._read(batch)
                batch, rows = [], 0
        if batch:
            yield from self._read(batch)

    def _read(self, batch: list[tuple[int, str]]) -> Iterator[Commit]:
        first, last = batch[0][0], batch[-1][0]
        wanted = pl.col(COMMIT).is_between(first, last)
        parts = [
            segments.rows_in(self.folder, [one]).filter(wanted)
            for one in self.rows
            if one.first_commit <= last and one.last_commit >= first
        ]
        held = pl.concat(parts).partition_by(COMMIT, as_dict=True) if parts else {}
        for number, text in batch:
            rows = held.get((number,))
            deliveries, definitions, refused = remarks_of(text)
            yield Commit(
                number=number,
                rows=ROWS.to_frame() if rows is None else by_arrival(rows).select(list(ROWS)),
                deliveries=deliveries,
                definitions=definitions,
                refused=refused,
            )


def _first_of(one: Segment) -> int:
    return one.first_commit
