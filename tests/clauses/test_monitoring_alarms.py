"""Alarms: three phases, each over-limit a case, methane at two percent, lost links."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Facts, Matter, Outbox
from bihuan.matters.moment import now
from bihuan.monitoring.alarms.losses import check_losses
from bihuan.regulations.models import Adoption
from bihuan.regulations.packs import end_adoption
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store.ledger import NAME
from tests.clauses.mine import LASER, METHANE, Mine, alarms, clock
from tests.doors import Door, DoorClosedError
from tests.people import County


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """青石岭煤矿 with a methane sensor, alarm at 1.0."""
    mine.define(METHANE)
    return mine


def facts(matter: Matter) -> dict[str, object]:
    return dict(Facts.objects.get(pk=matter.pk).data)


def over(mine: Mine, *, peak: str = "1.20", back: bool = True) -> Matter:
    """An over-limit of ten minutes from 08:00 on."""
    mine.send("08:00:00", "1.10")
    mine.send("08:05:00", peak)
    if back:
        mine.send("08:10:00", "0.40")
    mine.arrive(clock(8, 11))
    (alarm,) = alarms()
    return alarm


RECEIPT = {"answered_by": "调度室值班调度员", "answered_at": "2026-03-01 08:12"}
VERIFIED = {"verified_means": "到现场", "verified_words": "回风巷风筒脱节，瓦斯积聚。"}
CAUSE = {"cause": "真实超限", "cause_words": "风筒脱节。"}
FEEDBACK = {"measures": "接好风筒，加强巡查。", "feedback": "已处理，浓度降到0.3%。"}


def to_feedback(door: Door, alarm: Matter, **cause: str) -> Matter:
    door.press("watch", alarm, "receive", clock(8, 13), **RECEIPT)
    door.press("dispatcher", alarm, "verify", clock(8, 30), **VERIFIED)
    door.press("watch", alarm, "code_cause", clock(8, 40), **{**CAUSE, **cause})
    return door.press("dispatcher", alarm, "give_feedback", clock(9, 0), **FEEDBACK)


@pytest.mark.clause("SX-49-1")
def test_three_phases_with_time_and_person_and_no_close_without_feedback(
    door: Door, mine: Mine
) -> None:
    alarm = over(mine)
    assert alarm.stage == "warned"
    for step, answers in (("verify", VERIFIED), ("close", {"reason": "读数已恢复。"})):
        with pytest.raises(DoorClosedError) as skipped:
            door.press("watch", alarm, step, clock(8, 12), **answers)
        assert skipped.value.status == 409
    door.press("watch", alarm, "receive", clock(8, 13), **RECEIPT)
    with pytest.raises(DoorClosedError):
        door.press("watch", alarm, "close", clock(8, 14), reason="读数已恢复。")
    door.press("dispatcher", alarm, "verify", clock(8, 30), **VERIFIED)
    door.press("watch", alarm, "code_cause", clock(8, 40), cause="设备故障", cause_words="误报。")
    with pytest.raises(DoorClosedError) as without:
        door.press("watch", alarm, "close", clock(8, 50), reason="读数已恢复。")
    assert "核查反馈" in without.value.sentence
    door.press("dispatcher", alarm, "give_feedback", clock(9, 0), **FEEDBACK)
    closed = door.press("watch", alarm, "close", clock(9, 10), reason="已查清。")
    assert closed.stage == "closed"
    told = door.read("watch", alarm, clock(9, 11))
    taken = {line["step"]: line for line in told["trail"]}
    for step in ("receive", "verify", "close"):
        assert taken[step]["who"]
        assert taken[step]["at"].startswith("2026-03-01T")


@pytest.mark.clause("SX-49-1")
def test_open_alarms_by_stage(door: Door, mine: Mine) -> None:
    alarm = over(mine)
    rows = door.call("watch", "get", "matters?kind=alarm&stage=warned", clock(8, 20))["items"]
    assert [row["number"] for row in rows] == [alarm.number]
    door.press("watch", alarm, "receive", clock(8, 21), **RECEIPT)
    assert not door.call("watch", "get", "matters?kind=alarm&stage=warned", clock(8, 22))["items"]


@pytest.mark.clause("AY-21-4")
def test_the_first_reading_at_the_limit_opens_one_case(door: Door, mine: Mine) -> None:
    mine.send("08:00:00", "0.99")
    mine.arrive(clock(8, 1))
    assert alarms() == []
    mine.send("08:02:00", "1.00")
    mine.send("08:06:30", "0.99")
    mine.arrive(clock(8, 7))
    (alarm,) = alarms()
    known = facts(alarm)
    assert known["place"] == "东翼回风巷"
    assert known["peak"] == "1 %CH4"
    assert known["boundary"] == "边界值"
    assert known["lasted"] == "4分钟30秒"
    mine.send("08:10:00", "1.01")
    mine.arrive(clock(8, 11))
    second = alarms()[-1]
    assert len(alarms()) == 2
    assert "boundary" not in facts(second)


@pytest.mark.clause("AY-21-4")
def test_a_real_over_limit_is_closed_with_all_four_only(door: Door, mine: Mine) -> None:
    alarm = to_feedback(door, over(mine))
    (inquiry,) = Matter.objects.filter(kind="inquiry", parent=alarm)
    with pytest.raises(DoorClosedError) as early:
        door.press("watch", alarm, "close", clock(9, 10), reason="已处理。")
    assert "立案" in early.value.sentence
    whole = {
        "inquiry_cause": "风筒脱节。",
        "responsibility": "通风队当班未巡查。",
        "inquiry_measures": "重新挂设。",
        "outcome": "已处罚通风队。",
    }
    for missing in whole:
        given = {key: text for key, text in whole.items() if key != missing}
        door.press("watch", inquiry, "record", clock(9, 20), **given)
        with pytest.raises(DoorClosedError) as refused:
            door.press("watch", inquiry, "conclude", clock(9, 21))
        assert "还缺" in refused.value.sentence
        assert missing not in facts(inquiry)
    door.press("watch", inquiry, "record", clock(9, 30), **whole)
    door.press("watch", inquiry, "conclude", clock(9, 31))
    assert door.press("watch", alarm, "close", clock(9, 40), reason="查清。").stage == "closed"


@pytest.mark.clause("AY-21-4")
@pytest.mark.parametrize("coded_again", [False, True])
def test_what_was_found_real_is_no_calibration_afterwards(
    door: Door, mine: Mine, coded_again: bool
) -> None:
    alarm = to_feedback(door, over(mine))
    (inquiry,) = Matter.objects.filter(kind="inquiry", parent=alarm)
    told = {"cause": "调校（标校）", "reason": "标准气样调校。"}
    step, answers = "close_false", told
    if coded_again:
        given = {"cause": told["cause"], "cause_words": "原来看错，为标准气样调校。"}
        door.press("watch", alarm, "code_cause", clock(9, 5), **given)
        step, answers = "close", {"reason": told["reason"]}
    with pytest.raises(DoorClosedError, match="立案"):
        door.press("watch", alarm, step, clock(9, 10), **answers)
    outcome = dict.fromkeys(("inquiry_cause", "responsibility", "inquiry_measures"), "核为调校。")
    door.press("watch", inquiry, "record", clock(9, 20), **outcome, outcome="不属实，不作处理。")
    door.press("watch", inquiry, "conclude", clock(9, 21))
    if not coded_again:  # an inquiry that was concluded says as much as an open one
        with pytest.raises(DoorClosedError, match="立案查清后按“销警”办理"):
            door.press("watch", alarm, step, clock(9, 25), **answers)
        step, answers = "close", {"reason": told["reason"]}
    assert door.press("watch", alarm, step, clock(9, 30), **answers).stage == "closed"


@pytest.mark.clause("AY-21-4", "SX-50-3")
def test_a_calibration_is_closed_with_that_reason_and_stays(door: Door, mine: Mine) -> None:
    alarm = over(mine)
    door.press("watch", alarm, "receive", clock(8, 13), **RECEIPT)
    reason = "标准气样调校，有记录。"
    closed = door.press(
        "watch", alarm, "close_false", clock(8, 20), cause="调校（标校）", reason=reason
    )
    assert closed.stage == "closed"
    rows = door.call("watch", "get", "matters?kind=alarm", clock(8, 30))["items"]
    assert [row["number"] for row in rows] == [alarm.number]
    assert facts(alarm)["cause"] == "calibration"


@pytest.mark.clause("SX-50-3")
def test_marking_a_suspected_major_hazard_opens_the_check_at_once(door: Door, mine: Mine) -> None:
    alarm = over(mine, peak="1.99")
    assert not Matter.objects.filter(kind="high_check").exists()
    door.press("watch", alarm, "mark_major", clock(8, 15), reason="通风系统不可靠。")
    (check,) = Matter.objects.filter(kind="high_check")
    assert check.parent_id == alarm.pk
    assert check.due_at.isoformat() == "2026-03-01T16:00:00+00:00"


@pytest.mark.clause("AY-26-2")
def test_a_lost_link_is_checked_within_hours(door: Door, mine: Mine) -> None:
    mine.lose_a_link()
    (check,) = Matter.objects.filter(kind="data_check")
    timers = {one["key"]: one for one in door.read("watch", check, clock(8, 40))["timers"]}
    assert timers["start"]["due_at"] == "2026-03-01T02:39:00Z"
    assert timers["close"]["due_at"] == "2026-03-02T00:39:00Z"
    with pytest.raises(DoorClosedError):
        door.press("watch", check, "finish", clock(9, 0), loss_cause="光缆断。", checker="孔检查")
    door.press("watch", check, "start", clock(10, 39, 0))
    start = Matter.objects.get(pk=check.pk).timers.get(key="start")
    assert not start.is_late
    with pytest.raises(DoorClosedError) as bare:
        door.press("watch", check, "finish", clock(11, 0), loss_cause="光缆断。", checker="孔检查")
    assert "佐证" in bare.value.sentence


@pytest.mark.clause("AY-26-2")
def test_one_second_more_than_two_hours_is_late(door: Door, mine: Mine) -> None:
    mine.lose_a_link()
    (check,) = Matter.objects.filter(kind="data_check")
    door.press("watch", check, "start", clock(10, 39, 1))
    assert Matter.objects.get(pk=check.pk).timers.get(key="start").is_late


@pytest.mark.clause("AY-26-2")
def test_a_mine_that_sends_nothing_at_all_is_one_check(door: Door, mine: Mine) -> None:
    mine.define(LASER)
    mine.send("08:00:00", "0.20")
    mine.send("08:00:00", "0.20", point=LASER)
    came = now()
    mine.arrive(came)
    check_losses(now=came + timedelta(minutes=9))
    assert not Matter.objects.filter(kind="data_check").exists()
    check_losses(now=came + timedelta(minutes=11))
    check_losses(now=came + timedelta(minutes=12))
    (check,) = Matter.objects.filter(kind="data_check")
    assert "全矿断线" in str(facts(check)["points_words"])
    mine.send("08:20:00", "0.20")
    mine.ingest()
    check_losses(now=came + timedelta(minutes=5))
    assert "期间缺数" in str(facts(check)["ended_words"])
    assert Matter.objects.get(pk=check.pk).is_open
    assert door.read("watch", check, came + timedelta(minutes=13))["kind"] == "data_check"


@pytest.mark.clause("SX-49-1")
def test_who_keeps_watch_and_the_mine_itself_are_told_at_once(
    county: County, neighbour: County, mine: Mine
) -> None:
    alarm = over(mine, back=False)
    told = Outbox.objects.filter(channel="desk", matter=alarm).values_list("user_id", flat=True)
    assert {county.users[one].pk for one in ("watch", "dispatcher")} <= set(told)
    assert not {one.pk for one in neighbour.users.values()} & set(told)


@pytest.mark.clause("AY-26-2")
def test_where_nobody_set_how_long_a_link_may_be_away_it_is_lost_when_it_counts_as_silent(
    county: County, mine: Mine
) -> None:
    came = now() + timedelta(days=1)
    adopted = Adoption.objects.get(region=county.region, pack_key="anyang-2024-2026")
    head, today = county.users["office_head"], now().astimezone(SHANGHAI).date()
    end_adoption(adopted, until_on=today, by=head, reason="测试", now=now())
    mine.send("08:00:00", "0.20")
    mine.ingest()
    with closing(sqlite3.connect(mine.store / NAME)) as ledger, ledger:
        ledger.execute("UPDATE delivery SET received_at = received_at + ?", (DAY_S,))
    silent = timedelta(seconds=dialect().silence_min_s)
    check_losses(now=came + silent - timedelta(seconds=2))
    assert not Matter.objects.filter(kind="data_check").exists()
    check_losses(now=came + silent + timedelta(seconds=2))
    assert Matter.objects.filter(kind="data_check").count() == 1
