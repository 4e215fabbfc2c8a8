"""What the reporter reads of the way: each public stage once, never to and fro."""

from datetime import timedelta
from typing import Any

from tests.people import NOW, County

from bihuan.leads.progress import look_up
from bihuan.leads.tips import Filed, TipOff, file_tip
from bihuan.matters.engine import take_step

DAY = timedelta(days=1)


class Way:
    """A tip-off that takes one step a day."""

    def __init__(self, county: County) -> None:
        self.county, self.at = county, NOW
        self.filed: Filed = file_tip(
            TipOff(words="夜班下井人数超过规定"), now=NOW, region_id=county.region.pk
        )

    def step(self, account: str, step: str, **answers: Any) -> None:
        """Take it a day after the one before."""
        self.at += DAY
        by = self.county.actor(account)
        take_step(self.filed.matter.pk, step, by=by, now=self.at, answers=answers)

    def told(self) -> list[tuple[int, str]]:
        """Days since the tip-off, and words."""
        steps = look_up(self.filed.receipt, now=self.at).steps
        return [((step.on - NOW.date()).days, step.words) for step in steps]

    def to_checking(self) -> None:
        """Registered, handed over, acknowledged."""
        units, regions = self.county.units, self.county.regions
        self.step(
            "intake",
            "register",
            title="反映兴旺煤矿夜班超定员组织生产",
            summary="夜班下井人数超过规定。",
            type="重大事故隐患",
            source="网上举报",
            site=self.county.sites["xingwang"].pk,
        )
        self.step("office", "classify", unit=units["coal"].pk, locality=regions["north"].pk)
        self.step("office", "hand_over", letter_source="群众举报")
        self.step("receiver", "acknowledge")


def test_internal_to_and_fro_is_not_told(sealing_county: County) -> None:
    county = sealing_county
    way = Way(county)
    way.to_checking()
    way.step("receiver", "object", objection="该矿不属本股监管。")
    noncoal = county.units["noncoal"].pk
    reason = "按监管分工改派。"
    way.step("office", "reassign", unit=noncoal, letter_source="群众举报", reason=reason)
    way.step("receiver2", "acknowledge")
    way.step("receiver2", "record_progress", progress="已到矿核查夜班下井人数。")
    way.step("receiver2", "record_progress", progress="已调取三个班次的入井记录。")
    assert way.told() == [
        (0, "已收到，等待登记"),
        (1, "已登记编号"),
        (3, "已交给负责查的部门"),
        (4, "正在核查"),
        (8, "核查有新进展"),
        (9, "核查有新进展"),
    ]


def test_what_the_leader_takes_up_again_is_told(sealing_county: County) -> None:
    way = Way(sealing_county)
    way.to_checking()
    found = {"finding": "不属实", "verified_facts": "到矿核查三个班次，人数没有超过规定。"}
    way.step("handler", "record_findings", **found)
    way.step("handler", "request_signature")
    way.step("head", "sign")
    way.step("handler", "report_back")
    way.step("office", "send_back", reason="请补充入井记录。")
    assert way.told()[-1] == (8, "核查结果已报回")
    way.step("leader", "escalate", reason="须由行动办直接核查。", escalation_reason="情况复杂")
    way.step("office", "conclude_escalation", **found)
    assert way.told()[-2:] == [(10, "上级正在核查"), (11, "核查结果已报回")]
