"""Equipment and means: what the boards show of what was registered, at the boundaries."""

import html
import re
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Facts, Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.site_proposals import look_around
from bihuan.places.models import Site
from tests.desks import Desk
from tests.doors import Door, DoorClosedError, march
from tests.people import SINCE, County


@pytest.fixture
def desk(county: County) -> Desk:
    """Pages of the people of 青石县."""
    return Desk(county)


@pytest.mark.clause("AY-07-8")
def test_a_room_without_link_is_a_goal_missed_and_never_overdue(desk: Desk) -> None:
    site = desk.county.sites["qingshiling"].pk
    last, after = (datetime(*day, 12, tzinfo=SHANGHAI) for day in ((2024, 12, 31), (2025, 1, 1)))
    desk.register(
        "office", "training_classroom", last, site=site, room="一号教室", is_linked="yes",
        linked_on="2024-11-05",
    )  # fmt: skip
    desk.register("office", "training_classroom", last, site=site, room="二号教室", is_linked="no")
    states = {row["教室"][:4]: row["联网情况"] for row in desk.board("office", "classrooms", last)}
    assert states == {"一号教室": "已联网", "二号教室": "未联网"}
    rows = desk.board("office", "classrooms", after)
    assert [row["联网情况"] for row in rows] == ["已联网", "目标未达成"]
    assert rows[0]["联网日期"] == "2024-11-05"
    page = desk.page("office", "boards/classrooms/", after)
    assert "50.0%" in page
    assert 'class="late' not in page
    assert "chip late" not in page
    assert "逾期" not in page


def test_a_board_is_the_readers_own_region_or_firm(desk: Desk, neighbour: County) -> None:
    own, other = desk.county.sites["qingshiling"].pk, desk.county.sites["xingwang"].pk
    for site in (own, other):
        desk.register(
            "office", "training_classroom", march(1), site=site, room=f"教室{site}", is_linked="no"
        )
    assert len(desk.board("watch", "classrooms", march(2))) == 2
    assert len(desk.board("watch", "classrooms", march(2), f"?q=教室{own}")) == 1
    assert len(desk.board("watch", "classrooms", march(2), "?state=已联网")) == 0
    assert [row["教室"][:8] for row in desk.board("dispatcher", "classrooms", march(2))] == [
        f"教室{own}（青石岭煤矿）"[:8]
    ]
    assert Desk(neighbour).board("office", "classrooms", march(2)) == []
    desk.page("publisher", "boards/classrooms/", march(2), status=404)
    assert "培训教室联网" in desk.page("watch", "boards/", march(2))


def drilling(desk: Desk, number: str, **facts: object) -> None:
    desk.register(
        "office", "drill_job", march(1), site=desk.county.sites["qingshiling"].pk, number=number,
        started_at="2026-03-01 08:00", **facts,
    )  # fmt: skip


@pytest.mark.clause("AY-23-4")
def test_film_that_ends_before_the_drilling_lacks_its_minutes(desk: Desk) -> None:
    site = desk.county.sites["qingshiling"].pk
    for number in ("甲", "乙", "丙"):
        drilling(desk, number, ended_at="2026-03-01 10:00")
    drilling(desk, "丁")
    span = {"site": site, "started_at": "2026-03-01 08:00"}
    desk.register(
        "office", "video_recording", march(1), camera="3号", job="甲",
        ended_at="2026-03-01 10:00", **span,
    )  # fmt: skip
    desk.register(
        "office", "video_recording", march(1), file="drill-02.mp4", job="乙",
        ended_at="2026-03-01 09:59", **span,
    )  # fmt: skip
    found = {row["作业"][0]: (row["录像"], row["缺录像（分钟）"]) for row in _drilling(desk)}
    assert found == {
        "甲": ("录像完整", "0"),
        "乙": ("录像不足", "1"),
        "丙": ("无录像", "120"),
        "丁": ("施工中", ""),
    }
    desk.register(
        "office", "video_recording", march(1), camera="4号", job="乙", site=site,
        started_at="2026-03-01 09:59", ended_at="2026-03-01 10:00",
    )  # fmt: skip
    assert {row["作业"][0]: row["缺录像（分钟）"] for row in _drilling(desk)}["乙"] == "0"
    told = desk.refused(
        "office", "video_recording", march(1), job="乙", ended_at="2026-03-01 10:00", **span
    )
    assert "请填写摄像机或录像文件" in told


