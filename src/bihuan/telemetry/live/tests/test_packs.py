"""Limits of packs as readings come: their own kind and ids, delays, and rules that come and go."""

from dataclasses import replace

import pytest

from bihuan.telemetry.live.identity import OWN_BITS, OWN_FROM, STANDING, WITHDRAWN, Standing
from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.live.slots import Slots
from bihuan.telemetry.live.snapshots import Unusable
from bihuan.telemetry.live.tests.store import BY, Mine
from bihuan.telemetry.packs import PackLimit, WrongLimit, methane, rules
from bihuan.telemetry.tests.folders import START
from bihuan.telemetry.tests.inboxes import MINE, POINT

pytestmark = pytest.mark.once
RULES = methane(BY)
WAITING = PackLimit(
    key="slow", level="high", side="upper", sensor_types=frozenset({"0001"}), unit="%CH4",
    on=1.0, off=0.8, on_delay_s=100, off_delay_s=100,
)  # fmt: skip


def mine_of(*limits: PackLimit) -> Mine:
    found = Mine(limits)
    found.define(upper="1.0")
    return found


def packs(mine: Mine) -> list[Standing]:
    """The episodes of packs, by start."""
    found = (one for one in mine.ledger.held.values() if one.kind.startswith("pack:"))
    return sorted(found, key=lambda one: one.started_at)


def spans(mine: Mine) -> list[tuple[int, int | None, float | None, int]]:
    """Start and end after the beginning, peak and samples of those that stand."""
    return [
        (one.started_at - START, one.ended_at and one.ended_at - START, one.peak, one.samples)
        for one in packs(mine)
        if one.state == STANDING
    ]


def test_two_percent_of_methane_as_it_comes() -> None:
    mine = mine_of(*RULES)
    mine.send((0, 1.99))
    assert packs(mine) == []
    mine.send((30, 2.0))
    mine.send((60, 2.6), status=4)
    (one,) = packs(mine)
    assert (one.kind, one.level, one.is_calibrated) == ("pack:methane", "two_percent", True)
    mine.send((90, 1.99))
    assert spans(mine) == [(30, 90, 2.6, 2)]
    mine.send((10, 2.2))
    assert spans(mine) == [(10, 90, 2.6, 3)]
    assert packs(mine)[0].id == one.id == OWN_FROM + (3 << OWN_BITS)


def test_a_fan_that_stops_as_it_comes() -> None:
    fan, mine = f"{MINE}01KG100100000001", Mine(rules(BY))
    mine.define(point=fan, kind="KG", unit="", upper="")
    mine.send((0, 1.0), point=fan)
    assert packs(mine) == []
    mine.send((30, 0.0), point=fan)
    mine.send((60, None), (90, 0.0), point=fan)
    mine.send((120, 0.0), point=fan, status=4)
    mine.send((150, 1.0), point=fan)
    mine.send((20, 0.0), point=fan)
    (one,) = packs(mine)
    assert (one.kind, one.level, one.is_calibrated) == ("pack:switch", "fan_stopped", True)
    assert spans(mine) == [(20, 150, 0.0, 4)]


def test_a_rule_leaves_all_other_ids_as_they_are() -> None:
    held = []
    for limits in ((), RULES):
        mine = mine_of(*limits)
        mine.send((0, 2.0), (30, 0.1), (60, 2.0))
        mine.send((20, 2.0), (40, 2.5))
        mine.send((500, 2.5))
        held.append([one for one in mine.ledger.held.values() if one not in packs(mine)])
    assert held[0] == held[1] != []
    ids = {one.id for one in packs(mine)}
    assert ids == {OWN_FROM + (2 << OWN_BITS), OWN_FROM + (2 << OWN_BITS) + 1}


def test_a_delay_holds_back_beginning_and_end() -> None:
    """What is held back counts from its first reading, and isn't late when it is known (T12)."""
    mine = mine_of(WAITING)
    for time, value in ((0, 1.1), (50, 0.7), (60, 1.2), (120, 0.9), (150, 1.3)):
        mine.send((time, value))
        assert packs(mine) == []
    mine.send((160, 1.0))
    assert spans(mine) == [(60, None, 1.3, 4)]
    for time, value in ((170, 0.7), (260, 0.9), (269, 1.5), (300, 0.7), (390, 0.99)):
        mine.send((time, value))
        assert spans(mine)[0][:2] == (60, None)
    assert spans(mine) == [(60, None, 1.5, 9)]
    mine.send((400, 0.9))
    assert spans(mine) == [(60, 300, 1.5, 7)]
    assert [one for one in mine.ledger.amendments if one.episode >= OWN_FROM] == []


