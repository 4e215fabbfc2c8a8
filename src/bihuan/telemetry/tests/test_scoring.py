"""Scores of proposals against a truth made by hand."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.telemetry.simulation.county import TRUTH
from bihuan.telemetry.simulation.scoring import FAMILIES, Found, score

pytestmark = pytest.mark.once
TRUTH_ROWS = [
    ("m1", "hidden_night_work", 10, 14, False),
    ("m1", "open_shut", 25, 28, False),
    ("m2", "fan_saving", 5, 9, False),
    ("m2", "pump_storm", 1, 30, True),
]


def day(number: int) -> date:
    return date(2026, 3, number)


def truth() -> pl.DataFrame:
    rows = [(m, kind, day(a), day(b), 0.5, "", is_ok) for m, kind, a, b, is_ok in TRUTH_ROWS]
    return pl.DataFrame(rows, schema=TRUTH, orient="row")


def said(mine: str, kind: str, begin: int, end: int, on: int) -> Found:
    return Found(mine=mine, kind=kind, begins_on=day(begin), ends_on=day(end), proposed_on=day(on))


def test_all_found_at_once() -> None:
    found = [
        said("m1", "hidden_night_work", 10, 12, 13),
        said("m1", "late_stop", 25, 28, 29),
        said("m2", "fan_saving", 5, 5, 6),
    ]
    told = score(found, truth(), days=60, mines=2)
    assert (told.precision, told.recall, told.false_per_mine_month) == (1, 1, 0)
    assert told.missed == ()
    night, other = told.kinds["hidden_night_work"], told.kinds["open_shut"]
    assert (night.episodes, night.hits, night.named, night.in_time, night.recall) == (1,) * 5
    assert (night.delay_median, night.delay_max) == (3, 3)
    assert (other.hits, other.named, other.in_time, other.delay_max) == (1, 0, 0, 4)


def test_repeats_and_the_right_mine_for_another_reason() -> None:
    found = [
        said("m1", "open_shut", 12, 13, 14),
        said("m1", "hidden_night_work", 10, 11, 12),
        said("m1", "card_left", 10, 14, 15),
    ]
    told = score(found, truth(), days=30, mines=2)
    assert (told.hits, told.repeats, told.beside, told.false) == (1, 1, 1, ())
    assert told.precision == 1 / 2
    assert told.kinds["hidden_night_work"].delay_max == 2, "the first that was said counts"
    assert [one.kind for one in told.missed] == ["fan_saving", "open_shut"]
    assert told.kinds["fan_saving"].delay_median is None
    assert told.recall == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "wrong",
    [
        said("m2", "hidden_night_work", 10, 14, 28),
        said("m1", "hidden_night_work", 8, 9, 11),
        said("m1", "hidden_night_work", 10, 14, 9),
        said("m1", "hidden_night_work", 10, 14, 22),
        said("m1", "hidden_night_work", 2, 14, 12),
    ],
    ids=["other mine", "before it", "foretold", "too late", "all the time"],
)
def test_false(wrong: Found) -> None:
    told = score([wrong], truth(), days=45, mines=2)
    assert told.false == (wrong,)
    assert told.precision == 0
    assert told.false_per_mine_month == pytest.approx(1 / 3)
    assert told.look_alikes == ({"pump_storm": 1} if wrong.mine == "m2" else {})


def test_the_edges_of_grace() -> None:
    for one in (
        said("m1", "hidden_night_work", 3, 10, 10),
        said("m1", "hidden_night_work", 14, 20, 21),
    ):
        assert score([one], truth(), days=30, mines=1).hits == 1


def test_nothing() -> None:
    told = score([], truth(), days=30, mines=1)
    assert (told.precision, told.recall) == (None, 0)
    assert score([], truth().clear(), days=30, mines=1).recall is None


@given(
    st.lists(
        st.builds(
            said,
            st.sampled_from(["m1", "m2"]),
            st.sampled_from(sorted(FAMILIES)),
            st.integers(1, 31),
            st.integers(1, 31),
            st.integers(1, 31),
        )
    )
)
def test_each_proposal_is_counted_once(found: list[Found]) -> None:
    told = score(found, truth(), days=31, mines=2)
    assert told.hits + told.repeats + told.beside + len(told.false) == len(found)
    assert told.hits + len(told.missed) == 3
    assert score(found[::-1], truth(), days=31, mines=2).hits == told.hits
