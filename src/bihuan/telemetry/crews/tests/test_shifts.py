"""Shifts over midnight, in gaps, and the shift for which somebody came."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.telemetry.crews.shifts import (
    CHINA,
    Shift,
    minutes_of,
    span_at,
    span_of_stay,
    spans_on,
)

pytestmark = pytest.mark.once
DAY = date(2026, 3, 2)
EIGHT = [Shift("夜班", 0, 480), Shift("早班", 480, 960), Shift("中班", 960, 0)]
OVER_MIDNIGHT = [Shift("夜班", 1320, 360)]
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - made aware
    lambda moment: moment.replace(tzinfo=CHINA)
)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("08:00", 480), ("8：05", 485), ("24:00", 0), (" 23:59 ", 1439), ("24:01", None), ("8", None)],
)
def test_times_of_day(text: str, minutes: int | None) -> None:
    assert minutes_of(text) == minutes


@given(MOMENTS)
def test_shifts_without_a_gap_hold_every_moment_once(moment: datetime) -> None:
    span = span_at(EIGHT, moment)
    assert span is not None
    assert span.holds(moment)
    assert span.ends_at - span.begins_at == timedelta(hours=8)
    days = (span.on - timedelta(days=1), span.on, span.on + timedelta(days=1))
    assert sum(one.holds(moment) for day in days for one in spans_on(EIGHT, day)) == 1


def test_the_last_second_is_of_the_shift_and_the_next_is_not() -> None:
    assert [one.name for one in spans_on(EIGHT, DAY)] == ["夜班", "早班", "中班"]
    before, begin = span_at(EIGHT, at(7, 59)), span_at(EIGHT, at(8))
    assert before is not None
    assert begin is not None
    assert (before.name, begin.name) == ("夜班", "早班")


def test_a_shift_over_midnight_is_of_the_day_it_begins() -> None:
    span = span_at(OVER_MIDNIGHT, at(5, 59))
    assert span is not None
    assert (span.on, span.ends_at) == (date(2026, 3, 1), at(6))
    assert span_at(OVER_MIDNIGHT, at(6)) is None


def test_a_shift_of_a_whole_day() -> None:
    [span] = spans_on([Shift("全天", 480, 480)], DAY)
    assert span.ends_at - span.begins_at == timedelta(days=1)


def test_who_comes_early_comes_for_the_next_shift() -> None:
    lead = timedelta(hours=1)
    early, late = span_of_stay(EIGHT, at(7), lead=lead), span_of_stay(EIGHT, at(6, 59), lead=lead)
    assert early is not None
    assert late is not None
    assert (early.name, late.name) == ("早班", "夜班")
    in_gap = span_of_stay(OVER_MIDNIGHT, at(5, 30), lead=lead)
    assert in_gap is not None
    assert in_gap.name == "夜班"
    assert span_of_stay([], at(5), lead=lead) is None
