"""Work that told output doesn't explain: two series have to say so, for days on end."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.telemetry.detectors.surplus import Kind, Settings, Suspicion, judged, suspect
from bihuan.telemetry.detectors.usual import Day, Means

FIRST = date(2026, 1, 5)
BEGINS, LAST = 60, 80  # days from the first
SETTINGS = Settings()
APPROVED_T = 330_000.0
type Change = Callable[[int, Day], Day]


def output_of(number: int) -> float:
    """Tonnes told of a day: about 900, nothing on the seventh."""
    return 0.0 if number % 7 == 6 else 900.0 + 20 * (number % 5 - 2)


def day_of(number: int, *, work: float = 0.0, **also: float) -> Day:
    """A day of a mine that works so much more than it tells."""
    output = output_of(number)
    done = output * (1 + work)
    carried = output_of(number - 1) * (1 + work)
    figures = {
        Means.POWER: 10_000 + 12 * done,
        Means.SWING: 2_000 + 12 * done,
        Means.GAS: 20_000 + 13 * done + 7 * carried,
        Means.HAULAGE: 1.2 * output,
        Means.EXPLOSIVES: 0.2 * output,
        Means.HEADS: 1.0,
    }
    return Day(
        day=FIRST + timedelta(days=number),
        output=output,
        figures=figures | {Means(key): value for key, value in also.items()},
    )


def less(one: Day, *means: Means) -> Day:
    """A day of which some series weren't told."""
    figures = {key: value for key, value in one.figures.items() if key not in means}
    return Day(day=one.day, output=one.output, figures=figures)


def said(
    of: Callable[[int], Day | None],
    *,
    approved_t: float | None = APPROVED_T,
    changes: tuple[date, ...] = (),
) -> list[Suspicion]:
    """What is said of a mine whose days are so from `BEGINS` on."""
    told = [of(number) if number >= BEGINS else day_of(number) for number in range(LAST)]
    days = {one.day: one for one in told if one is not None}
    last = FIRST + timedelta(days=LAST)
    seen = judged(
        days,
        first=FIRST,
        last=last,
        approved_t=approved_t,
        changes=changes,
        settings=SETTINGS,
    )
    return suspect(seen, settings=SETTINGS)


def test_more_power_and_gas_than_output_explains_is_said_once_within_days() -> None:
    (told,) = said(lambda number: day_of(number, work=0.35))
    assert told.kind is Kind.UNEXPLAINED
    assert told.by == (Means.POWER, Means.GAS)
    assert told.since == FIRST + timedelta(days=BEGINS)
    assert FIRST + timedelta(days=BEGINS) <= told.day <= FIRST + timedelta(days=BEGINS + 3)
    assert told.strength >= SETTINGS.alarm


def test_a_mine_whose_output_explains_its_power_gives_nothing() -> None:
    assert said(day_of) == []


def test_power_alone_is_never_enough() -> None:
    assert said(lambda number: less(day_of(number, work=0.9), Means.GAS)) == []
    gas = [day_of(number).figures[Means.GAS] for number in range(LAST)]
    assert said(lambda number: day_of(number, work=0.9, gas=gas[number])) == []


def test_gas_and_heads_are_enough_where_power_is_not_told() -> None:
    (told,) = said(
        lambda number: less(day_of(number, work=0.5, heads=1.3), Means.POWER, Means.SWING)
    )
    assert told.by == (Means.GAS, Means.HEADS)


def test_what_draws_round_the_clock_is_no_work() -> None:
    """Heating or pumps: the day's power rises, its swing above the quiet hours does not."""
    usual = day_of(BEGINS)
    steady = {"power": usual.figures[Means.POWER] + 5_000, "swing": usual.figures[Means.SWING]}
    assert said(lambda number: day_of(number, heads=1.3, **steady)) == []
    (told,) = said(
        lambda number: less(day_of(number, heads=1.3, power=steady["power"]), Means.SWING)
    )
    assert told.by == (Means.POWER, Means.HEADS), "without hours it can't be told apart"