def _drilling(desk: Desk) -> list[dict[str, str]]:
    return desk.board("office", "drilling", march(2))


@pytest.mark.clause("AY-23-6")
def test_series_that_differ_are_proposed_and_a_missing_one_is_listed(desk: Desk) -> None:
    six = {"design_holes": "6", "ledger_holes": "6"}
    drilling(desk, "缺孔", video_holes="5", **six)
    drilling(desk, "浅孔", video_holes="6", design_depth="120", ledger_depth="119.9", **six)
    drilling(desk, "相符", video_holes="6", design_depth="120", ledger_depth="120.0", **six)
    drilling(desk, "无视频", **six)
    look_around(now=march(2))
    told = {one.title: Facts.objects.get(pk=one.pk).data for one in _proposals()}
    assert len(told) == 2
    short = next(facts for title, facts in told.items() if "缺孔" in title)
    assert short["figures"][:3] == [
        ["设计孔数", "6 个"],
        ["台账孔数", "6 个"],
        ["视频孔数", "5 个"],
    ]
    shallow = next(facts for title, facts in told.items() if "浅孔" in title)
    assert "孔深相差 0.1m（容差 0）" in shallow["evidence"]
    states = {row["作业"].split("（")[0]: row["三方比对"] for row in _drilling(desk)}
    assert states["无视频"] == "无法比对（缺视频）"
    assert states["相符"] == "一致"
    door = Door(desk.county)
    one = next(one for one in _proposals() if "缺孔" in one.title)
    with pytest.raises(DoorClosedError, match="疑似探放水造假"):
        door.press("watch", one, "confirm", march(2), reason="视频只见五个孔。")
    door.press("watch", one, "confirm", march(2), code="疑似探放水造假", reason="视频只见五个孔。")
    assert Matter.objects.filter(kind="site_check", parent=one).count() == 1
    assert look_around(now=march(3)) == 0


def _proposals() -> list[Matter]:
    return list(Matter.objects.filter(kind="site_proposal").order_by("id"))


@pytest.mark.clause("AY-33-6")
def test_an_operation_without_film_from_start_to_end_is_proposed(desk: Desk) -> None:
    site = {"site": desk.county.sites["qingshiling"].pk, "camera": "7号"}
    whole = {"started_at": "2026-03-01 08:00", "ended_at": "2026-03-01 09:00"}
    desk.register(
        "office", "filmed_operation", march(1, 10), place="中央变电所", operation="repair",
        **site, **whole,
    )  # fmt: skip
    desk.register("office", "video_recording", march(1, 10), **site, **whole)
    assert look_around(now=march(1, 11)) == 0
    row = desk.board("office", "filmed-operations", march(1, 11))[0]
    assert (row["视频"], row["缺录像（分钟）"]) == ("有视频", "0")
    desk.register(
        "office", "camera_fault", march(1, 12), started_at="2026-03-01 08:20",
        ended_at="2026-03-01 08:35", **site,
    )  # fmt: skip
    row = desk.board("office", "filmed-operations", march(1, 13))[0]
    assert (row["视频"], row["缺录像（分钟）"]) == ("无视频作业", "15")
    assert look_around(now=march(1, 13)) == 1
    proposal = _proposals()[0]
    assert "无视频作业" in proposal.title
    Door(desk.county).press(
        "leader", proposal, "confirm", march(1, 14), code="无视频作业", reason="故障未报备。"
    )
    assert Matter.objects.get(pk=proposal.pk).stage == "confirmed"


