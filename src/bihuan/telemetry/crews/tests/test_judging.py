"""Counts against limits: every boundary, peaks and how long it lasted."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.telemetry.crews.judging import (
    Reading,
    Verdict,
    excesses,
    is_at_hand_over,
    peak_of,
    verdict_below,
    verdict_on,
)
from bihuan.telemetry.crews.shifts import CHINA

pytestmark = pytest.mark.once
START = datetime(2026, 3, 2, 8, tzinfo=CHINA)
LIMITS = st.one_of(st.none(), st.integers(0, 30))


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def readings(*counts: int, limit: int | None = 25) -> list[Reading]:
    return [Reading(after(5 * place), count, limit) for place, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("count", "on", "below"),
    [
        (499, Verdict.WITHIN, Verdict.WITHIN),
        (500, Verdict.BOUNDARY, Verdict.BOUNDARY),
        (501, Verdict.OVER, Verdict.OVER),
    ],
)
def test_the_limit_passes_and_the_bound_fails(count: int, on: Verdict, below: Verdict) -> None:
    assert (verdict_on(count, 500), verdict_below(count, 500)) == (on, below)
    assert verdict_on(count, None) is verdict_below(count, None) is Verdict.NOT_JUDGED


def test_an_excess_ends_with_the_first_reading_that_is_none() -> None:
    first, second = excesses(readings(25, 26, 28, 27, 25, 26))
    assert (first.started_at, first.ended_at) == (after(5), after(20))
    assert (first.peak, first.peak_at, first.last_at) == (28, after(10), after(15))
    assert first.lasts(upto=after(60)) == timedelta(minutes=15)
    assert second.ended_at is None
    assert second.lasts(upto=after(60)) == timedelta(minutes=35)


def test_a_limit_that_goes_away_ends_it() -> None:
    [one] = excesses([*readings(26), Reading(after(5), 26, None)])
    assert one.ended_at == after(5)


@given(st.lists(st.tuples(st.integers(0, 40), LIMITS), max_size=30))
def test_every_reading_over_its_limit_lies_in_one_excess(
    told: list[tuple[int, int | None]],
) -> None:
    series = [Reading(after(place), count, limit) for place, (count, limit) in enumerate(told)]
    found = excesses(series)
    for one in series:
        holding = [
            excess
            for excess in found
            if excess.started_at <= one.at and (excess.ended_at is None or one.at < excess.ended_at)
        ]
        assert len(holding) == (one.limit is not None and one.persons > one.limit)
        assert all(one.persons <= excess.peak for excess in holding)


@given(st.lists(st.integers(0, 40), max_size=30))
def test_the_peak_is_the_first_of_the_highest(counts: list[int]) -> None:
    found = peak_of(readings(*counts))
    assert (found is None) == (not counts)
    if found is not None:
        assert found.persons == max(counts)
        assert found.at == after(5 * counts.index(max(counts)))


def test_a_shift_that_begins_within_is_a_hand_over() -> None:
    [one] = excesses(readings(26, 25))
    assert is_at_hand_over(one, [START], upto=after(60))
    assert not is_at_hand_over(one, [after(5)], upto=after(60))
    [lasting] = excesses(readings(26))
    assert is_at_hand_over(lasting, [after(59)], upto=after(60))
