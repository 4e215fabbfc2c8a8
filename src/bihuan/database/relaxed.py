"""Small writes of a reader's page: there when it is answered, on the disk soon after (ADR 0018)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from bihuan.database.turns import turn_to_write


@contextmanager
def without_waiting_for_the_disk() -> Iterator[None]:
    """One short transaction that outlives a killed process, and nobody waits for the disk.

    SQLite syncs its log with the next step that anybody takes, PostgreSQL within a second: only
    a power cut in between loses the write, and nothing else with it.
    """
    if connection.in_atomic_block:  # its end decides how long it waits
        yield
        return
    if connection.vendor == "sqlite":
        with turn_to_write(), _relaxed_sqlite(), transaction.atomic():
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:  # pragma: no cover - PostgreSQL
        cursor.execute("SET LOCAL synchronous_commit TO off")
        yield


@contextmanager
def _relaxed_sqlite() -> Iterator[None]:
    connection.ensure_connection()
    raw = connection.connection
    raw.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        raw.execute("PRAGMA synchronous=FULL")
