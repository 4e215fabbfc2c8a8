"""How far an administrator reaches: the regions of the own grants and everything below."""

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.accounts.models import User
from bihuan.places.models import Person, Region, Site, Unit


def regions_of(by: Actor, *, role: str) -> QuerySet[Region]:
    """Regions within reach of that role of the actor."""
    return Region.objects.filter(_within("", by, role)).order_by("path")


def units_of(by: Actor, *, role: str) -> QuerySet[Unit]:
    """Units within reach."""
    return (
        Unit.objects.filter(_within("region__", by, role))
        .select_related("region")
        .order_by("region__path", "id")
    )


def sites_of(by: Actor, *, role: str) -> QuerySet[Site]:
    """Supervised sites within reach."""
    return (
        Site.objects.filter(_within("region__", by, role)).select_related("region").order_by("id")
    )


def users_of(by: Actor, *, role: str) -> QuerySet[User]:
    """Accounts of units within reach, or with a role there."""
    near = _within("unit__region__", by, role) | _within("grants__region__", by, role)
    ids = User.objects.filter(near).values("pk")
    return User.objects.filter(pk__in=ids).select_related("person", "unit").order_by("username")


def persons_of(by: Actor, *, role: str) -> QuerySet[Person]:
    """Persons with a post or an account within reach."""
    near = _within("appointments__post__unit__region__", by, role)
    near |= _within("user__unit__region__", by, role) | _within("user__grants__region__", by, role)
    ids = Person.objects.filter(near).values("pk")
    return Person.objects.filter(pk__in=ids).order_by("id")


def _within(prefix: str, by: Actor, role: str) -> Q:
    ids = {held.region_id for held in by.held if held.role == role}
    paths = Region.objects.filter(pk__in=ids).values_list("path", flat=True)
    near = Q(pk__in=())
    for path in paths:
        near |= Q(**{f"{prefix}path__startswith": path})
    return near
