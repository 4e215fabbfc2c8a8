"""预警叫应、停产撤人: called, answered, raised, withdrawn, lifted, with times to the minute."""

from datetime import date, timedelta
from typing import Any

import pytest

from bihuan.matters.identity import from_code, to_code
from bihuan.matters.models import Matter, Outbox
from bihuan.matters.records import write_record
from bihuan.matters.verify import verify
from bihuan.monitoring.warnings.contacts import AT_COMPANY, AT_MINE, KEY
from tests.clauses.crews import Crews
from tests.desks import Desk
from tests.doors import Door, DoorClosedError, march
from tests.people import County

START = march(2, 9, 0)
ANSWERER = {"answerer": "甲调度", "answerer_post": "调度主任"}


def contact(county: County, site: str, order: int, name: str, **more: Any) -> None:
    """A contact of a mine, from 1 March on."""
    facts = {
        "site": county.sites[site].pk,
        "name": name,
        "post": "调度主任",
        "serves_at": AT_MINE,
        "phone": f"199 0000 000{order}",
        "order": order,
        "valid_from": "2026-03-01",
        **more,
    }
    write_record(KEY, by=county.actor("office", on=date(2026, 3, 1)), now=march(1), facts=facts)


@pytest.fixture
def mines(county: County) -> County:
    """Three mines, each with somebody to call; 青石岭 has two."""
    contact(county, "qingshiling", 1, "甲调度")
    contact(county, "qingshiling", 2, "乙矿长", post="矿长")
    contact(county, "xingwang", 1, "丙调度")
    contact(county, "baiyun", 1, "丁调度")
    return county


def draft(door: Door, at: Any = START, **answers: Any) -> Matter:
    """A warning that isn't issued yet."""
    given = {"kind": "暴雨", "level": "黄色", "content": "未来三小时有强降雨", **answers}
    told = door.call("watch", "post", "matters", at, {"kind": "warning", "answers": given})
    return Matter.objects.get(pk=from_code(told["id"]))


def issue(door: Door, at: Any = START, *, mines: str = "", **answers: Any) -> Matter:
    """A warning issued to the named mines, or to all."""
    return door.press("watch", draft(door, at, **answers), "issue", at, mines=mines)


def calls_of(warning: Matter) -> dict[str, Matter]:
    """Calls by the name of their mine."""
    found = Matter.objects.filter(parent=warning, kind="warning_call").order_by("id")
    return {call.site.name: call for call in found.select_related("site") if call.site}


def withdrawals() -> list[str]:
    """Mines with an open withdrawal."""
    found = Matter.objects.filter(kind="withdrawal", is_open=True).order_by("site__name")
    return list(found.values_list("site__name", flat=True))


def facts_of(door: Door, matter: Matter, at: Any, who: str = "watch") -> dict[str, Any]:
    """What the account reads of a matter."""
    return {fact["key"]: fact["value"] for fact in door.read(who, matter, at)["facts"]}


def acted(door: Door, call: Matter, at: Any, who: str = "dispatcher") -> Matter:
    """Answered and measures taken."""
    door.press(who, call, "answer", at, **ANSWERER)
    return door.press(who, call, "take_measures", at, measures="停止井下作业，人员升井。")


def circled(door: Door, call: Matter, at: Any) -> None:
    """Everything that a full circle asks for besides answer and measures."""
    door.press("dispatcher", call, "give_feedback", at, feedback="排水设备已检修。")
    door.press("watch", call, "report_up", at, reported_to="市应急局", report="已处置。")
    door.press("watch", call, "check_online", at, online_found="水位、排水数据正常。")
    door.press(
        "watch",
        call,
        "check_on_site",
        at,
        visited_at="2026-03-02 10:00",
        visitors="孔检查",
        site_found="现场已停止作业。",
    )


