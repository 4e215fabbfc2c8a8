"""What only looks like a name is ticked once: the tick stays while the form comes back."""

import re
from typing import Any

import pytest
from django.test import Client
from tests.people import County
from tests.walks.test_lead_walk import open_lead

from bihuan.desk.tests.test_step import REGISTER, address, post, text
from bihuan.leads.ledgers import NOTICE
from bihuan.matters import trail
from bihuan.matters.models import Entry, Matter

SEEMING = {
    "title": "反映刘建国班组夜班超定员",
    "summary": "矿工张建国反映夜班下井人数超过规定。",
}
TICK = re.compile(r'<input[^>]*name="confirmed"[^>]*>')


def ticks(page: str) -> dict[str, bool]:
    """The fields that can be ticked, and whether they are."""
    found = {}
    for control in TICK.findall(page):
        value = re.search(r'value="([^"]*)"', control)
        assert value
        found[value[1]] = " checked" in control
    return found


@pytest.fixture
def lead(county: County) -> Matter:
    return open_lead(county)


def register(client: Client, county: County, lead: Matter, **more: Any) -> Any:
    return post(client, county, "intake", lead, "register", **(REGISTER | SEEMING | more))


def test_each_text_that_seems_to_hold_a_name_has_its_tick(
    client: Client, county: County, lead: Matter
) -> None:
    refused = register(client, county, lead)
    assert refused.status_code == 422
    assert ticks(text(refused)) == {"title": False, "summary": False}
    assert "核对后确认" in text(refused)
    assert "“线索摘要”不含个人信息" in text(refused)


def test_one_of_two_ticked_stays_ticked(client: Client, county: County, lead: Matter) -> None:
    half = register(client, county, lead, confirmed="title")
    assert half.status_code == 422
    assert ticks(text(half)) == {"title": True, "summary": False}
    both = list(ticks(text(half)))
    assert register(client, county, lead, confirmed=both).status_code == 303
    line = trail.from_bytes(bytes(Entry.objects.get(matter_id=lead.pk, step="register").body))
    assert line.changes["confirmed"] == ["summary", "title"]


def test_ticks_stay_when_something_else_is_missing(
    client: Client, county: County, lead: Matter
) -> None:
    lacking = register(client, county, lead, site="无名矿", confirmed=["title", "summary"])
    assert lacking.status_code == 422
    assert ticks(text(lacking)) == {"title": True, "summary": True}


def test_a_tick_for_what_is_not_asked_is_not_drawn(
    client: Client, county: County, lead: Matter
) -> None:
    odd = register(client, county, lead, confirmed=["nonsense", "summary"])
    assert ticks(text(odd)) == {"title": False, "summary": True}


def test_a_form_without_seeming_names_has_no_ticks(
    client: Client, county: County, lead: Matter
) -> None:
    plain = post(client, county, "intake", lead, "register", **(REGISTER | {"site": "无名矿"}))
    assert plain.status_code == 422
    assert not ticks(text(plain))
    client.force_login(county.users["intake"])
    assert not ticks(text(client.get(address(lead, "register"))))


def test_the_tick_of_a_record_stays_too(client: Client, county: County) -> None:
    client.force_login(county.users["office"])
    sent = {"note": "由刘建国班组张贴。", "confirmed": "note"}
    lacking = client.post(f"/desk/ledgers/{NOTICE}/new/", sent)
    assert lacking.status_code == 422
    assert ticks(text(lacking)) == {"note": True}
    assert "“说明”不含个人信息" in text(lacking)
