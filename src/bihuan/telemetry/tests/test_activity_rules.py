"""The exact rules on figures of a mine, at and beside their boundaries."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bihuan.telemetry.detectors.capacity import (
    Standing,
    crossing,
    months_over,
    standing,
    with_months,
)
from bihuan.telemetry.detectors.drainage import months, rate
from bihuan.telemetry.detectors.pairs import Answer, compare
from bihuan.telemetry.detectors.power import Use, baseline, drops, night_of, raised
from bihuan.telemetry.detectors.screening import screened

DAY = date(2026, 3, 1)
NOW = datetime.combine(DAY, time())
amounts = st.decimals(min_value=0, max_value=10**6, places=3)


@given(amounts, amounts)
def test_a_figure_stands_above_at_or_below_its_limit(total: Decimal, limit: Decimal) -> None:
    told = standing(total, limit)
    assert (told is Standing.OVER) == (total > limit)
    assert (told is Standing.AT) == (total == limit)
    assert standing(total, None) is Standing.UNSET
    assert standing(None, limit) is Standing.NO_DATA


@given(st.lists(amounts, min_size=1, max_size=40), amounts)
def test_the_sum_crosses_on_the_first_day_above(values: list[Decimal], limit: Decimal) -> None:
    days = {date(2026, 1, 1) + timedelta(days=n): value for n, value in enumerate(values)}
    found = crossing(days, limit)
    if found is None:
        assert sum(values) <= limit
        return
    before = sum((v for d, v in days.items() if d < found.day), Decimal(0))
    assert before <= limit < found.total
    assert found.excess > 0
    assert found.days_missing == 0


def test_a_month_told_beside_its_days_counts_once() -> None:
    january = date(2026, 1, 1)
    days = {january: Decimal(40), date(2026, 2, 1): Decimal(1)}
    merged = with_months(days, {january: Decimal(100)})
    assert sum(merged.values()) == 101
    assert sum(with_months(days, {january: Decimal(30)}).values()) == 41
    assert months_over(merged, Decimal(1000), Decimal(10)) == []
    assert months_over(merged, Decimal(999), Decimal(10)) == [(january, Decimal(100))]


def _series(count: int, last: Fraction) -> dict[str, dict[date, Fraction | None]]:
    days = [DAY - timedelta(days=n) for n in range(1, count + 1)]
    return {
        "a": {**dict.fromkeys(days, Fraction(10)), DAY: Fraction(10)},
        "b": {**dict.fromkeys(days, Fraction(20)), DAY: last},
    }


@given(st.integers(0, 60), st.fractions(0, 100))
def test_pairs_are_off_beyond_thirty_percent_only(count: int, last: Fraction) -> None:
    (told,) = compare(
        _series(count, last),
        DAY,
        keys=("a", "b"),
        baseline_days=90,
        min_days=30,
        deviation_pct=Fraction(30),
    )
    if count < 30:
        assert told.answer is Answer.SHORT
    else:
        assert (told.answer is Answer.OFF) == (last < 14 or last > 26)


def test_a_missing_figure_is_no_zero() -> None:
    series = _series(40, Fraction(20))
    series["b"][DAY] = None
    (told,) = compare(
        series, DAY, keys=("a", "b"), baseline_days=90, min_days=30, deviation_pct=Fraction(30)
    )
    assert told.answer is Answer.MISSING


def _hours(last: int) -> dict[datetime, Decimal]:
    hours = {NOW - timedelta(days=n): Decimal(100) for n in range(1, 31)}
    return {**hours, NOW: Decimal(last)}


@given(st.integers(0, 300))
def test_thirty_percent_above_is_raised(last: int) -> None:
    found = raised(_hours(last), since=NOW, days=30, percent=Decimal(30))
    assert bool(found) == (last >= 130)


def test_too_few_days_are_no_baseline() -> None:
    hours = {NOW - timedelta(days=n): Decimal(100) for n in range(1, 30)}
    assert baseline(hours, NOW, days=30) == (None, 29)
    assert raised({**hours, NOW: Decimal(999)}, since=NOW, days=30, percent=Decimal(30)) == []


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    night = {"begins": time(22), "ends": time(6)}
    assert night_of(NOW.replace(hour=23), **night) == DAY
    assert night_of(NOW.replace(hour=5), **night) == DAY - timedelta(days=1)
    assert night_of(NOW.replace(hour=6), **night) is None
    assert night_of(NOW.replace(hour=1), begins=time(0), ends=time(5)) == DAY


@given(st.integers(0, 200), st.sampled_from([15, 30, 60]), st.booleans())
def test_falls_of_seventy_percent_within_the_hour(after: int, minutes: int, gap: bool) -> None:
    step = timedelta(minutes=minutes)
    at = NOW + step * (2 if gap else 1)
    uses = [
        Use(at=NOW, minutes=minutes, kwh=Decimal(100)),
        Use(at=at, minutes=minutes, kwh=Decimal(after)),
    ]
    found = drops(uses, percent=Decimal(70), within=timedelta(minutes=60))
    assert bool(found) == (after <= 30 and not gap)


def test_a_month_that_lacks_one_of_the_two_is_a_gap() -> None:
    assert rate(Decimal(30), Decimal(70)) == Decimal("30.0")
    assert rate(Decimal(30), None) is None
    assert rate(Decimal(0), Decimal(0)) is None
    firsts = [date(2026, n, 1) for n in (1, 2, 3, 4)]
    drained = dict(zip(firsts, map(Decimal, (40, 30, 5, 20)), strict=True))
    vented = {firsts[0]: Decimal(60), firsts[1]: Decimal(70), firsts[3]: Decimal(80)}
    told = months(drained, vented, firsts)
    assert [one.rate for one in told] == [Decimal("40.0"), Decimal("30.0"), None, Decimal("20.0")]
    assert [one.fell_from for one in told] == [None, Decimal("40.0"), None, None]


def test_a_signal_that_stands_still_while_another_moves_may_be_screened() -> None:
    def hours(*values: int | None) -> dict[datetime, Decimal]:
        told = {NOW + timedelta(hours=n): v for n, v in enumerate(values)}
        return {at: Decimal(v) for at, v in told.items() if v is not None}

    moving = hours(1, 2, 3, 4, 5, 6)
    (flat,) = screened({"flat": hours(9, 7, 7, 7, 7, 8), "other": moving}, hours=4)
    assert (flat.series, flat.is_missing, flat.neighbours) == ("flat", False, ("other",))
    (gone,) = screened({"gone": hours(9, None, None, None, None, 8), "other": moving}, hours=4)
    assert gone.is_missing
    assert screened({"flat": hours(9, 7, 7, 7, 8, 8), "other": moving}, hours=4) == []
    assert screened({"still": hours(0, 0, 0, 0, 0, 0), "other": moving}, hours=4) == []
    assert screened({"flat": hours(7, 7, 7, 7, 7, 7)}, hours=4) == []