@pytest.mark.clause("AY-09-3")
def test_every_chosen_mine_is_called_and_unanswered_until_somebody_with_a_post_answers(
    door: Door, mines: County
) -> None:
    warning = issue(door, mines="青石岭煤矿、兴旺煤矿")
    calls = calls_of(warning)
    assert sorted(calls) == ["兴旺煤矿", "青石岭煤矿"]
    call = calls["青石岭煤矿"]
    seen = door.read("dispatcher", call, march(2, 9, 4))
    assert (seen["stage"], seen["stage_label"]) == ("called", "未回应")
    assert facts_of(door, call, START, "dispatcher")["called_at"][:16] == "2026-03-02T09:00"
    with pytest.raises(DoorClosedError, match="回应人岗位"):
        door.press("dispatcher", call, "answer", march(2, 9, 5), answerer="甲调度")
    assert Matter.objects.get(pk=call.pk).stage == "called"
    door.press(
        "dispatcher",
        call,
        "answer",
        march(2, 9, 7, 59),
        answerer="甲调度",
        answerer_post="调度主任",
    )
    told = facts_of(door, call, march(2, 9, 8))
    assert (told["answered_at"][:16], told["answer_minutes"]) == ("2026-03-02T09:07", 7)


@pytest.mark.clause("AY-09-3")
def test_at_fifteen_minutes_the_next_contact_and_the_desk(door: Door, mines: County) -> None:
    call = calls_of(issue(door, mines="青石岭煤矿"))["青石岭煤矿"]
    Outbox.objects.all().delete()
    door.tick(march(2, 9, 14, 59))
    assert "甲调度" in facts_of(door, call, march(2, 9, 14, 59))["called"]
    assert not Outbox.objects.exists()
    door.tick(march(2, 9, 15))
    assert "乙矿长" in facts_of(door, call, march(2, 9, 15))["called"]
    told = set(Outbox.objects.filter(channel="desk").values_list("user__username", flat=True))
    assert {"990121-watch", "990121-watch2"} <= told
    trail = door.read("watch", call, march(2, 9, 15))["trail"]
    assert any("转叫乙矿长" in str(line) for line in trail)
    door.tick(march(2, 9, 30))
    assert "乙矿长" in facts_of(door, call, march(2, 9, 30))["called"]
    assert verify().faults == []


@pytest.mark.clause("AY-09-3")
def test_a_late_clock_tells_the_same(door: Door, mines: County) -> None:
    call = calls_of(issue(door, mines="青石岭煤矿"))["青石岭煤矿"]
    door.press("dispatcher", call, "answer", march(2, 9, 40), **ANSWERER)
    raised = [
        (line["at"][11:16], line["words"])
        for line in door.read("watch", call, march(2, 9, 41))["trail"]
        if "转叫" in line["words"]
    ]
    assert [at for at, _words in raised] == ["01:15"]  # UTC
    assert facts_of(door, call, march(2, 9, 41))["answer_minutes"] == 40
    assert verify().faults == []


@pytest.mark.clause("AY-09-3")
def test_it_is_not_lifted_while_a_mine_lacks_answer_or_measure(door: Door, mines: County) -> None:
    warning = issue(door, mines="青石岭煤矿、兴旺煤矿")
    calls = calls_of(warning)
    acted(door, calls["青石岭煤矿"], march(2, 9, 5))
    with pytest.raises(DoorClosedError, match="兴旺煤矿未回应"):
        door.press("watch", warning, "lift", march(2, 10), lifted_because="降雨停止")
    other = calls["兴旺煤矿"]
    door.press("watch", other, "answer", march(2, 9, 9), answerer="丙", answerer_post="调度主任")
    with pytest.raises(DoorClosedError, match="兴旺煤矿没有响应措施"):
        door.press("watch", warning, "lift", march(2, 10), lifted_because="降雨停止")


