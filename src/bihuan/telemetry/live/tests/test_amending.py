"""What people were told otherwise is written down, what is fresh is silent (T20)."""

import pytest

from bihuan.telemetry.live.identity import Amendment, Changes
from bihuan.telemetry.live.tests.store import Mine
from bihuan.telemetry.tests.inboxes import POINT

OTHER = POINT[:-1] + "2"


@pytest.fixture
def mine() -> Mine:
    """With one methane point: alarm at 1.0."""
    found = Mine()
    found.define()
    return found


def lines(changes: Changes) -> list[str]:
    return [f"{one.episode} {one.what}: {one.before} > {one.after}" for one in changes.amendments]


def test_nothing_is_amended_in_order(mine: Mine) -> None:
    assert lines(mine.send((0, 0.5), (30, 1.2), (60, 1.4))) == []
    assert lines(mine.send((90, 1.6), (120, 0.5))) == []


def test_a_change_of_the_last_two_minutes_is_silent(mine: Mine) -> None:
    mine.send((0, 0.5), (60, 0.5), (120, 0.5), (180, 0.5))
    assert lines(mine.send((60, 1.2))) == []
    assert mine.shown() == ["1 60-120 standing"]


def test_an_alarm_that_is_raised_late_is_amended(mine: Mine) -> None:
    mine.send((0, 0.5), (59, 0.5), (120, 0.5), (180, 0.5))
    changes = mine.send((59, 1.2))
    assert changes.amendments == [
        Amendment(1, mine.number, changes.amendments[0].at, "state", "", "成立")
    ]
    assert changes.amendments[0].at == mine.judge.state.newest[0]


def test_each_field_that_reads_otherwise_has_a_line(mine: Mine) -> None:
    mine.send((0, 1.2), (30, 1.3), (60, 0.5), (90, 0.5), (300, 0.4))
    assert lines(mine.send((60, 1.5))) == [
        "1 ended_at: 2026-03-01 00:01:00 > 2026-03-01 00:01:30",
        "1 peak: 1.3 > 1.5",
        "1 samples: 2 > 3",
    ]


def test_a_split_a_merge_and_a_withdrawal_are_told(mine: Mine) -> None:
    mine.send((0, 1.2), (30, 1.3), (60, 1.2), (90, 0.5), (300, 0.4))
    assert lines(mine.send((30, 0.5))) == [
        "1 ended_at: 2026-03-01 00:01:30 > 2026-03-01 00:00:30",
        "1 peak: 1.3 > 1.2",
        "1 samples: 3 > 1",
        "3 state:  > 成立",
        "3 split_from:  > 1",
    ]
    assert "3 state: 成立 > 并入第1号" in lines(mine.send((30, 1.3)))
    mine.send((0, 0.1), (30, 0.1))
    assert "1 state: 成立 > 依据已不存在" in lines(mine.send((60, 0.1)))


def test_a_point_that_lags_is_amended_though_it_is_in_order(mine: Mine) -> None:
    mine.define(0, OTHER)
    mine.send((0, 0.5))
    mine.send((0, 0.2), (600, 0.3), point=OTHER)
    changes = mine.send((30, 1.2), (60, 0.5))
    raised = [line for line in lines(changes) if "成立" in line]
    assert raised == ["3 state:  > 成立"]


def test_a_silence_that_moves_on_is_no_amendment(mine: Mine) -> None:
    mine.define(0, OTHER)
    mine.send((0, 0.5))
    mine.send((0, 0.2), (600, 0.3), point=OTHER)
    assert lines(mine.send((30, 0.6))) == []
    assert "1 state: 成立 > 依据已不存在" in lines(
        mine.send(*((time, time / 1000) for time in range(60, 601, 30)))
    )


def test_calibration_that_comes_late_is_told(mine: Mine) -> None:
    mine.send((0, 1.2), (30, 1.3), (60, 0.5), (300, 0.4))
    assert lines(mine.send((30, 1.3), status=4)) == ["1 is_calibrated: 无标校 > 有标校"]


def test_a_frozen_run_is_told_when_it_is_long_and_that_is_in_time(mine: Mine) -> None:
    for time in range(0, 7_260, 60):
        assert lines(mine.send((time, 0.44))) == []
    assert mine.shown("frozen") == ["1 0- standing"]
    assert lines(mine.send((7_260, None), (7_320, None), (7_380, None))) == []
    assert lines(mine.send((7_440, 0.5))) == []
    assert mine.shown("frozen") == ["1 0-7200 standing"]
    assert lines(mine.send((90, 0.1))) == ["1 state: 成立 > 依据已不存在"]