def test_new_machines_or_meters_on_record_begin_new_lines() -> None:
    def with_new_fans(number: int) -> Day:
        return less(day_of(number, work=0.35, heads=1.3), Means.GAS)

    assert len(said(with_new_fans)) == 1
    assert said(with_new_fans, changes=(FIRST + timedelta(days=BEGINS),)) == []
    later = (FIRST + timedelta(days=LAST + 1),)
    assert len(said(with_new_fans, changes=later)) == 1, "a record of later days takes nothing away"


def test_lines_are_drawn_anew_long_after_a_change() -> None:
    changed = FIRST + timedelta(days=20)
    (told,) = said(lambda number: day_of(number, work=0.35), changes=(changed,))
    assert Means.POWER in told.by


@pytest.mark.parametrize("means", [Means.POWER, Means.GAS])
def test_missing_figures_are_missing_and_never_zero(means: Means) -> None:
    assert said(lambda number: less(day_of(number), means)) == []
    assert said(lambda number: None if number % 2 else day_of(number)) == []
    (told,) = said(lambda number: None if number % 2 else day_of(number, work=0.35))
    assert told.kind is Kind.UNEXPLAINED, "the days that are told suffice"


def test_a_figure_in_another_unit_is_dropped() -> None:
    assert said(lambda number: day_of(number, power=21_000_000.0, gas=38_000_000.0)) == []
    assert said(lambda number: day_of(number, power=21.0, gas=38.0)) == []


def test_a_sum_that_was_silent_for_long_begins_anew() -> None:
    def in_two_bursts(number: int) -> Day | None:
        if number in (BEGINS, BEGINS + 10):
            return day_of(number, work=0.3)
        return None

    assert said(in_two_bursts) == []
    assert said(lambda n: in_two_bursts(n if n != BEGINS + 1 else BEGINS)) == []


def test_capped_output_is_told_by_haulage() -> None:
    found = said(lambda number: day_of(number, work=0.4, haulage=1.2 * 900 * 1.4))
    kinds = {one.kind: one for one in found}
    assert Means.HAULAGE in kinds[Kind.UNEXPLAINED].by
    assert Kind.BEYOND_PACE in kinds, "1,260 t hauled against 1,000 t approved for a day"


def faster(number: int, factor: float) -> Day:
    """A day on which all goes faster and all is told."""
    one = day_of(number, work=factor - 1)
    output = (one.output or 0) * factor
    haul = {Means.HAULAGE: 1.2 * output, Means.EXPLOSIVES: 0.2 * output}
    return Day(day=one.day, output=output, figures={**one.figures, **haul})


def test_told_work_beyond_the_approved_day_is_another_kind() -> None:
    (told,) = said(lambda number: faster(number, 1.4))
    assert told.kind is Kind.BEYOND_PACE
    assert told.by == ()
    assert said(lambda number: faster(number, 1.4), approved_t=None) == []


def test_output_alone_beyond_the_pace_is_not_enough() -> None:
    def told_alone(number: int) -> Day:
        one = faster(number, 1.4)
        return less(one, Means.HAULAGE, Means.POWER)

    assert said(told_alone) == []


@given(st.floats(0, 0.08))
def test_small_surpluses_never_add_up(work: float) -> None:
    assert said(lambda number: day_of(number, work=work)) == []


def test_days_under_an_order_and_faint_days_are_not_judged() -> None:
    def under_order(number: int) -> Day:
        one = day_of(number, work=0.5)
        return Day(day=one.day, output=one.output, figures=one.figures, is_stopped=True)

    assert said(under_order) == []
    assert said(lambda number: Day(day=day_of(number).day, output=100.0)) == []


def test_too_few_days_give_no_line() -> None:
    days = {one.day: one for one in (day_of(number, work=0.5) for number in range(14))}
    seen = judged(
        days,
        first=FIRST,
        last=FIRST + timedelta(days=30),
        approved_t=APPROVED_T,
        settings=SETTINGS,
    )
    assert seen == []


def test_one_day_is_never_enough_however_much() -> None:
    assert said(lambda number: day_of(number, work=2.0 if number == BEGINS + 3 else 0.0)) == []
    (told,) = said(lambda number: day_of(number, work=2.0 if number in (64, 65) else 0.0))
    assert (told.since, told.day) == (FIRST + timedelta(days=64), FIRST + timedelta(days=65))
