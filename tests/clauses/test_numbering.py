"""编号、拆案、作废: one number per matter, never used again."""

import pytest

from bihuan.matters.models import Matter, NumberVoid
from tests.doors import Door, DoorClosedError, march


@pytest.mark.clause("LX-A1-2-1")
def test_one_matter_one_number_never_reused(door: Door) -> None:
    first = door.register(door.open("intake", march(1)), march(1))
    second = door.register(door.open("intake", march(1)), march(1))
    assert (first.number, second.number) == ("线索〔2026〕1号", "线索〔2026〕2号")
    door.press("office", second, "void", march(1), reason="重复登记。")
    third = door.register(door.open("intake", march(1)), march(1))
    assert third.number == "线索〔2026〕3号"
    void = NumberVoid.objects.get(number="线索〔2026〕2号")
    assert void.reason == "重复登记。"
    assert Matter.objects.get(pk=second.pk).number == "线索〔2026〕2号"


@pytest.mark.clause("LX-A1-2-1")
def test_a_report_with_two_matters_gets_two_numbers(door: Door) -> None:
    lead = door.register(door.open("intake", march(1)), march(1))
    door.press(
        "office",
        lead,
        "split",
        march(1),
        split_title="反映兴旺煤矿瞒报事故",
        split_summary="兴旺煤矿二月发生一起顶板事故未上报。",
        split_type="瞒报事故",
    )
    numbers = Matter.objects.filter(kind="lead").order_by("id").values_list("number", flat=True)
    assert list(numbers) == ["线索〔2026〕1号", "线索〔2026〕2号"]
    days = {m.facts_row.data["listed_on"] for m in Matter.objects.filter(kind="lead")}
    assert days == {"2026-03-01"}


@pytest.mark.clause("LX-W2-1", "AY-36-4")
def test_a_number_at_once_without_a_name(door: Door) -> None:
    for channel in ("phone", "mail"):
        lead = door.open("intake", march(1, 3), channel=channel, reporter_kind="anonymous")
        assert lead.acceptance_number
        assert lead.opened_at == march(1, 3)
    numbers = Matter.objects.values_list("acceptance_number", flat=True)
    assert len(set(numbers)) == 2


@pytest.mark.clause("LX-A7-4")
def test_a_lead_without_type_is_refused(door: Door) -> None:
    lead = door.open("intake", march(1))
    with pytest.raises(DoorClosedError, match="举报类型") as refused:
        door.register(lead, march(1), type="")
    assert refused.value.status == 422
