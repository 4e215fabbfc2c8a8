"""Runs of days that count as frequent."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.monitoring.warnings.frequency import frequent_runs

DAYS = st.lists(st.integers(0, 120), max_size=12).map(sorted)
FIRST = date(2026, 3, 1)


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


@given(DAYS, st.integers(1, 5), st.integers(0, 40))
def test_a_run_is_found_exactly_when_so_many_lie_so_close(
    days: list[int], count: int, window: int
) -> None:
    runs = frequent_runs([on(day) for day in days], count=count, window_days=window)
    close = [
        place
        for place in range(len(days) - count + 1)
        if days[place + count - 1] - days[place] <= window
    ]
    assert bool(runs) == bool(close)
    for first, end in runs:
        assert end - first >= count
        assert days[end - 1] - days[first] <= window
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(runs))


def test_no_count_is_no_frequency() -> None:
    with pytest.raises(ValueError, match="number of times"):
        frequent_runs([FIRST], count=0, window_days=30)
