"""Entries that can't both be right, and how many entry points are covered."""

from datetime import datetime, timedelta

import pytest

from bihuan.telemetry.crews.entering import Contradiction, Entry, conflicts, coverage_percent
from bihuan.telemetry.crews.shifts import CHINA

pytestmark = pytest.mark.once
START = datetime(2026, 3, 2, 8, tzinfo=CHINA)
MINUTE = timedelta(minutes=1)


def entry(second: int, point: str, card: str, person: str = "") -> Entry:
    return Entry(START + timedelta(seconds=second), point, card, person)


@pytest.mark.parametrize(("apart", "clashes"), [(0, 1), (59, 1), (60, 0), (61, 0)])
def test_less_than_a_minute_apart(apart: int, clashes: int) -> None:
    points = conflicts([entry(0, "主井", "1"), entry(apart, "副井", "1")], window=MINUTE)
    cards = conflicts([entry(0, "主井", "1", "A"), entry(apart, "主井", "2", "A")], window=MINUTE)
    assert [one.kind for one in points] == [Contradiction.TWO_POINTS] * clashes
    assert [one.kind for one in cards] == [Contradiction.TWO_CARDS] * clashes


def test_the_same_again_and_nobody_known_are_no_conflict() -> None:
    same = [entry(0, "主井", "1", "A"), entry(0, "主井", "1", "A"), entry(20, "主井", "1", "A")]
    assert conflicts(same, window=MINUTE) == []
    assert conflicts([entry(0, "主井", "1"), entry(1, "主井", "2")], window=MINUTE) == []


def test_one_between_hides_no_conflict() -> None:
    told = [entry(0, "主井", "1"), entry(20, "副井", "1"), entry(40, "副井", "1")]
    found = conflicts(told, window=MINUTE)
    assert [(one.first.at, one.second.at) for one in found] == [
        (told[0].at, told[1].at),
        (told[0].at, told[2].at),
    ]


@pytest.mark.parametrize("step", [1, 3, 5, 7])
def test_order_does_not_matter(step: int) -> None:
    told = [entry(n * 25, f"{n % 3}", f"{n % 2}", f"{n % 4}") for n in range(8)]
    mixed = [told[(n * step) % 8] for n in range(8)]
    assert conflicts(mixed[::-1], window=MINUTE) == conflicts(told, window=MINUTE) != []


@pytest.mark.parametrize(
    ("covered", "of", "percent"),
    [(2, 3, 67), (3, 3, 100), (0, 3, 0), (999, 1000, 99), (0, 0, None)],
)
def test_whole_percent(covered: int, of: int, percent: int | None) -> None:
    assert coverage_percent(covered, of=of) == percent
