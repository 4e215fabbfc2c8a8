"""Search over everything within reach; notices; the role matrix."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from tests.people import County

from bihuan.accounts.roles import ROLES
from bihuan.desk import searching
from bihuan.desk.roles import matrix_of
from bihuan.desk.tests import seeded
from bihuan.leads.loop import LEAD
from bihuan.matters.models import Outbox
from bihuan.regulations.models import Clause


def page_of(client: Client, county: County, account: str, path: str) -> str:
    client.force_login(county.users[account])
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_groups_what_it_finds(client: Client, county: County) -> None:
    lead = seeded.registered(county)
    Clause.objects.create(id="LX-X", title="兴旺条款", document="lx", item="第1条")
    page = page_of(client, county, "office", "/desk/search?q=兴旺")
    for heading in ("<h2>事项</h2>", "<h2>监管对象</h2>", "<h2>条款</h2>"):
        assert heading in page
    assert lead.number in page
    by_number = page_of(client, county, "office", f"/desk/search?q={lead.number}")
    assert lead.title in by_number
    persons = page_of(client, county, "office", "/desk/search?q=郑股长")
    assert "青石县煤矿安全股 · 股长" in persons


def test_more_than_is_shown_is_said(
    client: Client, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SHOWN_MAX", 2)
    path = f"/desk/search?q={seeded.received(county).acceptance_number[:7]}"
    seeded.received(county)
    assert "<h2>事项</h2><small>2 条</small>" in page_of(client, county, "office", path)
    seeded.received(county)
    many = page_of(client, county, "office", path)
    assert "<h2>事项</h2><small>2 条以上</small>" in many
    assert "找到事项 2 条以上" in many


@pytest.mark.parametrize("account", ["office", "receiver"])
def test_neighbour_finds_nothing(
    client: Client, county: County, neighbour: County, account: str
) -> None:
    seeded.handed_over(county)
    page = page_of(client, neighbour, account, "/desk/search?q=夜班超定员")
    assert "没有找到“夜班超定员”" in page
    sites = page_of(client, neighbour, account, "/desk/search?q=兴旺煤矿")
    assert "<h2>事项</h2>" not in sites


def test_accused_person_finds_nothing(client: Client, county: County) -> None:
    seeded.accusing(county, "office", title="反映办理人员不作为")
    found = [page_of(client, county, one, "/desk/search?q=不作为") for one in ("leader", "office")]
    assert ["反映办理人员不作为" in page for page in found] == [True, False]


def test_a_firm_finds_its_own_sites_and_no_staff(client: Client, county: County) -> None:
    for term in ("员", "郑股长", "青石县", "煤矿安全股"):
        page = page_of(client, county, "firm", f"/desk/search?q={term}")
        assert "<h2>人员与岗位</h2>" not in page, term
    page = page_of(client, county, "firm", "/desk/search?q=煤矿")
    assert "青石岭煤矿" in page
    assert "兴旺煤矿" not in page
    listed = client.get("/desk/m/lead/").content.decode()
    assert "煤矿安全股" not in listed
    assert "兴旺煤矿" not in listed


def test_a_site_name_is_encoded_in_its_links(client: Client, county: County) -> None:
    site = county.sites["xingwang"]
    site.name = "兴旺&tab=mine#矿"
    site.save()
    page = page_of(client, county, "office", "/desk/search?q=兴旺")
    link = unescape(re.search(r'href="(/desk/m/lead/[?][^"]*)"', page)[1])
    assert parse_qs(urlsplit(link).query) == {"tab": ["all"], "site": [site.name]}


def test_empty_and_odd_terms_are_answered(
    client: Client, county: County, django_assert_max_num_queries: Any
) -> None:
    assert "请在上方写要找的内容" in page_of(client, county, "office", "/desk/search?q=")
    client.force_login(county.users["office"])
    with django_assert_max_num_queries(30):
        assert client.get("/desk/search", {"q": "%_'\"\0*" + "长" * 300}).status_code == 200


def test_notices_are_ones_own_and_can_be_read(client: Client, county: County) -> None:
    seeded.handed_over(county)
    own = Outbox.objects.get(user=county.users["receiver"], channel="desk")
    other = Outbox.objects.filter(user=county.users["office"], channel="desk").first()
    assert other is not None
    page = page_of(client, county, "receiver", "/desk/notices")
    assert own.text in page
    assert "未读" in page
    response = client.post("/desk/notices/read", {"id": [own.pk, other.pk, "x"]})
    assert response.status_code == 303
    own.refresh_from_db()
    other.refresh_from_db()
    assert own.read_at is not None
    assert other.read_at is None
    assert "未读<" not in page_of(client, county, "receiver", "/desk/notices")


def test_matrix_says_what_the_declaration_says(client: Client, county: County) -> None:
    matrix = matrix_of(LEAD)
    labels = {role.label: role.key for role in ROLES}
    keys = [labels[label] for label in matrix["roles"]]
    lines = {line["label"].partition("（须")[0]: line["marks"] for line in matrix["lines"]}
    for step in LEAD.steps:
        may = {key for key, mark in zip(keys, lines[step.label], strict=True) if mark}
        assert may == set(step.by) & set(labels.values()), step.key
    page = page_of(client, county, "office", "/desk/roles")
    assert "审核签字（须另一人）" in page
    assert "您的角色" in page
