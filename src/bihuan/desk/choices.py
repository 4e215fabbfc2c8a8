"""What an actor may choose from: regions, townships, units, sites and options within reach."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.language.field import Field
from bihuan.language.parameter import Option
from bihuan.places.models import Region, Site, Unit
from bihuan.regulations.values import value_of

CHOICES_MAX = 400  # what a select can still be used with
FIRM_ALONE = frozenset({"firm"})


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Places within the regions for which an actor holds a role; names by id."""

    paths: tuple[str, ...]
    townships: dict[int, str]
    units: dict[int, str]
    firms: frozenset[int] | None = None  # whose sites alone are known to an account of theirs

    @property
    def region_path(self) -> tuple[int, ...]:
        """Region ids down to the first region held: where parameters are looked up."""
        return tuple(int(part) for path in self.paths[:1] for part in path.split("/") if part)


def choices_of(by: Actor) -> Choices:
    """Places of the regions held, in three queries; empty for somebody without a role."""
    held = sorted({held.region_id for held in by.held})
    paths = tuple(
        Region.objects.filter(pk__in=held).order_by("level").values_list("path", flat=True)
    )
    towns = Region.objects.filter(_under(paths), level=Region.Level.TOWNSHIP, valid_until=None)
    units = Unit.objects.filter(_under(paths, "region__"), is_active=True)
    units = units.exclude(kind=Unit.Kind.FIRM)
    firms = by.unit_ids if by.roles == FIRM_ALONE else None
    if firms is not None:
        units = units.none()  # who works in which office is no firm's business
    return Choices(
        paths=paths,
        townships=dict(towns.order_by("code").values_list("id", "name")[:CHOICES_MAX]),
        units=dict(units.order_by("id").values_list("id", "name")[:CHOICES_MAX]),
        firms=firms,
    )


def sites_of(choices: Choices) -> QuerySet[Site]:
    """Sites that an actor may name: of his regions, or those of his firm alone."""
    found = sites_within(choices.paths)
    return found if choices.firms is None else found.filter(firm_id__in=choices.firms)


def sites_within(paths: tuple[str, ...]) -> QuerySet[Site]:
    """Sites of these regions, by name."""
    return Site.objects.filter(_under(paths, "region__")).order_by("name", "id")


def options_at(field: Field, *, region_path: tuple[int, ...], on: date) -> tuple[Option, ...]:
    """Options of a choice at a place; an open list comes from its pack parameter."""
    if not field.options_param or not region_path:
        return field.options
    value = value_of(field.options_param, region_path=region_path, on=on)
    return value.options if value.is_set else field.options


def _under(paths: tuple[str, ...], prefix: str = "") -> Q:
    inside = Q(pk__in=())
    for path in paths:
        inside |= Q(**{f"{prefix}path__startswith": path})
    return inside
