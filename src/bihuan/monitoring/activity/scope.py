"""Whose figures somebody may see and send: his region's, or his own firm's."""

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.places.models import Site

OFFICIALS = ("office", "leader", "handler", "head", "watch", "inspector")
SENDERS = ("office", "handler", "watch")
OF_FIRM = ("firm", "dispatcher")


def sites_seen(by: Actor) -> QuerySet[Site]:
    """Sites whose figures the actor may see."""
    return _sites(by, officials=OFFICIALS, of_firm=OF_FIRM)


def sites_written(by: Actor) -> QuerySet[Site]:
    """Sites whose figures the actor may send."""
    return _sites(by, officials=SENDERS, of_firm=OF_FIRM)


def _sites(by: Actor, *, officials: tuple[str, ...], of_firm: tuple[str, ...]) -> QuerySet[Site]:
    reach = Q(pk__in=())
    for held in by.held:
        if held.role in of_firm:
            reach |= Q(firm_id=held.unit_id)
        elif held.role in officials:
            reach |= Q(region_id=held.region_id) | Q(region__path__contains=f"/{held.region_id}/")
    return Site.objects.filter(reach)
