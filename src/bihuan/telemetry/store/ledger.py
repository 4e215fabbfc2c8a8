"""The ledger of a store: SQLite, written by one process, read by any."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bihuan.telemetry.live.identity import HINTS_FROM, Amendment, Changes, Standing, Tally
from bihuan.telemetry.records import MINE_LENGTH
from bihuan.telemetry.store import schema
from bihuan.telemetry.store.commits import UNREADABLE, Commit, Delivery, Told
from bihuan.telemetry.store.glance import standing_of
from bihuan.telemetry.store.remarks import told_of
from bihuan.telemetry.store.schema import NAME, WrongFormat
from bihuan.telemetry.store.segments import Segment

__all__ = ["NAME", "Ledger", "WrongFormat"]

RULES: Final = "rules"
_BUSY_MS: Final = 10_000
_MANY: Final = 500
_LONE: Final = "surrogateescape"  # a path of bytes that are no UTF-8 keeps its bytes
_FORGET: Final = """
DELETE FROM delivery WHERE (path, digest) IN (
    SELECT path, digest FROM delivery WHERE mine = ? AND received_at < ? LIMIT ?
) RETURNING "commit", path
"""
_NEXT_MINE: Final = "SELECT min(mine) FROM delivery WHERE mine > ?"
_EPISODE: Final = ", ".join(Standing._fields)


class Ledger:
    """What is settled. Transactions are durable when they return; `sqlite3.Error` otherwise."""

    def __init__(self, folder: Path, *, is_read_only: bool = False) -> None:
        """Open the ledger of a folder, or make it; a reader's connection never writes."""
        path = folder / NAME
        mode = "ro" if is_read_only else "rwc"
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        self.rows = sqlite3.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000
        )
        if is_read_only:
            return
        try:
            self._prepare()
        except BaseException:
            self.rows.close()
            raise

    def _prepare(self) -> None:
        self.rows.execute("PRAGMA journal_mode = WAL")
        self.rows.execute("PRAGMA synchronous = FULL")
        found = self.rows.execute("PRAGMA user_version").fetchone()[0]
        if not found:
            self.rows.executescript(
                f"BEGIN IMMEDIATE; {schema.TABLES} {schema.BORN}"
                f" PRAGMA user_version = {schema.FORMAT}; COMMIT;"
            )
        elif found not in schema.KNOWN:
            raise WrongFormat(found)
        elif found != schema.FORMAT:
            self.rows.execute(f"PRAGMA user_version = {schema.FORMAT}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within, or nothing."""
        self.rows.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.rows.execute("ROLLBACK")
            raise
        self.rows.execute("COMMIT")

    @contextmanager
    def glance(self) -> Iterator[None]:
        """Reads within see one state of the ledger."""
        self.rows.execute("BEGIN")
        try:
            yield
        finally:
            self.rows.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self.rows.close()

    def note(self, name: str) -> int:
        """A number kept under a name, 0 before it was."""
        row = self.rows.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def keep_note(self, name: str, value: int) -> None:
        """Keep a number under a name."""
        self.rows.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def notes(self, beginning: str) -> dict[str, int]:
        """All numbers kept under names that begin so, by what follows."""
        sql = "SELECT substr(name, ?), value FROM note WHERE name >= ? AND name < ?"
        asked = len(beginning) + 1, beginning, f"{beginning}\uffff"
        return dict(self.rows.execute(sql, asked).fetchall())

    def segments(
        self,
        *,
        points: tuple[str, str] | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> list[Segment]:
        """The manifest: files that count; those alone that can have such rows, ends inclusive."""
        limits, asked = ["1"], list[object]()
        if points is not None:
            limits.append("first_point <= ? AND last_point >= ?")
            asked += [points[1], points[0]]
        if since is not None:
            limits.append("last_time >= ?")
            asked.append(since)
        if until is not None:
            limits.append("first_time <= ?")
            asked.append(until)
        names = "name kind generation first_commit last_commit rows first_point last_point"
        fields = [*names.split(), "first_time", "last_time", "days", "bytes"]
        columns = ", ".join(f'"{one}"' for one in fields)
        found = []
        sql = f"SELECT {columns} FROM segment WHERE {' AND '.join(limits)} ORDER BY name"  # noqa: S608
        for row in self.rows.execute(sql, asked):
            told = dict(zip(fields, row, strict=True))
            told["days"] = tuple((day, rows) for day, rows in json.loads(told["days"]))
            found.append(Segment(**told))
        return found

    def list_segments(self, come: Iterable[Segment], *, gone: Iterable[str] = ()) -> None:
        """Change the manifest."""
        self.rows.executemany("DELETE FROM segment WHERE name = ?", [(name,) for name in gone])
        for one in come:
            told = {**asdict(one), "days": json.dumps(one.days)}
            columns = ", ".join(f'"{name}"' for name in told)
            marks = ", ".join("?" * len(told))
            sql = f"INSERT OR REPLACE INTO segment ({columns}) VALUES ({marks})"  # noqa: S608
            self.rows.execute(sql, tuple(told.values()))

    def settle(self, commit: Commit, changes: Changes) -> None:
        """Take a commit in; within a transaction, and only once."""
        self._deliver(commit.number, commit.deliveries)
        self.rows.executemany(
            "INSERT INTO refused VALUES (?, ?, ?, ?)",
            [(commit.number, _bytes(one.path), one.record, one.fault) for one in commit.refused],
        )
        self.rows.executemany(
            "INSERT INTO told VALUES (?, ?, ?, ?, ?)",
            [
                (
                    one.point,
                    one.moment,
                    json.dumps(one.order),
                    json.dumps(one.fields),
                    commit.number,
                )
                for one in commit.definitions
            ],
        )
        self._change(commit.number, changes)
        notes = {**changes.notes, RULES: changes.rules}
        for name, value in notes.items():
            if self.note(name) != value:
                self.keep_note(name, value)
        self.keep_note("watermark", commit.number)

    def _deliver(self, number: int, deliveries: Iterable[Delivery]) -> None:
        marks = ", ".join("?" * 12)
        self.rows.executemany(
            f"INSERT OR REPLACE INTO delivery VALUES ({marks})",  # noqa: S608
            [
                (
                    _bytes(one.path),
                    bytes.fromhex(one.digest),
                    number,
                    one.size,
                    one.channel,
                    one.received_at,
                    one.mine,
                    one.kind,
                    one.moment,
                    one.fault,
                    one.records,
                    one.rejected,
                )
                for one in deliveries
            ],
        )

    def _change(self, number: int, changes: Changes) -> None:
        marks = ", ".join("?" * (len(Standing._fields) + 1))
        self.rows.executemany(
            f"INSERT OR REPLACE INTO episode ({_EPISODE}, changed_in) VALUES ({marks})",  # noqa: S608
            [(*one, number) for one in changes.episodes],
        )
        self.rows.executemany(
            'INSERT INTO amendment (episode, "commit", at, what, "before", "after")'
            " VALUES (?, ?, ?, ?, ?, ?)",
            changes.amendments,
        )
        counts = Tally._fields[2:]
        added = ", ".join(f"{one} = {one} + excluded.{one}" for one in counts)
        self.rows.executemany(
            f"INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            f" ON CONFLICT (mine, day) DO UPDATE SET {added}",
            changes.tallies,
        )

    def known(self, deliveries: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of (path, digest) that were delivered before, and could be read."""
        sql = "SELECT 1 FROM delivery WHERE path = ? AND digest = ? AND fault <> ?"
        return {
            (path, digest)
            for path, digest in deliveries
            if self.rows.execute(sql, (_bytes(path), bytes.fromhex(digest), UNREADABLE)).fetchone()
        }

    def forget_deliveries(self, *, before: int, count: int) -> int:
        """Forget files received before this moment, and what was refused of them.

        The first so many, mine by mine; how many were forgotten.
        """
        forgotten: list[tuple[int, bytes]] = []
        mine: str | None = ""
        while mine is not None and len(forgotten) < count:
            asked = (mine, before, count - len(forgotten))
            forgotten += self.rows.execute(_FORGET, asked).fetchall()
            (mine,) = self.rows.execute(_NEXT_MINE, (mine,)).fetchone()
        self.rows.executemany('DELETE FROM refused WHERE "commit" = ? AND path = ?', forgotten)
        return len(forgotten)

    def is_unreadable(self, delivery: tuple[str, str]) -> bool:
        """Whether this (path, digest) was delivered before and set aside."""
        sql = "SELECT 1 FROM delivery WHERE path = ? AND digest = ? AND fault = ?"
        path, digest = delivery
        asked = (_bytes(path), bytes.fromhex(digest), UNREADABLE)
        return self.rows.execute(sql, asked).fetchone() is not None

    def definitions(self, points: Collection[str] | None = None) -> dict[str, list[Told]]:
        """Every definition by point, in the order of T1; of equal keys the later commit's last."""
        sql = 'SELECT point, moment, "order", fields, "commit" FROM told'
        found: dict[str, list[tuple[Told, int]]] = defaultdict(list)
        for point, moment, order, fields, number in self._of_points(sql, points):
            told = told_of([point, moment, json.loads(order), json.loads(fields)])
            found[point].append((told, number))
        return {
            point: [told for told, _number in sorted(held, key=_told_key)]
            for point, held in sorted(found.items())
        }

    def episodes(
        self,
        points: Collection[str] | None = None,
        *,
        kinds: Collection[str] | None = None,
        only_open: bool = False,
        since: int | None = None,
    ) -> list[Standing]:
        """Episodes of any state by (point, kind, level, start, id).

        `since` leaves out those that ended before it; `only_open` all that have ended, or don't
        stand any more.
        """
        limits, asked = ["1"], list[object]()
        if only_open:
            limits.append("ended_at IS NULL AND state = 'standing'")
        if since is not None:
            limits.append("(ended_at IS NULL OR ended_at >= ?)")
            asked.append(since)
        sql = f"SELECT {_EPISODE} FROM episode WHERE {' AND '.join(limits)}"  # noqa: S608
        wanted = None if kinds is None else set(kinds)
        found = [
            standing_of(row)
            for row in self._of_points(sql, points, asked, word="AND")
            if wanted is None or row[3] in wanted
        ]
        return sorted(found, key=_place_of)

    def has_episode(self, number: int) -> bool:
        """Whether an id is taken."""
        found = self.rows.execute("SELECT 1 FROM episode WHERE id = ?", (number,)).fetchone()
        return found is not None

    def mines(self) -> list[str]:
        """The mines of which a point was ever defined."""
        found: list[str] = []
        sql = "SELECT substr(min(point), 1, ?) FROM told WHERE point > ?"
        after = ""
        while mine := self.rows.execute(sql, (MINE_LENGTH, after)).fetchone()[0]:
            found.append(mine)
            after = f"{mine}\uffff"
        return found

    def changed_after(self, number: int) -> list[tuple[Standing, int]]:
        """Episodes that a commit above this number changed last, with its number; by id."""
        sql = f"SELECT {_EPISODE}, changed_in FROM episode WHERE changed_in > ? ORDER BY id"  # noqa: S608
        return [
            (Standing(*row[:-1])._replace(is_calibrated=bool(row[10])), row[-1])
            for row in self.rows.execute(sql, (number,))
        ]

    def last_id(self) -> int:
        """The highest id that was counted, 0 before the first: below `identity.HINTS_FROM`."""
        sql = "SELECT max(id) FROM episode WHERE id < ?"
        (found,) = self.rows.execute(sql, (HINTS_FROM,)).fetchone()
        return found or 0

    def amendments(self, episodes: Collection[int] | None = None) -> list[Amendment]:
        """Changes that people see, in the order in which they came."""
        sql = 'SELECT episode, "commit", at, what, "before", "after" FROM amendment ORDER BY id'
        wanted = None if episodes is None else set(episodes)
        found = (Amendment(*row) for row in self.rows.execute(sql))
        return [one for one in found if wanted is None or one.episode in wanted]

    def tallies(self) -> list[Tally]:
        """The counts of each mine and day."""
        rows = self.rows.execute("SELECT * FROM tally ORDER BY mine, day")
        return [Tally(*row) for row in rows]

    def _of_points(
        self,
        sql: str,
        points: Collection[str] | None,
        asked: Iterable[object] = (),
        *,
        word: str = "WHERE",
    ) -> Iterator[tuple[Any, ...]]:
        if points is None:
            yield from self.rows.execute(sql, tuple(asked))
            return
        wanted = sorted(set(points))
        for begin in range(0, len(wanted), _MANY):
            some = wanted[begin : begin + _MANY]
            marks = ", ".join("?" * len(some))
            yield from self.rows.execute(f"{sql} {word} point IN ({marks})", (*asked, *some))


def _bytes(path: str) -> bytes:
    return path.encode(errors=_LONE)


def _told_key(one: tuple[Told, int]) -> tuple[bytes, bytes, bytes, int, int]:
    told, number = one
    digits, name, path, record = told.order
    return _bytes(digits), _bytes(name), _bytes(path), record, number


def _place_of(one: Standing) -> tuple[str, str, str, int, int]:
    return one.point, one.kind, one.level, one.started_at, one.id