@pytest.mark.clause("AY-23-8")
def test_a_company_contact_alone_is_refused_and_mines_without_one_are_listed(
    door: Door, county: County
) -> None:
    contact(county, "qingshiling", 1, "甲调度")
    contact(county, "xingwang", 1, "戊经理", serves_at=AT_COMPANY)
    contact(county, "baiyun", 1, "己调度", valid_until="2026-03-01")
    warning = draft(door)
    with pytest.raises(DoorClosedError, match="兴旺煤矿、白云石料矿没有在岗的本矿联系人") as no:
        door.press("watch", warning, "issue", START)
    assert no.value.status == 422
    assert not Matter.objects.filter(kind="warning_call").exists()
    door.press("watch", warning, "issue", START, goes_on_without="是")
    call = calls_of(warning)["兴旺煤矿"]
    assert "戊经理" not in facts_of(door, call, START)["called"]
    person = {"called_name": "戊经理", "called_post": "经理"}
    with pytest.raises(DoorClosedError, match="须在本矿任职"):
        door.press("watch", call, "call", START, **person, called_serves_at="上级公司")
    door.press("watch", call, "call", march(2, 9, 2), **person, called_serves_at="本矿")
    assert "戊经理" in facts_of(door, call, march(2, 9, 3))["called"]


@pytest.mark.clause("AY-23-9")
@pytest.mark.parametrize(
    ("kind", "level", "opens"),
    [
        ("暴雨", "橙色", True),
        ("暴雨", "红色", True),
        ("洪水", "橙色", True),
        ("洪水", "红色", True),
        ("暴雨", "黄色", False),
        ("洪水", "蓝色", False),
        ("大风", "红色", False),
    ],
)
def test_orange_and_red_rain_and_flood_withdraw_every_mine_of_the_area(
    door: Door, mines: County, kind: str, level: str, opens: bool
) -> None:
    issue(door, kind=kind, level=level, area=mines.regions["north"].pk)
    assert withdrawals() == (["兴旺煤矿", "白云石料矿"] if opens else [])


@pytest.mark.clause("AY-23-9")
def test_from_yellow_to_orange_opens_and_from_orange_to_red_stays_one(
    door: Door, mines: County
) -> None:
    warning = issue(door, mines="青石岭煤矿")
    assert withdrawals() == []
    door.press("watch", warning, "change_level", march(2, 10), level="橙色")
    assert withdrawals() == ["兴旺煤矿", "白云石料矿", "青石岭煤矿"]
    door.press("watch", warning, "change_level", march(2, 11), level="红色")
    issue(door, march(2, 12), level="红色", mines="青石岭煤矿")
    assert len(withdrawals()) == 3
    case = Matter.objects.get(kind="withdrawal", site=mines.sites["qingshiling"])
    assert facts_of(door, case, march(2, 12))["warning"] == "暴雨红色预警"


@pytest.mark.clause("AY-23-9")
def test_it_closes_with_stop_time_and_last_person_up_and_nobody_below(
    door: Door, mines: County, crews: Crews
) -> None:
    warning = issue(door, level="橙色", mines="青石岭煤矿")
    call = calls_of(warning)["青石岭煤矿"]
    door.press("dispatcher", call, "answer", march(2, 9, 6), answerer="甲", answerer_post="调度员")
    site = mines.sites["qingshiling"]
    case = Matter.objects.get(kind="withdrawal", site=site)
    with pytest.raises(DoorClosedError, match=r"停产时间.*最后一人升井时间"):
        door.press("dispatcher", case, "close", march(2, 10))
    door.press("dispatcher", case, "stop", march(2, 10), stopped_at="2026-03-02 09:20")
    with pytest.raises(DoorClosedError, match="晚于此刻"):
        door.press("dispatcher", case, "come_up", march(2, 10), last_up_at="2026-03-02 10:01")
    with pytest.raises(DoorClosedError, match="最后一人升井时间"):
        door.press("dispatcher", case, "close", march(2, 10))
    door.press("dispatcher", case, "come_up", march(2, 10), last_up_at="2026-03-02 09:50")
    with pytest.raises(DoorClosedError, match="怎样核实"):
        door.press("dispatcher", case, "close", march(2, 10))
    crews.send(march(2, 10), elsewhere=1)
    with pytest.raises(DoorClosedError, match="仍显示井下 1 人"):
        door.press("dispatcher", case, "close", march(2, 10, 1))
    crews.send(march(2, 10, 2))
    case = door.press("dispatcher", case, "close", march(2, 10, 3))
    assert case.stage == "withdrawn"
    told = facts_of(door, case, march(2, 11))
    moments = [told[key][11:16] for key in ("warned_at", "called_at", "answered_at", "last_up_at")]
    assert moments == ["09:00", "09:00", "09:06", "09:50"]


