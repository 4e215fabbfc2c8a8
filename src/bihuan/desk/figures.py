"""The matters behind the figures, read once as plain rows within reach."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Exists, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.desk.counting import Counted
from bihuan.desk.filtering import (
    choice_fields,
    completed_stages,
    finished_clocks,
    late_clocks,
    midnight,
)
from bihuan.language.loop import Loop
from bihuan.matters import trail
from bihuan.matters.models import Entry, Matter
from bihuan.matters.reach import visible

MATTERS_MAX = 50_000  # more than a county has in ten years; beyond it the period must be shorter
TRAILS_MAX = 1_000  # matters whose trail is read for the time in a stage
_DAY = timedelta(days=1)
_COLUMNS = (
    "id",
    "stage",
    "opened_at",
    "closed_at",
    "category",
    "source",
    "unit_id",
    "l4",
    "is_open",
    "late_from",
    "has_clock",
    "was_late",
)


def opened_between(by: Actor, loop: Loop, *, first: date, last: date) -> QuerySet[Matter]:
    """Matters of a kind within reach, opened on these days."""
    return visible(by).filter(
        kind=loop.key, opened_at__gte=midnight(first), opened_at__lt=midnight(last + _DAY)
    )


def counted(
    found: QuerySet[Matter], *, loop: Loop, at: datetime, limit: int = MATTERS_MAX
) -> list[Counted]:
    """The newest `limit` of these matters as the figures see them; one query."""
    facts = tuple(field.key for field in choice_fields(loop))
    complete = set(completed_stages(loop))
    rows = (
        found.annotate(has_clock=Exists(finished_clocks()), was_late=Exists(late_clocks()))
        .order_by("-id")
        .values(*_COLUMNS, *(f"facts_row__data__{key}" for key in facts))
    )
    return [
        Counted(
            id=row["id"],
            stage=row["stage"],
            opened_at=row["opened_at"],
            closed_at=row["closed_at"],
            category=row["category"],
            source=row["source"],
            unit_id=row["unit_id"],
            township_id=row["l4"],
            is_open=row["is_open"],
            is_overdue=row["is_open"] and row["late_from"] <= at,
            is_complete=row["stage"] in complete,
            has_clock=row["has_clock"],
            was_late=row["was_late"],
            facts={key: row[f"facts_row__data__{key}"] for key in facts},
        )
        for row in rows[:limit]
    ]


def moves_of(matters: Iterable[Counted]) -> Iterator[tuple[int, datetime, str]]:
    """Each entry into a stage, matter by matter in order, read from the trail; one query."""
    ids = [matter.id for matter in matters][:TRAILS_MAX]
    rows = Entry.objects.filter(matter_id__in=ids).order_by("matter_id", "seq")
    for matter_id, happened_at, body in rows.values_list("matter_id", "happened_at", "body"):
        line = trail.from_bytes(bytes(body))
        if line.stage_to and line.stage_to != line.stage_from:
            yield matter_id, happened_at, line.stage_to
