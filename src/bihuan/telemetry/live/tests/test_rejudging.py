"""A late reading asks the store for what it needs and no more."""

import pytest

from bihuan.telemetry.live.tests.store import Mine
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.tests.folders import START

HOUR_S = 3_600


@pytest.fixture
def mine() -> Mine:
    """Ten days of one reading an hour, rising and falling below the limit of 1.0."""
    found = Mine()
    found.define()
    found.send(*((hour * HOUR_S, 0.3 + hour % 7 / 10) for hour in range(240)))
    found.ledger.asked.clear()
    return found


def test_in_order_nothing_is_asked(mine: Mine) -> None:
    mine.send((240 * HOUR_S, 1.5))
    assert mine.ledger.asked == []


def test_a_late_reading_asks_for_some_hours_around_it(mine: Mine) -> None:
    late = 9 * DAY_S + 100
    mine.send((late, 1.5))
    assert min(mine.ledger.asked) >= START + late - 3 * HOUR_S
    (shown,) = mine.shown()
    assert shown.endswith(f" {late}-{9 * DAY_S + HOUR_S} standing")


def test_a_late_reading_asks_from_where_the_episode_began(mine: Mine) -> None:
    begin = 240 * HOUR_S
    mine.send(*((begin + hour * HOUR_S, 1.2 + hour % 3) for hour in range(48)))
    raised = mine.shown()[-1]
    mine.ledger.asked.clear()
    mine.send((begin + 40 * HOUR_S + 60, 9.0))
    assert min(mine.ledger.asked) == START + begin
    assert mine.shown()[-1] == raised
    assert mine.ledger.held[int(raised.split()[0])].peak == 9.0


def test_a_reading_that_does_not_count_and_comes_late_breaks_no_run(mine: Mine) -> None:
    begin = 240 * HOUR_S
    mine.send(*((begin + time, 0.8) for time in range(0, 8_000, 80)))
    assert mine.shown("frozen")[-1].endswith(f"{begin}- standing")
    mine.send((begin + 4_020, None))
    assert mine.shown("frozen")[-1].endswith(f"{begin}- standing")
    mine.send((begin + 7_930, None), (begin + 8_000, 0.8))
    assert mine.ledger.held[int(mine.shown("frozen")[-1].split()[0])].samples == 101


def test_long_ago_reads_wider_until_it_is_sure(mine: Mine) -> None:
    """Four days of readings that don't count stand before the late one."""
    begin = 240 * HOUR_S
    mine.send((begin, 0.7), *((begin + hour * HOUR_S, None) for hour in range(1, 96)))
    mine.ledger.asked.clear()
    mine.send((begin + 95 * HOUR_S - 60, 0.7))
    asked = mine.ledger.asked
    assert asked == sorted(asked, reverse=True)
    assert len(asked) > 2
    assert min(asked) > START


def test_what_comes_again_is_compared_and_not_judged_again(mine: Mine) -> None:
    changes = mine.send((100 * HOUR_S, 0.3 + 100 % 7 / 10), (239 * HOUR_S, 0.3 + 239 % 7 / 10))
    assert mine.ledger.asked == [START + 100 * HOUR_S]
    assert (changes.episodes, changes.amendments) == ([], [])
    assert [(one.received, one.duplicate, one.accepted) for one in changes.tallies] == [
        (1, 1, 0)
    ] * 2
