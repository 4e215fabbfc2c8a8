"""Robust lines over a mine's own past days: what bends them and what doesn't."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.telemetry.detectors.usual import (
    LINE_DAYS_MIN,
    Day,
    Means,
    Usual,
    by_output,
    drawn,
    usual,
)

FIRST = date(2026, 1, 1)
NEXT = FIRST + timedelta(days=60)
OUTPUTS = [800.0 + 10 * (number % 11) for number in range(60)]


def told(rows: Iterable[tuple[float | None, dict[Means, float]]]) -> dict[date, Day]:
    """Days one after the other."""
    days = [FIRST + timedelta(days=number) for number in range(60)]
    return {
        day: Day(day=day, output=output, figures=figures)
        for day, (output, figures) in zip(days, rows, strict=False)
    }


def lines(rows: Iterable[tuple[float | None, dict[Means, float]]]) -> Usual:
    """The lines over all days."""
    found = usual(told(rows), before=NEXT, length=60, changed_on=None)
    assert found is not None
    return found


def power(output: float) -> dict[Means, float]:
    """What power would be."""
    return {Means.POWER: 5_000 + 10 * output}


def test_a_line_is_found_and_says_what_is_left() -> None:
    line = lines((one, power(one)) for one in OUTPUTS).lines[Means.POWER]
    assert line.slope == pytest.approx(10)
    assert line.rest == pytest.approx(5_000)
    assert line.spread == pytest.approx(0, abs=1e-9)
    assert line.excess(5_000 + 10 * (850 + 84.5), 850) == pytest.approx(84.5 / line.usual)


@given(st.integers(1, 12), st.floats(0, 200_000))
def test_a_fifth_of_wrong_days_does_not_move_a_line(wrong: int, value: float) -> None:
    rows = [(one, power(one)) for one in OUTPUTS]
    step = 60 // wrong
    for number in range(wrong):
        rows[number * step] = (OUTPUTS[number * step], {Means.POWER: value})
    line = lines(rows).lines[Means.POWER]
    assert line.expected(850) == pytest.approx(13_500, rel=0.03)


def test_fewer_days_than_a_line_needs_give_none() -> None:
    rows = [(one, power(one)) for one in OUTPUTS[: LINE_DAYS_MIN - 1]]
    assert usual(told(rows), before=NEXT, length=60, changed_on=None) is None
    rows = [(one, power(one)) for one in OUTPUTS[:LINE_DAYS_MIN]]
    assert Means.POWER in lines(rows).lines
    silent = [(one, {}) for one in OUTPUTS]
    assert lines(silent).lines == {}


def test_a_day_without_output_or_in_another_unit_is_no_day_of_a_line() -> None:
    rows: list[tuple[float | None, dict[Means, float]]] = [(one, power(one)) for one in OUTPUTS]
    rows[3], rows[4] = (None, power(0)), (OUTPUTS[4] * 1_000, power(OUTPUTS[4]))
    rows[5] = (OUTPUTS[5], {Means.POWER: 13_000_000.0})
    line = lines(rows).lines[Means.POWER]
    assert (line.slope, line.spread) == (pytest.approx(10), pytest.approx(0, abs=1e-9))


def test_what_does_not_follow_output_makes_no_line() -> None:
    assert lines((one, {Means.POWER: 9_000.0}) for one in OUTPUTS).lines == {}
    assert lines((850.0, power(850)) for _one in OUTPUTS).lines == {}
    assert lines((one, {Means.HAULAGE: 0.0}) for one in OUTPUTS).lines == {}
    few = [(one if number < 20 else 0.0, {}) for number, one in enumerate(OUTPUTS)]
    late = [(one, {} if one else {Means.HAULAGE: 5.0}) for one, _figures in few]
    assert lines(late).lines == {}, "hauled only on days without output"


def test_electric_lines_begin_after_a_change() -> None:
    rows = [(one, {**power(one), Means.GAS: 30 * one}) for one in OUTPUTS]
    days = told(rows)
    changed = FIRST + timedelta(days=50)
    found = usual(days, before=NEXT, length=60, changed_on=changed)
    assert found is not None
    assert set(found.lines) == {Means.GAS}
    earlier = FIRST + timedelta(days=60 - LINE_DAYS_MIN - 1)
    found = usual(days, before=NEXT, length=60, changed_on=earlier)
    assert found is not None
    assert set(found.lines) == {Means.POWER, Means.GAS}


def test_gas_follows_the_day_before_too_and_heads_follow_nothing() -> None:
    days = told([(1_000.0, {}), (0.0, {}), (None, {}), (1_000.0, {})])
    second, fourth = (days[FIRST + timedelta(days=number)] for number in (1, 3))
    assert by_output(second, days, Means.GAS) == pytest.approx(350)
    assert by_output(second, days, Means.POWER) == 0
    assert by_output(fourth, days, Means.GAS) == 1_000, "the day before isn't told"
    assert by_output(days[FIRST], days, Means.GAS) == 1_000
    assert by_output(fourth, days, Means.HEADS) == 0


def test_the_power_of_a_day_needs_twenty_hours() -> None:
    hours = [100.0] * 6 + [200.0] * 18
    assert drawn(hours) == {Means.POWER: pytest.approx(4_200), Means.SWING: pytest.approx(1_800)}
    assert drawn(hours[:20])[Means.POWER] == pytest.approx(4_080)
    assert drawn(hours[:19]) == {}
    assert drawn([]) == {}
    assert drawn([0.0, -5.0]) == {}


def test_an_hour_of_another_unit_is_left_out() -> None:
    hours = [150.0] * 22 + [150_000.0, 0.15]
    assert drawn(hours) == {Means.POWER: pytest.approx(3_600), Means.SWING: pytest.approx(0)}
