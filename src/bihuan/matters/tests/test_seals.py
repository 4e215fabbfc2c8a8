"""The daily seal: every day since the first entry, once, each following the one before."""

from datetime import date, datetime, timedelta

import pytest
from tests.people import County
from tests.walks.test_lead_walk import open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Seal
from bihuan.matters.seals import day_bounds, leaves_of, seal_until
from bihuan.matters.trail import GENESIS

FIRST = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


@pytest.mark.django_db
def test_without_an_entry_there_is_nothing_to_seal() -> None:
    assert seal_until(FIRST, now=NOW) == []
    assert not Seal.objects.exists()


def test_every_day_is_sealed_once(county: County) -> None:
    lead = open_lead(county, now=NOW)
    register(county, lead, now=NOW + 2 * DAY)
    assert seal_until(FIRST, now=NOW + 2 * DAY) == [FIRST]
    assert seal_until(FIRST + 2 * DAY, now=NOW + 3 * DAY) == [FIRST + DAY, FIRST + 2 * DAY]
    assert seal_until(FIRST + 2 * DAY, now=NOW + 3 * DAY) == []
    first, quiet, last = Seal.objects.order_by("day")
    assert [(leaf.matter_id, leaf.seq) for leaf in leaves_of(first)] == [(lead.pk, 1)]
    assert list(leaves_of(quiet)) == []
    assert (lead.pk, 2) in [(leaf.matter_id, leaf.seq) for leaf in leaves_of(last)]
    assert [bytes(one.previous) for one in (first, quiet, last)] == [
        GENESIS,
        bytes(first.hash),
        bytes(quiet.hash),
    ]
    assert first.leaf_count == 1


def test_a_day_runs_from_midnight_to_midnight() -> None:
    start, end = day_bounds(FIRST)
    assert start == datetime(2026, 3, 1, tzinfo=SHANGHAI)
    assert end - start == DAY
