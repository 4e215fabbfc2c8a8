"""Persons underground: by area and moment, by shift, and whom a file doesn't count."""

import pytest

from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.envelopes import Body, name_of, open_envelope
from bihuan.telemetry.heads import Snapshot, accepted, heads_of_shift, snapshot_of, standing_at
from bihuan.telemetry.notation import time_of
from bihuan.telemetry.sources import Source
from bihuan.telemetry.tests.inboxes import MINE, at

pytestmark = pytest.mark.once
BY = dialect()
FACE, GATE = f"{MINE}0002", f"{MINE}0001"


def person(number: int, area: str = FACE, flag: str = "1", entered: str = "07:40:00") -> str:
    """A record of RYSS."""
    card = f"{MINE}{number:05}"
    return f"{card};测试甲;{flag};{at(entered)};;{area};;;;三八制;;正常;0;0;"


def sent(clock: str, *records: str, tail: str = "", path: str = "") -> Source:
    """A file of that moment."""
    digits = "".join(mark for mark in at(clock) if mark.isdigit())
    name = name_of(f"{MINE}_RYSS_{digits}{tail}.txt", path=path)
    body = open_envelope("~".join((MINE, *records, "||")).encode(), mine=MINE)
    assert name is not None
    assert isinstance(body, Body)
    return Source(name=name, path=path, body=body)


def read(*sources: Source) -> list[Snapshot]:
    return accepted(snapshot_of(one, by=BY)[0] for one in sources)


def moment(clock: str) -> int:
    return time_of(at(clock)) or 0


def test_flag_one_is_underground() -> None:
    [snapshot] = read(
        sent("08:00:00", person(1), person(2, GATE), person(3, flag="2"), person(4, flag="0"),
             person(5, area=""))
    )  # fmt: skip
    assert dict(snapshot.heads()) == {"": 3, FACE: 1, GATE: 1}


def test_of_one_card_the_last_record_counts() -> None:
    [snapshot] = read(sent("08:00:00", person(1), person(2), person(1, GATE), person(2, flag="2")))
    assert dict(snapshot.heads()) == {"": 1, GATE: 1}


def test_what_a_record_lacks() -> None:
    """Cards of another mine and short ones are listed; a lacking field makes it no record."""
    short, other = person(1).replace(MINE, MINE[:-1], 1), person(2).replace(MINE, "1" * 12, 1)
    snapshot, rejected = snapshot_of(sent("08:00:00", short, other, "a;b", person(3)), by=BY)
    assert len(snapshot.persons) == 1
    assert [(one.record, one.fault.value) for one in rejected] == [
        (0, "point_length"),
        (1, "point_mine"),
    ]


def test_nobody_below_is_a_count_too() -> None:
    [snapshot] = read(sent("08:00:00"))
    assert dict(snapshot.heads()) == {"": 0}


def test_the_newest_by_name_stands_whatever_comes_when() -> None:
    """Two of one moment: the later by T1; what is too old says nothing."""
    first, late = sent("08:00:00", person(1)), sent("08:05:00", person(1), person(2))
    again = sent("08:05:00", person(1), person(2), person(3), tail="1")
    for order in ([first, late, again], [again, late, first], [late, first, again, first]):
        found = read(*order)
        assert [len(one.persons) for one in found] == [1, 3]
        assert standing_at(found, moment("07:59:59"), by=BY) is None
        assert standing_at(found, moment("08:04:59"), by=BY) is found[0]
        assert standing_at(found, moment("08:05:00"), by=BY) is found[1]
        assert standing_at(found, moment("08:20:00"), by=BY) is found[1]
        assert standing_at(found, moment("08:20:01"), by=BY) is None


def test_peak_sum_and_hand_over_of_a_shift() -> None:
    """From eight up to, not including, sixteen o'clock; who stayed from before is told."""
    old = [person(n, entered="00:00:00") for n in (1, 2)]
    new = [person(n, entered="08:10:00") for n in (3, 4, 5)]
    moved = person(3, GATE, entered="08:10:00")
    found = read(
        sent("07:55:00", *old, *[person(n) for n in range(20, 40)]),
        sent("08:00:00", *old),
        sent("08:15:00", *old, *new),
        sent("08:30:00", *new),
        sent("15:55:00", moved),
        sent("16:00:00", *[person(n) for n in range(50, 90)]),
    )
    shift = heads_of_shift(found, begin=moment("08:00:00"), end=moment("16:00:00"))
    assert [tuple(one) for one in shift] == [
        ("", 5, moment("08:15:00"), 5, 2),
        (GATE, 1, moment("15:55:00"), 1, 0),
        (FACE, 5, moment("08:15:00"), 5, 2),
    ]
    assert heads_of_shift(found, begin=moment("16:00:01"), end=moment("23:00:00")) == []
