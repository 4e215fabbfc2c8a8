"""Power, stops, pairs and fakery: watches fire exactly at their boundaries."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bihuan.matters.models import Matter
from bihuan.matters.records import write_record
from bihuan.matters.site_proposals import look_around
from bihuan.monitoring.activity.codes import EIGHT, NINE
from bihuan.monitoring.models import SeriesValue
from tests.doors import Door, DoorClosedError
from tests.figures import at, board, exported, page_of, proposals, register, row, send
from tests.people import County


def seven(day: datetime, *, output: str = "1000", power: str = "10000") -> list[dict[str, Any]]:
    """Output and power of a day."""
    on = day.date().isoformat()
    return [row("产量", on, output), row("用电量", on, power)]


def stop(county: County, **more: Any) -> Any:
    """An order to stop production from 1 March."""
    given = {"kind": "停产整顿", "ordered_at": "2026-03-01 00:00", "paper": "停产指令1号"}
    return register(county, "stop_order", at(3, 1), **{**given, **more})


def month_of_power(door: Door, kwh: int = 100) -> None:
    """Thirty days of the same use in each hour, from 1 January."""
    hours = [at(1, 1, 0) + timedelta(hours=step) for step in range(30 * 24)]
    rows = [row("用电量", f"{one:%Y-%m-%d %H:00}", kwh) for one in hours]
    send(door, at(1, 31), *rows)


@pytest.mark.clause("AY-38-2")
def test_thirty_percent_off_is_usual_and_more_is_a_clue_with_figures(
    door: Door, county: County
) -> None:
    first = at(1, 1)
    days = [first + timedelta(days=step) for step in range(30)]
    rows = [one for day in days[:29] for one in seven(day)]
    send(door, at(2, 1), *rows)
    send(door, at(1, 31), *seven(at(1, 30), power="99999"))
    look_around(now=at(1, 31))
    assert not proposals("seven_series")
    assert "基线不足" in board(county, "pairs", at(1, 31))
    send(door, at(1, 31), *seven(at(1, 30)), *seven(at(1, 31), power="13000"))
    look_around(now=at(2, 1))
    assert not proposals("seven_series")
    send(door, at(2, 2), *seven(at(2, 1), power="13000.001"))
    look_around(now=at(2, 2))
    (told,) = proposals("seven_series")
    assert "用电量应约10000 kWh，实为13000 kWh" in told["evidence"]
    assert "基线31天" in told["evidence"]
    assert ["缺数", "20 对"] in told["figures"]
    assert "偏离" in board(county, "pairs", at(2, 2))
    send(door, at(2, 3), row("产量", "2026-02-02", 1000))
    assert exported(county, "pairs", at(2, 3))["青石岭煤矿"] == [
        "2026-02-02",
        "21",
        "0",
        "0",
        "0",
        "缺数",
    ]
    look_around(now=at(2, 3))
    assert len(proposals("seven_series")) == 1
    found = Matter.objects.get(facts_row__data__watch="seven_series")
    door.press("watch", found, "decline", at(2, 3), reason="当日检修绞车，另附记录。")


@pytest.mark.clause("AY-38-2")
def test_further_days_join_the_clue_that_is_open_and_open_another_once_it_is_decided(
    door: Door, county: County
) -> None:
    first = at(1, 1)
    send(door, at(2, 1), *(one for step in range(31) for one in seven(first + timedelta(step))))
    for day in (1, 2):
        send(door, at(2, day + 1), *seven(at(2, day), power="20000"))
        look_around(now=at(2, day + 1))
        look_around(now=at(2, day + 1))
    (told,) = proposals("seven_series")
    assert "2月1日" in told["evidence"]
    assert ["2月2日" in one["text"] for one in told["joined"]] == [True]
    found = Matter.objects.get(facts_row__data__watch="seven_series")
    door.press("watch", found, "decline", at(2, 3), reason="两日检修绞车，另附记录。")
    look_around(now=at(2, 3))
    assert len(proposals("seven_series")) == 1
    send(door, at(2, 4), *seven(at(2, 3), power="20000"))
    look_around(now=at(2, 4))
    assert len(proposals("seven_series")) == 2


@pytest.mark.clause("LX-C04-1", "AY-38-2", "SX-32-1")
def test_production_before_acceptance_is_proposed_and_none_from_that_day(
    door: Door, county: County
) -> None:
    stop(county, accepted_on="2026-03-05")
    send(
        door,
        at(3, 6),
        row("用电量", "2026-03-02 23:00", 200),
        row("用电量", "2026-03-03", 5000),
        row("产量", "2026-03-03", 0),
        row("产量", "2026-03-05", 900),
    )
    look_around(now=at(3, 6))
    assert not proposals("stopped_producing")
    since = {"valid_from": "2026-03-01"}
    register(
        county,
        "maintenance_baseline",
        at(3, 6),
        series="用电量",
        per="每小时",
        amount="200",
        **since,
    )
    look_around(now=at(3, 6))
    assert not proposals("stopped_producing")
    send(
        door, at(3, 6), row("用电量", "2026-03-02 22:00", "200.5"), row("产量", "2026-03-04", "0.1")
    )
    look_around(now=at(3, 6))
    (power,) = proposals("stopped_producing")
    assert ["用电量", "200.5 kWh（基线 200 kWh），22时"] in power["figures"]
    (output,) = power["joined"]
    assert "2026年3月4日：产量 0.1 吨（应为 0）" in output["text"]
    assert "没有按零计" in output["text"]
    found = Matter.objects.get(facts_row__data__watch="stopped_producing")
    assert "2026年3月4日：产量 0.1 吨（应为 0）" in page_of(county, found, at(3, 6))
    door.press("watch", found, "confirm", at(3, 6), code="停产整顿矿偷采", reason="夜间检查属实。")
    assert Matter.objects.filter(kind="case_proposal").count() == 1


@pytest.mark.clause("LX-C04-1")
def test_days_under_one_order_are_one_proposal_until_somebody_decided(
    door: Door, county: County
) -> None:
    first = stop(county, accepted_on="2026-03-05")
    second = stop(county, ordered_at="2026-03-05 00:00", paper="停产指令2号")
    for day in (2, 3, 5, 6):
        send(door, at(3, day + 1), row("产量", f"2026-03-0{day}", 900))
        look_around(now=at(3, day + 1))
        look_around(now=at(3, day + 1))
    told = proposals("stopped_producing")
    assert [one["ground"] for one in told] == [
        f"{first.pk}/2026-03-02",
        f"{second.pk}/2026-03-05",
    ]
    assert [len(one["joined"]) for one in told] == [1, 1]
    of_second = Matter.objects.filter(facts_row__data__watch="stopped_producing").last()
    assert of_second
    door.press("watch", of_second, "decline", at(3, 7), reason="清仓运出的存煤，有记录。")
    look_around(now=at(3, 7))
    assert len(proposals("stopped_producing")) == 2
    send(door, at(3, 8), row("产量", "2026-03-07", 800))
    look_around(now=at(3, 8))
    anew = proposals("stopped_producing")[2]
    assert anew["ground"] == f"{second.pk}/2026-03-07"
    assert "joined" not in anew


@pytest.mark.clause("SX-32-1", "AY-38-3")
def test_persons_code_what_no_record_shows_and_all_codes_are_there(
    door: Door, county: County
) -> None:
    site = county.sites["qingshiling"].pk
    labels = [option.label for option in (*NINE, *EIGHT)]
    assert len(labels) == 17
    for label in labels:
        answers = {
            "site": site,
            "code": label,
            "seen_on": "2026-03-02",
            "what": "现场检查发现，3月1日至2日缺数，不按零计。",
        }
        told = door.call(
            "office", "post", "matters", at(3, 3), {"kind": "coded_finding", "answers": answers}
        )
        assert told["id"]
    assert not Matter.objects.filter(kind="case_proposal").exists()
    found = Matter.objects.filter(kind="coded_finding").order_by("pk")[0]
    door.press("office", found, "confirm", at(3, 3), reason="核对图纸属实。")
    case = Matter.objects.get(kind="case_proposal")
    assert case.parent_id == found.pk
    assert case.site_id == site or case.parent_id == found.pk


@pytest.mark.clause("SX-32-1")
def test_tight_succession_with_output_and_no_record_of_stopping(door: Door, county: County) -> None:
    send(door, at(3, 3), row("产量", "2026-03-02", 800))
    record = register(county, "succession", at(3, 3), valid_from="2026-03-01", stop_paper="限产1号")
    look_around(now=at(3, 3))
    assert not proposals("tight_succession")
    site = county.sites["qingshiling"].pk
    write_record(
        "succession",
        by=county.actor("office"),
        now=at(3, 3),
        facts={"site": site, "valid_from": "2026-03-01"},
        record_id=record.pk,
        reason="限产决定已撤销",
    )
    look_around(now=at(3, 3))
    (told,) = proposals("tight_succession")
    assert "800吨" in told["evidence"]


@pytest.mark.clause("SX-42-1")
def test_a_closed_mine_that_draws_power_is_checked_by_a_named_person(
    door: Door, county: County
) -> None:
    stop(county, kind="长期停产")
    register(
        county,
        "maintenance_baseline",
        at(3, 1),
        series="用电量",
        per="每天",
        amount="1000",
        valid_from="2026-03-01",
    )
    send(door, at(3, 4), row("用电量", "2026-03-02", 1000))
    look_around(now=at(3, 4))
    assert not proposals("closed_alive")
    send(door, at(3, 4), row("用电量", "2026-03-03", 1001))
    look_around(now=at(3, 4))
    found = Matter.objects.get(facts_row__data__watch="closed_alive")
    assert "2026-03-04 12:00 高于停产基线" in board(county, "shut-mines", at(3, 4))
    send(door, at(3, 5), row("用电量", "2026-03-04", 1200))
    look_around(now=at(3, 5))
    assert len(proposals("closed_alive")) == 1
    assert "2026-03-05 12:00 高于停产基线" in board(county, "shut-mines", at(3, 5))
    door.press("watch", found, "confirm", at(3, 5), reason="须到场核查。")
    task = Matter.objects.get(kind="site_check")
    assert (task.parent_id, task.stage) == (found.pk, "to_assign")


@pytest.mark.clause("LX-W3-2")
def test_thirty_percent_above_by_night_is_a_suspicion_and_twenty_nine_is_none(
    door: Door, county: County
) -> None:
    month_of_power(door)
    assert "基线不足" in board(county, "power", at(1, 31))
    assert "缺数" in board(county, "power", at(2, 1))
    send(
        door,
        at(2, 1),
        row("用电量", "2026-01-31 23:00", 129),
        row("用电量", "2026-01-31 14:00", 180),
    )
    look_around(now=at(2, 1))
    assert not proposals("power_kinds")
    send(door, at(2, 1), row("用电量", "2026-02-01 05:00", 130))
    look_around(now=at(2, 1))
    (told,) = proposals("power_kinds")
    assert "疑似昼停夜开" in told["title"]
    assert ["用电", "130 kWh"] in told["figures"]
    assert ["基线", "100 kWh"] in told["figures"]
    assert ["时段", "05时"] in told["figures"]
    assert ["缺数", "21 小时（87%）"] in told["figures"]


@pytest.mark.clause("LX-W3-2")
def test_further_nights_join_the_suspicion_of_their_kind_alone(door: Door, county: County) -> None:
    month_of_power(door)
    for day in (1, 2):
        send(door, at(2, day), row("用电量", f"2026-02-0{day} 02:00", 130 + day))
        look_around(now=at(2, day))
    (night,) = proposals("power_kinds")
    assert night["ground"].endswith("/2026-01-31")
    (further,) = night["joined"]
    assert "2月1日02时用电132 kWh，同时段基线100 kWh" in further["text"]
    register(county, "power_ceiling", at(2, 2), amount="150", valid_from="2026-01-01")
    send(door, at(2, 2), row("用电量", "2026-02-02 11:00", 151))
    look_around(now=at(2, 2))
    assert [one["title"].split("疑似")[1] for one in proposals("power_kinds")] == [
        "昼停夜开",
        "超负荷生产",
    ]


@pytest.mark.clause("LX-W3-2")
def test_the_kind_follows_from_what_is_registered(door: Door, county: County) -> None:
    month_of_power(door)
    register(county, "power_ceiling", at(1, 31), amount="150", valid_from="2026-01-01")
    send(door, at(2, 1), row("用电量", "2026-01-31 14:00", 150))
    look_around(now=at(2, 1))
    assert not proposals("power_kinds")
    send(door, at(2, 1), row("用电量", "2026-01-31 15:00", 151))
    look_around(now=at(2, 1))
    span = {"from_at": "2026-01-31 16:00", "until_at": "2026-01-31 18:00", "why": "检修主皮带"}
    register(county, "planned_stop", at(2, 1), **span)
    send(door, at(2, 1), row("用电量", "2026-01-31 16:00", 131))
    look_around(now=at(2, 1))
    stop(county, ordered_at="2026-01-31 18:00")
    send(door, at(2, 1), row("用电量", "2026-01-31 19:00", 131))
    look_around(now=at(2, 1))
    titles = [one["title"].split("疑似")[1] for one in proposals("power_kinds")]
    assert titles == ["超负荷生产", "明停暗开", "未及时停产整顿"]


@pytest.mark.clause("LX-W3-3")
def test_a_fall_of_seventy_percent_within_an_hour_and_no_gap_opens_a_stop(
    door: Door, county: County
) -> None:
    def hour(clock: int, kwh: int | None) -> dict[str, Any]:
        return row("用电量", f"2026-03-02 {clock:02}:00", kwh)

    send(door, at(3, 3), hour(8, 1000), hour(9, 301), hour(10, 1000), hour(12, 100))
    look_around(now=at(3, 3))
    assert not proposals("abrupt_stop")
    span = {"from_at": "2026-03-02 14:00", "until_at": "2026-03-02 20:00", "why": "检修"}
    register(county, "planned_stop", at(3, 3), **span)
    send(door, at(3, 3), hour(14, 1000), hour(15, 300))
    look_around(now=at(3, 3))
    assert not proposals("abrupt_stop")
    send(door, at(3, 3), hour(21, 1000), hour(22, 300))
    look_around(now=at(3, 3))
    (told,) = proposals("abrupt_stop")
    assert ["下降", "70%"] in told["figures"]
    assert ["骤降时刻", "2026-03-02 22:00"] in told["figures"]
    found = Matter.objects.get(facts_row__data__watch="abrupt_stop")
    with pytest.raises(DoorClosedError, match="停产停工、紧急停车、自动停产、正常"):
        door.press("watch", found, "confirm", at(3, 3), reason="电话核实。")
    door.press("watch", found, "confirm", at(3, 3), code="正常", reason="电话核实为倒闸操作。")


@pytest.mark.clause("AY-38-3")
def test_altered_removed_late_screened_and_uncarded_are_flagged(door: Door, county: County) -> None:
    send(door, at(3, 1, 13), row("风量", "2026-03-01 11:00", 500))
    look_around(now=at(3, 1, 13))
    assert not proposals("fakery")
    send(door, at(3, 1, 14), row("风量", "2026-03-01 11:00", 480))
    send(door, at(3, 1, 15), row("风量", "2026-03-01 11:00", None))
    kept = SeriesValue.objects.order_by("version").values_list("value", flat=True)
    assert list(kept) == [Decimal(500), Decimal(480), None]
    send(
        door,
        at(3, 2),
        row("班次名单人数", "2026-03-01", 60),
        row("定位卡人数", "2026-03-01", 58),
        row("涌水量", "2026-02-27", 9),
    )
    for clock in range(8):
        send(
            door,
            at(3, 2),
            row("瓦斯涌出量", f"2026-03-02 {clock:02}:00", 7 if clock else 6),
            row("用电量", f"2026-03-02 {clock:02}:00", 100 + clock),
        )
    look_around(now=at(3, 2))
    titles = " ".join(one["title"] for one in proposals("fakery"))
    for word in ("被删除", "不实时", "瓦斯涌出量数据疑似屏蔽", "疑似不带卡"):
        assert word in titles
    assert "用电量数据疑似屏蔽" not in titles
    altered = next(one for one in proposals("fakery") if "被删除" in one["title"])
    assert "500 m³" in altered["evidence"]
    assert "480 m³" in altered["evidence"]


@pytest.mark.clause("LX-C04-1")
def test_a_stopped_mine_without_baseline_reads_so(door: Door, county: County) -> None:
    stop(county)
    page = board(county, "stops", at(3, 3))
    assert "基线未设" in page
    assert "缺数" in page


def test_hidden_nights_below_thirty_percent_are_found_by_the_robust_sum(
    door: Door, county: County
) -> None:
    first = at(2, 1, 0)
    rows = [row("产量", f"{first + timedelta(days=n):%Y-%m-%d}", 900) for n in range(28)]
    for step in range(34 * 24):
        moment = first + timedelta(hours=step)
        works = moment < at(3, 1, 0) and moment.hour >= 6
        hidden = moment >= at(3, 2, 22) and (moment.hour >= 22 or moment.hour < 6)
        kwh = 2000 if works else 1360 if hidden else 1050
        clock = f"{moment:%Y-%m-%d %H:00}"
        rows.append(row("用电量", clock, kwh))
        rows.append(row("回风瓦斯浓度", clock, "0.3" if works else "0.16" if hidden else "0.1"))
    send(door, at(3, 7), *rows)
    look_around(now=at(3, 7))
    assert not proposals("hidden_work")
    stop(county)
    look_around(now=at(3, 7))
    (told,) = proposals("hidden_work")
    assert "稳健基线法" in told["evidence"]
    days = [name for name in told["figures"] if name[0] == "至"]
    assert days[0][1].startswith(("2026-03-03", "2026-03-04", "2026-03-05"))
