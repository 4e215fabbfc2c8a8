"""The daily seal: every day since the first entry, once, each following the one before."""

from datetime import date, datetime, timedelta

import pytest
from tests.people import County
from tests.walks.test_lead_walk import open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Entry, Seal
from bihuan.matters.moment import standing_at
from bihuan.matters.seals import day_bounds, last_over, leaves_of, seal_until
from bihuan.matters.trail import GENESIS
from bihuan.matters.verify import verify

FIRST = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


@pytest.mark.django_db
def test_without_an_entry_there_is_nothing_to_seal() -> None:
    assert seal_until(FIRST, now=NOW) == []
    assert not Seal.objects.exists()


def test_every_day_is_sealed_once(county: County) -> None:
    lead = open_lead(county, now=NOW)
    lead = register(county, lead, now=NOW + 2 * DAY)
    assert seal_until(FIRST, now=NOW + 2 * DAY) == [FIRST]
    assert seal_until(FIRST + 2 * DAY, now=NOW + 3 * DAY) == [FIRST + DAY, FIRST + 2 * DAY]
    assert seal_until(FIRST + 2 * DAY, now=NOW + 3 * DAY) == []
    first, quiet, last = Seal.objects.order_by("day")
    assert [(leaf.matter_id, leaf.seq) for leaf in leaves_of(first)] == [(lead.pk, 1)]
    assert list(leaves_of(quiet)) == []
    assert (lead.pk, lead.last_seq) in [(leaf.matter_id, leaf.seq) for leaf in leaves_of(last)]
    assert [bytes(one.previous) for one in (first, quiet, last)] == [
        GENESIS,
        bytes(first.hash),
        bytes(quiet.hash),
    ]
    assert first.leaf_count == 1


def test_what_comes_late_doesnt_enter_a_sealed_day(county: County) -> None:
    """A form that was begun before midnight and came whole after the seal."""
    before = NOW.replace(hour=23, minute=59)
    lead = open_lead(county, now=NOW)
    after = before + timedelta(minutes=20)
    seal_until(FIRST, now=after)
    with standing_at(after):
        late = register(county, lead, now=before)
    entry = Entry.objects.get(matter_id=late.pk, seq=late.last_seq)
    assert (entry.happened_at, entry.recorded_at) == (before, after)
    seal_until(FIRST + DAY, now=NOW + 2 * DAY)
    assert verify(full=True).faults == []


def test_a_clock_set_back_doesnt_open_a_sealed_day(county: County) -> None:
    """The server believes that it is the day that was sealed: the entry goes into the open one."""
    lead = open_lead(county, now=NOW)
    seal_until(FIRST, now=NOW + DAY)
    again = NOW + timedelta(hours=1)
    with standing_at(again):
        late = register(county, lead, now=again)
    entry = Entry.objects.get(matter_id=late.pk, seq=late.last_seq)
    assert (entry.happened_at, entry.recorded_at) == (again, day_bounds(FIRST)[1])
    seal_until(FIRST + DAY, now=NOW + 2 * DAY)
    assert verify(full=True).faults == []


def test_a_day_is_sealed_when_what_began_on_it_has_been_written() -> None:
    midnight = day_bounds(FIRST)[1]
    assert last_over(midnight + timedelta(minutes=9)) == FIRST - DAY
    assert last_over(midnight + timedelta(minutes=10)) == FIRST


def test_a_day_runs_from_midnight_to_midnight() -> None:
    start, end = day_bounds(FIRST)
    assert start == datetime(2026, 3, 1, tzinfo=SHANGHAI)
    assert end - start == DAY
