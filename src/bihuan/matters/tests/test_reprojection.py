"""A deadline that reaches a year without its holiday notice is 暂算 until the year is loaded."""

from datetime import date, datetime

import pytest
from tests.people import NOW, County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.language.calendar import WorkCalendar, YearCalendar
from bihuan.language.clock import SHANGHAI
from bihuan.matters import clocks
from bihuan.matters.models import Entry, Timer
from bihuan.matters.reprojection import reproject_provisional
from bihuan.matters.verify import verify
from bihuan.regulations.packs import set_value

LATE_DECEMBER = datetime(2026, 12, 28, 9, tzinfo=SHANGHAI)


@pytest.fixture
def another_year() -> WorkCalendar:
    """The loaded years and 2027, with New Year on 1 January."""
    year = YearCalendar(
        year=2027,
        notice="虚构通知",
        holidays=frozenset({date(2027, 1, 1)}),
        workdays=frozenset(),
    )
    return WorkCalendar((*clocks.work_calendar().years, year))


def test_provisional_until_the_year_is_loaded(
    county: County, another_year: WorkCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_value(
        "lead.counting",
        region=county.region,
        value="working",
        reason="按工作日计",
        by=county.users["office_head"],
        now=NOW,
    )
    opened = register(county, open_lead(county, now=LATE_DECEMBER), now=LATE_DECEMBER)
    lead = hand_over(county, opened, now=LATE_DECEMBER)
    timer = Timer.objects.get(matter=lead, key="feedback")
    assert timer.is_provisional
    first = timer.due_at
    assert reproject_provisional(now=LATE_DECEMBER) == 0
    monkeypatch.setattr(clocks, "work_calendar", lambda: another_year)
    assert reproject_provisional(now=LATE_DECEMBER) >= 1
    timer.refresh_from_db()
    assert not timer.is_provisional
    assert timer.due_at is not None
    assert first is not None
    assert timer.due_at > first
    assert Entry.objects.filter(matter_id=lead.pk, step="clock.reproject").count() == 1
    assert verify().faults == []