@pytest.mark.clause("AY-26-5")
def test_a_system_not_registered_is_unknown_and_never_working(desk: Desk) -> None:
    site = desk.county.sites["qingshiling"].pk
    for system in ("location", "monitoring", "communication", "air"):
        desk.register(
            "firm", "mine_system", march(1), site=site, system=system, state="working",
            checked_on="2026-02-20", upgraded_on="2025-06-01",
        )  # fmt: skip
    row = _mine(desk, "systems")
    assert row["情况"] == "未知 1"
    assert row["供水施救"] == "未知（未登记）"
    assert row["压风自救"] == "正常（检查 2026-02-20，升级 2025-06-01）"
    for state, told in (("unknown", "未知 1"), ("broken", "故障 1"), ("missing", "缺失 1")):
        desk.register("firm", "mine_system", march(2), site=site, system="water", state=state)
        assert _mine(desk, "systems")["情况"] == told
    assert "0 / 3" in desk.page("watch", "boards/systems/", march(3))
    desk.register("firm", "mine_system", march(2), site=site, system="water", state="working")
    assert _mine(desk, "systems")["情况"] == "五项正常"
    assert "1 / 3" in desk.page("watch", "boards/systems/", march(3))
    page = re.sub(r"<[^>]+>", " ", desk.page("watch", f"sites/{site}/", march(3)))
    assert page.count("检查 2026-02-20，升级 2025-06-01") >= 4
    rows = desk.board("watch", "systems", march(3))
    assert [row["矿山"].startswith("青石岭") for row in rows] == [False, False, True]


def _mine(desk: Desk, board: str, day: int = 3) -> dict[str, str]:
    rows = desk.board("watch", board, march(day))
    return next(row for row in rows if row["矿山"].startswith("青石岭煤矿"))


@pytest.mark.clause("SX-48-1")
def test_who_lacks_a_system_or_is_behind_its_plan_can_be_urged(desk: Desk) -> None:
    site = desk.county.sites["qingshiling"].pk
    facts = {
        "site": site, "state": "working", "maker": "某甲电子", "model": "V3",
        "integration": "merged", "upgraded_on": "2025-06-01",
    }  # fmt: skip
    for system in ("monitoring", "communication"):
        desk.register("firm", "mine_system", march(1), system=system, **facts)
    row = _mine(desk, "upgrades")
    assert (row["情况"], row["缺什么、过什么"]) == ("缺系统", "缺人员位置监测")
    assert row["安全监控"] == "某甲电子 V3（升级 2025-06-01，已融合，计划 未填）"
    desk.register(
        "firm", "mine_system", march(1), system="location", planned_on="2026-03-02", **facts
    )
    assert _mine(desk, "upgrades", 2)["情况"] == "齐备"
    row = _mine(desk, "upgrades", 3)
    assert row["情况"] == "过计划日期"
    assert row["缺什么、过什么"] == "人员位置监测过计划日期 2026-03-02"
    page = desk.page("office", "boards/upgrades/", march(3))
    address = re.search(rf'href="/desk/(ledgers/urging_letter/new/\?site={site}[^"]+)"', page)
    assert address is not None
    form = desk.page("office", html.unescape(address[1]), march(3))
    assert "青石岭煤矿：经核对登记情况，你单位人员位置监测过计划日期 2026-03-02。" in form
    letter = desk.register(
        "office", "urging_letter", march(3), site=site, subject="关于系统升级的催办函",
        text="你单位人员位置监测过计划日期，请反馈。", valid_from="2026-03-03",
    )  # fmt: skip
    assert letter.version == 1
    assert _mine(desk, "upgrades")["催办日期"] == "2026-03-03"


