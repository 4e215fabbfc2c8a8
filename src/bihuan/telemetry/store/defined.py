"""What a ledger knows of a mine's points and files, read without loading segments.

As in `glance`: an empty folder is an empty ledger, times are seconds as `notation` counts them.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final, NamedTuple

from bihuan.telemetry.cddy import definition_of
from bihuan.telemetry.dialect import Dialect, dialect
from bihuan.telemetry.store.glance import Described, _opened, texts_of

_AFTER_ALL: Final = "\uffff"
_LONE: Final = "surrogateescape"
_COLUMNS: Final = 'point, moment, fields, "order", "commit"'


class Delivered(NamedTuple):
    """A file as it came: its path within the inbox, SHA-256, and when it was received."""

    path: str
    digest: str
    received_at: int


def newest_definitions(folder: Path, mine: str, *, by: Dialect | None = None) -> list[Described]:
    """What the newest CDDY (T1) says of each point of a mine, by point."""
    sql = f"SELECT {_COLUMNS} FROM told WHERE point >= ? AND point < ?"  # noqa: S608 - our own names
    held: dict[str, tuple[Any, ...]] = {}
    for row in _rows(folder, sql, (mine, mine + _AFTER_ALL)):
        if row[0] not in held or _place_of(row) >= _place_of(held[row[0]]):
            held[row[0]] = row
    return [_described(held[point], by or dialect()) for point in sorted(held)]


def first_defined(folder: Path, mine: str) -> dict[str, int]:
    """From when on each point of a mine was defined, whatever was changed later."""
    sql = "SELECT point, min(moment) FROM told WHERE point >= ? AND point < ? GROUP BY point"
    return dict(_rows(folder, sql, (mine, mine + _AFTER_ALL)))


def definition_history(folder: Path, point: str, *, by: Dialect | None = None) -> list[Described]:
    """What was in force of a point from which moment on, oldest first; of equal moments one."""
    sql = f"SELECT {_COLUMNS} FROM told WHERE point = ?"  # noqa: S608 - our own names
    rows = sorted(_rows(folder, sql, (point,)), key=_place_of)
    by_moment = {row[1]: row for row in rows}
    return [_described(row, by or dialect()) for _moment, row in sorted(by_moment.items())]


def count_points(folder: Path, mines: Collection[str]) -> dict[str, int]:
    """How many points of each mine were ever defined; mines without one are left out."""
    sql = "SELECT count(DISTINCT point) FROM told WHERE point >= ? AND point < ?"
    found: dict[str, int] = defaultdict(int)
    with _opened(folder) as ledger:
        for mine in mines if ledger is not None else ():
            (count,) = ledger.execute(sql, (mine, mine + _AFTER_ALL)).fetchone()  # type: ignore[union-attr]
            if count:
                found[mine] = count
    return dict(found)


def deliveries_of(folder: Path, paths: Collection[str]) -> list[Delivered]:
    """The files that came under these paths, by path and time of receipt."""
    sql = "SELECT path, digest, received_at FROM delivery WHERE path = ? ORDER BY received_at"
    found = []
    with _opened(folder) as ledger:
        for path in sorted(paths) if ledger is not None else ():
            rows = ledger.execute(sql, (path.encode(errors=_LONE),))  # type: ignore[union-attr]
            found += [Delivered(path, bytes(row[1]).hex(), row[2]) for row in rows]
    return found


def _rows(folder: Path, sql: str, asked: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with _opened(folder) as ledger:
        return [] if ledger is None else ledger.execute(sql, asked).fetchall()


def _described(row: tuple[Any, ...], by: Dialect) -> Described:
    texts = texts_of(row[2])
    names = [column.name for column in by.layouts["CDDY"].columns]
    fields = dict(zip(names, texts, strict=True))
    return Described(row[0], row[1], fields, definition_of(texts, dialect=by))


def _place_of(row: tuple[Any, ...]) -> tuple[int, bytes, bytes, bytes, int, int]:
    digits, name, path, record = json.loads(row[3])
    return (row[1], *(one.encode(errors=_LONE) for one in (digits, name, path)), record, row[4])


def repeats_of(folder: Path, mine: str, days: Collection[str]) -> dict[str, int]:
    """On which of these days (YYYY-MM-DD) readings of a mine came more than once, and how many."""
    sql = "SELECT duplicate FROM tally WHERE mine = ? AND day = ?"
    found = {day: sum(row[0] for row in _rows(folder, sql, (mine, day))) for day in days}
    return {day: count for day, count in found.items() if count}


def received_in(folder: Path, commits: Collection[int]) -> dict[int, int]:
    """When the files of each commit were last received."""
    sql = 'SELECT max(received_at) FROM delivery WHERE "commit" = ?'
    found = {number: _rows(folder, sql, (number,)) for number in sorted(set(commits))}
    return {number: rows[0][0] for number, rows in found.items() if rows and rows[0][0]}
