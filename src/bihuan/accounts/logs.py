"""Logs that the audit administrator reads; capabilities above add theirs at start-up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bihuan.accounts.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Log:
    """One log: `rows(by, before, limit)` gives rows for the ledger, newest first, ids falling.

    `before` is the id of the last row of the page before, 0 for the first page.
    """

    key: str
    label: str
    about: str
    columns: Sequence[dict[str, Any]]
    rows: Callable[[Actor, int, int], Sequence[dict[str, Any]]]


_logs: dict[str, Log] = {}


def add_log(log: Log) -> None:
    """Make a log readable; adding the same key again replaces it."""
    _logs[log.key] = log


def all_logs() -> Sequence[Log]:
    """Every log, in the order in which they were added."""
    return tuple(_logs.values())


def log_of(key: str) -> Log | None:
    """The log of that key."""
    return _logs.get(key)
