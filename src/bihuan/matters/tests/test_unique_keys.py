"""Numbers and clocks exist once: by the database, each organ for itself, checked at the upgrade."""

from importlib import import_module

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, connection, transaction
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.matters.models import Matter, NumberVoid, PaperCopy, Timer
from bihuan.matters.writing import engine_writes

pytestmark = pytest.mark.django_db
ONCE = import_module("bihuan.matters.migrations.0009_once")


def twice(row: Matter | Timer, **changed: object) -> None:
    """Write a second row like it."""
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields} | changed
    with engine_writes(), transaction.atomic():
        type(row).objects.create(**values)


def test_two_counties_count_each_for_itself(county: County, neighbour: County) -> None:
    """Numbers, letters and voids of neighbours look alike and don't meet."""
    first, second = seeded.handed_over(county), seeded.handed_over(neighbour)
    assert first.number == second.number
    assert (first.organ, second.organ) == (str(county.region.pk), str(neighbour.region.pk))
    for lead in (first, second):
        copies = PaperCopy.objects.filter(matter=lead)
        assert set(copies.values_list("organ", flat=True)) == {lead.organ}
        with engine_writes():
            NumberVoid.objects.create(
                series="lead",
                organ=lead.organ,
                number=lead.number,
                matter=lead,
                reason="重复",
                voided_at=lead.moved_at,
            )


def test_an_organ_gives_a_number_once(county: County) -> None:
    lead = seeded.handed_over(county)
    with pytest.raises(IntegrityError):
        twice(lead, id=1, acceptance_number="")
    with pytest.raises(IntegrityError):
        twice(lead, id=1, number="")
    twice(lead, id=1, number="", acceptance_number="")
    twice(lead, id=2, number="", acceptance_number="")


def test_a_matter_has_one_clock_of_each_kind(county: County) -> None:
    clock = Timer.objects.filter(matter=seeded.handed_over(county)).order_by("id").first()
    assert clock is not None
    with pytest.raises(IntegrityError):
        twice(clock, id=None)
    twice(clock, id=None, key="another")


class Editor:
    """What a migration is given."""

    connection = connection


def test_the_upgrade_names_what_stands_twice(county: County) -> None:
    lead = seeded.handed_over(county)
    clock = Timer.objects.filter(matter=lead).order_by("id").first()
    assert clock is not None
    ONCE.name_doubles(None, Editor)
    place = "main" if connection.vendor == "sqlite" else "public"
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("matters_matter", "matters_timer"):  # found before the tables of that name
            rows = f"SELECT * FROM {place}.{table}"  # noqa: S608
            cursor.execute(f"CREATE TEMP TABLE {table} AS {rows} UNION ALL {rows}")
        with pytest.raises(CommandError, match="没有升级，什么也没有改") as told:
            ONCE.name_doubles(None, Editor)
        transaction.set_rollback(True)
    words = str(told.value)
    assert f"编号 1 处：{lead.number}（{lead.organ}）" in words
    assert f"受理号 1 处：{lead.acceptance_number}" in words
    assert f"{clock.key}（{lead.pk}）" in words
    assert told.value.returncode == 1
