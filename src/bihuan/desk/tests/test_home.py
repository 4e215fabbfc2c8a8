"""The workbench: my work, what presses, the flow of the month, rates, notices, what to issue."""

import re
from typing import Any

import pytest
from django.test import Client
from tests.people import County

from bihuan.accounts.actors import PUBLIC
from bihuan.desk import lead_flow
from bihuan.desk.tests import seeded
from bihuan.matters import inbox as matters_inbox
from bihuan.matters.engine import open_matter
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at


def page_of(client: Client, county: County, account: str, path: str = "/desk/") -> str:
    client.force_login(county.users[account])
    with standing_at(seeded.LATER):
        response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def screened(county: County) -> Matter:
    """A tip-off beyond the day's allowance: somebody has to look at it, and no clock runs."""
    return open_matter(
        "lead",
        by=PUBLIC,
        now=seeded.START,
        answers={"source": "网上举报", "channel": "web", "reporter_kind": "anonymous"},
        region_id=county.region.pk,
        at_stage="screening",
    )


def test_my_work_stands_first_and_others_lateness_apart(client: Client, county: County) -> None:
    seeded.handed_over(county)
    receiver = page_of(client, county, "receiver")
    mine = receiver.partition("<h2>待我办理</h2>")[2].partition("<h2>逾期与今日到期</h2>")[0]
    assert "反映兴旺煤矿夜班超定员组织生产" in mine
    assert "逾期 13 天" in mine
    office = page_of(client, county, "office")
    pressing = office.partition("<h2>逾期与今日到期</h2>")[2]
    assert "线索〔2026〕1号" in pressing


@pytest.mark.parametrize("path", ["/desk/", "/desk/inbox"])
def test_order_is_said_as_the_rows_stand(client: Client, county: County, path: str) -> None:
    seeded.registered(county)
    told = page_of(client, county, "office", path)
    assert "按期限先后" in told
    assert "新到的在前" not in told
    screened(county)
    assert "新到的在前，其余按期限先后" in page_of(client, county, "intake", path)


def test_what_has_just_come_in_stands_first_until_it_is_late(
    client: Client, county: County
) -> None:
    seeded.handed_over(county)
    old = seeded.received(county, now=seeded.START)  # its day to be handed over is long past
    new = [seeded.received(county, now=seeded.LATER - n * seeded.DAY / 24) for n in (2, 1)]
    todo = page_of(client, county, "intake").partition("<h2>待我办理</h2>")[2]
    places = [todo.index(f"/desk/matters/{to_code(one.pk)}/") for one in (new[1], new[0], old)]
    assert places == sorted(places)
    rows = todo.partition("</ul>")[0].split("<li>")
    marked = [row for row in rows if ">新</span>" in row]
    assert len(marked) == 2
    assert all(to_code(old.pk) not in row for row in marked)


def test_long_stage_is_named_by_its_track(client: Client, county: County) -> None:
    lead = seeded.handed_over(county)
    answers = {"finding": "不属实", "verified_facts": "到矿核查三个班次，人数没有超过规定。"}
    for account, step, given in (
        ("receiver", "acknowledge", {}),
        ("handler", "record_findings", answers),
        ("handler", "request_signature", {}),
        ("head", "sign", {}),
    ):
        by = county.actor(account)
        seeded.take_step(lead.pk, step, by=by, now=seeded.START, answers=given)
    inbox = page_of(client, county, "handler", "/desk/inbox")
    assert '<span class="kind">审核签字</span>' in inbox
    assert "· 已签字待反馈</small>" in inbox


def test_child_is_known_by_the_number_above_it(client: Client, county: County) -> None:
    lead = seeded.registered(county)
    inbox = page_of(client, county, "office", "/desk/inbox")
    assert f"公开问题清单 · {lead.number}" in inbox


def test_neighbour_sees_nothing(client: Client, county: County, neighbour: County) -> None:
    seeded.handed_over(county)
    page = page_of(client, neighbour, "office")
    assert "兴旺煤矿夜班" not in page
    assert "现在没有等您办理的事项" in page


def test_accused_person_has_no_work_of_it(client: Client, county: County) -> None:
    seeded.accusing(county, "office", title="反映办理人员不作为")
    assert "反映办理人员不作为" in page_of(client, county, "office_head")
    assert "反映办理人员不作为" not in page_of(client, county, "office")


def test_flow_counts_how_far_leads_have_come(county: County, neighbour: County) -> None:
    seeded.closed(county)
    seeded.handed_over(county)
    seeded.received(county)
    first = seeded.START.date().replace(day=1)
    flow = lead_flow.flow_since(first, by=county.actor("office"))
    assert flow == [("受理", 3), ("交办", 2), ("核查", 1), ("反馈", 1), ("公开", 1)]
    assert lead_flow.weakest(flow) == "交办"
    assert lead_flow.flow_since(first, by=neighbour.actor("office"))[0] == ("受理", 0)
    assert lead_flow.weakest([("受理", 2), ("交办", 2)]) == ""


def test_lists_of_yesterday_are_to_be_issued(client: Client, county: County) -> None:
    seeded.received(county)
    assert "3 月 20 日每日举报问题线索清单" in page_of(client, county, "office")
    assert "每日举报问题线索清单</b>" not in page_of(client, county, "receiver")


def test_account_without_role_is_told_whom_to_ask(client: Client, county: County) -> None:
    county.users["office"].grants.all().delete()
    assert "请联系安全管理员" in page_of(client, county, "office")


def test_every_role_has_a_workbench(client: Client, county: County) -> None:
    seeded.closed(county)
    for account in county.users:
        assert "工作台" in page_of(client, county, account)


def test_few_queries(client: Client, county: County, django_assert_max_num_queries: Any) -> None:
    seeded.closed(county)
    for _ in range(4):
        seeded.handed_over(county)
    client.force_login(county.users["office"])
    with standing_at(seeded.LATER), django_assert_max_num_queries(30):
        client.get("/desk/")


def test_what_is_new_and_has_no_clock_stands_first_and_marked(
    client: Client, county: County
) -> None:
    earlier = screened(county)
    for _ in range(3):
        seeded.registered(county)
    seeded.received(county)
    newest = screened(county)
    for path in ("/desk/", "/desk/inbox"):
        mine = page_of(client, county, "intake", path).partition('<ul class="todo">')[2]
        marks = [
            mine.index(f'href="/desk/matters/{to_code(lead.pk)}/"') for lead in (newest, earlier)
        ]
        assert marks == sorted(marks)
        first = mine.partition("</li>")[0]
        assert to_code(newest.pk) in first
        assert '<span class="chip todo">新</span>' in first
    office = page_of(client, county, "office", "/desk/inbox")
    assert "新</span>" not in office  # registered ones have a clock


def test_new_ones_are_on_the_first_page_only(
    client: Client, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matters_inbox, "PAGE", 1)
    seeded.registered(county)
    seeded.registered(county)
    seeded.received(county)
    first = page_of(client, county, "office", "/desk/inbox")
    after = re.search(r'href="(\?after=[^"]+)"', first)
    assert after
    assert "新</span>" not in page_of(client, county, "office", f"/desk/inbox{after[1]}")
