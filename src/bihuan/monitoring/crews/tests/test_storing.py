"""Reports in any order, sent twice, sent otherwise, of a time to come."""

from collections.abc import Callable, Iterable
from datetime import datetime

import pytest
from tests.clauses.crews import FACE, ROAD, SHIFTS
from tests.doors import march
from tests.people import County

from bihuan.matters.engine import take_step
from bihuan.matters.models import Matter
from bihuan.matters.records import write_record
from bihuan.matters.refusals import Refused
from bihuan.monitoring.crews.presences import Position
from bihuan.monitoring.crews.storing import Stored, store_report
from bihuan.monitoring.crews.tables import CrewExcess, PositionReport, Presence, ShiftTotal

pytestmark = pytest.mark.django_db
type Send = Callable[..., Stored]


@pytest.fixture
def send(county: County) -> Send:
    """Reports of 青石岭煤矿, which has a heading and three shifts."""
    site, by = county.sites["qingshiling"], county.actor("watch")
    since = {"site": site.pk, "valid_from": "2026-03-01"}
    face = {"name": "3102掘进", "area": FACE, "kind": "mech_heading"}
    write_record("work_face", by=by, now=march(1), facts={**since, **face})
    for name, begins, ends in SHIFTS:
        shift = {"shift": name, "begins": begins, "ends": ends}
        write_record("shift_time", by=by, now=march(1), facts={**since, **shift})

    def sent(
        at: datetime, cards: Iterable[int], area: str = FACE, now: datetime | None = None
    ) -> Stored:
        positions = [Position(card=f"{n:05}", area=area) for n in cards]
        return store_report(site, at=at, positions=positions, channel="api", now=now or march(9))

    return sent


@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3), (3, 2, 1, 0), (0, 3, 1, 2), (0, 3, 2, 1), (2, 0, 3, 1)], ids=str
)
def test_whatever_comes_when_one_excess_is_known_with_its_peak(
    send: Send, order: tuple[int, ...]
) -> None:
    counts = (18, 19, 22, 17)
    for number in order:
        send(march(2, 9, 5 * number), range(counts[number]))
    one = CrewExcess.objects.get()
    assert (one.started_at, one.ended_at, one.peak) == (march(2, 9, 5), march(2, 9, 15), 22)
    assert ShiftTotal.objects.get(shift="早班").persons == 22


def test_a_person_quicker_than_the_round_keeps_no_end_from_the_alarm(
    send: Send, county: County
) -> None:
    """A round of the worker has one moment; meanwhile the dispatcher answers."""
    (alarm,) = send(march(2, 9), range(19), now=march(2, 9)).alarms
    by, told = county.actor("dispatcher"), {"called": "当班跟班队长，已组织撤出一人。"}
    take_step(alarm, "receive", by=by, now=march(2, 9, 6), answers=told)
    send(march(2, 9, 5), range(17), now=march(2, 9, 5))
    assert CrewExcess.objects.get().ended_at == march(2, 9, 5)
    assert Matter.objects.get(pk=alarm).moved_at == march(2, 9, 6)
    with pytest.raises(Refused, match="早于上一次办理"):
        take_step(alarm, "explain", by=by, now=march(2, 9, 5), answers={})


def test_sent_twice_counts_once_and_sent_otherwise_keeps_both(send: Send) -> None:
    assert send(march(2, 9), range(19)).alarms
    assert send(march(2, 9), range(19)).is_repeated
    assert not send(march(2, 9), range(20)).is_repeated
    assert [one.is_current for one in PositionReport.objects.order_by("id")] == [False, True]
    assert Matter.objects.filter(kind="crew_alarm").count() == 1
    assert CrewExcess.objects.get().peak == 20


def test_a_moment_to_come_is_refused(send: Send) -> None:
    with pytest.raises(Refused, match="校准"):
        send(march(2, 9), [1], now=march(2, 8, 49))
    assert send(march(2, 9), [1], now=march(2, 8, 50)).total == 1


def test_who_goes_away_and_comes_back_counts_once(send: Send) -> None:
    send(march(2, 9), [1, 2])
    send(march(2, 10), [2])
    send(march(2, 11), [1, 2], area=ROAD)
    assert ShiftTotal.objects.get(shift="早班").persons == 2
    stays = Presence.objects.filter(card="00002").order_by("from_at")
    assert [(one.area, one.until_at) for one in stays] == [(FACE, march(2, 11)), (ROAD, None)]
    assert {one.entered_at for one in stays} == {march(2, 9)}


def test_who_comes_down_for_the_next_shift_counts_for_it(send: Send) -> None:
    send(march(2, 7), [1])
    send(march(2, 9), [1])
    assert list(ShiftTotal.objects.filter(persons__gt=0).values_list("shift", "persons")) == [
        ("早班", 1)
    ]
