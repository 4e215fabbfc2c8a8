"""Switches at the desk: a fan that stops and smoke are alarms, in the mine's own words."""

import pytest
from django.test import Client
from tests.clauses.mine import METHANE, MINE, Mine, alarms, clock
from tests.doors import Door
from tests.people import County

from bihuan.matters.identity import to_code
from bihuan.matters.models import Facts, Matter
from bihuan.matters.moment import standing_at
from bihuan.monitoring.alarms.following import follow
from bihuan.monitoring.alarms.highs import episodes_between
from bihuan.monitoring.alarms.tables import Episode, Followed

FAN = f"{MINE}01KG100100000001"
MAIN_FAN = f"{MINE}01KG101000000001"
SMOKE = f"{MINE}01KG100800000001"
SWITCH = f"{MINE}01KG100400000001"
RECEIPT = {"answered_by": "调度室值班调度员", "answered_at": "2026-03-01 08:12"}


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """A fan, smoke, a main fan without words, and a machine of which nothing is judged."""
    mine.define_switch(FAN, on_words="运行", off_words="停止", location="北翼掘进面")
    mine.define_switch(SMOKE, on_words="有烟雾", off_words="无烟雾", location="皮带机头")
    mine.define_switch(MAIN_FAN, location="风硐")
    mine.define_switch(SWITCH)
    return mine


def facts(matter: Matter) -> dict[str, object]:
    return dict(Facts.objects.get(pk=matter.pk).data)


def screen(county: County, path: str = "/desk/alarms/") -> str:
    client = Client()
    client.force_login(county.users["watch"])
    with standing_at(clock(8, 20)):
        answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_fan_that_stops_is_an_alarm_from_the_first_reading(county: County, mine: Mine) -> None:
    mine.send("08:00:00", "1", point=FAN)
    mine.arrive(clock(8, 0, 1))
    assert alarms() == []
    mine.send("08:01:00", "0", point=FAN)
    mine.arrive(clock(8, 1, 1))
    (alarm,) = alarms()
    known = facts(alarm)
    assert (known["level"], known["state"], known.get("peak")) == ("fan_stopped", "停止", None)
    assert known["started_at"] == "2026-03-01T08:01:00+08:00"
    assert (alarm.severity, alarm.title) == (2, "北翼掘进面 局部通风机停风")
    page = screen(county)
    for words in ("局部通风机停风", "北翼掘进面 局部通风机　停止", "未恢复"):
        assert words in page
    assert "峰值" not in page
    drawn = screen(county, f"/desk/alarms/{to_code(alarm.pk)}/curve/")
    assert ">停止</text>" in drawn
    assert ">运行</text>" in drawn
    assert "最高" not in drawn
    mine.send("08:05:00", "1", point=FAN)
    mine.arrive(clock(8, 5, 1))
    known = facts(alarms()[0])
    assert (known["state"], known["lasted"]) == ("停止，已恢复", "4分钟")
    trail = Door(county).read("watch", alarm, clock(8, 6))["trail"]
    assert trail[-1]["words"] == "开关量恢复：局部通风机停风，持续4分钟。"
    assert "停止，已恢复" in screen(county)


def test_smoke_and_a_main_fan_without_words(mine: Mine) -> None:
    mine.send_states("08:00:00", {SMOKE: "1", MAIN_FAN: "0"})
    mine.arrive(clock(8, 1))
    told = {facts(one)["level"]: facts(one)["state"] for one in alarms()}
    assert told == {"smoke": "有烟雾", "main_fan_stopped": "停"}
    assert [one.severity for one in alarms()] == [2, 2]


@pytest.mark.parametrize("value", ["开", "", "nan", "-9999", "１"])
def test_a_text_that_is_no_number_says_nothing(mine: Mine, value: str) -> None:
    mine.send("08:00:00", value, point=SMOKE)
    mine.send("08:00:30", value, point=FAN)
    mine.arrive(clock(8, 1))
    assert alarms() == []


def test_other_switches_and_readings_that_do_not_count_are_no_alarm(mine: Mine) -> None:
    mine.send("08:00:00", "0", point=SWITCH)
    mine.send("08:00:30", "0", point=FAN, status="128")
    mine.send("08:01:00", "0", point=f"{MINE}01KG109900000001")
    mine.arrive(clock(8, 2))
    assert alarms() == []


def test_a_stop_while_calibrating_says_so(mine: Mine) -> None:
    mine.send("08:00:00", "0", point=FAN, status="4")
    mine.arrive(clock(8, 1))
    assert facts(alarms()[0])["calibrated"] is True


def test_nothing_is_doubled_and_readings_alone_tell_nothing(mine: Mine) -> None:
    mine.send("08:00:00", "0", point=FAN)
    mine.arrive(clock(8, 0, 1))
    (alarm,) = alarms()
    for minute in range(1, 4):
        mine.send(f"08:0{minute}:00", "0", point=FAN)
        mine.arrive(clock(8, minute, 1))
    Followed.objects.update(commit=0, episode=0)
    follow(now=clock(8, 4))
    assert [one.last_seq for one in alarms()] == [alarm.last_seq]
    mine.send("08:04:30", "1", point=FAN)
    mine.arrive(clock(8, 4, 31))
    assert alarms()[0].last_seq == alarm.last_seq + 1
    assert Episode.objects.get(matter=alarm).samples == 4


def test_a_late_reading_moves_the_stop_and_who_acted_is_told(door: Door, mine: Mine) -> None:
    mine.send("08:05:00", "0", point=FAN)
    mine.send("08:10:00", "1", point=FAN)
    mine.send("08:20:00", "1", point=FAN)
    mine.arrive(clock(8, 21))
    (alarm,) = alarms()
    told = {"answered_by": "调度室", "answered_at": "2026-03-01 08:22"}
    door.press("watch", alarm, "receive", clock(8, 23), **told)
    mine.send("08:02:00", "0", point=FAN)
    mine.arrive(clock(8, 30))
    known = facts(alarms()[0])
    assert known["started_at"] == "2026-03-01T08:02:00+08:00"
    assert "开始由" in str(known["amended"])
    trail = door.read("watch", alarms()[0], clock(8, 31))["trail"]
    assert trail[-1]["words"] == "开关量变化：局部通风机停风，停止，已恢复。"


def test_switches_are_no_over_limits(mine: Mine) -> None:
    """三高 counts what a limit was exceeded by; a fan has none."""
    mine.define(METHANE)
    mine.send("08:00:00", "0", point=FAN)
    mine.send("08:01:00", "1.20")
    mine.arrive(clock(8, 2))
    assert len(alarms()) == 2
    rows = episodes_between(clock(7, 0), clock(9, 0))
    assert [row.point for row in rows] == [METHANE]


def test_the_point_and_the_curve_have_their_pages(county: County, mine: Mine) -> None:
    mine.send("08:00:00", "0", point=FAN)
    mine.arrive(clock(8, 1))
    (alarm,) = alarms()
    (row,) = Episode.objects.filter(matter=alarm)
    page = screen(county, f"/desk/mines/{row.site_id}/readings/{FAN}/")
    assert "局部通风机停风" in page
    for label in ("极值", "持续", "事项", "安装位置", "门限"):
        assert f'data-label="{label}"' in page  # on a phone, where a row is a card
    assert f"/desk/matters/{to_code(alarm.pk)}/" in page
    code = to_code(alarm.pk)
    assert screen(county, f"/desk/alarms/{code}/curve/")
    assert "停止" in screen(county, f"/desk/alarms/?alarm={code}")
