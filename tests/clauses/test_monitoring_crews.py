"""Crews underground: limits by face and shift, alarms, shift totals."""

from datetime import timedelta

import pytest

from bihuan.matters.models import Matter
from tests.clauses.crews import FACE, ROAD, Crews, card
from tests.doors import DoorClosedError, march

pytestmark = pytest.mark.django_db


@pytest.mark.clause("AY-29-11")
def test_one_over_the_limit_opens_one_alarm_and_its_end_is_recorded(crews: Crews) -> None:
    crews.face("mech_heading")
    assert crews.send(march(2, 9), at_face=18)["alarms"] == 0
    at = march(2, 9, 5)
    told = crews.send(at, at_face=19, arrives=at + timedelta(seconds=20))
    assert told["alarms"] == 1
    alarm = Matter.objects.get(kind="crew_alarm")
    assert alarm.opened_at - (at + timedelta(seconds=20)) <= timedelta(seconds=60)
    facts = alarm.facts_row.data
    assert (facts["area"], facts["count"], facts["limit"]) == (FACE, 19, 18)
    assert facts["reading_at"] == at.isoformat()
    assert facts["cards"].split("、") == [card(n) for n in range(19)]
    assert crews.send(at, at_face=19, arrives=march(2, 9, 6))["repeated"] is True
    assert crews.send(march(2, 9, 10), at_face=21)["alarms"] == 0
    assert "ended_at" not in alarm.facts_row.data
    crews.send(march(2, 9, 15), at_face=18)
    alarm = Matter.objects.get(kind="crew_alarm")
    facts = alarm.facts_row.data
    assert alarm.is_open
    assert facts["ended_at"] == march(2, 9, 15).isoformat()
    assert (facts["peak"], facts["lasted"]) == (21, "10分钟")


@pytest.mark.clause("AY-29-11")
def test_the_watch_sees_heads_and_limit_beside_the_list(crews: Crews) -> None:
    crews.face("mech_heading")
    crews.send(march(2, 9), at_face=19)
    page = crews.desk(march(2, 9, 4))
    for words in ("超员</span>", "<b>4</b>分", "同时在面</dt><dd>19 人", "限员</dt><dd>18 人"):
        assert words in page
    assert "恢复</dt><dd>未恢复" in page
    crews.send(march(2, 9, 5), at_face=18)
    assert "恢复</dt><dd>09:05:00" in crews.desk(march(2, 9, 6))


@pytest.mark.clause("AY-29-11")
def test_an_alarm_is_received_explained_handled_and_closed_by_persons(crews: Crews) -> None:
    crews.face("mech_heading")
    crews.send(march(2, 9), at_face=19)
    alarm, door = Matter.objects.get(kind="crew_alarm"), crews.door
    door.press("watch", alarm, "receive", march(2, 9, 2), called="叫应矿调度室，答复已通知撤人。")
    at = march(2, 9, 4)
    door.press(
        "dispatcher", alarm, "explain", at, cause="超员作业", cause_text="两个班组同时进面。"
    )
    door.press("dispatcher", alarm, "handle", at, measures="多余人员已撤到大巷。")
    with pytest.raises(DoorClosedError, match="还没有降回限员以内"):
        door.press("watch", alarm, "close", at)
    crews.send(march(2, 9, 5), at_face=18)
    assert not door.press("watch", alarm, "close", march(2, 9, 6)).is_open


@pytest.mark.clause("AY-29-11")
def test_a_card_without_a_face_and_a_mine_without_positions_by_face(crews: Crews) -> None:
    crews.face("mech_heading")
    person = {"card": card(7), "area": ""}
    crews.send(march(2, 9), persons=[person])
    page = crews.page(march(2, 9, 1))
    assert "位置不明" in page
    assert card(7) in page
    assert crews.board("crew_positions", march(2, 9, 1), "青石岭煤矿")["state"] == "待升级"
    crews.send(march(2, 9, 2), at_face=1)
    assert crews.board("crew_positions", march(2, 9, 3), "青石岭煤矿")["state"] == "定位到面"
    assert crews.board("crew_positions", march(2, 12), "青石岭煤矿")["state"] == "系统中断"
    assert crews.board("crew_positions", march(2, 12), "兴旺煤矿")["state"] == "未接入"


@pytest.mark.clause("AY-29-4")
def test_every_face_shows_kind_shift_limit_source_and_persons(crews: Crews) -> None:
    crews.shifts()
    crews.face("mech_mining")
    crews.face("other", area=ROAD, name="水仓清理点")
    crews.record("shift_kind", area=FACE, shift="早班", type="检修班", valid_until="2026-03-31")
    crews.record("visitor_mark", card=card(0), mark="检查")
    crews.send(march(2, 9), at_face=12, elsewhere=3)
    cells = crews.face_cells(march(2, 9, 1), "3101工作面")
    assert cells["kind"] == ("机械化采煤", "班次类型：检修班")
    assert cells["limit"] == ("40 人", "原文：安安委办〔2024〕41号")
    assert cells["present"] == ("12 人", "其中检查1人")
    other = crews.face_cells(march(2, 9, 1), "水仓清理点")
    assert other["limit"] == ("无规定", "")
    assert other["present"][0] == "3 人"
    assert other["state"] == "无规定"


