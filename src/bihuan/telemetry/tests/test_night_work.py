"""Hidden work under an order is found over days; what rests, and what is on record, is not."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.telemetry.detectors.night import (
    BEGINS,
    Block,
    Hour,
    Scale,
    Settings,
    Suspicion,
    scale_of,
    seen_block,
    suspect,
)

FIRST = date(2026, 3, 1)
SCALE = Scale(low_kwh=1000, high_kwh=2000, low_gas=0.1, high_gas=0.3)
RESTING = Hour(kwh=1050, methane=0.1)


def suspicions(
    worked: dict[tuple[int, Block], float],
    *,
    days: int = 12,
    gaps: bool = False,
    known: bool = False,
) -> list[Suspicion]:
    """What is said when so much more power is drawn in blocks, by day and block."""
    hours = {}
    for step in range(-2 * 24, days * 24):
        at = datetime.combine(FIRST, time()) + timedelta(hours=step)
        hours[at] = RESTING
    for (number, block), extra in worked.items():
        begin = datetime.combine(FIRST + timedelta(days=number), time())
        for step in range(8):
            at = begin + timedelta(hours=BEGINS[block] + step)
            hours[at] = Hour(kwh=None if gaps else 1050 + extra, methane=0.1)
    blocks = [
        seen_block(hours, FIRST + timedelta(days=n), block, scale=SCALE, is_on_record=known)
        for n in range(days)
        for block in Block
    ]
    return suspect(blocks, resting=(), settings=Settings())


def test_work_by_night_is_found_within_three_nights_and_said_once() -> None:
    found = suspicions({(n, Block.NIGHT): 450 for n in range(4, 9)})
    assert len(found) == 1
    assert found[0].by_night
    assert FIRST + timedelta(days=4) <= found[0].day <= FIRST + timedelta(days=6)


def test_a_mine_that_rests_gives_nothing() -> None:
    assert suspicions({}) == []


def test_one_faint_block_gives_nothing_and_missing_ones_neither() -> None:
    assert suspicions({(5, Block.NIGHT): 180}) == []
    assert suspicions({(n, Block.NIGHT): 450 for n in range(4, 9)}, gaps=True) == []


def test_what_is_on_record_gives_nothing() -> None:
    assert suspicions({(n, Block.NIGHT): 450 for n in range(4, 9)}, known=True) == []


@given(st.floats(0, 90))
def test_small_differences_never_add_up(extra: float) -> None:
    assert suspicions({(n, Block.NIGHT): extra for n in range(12)}) == []


def test_too_little_to_scale_by_is_no_scale() -> None:
    assert scale_of([RESTING] * 10) is None
    hours = [Hour(kwh=float(n), methane=0.1) for n in range(400)]
    scale = scale_of(hours)
    assert scale is not None
    assert scale.power(scale.low_kwh) == pytest.approx(0)
    assert scale.power(scale.high_kwh) == pytest.approx(1)
