"""Counts that are kept for some seconds: for whom, how long, and what drops them."""

from dataclasses import replace

import pytest
from django.conf import LazySettings as Settings
from tests.people import County
from tests.walks.test_lead_walk import open_lead, register

from bihuan.accounts.actors import Actor
from bihuan.matters import tallies
from bihuan.matters.tallies import forget, kept

BY = Actor(kind="person", name="甲", user_id=900_001)


class Counting:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[float]:
    """The clock of the process, in seconds, set by the test."""
    settings.TALLIES_KEPT_S = 15
    standing = [1000.0]
    monkeypatch.setattr("bihuan.matters.tallies.time.monotonic", lambda: standing[0])
    forget(BY)
    return standing


def test_kept_until_the_seconds_are_over(clock: list[float]) -> None:
    count = Counting()
    assert kept(BY, "tabs", count) == 1
    clock[0] += 14.9
    assert kept(BY, "tabs", count) == 1
    clock[0] += 0.1
    assert kept(BY, "tabs", count) == 2


def test_what_is_dear_is_kept_longer(clock: list[float]) -> None:
    count = Counting()
    kept(BY, "rates", count, times=4)
    clock[0] += 59
    assert kept(BY, "rates", count, times=4) == 1
    clock[0] += 1
    assert kept(BY, "rates", count, times=4) == 2


def test_each_person_and_each_set_of_grants_has_its_own(clock: list[float], db: None) -> None:
    count = Counting()
    other = replace(BY, user_id=900_002)
    forget(other)
    assert [kept(by, "tabs", count) for by in (BY, other, BY, other)] == [1, 2, 1, 2]
    assert kept(BY, "open", count) == 3


def test_new_grants_are_counted_anew(clock: list[float], county: County) -> None:
    count = Counting()
    office = county.actor("office")
    forget(office)
    kept(office, "tabs", count)
    assert kept(replace(office, held=()), "tabs", count) == 2


def test_ones_own_step_drops_what_is_kept(clock: list[float], county: County) -> None:
    count = Counting()
    intake, office = county.actor("intake"), county.actor("office")
    for by in (intake, office):
        forget(by)
        kept(by, "tabs", count)
    lead = open_lead(county)
    assert kept(intake, "tabs", count) == 3
    register(county, lead)
    assert kept(intake, "tabs", count) == 4
    assert kept(office, "tabs", count) == 2


def test_nothing_is_kept_without_seconds(settings: Settings) -> None:
    settings.TALLIES_KEPT_S = 0
    count = Counting()
    forget(BY)
    assert [kept(BY, "tabs", count) for _ in range(2)] == [1, 2]


def test_the_longest_standing_person_is_let_go(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "PEOPLE_MAX", 2)
    monkeypatch.setattr(tallies, "_kept", {})
    count = Counting()
    for number in range(3):
        kept(replace(BY, user_id=900_010 + number), "tabs", count)
    assert kept(replace(BY, user_id=900_012), "tabs", count) == 3
    assert kept(replace(BY, user_id=900_010), "tabs", count) == 4
