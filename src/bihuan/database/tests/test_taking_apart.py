"""What shapes a statement is told from what is only a value in it."""

from dataclasses import dataclass

import pytest
from django.db.models import Q, QuerySet
from tests.people import County

from bihuan.database.prepared import STATEMENTS_MAX, Prepared, prepared
from bihuan.database.taking_apart import put_together, shaping, taken_apart
from bihuan.places.models import Region


@dataclass(frozen=True, kw_only=True)
class Held:
    role: str = shaping()
    places: tuple[int, ...] = ()
    note: str = ""


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ((1, "a"), (2, "b"), True),
        ((1,), ("1",), False),
        ((1,), (0,), False),
        (("a",), ("",), False),
        ((0,), (False,), False),
        ((1,), (True,), False),
        (((1, 2),), ((3, 4),), True),
        (((1, 2),), ((3, 3),), False),
        (((1, 2),), ((1, 2, 3),), False),
        ((1, 1), (1, 2), True),  # equal in two arguments is chance
        ((Held(role="a", places=(1,)),), (Held(role="a", places=(2,)),), True),
        ((Held(role="a"),), (Held(role="b"),), False),
        ((Held(role="a", note="x"),), (Held(role="a"),), False),
    ],
)
def test_shape(one: tuple[object, ...], other: tuple[object, ...], alike: bool) -> None:
    assert (taken_apart(one).shape == taken_apart(other).shape) is alike


def test_put_together_again() -> None:
    told = (Held(role="a", places=(7, 8, 7), note="n"), 7, None)
    parts = taken_apart(told)
    assert parts.values == (7, 8, "n", 7)
    assert put_together(told, parts.values) == list(told)
    other = put_together(told, (1, 2, "m", 3))
    assert other == [Held(role="a", places=(1, 2, 1), note="m"), 3, None]


def test_a_set_of_equal_values_is_asked_right(county: County) -> None:
    @prepared
    def under(places: tuple[int, ...]) -> QuerySet[Region, int]:
        asked = Q()
        for place in sorted(set(places)):
            asked |= Q(parent_id=place)
        return Region.objects.filter(asked).order_by("id").values_list("id", flat=True)

    root, parent = county.regions["province"].pk, county.region.pk
    below = sorted(county.regions[key].pk for key in ("south", "north"))
    beside = list(Region.objects.filter(parent_id=root).order_by("id").values_list("id", flat=True))
    assert under((parent, root)) == sorted([*below, *beside])
    assert under((parent, parent)) == below
    assert under((root, parent)) == sorted([*below, *beside])


@pytest.mark.django_db
def test_statements_do_not_grow_without_end() -> None:
    @prepared
    def told(names: tuple[str, ...]) -> QuerySet[Region, int]:
        return Region.objects.filter(name__in=names).values_list("id", flat=True)

    for count in range(1, STATEMENTS_MAX + 10):
        assert told(tuple(f"甲{n}" for n in range(count % 30)) + ("",) * (count // 30)) == []
    assert isinstance(told, Prepared)
    assert told.statement_count <= STATEMENTS_MAX
