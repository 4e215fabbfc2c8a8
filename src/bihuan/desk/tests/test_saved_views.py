"""Views of a list under a name: kept, found in the menu, replaced, given up; one's own only."""

import pytest
from django.test import Client
from tests.people import County

from bihuan.desk.models import SavedView
from bihuan.desk.saved_views import NAME_MAX, VIEWS_MAX

VIEWS = "/desk/m/lead/views/"
QUERY = "?tab=late&source=%E4%B8%BE%E6%8A%A5%E7%94%B5%E8%AF%9D&cols=title%2Cdue"


@pytest.fixture
def office(client: Client, county: County) -> Client:
    client.force_login(county.users["office"])
    return client


def keep(client: Client, name: str, query: str = QUERY) -> str:
    answer = client.post(VIEWS, {"name": name, "query": query})
    return answer.headers.get("Location", "") or answer.content.decode()


def test_a_view_is_kept_with_filters_columns_and_tab(office: Client) -> None:
    asked = office.get(VIEWS + QUERY).content.decode()
    assert f'name="query" value="{QUERY.replace("&", "&amp;")}"' in asked
    assert keep(office, "逾期来电") == "/desk/m/lead/" + QUERY
    page = office.get("/desk/m/lead/" + QUERY).content.decode()
    menu = page.partition("视图</summary>")[2].partition("</details>")[0]
    assert 'aria-current="true"' in menu
    assert "逾期来电" in menu
    assert (
        'aria-current="true"'
        not in office.get("/desk/m/lead/")
        .content.decode()
        .partition("视图</summary>")[2]
        .partition("</details>")[0]
    )


def test_what_the_list_doesnt_know_and_the_page_turned_to_are_left_out(office: Client) -> None:
    keep(office, "逾期", "?tab=late&after=12~34&evil=%3Cscript%3E&tab2=x")
    assert SavedView.objects.get().query == "?tab=late"


def test_the_same_name_is_replaced(office: Client) -> None:
    keep(office, "逾期", "?tab=late")
    keep(office, " 逾期 ", "?tab=today")
    assert [one.query for one in SavedView.objects.all()] == ["?tab=today"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "请给这个视图起个名称"),
        ("长" * (NAME_MAX + 1), f"名称最多 {NAME_MAX} 字，现有 {NAME_MAX + 1} 字"),
        ("逾\u200b期", "名称含有无法保存的字符"),
    ],
)
def test_a_name_that_cant_be_kept_is_told(office: Client, name: str, told: str) -> None:
    page = keep(office, name)
    assert told in page
    assert "tab=late" in page
    assert not SavedView.objects.exists()


def test_there_is_room_for_so_many(office: Client) -> None:
    for number in range(VIEWS_MAX):
        keep(office, f"第{number}个")
    assert f"已有 {VIEWS_MAX} 个视图" in keep(office, "再一个")
    assert keep(office, "第0个", "?tab=all") == "/desk/m/lead/?tab=all"


def test_nobody_elses(client: Client, county: County) -> None:
    client.force_login(county.users["office"])
    keep(client, "逾期来电")
    view = SavedView.objects.get()
    drop = f"{VIEWS}{view.pk}/drop"
    client.force_login(county.users["intake"])
    assert "逾期来电" not in client.get("/desk/m/lead/").content.decode()
    assert client.post(drop).status_code == 404
    client.force_login(county.users["office"])
    assert client.get(drop).status_code == 405
    assert client.post(drop).headers["Location"] == VIEWS
    assert not SavedView.objects.exists()
