"""Which points of a mine are related (CDDY field 22, B.7), and where that was told otherwise.

As in `glance`: an empty folder is an empty ledger, times are seconds as `notation` counts them.
"""

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final, NamedTuple

from bihuan.telemetry.dialect import Dialect, dialect
from bihuan.telemetry.store.glance import _opened

_AFTER_ALL: Final = "\uffff"
_LONE: Final = "surrogateescape"
_RELATION: Final = re.compile(r"(?:^|[◇:：])\s*([A-Z])-([0-9]{12}.{16})(?=-|:|：|◇|$)")
type Relations = frozenset[tuple[str, str]]  # letter, code of the other point


class Anew(NamedTuple):
    """A point whose relations were told in two ways; None affects it from the beginning."""

    point: str
    since: int | None


def relations_in(text: str) -> Relations:
    """Letter and code of each relation that a field tells; what isn't written so tells none."""
    return frozenset(_RELATION.findall(text.strip()))


def newest_relations(folder: Path, mine: str, *, by: Dialect | None = None) -> dict[str, Relations]:
    """What the newest CDDY (T1) of each point of a mine relates it to; others aren't in it."""
    # Point by point through the index: records of years lie between them.
    sql = (
        "WITH RECURSIVE of(code) AS (SELECT min(point) FROM told WHERE point >= ?1 AND point < ?2"  # noqa: S608 - our own names
        " UNION ALL SELECT (SELECT min(point) FROM told WHERE point > code AND point < ?2)"
        " FROM of WHERE code IS NOT NULL)"
        f' SELECT point, moment, "order", "commit", {_field("relations", by)} FROM of'
        " JOIN told ON point = code"
        " AND moment = (SELECT max(moment) FROM told WHERE point = code)"
    )
    held: dict[str, tuple[Any, ...]] = {}
    for row in _rows(folder, sql, (mine, mine + _AFTER_ALL)):
        if row[0] not in held or _place_of(row) >= _place_of(held[row[0]]):
            held[row[0]] = row
    found = {point: relations_in(row[4]) for point, row in sorted(held.items())}
    return {point: relations for point, relations in found.items() if relations}


def relation_history(
    folder: Path, point: str, *, by: Dialect | None = None
) -> list[tuple[int, Relations]]:
    """What a point was related to from which moment on, oldest first."""
    sql = (
        f'SELECT point, moment, "order", "commit", {_field("relations", by)}'  # noqa: S608 - our own names
        " FROM told WHERE point = ?"
    )
    rows = sorted(_rows(folder, sql, (point,)), key=_place_of)
    by_moment = {row[1]: row[4] for row in rows}
    return [(moment, relations_in(text)) for moment, text in sorted(by_moment.items())]


def related_anew(
    folder: Path,
    after: int,
    *,
    most: int,
    sensor_types: Collection[str],
    by: Dialect | None = None,
) -> tuple[list[Anew], int]:
    """Points of these types whose relations were also told otherwise, and how far was looked.

    Looked at are the records after number `after`, not more than `most`; numbers go on from the
    second. A smaller one than `after` says that the ledger is another one.
    """
    relations, kinds = _field("relations", by), ", ".join("?" * len(sensor_types))
    sql = (
        "SELECT point, min(moment), (SELECT min(moment) FROM told AS first"  # noqa: S608 - our own names
        " WHERE first.point = told.point) FROM told WHERE rowid > ? AND rowid <= ?"
        f" AND {_field('sensor_type', by)} IN ({kinds})"
        " AND EXISTS (SELECT 1 FROM told AS other WHERE other.point = told.point"
        f" AND {_field('relations', by, 'other.')} <> {relations.replace('fields', 'told.fields')})"
        " GROUP BY point ORDER BY point"
    )
    until = min(records_told(folder), after + most)
    if until <= after:
        return [], until
    rows = _rows(folder, sql, (after, until, *sensor_types))
    return [Anew(row[0], None if row[1] == row[2] else row[1]) for row in rows], until


def records_told(folder: Path) -> int:
    """The number of the newest record of CDDY."""
    last = _rows(folder, "SELECT max(rowid) FROM told", ())
    return (last[0][0] if last else None) or 0


def _field(name: str, by: Dialect | None, table: str = "") -> str:
    place = (by or dialect()).layouts["CDDY"].place(name)
    return f"json_extract({table}fields, '$[{place}]')"


def _rows(folder: Path, sql: str, asked: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with _opened(folder) as ledger:
        return [] if ledger is None else ledger.execute(sql, asked).fetchall()


def _place_of(row: tuple[Any, ...]) -> tuple[int, bytes, bytes, bytes, int, int]:
    digits, name, path, record = json.loads(row[2])
    return (row[1], *(one.encode(errors=_LONE) for one in (digits, name, path)), record, row[3])
