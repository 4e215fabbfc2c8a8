"""Viewings: who read a sensitive matter, through which door, written before it is answered.

One row for a person, a matter, a door and an hour. The row is committed before the answer leaves,
so it outlives a killed process; the answer doesn't wait for the disk (ADR 0018).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.db import connection, models

from bihuan.accounts.actors import Actor
from bihuan.database.relaxed import without_waiting_for_the_disk
from bihuan.database.rows import insert_all
from bihuan.matters.declarations import catalog

if TYPE_CHECKING:
    from bihuan.matters.models import Matter

HOUR_S = 3600
KNOWN_MAX = 10_000  # rows that this process remembers having written
COUNTY_LEVEL = 3  # who audits reads what lies within his county, not within a township

_known: dict[tuple[int, int, str, int], None] = {}


class ViewingQuerySet(models.QuerySet["Viewing"]):
    """Viewings are added and looked at, nothing else."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse: the log of viewings stays as written."""
        raise TypeError("viewings are append-only")

    def delete(self) -> NoReturn:
        """Refuse: the log of viewings stays."""
        raise TypeError("viewings are append-only")


class Viewing(models.Model):
    """Somebody read a sensitive matter: who, which one, through which door, first in that hour."""

    class Door(models.TextChoices):
        PAGE = "page", "页面"
        FILE = "file", "附件"
        PAPER = "paper", "文书"
        EXPORT = "export", "导出"
        API = "api", "接口"

    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, related_name="viewings", db_index=False
    )
    door = models.CharField("方式", max_length=8, choices=Door)
    hour = models.IntegerField()  # hours since 1970, UTC
    at = models.DateTimeField("查看时间")
    region = models.ForeignKey("places.Region", models.PROTECT, related_name="+", db_index=False)

    objects = ViewingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("matter", "who", "door", "hour"), name="viewing_once"),
        )
        indexes = (
            models.Index(fields=("region", "id"), name="viewing_region"),
            models.Index(fields=("who", "id"), name="viewing_who"),
        )

    def __str__(self) -> str:
        return f"{self.door} of {self.matter_id} by {self.who_id}"


def record_viewing(matter: "Matter", door: str, *, by: Actor, now: datetime) -> None:
    """Write down that the actor reads this matter, unless that stands there for this hour.

    Nothing for other kinds, and nothing for a reporter, who has no account. A matter whose
    viewing can't be written isn't shown: the error is the caller's answer.
    """
    if catalog().is_sensitive(matter.kind):
        record_viewings({matter.pk: matter.path_ids}, door, by=by, now=now)


def record_viewings(
    paths: Mapping[int, Sequence[int]], door: str, *, by: Actor, now: datetime
) -> None:
    """The same for several sensitive matters at once, by id with the regions they lie in."""
    if by.kind != "person":
        return
    hour = int(now.timestamp()) // HOUR_S
    keys = {(matter_id, by.user_id, door, hour) for matter_id in paths} - _known.keys()
    if not keys:
        return
    rows = [
        Viewing(
            who_id=by.user_id,
            matter_id=matter_id,
            door=door,
            hour=hour,
            at=now,
            region_id=path[:COUNTY_LEVEL][-1],
        )
        for matter_id, path in paths.items()
        if (matter_id, by.user_id, door, hour) in keys
    ]
    inside = connection.in_atomic_block
    with without_waiting_for_the_disk():
        if len(rows) == 1:
            insert_all(rows, skip_known=True)
        else:
            Viewing.objects.bulk_create(rows, ignore_conflicts=True)  # one statement, of an export
    if not inside:  # what an outer transaction takes back isn't remembered
        _remember(keys)


def _remember(keys: Iterable[tuple[int, int, str, int]]) -> None:
    if len(_known) > KNOWN_MAX:
        _known.clear()
    _known.update(dict.fromkeys(keys))
