"""The bell: who has to answer for alarms is told on every page, and isn't kept signed in by it."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.clauses.mine import Mine, alarms, clock, point
from tests.doors import Door
from tests.people import County

from bihuan.accounts import sittings
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.tests.people_signing_in import give_password, sign_in
from bihuan.matters.identity import to_code
from bihuan.matters.moment import standing_at

BELL = "/desk/alarms/bell/"


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """Three methane sensors."""
    for number in range(1, 4):
        mine.define(point(number))
    return mine


def person(county: County, role: str) -> Client:
    client = Client()
    client.force_login(county.users[role])
    return client


def told(client: Client) -> str:
    with standing_at(clock(8, 20)):
        answer = client.get(BELL)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", ["watch", "dispatcher"])
def test_it_hangs_on_every_page_of_those_who_answer(county: County, role: str) -> None:
    assert f'data-bell="{BELL}"' in person(county, role).get("/desk/").content.decode()


@pytest.mark.parametrize("role", ["intake", "office", "leader"])
def test_nobody_else_is_disturbed(county: County, role: str) -> None:
    page = person(county, role).get("/desk/").content.decode()
    assert "alarm-news" not in page
    assert BELL not in page


def test_the_newest_is_named_first_and_all_are_counted(
    county: County, door: Door, mine: Mine
) -> None:
    desk = person(county, "watch")
    quiet = told(desk)
    assert 'data-count="0"' in quiet
    assert "0 组报警未核实" in quiet
    assert "新报警" not in quiet
    for number, value in ((1, "1.21"), (2, "1.22")):
        mine.send(f"08:0{number}:00", value, point=point(number))
        mine.arrive(clock(8, number, 1))
    first, last = alarms()
    page = told(desk)
    assert 'data-count="2"' in page
    assert "2 组报警未核实，最久 19 分" in page
    assert page.index("峰值 1.22 %CH4") < page.index("峰值 1.21 %CH4")
    assert f"/desk/alarms/?alarm={to_code(last.pk)}#episode" in page
    answered = {"answered_by": "调度员", "answered_at": "2026-03-01 08:03"}
    door.press("watch", last, "receive", clock(8, 4), **answered)
    door.press("watch", last, "verify", clock(8, 5), verified_means="到现场", verified_words="超限")
    page = told(desk)
    assert 'data-count="1"' in page
    assert to_code(last.pk) not in page
    assert to_code(first.pk) in page


def test_a_flood_is_counted_once_and_not_read_out(county: County, mine: Mine) -> None:
    for number in (1, 2, 3):
        mine.send(f"08:0{number}:00", "1.20", point=point(number))
    mine.arrive(clock(8, 4))
    page = told(person(county, "watch"))
    assert 'data-count="1"' in page
    assert page.count('class="news"') == 1


def test_the_next_county_hears_nothing(county: County, neighbour: County, mine: Mine) -> None:
    mine.send("08:01:00", "1.20", point=point(1))
    mine.arrive(clock(8, 2))
    assert 'data-count="0"' in told(person(neighbour, "watch"))
    assert 'data-count="1"' in told(person(county, "watch"))


def test_an_unchanged_bell_is_not_sent_again(county: County, mine: Mine) -> None:
    desk = person(county, "watch")
    with standing_at(clock(8, 20)):
        tag = desk.get(BELL).headers["ETag"]
        assert desk.get(BELL, headers={"If-None-Match": tag}).status_code == 304
        mine.send("08:19:00", "1.20", point=point(1))
        mine.arrive(clock(8, 20))
        assert desk.get(BELL, headers={"If-None-Match": tag}).status_code == 200


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(county: County) -> None:
    client = Client()
    sign_in(client, give_password(county.users["watch"]))
    session = client.session
    session[sittings.SEEN] -= int((LIMITS.idle - timedelta(seconds=90)).total_seconds())
    session.save()
    seen = session[sittings.SEEN]
    assert client.get(BELL).status_code == 200
    assert client.session[sittings.SEEN] == seen
    assert client.get("/desk/").status_code == 200
    assert client.session[sittings.SEEN] > seen
