"""When the storage fails: which failure it is, and what the person is told instead of a 500.

A full disk and a database that is away pass by themselves once somebody makes room or starts the
server again, so they are answered as what they are. Anything else stays a fault of the program.
"""

import errno
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# No room, over quota, over the limit of a file's size.
_FULL_ERRNOS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# SQLite says FULL for no room; a quota, or no room for its shared memory, comes as one of the rest.
_FULL_CODES: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_FULL_STATES: Final = ("53100", "58030")
# PostgreSQL has no state of its own for these two; it quotes the system.
_FULL_WORDS: Final = ("File too large", "Disk quota exceeded")
_AWAY_STATES: Final = ("08", "53300", "57P01", "57P02", "57P03", "57P05")
ALARM_S: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A failure of the storage: status, title, and a sentence for staff and one for the public."""

    status: int
    title: str
    sentence: str
    public: str


FULL: Final = Outage(
    status=507,
    title="磁盘满了",
    sentence=(
        "服务器的磁盘满了，或者写不进去，这一次没有办完。"
        "请告诉系统管理员；腾出空间后，先看一看办到了哪里，再接着办。"
    ),
    public=(
        "系统存放内容的地方满了，这一次没有收下。"
        "请留好已写的内容，过一会儿在原来的页面上再提交一次，或者拨打举报电话。"
    ),
)
AWAY: Final = Outage(
    status=503,
    title="数据库连不上",
    sentence=(
        "数据库暂时连不上，这一次有没有办成还不清楚。"
        "请过一会儿打开原来的页面看一看，没有办成的再办一次。"
    ),
    public=(
        "系统暂时连不上数据库，这一次有没有收下还不清楚。"
        "请过一会儿在原来的页面上再提交一次：同一份内容不会收两遍。"
    ),
)


class _Memory:
    """When this process last answered that the disk is full."""

    full_at: float | None = None


def outage_in(error: BaseException | None) -> Outage | None:
    """Which outage an exception, or what caused it, tells of; a full disk is remembered."""
    kinds = [kind for kind in map(_kind_of, _chain(error)) if kind]
    if FULL in kinds:
        _Memory.full_at = time.monotonic()
        return FULL
    return AWAY if kinds else None


def was_full_lately() -> bool:
    """Whether this process told somebody within the last minute that the disk is full."""
    return _Memory.full_at is not None and time.monotonic() - _Memory.full_at < ALARM_S


def forget() -> None:
    """Nothing was full."""
    _Memory.full_at = None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _kind_of(error: BaseException) -> Outage | None:
    if isinstance(error, OSError):
        return FULL if error.errno in _FULL_ERRNOS else None
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it only says where
        return FULL if code in _FULL_CODES else None
    if "psycopg" in sys.modules:  # whoever works on SQLite never loads it
        return _kind_of_postgres(error)
    return None


def _kind_of_postgres(error: BaseException) -> Outage | None:
    import psycopg  # noqa: PLC0415 - it is loaded where one of its errors can be

    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate or ""
    if state in _FULL_STATES or any(words in str(error) for words in _FULL_WORDS):
        return FULL
    is_lost = not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return AWAY if is_lost or state.startswith(_AWAY_STATES) else None
