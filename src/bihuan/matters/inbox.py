"""Queries behind the inbox, the lists and their counts: keyset paging, no whole-table counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.accounts.roles import BY_KEY, Reach
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import is_id
from bihuan.matters.models import Matter
from bihuan.matters.permission import LEVELS, not_recused, visible

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


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """How a list is narrowed: everything stands in the URL."""

    kind: str
    stages: tuple[str, ...] = ()
    is_open: bool | None = True
    late_at: datetime | None = None
    due_before: datetime | None = None
    site_id: int | None = None
    unit_id: int | None = None
    township_id: int | None = None
    category: str = ""
    source: str = ""
    ids: Sequence[int] | None = None


def narrowed(by: Actor, narrowing: Narrowing) -> QuerySet[Matter]:
    """The scoped queryset of a list."""
    found = visible(by).filter(kind=narrowing.kind)
    plain = {
        "is_open": narrowing.is_open,
        "site_id": narrowing.site_id,
        "unit_id": narrowing.unit_id,
        "l4": narrowing.township_id,
        "category": narrowing.category or None,
        "source": narrowing.source or None,
        "stage__in": narrowing.stages or None,
        "late_from__lte": narrowing.late_at,
        "due_at__lt": narrowing.due_before,
        "id__in": narrowing.ids,
    }
    return found.filter(**{key: value for key, value in plain.items() if value is not None})


def page_of(
    found: QuerySet[Matter], *, after: str = "", newest: bool = False, size: int | None = None
) -> Page:
    """One page, by due moment (earliest first) or newest first; `after` is the last row's key."""
    size = size or PAGE
    if newest:
        found = found.order_by("-id")
        if is_id(after):
            found = found.filter(id__lt=int(after))
    else:
        found = found.order_by("due_at", "id")
        due, _, last = after.rpartition("_")
        moment = _moment(due)
        if moment and is_id(last):
            found = found.filter(due_at__gte=moment).filter(
                Q(due_at__gt=moment) | Q(id__gt=int(last))
            )
    rows = list(found.values(*ROW)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if not more:
        return Page(rows=rows, next_after="")
    last_row = rows[-1]
    key = str(last_row["id"]) if newest else f"{last_row['due_at'].isoformat()}_{last_row['id']}"
    return Page(rows=rows, next_after=key)


def inbox(by: Actor, *, kinds: tuple[str, ...] = ()) -> QuerySet[Matter]:
    """Open matters whose stage waits for a role that the actor holds there (待我办理)."""
    mine = waits_for(by, kinds=kinds)
    return Matter.objects.filter(mine, is_open=True).filter(not_recused(by))


def waits_for(by: Actor, *, kinds: tuple[str, ...] = ()) -> Q:
    """The stages that wait for a role of the actor's, where he holds it; openness apart."""
    waiting: dict[tuple[str, int], Q] = {}
    for held in by.held:
        is_unit = BY_KEY[held.role].reach is Reach.UNIT
        place = ("unit_id", held.unit_id) if is_unit else (LEVELS[held.level - 1], held.region_id)
        for loop in catalog().loops:
            stages = [s.key for s in loop.stages if s.holder == held.role and not s.closed]
            if stages and (not kinds or loop.key in kinds):
                here = Q(kind=loop.key, stage__in=stages)
                waiting[place] = waiting[place] | here if place in waiting else here
    # The place stands outside: one place is one walk along its index, in the order of due.
    mine = Q(pk__in=()) if not waiting else Q()
    for n, ((column, key), here) in enumerate(sorted(waiting.items(), key=_place)):
        there = Q(**{column: key}) & here
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
