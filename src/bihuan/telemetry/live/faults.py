"""Whose fault an exception is: of what was read, or of the storage and the machine below."""

import sqlite3
from typing import Final

import polars as pl

from bihuan.telemetry.intake.aside import where_of
from bihuan.telemetry.store.segments import Damaged

# A row that SQLite can't take is the row's fault; all else that it says is of its files.
_OF_ROWS: Final = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
_OF_STORAGE: Final = (OSError, MemoryError, sqlite3.Error, Damaged)


class CannotGoOn(Exception):  # noqa: N818 - a sentence for the user
    """Nothing can be committed any more, whatever the file; a sentence for the user."""


def is_of_content(error: BaseException) -> bool:
    """Whether what was being read may be to blame.

    A panic of polars is no `Exception`; what ends a process (`SystemExit`) isn't one either.
    """
    if isinstance(error, (*_OF_ROWS, pl.exceptions.PanicException)):
        return True
    return isinstance(error, Exception) and not isinstance(error, (*_OF_STORAGE, CannotGoOn))


def fault_told(error: BaseException) -> str:
    """What was raised and where, in a word: nothing of the file."""
    return f"{type(error).__name__} {where_of(error)}".strip()
