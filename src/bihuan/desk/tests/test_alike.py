"""Earlier leads that may tell of the same come after the matter's page, to those who may merge."""

from django.test import Client
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at


def page(client: Client, county: County, account: str, lead: Matter, more: str = "") -> str:
    client.force_login(county.users[account])
    with standing_at(seeded.LATER):
        response = client.get(f"/desk/matters/{to_code(lead.pk)}/{more}")
    assert response.status_code == 200
    return response.content.decode()


def test_a_young_lead_names_the_earlier_one(client: Client, county: County) -> None:
    earlier = seeded.registered(county)
    later = seeded.registered(county)
    whole = page(client, county, "office", later)
    part = f"/desk/matters/{to_code(later.pk)}/alike"
    assert f'data-part="{part}?part"' in whole
    assert f'<a href="{part}">查看可能重复的线索</a>' in whole
    assert "没有关联事项" not in whole
    told = page(client, county, "office", later, "alike?part")
    assert told.lstrip().startswith("<ul")
    assert "可能重复，由人判断" in told
    assert f"/desk/matters/{to_code(earlier.pk)}/" in told
    assert f"/desk/matters/{to_code(later.pk)}/" not in told
    alone = page(client, county, "office", later, "alike")
    assert "<h1>可能重复的线索</h1>" in alone
    assert earlier.number in alone


def test_nothing_alike_is_said(client: Client, county: County) -> None:
    lead = seeded.registered(county)
    assert "没有读来相近的线索" in page(client, county, "office", lead, "alike?part")


def test_the_unit_that_checks_is_not_asked(client: Client, county: County) -> None:
    seeded.registered(county)
    lead = seeded.handed_over(county)
    assert "data-part" not in page(client, county, "receiver", lead)
    assert "没有读来相近的线索" in page(client, county, "receiver", lead, "alike?part")
