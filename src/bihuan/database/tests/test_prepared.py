"""A prepared question gives what its queryset gives, for other values too."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext
from tests.people import NOW, County

from bihuan.accounts.models import Grant
from bihuan.database.prepared import prepared
from bihuan.matters.models import Timer
from bihuan.places.models import Appointment, Region, Unit
from bihuan.regulations.models import LoadedPack


@prepared
def grants_of(role: str, day: date, regions: tuple[int, ...]) -> QuerySet[Grant]:
    grants = Grant.objects.filter(role=role, from_on__lte=day, region_id__in=regions)
    return grants.filter(Q(until_on__isnull=True) | Q(until_on__gte=day)).order_by("id")


@prepared
def regions_under(parent: int | None) -> QuerySet[Region, str]:
    return Region.objects.filter(parent_id=parent).order_by("code").values_list("code", flat=True)


@prepared
def held(unit: int) -> QuerySet[Appointment]:
    found = Appointment.objects.filter(post__unit_id=unit).order_by("id")
    return found.select_related("post", "person")


@prepared
def changed_on_its_way(name: str) -> QuerySet[Region]:
    return Region.objects.filter(name__contains=name)


@prepared
def loaded_since(moment: datetime) -> QuerySet[LoadedPack]:
    return LoadedPack.objects.filter(loaded_at__gte=moment).order_by("id")


@prepared
def units(is_active: bool) -> QuerySet[Unit, int]:
    return Unit.objects.filter(is_active=is_active).order_by("id").values_list("id", flat=True)


@prepared
def in_or_any(regions: tuple[int | None, ...] | bool) -> QuerySet[Region, int]:
    asked = Q()
    for region in () if isinstance(regions, bool) else regions:
        asked |= Q(parent_id=region)
    found = Region.objects.filter(asked) if regions else Region.objects.none()
    return found.order_by("id").values_list("id", flat=True)


def test_a_tuple_is_no_truth_and_none_inside_it_is_told_apart(county: County) -> None:
    root, parent = county.regions["province"].pk, county.region.pk
    below = [pk for key in ("south", "north") for pk in [county.regions[key].pk]]
    everything = list(Region.objects.order_by("id").values_list("id", flat=True))
    for asked, rows in (
        ((parent,), sorted(below)),
        (True, everything),
        ((None,), [root]),
        ((parent, None), sorted([root, *below])),
        ((None, parent), sorted([root, *below])),
        ((parent,), sorted(below)),
    ):
        assert in_or_any(asked) == rows, asked


def test_same_rows_for_every_value(county: County) -> None:
    for role in ("intake", "handler", "nobody"):
        for regions in ((county.region.pk,), (county.region.pk, county.regions["north"].pk), ()):
            day = date(2026, 3, 1)
            wanted = Grant.objects.filter(role=role, region_id__in=regions).order_by("id")
            assert grants_of(role, day, regions) == list(wanted)
    assert grants_of("intake", date(2019, 12, 31), (county.region.pk,)) == []


def test_none_is_a_question_of_its_own(county: County) -> None:
    assert regions_under(None) == [county.regions["province"].code]
    assert regions_under(county.region.pk) == ["990121101", "990121102"]


def test_related_rows_come_along(
    county: County, django_assert_num_queries: type[CaptureQueriesContext]
) -> None:
    held(county.units["coal"].pk)
    with django_assert_num_queries(1):
        told = [(one.post.title, one.person.name) for one in held(county.units["coal"].pk)]
    assert ("股长", "郑股长") in told
    assert held.first(0) is None


def test_moments_are_adapted_and_flags_are_structure(county: County) -> None:
    assert loaded_since(datetime(2000, 1, 1, tzinfo=UTC)) == list(LoadedPack.objects.order_by("id"))
    assert loaded_since(NOW) != []
    assert loaded_since(NOW + timedelta(seconds=1)) == []
    assert units(True) == sorted(unit.pk for unit in county.units.values())
    assert units(False) == []


def test_the_statement_is_compiled_once(county: County) -> None:
    built = []

    @prepared
    def counted(unit: int) -> QuerySet[Appointment]:
        built.append(unit)
        return Appointment.objects.filter(post__unit_id=unit)

    for unit in county.units.values():
        counted(unit.pk)
    assert len(built) == 2  # with two sets of stand-ins, once


@pytest.mark.django_db
def test_a_value_that_does_not_stand_as_it_is_is_refused() -> None:
    with pytest.raises(ValueError, match="changes a value on its way"):
        changed_on_its_way("青石")


@pytest.mark.django_db
def test_a_column_too_small_for_stand_ins_never_answers_with_nothing() -> None:
    @prepared
    def in_state(state: int) -> QuerySet[Timer]:
        return Timer.objects.filter(state=state)

    if connection.vendor == "sqlite":  # its columns take every whole number
        assert in_state(1) == []
        return
    with pytest.raises(ValueError, match="stand-ins"):
        in_state(1)


@pytest.mark.django_db
def test_values_are_given_by_position() -> None:
    with pytest.raises(TypeError, match="by position"):
        regions_under(parent=1)
    with pytest.raises(TypeError, match="can't hold"):
        regions_under(1.5)  # type: ignore[arg-type]
