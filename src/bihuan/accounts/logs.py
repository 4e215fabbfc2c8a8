"""Logs that the audit administrator reads; capabilities above add theirs at start-up."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.ui.words import SHANGHAI

FILTER_MAX = 60
PAGE_EXPORTED = 500
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of a log: whom, which matter, which days; empty is everything."""

    who: str = ""
    matter: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> "Wanted":
        """What the address asks for."""
        return cls(
            **{
                key: query.get(key, "").replace("\0", "").strip()[:FILTER_MAX]
                for key in ("who", "matter", "since", "until")
            }
        )

    def days(self, column: str) -> Q:
        """The condition of the period on a column of moments; a day that is none asks nothing."""
        found = Q()
        if first := _day(self.since):
            found &= Q(**{f"{column}__gte": _midnight(first)})
        if last := _day(self.until):
            found &= Q(**{f"{column}__lt": _midnight(last) + _DAY})
        return found


@dataclass(frozen=True, kw_only=True)
class Log:
    """One log: `rows(by, before, limit, wanted)` gives rows, newest first, ids falling.

    `before` is the id of the last row of the page before, 0 for the first page; `asks` are the
    filters that it knows, of `who`, `matter`, `days`.
    """

    key: str
    label: str
    about: str
    columns: Sequence[dict[str, Any]]
    rows: Callable[[Actor, int, int, Wanted], Sequence[dict[str, Any]]]
    asks: frozenset[str] = frozenset()


def lines_of(log: Log, *, by: Actor, wanted: Wanted) -> Iterator[list[str]]:
    """Every line of a log as plain texts in the order of its columns, one page in memory."""
    before = 0
    while rows := log.rows(by, before, PAGE_EXPORTED, wanted):
        for row in rows:
            yield [plain_cell(row["cells"].get(column["key"])) for column in log.columns]
        before = rows[-1]["id"]


def plain_cell(cell: Any) -> str:
    """What a cell of a ledger says in words."""
    if isinstance(cell, Mapping):
        return " ".join(str(cell[key]) for key in ("text", "label", "sub") if cell.get(key))
    return "" if cell is None else str(cell)


def page_before[M: Model](found: QuerySet[M], before: int) -> QuerySet[M]:
    """Newest first, from where the page before ended."""
    found = found.order_by("-id")
    return found.filter(pk__lt=before) if before else found


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


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year < date.max.year else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI)