@pytest.mark.clause("SX-49-2")
def test_lifting_needs_looks_handling_feedback_report_and_both_checks(
    door: Door, mines: County
) -> None:
    warning = issue(door, mines="青石岭煤矿")
    call = calls_of(warning)["青石岭煤矿"]
    acted(door, call, march(2, 9, 5))
    lift = {"lifted_because": "降雨停止"}
    with pytest.raises(DoorClosedError) as no:
        door.press("watch", warning, "lift", march(2, 10), **lift)
    for missing in ("矿方查看", "监管方查看", "整改反馈", "上报", "线上巡查", "现场核查"):
        assert missing in no.value.sentence
    assert "处置" not in no.value.sentence
    door.read("dispatcher", call, march(2, 9, 6))
    door.read("watch", call, march(2, 9, 7))
    with pytest.raises(DoorClosedError, match="青石岭煤矿缺整改反馈、上报"):
        door.press("watch", warning, "lift", march(2, 10), **lift)
    circled(door, call, march(2, 10, 30))
    assert door.press("watch", warning, "lift", march(2, 11), **lift).stage == "lifted"
    assert Matter.objects.get(pk=call.pk).stage == "closed"


@pytest.mark.clause("SX-49-2")
def test_a_signed_reason_stands_for_the_visit(door: Door, mines: County) -> None:
    call = calls_of(issue(door, mines="青石岭煤矿"))["青石岭煤矿"]
    acted(door, call, march(2, 9, 5))
    for who in ("dispatcher", "watch"):
        door.read(who, call, march(2, 9, 6))
    door.press("dispatcher", call, "give_feedback", march(2, 9, 20), feedback="已检修。")
    door.press("watch", call, "report_up", march(2, 9, 30), reported_to="市局", report="已处置。")
    door.press("watch", call, "check_online", march(2, 9, 40), online_found="数据正常。")
    with pytest.raises(DoorClosedError, match="还缺现场核查记录（或签字的不到场理由），补齐"):
        door.press("watch", call, "close", march(2, 10))
    with pytest.raises(DoorClosedError) as no:
        door.press("watch", call, "waive_visit", march(2, 10), reason="道路中断。")
    assert no.value.status == 403
    door.press("leader", call, "waive_visit", march(2, 10), reason="道路中断。")
    assert "高局长" in facts_of(door, call, march(2, 10))["no_visit_signed"]
    assert door.press("watch", call, "close", march(2, 10, 1)).stage == "closed"


def test_the_neighbour_and_other_firms_see_none_of_it(
    door: Door, mines: County, neighbour: County
) -> None:
    warning = issue(door, mines="兴旺煤矿")
    call = calls_of(warning)["兴旺煤矿"]
    for other in (Door(neighbour),):
        for matter in (warning, call):
            with pytest.raises(DoorClosedError) as no:
                other.read("watch", matter, START + timedelta(minutes=1))
            assert no.value.status == 404
    with pytest.raises(DoorClosedError) as no:
        door.read("dispatcher", call, START)  # 兴旺煤矿 isn't of this firm
    assert no.value.status == 404