@pytest.mark.clause("AY-33-5")
def test_nineteen_of_twenty_places_is_95_and_names_the_one(desk: Desk) -> None:
    site = desk.county.sites["qingshiling"].pk
    for number in range(1, 21):
        state = "working" if number < 20 else "broken"
        desk.register(
            "firm", "work_place", march(1), site=site, place=f"{number}号地点", camera_state=state,
            is_busy="yes" if number == 20 else "no",
        )  # fmt: skip
    page = desk.page("watch", "boards/cameras/", march(2))
    assert "95.0%" in page
    assert "未达标：青石岭煤矿20号地点" in page
    assert "期限 2024-12-31（历史）" in re.sub(r"<[^>]+>", "", page)
    rows = desk.board("watch", "cameras", march(2))
    assert (rows[0]["作业地点"], rows[0]["情况"]) == ("20号地点（青石岭煤矿）", "无视频作业")
    assert {row["情况"] for row in rows[1:]} == {"已覆盖"}


@pytest.mark.clause("AY-33-7")
def test_who_has_no_document_is_listed_and_acts_are_counted(desk: Desk) -> None:
    site = desk.county.sites["qingshiling"].pk
    names = {row["单位"].split("（")[0]: row["情况"] for row in _rules(desk)}
    assert set(names.values()) == {"没有制度"}
    assert len(names) == 3  # two coal mines and the company of one of them
    for level in ("mine", "company"):
        desk.register(
            "firm", "video_rules", march(1), site=site, level=level, document="视频使用制度",
            issued_on="2026-01-10",
        )  # fmt: skip
    lacking = [row["单位"] for row in _rules(desk) if row["情况"] == "没有制度"]
    assert lacking == ["兴旺煤矿（北川镇）"]
    act = {"site": site, "happened_on": "2026-02-03", "act": "未戴自救器进入采区"}
    assert "请填写视频片段" in desk.refused("firm", "unsafe_act", march(1), source="video", **act)
    desk.register("firm", "unsafe_act", march(1), source="video", clip="cam7/0203.mp4", **act)
    desk.register("firm", "unsafe_act", march(1), source="on_site", **act)
    row = desk.board("watch", "unsafe-acts", march(2))[0]
    assert (row["月份"], row["视频"], row["现场"], row["合计"]) == ("2026-02", "1", "1", "2")


def _rules(desk: Desk) -> list[dict[str, str]]:
    return desk.board("watch", "video-rules", march(2))


@pytest.mark.clause("LX-S5-2")
def test_a_carrier_without_platform_and_an_ended_permit_are_named(desk: Desk) -> None:
    site = desk.county.sites["baiyun"].pk
    for item in ("vehicles", "people", "signs", "system"):
        desk.register(
            "inspector", "carrier_check", march(5), site=site, item=item, answer="good",
            checked_on="2026-03-05", evidence="现场查看",
        )  # fmt: skip
    for number, until in (("示A-0001", "2026-03-05"), ("示A-0002", "2026-03-04")):
        desk.register(
            "inspector", "carrier_permit", march(5), site=site, holder="vehicles", number=number,
            ends_on=until,
        )  # fmt: skip
    row = desk.board("inspector", "carriers", march(6))[0]
    assert row["车辆动态监控平台"].startswith("未建")
    assert row["车辆资质"] == "不合格（检查 2026-03-05；现场查看；过期：示A-0002）"
    assert row["人员资质"].startswith("合格")
    assert row["情况"] == "有问题或未检查"


