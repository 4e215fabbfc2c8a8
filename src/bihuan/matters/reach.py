"""How far an actor sees: the one scoped queryset that every screen, API and export starts from."""

import hashlib
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.language.field import Kind
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Matter, Recusal

LEVELS = ("l1", "l2", "l3", "l4")


def within_reach(by: Actor) -> Q:
    """Matters within the actor's regions and units, recusal apart."""
    reach = Q(pk__in=())
    for level, region_id in by.regions_seen():
        reach |= Q(**{LEVELS[level - 1]: region_id})
    for level, region_id, kinds in by.kinds_seen():
        reach |= Q(**{LEVELS[level - 1]: region_id}, kind__in=kinds)
    units = by.units_seen()
    if units:
        reach |= Q(unit_id__in=units) & ~not_handed_over()
    return reach


def not_handed_over() -> Q:
    """Matters whose responsible unit is settled but hasn't got them yet."""
    waiting = Q(pk__in=())
    for loop in catalog().loops:
        stages = [stage.key for stage in loop.stages if stage.before_hand_over]
        if stages:
            waiting |= Q(kind=loop.key, stage__in=stages)
    return waiting


def is_handed_over(matter: Matter) -> bool:
    """Whether the responsible unit may see the matter."""
    return not catalog().loop(matter.kind).stage(matter.stage).before_hand_over


def not_recused(by: Actor) -> Q:
    """Matters that aren't about the actor or his units."""
    mine = Q(unit_id__in=by.unit_ids) | Q(person_id=by.person_id or -1)
    return ~Q(Exists(Recusal.objects.filter(mine, matter_id=OuterRef("pk"))))


def recused_matters(by: Actor) -> QuerySet[Recusal, Any]:
    """Ids of matters about the actor or his units, for tables that only refer to matters."""
    mine = Q(unit_id__in=by.unit_ids) | Q(person_id=by.person_id or -1)
    return Recusal.objects.filter(mine).values("matter_id")


def visible(by: Actor) -> QuerySet[Matter]:
    """The one scoped queryset that every screen, API and export starts from."""
    if by.kind == "clock":
        return Matter.objects.all()
    return Matter.objects.filter(within_reach(by)).filter(not_recused(by))


def may_see(matter: Matter, *, by: Actor) -> bool:
    """Whether the actor may know that this matter exists."""
    if by.kind in ("clock", "public"):
        return True  # the public door has checked the receipt before it comes here
    path = (matter.l1, matter.l2, matter.l3, matter.l4)
    is_units = matter.unit_id in by.units_seen() and is_handed_over(matter)
    in_reach = (
        is_units
        or any(path[level - 1] == region_id for level, region_id in by.regions_seen())
        or any(
            path[level - 1] == region_id and matter.kind in kinds
            for level, region_id, kinds in by.kinds_seen()
        )
    )
    if not in_reach:
        return False
    recused = recused_from(matter.pk)
    return not any(
        unit in by.unit_ids or (person is not None and person == by.person_id)
        for unit, person in recused
    )


def sees_the_region(by: Actor) -> bool:
    """Whether the reader belongs to those who receive and supervise, not only to the unit."""
    return bool(by.regions_seen() or by.kinds_seen())


def untold_facts(by: Actor, *, loop: Loop) -> frozenset[str]:
    """What the receiving unit isn't told: how and by what kind of person the matter came in.

    It gets the summary and what the letter says; who was accused is hidden from it as well. The
    same for every door: pages and API.
    """
    if sees_the_region(by) or loop.tells_unit:
        return frozenset()
    intake = {one.key for one in loop.opens_with if one.kind is not Kind.SITE}
    accused = {key for key, one in loop.fields.items() if one.kind in (Kind.PERSON, Kind.UNIT)}
    return frozenset((intake | accused) - {loop.title, loop.summary, loop.category, loop.source})


@prepared
def recused_from(matter_id: int) -> QuerySet[Recusal, tuple[int | None, int | None]]:
    """(unit id, person id) of everybody to whom the matter is invisible."""
    return Recusal.objects.filter(matter_id=matter_id).values_list("unit_id", "person_id")


def reach_mark(by: Actor, *, upto: int | None = None) -> str:
    """What the actor's reach is known by: "highest matter : digest of roles and recusals up to it".

    Made again later up to the same matter it is equal as long as nothing was taken away or given.
    Matters that came later don't count: somebody must not learn from a file that is refused that
    a matter about him has been opened since.
    """
    if upto is None:
        upto = Matter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    mine = Q(unit_id__in=by.unit_ids) | Q(person_id=by.person_id or -1)
    hidden = Recusal.objects.filter(mine, matter_id__lte=upto).order_by("matter_id")
    held = sorted((one.role, one.unit_id, one.region_id) for one in by.held)
    told = repr((held, sorted(set(hidden.values_list("matter_id", flat=True)))))
    return f"{upto}:{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def is_reach_of(mark: str, *, by: Actor) -> bool:
    """Whether the actor's reach is still the one that the mark was made of."""
    upto = mark.partition(":")[0]
    return upto.isdecimal() and reach_mark(by, upto=int(upto)) == mark
