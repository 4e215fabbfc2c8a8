"""Due moments: days end at 24:00, clocks to the second, suspensions and extensions move them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.calendar import Counting, read_calendars
from bihuan.language.clock import (
    SHANGHAI,
    Budget,
    Due,
    Paused,
    Suspension,
    Unit,
    compute_due,
    is_late,
)

CALENDAR = read_calendars(Path(__file__).parents[4] / "data" / "calendars")
MOMENTS = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001  hypothesis wants its bounds without a zone
    datetime(2026, 11, 1),  # noqa: DTZ001
    timezones=st.just(SHANGHAI),
)
DAY_BUDGETS = st.builds(Budget, st.integers(0, 40), st.just(Unit.DAYS), st.sampled_from(Counting))
BUDGETS = DAY_BUDGETS | st.builds(
    Budget, st.integers(0, 900), st.sampled_from([Unit.HOURS, Unit.MINUTES])
)


def at(month: int, day: int, hour: int = 9, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def due_of(
    started_at: datetime,
    budget: Budget,
    *suspensions: Suspension,
    extended_to: date | None = None,
) -> Due | Paused:
    return compute_due(
        started_at=started_at,
        budget=budget,
        calendar=CALENDAR,
        suspensions=suspensions,
        extended_to=extended_to,
    )


def running(
    started_at: datetime,
    budget: Budget,
    *suspensions: Suspension,
    extended_to: date | None = None,
) -> Due:
    due = due_of(started_at, budget, *suspensions, extended_to=extended_to)
    assert isinstance(due, Due)
    return due


def days(amount: int) -> Budget:
    return Budget(amount, Unit.DAYS)


def working_days(amount: int) -> Budget:
    return Budget(amount, Unit.DAYS, Counting.WORKING)


def test_handed_over_1_march_is_due_8_march_and_late_on_9_march() -> None:
    due = running(at(3, 1), days(7))
    assert due == Due(due_on=date(2026, 3, 8), due_at=at(3, 9, 0), late_from=at(3, 9, 0))
    assert not is_late(due, at=at(3, 9, 0) - timedelta(seconds=1))
    assert is_late(due, at=at(3, 9, 0))


def test_received_1_march_two_days_are_taken_until_3_march() -> None:
    due = running(at(3, 1, 23, 59), days(2))
    assert not is_late(due, at=at(3, 3, 23, 59))
    assert is_late(due, at=at(3, 4, 0))


@pytest.mark.parametrize(
    ("started_at", "amount", "due_on"),
    [
        (at(3, 1), 0, date(2026, 3, 1)),
        (at(3, 1), 1, date(2026, 3, 2)),
        (at(3, 1), 5, date(2026, 3, 6)),
        (at(3, 1), 30, date(2026, 3, 31)),
        (at(12, 28), 7, date(2027, 1, 4)),
        (at(2, 22, year=2028), 7, date(2028, 2, 29)),
    ],
)
def test_day_budgets_end_on_their_day(started_at: datetime, amount: int, due_on: date) -> None:
    due = running(started_at, days(amount))
    assert due.due_on == due_on
    assert not due.provisional


def test_the_start_day_is_the_day_in_shanghai() -> None:
    evening_elsewhere = datetime(2026, 2, 28, 16, 30, tzinfo=UTC)
    assert running(evening_elsewhere, days(7)).due_on == date(2026, 3, 8)


def test_shanghai_keeps_one_offset_all_year() -> None:
    for month in range(1, 13):
        due = running(at(month, 15, 12), Budget(48, Unit.HOURS))
        assert due.due_at - at(month, 15, 12) == timedelta(hours=48)
        assert due.due_at.utcoffset() == timedelta(hours=8)


def test_working_days_cross_national_day_with_both_make_up_days() -> None:
    assert running(at(9, 18), working_days(10)).due_on == date(2026, 10, 9)
    assert running(at(9, 18), working_days(11)).due_on == date(2026, 10, 10)


def test_working_days_into_2027_are_provisional() -> None:
    assert not running(at(12, 24), working_days(5)).provisional
    due = running(at(12, 24), working_days(10))
    assert due.due_on == date(2027, 1, 7)
    assert due.provisional


@pytest.mark.parametrize("budget", [Budget(15, Unit.MINUTES), Budget(36, Unit.HOURS)])
def test_clock_is_late_one_second_after_its_moment(budget: Budget) -> None:
    due = running(at(3, 1, 23, 50), budget)
    length = timedelta(minutes=15) if budget.unit is Unit.MINUTES else timedelta(hours=36)
    assert due.due_on is None
    assert due.due_at == at(3, 1, 23, 50) + length
    assert not is_late(due, at=due.due_at)
    assert is_late(due, at=due.due_at + timedelta(seconds=1))


def test_suspension_gives_back_the_days_after_it_began() -> None:
    pause = Suspension(at(3, 3, 15), at(3, 6, 8), "等待鉴定")
    assert running(at(3, 1), days(7), pause).due_on == date(2026, 3, 11)


def test_suspension_within_one_day_gives_back_nothing() -> None:
    pause = Suspension(at(3, 3, 0, 1), at(3, 3, 23, 59), "等待鉴定")
    assert running(at(3, 1), days(7), pause).due_on == date(2026, 3, 8)


def test_suspension_over_a_weekend_gives_back_no_working_day() -> None:
    pause = Suspension(at(3, 6), at(3, 8), "等待鉴定")
    assert running(at(3, 4), working_days(5), pause).due_on == date(2026, 3, 11)


def test_deadline_is_not_late_before_it_runs_again() -> None:
    over_weekend = Suspension(at(3, 6), at(3, 7), "等待鉴定")
    assert running(at(3, 4), working_days(2), over_weekend).due_on == date(2026, 3, 9)
    on_due_day = Suspension(at(3, 8), at(3, 10), "等待鉴定")
    assert running(at(3, 1), days(7), on_due_day).due_on == date(2026, 3, 10)


def test_move_into_2027_is_provisional() -> None:
    before_new_year = Suspension(at(12, 28), at(12, 30), "等待鉴定")
    due = running(at(12, 24), working_days(5), before_new_year)
    assert (due.due_on, due.provisional) == (date(2027, 1, 4), True)


def test_roll_from_a_weekend_of_2027_is_provisional() -> None:
    over_weekend = Suspension(at(1, 8, year=2027), at(1, 9, year=2027), "等待鉴定")
    named = date(2027, 1, 8)
    due = running(at(12, 24), working_days(5), over_weekend, extended_to=named)
    assert (due.due_on, due.provisional) == (date(2027, 1, 11), True)
    assert not running(at(12, 24), working_days(5), extended_to=named).provisional


def test_suspension_after_the_deadline_erases_nothing() -> None:
    pause = Suspension(at(3, 9, 0), at(3, 20), "等待鉴定")
    assert running(at(3, 1), days(7), pause).due_on == date(2026, 3, 8)
    late = Suspension(at(3, 1, 10, 0) + timedelta(seconds=1), None, "等待鉴定")
    assert running(at(3, 1, 9), Budget(1, Unit.HOURS), late).due_at == at(3, 1, 10)


def test_suspensions_before_the_start_do_not_count() -> None:
    before = Suspension(at(2, 20), at(2, 25), "等待鉴定")
    across = Suspension(at(2, 26), at(3, 2), "补充材料")
    assert running(at(3, 1), days(7), before).due_on == date(2026, 3, 8)
    assert running(at(3, 1), days(7), across).due_on == date(2026, 3, 9)


def test_overlapping_suspensions_count_once() -> None:
    first = Suspension(at(3, 2), at(3, 5), "等待鉴定")
    second = Suspension(at(3, 4), at(3, 6), "补充材料")
    inside = Suspension(at(3, 3), at(3, 4), "等待鉴定")
    apart = Suspension(at(3, 8), at(3, 9), "道路中断")
    for given_in in ((first, second, inside, apart), (apart, inside, second, first)):
        assert running(at(3, 1), days(7), *given_in).due_on == date(2026, 3, 13)


def test_clock_gets_back_the_exact_time() -> None:
    pause = Suspension(at(3, 1, 10), at(3, 1, 12, 30), "等待鉴定")
    due = running(at(3, 1, 9), Budget(4, Unit.HOURS), pause)
    assert due.due_at == at(3, 1, 15, 30)
    assert due.late_from == due.due_at + timedelta(seconds=1)


@pytest.mark.parametrize("budget", [days(7), working_days(7), Budget(48, Unit.HOURS)])
def test_open_suspension_leaves_no_due_moment(budget: Budget) -> None:
    closed = Suspension(at(3, 1, 10), at(3, 1, 12), "补充材料")
    still = Suspension(at(3, 2), None, "等待鉴定")
    assert due_of(at(3, 1), budget, closed, still) == Paused(since=at(3, 2), reason="等待鉴定")


def test_open_suspension_swallows_the_later_ones() -> None:
    still = Suspension(at(3, 2), None, "等待鉴定")
    later = Suspension(at(3, 3), at(3, 4), "补充材料")
    assert due_of(at(3, 1), days(7), still, later) == Paused(
        since=at(3, 2), reason="等待鉴定、补充材料"
    )
    assert due_of(at(3, 1), days(7), still, extended_to=date(2026, 3, 20)) == Paused(
        since=at(3, 2), reason="等待鉴定"
    )


def test_extension_names_the_day_and_keeps_the_first_one() -> None:
    due = running(at(3, 1), days(7), extended_to=date(2026, 3, 18))
    assert (due.due_on, due.late_from) == (date(2026, 3, 18), at(3, 19, 0))
    assert due.first == running(at(3, 1), days(7))


def test_extension_of_a_clock_stays_a_clock() -> None:
    due = running(at(3, 1), Budget(4, Unit.HOURS), extended_to=date(2026, 3, 2))
    assert (due.due_on, due.due_at) == (None, at(3, 3, 0))
    assert due.late_from == at(3, 3, 0) + timedelta(seconds=1)
    assert due.first is not None
    assert due.first.due_at == at(3, 1, 13)


def test_extension_never_shortens() -> None:
    assert running(at(3, 1), days(7), extended_to=date(2026, 3, 8)) == running(at(3, 1), days(7))


def test_named_day_ends_the_guess() -> None:
    due = running(at(12, 24), working_days(10), extended_to=date(2027, 1, 20))
    assert not due.provisional


def test_only_a_later_suspension_moves_the_extended_day() -> None:
    earlier = Suspension(at(3, 3), at(3, 5), "等待鉴定")
    later = Suspension(at(3, 14), at(3, 17), "补充材料")
    still = Suspension(at(3, 14), None, "补充材料")
    to = date(2026, 3, 18)
    assert running(at(3, 1), days(7), earlier, extended_to=to).due_on == to
    moved = running(at(3, 1), days(7), earlier, later, extended_to=to)
    assert moved.due_on == date(2026, 3, 21)
    assert moved.first is not None
    assert moved.first.due_on == date(2026, 3, 10)
    assert due_of(at(3, 1), days(7), still, extended_to=to) == Paused(
        since=at(3, 14), reason="补充材料"
    )


def test_budgets_that_cannot_be_armed_are_refused() -> None:
    with pytest.raises(ValueError, match="-1 is negative"):
        Budget(-1, Unit.DAYS)
    with pytest.raises(ValueError, match="working time is counted in days only"):
        Budget(4, Unit.HOURS, Counting.WORKING)


def test_moments_without_zone_and_backward_suspensions_are_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        due_of(datetime(2026, 3, 1, 9), days(7))  # noqa: DTZ001  the fault under test
    with pytest.raises(ValueError, match="suspension ends"):
        Suspension(at(3, 2), at(3, 1), "等待鉴定")


@given(started_at=MOMENTS, budget=BUDGETS, after=st.integers(0, 50 * 24 * 60))
def test_suspension_of_no_length_changes_nothing(
    started_at: datetime, budget: Budget, after: int
) -> None:
    moment = started_at + timedelta(minutes=after)
    pause = Suspension(moment, moment, "等待鉴定")
    assert due_of(started_at, budget, pause) == due_of(started_at, budget)


@given(
    started_at=MOMENTS, budget=BUDGETS, after=st.integers(0, 60_000), length=st.integers(0, 60_000)
)
def test_suspension_never_shortens_and_never_ends_behind_the_due_day(
    started_at: datetime, budget: Budget, after: int, length: int
) -> None:
    plain = running(started_at, budget)
    begun = started_at + timedelta(minutes=after)
    pause = Suspension(begun, begun + timedelta(minutes=length), "等待鉴定")
    moved = running(started_at, budget, pause)
    assert moved.late_from >= plain.late_from
    if begun < plain.late_from and pause.until_at is not None:
        assert moved.late_from > pause.until_at
    if budget.counting is Counting.WORKING:
        assert moved.due_on is not None
        assert CALENDAR.is_workday(moved.due_on)


@given(started_at=MOMENTS, budget=DAY_BUDGETS)
def test_one_day_more_is_never_due_earlier(started_at: datetime, budget: Budget) -> None:
    more = Budget(budget.amount + 1, budget.unit, budget.counting)
    assert running(started_at, budget).due_at <= running(started_at, more).due_at
