"""Writing the rows of a filled deployment straight into the tables of either database."""

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from bihuan.matters import search
from bihuan.matters.models import Matter


@dataclass
class Rows:
    """Rows of one batch, table by table."""

    matters: list[tuple[Any, ...]] = field(default_factory=list)
    facts: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    timers: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)


MATTER_COLUMNS = [str(f.column) for f in Matter._meta.concrete_fields]
TIMER_COLUMNS = [
    "matter_id",
    "key",
    "param",
    "amount",
    "unit",
    "counting",
    "origin",
    "version",
    "started_at",
    "due_at",
    "late_from",
    "first_due_at",
    "extension_reason",
    "suspensions",
    "is_provisional",
    "state",
    "ladder",
    "fired",
    "next_at",
]


TABLES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("matters_matter", tuple(MATTER_COLUMNS), "matters"),
    ("matters_facts", ("matter_id", "data"), "facts"),
    (
        "matters_entry",
        ("matter_id", "seq", "step", "actor_id", "happened_at", "recorded_at", "hash", "body"),
        "entries",
    ),
    ("matters_timer", tuple(TIMER_COLUMNS), "timers"),
)


SEAL_COLUMNS = ("day", "previous", "hash", "leaves", "counters", "leaf_count", "sealed_at")


class SqliteWriter:
    """Writes with sqlite3 itself, without waiting for the disk."""

    def __init__(self) -> None:
        connection.ensure_connection()
        name = connection.settings_dict["NAME"]
        connection.close()
        self.raw = sqlite3.connect(name)
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-400000"):
            self.raw.execute(f"PRAGMA {pragma}")

    def rows(self, rows: Rows) -> None:
        """Write a batch."""
        for table, columns, name in TABLES:
            self._many(table, columns, getattr(rows, name))
        self._many("matters_searchtext", ("matter_id", "text", "scope"), rows.texts)
        tokens = [
            (key, " ".join([*sorted(search.tokens_of(text)), *scope.split()]))
            for key, text, scope in rows.texts
        ]
        self._many("matters_searchindex", ("rowid", "tokens"), tokens)
        self.raw.commit()

    def seal(self, row: tuple[Any, ...]) -> None:
        """Write a daily seal."""
        self._many("matters_seal", SEAL_COLUMNS, [row])

    def finish(self) -> None:
        """Commit and gather statistics."""
        self.raw.commit()
        self.raw.execute("ANALYZE")
        self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.raw.close()

    def _many(self, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" for _ in columns)
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        self.raw.executemany(sql, (tuple(map(_sqlite, row)) for row in rows))


def _sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


class PostgresWriter:
    """Writes with COPY."""

    def rows(self, rows: Rows) -> None:
        """Write a batch."""
        for table, columns, name in TABLES:
            self._copy(table, columns, getattr(rows, name))
        texts = [
            (key, text, scope, [*sorted(search.tokens_of(text)), *scope.split()])
            for key, text, scope in rows.texts
        ]
        self._copy("matters_searchtext", ("matter_id", "text", "scope", "tokens"), texts)

    def seal(self, row: tuple[Any, ...]) -> None:
        """Write a daily seal."""
        self._copy("matters_seal", SEAL_COLUMNS, [row])

    def finish(self) -> None:
        """Commit and gather statistics."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _copy(self, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
