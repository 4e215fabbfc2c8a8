"""Whose readings somebody may look at: those of mines in his region, or of his own firm."""

from typing import Final

from django.db.models import Q, QuerySet
from django.http import Http404

from bihuan.accounts.actors import Actor
from bihuan.places.models import Site

OF_REGION: Final = frozenset({"watch", "office", "leader", "handler", "head"})
OF_FIRM: Final = frozenset({"dispatcher", "firm"})


def sites_watched(by: Actor) -> QuerySet[Site]:
    """Mines that send readings, as far as the actor's roles of early warning reach."""
    reach = Q(pk__in=())
    for held in by.held:
        if held.role in OF_REGION:
            reach |= Q(region__path__contains=f"/{held.region_id}/")
        if held.role in OF_FIRM:
            reach |= Q(firm_id=held.unit_id)
    return Site.objects.filter(reach).exclude(code="").order_by("name", "id")


def demand_role(by: Actor) -> None:
    """Nobody without early warning learns that these pages are there."""
    if not by.roles & (OF_REGION | OF_FIRM):
        raise Http404


def site_watched(by: Actor, number: int) -> Site:
    """The mine, or not found."""
    demand_role(by)
    site = sites_watched(by).filter(pk=number).select_related("region").first()
    if site is None:
        raise Http404
    return site
