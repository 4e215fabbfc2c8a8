"""An episode keeps its id while late readings change it (T21), by hand."""

import polars as pl
import pytest

from bihuan.telemetry.live.tests.store import Mine
from bihuan.telemetry.tests.inboxes import POINT

OTHER = POINT[:-1] + "2"


@pytest.fixture
def mine() -> Mine:
    """With one methane point: alarm at 1.0."""
    found = Mine()
    found.define()
    return found


def test_an_episode_keeps_its_id_while_it_lasts_and_ends(mine: Mine) -> None:
    mine.send((0, 0.5), (30, 1.2))
    assert mine.shown() == ["1 30- standing"]
    mine.send((60, 1.3))
    mine.send((90, 0.4))
    assert mine.shown() == ["1 30-90 standing"]
    mine.send((120, 1.1))
    assert mine.shown() == ["1 30-90 standing", "2 120- standing"]


def test_a_late_reading_splits_an_episode(mine: Mine) -> None:
    mine.send((0, 1.2), (30, 1.3), (90, 1.4), (120, 0.5))
    assert mine.shown() == ["1 0-120 standing"]
    mine.send((60, 0.5))
    assert mine.shown() == ["1 0-60 standing", "2 90-120 standing from 1"]


def test_a_late_reading_merges_two_episodes(mine: Mine) -> None:
    mine.send((0, 1.2), (30, 0.5), (60, 1.4), (90, 1.3))
    assert mine.shown() == ["1 0-30 standing", "2 60- standing"]
    mine.send((30, 1.1))
    assert mine.shown() == ["1 0- standing", "2 60-90 merged into 1"]
    mine.send((120, 0.3))
    assert mine.shown() == ["1 0-120 standing", "2 60-90 merged into 1"]


def test_what_was_merged_stands_again_by_its_own_id(mine: Mine) -> None:
    mine.send((0, 1.2), (30, 0.5), (60, 1.4), (90, 0.4))
    mine.send((30, 1.1))
    assert mine.shown() == ["1 0-90 standing", "2 60-90 merged into 1"]
    mine.send((30, 0.6))
    assert mine.shown() == ["1 0-30 standing", "2 60-90 standing"]


def test_an_episode_whose_ground_vanishes_stays_and_can_come_back(mine: Mine) -> None:
    mine.send((0, 0.5), (30, 1.2))
    mine.send((30, 0.5))
    assert mine.shown() == ["1 30-30 ground_withdrawn"]
    mine.send((60, 1.2))
    assert mine.shown() == ["1 30-30 ground_withdrawn", "2 60- standing"]
    mine.send((90, 0.2))
    mine.send((60, 0.5))
    mine.send((60, 1.5))
    assert mine.shown() == ["1 30-30 ground_withdrawn", "2 60-90 standing"]


def test_an_earlier_start_keeps_the_id(mine: Mine) -> None:
    mine.send((60, 1.2), (90, 1.3))
    changes = mine.send((30, 1.1))
    assert mine.shown() == ["1 30- standing"]
    assert [one.samples for one in changes.episodes] == [3]


def test_a_definition_that_comes_late_withdraws_what_it_does_not_support(mine: Mine) -> None:
    mine.send((0, 0.5), (60, 1.2), (90, 0.4))
    mine.define(30, upper="1.5")
    assert mine.shown() == ["1 60-90 ground_withdrawn"]
    mine.define(45, upper="1.0")
    assert mine.shown() == ["1 60-90 standing"]


def test_a_definition_before_the_first_changes_everything_before_it(mine: Mine) -> None:
    mine.send((-600, 1.2), (-570, 0.4))
    assert mine.shown() == ["1 -600--570 standing"]
    mine.define(-300, upper="2.0")
    assert mine.shown() == ["1 -600--570 ground_withdrawn"]


def test_a_limit_that_ceases_ends_its_episode_without_a_reading(mine: Mine) -> None:
    mine.send((0, 1.2))
    mine.define(40, upper="")
    assert mine.shown() == ["1 0-40 standing"]
    mine.send((30, 1.4))
    assert mine.shown() == ["1 0-40 standing"]
    assert mine.ledger.held[1].peak == 1.4


def test_readings_wait_for_their_definition(mine: Mine) -> None:
    mine.send((0, 1.2), (30, 0.2), point=OTHER)
    assert mine.shown() == []
    mine.define(10, OTHER)
    assert mine.shown() == ["1 0-30 standing"]


def test_a_silence_moves_on_with_a_point_that_lags(mine: Mine) -> None:
    """Its point sends, but so late that it is silent all the time: one episode, not many."""
    mine.define(0, OTHER)
    for time in range(0, 900, 30):
        mine.send((time, 0.2 + time / 1e4), point=OTHER)
        if time >= 300:
            mine.send((time - 300, 0.3 + time / 1e4))
    assert mine.shown("disconnected") == ["1 570- standing"]


def test_a_silence_that_was_none_comes_back_by_its_id(mine: Mine) -> None:
    """A lag between two readings of the others: each time silent, and each time it wasn't."""
    mine.define(0, OTHER)
    for time in range(0, 900, 30):
        mine.send((time, 0.2 + time / 1e4), point=OTHER)
        if time >= 60:
            mine.send((time - 60, 0.3 + time / 1e4))
    for time in (900, 930):
        mine.send((time, 0.2), point=OTHER)
    assert mine.shown("disconnected") == ["1 810- standing"]
    mine.send((840, 0.3))
    assert mine.shown("disconnected") == ["1 810-930 ground_withdrawn"]
    mine.send((960, 0.5), point=OTHER)
    assert mine.shown("disconnected") == ["1 840- standing"]
    mine.send((870, 0.4), (960, 0.4))
    mine.send((1100, 0.6), point=OTHER)
    gone, new, of_the_other = mine.shown("disconnected")
    assert (gone, of_the_other) == ("1 840-960 ground_withdrawn", "3 960-1100 standing")
    assert new == "2 960- standing"


def test_a_frozen_run_goes_on_over_commits_and_is_split_by_a_late_reading(mine: Mine) -> None:
    for time in range(0, 7261, 60):
        mine.send((time, 0.44))
    assert mine.shown("frozen") == ["1 0- standing"]
    mine.send((7320, 0.45))
    assert mine.shown("frozen") == ["1 0-7260 standing"]
    mine.send((90, 0.46))
    assert mine.shown("frozen") == ["1 0-7260 ground_withdrawn"]
    mine.send((90, 0.44))
    assert mine.shown("frozen") == ["1 0-7260 standing"]


def test_a_silence_that_was_none_is_itself_again_when_it_is_judged_again() -> None:
    """It comes back in a commit that also has a late reading of its point."""
    mine, other = Mine(), POINT[:-1] + "2"
    mine.define()
    mine.send((0, 0.5))
    mine.send((1_000, 0.5), point=other)
    mine.send(*((time, 0.5) for time in range(60, 991, 30)))
    (told,) = mine.shown("disconnected")
    assert told == "1 0-1000 ground_withdrawn"
    frames = [mine.frame((45, 0.5)), mine.frame((2_000, 0.5), point=other)]
    mine.commit(rows=pl.concat(frames))
    assert mine.shown("disconnected") == ["1 990- standing"]
    assert mine.judge.state.gone == {}
