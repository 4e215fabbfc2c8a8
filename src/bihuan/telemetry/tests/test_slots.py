"""Periods that have a reading: dense ones count once, gaps stay, a wavering clock is no gap."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.telemetry.store.slots import Filled, filled

EVERY = 30


def count(*times: int) -> int:
    rows = pl.DataFrame({"point": ["a"] * len(times), "time": times})
    return filled(rows, every_s=[EVERY])["a"].periods[EVERY]


@pytest.mark.parametrize(
    ("times", "periods"),
    [
        ((0,), 1),
        ((0, 14), 1),
        ((0, 15), 2),
        ((0, 30), 2),
        ((0, 44), 2),
        ((0, 45), 2),
        ((0, 60), 2),
        (tuple(range(0, 600, 10)), 21),
        (tuple(range(0, 600, 30)), 20),
        ((*range(0, 300, 10), *range(600, 900, 10)), 22),
    ],
)
def test_at_the_bounds_of_a_period(times: tuple[int, ...], periods: int) -> None:
    assert count(*times) == periods


@given(st.integers(0, 10**6), st.lists(st.integers(-7, 7), min_size=1, max_size=60))
def test_a_wavering_clock_leaves_no_period_empty(start: int, wavers: list[int]) -> None:
    times = [start + place * EVERY + waver for place, waver in enumerate(wavers)]
    assert count(*sorted(times)) == len(times)


def test_each_point_from_its_own_first_reading_and_in_each_length() -> None:
    rows = pl.DataFrame({"point": ["a", "a", "b"], "time": [100, 160, 7]})
    assert filled(rows, every_s=[30, 300]) == {
        "a": Filled(100, {30: 2, 300: 1}),
        "b": Filled(7, {30: 1, 300: 1}),
    }


def test_without_readings_nothing_is_filled() -> None:
    rows = pl.DataFrame(schema={"point": pl.String, "time": pl.Int64})
    assert filled(rows, every_s=[EVERY]) == {}
