"""What web pages and workers read of a ledger, without loading anything that reads segments.

Every function opens the ledger for reading, and a folder in which nothing was ever taken in is as
good as an empty one. Times in seconds as `notation` counts them. `schema.WrongFormat` where the
ledger is of another version, `sqlite3.Error` where it can't be read.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from bihuan.telemetry.cddy import Definition, definition_of
from bihuan.telemetry.dialect import Dialect, dialect
from bihuan.telemetry.live.identity import STANDING, Amendment, Standing
from bihuan.telemetry.store import schema

_BUSY_S: Final = 10.0
_ALL_IDS: Final = 2**63 - 1
_AFTER_ALL: Final = "\uffff"
_LONE: Final = "surrogateescape"
_EPISODE: Final = ", ".join(Standing._fields)


class Changed(NamedTuple):
    """An episode as it is now, and the number of the commit that changed it last."""

    commit: int
    episode: Standing


class Described(NamedTuple):
    """What the newest CDDY says of a point.

    `moment` is when it came into force; `fields` are its texts by the name of the dialect's
    layout (`location`, `system`, `sensor_type`, …); `definition` is what is judged by.
    """

    point: str
    moment: int
    fields: dict[str, str]
    definition: Definition

    @property
    def location(self) -> str:
        """Where the sensor hangs, in the mine's words."""
        return self.fields["location"]


def born(folder: Path) -> int:
    """What a ledger is known by: another one, or one begun anew, says another number."""
    with _opened(folder) as rows:
        found = _first(rows, "SELECT value FROM note WHERE name = 'born'")
    return 0 if found is None else int(found[0])


def watermark(folder: Path) -> int | None:
    """The number of the newest commit that is settled, None before the first."""
    with _opened(folder) as rows:
        found = _first(rows, "SELECT value FROM note WHERE name = 'watermark'")
    return None if found is None else int(found[0])


def changes_since(
    folder: Path, commit: int, *, limit: int, after_id: int | None = None
) -> list[Changed]:
    """Episodes of any state that changed later, by (commit, id), not more than `limit`.

    Later than all of that commit, or than its episode `after_id`: a caller that keeps the pair of
    the last row, and asks on with it, sees every episode in its newest state and no change twice.
    """
    sql = (
        f"SELECT changed_in, {_EPISODE} FROM episode WHERE (changed_in, id) > (?, ?)"  # noqa: S608
        " ORDER BY changed_in, id LIMIT ?"
    )
    asked = (commit, _ALL_IDS if after_id is None else after_id, limit)
    with _opened(folder) as rows:
        return [Changed(row[0], standing_of(row[1:])) for row in _all(rows, sql, asked)]


def episode(folder: Path, number: int) -> Standing | None:
    """The episode of that id, None when there is none."""
    sql = f"SELECT {_EPISODE} FROM episode WHERE id = ?"  # noqa: S608
    with _opened(folder) as rows:
        found = _first(rows, sql, (number,))
    return None if found is None else standing_of(found)


def open_episodes(folder: Path, mine: str | None = None) -> list[Standing]:
    """Episodes that stand and last, by (point, kind, level, start, id); of one mine, or all."""
    sql = f"SELECT {_EPISODE} FROM episode WHERE ended_at IS NULL AND state = ?"  # noqa: S608
    asked: list[object] = [STANDING]
    if mine is not None:
        sql += " AND point >= ? AND point < ?"
        asked += [mine, mine + _AFTER_ALL]
    with _opened(folder) as rows:
        found = _all(rows, f"{sql} ORDER BY point, kind, level, started_at, id", asked)
        return [standing_of(row) for row in found]


def amendments(folder: Path, number: int) -> list[Amendment]:
    """What people see changed of the episode of that id, in the order in which it came."""
    sql = (
        'SELECT episode, "commit", at, what, "before", "after" FROM amendment'
        " WHERE episode = ? ORDER BY id"
    )
    with _opened(folder) as rows:
        return [Amendment(*row) for row in _all(rows, sql, (number,))]


def definitions_of(folder: Path, point: str, *, by: Dialect | None = None) -> Described | None:
    """What the newest CDDY (T1) says of a point, None when it was never defined."""
    sql = (
        'SELECT moment, fields, "order", "commit" FROM told WHERE point = ?1'
        " AND moment = (SELECT max(moment) FROM told WHERE point = ?1)"
    )
    with _opened(folder) as rows:
        told = max(_all(rows, sql, (point,)), key=_place_of, default=None)
    if told is None:
        return None
    by = by or dialect()
    texts = texts_of(told[1])
    names = [column.name for column in by.layouts["CDDY"].columns]
    fields = dict(zip(names, texts, strict=True))
    return Described(point, told[0], fields, definition_of(texts, dialect=by))


def last_received(folder: Path, mines: Iterable[str]) -> dict[str, int]:
    """When a file of each mine was last received, by this machine's clock; never: not in it."""
    sql = "SELECT max(received_at) FROM delivery WHERE mine = ?"
    with _opened(folder) as rows:
        if rows is None:
            return {}
        found = {mine: rows.execute(sql, (mine,)).fetchone()[0] for mine in mines}
    return {mine: at for mine, at in found.items() if at is not None}


def received_since(
    folder: Path, mine: str, after: int, *, kinds: tuple[str, ...], limit: int
) -> list[tuple[str, int, int]]:
    """(kind, moment of the name, when received) of a mine's good files since a moment."""
    marks = ", ".join("?" * len(kinds))
    sql = (
        f"SELECT kind, moment, received_at FROM delivery WHERE mine = ? AND received_at >= ?"  # noqa: S608
        f" AND fault = '' AND moment IS NOT NULL AND kind IN ({marks})"
        " ORDER BY received_at, moment, kind LIMIT ?"
    )
    with _opened(folder) as rows:
        return [tuple(row) for row in _all(rows, sql, (mine, after, *kinds, limit))]


def standing_of(row: tuple[Any, ...]) -> Standing:
    """The episode that a row of the ledger says, in the order of the fields."""
    return Standing(*row)._replace(is_calibrated=bool(row[10]))


def texts_of(kept: str) -> list[str]:
    """The texts of a definition as every database keeps them: a NUL reads as unreadable."""
    return [one.replace("\0", "\ufffd") for one in json.loads(kept)]


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """The ledger for reading; None before anything was settled in it."""
    path = folder / schema.NAME
    if not path.exists():
        yield None
        return
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_S)) as rows:
        found = rows.execute("PRAGMA user_version").fetchone()[0]
        if found and found not in schema.KNOWN:
            raise schema.WrongFormat(found)
        yield rows if found else None


def _all(rows: sqlite3.Connection | None, sql: str, asked: Any = ()) -> list[tuple[Any, ...]]:
    return [] if rows is None else rows.execute(sql, asked).fetchall()


def _first(rows: sqlite3.Connection | None, sql: str, asked: Any = ()) -> tuple[Any, ...] | None:
    return next(iter(_all(rows, sql, asked)), None)


def _place_of(told: tuple[Any, ...]) -> tuple[bytes, bytes, bytes, int, int]:
    digits, name, path, record = json.loads(told[2])
    return (*(one.encode(errors=_LONE) for one in (digits, name, path)), record, told[3])