def test_a_late_reading_takes_the_ground_of_a_delay_away() -> None:
    mine = mine_of(WAITING)
    mine.send((0, 1.1), (60, 1.1), (120, 1.1), (180, 0.1), (300, 0.1), (600, 0.1))
    assert spans(mine) == [(0, 180, 1.1, 3)]
    mine.send((90, 0.1))
    (one,) = packs(mine)
    assert one.state == WITHDRAWN
    (told,) = (held for held in mine.ledger.amendments if held.episode == one.id)
    assert (told.what, told.after) == ("state", "依据已不存在")


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("is_open", [True, False])
def test_what_is_held_back_outlives_the_judge(*, is_kept: bool, is_open: bool) -> None:
    mine = mine_of(WAITING)
    mine.send((0, 1.2), (30, 1.4))
    if is_open:
        mine.send((100, 1.0), (130, 0.2), (200, 0.3))
    if is_kept:
        mine.judge = Judge.restored(mine.judge.snapshot(), by=BY, limits=(WAITING,))
    else:
        mine.judge = Judge(by=BY, limits=(WAITING,))
        frames = [mine.ledger.standing([POINT])]
        assert mine.judge.catch_up(frames, mine.ledger, number=mine.number) == []
    mine.send((230, 0.9))
    assert spans(mine) == ([(0, 130, 1.4, 3)] if is_open else [(0, None, 1.4, 3)])


def test_a_definition_that_came_meanwhile_lets_go_of_what_was_held_back() -> None:
    mine = mine_of(WAITING)
    mine.send((0, 1.2))
    kept = mine.judge.snapshot()
    mine.define(30, unit="ppm")
    mine.judge = Judge.restored(kept, by=BY, limits=(WAITING,))
    mine.judge.catch_up([], mine.ledger, number=mine.number)
    mine.send((200, 1.2))
    assert packs(mine) == []


def test_rules_that_come_and_go() -> None:
    """What lasts by a new rule is told; what lasted by one that is gone is withdrawn."""
    mine = mine_of()
    mine.send(*((time, 2.5) for time in range(0, 4_000, 30)))
    kept = mine.judge.snapshot()
    with pytest.raises(Unusable, match="rules"):
        Judge.restored(kept, by=BY, limits=RULES)
    owed = taken_over(mine, RULES)
    assert [(one.kind, one.started_at, one.ended_at) for one in owed] == [
        ("pack:methane", START, None)
    ]
    assert taken_over(mine, RULES) == owed
    mine.ledger.held |= {one.id: one for one in owed}
    mine.send((4_000, 2.6))
    assert spans(mine) == [(0, None, 2.6, 135)]
    assert mine.ledger.rules() != 0
    assert taken_over(mine, RULES) == []
    (gone,) = taken_over(mine, (replace(RULES[0], key="other", on=3.0, off=3.0),))
    assert (gone.id, gone.state, gone.ended_at) == (owed[0].id, WITHDRAWN, START + 4_000)


def taken_over(mine: Mine, limits: tuple[PackLimit, ...]) -> list[Standing]:
    """A new judge with these rules; what the ledger lacks."""
    mine.judge = Judge(by=BY, limits=limits)
    return mine.judge.catch_up([mine.ledger.standing([POINT])], mine.ledger, number=mine.number)


def test_a_rule_with_another_limit_judges_what_lasts_again() -> None:
    mine = mine_of(*RULES)
    mine.send((0, 2.1), (30, 2.5), (60, 2.6))
    (one,) = taken_over(mine, (replace(RULES[0], on=2.5, off=2.5),))
    assert (one.id, one.started_at, one.samples) == (packs(mine)[0].id, START + 30, 2)


def test_limits_that_can_not_be() -> None:
    with pytest.raises(WrongLimit, match="写了两次"):
        Judge(by=BY, limits=(*RULES, *RULES))
    many = [replace(RULES[0], key=str(number)) for number in range(26)]
    with pytest.raises(WrongLimit, match="有26条，最多25条"):
        Judge(by=BY, limits=many)
    assert len(Slots(many[:25])) == 31
