"""A judge without a memory comes to where the ledger is, and reads little for it."""

import polars as pl

from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.live.tests.store import BY, Mine
from bihuan.telemetry.packs import methane
from bihuan.telemetry.tests.folders import START
from bihuan.telemetry.tests.inboxes import POINT

OTHER = POINT[:-1] + "2"
UNDEFINED = POINT[:-1] + "3"
LAST = 20_000


def lived() -> Mine:
    """A point that stands still above its limit for hours, one that fell silent, one unknown."""
    mine = Mine()
    mine.define()
    mine.define(0, OTHER)
    mine.define(600, OTHER, upper="2.0")
    mine.send(*((time, 0.2 + time / 1e6) for time in range(0, 3_000, 60)), point=OTHER)
    mine.send((500, 1.0), point=UNDEFINED)
    mine.send(*((time, 1.5) for time in range(0, LAST, 60)), (LAST, None))
    mine.ledger.asked.clear()
    return mine


def carried(judge: Judge, points: list[str]) -> list[tuple[object, ...]]:
    """What is carried of these points, however they are numbered."""
    of = judge.state.of
    names = [name for name in of.kinds if name not in ("run_last", "terms", "run_ended")]
    numbers = judge.state.points.known(points)
    return [
        (*(getattr(of, name)[number].item() for name in names), judge.state.run_of(number))
        for number in numbers
    ]


def test_everything_is_carried_again() -> None:
    mine = lived()
    again = Judge(by=BY)
    frames = [mine.ledger.standing([OTHER, POINT]), mine.ledger.standing([UNDEFINED])]
    mine.ledger.asked.clear()
    assert again.catch_up(frames, mine.ledger, number=mine.number) == []
    assert carried(again, [POINT, OTHER]) == carried(mine.judge, [POINT, OTHER])
    assert again.state.newest.tolist() == mine.judge.state.newest.tolist()
    assert again.number == mine.number
    held = set(again.state.standings(again.state.lasting.columns()["id"].nonzero()[0]))
    assert held == {one for one in mine.ledger.held.values() if one.ended_at is None}
    assert {one.kind for one in held} == {"upper_limit", "frozen", "disconnected"}


def test_what_lasts_for_long_is_not_read_again() -> None:
    mine = lived()
    mine.judge = Judge(by=BY)
    mine.judge.catch_up([mine.ledger.standing([POINT])], mine.ledger, number=mine.number)
    asked = mine.ledger.asked[1:]
    assert asked == [START + LAST - 600]
    raised = mine.shown()
    mine.send((LAST + 60, 1.5))
    assert mine.shown() == raised
    assert {one.samples for one in mine.ledger.held.values() if one.point == POINT} == {335}
    mine.send((LAST + 120, 0.5))
    assert mine.shown() == [f"{raised[0].split('-')[0]}-{LAST + 120} standing"]


def test_ids_do_not_depend_on_who_was_met_first() -> None:
    """A judge that resumed met the points in another order, and raises the same by the same ids."""
    held = []
    for is_resumed in (False, True):
        mine = Mine(methane(BY))
        for point in (OTHER, POINT):
            mine.define(0, point)
            mine.send((0, 0.2), point=point)
        if is_resumed:
            frames = [mine.ledger.standing([POINT]), mine.ledger.standing([OTHER])]
            mine.judge = Judge(by=BY, limits=methane(BY))
            mine.judge.catch_up(frames, mine.ledger, number=mine.number)
        frames = [mine.frame((60, 2.5), point=point) for point in (OTHER, POINT)]
        mine.commit(rows=pl.concat(frames))
        mine.commit(rows=pl.concat(one.with_columns(time=pl.col("time") + 30) for one in frames))
        held.append(mine.ledger.held)
    assert held[0] == held[1]
    assert len(held[0]) == 4
