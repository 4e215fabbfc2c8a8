"""Rungs of a ladder: when each acts, which are due and which comes next."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.clock import SHANGHAI, Due, Rung, due_rungs, next_rung, rung_at

MIDNIGHT = datetime(2026, 3, 9, tzinfo=SHANGHAI)
DAY_DUE = Due(due_on=date(2026, 3, 8), due_at=MIDNIGHT, late_from=MIDNIGHT)
CLOCK_AT = datetime(2026, 3, 8, 14, 30, tzinfo=SHANGHAI)
CLOCK_DUE = Due(due_on=None, due_at=CLOCK_AT, late_from=CLOCK_AT + timedelta(seconds=1))
OFFSETS = st.lists(st.integers(-40, 40), max_size=8)


@pytest.mark.parametrize(
    ("offset", "month", "day"), [(-2, 3, 6), (-1, 3, 7), (0, 3, 9), (1, 3, 9), (3, 3, 11)]
)
def test_day_rungs_act_at_midnight(offset: int, month: int, day: int) -> None:
    assert rung_at(DAY_DUE, offset=offset) == datetime(2026, month, day, tzinfo=SHANGHAI)


@pytest.mark.parametrize("offset", [-10, 0, 15])
def test_clock_rungs_act_by_the_minute(offset: int) -> None:
    assert rung_at(CLOCK_DUE, offset=offset) == CLOCK_AT + timedelta(minutes=offset)


def test_rungs_of_one_moment_keep_the_order_of_their_offsets() -> None:
    rungs = due_rungs(DAY_DUE, offsets=(1, 3, 0, -1), fired=(), now=MIDNIGHT)
    assert [rung.offset for rung in rungs] == [-1, 0, 1]


def test_rung_acts_at_its_moment_and_not_before() -> None:
    before = MIDNIGHT - timedelta(seconds=1)
    assert due_rungs(DAY_DUE, offsets=(0,), fired=(), now=before) == []
    assert due_rungs(DAY_DUE, offsets=(0,), fired=(), now=MIDNIGHT) == [Rung(0, MIDNIGHT)]


def test_fired_rungs_do_not_come_back() -> None:
    assert due_rungs(DAY_DUE, offsets=(-1, 0), fired=(-1, 0), now=MIDNIGHT) == []
    assert next_rung(DAY_DUE, offsets=(-1, 0, 2), fired=(-1,)) == Rung(0, MIDNIGHT)
    assert next_rung(DAY_DUE, offsets=(-1,), fired=(-1,)) is None


def test_month_without_runs_catches_up_in_order() -> None:
    rungs = due_rungs(DAY_DUE, offsets=(7, 3, 0, -1), fired=(), now=MIDNIGHT + timedelta(days=30))
    assert [rung.offset for rung in rungs] == [-1, 0, 3, 7]


@given(offsets=OFFSETS, fired=OFFSETS, due=st.sampled_from([DAY_DUE, CLOCK_DUE]))
def test_rungs_act_in_order_and_once(offsets: list[int], fired: list[int], due: Due) -> None:
    far = MIDNIGHT + timedelta(days=90)
    rungs = due_rungs(due, offsets=offsets, fired=fired, now=far)
    assert rungs == sorted(rungs, key=lambda rung: (rung.at, rung.offset))
    assert {rung.offset for rung in rungs} == set(offsets) - set(fired)
    assert next_rung(due, offsets=offsets, fired=fired) == (rungs[0] if rungs else None)


@given(offsets=OFFSETS, days=st.integers(-45, 45))
def test_settling_in_two_runs_equals_settling_in_one(offsets: list[int], days: int) -> None:
    midway, far = MIDNIGHT + timedelta(days=days), MIDNIGHT + timedelta(days=90)
    first = due_rungs(DAY_DUE, offsets=offsets, fired=(), now=midway)
    then = due_rungs(DAY_DUE, offsets=offsets, fired=[one.offset for one in first], now=far)
    assert first + then == due_rungs(DAY_DUE, offsets=offsets, fired=(), now=far)
