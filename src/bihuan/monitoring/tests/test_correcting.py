"""更正 of an alarm: what people wrote, one thing at a time, and nothing that readings say."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.clauses.mine import METHANE, Mine, alarms, clock
from tests.doors import Door, DoorClosedError
from tests.people import County

from bihuan.matters.identity import to_code
from bihuan.matters.models import Entry, Facts, Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Refused
from bihuan.matters.revisions import ask_correction
from bihuan.monitoring.alarms import fields

CALL = {"called": "调度室", "called_at": "2026-03-01 08:02", "answered": "否"}


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """青石岭煤矿 with a methane sensor, alarm at 1.0."""
    mine.define(METHANE)
    return mine


@pytest.fixture
def alarm(mine: Mine) -> Matter:
    """An alarm that lasts."""
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 1))
    (found,) = alarms()
    return found


def correct(alarm: Matter) -> str:
    return f"/desk/matters/{to_code(alarm.pk)}/correct"


def page(client: Client, path: str, minute: int = 9) -> str:
    with standing_at(clock(8, minute)):
        answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, alarm: Matter, minute: int, **changes: str) -> None:
    with standing_at(clock(8, minute)):
        answer = client.post(correct(alarm), {"revision_reason": "写错。", **changes})
    assert answer.status_code == 303, answer.content.decode()


def test_what_readings_say_is_not_offered_for_correction(
    desk: Client, county: County, alarm: Matter
) -> None:
    office = Client()
    office.force_login(county.users["office"])
    with standing_at(clock(8, 2)):
        nothing = office.get(correct(alarm))
        assert "更正内容" not in office.get(correct(alarm).removesuffix("correct")).content.decode()
    assert "没有可以更正的内容" in nothing.content.decode()
    Door(county).press("watch", alarm, "call", clock(8, 3), **CALL)
    with standing_at(clock(8, 4)):
        page = desk.get(correct(alarm)).content.decode()
    assert 'name="called"' in page
    for asked in fields.READ:
        assert f'name="{asked.key}"' not in page


@pytest.mark.parametrize("asked", fields.READ, ids=[one.key for one in fields.READ])
def test_what_readings_say_is_not_corrected(county: County, alarm: Matter, asked: object) -> None:
    Door(county).press("watch", alarm, "call", clock(8, 3), **CALL)
    key = getattr(asked, "key", "")
    before = Facts.objects.get(pk=alarm.pk).data
    with pytest.raises(Refused, match="由系统按数据写入，不能更正"):
        ask_correction(
            alarm.pk,
            changes={"called": "矿长", key: "1"},
            reason="读错。",
            by=county.actor("watch"),
            now=clock(8, 4),
        )
    assert Facts.objects.get(pk=alarm.pk).data == before


def test_a_correction_demands_only_what_is_changed(
    desk: Client, county: County, alarm: Matter
) -> None:
    Door(county).press("watch", alarm, "call", clock(8, 3), **CALL)
    with standing_at(clock(8, 4)):
        page = desk.get(correct(alarm)).content.decode()
    assert 'value="调度室"' in page
    assert page.count('class="must"') == 1  # the reason
    blank = {"called": "矿长", "called_at": "", "answered": "", "revision_reason": "岗位写错。"}
    with standing_at(clock(8, 5)):
        answer = desk.post(correct(alarm), blank)
    assert answer.status_code == 303, answer.content.decode()
    kept = Facts.objects.get(pk=alarm.pk).data
    assert kept["called"] == "矿长"
    assert kept["answered"] is False
    assert kept["called_at"].startswith("2026-03-01T08:02")
    assert Entry.objects.filter(matter_id=alarm.pk, step="correct").count() == 1


def test_a_corrected_call_stands_so_wherever_calls_are_listed(
    desk: Client, county: County, alarm: Matter
) -> None:
    door = Door(county)
    door.press("watch", alarm, "call", clock(8, 3), **CALL)
    second = {"called": "井口值班室", "called_at": "2026-03-01 08:04", "answered": "是"}
    door.press("watch", alarm, "call", clock(8, 5), **second)
    send(desk, alarm, 6, called="矿长", called_at="2026-03-01 08:05")
    screen = page(desk, "/desk/alarms/")
    line, _, beside = screen.partition('id="beside"')
    assert "矿长 08:05" in line
    assert ">矿长</th><td>08:05:00</td><td>已应答<" in beside
    assert ">调度室</th><td>08:02:00</td><td>未应答<" in beside
    assert "08:05 叫应矿长，已应答" in page(desk, f"/desk/alarms/{to_code(alarm.pk)}/curve/")
    assert "井口值班室" not in screen


def test_the_story_keeps_what_was_said_and_tells_who_corrected_it(
    desk: Client, county: County, alarm: Matter
) -> None:
    Door(county).press("watch", alarm, "call", clock(8, 3), **CALL)
    send(desk, alarm, 5, called="矿长")
    story = page(desk, correct(alarm).removesuffix("correct")).partition('id="story"')[2]
    assert "叫应调度室，已应答：否" in story
    assert "更正：叫应对象由“调度室”改为“矿长”。理由：写错。" in story
    assert "内部标记" not in story


def test_a_correction_of_something_else_leaves_the_calls(
    desk: Client, county: County, alarm: Matter
) -> None:
    door = Door(county)
    door.press("watch", alarm, "call", clock(8, 3), **CALL)
    told = {"answered_by": "调度室", "answered_at": "2026-03-01 08:04"}
    door.press("watch", alarm, "receive", clock(8, 5), **told)
    before = Facts.objects.get(pk=alarm.pk).data["calls"]
    send(desk, alarm, 6, answered_by="值班调度员")
    assert Facts.objects.get(pk=alarm.pk).data["calls"] == before


def test_a_call_corrected_by_two_persons_stands_so_once_they_agree(
    desk: Client, county: County, alarm: Matter
) -> None:
    door = Door(county)
    door.press("watch", alarm, "call", clock(8, 3), **CALL)
    told = {"answered_by": "调度室", "answered_at": "2026-03-01 08:04"}
    door.press("dispatcher", alarm, "receive", clock(8, 5), **told)
    send(desk, alarm, 6, called="矿长")
    assert ">调度室</th>" in page(desk, "/desk/alarms/", 7)
    (asked,) = Matter.objects.filter(parent=alarm, kind="correction")
    door.press("office", asked, "agree", clock(8, 8))
    assert ">矿长</th>" in page(desk, "/desk/alarms/")


@pytest.mark.parametrize(
    ("called_at", "holds"),
    [
        ("2026-03-01T07:59", False),
        ("2026-03-01T08:00", True),
        ("2026-03-01T08:10", True),
        ("2026-03-01T08:12", False),
    ],
)
def test_a_corrected_moment_is_held_to_what_its_step_demands(
    door: Door, desk: Client, alarm: Matter, called_at: str, holds: bool
) -> None:
    door.press("watch", alarm, "call", clock(8, 3), **CALL)
    with standing_at(clock(8, 10)):
        told = {"revision_reason": "写错。", "called_at": called_at}
        answer = desk.post(correct(alarm), told)
    assert (answer.status_code == 303) is holds
    if not holds:
        assert "叫应时间" in answer.content.decode().partition('role="alert"')[2]
    kept = Facts.objects.get(pk=alarm.pk).data["called_at"]
    assert kept.startswith(called_at if holds else CALL["called_at"].replace(" ", "T"))


def test_a_closed_alarm_is_corrected_by_who_handled_it_and_nobody_else(
    county: County, door: Door, desk: Client, mine: Mine, alarm: Matter
) -> None:
    door.press("watch", alarm, "call", clock(8, 3), **CALL)
    mine.send("08:04:00", "0.20")
    mine.arrive(clock(8, 5))
    answered = {"answered_by": "调度员", "answered_at": "2026-03-01 08:05"}
    door.press("watch", alarm, "receive", clock(8, 5), **answered)
    told = {"cause": "calibration", "reason": "按计划调校。"}
    door.press("watch", alarm, "close_false", clock(8, 6), **told)
    alarm.refresh_from_db()
    assert not alarm.is_open
    link = correct(alarm)
    assert link in page(desk, link.removesuffix("correct"))
    send(desk, alarm, 8, called="矿长办公室")
    assert Facts.objects.get(pk=alarm.pk).data["called"] == "矿长办公室"
    mines = Client()
    mines.force_login(county.users["dispatcher"])
    assert link not in page(mines, link.removesuffix("correct"))
    assert "更正须由办理过本事项的人员" in mines.get(link).content.decode()
    alarm.refresh_from_db()
    assert not alarm.is_open


def test_a_closed_alarm_that_several_handled_waits_for_a_second_person(
    county: County, door: Door, desk: Client, mine: Mine, alarm: Matter
) -> None:
    answered = {"answered_by": "调度员", "answered_at": "2026-03-01 08:02"}
    door.press("dispatcher", alarm, "receive", clock(8, 3), **answered)
    mine.send("08:04:00", "0.20")
    mine.arrive(clock(8, 5))
    told = {"cause": "calibration", "reason": "按计划调校。"}
    door.press("watch", alarm, "close_false", clock(8, 6), **told)
    send(desk, alarm, 8, cause="test")
    (asked,) = Matter.objects.filter(parent=alarm, kind="correction")
    assert Facts.objects.get(pk=alarm.pk).data["cause"] == "calibration"
    door.press("office", asked, "agree", clock(8, 9))
    assert Facts.objects.get(pk=alarm.pk).data["cause"] == "test"
    alarm.refresh_from_db()
    assert not alarm.is_open


def test_a_correction_that_waited_while_it_was_answered_anew_is_not_agreed_to(
    door: Door, desk: Client, alarm: Matter
) -> None:
    """The next call is another one: what was asked about the first mustn't stand there."""
    door.press("watch", alarm, "call", clock(8, 3), **CALL)
    answered = {"answered_by": "调度室", "answered_at": "2026-03-01 08:04"}
    door.press("dispatcher", alarm, "receive", clock(8, 5), **answered)
    send(desk, alarm, 6, called="矿长")
    (asked,) = Matter.objects.filter(parent=alarm, kind="correction")
    second = {"called": "总工程师", "called_at": "2026-03-01 08:07", "answered": "是"}
    door.press("watch", alarm, "call", clock(8, 8), **second)
    with pytest.raises(DoorClosedError, match="又有变化"):
        door.press("office", asked, "agree", clock(8, 9))
    known = Facts.objects.get(pk=alarm.pk).data
    assert [call["called"] for call in known["calls"]] == ["调度室", "总工程师"]
    door.press("office", asked, "refuse", clock(8, 10), refusal="已另有叫应。")
    asked.refresh_from_db()
    assert asked.stage == "refused"


