"""搁置 of an alarm: not before somebody answered, not while it burns at a severe level."""

import pytest
from django.test import Client
from tests.clauses.mine import METHANE, MINE, Mine, alarms, clock
from tests.doors import Door, DoorClosedError
from tests.people import County

from bihuan.matters.identity import to_code
from bihuan.matters.models import Facts, Matter, Outbox
from bihuan.matters.moment import standing_at

RECEIPT = {"answered_by": "调度室值班调度员", "answered_at": "2026-03-01 08:02"}
SHELVING = {"shelved_until": "2026-03-01 09:30", "reason": "传感器更换。"}


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """青石岭煤矿 with a methane sensor: alarm at 1.0, power off at 1.5."""
    mine.define(METHANE, cut="1.5")
    return mine


def burning(mine: Mine, value: str) -> Matter:
    mine.send("08:00:00", value)
    mine.arrive(clock(8, 1))
    (alarm,) = alarms()
    return alarm


def shelve(door: Door, alarm: Matter, minute: int) -> Matter:
    return door.press("watch", alarm, "shelve", clock(8, minute), **SHELVING)


def shelved(alarm: Matter) -> bool:
    return "shelved_until" in Facts.objects.get(pk=alarm.pk).data


def test_nobody_shelves_what_nobody_answered(door: Door, county: County, mine: Mine) -> None:
    alarm = burning(mine, "1.10")
    called = {"called": "调度室", "called_at": "2026-03-01 08:01", "answered": "否"}
    door.press("watch", alarm, "call", clock(8, 2), **called)
    with pytest.raises(DoorClosedError, match="还没有接报，不能搁置") as refused:
        shelve(door, alarm, 3)
    assert refused.value.status == 409
    desk = Client()
    desk.force_login(county.users["watch"])
    with standing_at(clock(8, 4)):
        form = desk.get(f"/desk/matters/{to_code(alarm.pk)}/steps/shelve/").content.decode()
    assert "请先叫应煤矿" in form
    assert not shelved(alarm)
    door.press("watch", alarm, "receive", clock(8, 5), **RECEIPT)
    shelve(door, alarm, 6)
    assert shelved(alarm)


@pytest.mark.parametrize(("value", "is_severe"), [("1.49", False), ("1.50", True), ("2.00", True)])
def test_a_severe_alarm_is_shelved_only_when_it_is_over(
    door: Door, mine: Mine, value: str, is_severe: bool
) -> None:
    alarm = burning(mine, value)
    door.press("watch", alarm, "receive", clock(8, 3), **RECEIPT)
    if not is_severe:
        shelve(door, alarm, 4)
        assert shelved(alarm)
        return
    with pytest.raises(DoorClosedError, match="没有恢复，不能搁置"):
        shelve(door, alarm, 4)
    mine.send("08:05:00", "0.20")
    mine.arrive(clock(8, 6))
    shelve(door, alarm, 7)
    assert shelved(alarm)


def test_a_shelved_alarm_that_cuts_the_power_burns_again(door: Door, mine: Mine) -> None:
    alarm = burning(mine, "1.10")
    door.press("watch", alarm, "receive", clock(8, 3), **RECEIPT)
    shelve(door, alarm, 4)
    mine.send("08:05:00", "1.40")
    mine.arrive(clock(8, 6))
    assert shelved(alarm)
    mine.send("08:07:00", "1.60")
    mine.arrive(clock(8, 8))
    assert not shelved(alarm)
    said = Outbox.objects.filter(matter=alarm, channel="desk").values_list("text", flat=True)
    assert any("搁置已取消" in one for one in said)


@pytest.mark.parametrize(
    ("sensor_type", "off", "on"), [("1001", "0", "1"), ("1010", "0", "1"), ("1008", "1", "0")]
)
def test_a_stopped_fan_or_smoke_is_not_shelved_while_it_lasts(
    door: Door, mine: Mine, sensor_type: str, off: str, on: str
) -> None:
    switch = f"{MINE}01KG{sensor_type}00000001"
    mine.define_switch(switch)
    mine.send("07:59:00", on, point=switch)
    mine.send("08:00:00", off, point=switch)
    mine.arrive(clock(8, 1))
    (alarm,) = alarms()
    door.press("watch", alarm, "receive", clock(8, 3), **RECEIPT)
    with pytest.raises(DoorClosedError, match="没有恢复，不能搁置"):
        shelve(door, alarm, 4)
    mine.send("08:05:00", on, point=switch)
    mine.arrive(clock(8, 6))
    shelve(door, alarm, 7)
    assert shelved(alarm)
