"""Queries behind the inbox, the lists and their counts: keyset paging, no whole-table counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.accounts.roles import BY_KEY, Reach
from bihuan.database.taking_apart import shaping
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import is_id
from bihuan.matters.models import Matter
from bihuan.matters.permission import LEVELS, not_recused

PAGE = 50
COUNT_CAP = 10_000
ROW = [
    "id",
    "kind",
    "number",
    "acceptance_number",
    "title",
    "stage",
    "unit_id",
    "unit__name",
    "l4",
    "site_id",
    "site__name",
    "severity",
    "category",
    "source",
    "opened_at",
    "closed_at",
    "is_open",
    "due_at",
    "late_from",
    "parent_id",
]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Rows of one page as plain dicts, and the key after which the next one starts."""

    rows: list[dict[str, Any]]
    next_after: str


def page_of(
    found: QuerySet[Matter], *, after: str = "", newest: bool = False, size: int | None = None
) -> Page:
    """One page, by due moment (earliest first) or newest first; `after` is the last row's key."""
    rows = from_there(found, start_after(after, newest=newest), size=size)
    return as_page(list(rows.values_list(*ROW)), newest=newest, size=size)


@dataclass(frozen=True, kw_only=True)
class Start:
    """The order of a list, and the row after which a page of it starts."""

    newest: bool = shaping()
    due: datetime | None = None
    last: int = 0


def start_after(key: str, *, newest: bool) -> Start:
    """Where the key of a page's last row says that the next page starts; else the beginning."""
    if newest:
        return Start(newest=True, last=int(key) if is_id(key) else 0)
    due, _, last = key.rpartition("_")
    moment = _moment(due)
    if moment is None or not is_id(last):
        return Start(newest=False)
    return Start(newest=False, due=moment, last=int(last))


def from_there(
    found: QuerySet[Matter], start: Start, *, size: int | None = None
) -> QuerySet[Matter]:
    """The rows of one page, and one more that tells whether there is a next."""
    size = size or PAGE
    if start.newest:
        found = found.filter(id__lt=start.last) if start.last else found
        return found.order_by("-id")[: size + 1]
    if start.due is not None:
        found = found.filter(due_at__gte=start.due).filter(
            Q(due_at__gt=start.due) | Q(id__gt=start.last)
        )
    return found.order_by("due_at", "id")[: size + 1]


def as_page(found: Sequence[tuple[Any, ...]], *, newest: bool, size: int | None = None) -> Page:
    """Rows of `from_there` as a page."""
    size = size or PAGE
    rows = [as_row(one) for one in found[:size]]
    if len(found) <= size:
        return Page(rows=rows, next_after="")
    last = rows[-1]
    key = str(last["id"]) if newest else f"{last['due_at'].isoformat()}_{last['id']}"
    return Page(rows=rows, next_after=key)


def as_row(found: tuple[Any, ...]) -> dict[str, Any]:
    """Columns of `ROW` by name."""
    return dict(zip(ROW, found, strict=True))


def inbox(by: Actor, *, kinds: tuple[str, ...] = ()) -> QuerySet[Matter]:
    """Open matters whose stage waits for a role that the actor holds there (待我办理)."""
    mine = waits_for(by, kinds=kinds)
    return Matter.objects.filter(mine, is_open=True).filter(not_recused(by))


def waits_for(by: Actor, *, kinds: tuple[str, ...] = ()) -> Q:
    """The stages that wait for a role of the actor's, where he holds it; openness apart."""
    waiting: dict[tuple[str, int], Q] = {}
    every: dict[tuple[str, int], set[str]] = {}
    for held in by.held:
        is_unit = BY_KEY[held.role].reach is Reach.UNIT
        place = ("unit_id", held.unit_id) if is_unit else (LEVELS[held.level - 1], held.region_id)
        for loop in catalog().loops:
            stages = [s.key for s in loop.stages if s.holder == held.role and not s.closed]
            if stages and (not kinds or loop.key in kinds):
                here = Q(kind=loop.key, stage__in=stages)
                waiting[place] = waiting[place] | here if place in waiting else here
                every.setdefault(place, set()).update(stages)
    # The place stands outside: one place is one walk along its index, in the order of due.
    mine = Q(pk__in=()) if not waiting else Q()
    for n, ((column, key), here) in enumerate(sorted(waiting.items(), key=_place)):
        # The stages of every kind together: the index tells them without a look at the row.
        there = Q(**{column: key, "stage__in": sorted(every[column, key])}) & here
        mine = there if n == 0 else mine | there
    return mine


def _place(item: tuple[tuple[str, int], Q]) -> tuple[str, int]:
    return item[0]


def capped_count(found: QuerySet[Matter]) -> tuple[int, bool]:
    """(count, whether there are more): counting stops at the cap."""
    count = found.order_by().values("id")[: COUNT_CAP + 1].count()
    return min(count, COUNT_CAP), count > COUNT_CAP


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
