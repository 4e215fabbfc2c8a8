"""Which failures of the storage are told as what they are, and which stay faults."""

import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, OperationalError

from bihuan.database import outages
from bihuan.database.outages import AWAY, FULL, Outage, outage_in

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    outages.forget()


def of_sqlite(tmp_path: Path) -> sqlite3.Error:
    """What SQLite itself says when its file may not grow."""
    with sqlite3.connect(tmp_path / "small.sqlite3") as link:
        link.execute("CREATE TABLE t (x)")
        link.execute("PRAGMA max_page_count=2")
        with pytest.raises(sqlite3.OperationalError) as full:
            link.execute("INSERT INTO t VALUES (zeroblob(100000))")
    link.close()
    return full.value


def test_sqlite_without_room_is_full(tmp_path: Path) -> None:
    wrapped = OperationalError("database or disk is full")
    wrapped.__cause__ = of_sqlite(tmp_path)
    assert not outages.was_full_lately()
    assert outage_in(wrapped) is FULL
    assert outages.was_full_lately()


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (OSError(errno.ENOSPC, "no room"), FULL),
        (OSError(errno.EDQUOT, "over quota"), FULL),
        (OSError(errno.EFBIG, "too large"), FULL),
        (OSError(errno.EACCES, "not allowed"), None),
        (psycopg.errors.DiskFull("could not extend file"), FULL),
        (psycopg.errors.InternalError_("could not extend file: File too large"), FULL),
        (psycopg.errors.InternalError_("something else"), None),
        (psycopg.errors.AdminShutdown("terminating"), AWAY),
        (psycopg.errors.CannotConnectNow("starting up"), AWAY),
        (psycopg.errors.TooManyConnections("too many"), AWAY),
        (psycopg.OperationalError("connection refused"), AWAY),
        (psycopg.InterfaceError("the connection is closed"), AWAY),
        (psycopg.errors.UniqueViolation("twice"), None),
        (DatabaseError("of nobody"), None),
        (ValueError("a fault of the program"), None),
        (None, None),
    ],
)
def test_each_is_called_what_it_is(error: BaseException | None, found: Outage | None) -> None:
    assert outage_in(error) is found


def test_what_an_outage_breaks_further_on_is_the_outage() -> None:
    later = ValueError("while telling of it")
    later.__context__ = psycopg.errors.DiskFull("no room")
    assert outage_in(later) is FULL


def test_causes_that_go_in_a_ring_come_to_an_end() -> None:
    first, second = ValueError("one"), ValueError("two")
    first.__cause__, second.__cause__ = second, first
    assert outage_in(first) is None
