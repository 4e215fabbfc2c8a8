"""Counting days: natural days, working days, make-up workdays and years not loaded."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.calendar import Counting, DueDay, changes_text, read_calendars

CALENDAR = read_calendars(Path(__file__).parents[4] / "data" / "calendars")
DAYS = st.dates(date(2024, 11, 1), date(2027, 3, 1))
COUNTS = st.integers(-60, 60)


def natural(start: date, n: int) -> date:
    return CALENDAR.add_days(start, n, counting=Counting.CALENDAR).day


def working(start: date, n: int) -> DueDay:
    return CALENDAR.add_days(start, n, counting=Counting.WORKING)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2026, 3, 1), 7, date(2026, 3, 8)),
        (date(2026, 3, 1), 2, date(2026, 3, 3)),
        (date(2026, 3, 1), 5, date(2026, 3, 6)),
        (date(2026, 3, 1), 30, date(2026, 3, 31)),
        (date(2026, 3, 1), 0, date(2026, 3, 1)),
        (date(2026, 3, 1), -1, date(2026, 2, 28)),
        (date(2026, 1, 31), 30, date(2026, 3, 2)),
        (date(2026, 12, 28), 7, date(2027, 1, 4)),
        (date(2028, 2, 22), 7, date(2028, 2, 29)),
        (date(2028, 2, 28), 2, date(2028, 3, 1)),
    ],
)
def test_natural_days_run_through_everything(start: date, n: int, due: date) -> None:
    assert natural(start, n) == due


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        (date(2026, 9, 18), 10, date(2026, 10, 9)),
        (date(2026, 9, 18), 11, date(2026, 10, 10)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 9), 2, date(2026, 10, 12)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        (date(2026, 10, 12), -1, date(2026, 10, 10)),
        (date(2026, 10, 8), 0, date(2026, 10, 8)),
        (date(2026, 10, 3), 0, date(2026, 10, 8)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),
    ],
)
def test_working_days_across_national_day(start: date, n: int, due: date) -> None:
    assert working(start, n).day == due
    assert not working(start, n).provisional


def test_skipped_days_are_named_in_order() -> None:
    rest = [date(2026, 10, day) for day in range(1, 8)]
    assert working(date(2026, 9, 30), 1).skipped == tuple(rest)
    assert working(date(2026, 10, 8), -1).skipped == tuple(rest)
    assert working(date(2026, 10, 9), 1).skipped == ()


def test_count_into_a_year_not_loaded_is_provisional() -> None:
    assert working(date(2026, 12, 24), 5) == DueDay(
        day=date(2026, 12, 31),
        provisional=False,
        skipped=(date(2026, 12, 26), date(2026, 12, 27)),
    )
    assert working(date(2026, 12, 24), 6).day == date(2027, 1, 1)
    assert working(date(2026, 12, 24), 6).provisional
    assert working(date(2027, 1, 4), -2).provisional
    assert not CALENDAR.add_days(date(2026, 12, 24), 30, counting=Counting.CALENDAR).provisional
    assert CALENDAR.unloaded_years(date(2024, 12, 1), date(2027, 1, 1)) == (2024, 2027)


def test_changes_are_told_with_their_notice() -> None:
    notice = "（国办发明电〔2025〕7号）"
    assert changes_text(CALENDAR, date(2026, 9, 19), date(2026, 10, 10), year=2026) == [
        "双休日不计",
        "中秋节9月25日至27日、国庆节10月1日至7日放假不计",
        "9月20日、10月10日调休上班计入" + notice,
    ]
    assert changes_text(CALENDAR, date(2026, 10, 7), date(2026, 10, 8), year=2026) == [
        "国庆节10月7日放假不计" + notice
    ]
    assert changes_text(CALENDAR, date(2026, 10, 10), date(2026, 10, 10), year=2025) == [
        "2026年10月10日调休上班计入" + notice
    ]
    assert changes_text(CALENDAR, date(2026, 3, 3), date(2026, 3, 6), year=2026) == []


@given(start=DAYS, n=COUNTS)
def test_working_count_lands_on_a_working_day(start: date, n: int) -> None:
    landed = working(start, n)
    assert CALENDAR.is_workday(landed.day)
    assert not any(map(CALENDAR.is_workday, landed.skipped))


@given(start=DAYS, n=COUNTS, counting=st.sampled_from(Counting))
def test_more_days_never_end_earlier(start: date, n: int, counting: Counting) -> None:
    sooner = CALENDAR.add_days(start, n, counting=counting).day
    assert sooner <= CALENDAR.add_days(start, n + 1, counting=counting).day


@given(start=DAYS, n=COUNTS.filter(bool), counting=st.sampled_from(Counting))
def test_counting_back_gives_the_number(start: date, n: int, counting: Counting) -> None:
    end = CALENDAR.add_days(start, n, counting=counting).day
    assert CALENDAR.days_between(start, end, counting=counting) == n


@given(start=DAYS, length=st.integers(0, 90))
def test_days_between_split_into_work_and_rest(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    each = [start + timedelta(days=n) for n in range(1, length + 1)]
    assert CALENDAR.working_days_between(start, end) == sum(map(CALENDAR.is_workday, each))
