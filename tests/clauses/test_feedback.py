"""七日反馈、签字、措施、延期: what feedback needs and by whom."""

import pytest

from bihuan.matters.models import Timer
from tests.doors import Door, DoorClosedError, march


@pytest.mark.clause("LX-A1-3-4")
def test_due_on_the_eighth_late_on_the_ninth(door: Door) -> None:
    lead = door.hand_over(march(1))
    on_eighth = door.read("office", lead, march(8, 23, 59))["timers"]
    feedback = next(timer for timer in on_eighth if timer["key"] == "feedback")
    assert feedback["late"] is False
    assert "3月8日" in feedback["explanation"]
    on_ninth = door.read("office", lead, march(9, 0))["timers"]
    assert next(timer for timer in on_ninth if timer["key"] == "feedback")["late"] is True


@pytest.mark.clause("LX-A1-3-4", "LX-A3-3")
def test_an_extension_is_a_decision_of_the_office(door: Door) -> None:
    lead = door.hand_over(march(1))
    with pytest.raises(DoorClosedError) as refused:
        door.press("handler", lead, "extend", march(5), until_on="2026-03-15", reason="需取样。")
    assert refused.value.status == 403
    with pytest.raises(DoorClosedError, match="晚于"):
        door.press("office", lead, "extend", march(5), until_on="2026-03-08", reason="需取样。")
    with pytest.raises(DoorClosedError, match="理由"):
        door.press("office", lead, "extend", march(5), until_on="2026-03-15")
    door.press("office", lead, "extend", march(5), until_on="2026-03-15", reason="需取样检测。")
    timer = Timer.objects.get(matter=lead, key="feedback")
    assert timer.first_due_at == march(9, 0)
    assert timer.due_at == march(16, 0)
    assert timer.extension_reason == "需取样检测。"


@pytest.mark.clause("LX-A1-3-5", "LX-A7-7")
def test_no_feedback_without_the_head_of_that_section(door: Door) -> None:
    lead = door.found(door.hand_over(march(1)), march(2))
    with pytest.raises(DoorClosedError, match="股室主要负责人"):
        door.press("handler", lead, "report_back", march(2))
    door.press("handler", lead, "request_signature", march(2))
    with pytest.raises(DoorClosedError, match="股室主要负责人"):
        door.press("deputy", lead, "sign", march(2))
    with pytest.raises(DoorClosedError, match="另一人"):
        door.press("handler", lead, "sign", march(2))
    with pytest.raises(DoorClosedError) as refused:
        door.press("head2", lead, "sign", march(2))
    assert refused.value.status == 404
    door.press("head", lead, "sign", march(2))
    lead = door.press(
        "handler",
        lead,
        "record_findings",
        march(3),
        finding="不属实",
        verified_facts="复核后不属实。",
    )
    assert "signature" not in lead.facts_row.data
    with pytest.raises(DoorClosedError, match="签字"):
        door.press("handler", lead, "report_back", march(3))


@pytest.mark.clause("LX-A7-7")
@pytest.mark.parametrize(
    ("unit", "receiver", "head", "label"),
    [
        ("natural", "department_receiver", "department", "部门主要负责人"),
        ("town", "town_receiver", "town", "政府主要负责同志"),
    ],
)
def test_the_signer_follows_the_receiver(
    door: Door, unit: str, receiver: str, head: str, label: str
) -> None:
    lead = door.hand_over(march(1), unit=unit)
    lead = door.press(receiver, lead, "acknowledge", march(1))
    lead = door.press(
        head, lead, "record_findings", march(2), finding="不属实", verified_facts="查无此事。"
    )
    with pytest.raises(DoorClosedError, match=label):
        door.press(head, lead, "report_back", march(2))


@pytest.mark.clause("LX-A3-2")
def test_true_needs_a_measure_or_a_reason_untrue_needs_neither(door: Door) -> None:
    lead = door.press("receiver", door.hand_over(march(1)), "acknowledge", march(1))
    facts = {"verified_facts": "现场核查，情况已查清。"}
    for finding in ("属实", "部分属实"):
        with pytest.raises(DoorClosedError, match="措施"):
            door.press("handler", lead, "record_findings", march(2), finding=finding, **facts)
    for answers in (
        {"finding": "属实", "measures": ["顶格处罚"]},
        {"finding": "部分属实", "no_measure_reason": "已当场改正，情节轻微。"},
        {"finding": "不属实"},
    ):
        lead = door.press("handler", lead, "record_findings", march(2), **facts, **answers)
        assert lead.facts_row.data["finding"] in ("true", "partly", "untrue")
    with pytest.raises(DoorClosedError, match="核查情况"):
        door.press("handler", lead, "record_findings", march(2), finding="不属实")