@pytest.mark.clause("LX-S5-4")
def test_issued_equals_used_and_returned(desk: Desk) -> None:
    site = desk.county.sites["baiyun"].pk
    job = {"site": site, "happened_on": "2026-03-01"}
    for number, drawn, issued, used, returned in (
        ("平", "100", "100", "90", "10"),
        ("差", "100", "100", "90", "9"),
        ("领", "101", "100", "90", "10"),
        ("缺", "100", "100", "90", ""),
    ):
        desk.register(
            "office", "blasting_job", march(1), number=number, drawn=drawn, issued=issued,
            used=used, returned=returned, **job,
        )  # fmt: skip
    assert look_around(now=march(2)) == 2
    told = {one.title[-9:]: Facts.objects.get(pk=one.pk).data for one in _proposals()}
    texts = sorted(facts["evidence"] for facts in told.values())
    assert texts == [
        "发放 100，使用 90，清退 9，相差 1。",
        "领用 101，发放 100，相差 1。",
    ]
    rows = {row["作业"][0]: row for row in desk.board("office", "blasting", march(2))}
    assert rows["平"]["核对"] == "相符"
    assert rows["缺"]["清退"] == "未录入"
    assert rows["缺"]["核对"] == "未录全"
    assert look_around(now=march(3)) == 0


def pond(desk: Desk) -> Site:
    return Site.objects.create(
        name="柳沟尾矿库", kind="pond", region=desk.county.regions["south"], opened_on=SINCE
    )


@pytest.mark.clause("SX-51-1")
def test_two_images_side_by_side_and_a_change_opens_a_check(desk: Desk) -> None:
    site = pond(desk)
    assert desk.board("office", "pond-images", march(1))[0]["情况"] == "无遥感"
    for day, finding in (("2025-09-01", "坝前无积水"), ("2026-02-20", "坝前有积水")):
        desk.register(
            "office", "pond_image", march(1), site=site.pk, taken_on=day, source="省遥感中心",
            finding=finding,
        )  # fmt: skip
    row = desk.board("office", "pond-images", march(1))[0]
    assert row["前期影像"] == "2025-09-01（省遥感中心 坝前无积水）"
    assert row["最近影像"] == "2026-02-20（省遥感中心 坝前有积水）"
    assert look_around(now=march(1)) == 0
    told = {"site": site.pk, "before_on": "2025-09-01", "change": "坝前新增积水"}
    assert "前后两期影像都要先登记" in desk.refused(
        "office", "pond_change", march(1), after_on="2026-02-21", **told
    )
    desk.register("office", "pond_change", march(1), after_on="2026-02-20", **told)
    assert look_around(now=march(1)) == 1
    proposal = _proposals()[0]
    Door(desk.county).press("watch", proposal, "confirm", march(1), reason="影像对比确有变化。")
    assert Matter.objects.filter(kind="site_check", parent=proposal, site=site).count() == 1
    assert desk.board("office", "pond-images", march(1))[0]["情况"] == "有变化"


@pytest.mark.clause("SX-51-2")
def test_both_systems_come_in_by_pond_id_and_nothing_is_doubled(
    desk: Desk, neighbour: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = pond(desk)
    desk.register("office", "pond_identity", march(1), site=site.pk, pond_id="WK-001")
    duty, risk = tmp_path / "duty.csv", tmp_path / "risk.csv"
    duty.write_text(
        "尾矿库编号,类别,条目编号,内容,日期\n"
        "WK-001,包保责任人,1,县级包保责任人岗位：副县长,\n"
        "WK-009,包保责任人,1,县级包保责任人岗位：局长,\n",
        "utf-8",
    )
    risk.write_text(
        "尾矿库编号,类别,条目编号,内容,日期\nWK-001,风险预警,a7,浸润线超黄色阈值,2026-02-27\n",
        "utf-8",
    )

    def take(system: str, file: Path, at: datetime) -> str:
        with standing_at(at):
            call_command("ponds", system, str(file), region=desk.county.region.code)
        return capsys.readouterr().err

    assert "新收 2 条，更新 0 条" in take("duty", duty, march(1))
    assert "新收 1 条，更新 0 条" in take("risk", risk, march(1))
    assert "新收 0 条，更新 2 条" in take("duty", duty, march(2, 10))
    row = desk.board("office", "ponds", march(3))[0]
    assert row["包保责任人"] == (
        "县级包保责任人岗位：副县长（尾矿库包保责任动态管理系统，2026-03-02 10:00）"
    )
    assert row["风险预警"].startswith("浸润线超黄色阈值")
    assert row["遥感影像"] == "无遥感"
    page = desk.page("office", f"sites/{site.pk}/", march(3))
    assert all(word in page for word in ("副县长", "浸润线超黄色阈值", "无遥感"))
    assert "局长" not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)
    Desk(neighbour).page("office", f"sites/{site.pk}/", march(3), status=404)
    lost = desk.board("office", "ponds-unmatched", march(3))
    assert [(one["尾矿库编号"], one["条数"]) for one in lost] == [("WK-009", "1")]
    assert Desk(neighbour).board("office", "ponds-unmatched", march(3)) == []
    other = Site.objects.create(
        name="石门尾矿库", kind="pond", region=desk.county.regions["north"], opened_on=SINCE
    )
    desk.register("office", "pond_identity", march(3), site=other.pk, pond_id="WK-009")
    assert desk.board("office", "ponds-unmatched", march(3)) == []
    rows = {one["尾矿库"]: one["包保责任人"] for one in desk.board("office", "ponds", march(3))}
    assert "局长" in rows["石门尾矿库（北川镇）"]


