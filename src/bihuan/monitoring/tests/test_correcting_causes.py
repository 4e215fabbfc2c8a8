"""更正 of an alarm's cause: every cause of 定性, and what a real over-limit demands follows."""

import re

import pytest
from django.test import Client
from tests.clauses.mine import METHANE, Mine, alarms, clock
from tests.doors import Door, DoorClosedError

from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.monitoring.alarms.fields import CAUSES, REAL

RECEIPT = {"answered_by": "调度室", "answered_at": "2026-03-01 08:11"}
VERIFIED = {"verified_means": "到现场", "verified_words": "回风巷风筒脱节，瓦斯积聚。"}
FAULT = {"cause": "设备故障", "cause_words": "接头松动。"}
FEEDBACK = {"measures": "接好风筒，加强巡查。", "feedback": "已处理，浓度降到0.3%。"}
_CHOICES = re.compile(r'name="cause"[^>]*?value="(\w+)"|<option value="(\w+)"')


@pytest.fixture
def alarm(door: Door, mine: Mine) -> Matter:
    """An alarm that is over, answered and verified."""
    mine.define(METHANE)
    mine.send("08:00:00", "1.20")
    mine.send("08:10:00", "0.40")
    mine.arrive(clock(8, 11))
    (found,) = alarms()
    door.press("watch", found, "receive", clock(8, 12), **RECEIPT)
    return door.press("watch", found, "verify", clock(8, 13), **VERIFIED)


def page(client: Client, alarm: Matter, at: str, minute: int) -> str:
    with standing_at(clock(8, minute)):
        answer = client.get(f"/desk/matters/{to_code(alarm.pk)}/{at}")
    assert answer.status_code == 200
    return answer.content.decode()


def choices(form: str) -> set[str]:
    known = {one.key for one in CAUSES}
    return {key for pair in _CHOICES.findall(form) for key in pair} & known


def correct(client: Client, alarm: Matter, minute: int, **changes: str) -> None:
    told = {"revision_reason": "复看录像后改。", **changes}
    with standing_at(clock(8, minute)):
        answer = client.post(f"/desk/matters/{to_code(alarm.pk)}/correct", told)
    assert answer.status_code == 303, answer.content.decode()


def inquiries(alarm: Matter) -> list[Matter]:
    return list(Matter.objects.filter(parent=alarm, kind="inquiry").order_by("id"))


def test_a_correction_offers_every_cause_and_says_what_follows(
    desk: Client, door: Door, alarm: Matter
) -> None:
    door.press("watch", alarm, "code_cause", clock(8, 14), **FAULT)
    form = page(desk, alarm, "correct", 15)
    assert choices(form) == {one.key for one in CAUSES}
    assert "选真实超限的，自动“超限立案”" in form
    assert choices(page(desk, alarm, "steps/close_false/", 15)) == {"calibration", "test"}


def test_a_cause_corrected_to_a_real_over_limit_is_inquired_into(
    desk: Client, door: Door, alarm: Matter
) -> None:
    door.press("watch", alarm, "code_cause", clock(8, 14), **FAULT)
    correct(desk, alarm, 15, cause=REAL)
    assert len(inquiries(alarm)) == 1
    told = page(desk, alarm, "", 16)
    assert "原因由“设备故障”改为“真实超限”" in told
    assert "办理“超限立案”" in told
    door.press("watch", alarm, "give_feedback", clock(8, 17), **FEEDBACK)
    with pytest.raises(DoorClosedError, match="“超限立案”还没有办结"):
        door.press("watch", alarm, "close", clock(8, 18), reason="已恢复。")
    correct(desk, alarm, 19, cause_words="风筒脱节。")
    assert len(inquiries(alarm)) == 1


def test_what_a_second_person_agrees_to_after_the_close_is_inquired_into(
    desk: Client, door: Door, alarm: Matter
) -> None:
    door.press("watch", alarm, "code_cause", clock(8, 14), **FAULT)
    door.press("dispatcher", alarm, "give_feedback", clock(8, 15), **FEEDBACK)
    correct(desk, alarm, 16, cause=REAL)
    assert inquiries(alarm) == []
    door.press("watch", alarm, "close", clock(8, 17), reason="已恢复。")
    (asked,) = Matter.objects.filter(parent=alarm, kind="correction")
    door.press("office", asked, "agree", clock(8, 18))
    (inquiry,) = inquiries(alarm)
    assert inquiry.stage == "open"
    assert not Matter.objects.get(pk=alarm.pk).is_open


def test_what_is_corrected_beside_a_revoked_inquiry_opens_none(
    desk: Client, door: Door, alarm: Matter
) -> None:
    real = {"cause": "真实超限", "cause_words": "风筒脱节。"}
    door.press("watch", alarm, "code_cause", clock(8, 14), **real)
    (inquiry,) = inquiries(alarm)
    door.press("watch", inquiry, "drop", clock(8, 15), reason="不成立。")
    correct(desk, alarm, 16, cause_words="积聚。")
    assert len(inquiries(alarm)) == 1
    correct(desk, alarm, 17, cause="fault")
    correct(desk, alarm, 18, cause=REAL)
    assert [one.stage for one in inquiries(alarm)] == ["dropped", "open"]


def test_the_list_names_the_cause(desk: Client, door: Door, alarm: Matter) -> None:
    door.press("watch", alarm, "code_cause", clock(8, 14), **FAULT)
    with standing_at(clock(8, 15)):
        listed = desk.get("/desk/m/alarm/").content.decode()
    assert "设备故障" in listed
