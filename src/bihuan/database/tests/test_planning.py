"""SQLite is told how its tables stand, so that it looks for children by their parent."""

import pytest
from django.db import connection
from tests.people import County

from bihuan.database import planning
from bihuan.matters.models import Matter


def figures() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchall():
            return []
        cursor.execute("SELECT tbl FROM sqlite_stat1")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.once
def test_every_table_with_rows_is_measured_once_an_hour(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "sqlite":
        planning.measure()  # PostgreSQL is left alone
        return
    assert county.units
    monkeypatch.setattr(planning, "_measured", {})
    planning.measure_now_and_then()
    assert {"places_unit", "places_region", "accounts_grant"} <= set(figures())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_stat1")
    planning.measure_now_and_then()
    assert figures() == []
    monkeypatch.setattr(planning, "EVERY_S", 0.0)
    planning.measure_now_and_then()
    assert "places_unit" in figures()


@pytest.mark.django_db
def test_indexes_of_lists_tell_kind_and_stage() -> None:
    listed = [index for index in Matter._meta.indexes if "is_open" in index.fields]
    assert {index.fields[0] for index in listed} == {"l1", "l2", "l3", "l4", "unit"}
    assert all(index.fields[-2:] == ["kind", "stage"] for index in listed)
