"""Gaps, frozen and altered values: suspicions at their boundaries, and what was received."""

import re

import pytest

from bihuan.matters.models import Matter
from bihuan.matters.site_proposals import look_around
from bihuan.telemetry.tests.inboxes import Inbox, definition
from tests.clauses.mine import LASER, METHANE, Mine, clock
from tests.desks import Desk
from tests.doors import Door
from tests.figures import proposals
from tests.people import County


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """青石岭煤矿 with a methane sensor."""
    mine.define(METHANE)
    return mine


def page(county: County, at: int, minute: int = 0) -> str:
    site = county.sites["qingshiling"].pk
    return Desk(county).page("watch", f"mines/{site}/quality/?on=2026-03-01", clock(at, minute))


def received(county: County, at: int, minute: int = 0, *, point: str = LASER) -> str:
    """What the page says of a point: received, due and their share."""
    shown = page(county, at, minute)
    row = next(one for one in shown.split("<tr")[1:] if point in one and "每 30 秒一次" in one)
    found = re.search(r"(\d+ / \d+)\D*?>(\d+\.\d%|无应收)<", row)
    return " ".join(found.groups()) if found else row


def define_at_eight(mine: Mine) -> None:
    Inbox(mine.folder).send("CDDY", "08:00:00", definition(LASER), mine=mine.code)
    mine.ingest()


@pytest.mark.parametrize("step_s", [10, 30])
def test_readings_that_come_more_often_count_once(mine: Mine, county: County, step_s: int) -> None:
    define_at_eight(mine)
    for second in range(0, 3600, step_s):
        mine.send(f"08:{second // 60:02}:{second % 60:02}", "0.31", point=LASER)
    mine.arrive(clock(9, 0))
    assert received(county, 9) == "120 / 120 100.0%"
    assert "送得更密不多计" in page(county, 9)


def test_dense_readings_hide_no_gap(mine: Mine, county: County) -> None:
    define_at_eight(mine)
    for minute in (*range(20), *range(40, 60)):
        for second in range(0, 60, 10):
            mine.send(f"08:{minute:02}:{second:02}", "0.31", point=LASER)
    mine.arrive(clock(9, 0))
    assert received(county, 9) == "82 / 120 68.3%"


def test_a_point_that_came_during_the_day_owes_nothing_before(mine: Mine, county: County) -> None:
    define_at_eight(mine)
    assert received(county, 8) == "0 / 0 无应收"
    assert received(county, 8, 1) == "0 / 2 0.0%"
    assert received(county, 8, point=METHANE) == "0 / 960 0.0%"
    mine.send("07:30:00", "0.31", point=LASER)
    mine.arrive(clock(8, 1))
    assert received(county, 8, 1) == "1 / 62 1.6%"


@pytest.mark.clause("LX-S1-6")
def test_ten_minutes_without_a_reading_are_a_suspicion(
    door: Door, mine: Mine, county: County
) -> None:
    for at, value in (("08:00:00", "0.31"), ("08:09:59", "0.32"), ("08:10:29", "0.33")):
        mine.send(at, value)
    mine.arrive(clock(8, 11))
    look_around(now=clock(8, 11))
    assert not proposals("data_doubts")
    mine.send("08:20:29", "0.34")
    mine.arrive(clock(8, 21))
    look_around(now=clock(8, 21))
    (told,) = proposals("data_doubts")
    assert "缺数" in told["title"]
    assert "2026-03-01 08:10:29 至 2026-03-01 08:20:29" in told["figures"][0][1]
    shown = page(county, 9)
    assert "4 / 1080" in shown
    assert "2026-03-01 08:10:29 至 2026-03-01 08:20:29" in shown
    site = county.sites["qingshiling"].pk
    asked = f"mines/{site}/readings/{METHANE}/series?since=1772323200&until=1772326800"
    drawn = Desk(county).client("watch").get(f"/desk/{asked}").json()
    assert [one for one in drawn["lowest"] if one is not None] == [0.31, 0.32, 0.33, 0.34]
    assert drawn["lowest"][-2:] == [None, 0.34]
    found = Matter.objects.get(facts_row__data__watch="data_doubts")
    door.press("watch", found, "confirm", clock(9, 0), reason="电话无人接，到场核查。")
    assert Matter.objects.filter(kind="site_check", parent=found).count() == 1


@pytest.mark.clause("LX-S1-6")
@pytest.mark.parametrize(("last", "count"), [(119, 0), (120, 1)])
def test_one_value_for_two_hours_is_a_suspicion(
    mine: Mine, last: int, count: int, county: County
) -> None:
    del county
    for minute in range(last + 1):
        mine.send(f"{6 + minute // 60:02}:{minute % 60:02}:00", "0.31")
    mine.send(f"{6 + (last + 1) // 60:02}:{(last + 1) % 60:02}:00", "0.40")
    mine.arrive(clock(8, 5))
    look_around(now=clock(8, 5))
    told = proposals("data_doubts")
    assert len(told) == count
    if count:
        assert "2026-03-01 06:00:00 至 2026-03-01 08:00:00，一直为 0.31" in told[0]["figures"][0][1]


@pytest.mark.clause("LX-S1-6")
def test_a_value_altered_after_receipt_is_a_suspicion_and_one_sent_again_is_none(
    mine: Mine, county: County
) -> None:
    mine.send("08:00:00", "0.91")
    mine.send("08:00:30", "0.92")
    mine.arrive(clock(8, 1))
    mine.send_again("08:00:00", "0.91", at="08:02:00")
    mine.arrive(clock(8, 3))
    look_around(now=clock(8, 3))
    assert not proposals("data_doubts")
    mine.send_again("08:00:30", "0.12", at="08:04:00")
    mine.arrive(clock(8, 5))
    look_around(now=clock(8, 5))
    (told,) = proposals("data_doubts")
    assert "收到后被改" in told["title"]
    assert "1 个读数，首个 0.92 改为 0.12" in told["figures"][0][1]
    assert "首个 0.92 改为 0.12" in page(county, 9)
    assert "2 / 1080" in page(county, 9)
