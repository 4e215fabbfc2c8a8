"""Large shifts and their checks, cards that deceive, the rule's own table, identity at gates."""

from datetime import datetime

import pytest

from bihuan.matters.models import Matter
from bihuan.matters.site_proposals import look_around
from bihuan.monitoring.crews.marks import mark_large_shifts
from tests.clauses.crews import FACE, MINE, ROAD, Crews, card
from tests.doors import DoorClosedError, march
from tests.people import set_here

pytestmark = pytest.mark.django_db
MINE_NAME = "青石岭煤矿"


def proposals(watch: str) -> list[Matter]:
    """Proposals of a watch, in order."""
    found = Matter.objects.filter(kind="site_proposal").order_by("id")
    return [one for one in found if one.facts_row.data["watch"] == watch]


def whole_shift(crews: Crews, day: int, persons: int) -> None:
    """A day shift without a gap in it."""
    for minutes in range(0, 8 * 60 + 1, 15):
        crews.send(march(day, 8 + minutes // 60, minutes % 60), elsewhere=persons)


@pytest.mark.clause("SX-38-1")
def test_a_shift_of_five_hundred_marks_the_mine_until_a_person_takes_it_away(
    crews: Crews,
) -> None:
    crews.shifts()
    crews.send(march(2, 9), elsewhere=499)
    assert mark_large_shifts(now=march(2, 10)) == 0
    crews.record("shift_count", shift="早班", source="矿灯", persons=499)
    assert mark_large_shifts(now=march(2, 10)) == 0
    crews.send(march(2, 11), elsewhere=500)
    assert mark_large_shifts(now=march(2, 12)) == 1
    crews.send(march(3, 9), elsewhere=100)
    assert mark_large_shifts(now=march(3, 10)) == 0
    mark = Matter.objects.get(kind="large_shift")
    assert mark.is_open
    assert "500人（边界值）" in mark.title
    line = crews.board("large_shifts", march(3, 10), MINE_NAME)
    assert line["persons"] == "500 人（边界值）"
    assert (line["watch"], line["visit"], line["state"]) == ("没有", "没有", "缺系统盯、现场查")
    crews.record("large_shift_check", mode="系统盯", valid_from="2026-03-03", result="人数一致。")
    line = crews.board("large_shifts", march(4, 9), MINE_NAME)
    assert (line["watch"], line["state"]) == ("2026-03-03", "缺现场查")
    crews.record("large_shift_check", mode="现场查", valid_from="2026-03-04", result="人卡相符。")
    line = crews.board("large_shifts", march(4, 9), MINE_NAME)
    assert (line["visit"], line["state"]) == ("2026-03-04", "两种方式齐")
    with pytest.raises(DoorClosedError):
        crews.door.press("watch", mark, "remove", march(4, 9), reason="已减人。")
    with pytest.raises(DoorClosedError):
        crews.door.press("leader", mark, "remove", march(4, 9), reason="")
    mark = crews.door.press("leader", mark, "remove", march(4, 9), reason="已减到三百人以下。")
    assert not mark.is_open
    assert mark_large_shifts(now=march(5, 9)) == 0
    crews.record("shift_count", shift="早班", source="闸机", persons=501, valid_from="2026-03-06")
    assert mark_large_shifts(now=march(6, 18)) == 1


@pytest.mark.clause("SX-38-2")
def test_counts_above_the_cards_are_proposed_and_equal_ones_are_not(crews: Crews) -> None:
    crews.shifts()
    crews.record("shift_count", shift="早班", source="矿灯", persons=500)
    mark_large_shifts(now=march(1, 20))
    whole_shift(crews, 2, 12)
    for source, persons in (("矿灯", 12), ("闸机", 13), ("视频", 15)):
        crews.record(
            "shift_count", shift="早班", source=source, persons=persons, valid_from="2026-03-02"
        )
    look_around(now=march(2, 16, 30))
    gate, video = proposals("card_fraud")
    evidence = gate.facts_row.data["evidence"]
    assert "闸机13人，定位12人" in evidence
    assert "2026-03-02 08:00至2026-03-02 16:00" in evidence
    assert gate.facts_row.data["figures"] == [["闸机", "13 人"], ["人员定位", "12 人"]]
    door = crews.door
    with pytest.raises(DoorClosedError):
        door.press("watch", gate, "confirm", march(2, 17), reason="核对过名册。")
    door.press("watch", gate, "confirm", march(2, 17), code="不带定位卡", reason="核对过名册。")
    door.press("watch", video, "decline", march(2, 17), reason="视频重复计了两人。")
    look_around(now=march(2, 18))
    assert len(proposals("card_fraud")) == 2


@pytest.mark.clause("SX-38-2")
def test_an_outage_is_an_outage_and_no_fraud(crews: Crews) -> None:
    crews.shifts()
    crews.record("shift_count", shift="早班", source="矿灯", persons=500)
    mark_large_shifts(now=march(1, 20))
    crews.send(march(2, 9), elsewhere=12)
    crews.record("shift_count", shift="早班", source="矿灯", persons=20, valid_from="2026-03-02")
    look_around(now=march(2, 16, 30))
    assert proposals("card_fraud") == []
    line = crews.shift_cells(march(2, 16, 30), "早班", on="2026-03-02")
    assert line["persons"] == ("12 人", "系统中断")
    assert line["others"] == "矿灯20人（系统中断，不比对）"


@pytest.mark.clause("SX-38-2")
def test_a_card_in_two_places_and_a_card_that_never_moves(crews: Crews) -> None:
    crews.shifts()
    crews.record("shift_count", shift="早班", source="矿灯", persons=500)
    mark_large_shifts(now=march(1, 20))
    twice = [{"card": card(1), "area": FACE}, {"card": card(1), "area": ROAD}]
    still = [{"card": card(2), "area": FACE, "spot": "01;3.0"}]
    crews.send(march(2, 9), persons=twice + still)
    crews.send(march(2, 11), persons=still)
    look_around(now=march(2, 11, 1))
    [doubled] = proposals("card_fraud")
    assert card(1) in doubled.facts_row.data["evidence"]
    assert ROAD in doubled.facts_row.data["evidence"]
    set_here(crews.door.county, "crew.still_card_minutes", 120, now=march(2, 11, 2))
    look_around(now=march(2, 11, 3))
    _doubled, found = proposals("card_fraud")
    assert (
        f"人员卡{card(2)}自2026-03-02 09:00至2026-03-02 11:00没有移动"
        in (found.facts_row.data["evidence"])
    )


@pytest.mark.clause("SX-38-3")
def test_the_rules_own_table_judges_mines_without_a_mark(crews: Crews) -> None:
    crews.shifts()
    crews.face("mech_mining")
    crews.send(march(2, 9), at_face=24)
    crews.send(march(2, 10), at_face=25)
    at = march(2, 10, 1)
    assert crews.face_cells(at, "3101工作面")["trial"] == ("未设定", "不判定")
    assert crews.shift_cells(at, "早班", on="2026-03-02")["trial"] == ("未设定", "不判定")
    set_here(crews.door.county, "crew.trial.mech_mining_production", 25, now=march(2, 10, 2))
    set_here(crews.door.county, "crew.trial.shift_persons_max", 26, now=march(2, 10, 2))
    at = march(2, 10, 3)
    assert crews.face_cells(at, "3101工作面")["trial"] == ("25 人", "边界值")
    look_around(now=at)
    assert proposals("crew_over_trial") == []
    crews.send(march(2, 10, 5), at_face=26)
    crews.send(march(2, 10, 35), at_face=20)
    at = march(2, 10, 40)
    assert crews.face_cells(at, "3101工作面")["trial"] == ("25 人", "超员")
    assert crews.shift_cells(at, "早班", on="2026-03-02")["trial"] == ("26 人", "边界值")
    look_around(now=at)
    [found] = proposals("crew_over_trial")
    assert "列入检查计划" in found.title
    evidence = found.facts_row.data["evidence"]
    assert "2026-03-02 10:05起" in evidence
    assert "最多26人" in evidence
    assert "持续30分钟" in evidence
    crews.send(march(2, 11), at_face=27)
    look_around(now=march(2, 11, 1))
    assert [one.facts_row.data["ground"][:5] for one in proposals("crew_over_trial")] == [
        "face:",
        "shift",
    ]
    assert "11:00起" in proposals("crew_over_trial")[0].facts_row.data["joined"][-1]["text"]


@pytest.mark.clause("AY-26-4")
def test_a_mine_is_covered_when_every_entry_point_is(crews: Crews) -> None:
    for name, method, started in (
        ("主井", "人脸", "2026-01-05"),
        ("副井", "虹膜", "2026-01-05"),
        ("斜井", "没有", ""),
    ):
        crews.record("entry_point", name=name, method=method, started_on=started)
    line = crews.board("entry_identity", march(2), MINE_NAME)
    assert (line["points"], line["with"], line["percent"], line["state"]) == (
        "3",
        "2",
        "67 %",
        "未覆盖",
    )
    crews.record(
        "entry_point", name="斜井", method="人脸", started_on="2026-03-03", valid_from="2026-03-03"
    )
    line = crews.board("entry_identity", march(4), MINE_NAME)
    assert (line["percent"], line["state"]) == ("100 %", "已覆盖")


@pytest.mark.clause("AY-26-4")
def test_entries_that_contradict_within_a_minute_wait_for_a_reason(crews: Crews) -> None:
    def entry(at: datetime, point: str, number: int, person: str) -> dict[str, str]:
        return {"at": at.isoformat(), "point": point, "card": card(number), "person": person}

    entries = [
        entry(march(2, 7, 30), "主井", 1, "A01"),
        entry(march(2, 7, 30, 40), "主井", 2, "A01"),
        entry(march(2, 7, 40), "主井", 3, "A03"),
        entry(march(2, 7, 40, 59), "副井", 3, "A03"),
        entry(march(2, 7, 50), "主井", 4, "A04"),
        entry(march(2, 7, 51), "副井", 4, "A04"),
    ]
    body = {"mine": MINE, "entries": entries}
    at = march(2, 8)
    assert crews.door.call("firm", "post", "entries", at, body) == {"stored": 6, "repeated": 0}
    assert crews.door.call("firm", "post", "entries", at, body) == {"stored": 0, "repeated": 6}
    look_around(now=at)
    two_cards, two_points = proposals("entry_conflict")
    assert "工号A01在07:30:00和07:30:40用了两张卡" in two_cards.facts_row.data["evidence"]
    assert "出现在两个入井口：主井、副井" in two_points.facts_row.data["evidence"]
    assert crews.board("entry_identity", at, MINE_NAME)["conflicts"] == "2"
    assert crews.page(at).count("待说明") == 2
    crews.door.press("watch", two_cards, "decline", march(2, 9), reason="补发新卡后旧卡误刷。")
    assert crews.board("entry_identity", march(2, 9), MINE_NAME)["conflicts"] == "1"
    assert "已说明" in crews.page(march(2, 9))