def test_a_firm_changes_what_is_closed_only_with_a_second_person(
    county: County, door: Door, mine: Mine
) -> None:
    mine.lose_a_link()
    (check,) = Matter.objects.filter(kind="data_check")
    door.press("dispatcher", check, "start", clock(9, 0))
    dispatcher = Client()
    dispatcher.force_login(county.users["dispatcher"])
    proof = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    told = {"loss_cause": "光缆断。", "checker": "孔检查", "proof": proof}
    with standing_at(clock(10, 0)):
        path = correct(check).removesuffix("correct")
        seen = Matter.objects.get(pk=check.pk).last_seq
        dispatcher.post(f"{path}steps/finish/", {**told, "seen_seq": seen})
    check.refresh_from_db()
    assert not check.is_open
    with standing_at(clock(11, 0)):
        sent = {"loss_cause": "计划检修，已报备。", "revision_reason": "写错。"}
        assert dispatcher.post(correct(check), sent).status_code == 303
    assert Facts.objects.get(pk=check.pk).data["loss_cause"] == "光缆断。"
    (asked,) = Matter.objects.filter(parent=check, kind="correction")
    door.press("office", asked, "agree", clock(11, 5))
    assert Facts.objects.get(pk=check.pk).data["loss_cause"] == "计划检修，已报备。"


def test_a_check_that_compares_with_the_present_hinders_no_other_correction(
    door: Door, desk: Client, alarm: Matter
) -> None:
    answered = {"answered_by": "调度员", "answered_at": "2026-03-01 08:02"}
    door.press("watch", alarm, "receive", clock(8, 3), **answered)
    told = {"shelved_until": "2026-03-01 08:20", "reason": "传感器更换。"}
    door.press("watch", alarm, "shelve", clock(8, 5), **told)
    send(desk, alarm, 30, reason="传感器更换，已报备。")  # it had to end later than 08:05 then
    assert Facts.objects.get(pk=alarm.pk).data["reason"] == "传感器更换，已报备。"
    with standing_at(clock(8, 30)):
        sent = {"revision_reason": "写错。", "shelved_until": "2026-03-01T08:25"}
        assert desk.post(correct(alarm), sent).status_code == 422
