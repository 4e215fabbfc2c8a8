"""Delays of limits: both readings of T12 agree, and where batches are cut changes nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.telemetry.definitions import BEGINNING, MACHINES, InForce
from bihuan.telemetry.delays import _candidates
from bihuan.telemetry.episodes import rows_of
from bihuan.telemetry.limits import nothing_open, step
from bihuan.telemetry.series import Series
from bihuan.telemetry.tests.arrays import series_from
from bihuan.telemetry.tests.inboxes import POINT
from bihuan.telemetry.tests.oracle import words
from bihuan.telemetry.tests.oracle.delays import Limit, t12_spans
from bihuan.telemetry.tests.oracle.meaning import t13_row

pytestmark = pytest.mark.once
START, END = 86_400, 86_600
POINTS = [POINT, f"{POINT[:-1]}2"]
type Drawn = tuple[list[list[words.Reading]], list[list[list[Limit]]]]


@st.composite
def drawn(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Drawn:
    """Readings of two points, and the versions of each of their four limits."""
    readings, limits = [], []
    for point in POINTS:
        times = sorted(draw(st.sets(st.integers(START, END), max_size=30)))
        readings.append(
            [
                words.Reading(
                    point,
                    time,
                    draw(st.integers(1, 9)) / 10,
                    draw(st.sampled_from((0, 4))),
                    0,
                    "",
                    0,
                )
                for time in times
            ]
        )
        moments = sorted(draw(st.sets(st.integers(START, END), min_size=1, max_size=3)))
        limits.append([[_limit(draw, at, one.sign) for at in moments] for one in MACHINES])
    return readings, limits


def _limit(draw: Callable[[st.SearchStrategy[Any]], Any], moment: int, sign: int) -> Limit:
    on = draw(st.sampled_from((0.5, 0.5, 0.6, None)))
    off = (on or 0.5) - sign * draw(st.sampled_from((0, 0.1, 0.2)))
    delays = st.sampled_from((0, 0, 7, 30, 100))
    return Limit(moment, on, off, draw(delays), draw(delays))


def in_force(limits: list[list[list[Limit]]]) -> InForce:
    """The same as arrays."""
    rows = [list(zip(*of_point, strict=True)) for of_point in limits]
    versions = [version for of_point in rows for version in of_point]
    since = [
        version[0].moment if n else BEGINNING
        for of_point in rows
        for n, version in enumerate(of_point)
    ]
    nan, count = float("nan"), len(versions)
    return InForce(
        first=np.cumsum([0, *map(len, rows)]),
        since=np.array(since, np.int64),
        is_analogue=np.ones(count, np.bool_),
        range_low=np.full(count, nan),
        on=np.array([[nan if one.on is None else one.on for one in held] for held in versions]),
        off=np.array([[nan if one.on is None else one.off for one in held] for held in versions]),
        silence_s=np.full(count, 90),
        still_s=np.zeros(count, np.int64),
        on_delay_s=np.array([[one.on_delay_s for one in held] for held in versions]),
        off_delay_s=np.array([[one.off_delay_s for one in held] for held in versions]),
    )


def series(readings: list[list[words.Reading]], definitions: InForce) -> Series:
    """The same as arrays."""
    rows = [
        (n, one.time, one.value or 0.0, one.status)
        for n, held in enumerate(readings)
        for one in held
    ]
    return series_from(rows, definitions)


def by_oracle(found: Drawn) -> list[tuple[str, ...]]:
    """Rows of episodes as the plain meaning has them."""
    return sorted(
        (POINT[:12], point, *t13_row(readings, machine, span))
        for point, readings, limits in zip(POINTS, *found, strict=True)
        for machine, of_machine in zip(words.MACHINES, limits, strict=True)
        for span in t12_spans(readings, of_machine, machine[0])
    )


@settings(max_examples=80, deadline=None)
@given(drawn(), st.sets(st.integers(START, END), max_size=5))
def test_fast_says_what_slow_says_however_it_is_cut(found: Drawn, cuts: set[int]) -> None:
    readings, limits = found
    definitions = in_force(limits)
    state, ended, after = nothing_open(len(POINTS)), [], None
    for until in [*sorted(cuts), None]:
        part = [
            [
                one
                for one in held
                if (after is None or one.time > after) and (until is None or one.time <= until)
            ]
            for held in readings
        ]
        before, kept = state, state.copy()
        more, state = step(before, series(part, definitions), definitions, after=after, until=until)
        assert str(before) == str(kept)
        assert state.episodes() == state.episodes()
        ended, after = [*ended, *more], until
    assert sorted(rows_of([*ended, *state.episodes()], points=POINTS)) == by_oracle(found)


@pytest.mark.parametrize(
    ("delays", "values", "expected"),
    [
        # At exactly r0 + d it's raised, from r0 on; one second short it isn't.
        ((60, 0), ["5", "5", "5"], [(0, None, 3)]),
        ((61, 0), ["5", "5", "5"], []),
        # Between off and on nothing contradicts; the reading that is due may.
        ((60, 0), ["5", "4", "4"], [(0, None, 3)]),
        ((60, 0), ["5", "5", "3"], []),
        ((60, 0), ["5", "3", "5", "5", "4", "4"], [(60, None, 4)]),
        # An end is confirmed and lies where it began, or lapses and its readings count.
        ((0, 60), ["5", "3", "4", "4"], [(0, 30, 1)]),
        ((0, 60), ["9", "3", "3", "5"], [(0, None, 4)]),
        ((0, 61), ["9", "3", "3", "4"], [(0, None, 4)]),
        ((0, 60), ["5", "3", "6", "3", "3", "3", "5"], [(0, 90, 3), (180, None, 1)]),
        # What isn't confirmed when the readings end stays open with all of them.
        ((0, 600), ["5", "3", "3"], [(0, None, 3)]),
        ((30, 30), ["5", "5", "3", "3"], [(0, 60, 2)]),
    ],
)
def test_what_delays_say(
    delays: tuple[int, int], values: list[str], expected: list[tuple[int, int | None, int]]
) -> None:
    held = [words.Reading(POINT, 30 * n, float(one), 0, 0, "", 0) for n, one in enumerate(values)]
    none = [Limit(0, None, 0, 0, 0)]
    definitions = in_force([[[Limit(0, 5, 4, *delays)], none, none, none]])
    ended, still_open = step(nothing_open(1), series([held], definitions), definitions)
    found = [*ended, *still_open.episodes()]
    assert [(one.started_at, one.ended_at, one.samples) for one in found] == expected


def test_a_walk_with_delays_needs_room_for_candidates() -> None:
    with pytest.raises(AssertionError, match="no room"):
        _candidates(nothing_open(1))
