"""奖励: opened when proven and reachable, due in thirty days, published without the reporter."""

from datetime import datetime, timedelta

import pytest

from bihuan.disclosure.models import Snapshot
from bihuan.matters.models import Matter, Timer
from tests.doors import Door, DoorClosedError, march


def closed(door: Door, **answers: object) -> Matter:
    lead = door.hand_over(march(1), reporter_reachable="是")
    return door.close(door.reported(lead, march(1), **answers), march(1))


def decided(door: Door, lead: Matter, at: datetime) -> Matter:
    (reward,) = door.children(lead, "reward")
    door.press(
        "office",
        reward,
        "propose",
        at,
        rule_cited="矿山安全举报奖励办法第五条",
        proposed_amount="3000",
    )
    return door.press("leader", reward, "decide", at, amount="3000", decision="同意。")


@pytest.mark.clause("AY-36-2", "SX-54-2")
@pytest.mark.parametrize(("day", "is_late"), [(31, False), (32, True)])
def test_paid_on_day_thirty_is_on_time(door: Door, day: int, is_late: bool) -> None:
    lead = closed(door)
    reward = decided(door, lead, march(2))
    timer = Timer.objects.get(matter=reward, key="pay")
    assert timer.due_at == march(32, 0)
    on = march(day).date().isoformat()
    reward = door.press("cashier", reward, "pay", march(day, 10), paid_on=on, voucher="凭证8号")
    timer.refresh_from_db()
    assert timer.is_late is is_late
    told = door.read("office", reward, march(day, 11))
    facts = {fact["key"] for fact in told["facts"]}
    assert {"amount", "rule_cited", "paid_on"} <= facts
    assert reward.facts_row.data["decided_by"] == "高局长"


def test_who_proposes_a_reward_doesnt_decide_it(door: Door) -> None:
    lead = closed(door)
    (reward,) = door.children(lead, "reward")
    door.also("leader", "office", unit="office")
    asked = {"rule_cited": "矿山安全举报奖励办法第五条", "proposed_amount": "3000"}
    door.press("leader", reward, "propose", march(2), **asked)
    with pytest.raises(DoorClosedError, match="另一人"):
        door.press("leader", reward, "decide", march(2), amount="3000", decision="同意。")


@pytest.mark.clause("AY-36-2", "SX-54-2")
def test_unproven_or_unreachable_opens_none(door: Door) -> None:
    untrue = closed(door, finding="不属实", measures=[])
    assert not Matter.objects.filter(kind="reward", parent=untrue).exists()
    lead = door.close(door.reported(door.hand_over(march(1)), march(1)), march(1))
    assert not Matter.objects.filter(kind="reward", parent=lead).exists()
    partly = closed(door, finding="部分属实")
    assert Matter.objects.filter(kind="reward", parent=partly).count() == 1


@pytest.mark.clause("SX-54-2")
def test_not_honoured_until_paid_or_waived_by_a_named_person(door: Door) -> None:
    lead = closed(door)
    (reward,) = door.children(lead, "reward")
    assert reward.is_open
    with pytest.raises(DoorClosedError, match="理由"):
        door.press("leader", reward, "waive", march(3), reason="")
    reward = door.press("leader", reward, "waive", march(3), reason="匿名举报，无法联系。")
    assert reward.stage == "waived"
    assert reward.facts_row.data["waived_reason"] == "匿名举报，无法联系。"


@pytest.mark.clause("SX-54-3")
def test_a_paid_reward_is_published_without_the_reporter(door: Door) -> None:
    lead = closed(door)
    reward = decided(door, lead, march(2))
    reward = door.press("cashier", reward, "pay", march(3), paid_on="2026-03-03", voucher="凭证8号")
    door.press("office", reward, "publish_case", march(4))
    (case,) = door.children(reward, "publication_reward")
    with pytest.raises(DoorClosedError, match="像是"):
        door.press(
            "office", case, "submit", march(4), text="奖励举报人老王3000元，电话19900001234。"
        )
    door.press("office", case, "submit", march(4), text="举报一起重大事故隐患，已兑现奖励。")
    given = {"published_on": "2026-03-05", "medium": "县融媒体中心", "transfer_checked": "是"}
    with pytest.raises(DoorClosedError, match="认不出举报人"):
        door.press("publisher", case, "release", march(5), personal_data_checked="是", **given)
    door.press(
        "publisher",
        case,
        "release",
        march(5),
        personal_data_checked="是",
        unrecognisable="是",
        **given,
    )
    body = Snapshot.objects.get(matter=case).body
    assert body["amount"] == "3000.00"
    assert body["kind"]
    told = "".join(str(value) for value in body.values())
    assert "兴旺煤矿" not in told
    assert "北川镇" not in told
    assert march(5) - march(3) == timedelta(days=2)


def test_who_drafts_a_publication_doesnt_release_it(door: Door) -> None:
    door.also("publisher", "office", unit="office")
    lead = door.found(door.hand_over(march(1)), march(2))
    (problem,) = door.children(lead, "publication_problem")
    door.press("publisher", problem, "submit", march(2), text="群众反映该矿夜班人数超过规定。")
    given = {"published_on": "2026-03-02", "medium": "县政府网站"}
    ticks = {"personal_data_checked": "是", "transfer_checked": "是"}
    with pytest.raises(DoorClosedError, match="另一人"):
        door.press("publisher", problem, "release", march(2), **given, **ticks)
    assert not Snapshot.objects.exists()


@pytest.mark.clause("AY-36-3")
def test_a_serious_violation_is_published_only_after_the_checks(door: Door) -> None:
    lead = door.reported(door.hand_over(march(1)), march(2))
    door.press("office", lead, "accept_report", march(2))
    door.press("office", lead, "publish_violation", march(3))
    (case,) = door.children(lead, "publication_violation")
    waiting = door.call("office", "get", "matters?kind=publication_violation", march(3))["items"]
    assert len(waiting) == 1
    door.press(
        "office",
        case,
        "submit",
        march(3),
        text="该矿夜班超定员组织生产。",
        firm="兴旺煤矿",
        legal_basis="煤矿安全生产条例第三十六条",
        decision="责令停产整顿，罚款五万元。",
        decided_on="2026-03-02",
    )
    given = {"published_on": "2026-03-04", "medium": "县政府网站"}
    for ticks in (
        {"personal_data_checked": "是", "transfer_checked": "否"},
        {"personal_data_checked": "否", "transfer_checked": "是"},
    ):
        with pytest.raises(DoorClosedError, match="选“是”"):
            door.press("publisher", case, "release", march(4), **given, **ticks)
    ticks = {"personal_data_checked": "是", "transfer_checked": "是"}
    door.press("publisher", case, "release", march(4), **given, **ticks)
    body = Snapshot.objects.get(matter=case).body
    assert (body["firm"], body["legal_basis"]) == ("兴旺煤矿", "煤矿安全生产条例第三十六条")
    assert body["decided_on"] == "2026-03-02"