@pytest.mark.clause("AY-29-4")
def test_a_hand_over_above_the_limit_is_shown_with_its_length(crews: Crews) -> None:
    crews.shifts()
    crews.face("mech_heading")
    old, new = list(range(15)), list(range(100, 115))
    crews.send(march(2, 15), at_face=old)
    crews.send(march(2, 15, 50), at_face=old + new)
    crews.send(march(2, 16, 10), at_face=old[:2] + new)
    page = crews.page(march(2, 16, 20))
    assert "交接班重叠" in page
    assert "20分钟" in page
    assert "30 人" in page


@pytest.mark.clause("AY-29-5")
@pytest.mark.parametrize(
    ("shift_type", "passes"), [("生产班", 25), ("检修班", 40), ("", 25)], ids=str
)
def test_mechanised_mining_face(crews: Crews, shift_type: str, passes: int) -> None:
    crews.shifts()
    crews.face("mech_mining")
    if shift_type:
        crews.record(
            "shift_kind", area=FACE, shift="早班", type=shift_type, valid_until="2026-03-31"
        )
    assert crews.send(march(2, 9), at_face=passes)["alarms"] == 0
    assert "当日没有超过限员" in crews.page(march(2, 9, 1))
    assert crews.send(march(2, 9, 5), at_face=passes + 1)["alarms"] == 1
    crews.send(march(2, 9, 25), at_face=passes)
    page = crews.page(march(2, 9, 30))
    assert f"{passes + 1} 人" in page
    assert "2026-03-02 09:05" in page
    assert "20分钟" in page


@pytest.mark.clause("AY-29-6")
@pytest.mark.parametrize("shift_type", ["生产班", "检修班"])
def test_mechanised_heading(crews: Crews, shift_type: str) -> None:
    over_by_one(crews, "mech_heading", 18, shift_type=shift_type)


@pytest.mark.clause("AY-29-7")
@pytest.mark.parametrize("shift_type", ["生产班", "检修班"])
def test_drill_and_blast_heading(crews: Crews, shift_type: str) -> None:
    over_by_one(crews, "blast_heading", 15, shift_type=shift_type)


def over_by_one(crews: Crews, kind: str, passes: int, *, shift_type: str) -> None:
    """At the limit nothing is shown; one more is, with time, length and cards."""
    crews.shifts()
    crews.face(kind)
    crews.record("shift_kind", area=FACE, shift="早班", type=shift_type, valid_until="2026-03-31")
    assert crews.send(march(2, 9), at_face=passes)["alarms"] == 0
    assert "当日没有超过限员" in crews.page(march(2, 9, 1))
    assert crews.send(march(2, 9, 5), at_face=passes + 1)["alarms"] == 1
    crews.send(march(2, 9, 12), at_face=passes)
    page = crews.page(march(2, 9, 15))
    assert f"{passes + 1} 人" in page
    assert "2026-03-02 09:05" in page
    assert "7分钟" in page
    assert "、".join(card(n)[-5:] for n in range(passes + 1)) in page


@pytest.mark.clause("AY-29-8")
def test_a_repair_place_is_counted_over_the_shift(crews: Crews) -> None:
    crews.shifts()
    crews.face("repair")
    assert crews.send(march(2, 9), at_face=[1, 2, 3, 4])["alarms"] == 0
    crews.send(march(2, 10), at_face=[5, 6, 7, 8])
    assert crews.send(march(2, 11), at_face=[1, 2])["alarms"] == 0
    assert crews.face_cells(march(2, 11, 1), "3101工作面")["most"][0] == "8 人"
    assert crews.send(march(2, 12), at_face=[9])["alarms"] == 1
    cells = crews.face_cells(march(2, 12, 1), "3101工作面")
    assert cells["most"] == ("9 人", "12:00 · 单班总人数")
    assert cells["state"] == "超员"
    assert crews.send(march(2, 17), at_face=[10, 11])["alarms"] == 0
    facts = Matter.objects.get(kind="crew_alarm").facts_row.data
    assert facts["ended_at"] == march(2, 16).isoformat()


@pytest.mark.clause("LX-S1-8")
@pytest.mark.parametrize(
    ("persons", "verdict"),
    [(499, "符合（少于500人）"), (500, "不符合（边界值）"), (501, "不符合")],
    ids=str,
)
def test_a_shift_has_fewer_than_five_hundred(crews: Crews, persons: int, verdict: str) -> None:
    crews.shifts()
    crews.send(march(2, 9), elsewhere=300)
    crews.send(march(2, 10), elsewhere=persons)
    crews.send(march(2, 11), elsewhere=200)
    at = march(3, 9)
    assert crews.shift_cells(at, "早班", on="2026-03-02")["persons"][0] == f"{persons} 人"
    assert crews.shift_cells(at, "早班", on="2026-03-02")["verdict"] == verdict
    page = crews.page(at)
    assert f">{persons}<" in page.replace(" ", "")
    assert "2026-03-02 早班" in page
    crews.record("mine_profile", method="露天")
    assert crews.shift_cells(at, "早班", on="2026-03-02")["verdict"] == "露天，不判定"