@pytest.mark.clause("AY-23-8")
def test_the_call_record_exports_six_fields_and_the_minutes(door: Door, mines: County) -> None:
    warning = issue(door, level="红色", kind="大风", mines="青石岭煤矿、兴旺煤矿")
    acted(door, calls_of(warning)["青石岭煤矿"], march(2, 9, 12))
    rows = Desk(mines).board("watch", "warning-calls", march(2, 10))
    named = {row["矿山"].partition("（")[0]: row for row in rows}
    row = named["青石岭煤矿"]
    assert {
        "预警等级": "红色",
        "预警内容": "未来三小时有强降雨",
        "叫应时间": "2026-03-02 09:00",
        "回应时间": "2026-03-02 09:12",
        "已采取措施": "停止井下作业，人员升井。",
        "叫应至回应（分钟）": "12",
    }.items() <= row.items()
    assert row["被叫应人"].startswith("甲调度（调度主任）")
    assert named["兴旺煤矿"]["叫应至回应（分钟）"] == "未回应"
    (own,) = Desk(mines).board("dispatcher", "warning-calls", march(2, 10))
    assert own["矿山"].startswith("青石岭煤矿")


@pytest.mark.clause("AY-23-8")
def test_mines_without_a_contact_in_post_are_listed_before_a_warning(
    door: Door, county: County
) -> None:
    contact(county, "qingshiling", 1, "甲调度")
    contact(county, "xingwang", 1, "戊经理", serves_at=AT_COMPANY)
    desk = Desk(county)
    rows = desk.board("watch", "mine-contacts", START)
    assert {row["矿山"].partition("（")[0]: row["情况"] for row in rows} == {
        "兴旺煤矿": "只有公司联系人",
        "白云石料矿": "无在岗联系人",
        "青石岭煤矿": "可叫应",
    }
    code = to_code(draft(door).pk)
    form = desk.page("watch", f"matters/{code}/steps/issue/", START)
    assert "其中 2 家没有在岗的本矿联系人：兴旺煤矿、白云石料矿。" in form


@pytest.mark.clause("SX-49-2")
def test_who_looked_on_both_sides_and_the_minutes_between_steps(door: Door, mines: County) -> None:
    call = calls_of(issue(door, mines="青石岭煤矿"))["青石岭煤矿"]
    desk = Desk(mines)
    code = to_code(call.pk)
    desk.page("dispatcher", f"matters/{code}/", march(2, 9, 3))
    acted(door, call, march(2, 9, 5))
    desk.page("watch", f"matters/{code}/", march(2, 9, 8))
    circled(door, call, march(2, 10, 30))
    (row,) = desk.board("watch", "warning-circles", march(2, 11))
    assert row["矿方查看"] == "方调度 03-02 09:03"
    assert row["监管方查看"] == "罗值守 03-02 09:08"
    assert row["情况"] == "齐全"
    assert "发出→回应 5 分；回应→处置 0 分；处置→整改反馈 85 分" in row["各步间隔"]


@pytest.mark.clause("AY-23-9")
def test_the_four_moments_stand_on_the_board(door: Door, mines: County) -> None:
    issue(door, level="红色", kind="洪水", mines="青石岭煤矿")
    rows = Desk(mines).board("watch", "withdrawals", march(2, 10), "?state=待撤人")
    assert len(rows) == 3
    heads = {"预警时间", "叫应时间", "回应时间", "最后一人升井时间"}
    assert heads <= rows[0].keys()
    assert rows[0]["预警时间"] == "2026-03-02 09:00"


def test_the_list_shows_the_level_as_it_was_changed(door: Door, mines: County) -> None:
    warning = issue(door, mines="青石岭煤矿")
    door.press("watch", warning, "change_level", march(2, 10), level="橙色")
    listed = Desk(mines).page("watch", "m/warning/", march(2, 10, 1))
    head, _, rows = listed.partition("<tbody")
    assert "预警等级" in head.partition("<thead")[2]
    assert ">橙色<" in rows
