"""A peak that rises between two entries of the trail: every page tells the same number."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.clauses.mine import METHANE, MINE, Mine, alarms, clock
from tests.doors import Door

from bihuan.matters.identity import to_code
from bihuan.matters.models import Facts, Matter
from bihuan.matters.moment import standing_at

LIST = "/desk/m/alarm/"
WAS, NOW = "1.2 %CH4", "1.24 %CH4"


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """One methane sensor, alarm at 1.0."""
    mine.define(METHANE)
    return mine


@pytest.fixture
def alarm(mine: Mine) -> Matter:
    """An alarm whose peak went on by less than a tenth of its limit."""
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 0, 1))
    (opened,) = alarms()
    mine.send("08:05:00", "1.24")
    mine.arrive(clock(8, 5, 1))
    (alarm,) = alarms()
    assert alarm.last_seq == opened.last_seq
    assert Facts.objects.get(pk=alarm.pk).data["peak"] == WAS
    return alarm


def said(client: Client, path: str) -> str:
    with standing_at(clock(8, 6)):
        answer = client.get(path)
    assert answer.status_code == 200
    return b"".join(answer).decode()  # a file comes in parts


def at(alarm: Matter, step: str = "") -> str:
    return f"/desk/matters/{to_code(alarm.pk)}/{step}"


@pytest.mark.parametrize(
    "path",
    [
        LIST,
        f"{LIST}export.csv",
        "/desk/",
        "/desk/inbox",
        "/desk/search?q=%E4%B8%9C%E7%BF%BC%E5%9B%9E%E9%A3%8E%E5%B7%B7",  # 东翼回风巷
        "/desk/alarms/",
        "/desk/alarms/burning/",
    ],
)
def test_every_list_tells_the_present_peak(desk: Client, alarm: Matter, path: str) -> None:
    page = said(desk, path)
    assert NOW in page
    assert WAS not in page


def test_the_page_of_the_matter_tells_it_and_its_story_what_it_was(
    desk: Client, alarm: Matter
) -> None:
    page = said(desk, at(alarm))
    facts, _, story = page.partition('id="story"')
    assert facts.count(NOW) >= 2  # the title and the fact
    assert WAS not in facts
    assert NOW not in story
    assert NOW in said(desk, at(alarm, "steps/receive/"))


def test_a_form_for_many_tells_it(desk: Client, alarm: Matter) -> None:
    with standing_at(clock(8, 6)):
        answer = desk.post(f"{LIST}bulk/", {"step": "receive", "selected": to_code(alarm.pk)})
    page = answer.content.decode()
    assert NOW in page
    assert WAS not in page


def test_a_program_is_told_it(door: Door, alarm: Matter) -> None:
    told = door.read("watch", alarm, clock(8, 6))
    words = {fact["key"]: fact["words"] for fact in told["facts"]}
    assert words["peak"] == NOW
    assert words["peak_at"] == "2026-03-01 08:05"
    assert told["title"].endswith(NOW)
    (row,) = door.call("watch", "get", "matters?kind=alarm", clock(8, 6))["items"]
    assert row["title"].endswith(NOW)


def test_who_looks_writes_nothing(desk: Client, door: Door, alarm: Matter) -> None:
    said(desk, LIST)
    said(desk, at(alarm))
    door.read("watch", alarm, clock(8, 6))
    kept = Matter.objects.get(pk=alarm.pk)
    assert (kept.last_seq, kept.title) == (alarm.last_seq, alarm.title)
    assert Facts.objects.get(pk=alarm.pk).data["peak"] == WAS


def test_a_form_beside_the_alarm_tells_it(desk: Client, door: Door, alarm: Matter) -> None:
    told = {"reason": "现场反映通风系统异常。"}
    door.press("watch", alarm, "mark_major", clock(8, 6), **told)
    (check,) = Matter.objects.filter(parent=alarm)
    page = said(desk, at(check, "steps/finish/"))
    known = page.partition("报警内容")[2]
    assert NOW in known
    assert WAS not in known


def test_more_alarms_are_no_more_questions(desk: Client, mine: Mine, alarm: Matter) -> None:
    def asked() -> int:
        said(desk, LIST)  # what is kept for the next look is kept
        with CaptureQueriesContext(connection) as found:
            assert NOW in said(desk, LIST)
        return len(found)

    before = asked()
    points = [f"{MINE}01MN00010000010{number}" for number in range(5)]
    for number, point in enumerate(points):
        mine.define(point)
        mine.send(f"08:05:1{number}", "1.30", point=point)
    mine.arrive(clock(8, 5, 30))
    assert len(alarms()) == 6
    assert asked() == before