@pytest.mark.clause("LX-W3-1")
def test_findings_are_counted_by_means_and_section(desk: Desk) -> None:
    coal = desk.county.units["coal"]
    site = desk.county.sites["qingshiling"].pk
    finding = {
        "site": site, "unit": coal.pk, "found_on": "2026-03-01", "finding": "矿界外有新增开挖面。"
    }  # fmt: skip
    told = desk.refused("office", "means_finding", march(1), means="satellite", **finding)
    assert "影像、序列或预警编号" in told
    desk.register(
        "office", "means_finding", march(1), means="卫片执法", number="WP-2026-17", **finding
    )
    rows = {row["股室"]: row for row in desk.board("leader", "means", march(2))}
    row = rows[coal.name]
    assert [row[head] for head in ("卫片执法", "监测监控", "预警预报")] == ["1", "0", "0"]
    assert [rows["合计"][head] for head in ("卫片执法", "监测监控", "合计")] == ["1", "0", "1"]
    assert rows[desk.county.units["noncoal"].name]["卫片执法"] == "0"


@pytest.mark.clause("SX-04-1")
def test_four_partners_and_a_power_file_updates_its_row(desk: Desk, tmp_path: Path) -> None:
    def rows(day: int) -> dict[str, dict[str, str]]:
        return {row["部门"]: row for row in desk.board("office", "partners", march(day))}

    first = rows(1)
    assert list(first) == ["自然资源", "能源", "气象", "电力"]
    assert {(row["机制建立"], row["最近收到数据"]) for row in first.values()} == {
        ("未建立", "无数据")
    }
    for partner, kinds in (("land", "卫片图斑"), ("power", "各矿逐日用电量")):
        desk.register(
            "office", "data_partner", march(1), partner=partner, post="值班岗", kinds=kinds,
            agreed_on="2026-02-01",
        )  # fmt: skip
    land = rows(1)["自然资源"]
    assert (land["联系岗位"], land["约定的数据"], land["机制建立"]) == (
        "值班岗",
        "卫片图斑",
        "2026-02-01",
    )
    assert (land["情况"], land["最近收到数据"]) == ("无数据", "无数据")
    file = tmp_path / "power.csv"
    file.write_text("煤矿,数据项,时间,数值\n青石岭煤矿,用电量,2026-03-01,5200\n", "utf-8")
    with standing_at(march(2, 8, 15)):
        call_command("import", "series", str(file))
    power = rows(3)["电力"]
    assert (power["情况"], power["最近收到数据"]) == ("有数据", "2026-03-02 08:15")
    assert rows(3)["气象"]["情况"] == "未建立"
