"""交办、签收、异议、改派: days, receivers and the two clocks."""

import pytest

from bihuan.matters.models import Timer
from bihuan.regulations.packs import set_value
from tests.doors import Door, DoorClosedError, march
from tests.people import NOW


def clock(door: Door, lead: object, key: str, day: int) -> dict[str, object]:
    """A clock of the lead as the office sees it that day."""
    told = door.read("office", lead, march(day))  # type: ignore[arg-type]
    return next(timer for timer in told["timers"] if timer["key"] == key)


@pytest.mark.clause("LX-A1-3-1")
def test_listed_on_the_first_handed_over_by_the_second(door: Door) -> None:
    lead = door.register(door.open("intake", march(1, 23, 59, 59)), march(2))
    timer = Timer.objects.get(matter=lead, key="handover")
    assert timer.due_at == march(3, 0)
    assert clock(door, lead, "handover", 2)["late"] is False
    assert clock(door, lead, "handover", 3)["late"] is True


@pytest.mark.clause("LX-A1-3-1")
def test_every_two_days_by_a_setting(door: Door) -> None:
    set_value(
        "lead.handover_days",
        region=door.county.region,
        value=2,
        reason="每两日交办一次",
        by=door.county.users["office_head"],
        now=NOW,
    )
    lead = door.register(door.open("intake", march(2)), march(2))
    assert Timer.objects.get(matter=lead, key="handover").due_at == march(5, 0)
    told = clock(door, lead, "handover", 2)
    assert "本单位设定" in str(told["explanation"])


@pytest.mark.clause("LX-A1-3-2", "AY-03-2")
def test_only_the_named_receiver_confirms(door: Door) -> None:
    lead = door.hand_over(march(1))
    for account in ("handler", "deputy"):
        with pytest.raises(DoorClosedError) as refused:
            door.press(account, lead, "acknowledge", march(1))
        assert refused.value.status == 403
    door.also("deputy", "receiver", unit="coal")
    with pytest.raises(DoorClosedError, match="指定的签收人王签收"):
        door.press("deputy", lead, "acknowledge", march(1))
    told = door.read("office", lead, march(2))
    assert told["stage"] == "assigned"
    lead = door.press("receiver", lead, "acknowledge", march(2, 10, 30))
    assert lead.facts_row.data["acknowledged_at"].startswith("2026-03-02T10:30")
    trail = [line["words"] for line in door.read("office", lead, march(2, 11))["trail"]]
    assert "百日攻坚行动办公室 陈督办以（煤）移〔2026〕1号交办青石县煤矿安全股" in trail[3]
    assert trail[-1].startswith("煤矿安全股 王签收签收")


@pytest.mark.clause("AY-03-2")
def test_a_joint_visit_lists_every_department(door: Door) -> None:
    lead = door.press("receiver", door.hand_over(march(1)), "acknowledge", march(1))
    door.press(
        "handler",
        lead,
        "record_joint_visit",
        march(2),
        visited_on="2026-03-02",
        departments="应急管理局\n自然资源局\n公安局",
    )
    words = door.read("office", lead, march(2))["trail"][-1]["words"]
    for department in ("应急管理局", "自然资源局", "公安局"):
        assert department in words


@pytest.mark.clause("LX-A1-3-3")
def test_an_objection_until_24_00_of_the_third(door: Door) -> None:
    lead = door.press("receiver", door.hand_over(march(1)), "acknowledge", march(1))
    with pytest.raises(DoorClosedError, match="3月3日24:00届满") as refused:
        door.press("receiver", lead, "object", march(4, 0), objection="归属非煤股。")
    assert refused.value.status == 409
    lead = door.press("receiver", lead, "object", march(3, 23, 59, 59), objection="归属非煤股。")
    assert lead.stage == "objected"
    timer = Timer.objects.get(matter=lead, key="feedback")
    assert timer.state == Timer.State.RUNNING
    assert timer.due_at == march(9, 0)


@pytest.mark.clause("LX-A1-3-3")
def test_only_a_reassignment_starts_a_new_seven_days(door: Door) -> None:
    lead = door.press("receiver", door.hand_over(march(1)), "acknowledge", march(1))
    door.press("receiver", lead, "object", march(2), objection="归属非煤股。")
    door.press("office", lead, "uphold", march(3), reason="仍由你股承办。")
    assert Timer.objects.get(matter=lead, key="feedback").due_at == march(9, 0)
    door.press("receiver", lead, "object", march(3), objection="归属非煤股。")
    with pytest.raises(DoorClosedError, match="另选"):
        door.press(
            "office",
            lead,
            "reassign",
            march(4),
            unit=door.county.units["coal"].pk,
            letter_source="public",
            reason="改派。",
        )
    lead = door.press(
        "office",
        lead,
        "reassign",
        march(4),
        unit=door.county.units["noncoal"].pk,
        letter_source="public",
        reason="归非煤股承办。",
    )
    assert Timer.objects.get(matter=lead, key="feedback").due_at == march(12, 0)
    assert lead.unit_id == door.county.units["noncoal"].pk


@pytest.mark.clause("SX-28-2")
def test_a_finding_goes_to_the_authority_that_issued_the_licence(door: Door) -> None:
    lead = door.register(
        door.open("intake", march(1), source="督查发现", reporter_kind="inspection"),
        march(1),
        source="督查发现",
        title="督查发现兴旺煤矿安全资格证已过期",
        summary="检查发现该矿安全资格证过期，证件由行政审批部门核发。",
    )
    door.classify(lead, march(1), unit="licensing")
    with pytest.raises(DoorClosedError):
        door.press("office", lead, "accept_report", march(1))
    lead = door.press("office", lead, "hand_over", march(4), letter_source="inspection")
    assert lead.is_open
    assert lead.unit_id == door.county.units["licensing"].pk
    handover = Timer.objects.get(matter=lead, key="handover")
    assert handover.is_late  # the days since it was listed are on its clock
