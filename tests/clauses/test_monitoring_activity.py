"""Output, plans and targets: watches fire exactly at their boundaries."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, transaction
from django.test import Client

from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.site_proposals import look_around
from bihuan.monitoring.models import SeriesValue
from bihuan.regulations.models import Adoption
from bihuan.regulations.packs import end_adoption
from tests.doors import Door, DoorClosedError
from tests.figures import MINE, approved, at, board, proposals, register, row, send
from tests.people import County


def target(county: County, amount: str, unit: str = "万吨", kind: str = "产量") -> None:
    """Register a target of the parent company for 2026."""
    register(
        county,
        "output_target",
        at(1, 5),
        issuer="示例能源集团",
        paper=f"生产经营计划（{amount}{unit}）",
        year=2026,
        kind=kind,
        amount=amount,
        measure=unit,
    )


def mine_page(county: County, account: str, now: datetime) -> Any:
    """The page of figures of 青石岭煤矿."""
    client = Client()
    client.force_login(county.users[account])
    with standing_at(now):
        return client.get(f"/desk/activity/{county.sites['qingshiling'].pk}/")


@pytest.mark.clause("LX-C01-1")
def test_where_days_are_missing_nobody_is_told_that_all_is_well(door: Door, county: County) -> None:
    approved(county, 90)
    send(door, at(3, 1), *(row("产量", f"2026-01-{day:02}", 1000) for day in range(1, 32)))
    assert "未超（有缺数）" not in board(county, "output", at(2, 1))
    assert "未超（有缺数）" in board(county, "output", at(2, 2))


@pytest.mark.clause("LX-C01-1")
def test_output_at_capacity_is_a_boundary_and_above_it_a_proposal(
    door: Door, county: County
) -> None:
    approved(county, 90, paper="保供煤矿名单")
    send(door, at(3, 1), row("产量", "2026-01", "89.9", span="月") | {"unit": "万吨"})
    assert "未超" in board(county, "output", at(3, 1))
    send(door, at(3, 1), row("产量", "2026-02-01", 1000))
    look_around(now=at(3, 1))
    assert not proposals("over_capacity")
    assert "边界值" in board(county, "output", at(3, 1))
    send(door, at(3, 1), row("产量", "2026-02-02", 1000))
    look_around(now=at(3, 1))
    look_around(now=at(3, 1))
    (told,) = proposals("over_capacity")
    assert ["本年累计产量", "90.1 万吨"] in told["figures"]
    assert ["核定能力", "90 万吨/年"] in told["figures"]


@pytest.mark.clause("LX-C01-1")
def test_the_figures_and_the_chart_stand_on_the_page_and_a_named_person_confirms(
    door: Door, county: County
) -> None:
    approved(county, 90)
    send(door, at(3, 1), row("产量", "2026-01-31", 901000))
    look_around(now=at(3, 1))
    found = Matter.objects.get(kind="site_proposal", facts_row__data__watch="over_capacity")
    client = Client()
    client.force_login(county.users["office"])
    with standing_at(at(3, 1)):
        page = client.get(f"/desk/matters/{to_code(found.pk)}/").content.decode()
    assert "90.1 万吨" in page
    assert '<svg class="chart' in page
    door.press("office", found, "confirm", at(3, 1), code="C01", reason="核对日报属实。")
    case = Matter.objects.get(kind="case_proposal")
    assert (case.parent_id, case.stage) == (found.pk, "proposed")


@pytest.mark.clause("LX-C01-1")
def test_an_unset_monthly_line_and_an_unregistered_capacity_are_said(
    door: Door, county: County
) -> None:
    send(door, at(3, 1), row("产量", "2026-01-31", 1))
    look_around(now=at(3, 1))
    assert not proposals("over_capacity")
    assert "能力未录入" in board(county, "output", at(3, 1))


@pytest.mark.clause("AY-26-3")
def test_a_year_at_ten_percent_more_and_a_month_above_a_tenth_may_be_major(
    door: Door, county: County
) -> None:
    approved(county, 100)
    send(door, at(3, 1), row("产量", "2026-01", 100_000, span="月"))
    look_around(now=at(3, 1))
    assert not proposals("major_excess")
    send(door, at(3, 1), row("产量", "2026-01", 100_001, span="月"))
    look_around(now=at(3, 1))
    (month,) = proposals("major_excess")
    assert ["占核定能力", "10%"] in month["figures"]
    for number in range(2, 12):
        send(door, at(12, 1), row("产量", f"2026-{number:02}", "99999.8", span="月"))
    look_around(now=at(12, 1))
    assert len(proposals("major_excess")) == 1
    assert len(proposals("over_capacity")) == 1
    send(door, at(12, 30), row("产量", "2026-12-01", 1))
    look_around(now=at(12, 30))
    year = [one for one in proposals("major_excess") if "累计" in one["evidence"]]
    assert len(year) == 1
    assert ["核定能力", "100 万吨/年"] in year[0]["figures"]
    assert "判定标准版本：未设定" in year[0]["evidence"]


@pytest.mark.clause("AY-26-3", "SX-40-1", "AY-34-8")
def test_crews_faces_and_headings_above_the_plan_equal_is_none(door: Door, county: County) -> None:
    send(
        door,
        at(3, 3),
        row("入井人数", "2026-03-02", 50),
        row("同时生产采煤工作面数", "2026-03-02", 3),
        row("同时作业掘进工作面数", "2026-03-02", 4),
    )
    look_around(now=at(3, 3))
    assert not proposals("over_crew")
    assert "50 / 上限未录入" in board(county, "strength", at(3, 3))
    plan = {"valid_from": "2026-03-01", "faces": 2, "headings": 4, "crew": 50, "paper": "批复1号"}
    register(county, "work_plan", at(3, 3), **plan)
    look_around(now=at(3, 3))
    (faces,) = proposals("over_strength")
    assert faces["figures"] == [
        ["同时生产采煤工作面数", "3 个"],
        ["批准", "2 个"],
        ["依据", "批复1号"],
    ]
    assert not proposals("over_crew")
    assert "超过" in board(county, "strength", at(3, 3))
    send(
        door,
        at(3, 5),
        row("入井人数", "2026-03-03", 59),
        row("入井人数", "2026-03-04", 60),
        row("同时作业掘进工作面数", "2026-03-04", 5),
    )
    look_around(now=at(3, 5))
    usual, major = proposals("over_crew")
    assert "重大事故隐患" not in usual["evidence"]
    assert "达到20%，可能构成重大事故隐患" in major["evidence"]
    assert "同时作业掘进工作面数" in proposals("over_strength")[1]["title"]


@pytest.mark.clause("AY-34-8")
def test_footage_of_a_hundred_is_none_and_a_metre_more_is_one(door: Door, county: County) -> None:
    register(county, "work_plan", at(3, 1), valid_from="2026-03-01", footage="100")
    send(door, at(3, 9), row("进尺", "2026-03-01", 60), row("进尺", "2026-03-02", 40))
    look_around(now=at(3, 9))
    assert not proposals("over_strength")
    send(door, at(3, 9), row("进尺", "2026-03-03", 1))
    look_around(now=at(3, 9))
    (told,) = proposals("over_strength")
    assert ["当月进尺", "101 米"] in told["figures"]
    assert ["计划进尺", "100 米"] in told["figures"]
    ticket = {"place": "302回风巷", "works": "掘进和安装", "day": "2026-03-08"}
    register(county, "crossing_ticket", at(3, 9), **ticket, measure="交叉作业措施，3月7日批准")
    look_around(now=at(3, 9))
    assert not proposals("crossing_works")
    register(county, "crossing_ticket", at(3, 9), **ticket)
    look_around(now=at(3, 9))
    assert len(proposals("crossing_works")) == 1
    found = Matter.objects.get(facts_row__data__watch="crossing_works")
    with pytest.raises(DoorClosedError, match="理由"):
        door.press("office", found, "decline", at(3, 9))
    door.press("office", found, "decline", at(3, 9), reason="现场已停工，措施已补批。")


@pytest.mark.clause("AY-04-5", "SX-20-3", "SX-29-3")
def test_targets_equal_pass_marked_above_are_proposed_money_is_incomparable(
    door: Door, county: County
) -> None:
    target(county, "120")
    assert "能力未录入" in board(county, "targets", at(1, 5))
    approved(county, 120)
    target(county, "9000", "万元", "产值")
    target(county, "1200", "米", "进尺")
    target(county, "1200000", "吨")
    look_around(now=at(1, 5))
    assert not proposals("parent_targets")
    page = board(county, "targets", at(1, 5))
    assert page.count("边界值") >= 2
    assert "不可比" in page
    target(county, "120.1")
    target(county, "1200001", "吨")
    look_around(now=at(1, 5))
    first, second = proposals("parent_targets")
    assert ["超出", "0.1 万吨"] in first["figures"]
    assert ["超出", "0.0001 万吨"] in second["figures"]
    assert "示例能源集团" in first["evidence"]
    assert "生产经营计划（120.1万吨）" in first["evidence"]


@pytest.mark.clause("SX-20-3", "SX-29-3")
def test_a_lower_cap_counts_and_a_clause_that_induces_is_a_finding(
    door: Door, county: County
) -> None:
    approved(county, 120)
    target(county, "100")
    register(
        county,
        "output_cap",
        at(1, 5),
        amount="100",
        paper="限产决定1号",
        valid_from="2026-01-01",
        valid_until="2026-12-31",
    )
    look_around(now=at(1, 6))
    assert not proposals("parent_targets")
    target(county, "1000001", "吨")
    register(
        county,
        "contract_clause",
        at(1, 6),
        contract="委托管理合同1号",
        clause="产量超过核定能力的部分按吨计奖。",
        induces="超能力",
    )
    look_around(now=at(1, 6))
    told = proposals("parent_targets")
    assert ["限产量", "100 万吨/年"] in told[0]["figures"]
    assert "诱导超能力" in told[1]["title"]
    found = Matter.objects.filter(facts_row__data__watch="parent_targets").order_by("pk").last()
    assert found is not None
    door.press("office", found, "decline", at(1, 6), reason="条款已删除，附补充协议。")


@pytest.mark.clause("AY-21-7")
def test_the_drainage_rate_by_month_with_gaps_and_falls(
    door: Door, county: County, neighbour: County
) -> None:
    send(
        door,
        at(4, 2),
        row("抽采量", "2026-01", 40, span="月"),
        row("风排量", "2026-01", 60, span="月"),
        row("抽采量", "2026-02-03", 30),
        row("风排量", "2026-02", 70, span="月"),
        row("抽采量", "2026-03", 30, span="月"),
    )
    page = mine_page(county, "office", at(4, 2)).content.decode()
    assert "最近 2026-02：30.0%；目标：未设定" in page
    assert "2月30%，较上月40%下降" in page
    assert '<th scope="row">2026-03</th><td class="right">无数据</td>' in page
    assert mine_page(neighbour, "office", at(4, 2)).status_code == 200
    client = Client()
    client.force_login(neighbour.users["office"])
    other = f"/desk/activity/{county.sites['qingshiling'].pk}/"
    assert client.get(other).status_code == 404


@pytest.mark.clause("LX-C01-1")
def test_where_no_monthly_line_is_given_it_reads_unset(door: Door, county: County) -> None:
    adopted = Adoption.objects.get(region=county.region, pack_key="anyang-2024-2026")
    head = county.users["office_head"]
    end_adoption(adopted, until_on=date(2026, 3, 1), by=head, reason="测试", now=at(3, 1))
    assert "未设定" in board(county, "output", at(3, 2))


def test_figures_sent_twice_are_kept_once_and_a_foreign_mine_is_refused(
    door: Door, county: County
) -> None:
    told = send(door, at(3, 1), row("产量", "2026-02-01", 10), by="firm")
    assert told == {"new": 1, "same": 0, "altered": 0, "removed": 0, "empty": 0}
    again = send(door, at(3, 1), row("产量", "2026-02-01", "10.000"), by="firm")
    assert again["same"] == 1
    assert send(door, at(3, 1), row("产量", "2026-02-02", None))["empty"] == 1
    assert SeriesValue.objects.count() == 1
    with pytest.raises(DoorClosedError, match="没有找到煤矿“兴旺煤矿”"):
        send(door, at(3, 1), row("产量", "2026-02-01", 1, site="兴旺煤矿"), by="firm")
    with pytest.raises(DoorClosedError, match="企业账号"):
        send(door, at(3, 1), row("产量", "2026-02-01", 1), by="publisher")
    with pytest.raises(DoorClosedError, match="还没有到"):
        send(door, at(3, 1), row("产量", "2026-03-05", 1))


def test_a_figure_once_written_stays(door: Door, county: County) -> None:
    send(door, at(3, 1), row("产量", "2026-02-01", 10))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SeriesValue.objects.update(value=9)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SeriesValue.objects.all().delete()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_is_imported_and_faults_told_by_line(
    county: County,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    encoding: str,
) -> None:
    path = tmp_path / "数据.csv"
    lines = (
        "煤矿,数据项,时间,时段,数值,单位",
        f"{MINE},产量,2026-01,月,1.5,万吨",
        "990121000001,用电量,2026-02-01 08:00,,120,度",
        f"{MINE},产量,2026-02-30,,1,吨",
        f"{MINE},产量,2026-02-02,,一百,吨",
        f"{MINE},产量,2026-02-03,,,",
    )
    path.write_bytes("\n".join(lines).encode(encoding))
    with standing_at(at(3, 1)), pytest.raises(CommandError, match="有 2 行没有收下") as failed:
        call_command("import", "series", str(path))
    assert failed.value.returncode == 1
    told = capsys.readouterr().err
    assert "新收 2 个" in told
    assert "第 4 行：没有“2026-02-30”这个时间" in told
    assert "第 5 行：数值“一百”不是数字" in told
    values = SeriesValue.objects.order_by("series").values_list("series", "value", "span_minutes")
    assert list(values) == [
        ("output_t", Decimal(15000), 31 * 1440),
        ("power_kwh", Decimal(120), 60),
    ]
