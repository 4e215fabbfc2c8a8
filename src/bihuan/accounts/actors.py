"""Actors: who takes a step, with the roles in force that day and how far they see."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet

from bihuan.accounts.models import Grant, User
from bihuan.accounts.roles import BY_KEY, Reach
from bihuan.database.prepared import prepared
from bihuan.database.taking_apart import shaping


@dataclass(frozen=True, kw_only=True)
class Held:
    """One role held for a unit within a region."""

    role: str = shaping()
    unit_id: int
    region_id: int
    level: int = shaping()


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody or something that acts. `kind`: person, public (a reporter) or clock."""

    kind: str = shaping()
    name: str
    user_id: int = 0
    person_id: int = 0
    unit_name: str = ""
    held: tuple[Held, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        """Role keys held, for any unit."""
        return frozenset(held.role for held in self.held)

    @property
    def unit_ids(self) -> frozenset[int]:
        """Units for which any role is held."""
        return frozenset(held.unit_id for held in self.held)

    @cached_property
    def reach(self) -> "Actor":
        """The actor as prepared questions take him: what no statement asks for is left out."""
        return replace(self, name="", user_id=0, unit_name="")

    def regions_seen(self) -> tuple[tuple[int, int], ...]:
        """(level, region id) pairs whose every matter this actor may see."""
        seen = {
            (held.level, held.region_id)
            for held in self.held
            if BY_KEY[held.role].reach is Reach.REGION
        }
        return tuple(sorted(seen))

    def kinds_seen(self) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
        """(level, region id, kinds) whose matters of those kinds this actor may see."""
        seen = {
            (held.level, held.region_id, BY_KEY[held.role].kinds)
            for held in self.held
            if BY_KEY[held.role].reach is Reach.KINDS
        }
        return tuple(sorted(seen))

    def units_seen(self) -> tuple[int, ...]:
        """Units whose handed-over matters this actor may see."""
        seen = {held.unit_id for held in self.held if BY_KEY[held.role].reach is Reach.UNIT}
        return tuple(sorted(seen))

    def may(self, roles: tuple[str, ...], *, unit_id: int | None, path: tuple[int, ...]) -> bool:
        """Whether one of `roles` is held for that unit, or for a region on that path."""
        for held in self.held:
            if held.role not in roles:
                continue
            reach = BY_KEY[held.role].reach
            if reach is Reach.UNIT and held.unit_id == unit_id:
                return True
            if reach is not Reach.UNIT and held.region_id in path:
                return True
        return self.kind in roles


CLOCK = Actor(kind="clock", name="系统时钟")
PUBLIC = Actor(kind="public", name="举报人")


def actor_of(user: User, *, on: date) -> Actor:
    """The actor that a user is on a day; one query."""
    rows = _grants(user.pk, on)
    held = tuple(
        Held(role=role, unit_id=unit_id, region_id=region_id, level=level)
        for role, unit_id, region_id, level, _name in rows
        if role in BY_KEY
    )
    return Actor(
        kind="person",
        name=user.display_name,
        user_id=user.pk,
        person_id=user.person_id or 0,
        unit_name=rows[0][4] if rows else "",
        held=held,
    )


@prepared
def _grants(user_id: int, on: date) -> QuerySet[Grant, tuple[str, int, int, int, str]]:
    return (
        Grant.objects.filter(user_id=user_id, from_on__lte=on)
        .filter(Q(until_on__isnull=True) | Q(until_on__gte=on))
        .order_by("id")
        .values_list("role", "unit_id", "region_id", "region__level", "unit__name")
    )
