"""The ledger: who sees what, tabs, filters, chips, columns, paging, number of queries."""

from typing import Any

import pytest
from django.test import Client
from tests.people import County

from bihuan.desk import filtering, lists, shell
from bihuan.desk.tests import seeded
from bihuan.leads.loop import LEAD
from bihuan.matters import inbox
from bihuan.matters.identity import to_code
from bihuan.matters.moment import standing_at

LIST = "/desk/m/lead/"


def page_of(client: Client, county: County, account: str, query: str = "") -> str:
    client.force_login(county.users[account])
    with standing_at(seeded.LATER):
        response = client.get(LIST + query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def codes_in(page: str, *leads: Any) -> list[bool]:
    return [f'value="{to_code(lead.pk)}"' in page for lead in leads]


def test_stranger_is_sent_to_sign_in(client: Client, county: County) -> None:
    response = client.get(LIST)
    assert response.status_code == 302
    assert response["Location"].startswith("/desk/sign-in?next=")


def test_neighbour_sees_nothing(client: Client, county: County, neighbour: County) -> None:
    lead = seeded.registered(county)
    assert codes_in(page_of(client, county, "office", "?tab=all"), lead) == [True]
    page = page_of(client, neighbour, "office", "?tab=all")
    assert codes_in(page, lead) == [False]
    assert "兴旺煤矿夜班" not in page


def test_section_sees_only_its_own(client: Client, county: County) -> None:
    coal = seeded.handed_over(county)
    noncoal = seeded.handed_over(county, unit="noncoal")
    waiting = seeded.classified(county)
    page = page_of(client, county, "receiver", "?tab=all")
    assert codes_in(page, coal, noncoal, waiting) == [True, False, False]


def test_accused_person_does_not_see_it(client: Client, county: County) -> None:
    lead = seeded.accusing(county, "office", title="反映办理人员不作为")
    assert codes_in(page_of(client, county, "office_head", "?tab=all"), lead) == [True]
    assert "反映办理人员不作为" not in page_of(client, county, "office", "?tab=all")


def test_list_of_another_role_is_not_found(client: Client, county: County) -> None:
    client.force_login(county.users["firm"])
    assert client.get(LIST).status_code == 404
    assert client.get("/desk/m/nothing/").status_code == 404


def test_tabs_count_what_they_hold(client: Client, county: County) -> None:
    late = seeded.handed_over(county)
    fresh = seeded.received(county, now=seeded.LATER)
    done = seeded.closed(county)
    page = page_of(client, county, "office")
    for words in ("在办 <span", "已逾期 <span", "已办结 <span"):
        assert words in page
    assert "在办 2 件，已逾期 1 件，今日到期 0 件" in page
    only_late = page_of(client, county, "office", "?tab=late")
    assert codes_in(only_late, late, fresh, done) == [True, False, False]
    only_closed = page_of(client, county, "office", "?tab=closed")
    assert codes_in(only_closed, late, fresh, done) == [False, False, True]
    stage = page_of(client, county, "office", "?tab=received")
    assert codes_in(stage, late, fresh, done) == [False, True, False]


def test_counts_are_capped(client: Client, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        seeded.received(county)
    assert "在办 4 件" in page_of(client, county, "office")
    for module in (shell, lists):
        monkeypatch.setattr(module, "COUNT_CAP", 3)
    assert "万+ 件，已逾期" in page_of(client, county, "office")


def test_filters_narrow_and_show_as_chips(client: Client, county: County) -> None:
    xingwang = seeded.registered(county)
    other = seeded.registered(county, title="反映青石岭煤矿排水泵带病运行")
    town = county.regions["south"].pk
    for query, chip in (
        ("?q=排水泵", "关键词：排水泵"),
        ("?site=青石岭煤矿", "监管对象：青石岭煤矿"),
        (f"?township={town}", "乡镇：南山镇"),
        ("?category=concealed", "类别：瞒报事故"),
        ("?source=来信", "来源：来信"),
    ):
        page = page_of(client, county, "office", query)
        assert codes_in(page, xingwang, other) == [False, True], query
        assert chip in page
        assert f"移除条件：{chip}" in page


def test_choice_facts_and_days_narrow(client: Client, county: County) -> None:
    worker = seeded.received(county, reporter_kind="worker")
    later = seeded.received(county, now=seeded.LATER)
    page = page_of(client, county, "office", "?fact_reporter_kind=worker")
    assert codes_in(page, worker, later) == [True, False]
    assert "举报人类别：从业人员" in page
    page = page_of(client, county, "office", "?opened_from=2026-03-10")
    assert codes_in(page, worker, later) == [False, True]


def test_due_range_counts_whole_days(client: Client, county: County) -> None:
    lead = seeded.handed_over(county)  # handed over on 1 March, due on 8 March at 24:00
    on_the_day = page_of(client, county, "office", "?due_from=2026-03-08&due_to=2026-03-08")
    before = page_of(client, county, "office", "?due_to=2026-03-07")
    after = page_of(client, county, "office", "?due_from=2026-03-09")
    assert codes_in(on_the_day, lead) == [True]
    assert codes_in(before, lead) == [False]
    assert codes_in(after, lead) == [False]


def test_nonsense_in_the_address_is_left_out(client: Client, county: County) -> None:
    lead = seeded.registered(county)
    query = "?unit=x&township=9999999999999999999999&due_from=soon&tab=no&after=1_2&sort=up&cols=,"
    query += "&opened_from=0001-01-01&opened_to=9999-12-31"  # no clock reckons with such days
    assert codes_in(page_of(client, county, "office", query), lead) == [True]


def test_columns_are_chosen_in_the_address(client: Client, county: County) -> None:
    seeded.registered(county)
    usual = page_of(client, county, "office")
    assert ">登记日期<" not in usual
    chosen = page_of(client, county, "office", "?cols=opened,source")
    assert ">登记日期</a>" in chosen
    assert ">来源</th>" in chosen
    assert ">闭环进度</th>" not in chosen


def test_pages_follow_each_other_without_loss(
    client: Client, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PAGE", 2)
    leads = [seeded.registered(county, now=seeded.START + n * seeded.DAY) for n in range(5)]
    seen: list[Any] = []
    query = "?tab=open"
    for _ in range(3):
        page = page_of(client, county, "office", query)
        seen += [
            lead.pk for lead, is_in in zip(leads, codes_in(page, *leads), strict=True) if is_in
        ]
        following = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        query = following.replace("&amp;", "&") or query
    assert seen == [lead.pk for lead in leads]
    assert 'rel="prev"' in page


def test_few_queries(client: Client, county: County, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        seeded.registered(county, now=seeded.START + n * seeded.DAY)
    client.force_login(county.users["office"])
    with standing_at(seeded.LATER), django_assert_max_num_queries(30):
        client.get(LIST + "?q=兴旺&site=兴旺煤矿")


def test_completed_stages_leave_void_ones_out() -> None:
    assert filtering.completed_stages(LEAD) == ("closed",)
