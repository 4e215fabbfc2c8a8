"""Columns of a list: ticked, moved without script, used once or from now on, in files too."""

import csv
import re
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from tests.people import County

from bihuan.desk import columns
from bihuan.desk.models import UsualColumns
from bihuan.desk.tests import seeded
from bihuan.leads.loop import LEAD

LIST = "/desk/m/lead/"
PAGE = f"{LIST}columns/"
KEYS = [column.key for column in columns.available(LEAD)]


@pytest.fixture
def office(client: Client, county: County) -> Client:
    seeded.registered(county)
    client.force_login(county.users["office"])
    return client


def heads(client: Client, query: str = "") -> list[str]:
    """Heads of the list as it is read, the tick apart."""
    page = client.get(LIST + query).text
    found = re.findall(r'<th[^>]*role="columnheader"[^>]*>(.*?)</th>', page, re.DOTALL)
    said = [re.sub(r"<[^>]+>", "", one).strip() for one in found]
    return [one for one in said if one and one != "选择"]


def order_in(page: str) -> list[str]:
    return re.findall(r'name="order" value="(\w+)"', page)


def ticked_in(page: str) -> list[str]:
    return re.findall(r'name="show" value="(\w+)"[^>]* checked', page)


def test_the_address_says_the_order_too(office: Client) -> None:
    assert heads(office, "?cols=opened,site,no,opened")[:3] == ["事项", "登记日期", "监管对象"]


def test_the_page_shows_what_the_list_shows(office: Client) -> None:
    page = office.get(f"{PAGE}?cols=due,unit&tab=late").text
    assert order_in(page)[:3] == ["title", "due", "unit"]
    assert sorted(order_in(page)) == sorted(KEYS)
    assert ticked_in(page) == ["title", "due", "unit"]


def test_a_column_is_moved_and_the_ticks_stay(office: Client) -> None:
    sent = {"order": KEYS, "show": ["due", "site"], "down": "site", "query": "?tab=late"}
    page = office.post(PAGE, sent).text
    assert order_in(page)[:3] == ["title", "unit", "site"]
    assert ticked_in(page) == ["title", "site", "due"]
    assert 'value="?tab=late"' in page
    back = office.post(PAGE, {"order": order_in(page), "show": ["site"], "up": "site"}).text
    assert order_in(back)[1] == "site"


@pytest.mark.parametrize(
    "move", [{"up": "title"}, {"up": "site"}, {"down": KEYS[-1]}, {"up": "no"}]
)
def test_nothing_moves_past_the_ends(office: Client, move: dict[str, str]) -> None:
    assert order_in(office.post(PAGE, {"order": KEYS, **move}).text) == KEYS


def test_used_once_it_stands_in_the_address(office: Client) -> None:
    sent = {"order": ["title", "due", "site"], "show": ["site", "due"], "query": "?tab=late"}
    answer = office.post(PAGE, {**sent, "use": "1"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{LIST}?tab=late&cols=title%2Cdue%2Csite"
    assert not UsualColumns.objects.exists()


def test_kept_it_is_how_the_list_opens_for_this_person_alone(
    office: Client, county: County
) -> None:
    system = heads(office)
    sent: dict[str, Any] = {"order": ["due", "site"], "show": ["site", "due"], "keep": "1"}
    assert office.post(PAGE, sent).headers["Location"] == f"{LIST}?"
    assert office.post(PAGE, sent).status_code == 303
    assert UsualColumns.objects.count() == 1
    assert heads(office)[:3] == ["事项", "期限", "监管对象"]
    assert heads(office, "?cols=unit") != heads(office)
    other = Client()
    other.force_login(county.users["intake"])
    assert heads(other) == system
    office.post(PAGE, {"forget": "1"})
    assert heads(office) == system


def test_files_follow_and_say_so(office: Client) -> None:
    page = office.get(LIST).text
    assert "Excel 工作簿<" in page
    office.post(PAGE, {"order": ["due", "site"], "show": ["site", "due"], "keep": "1"})
    page = office.get(LIST).text
    assert "Excel 工作簿，所选的列" in page
    assert "CSV 文本，全部列" in page
    link = re.search(r'href="(/desk/m/lead/export\.csv[^"]*cols=[^"]*)"', page)
    assert link
    text = office.get(link[1].replace("&amp;", "&")).content
    rows = list(csv.reader(StringIO(text.decode("utf-8-sig"))))
    assert rows[0] == ["序号", "编号", "受理号", "标题", "期限", "期限情况", "监管对象"]
    assert len(rows[1]) == len(rows[0])
    assert rows[1][-1] == "兴旺煤矿"


def test_another_kind_of_reader_has_no_such_page(client: Client, county: County) -> None:
    client.force_login(county.users["inspector"])
    assert client.get(PAGE).status_code == 404
