"""The present moment, which a demonstration may set elsewhere; and a catalog that is none."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings as Settings

from bihuan.matters.declarations import catalog
from bihuan.matters.identity import from_code, is_id, new_id, to_code
from bihuan.matters.moment import now, standing_at

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def test_inside_the_block_it_is_another_moment() -> None:
    with standing_at(MARCH):
        assert now() == MARCH
        with standing_at(MARCH + timedelta(days=1)):
            assert now() == MARCH + timedelta(days=1)
        assert now() == MARCH
    assert now() != MARCH


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"), standing_at(MARCH.replace(tzinfo=None)):
        pass


def test_a_catalog_path_that_leads_elsewhere_is_named(settings: Settings) -> None:
    settings.BIHUAN_CATALOG = "bihuan.matters.moment.now"
    catalog.cache_clear()
    try:
        with pytest.raises(TypeError, match=r"'bihuan\.matters\.moment\.now' is not a Catalog"):
            catalog()
    finally:
        catalog.cache_clear()


def test_ids_grow_and_survive_the_way_through_an_address() -> None:
    first, second = new_id(), new_id()
    assert first < second
    assert from_code(to_code(first)) == first
    assert is_id(str(first))


@pytest.mark.parametrize("code", ["", "0" * 12, "u" + "0" * 12, "z" * 13])
def test_a_code_that_is_none_leads_nowhere(code: str) -> None:
    assert from_code(code) is None
