"""The operator's screen: what burns, floods as one line, told anew only when something changed."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.clauses.mine import Mine, alarms, clock, point
from tests.doors import Door
from tests.people import County, set_here

from bihuan.language.clock import SHANGHAI
from bihuan.matters.identity import to_code
from bihuan.matters.moment import standing_at
from bihuan.monitoring.screens import burning, watch_page

SCREEN = "/desk/alarms/"
PART = f"{SCREEN}burning/"


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """Five methane sensors."""
    for number in range(1, 6):
        mine.define(point(number))
    return mine


def said(client: Client, path: str = SCREEN, **headers: str) -> str:
    with standing_at(clock(8, 20)):
        answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def listed(client: Client) -> str:
    """The list alone, without the alarm beside it."""
    return said(client, PART).partition('id="beside"')[0]


def test_an_alarm_stands_with_its_numbers_and_who_was_called(
    door: Door, desk: Client, mine: Mine
) -> None:
    mine.send("08:05:00", "1.24", point=point(1))
    mine.arrive(clock(8, 6))
    (alarm,) = alarms()
    assert "还没有叫应" in said(desk)
    told = {"called": "调度室", "called_at": "2026-03-01 08:07", "answered": "否"}
    door.press("watch", alarm, "call", clock(8, 8), **told)
    page = said(desk)
    for words in ("青石岭煤矿", "东翼回风巷", "峰值 1.24 %CH4", "门限 1 %CH4", "调度室 未应答"):
        assert words in page
    assert f"?alarm={to_code(alarm.pk)}" in page


def test_the_limit_beside_a_peak_is_that_of_the_level_it_reached(desk: Client, mine: Mine) -> None:
    mine.define(point(9), cut="1.5")
    mine.send("08:00:00", "1.20", point=point(9))
    mine.arrive(clock(8, 1))
    assert "峰值 1.2 %CH4，门限 1 %CH4" in said(desk)
    mine.send("08:02:00", "1.70", point=point(9))
    mine.arrive(clock(8, 3))
    assert "峰值 1.7 %CH4，门限 1.5 %CH4" in said(desk)


def test_a_flood_is_one_line_and_leads_to_its_list(desk: Client, mine: Mine) -> None:
    for number in range(1, 6):
        mine.send(f"08:0{number}:00", "1.10", point=point(number))
    mine.arrive(clock(8, 6))
    assert len(alarms()) == 5
    page = listed(desk)
    assert page.count("<li>") == 1
    assert "5 件报警归并" in page
    assert "/desk/m/alarm/?site=" in page


def test_two_alarms_are_no_flood_unless_the_number_says_so(
    county: County, desk: Client, mine: Mine
) -> None:
    for number in (1, 2):
        mine.send(f"08:05:0{number}", "1.10", point=point(number))
    mine.arrive(clock(8, 6))
    assert listed(desk).count("<li>") == 2
    set_here(county, "alarm.flood_count", 2, now=clock(7, 0))
    assert listed(desk).count("<li>") == 1


def test_a_point_that_flutters_is_marked_and_stays_listed(
    county: County, desk: Client, mine: Mine
) -> None:
    for minute, value in (("05", "1.10"), ("06", "0.20"), ("10", "1.10"), ("11", "0.20")):
        mine.send(f"08:{minute}:00", value, point=point(1))
    mine.arrive(clock(8, 12))
    set_here(county, "alarm.flood_count", 9, now=clock(7, 0))
    twice = listed(desk)
    assert (twice.count("<li>"), "抖动" in twice) == (2, False)
    mine.send("08:15:00", "1.10", point=point(1))
    mine.arrive(clock(8, 16))
    page = listed(desk)
    assert page.count("<li>") == 3
    assert page.count("一小时内 3 次（抖动）") == 3


def test_a_joint_step_writes_an_entry_on_each(desk: Client, mine: Mine) -> None:
    for number in range(1, 4):
        mine.send(f"08:05:0{number}", "1.10", point=point(number))
    mine.arrive(clock(8, 6))
    assert len(alarms()) == 3
    chosen = [to_code(one.pk) for one in alarms()]
    form = {
        "step": "receive",
        "selected": chosen,
        "answered_by": "调度室值班调度员",
        "answered_at": "2026-03-01 08:07",
        "filled": "yes",
    }
    with standing_at(clock(8, 20)):
        asked = desk.post("/desk/m/alarm/bulk/", form)
        assert asked.status_code in (200, 302)
    assert {one.stage for one in alarms()} == {"received"}


def test_nothing_is_sent_again_until_something_changed(
    door: Door, desk: Client, mine: Mine
) -> None:
    mine.send("08:05:00", "1.24", point=point(1))
    mine.arrive(clock(8, 6))
    with standing_at(clock(8, 20)):
        first = desk.get(PART)
        tag = first.headers["ETag"]
    with standing_at(clock(8, 20) + timedelta(seconds=59, microseconds=7)):  # a later poll
        again = desk.get(PART, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    mine.send("08:06:00", "1.40", point=point(1))
    mine.arrive(clock(8, 20))
    with standing_at(clock(8, 20)):
        rising = desk.get(PART, headers={"If-None-Match": tag})
    assert "1.4 %CH4" in rising.content.decode()
    told = {"answered_by": "调度室", "answered_at": "2026-03-01 08:07"}
    door.press("watch", alarms()[0], "receive", clock(8, 20), **told)
    with standing_at(clock(8, 20)):
        last = desk.get(PART, headers={"If-None-Match": rising.headers["ETag"]})
    assert last.status_code == 200
    assert "调度室 已应答" in last.content.decode()


def test_shelved_alarms_stay_listed_with_their_end(door: Door, desk: Client, mine: Mine) -> None:
    mine.send("08:05:00", "1.24", point=point(1))
    mine.arrive(clock(8, 6))
    until = clock(10, 0).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    answered = {"answered_by": "调度室", "answered_at": "2026-03-01 08:07"}
    door.press("watch", alarms()[0], "receive", clock(8, 8), **answered)
    door.press(
        "watch", alarms()[0], "shelve", clock(8, 10), shelved_until=until, reason="传感器更换。"
    )
    page = said(desk, PART)
    assert "搁置中 1 组" in page
    assert "搁置到 10:00" in page
    assert "共 1 件，含搁置 1 组" in page
    assert "最久 15 分" in page
    with standing_at(clock(10, 0, 1)):
        later = desk.get(PART).content.decode()
    assert "搁置中" not in later
    assert "未核实 1 组" in later


def test_the_curve_of_an_alarm_is_drawn_with_its_limit(desk: Client, mine: Mine) -> None:
    for minute in range(10):
        mine.send(f"08:0{minute}:00", f"{0.8 + minute / 20:.2f}", point=point(1))
    mine.arrive(clock(8, 10))
    (alarm,) = alarms()
    page = said(desk, f"{SCREEN}{to_code(alarm.pk)}/curve/")
    assert "<svg" in page
    assert ">报警 1</text>" in page
    assert ">最高 1.25</text>" in page


def test_the_curve_keeps_a_gap_and_shows_who_was_called(
    door: Door, desk: Client, mine: Mine
) -> None:
    for moment in ("08:00:00", "08:00:30", "08:10:00", "08:10:30"):
        mine.send(moment, "1.20", point=point(1))
    mine.arrive(clock(8, 11))
    (alarm,) = alarms()
    told = {"called": "调度室", "called_at": "2026-03-01 08:12", "answered": "否"}
    door.press("watch", alarm, "call", clock(8, 13), **told)
    page = said(desk, f"{SCREEN}{to_code(alarm.pk)}/curve/")
    assert page.count('class="line"') == 2
    assert "缺数 1 段" in page
    assert "08:12 叫应调度室，未应答" in page


def test_what_still_burns_stands_before_what_is_over(desk: Client, mine: Mine) -> None:
    mine.send("08:00:00", "1.20", point=point(1))
    mine.send("08:00:30", "0.20", point=point(1))
    mine.send("08:15:01", "1.30", point=point(2))
    mine.arrive(clock(8, 16))
    page = said(desk, PART)
    assert page.index("峰值 1.3 %CH4") < page.index("峰值 1.2 %CH4")


def test_a_lost_link_stands_below_alarms_that_nobody_verified(desk: Client, mine: Mine) -> None:
    for minute in range(40):
        mine.send(f"07:{minute:02}:00", "0.20", point=point(1))
    mine.send("07:00:00", "0.20", point=point(2))
    mine.arrive(clock(7, 39))
    mine.send("08:00:00", "1.20")
    mine.send("08:00:30", "0.20")
    mine.arrive(clock(8, 1))
    text = said(desk)
    assert text.index("峰值 1.2") < text.index("断线，最早自")


def test_the_part_that_is_asked_for_brings_the_chosen_alarm(desk: Client, mine: Mine) -> None:
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 1))
    mine.send("08:02:00", "1.70", point=point(2))
    mine.arrive(clock(8, 3))
    first, last = (to_code(one.pk) for one in alarms())
    for code, peak in ((first, "1.2 %CH4"), (last, "1.7 %CH4")):
        beside = said(desk, f"{PART}?alarm={code}").partition('id="beside"')[2]
        assert beside.startswith(f' data-alarm="{code}"')
        assert peak in beside
    assert desk.get(f"{PART}?alarm=0").status_code == 404


def test_who_waited_before_an_empty_list_gets_the_first_alarm_whole(
    desk: Client, mine: Mine
) -> None:
    assert "现在没有未销的报警" in said(desk, PART)
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 1))
    part = said(desk, PART)
    assert "现在没有未销的报警" not in part
    assert "1.2 %CH4" in part.partition(f'data-alarm="{to_code(alarms()[0].pk)}"')[2]


def test_more_than_fit_are_told_and_what_nobody_verified_is_shown(
    door: Door, desk: Client, mine: Mine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(burning, "SHOWN", 1)
    monkeypatch.setattr(watch_page, "SHOWN", 1)
    mine.send("08:00:00", "2.50", point=point(1))
    mine.arrive(clock(8, 1))
    (alarm,) = alarms()
    assert "件没有列在这里" not in said(desk)
    door.press(
        "watch", alarm, "receive", clock(8, 2), answered_by="调度员", answered_at="2026-03-01 08:01"
    )
    door.press(
        "watch", alarm, "verify", clock(8, 3), verified_means="到现场", verified_words="超限"
    )
    mine.send("08:04:00", "1.20", point=point(2))
    mine.arrive(clock(8, 5))
    text = said(desk)
    assert "峰值 1.2 " in text
    assert "峰值 2.5 " not in text
    assert "还有 1 件没有列在这里" in text
    assert "共 2 件" in text


def test_the_chosen_alarm_is_marked_in_the_list_and_its_way_shown(desk: Client, mine: Mine) -> None:
    mine.send("08:05:00", "1.24", point=point(1))
    mine.arrive(clock(8, 6))
    code = to_code(alarms()[0].pk)
    for page in (said(desk), said(desk, f"{PART}?alarm={code}")):
        assert f'<a href="?alarm={code}#episode" aria-current="true">' in page.replace(
            ' class="late"', ""
        )
    assert '<li class="now" aria-current="step"><b>监测预警' in said(desk)
    with standing_at(clock(8, 26)):
        later = desk.get(SCREEN).content.decode()
    assert '<li class="late" aria-current="step"><b>监测预警' in later
    assert "<dt>应答时限</dt><dd>逾期" in later


def test_the_next_county_and_other_roles_see_nothing(
    county: County, neighbour: County, mine: Mine
) -> None:
    mine.send("08:05:00", "1.24", point=point(1))
    mine.arrive(clock(8, 6))
    stranger = Client()
    stranger.force_login(neighbour.users["watch"])
    assert "东翼回风巷" not in said(stranger)
    intake = Client()
    intake.force_login(county.users["intake"])
    assert intake.get(SCREEN).status_code == 404
    own = Client()
    own.force_login(county.users["dispatcher"])
    assert "东翼回风巷" in said(own)


def test_who_keeps_watch_sees_no_tip_off(door: Door, desk: Client) -> None:
    lead = door.hand_over(clock(9, 0))
    with standing_at(clock(9, 1)):
        assert desk.get(f"/desk/matters/{to_code(lead.pk)}/").status_code == 404
        assert desk.get("/desk/m/lead/").status_code == 404
        assert lead.number not in desk.get("/desk/search?q=兴旺").content.decode()


def test_the_ranking_counts_points(desk: Client, mine: Mine) -> None:
    mine.send("08:05:00", "1.24", point=point(1))
    mine.send("08:15:00", "0.24", point=point(1))
    mine.arrive(clock(8, 16))
    page = said(desk, f"{SCREEN}ranking/?days=1")
    assert "10分钟" in page
    assert "1.24 %CH4" in page
    for label in ("报警次数", "其中真实超限", "最高值", "累计时长", "标记"):
        assert f'data-label="{label}"' in page  # on a phone, where a row is a card
    assert "30天内真实超限 3 次" in page
    assert "甲烷 2.00% 及以上" in page
    assert "高时长</dt><dd>未设定" in page
    assert "每小时 0.04 件（1 件 / 24 小时）" in page
    assert "每天 0.03 件（1 件 / 30 天）" in said(desk, f"{SCREEN}ranking/?days=30")
    assert "共 1 个测点，不算占比" in page


def test_the_ranking_marks_by_the_numbers_in_force(
    county: County, desk: Client, mine: Mine
) -> None:
    for start, end, value in (("08:05", "08:09", "1.99"), ("08:11", "08:16", "1.10")):
        mine.send(f"{start}:00", value, point=point(1))
        mine.send(f"{end}:00", "0.24", point=point(1))
    mine.arrive(clock(8, 17))
    ranking = f"{SCREEN}ranking/?days=1"
    tag = '<span class="tag">'
    assert [label for label in ("高数值", "高时长") if f"{tag}{label}" in said(desk, ranking)] == []
    set_here(county, "alarm.high_duration_minutes", 5, now=clock(7, 0))
    assert f"{tag}高时长" in said(desk, ranking)
    mine.send("08:17:00", "2.00", point=point(1))
    mine.arrive(clock(8, 18))
    assert f"{tag}高数值" in said(desk, ranking)


def test_the_form_of_a_call_proposes_the_present_minute(desk: Client, mine: Mine) -> None:
    mine.send("08:05:00", "1.24", point=point(1))
    mine.arrive(clock(8, 6))
    (alarm,) = alarms()
    page = said(desk, f"/desk/matters/{to_code(alarm.pk)}/steps/call/")
    assert 'value="2026-03-01T08:20"' in page


def test_statistics_name_the_firm_that_holds_an_alarm(desk: Client, mine: Mine) -> None:
    mine.send("08:05:00", "1.24", point=point(1))
    mine.arrive(clock(8, 6))
    page = said(desk, "/desk/statistics/alarm/")
    assert "青石岭煤业公司" in page
    home = said(desk, "/desk/")
    assert "乡镇按期率" in home
    assert "本范围外" not in page + home


def test_the_form_of_the_next_call_names_nobody_and_the_present_minute(
    door: Door, desk: Client, mine: Mine
) -> None:
    mine.send("08:05:00", "1.24", point=point(1))
    mine.arrive(clock(8, 6))
    (alarm,) = alarms()
    told = {"called": "矿长田野", "called_at": "2026-03-01 08:12", "answered": "否"}
    door.press("watch", alarm, "call", clock(8, 13), **told)
    door.press(
        "watch", alarm, "receive", clock(8, 14), answered_by="甲", answered_at="2026-03-01 08:13"
    )
    page = said(desk, f"/desk/matters/{to_code(alarm.pk)}/steps/call/")
    form = page.partition('name="called"')[2].partition("</form>")[0]
    assert "矿长田野" not in form
    assert 'value="2026-03-01T08:20"' in form
    assert "08:12" not in form
    assert " checked" not in form
