"""按调校、测试销警: an exception that never stands out, and nothing for what was found real."""

import re

import pytest
from django.test import Client
from tests.clauses.mine import METHANE, Mine, alarms, clock
from tests.doors import Door, DoorClosedError
from tests.people import County

from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at

RECEIPT = {"answered_by": "调度室值班调度员", "answered_at": "2026-03-01 08:11"}
VERIFIED = {"verified_means": "到现场", "verified_words": "回风巷风筒脱节，瓦斯积聚。"}
REAL = {"cause": "真实超限", "cause_words": "风筒脱节。"}
FEEDBACK = {"measures": "接好风筒，加强巡查。", "feedback": "已处理，浓度降到0.3%。"}
FALSE = {"cause": "调校（标校）", "reason": "标准气样调校，有记录。"}
_MAIN = re.compile(r'class="button primary" href="[^"]*/(?:steps/(\w+)|([^/"]+))/"')


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """青石岭煤矿 with a methane sensor, alarm at 1.0."""
    mine.define(METHANE)
    return mine


def over(mine: Mine) -> Matter:
    mine.send("08:00:00", "1.20")
    mine.send("08:10:00", "0.40")
    mine.arrive(clock(8, 11))
    (alarm,) = alarms()
    return alarm


def verified(door: Door, mine: Mine) -> Matter:
    alarm = over(mine)
    door.press("watch", alarm, "receive", clock(8, 12), **RECEIPT)
    return door.press("watch", alarm, "verify", clock(8, 13), **VERIFIED)


def main_of(county: County, alarm: Matter, minute: int) -> list[str]:
    """The filled buttons of the matter's page: steps, or codes of matters beside."""
    desk = Client()
    desk.force_login(county.users["watch"])
    with standing_at(clock(8, minute)):
        page = desk.get(f"/desk/matters/{to_code(alarm.pk)}/").content.decode()
    assert "按调校、测试销警" in page
    return [step or code for step, code in _MAIN.findall(page)]


def test_the_main_button_is_the_next_on_the_regular_way(
    county: County, door: Door, mine: Mine
) -> None:
    alarm = over(mine)
    door.press("watch", alarm, "receive", clock(8, 12), **RECEIPT)
    assert main_of(county, alarm, 12) == ["verify"]
    door.press("watch", alarm, "verify", clock(8, 13), **VERIFIED)
    assert main_of(county, alarm, 13) == ["code_cause"]
    cause = {"cause": "设备故障", "cause_words": "接头松动。"}
    door.press("watch", alarm, "code_cause", clock(8, 14), **cause)
    assert main_of(county, alarm, 14) == ["give_feedback"]
    door.press("watch", alarm, "give_feedback", clock(8, 15), **FEEDBACK)
    assert main_of(county, alarm, 15) == ["close"]


def test_an_inquiry_that_waits_is_the_main_button(county: County, door: Door, mine: Mine) -> None:
    alarm = verified(door, mine)
    door.press("watch", alarm, "code_cause", clock(8, 14), **REAL)
    door.press("watch", alarm, "give_feedback", clock(8, 15), **FEEDBACK)
    inquiry = Matter.objects.get(kind="inquiry", parent=alarm)
    assert main_of(county, alarm, 16) == [to_code(inquiry.pk)]


def test_what_is_coded_as_real_is_closed_as_no_calibration(door: Door, mine: Mine) -> None:
    alarm = verified(door, mine)
    door.press("watch", alarm, "code_cause", clock(8, 14), **REAL)
    inquiry = Matter.objects.get(kind="inquiry", parent=alarm)
    door.press("watch", inquiry, "drop", clock(8, 15), reason="核为调校，立案不成立。")
    with pytest.raises(DoorClosedError, match="请改定性并写明理由") as refused:
        door.press("watch", alarm, "close_false", clock(8, 16), **FALSE)
    assert refused.value.status == 409
    again = {"cause": FALSE["cause"], "cause_words": "原来看错，为标准气样调校。"}
    door.press("watch", alarm, "code_cause", clock(8, 17), **again)
    assert door.press("watch", alarm, "close_false", clock(8, 18), **FALSE).stage == "closed"


@pytest.mark.parametrize("concluded", [False, True])
def test_beside_an_inquiry_there_is_no_calibration(door: Door, mine: Mine, concluded: bool) -> None:
    alarm = verified(door, mine)
    door.press("watch", alarm, "code_cause", clock(8, 14), **REAL)
    again = {"cause": FALSE["cause"], "cause_words": "原来看错，为标准气样调校。"}
    door.press("watch", alarm, "code_cause", clock(8, 15), **again)
    inquiry = Matter.objects.get(kind="inquiry", parent=alarm)
    if concluded:
        whole = ("inquiry_cause", "responsibility", "inquiry_measures", "outcome")
        door.press("watch", inquiry, "record", clock(8, 16), **dict.fromkeys(whole, "已查清。"))
        door.press("watch", inquiry, "conclude", clock(8, 17))
    with pytest.raises(DoorClosedError, match="已有“超限立案”"):
        door.press("watch", alarm, "close_false", clock(8, 18), **FALSE)


def test_a_revoked_inquiry_concludes_nothing(door: Door, mine: Mine) -> None:
    alarm = verified(door, mine)
    door.press("watch", alarm, "code_cause", clock(8, 14), **REAL)
    door.press("watch", alarm, "give_feedback", clock(8, 15), **FEEDBACK)
    first = Matter.objects.get(kind="inquiry", parent=alarm)
    door.press("watch", first, "drop", clock(8, 16), reason="核为设备故障，立案不成立。")
    with pytest.raises(DoorClosedError, match="立案已撤销的，请先改定性"):
        door.press("watch", alarm, "close", clock(8, 17), reason="已处理。")
    door.press("watch", alarm, "code_cause", clock(8, 18), **REAL)
    assert Matter.objects.filter(kind="inquiry", parent=alarm, is_open=True).count() == 1
    again = Matter.objects.get(kind="inquiry", parent=alarm, is_open=True)
    door.press("watch", again, "drop", clock(8, 19), reason="重复立案。")
    fault = {"cause": "设备故障", "cause_words": "接头松动。"}
    door.press("watch", alarm, "code_cause", clock(8, 20), **fault)
    assert door.press("watch", alarm, "close", clock(8, 21), reason="已处理。").stage == "closed"
