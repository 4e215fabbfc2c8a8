"""The page of a matter: who sees it, its refusals in words, clocks, story, number of queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.clauses.mine import METHANE, Mine, alarms, clock
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.desk.tests import seeded
from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.seals import seal_until

START, DAY = seeded.START, seeded.DAY
QUERIES_MAX = 30
MINUTE = timedelta(minutes=1)


def address(matter: Matter, more: str = "") -> str:
    return f"/desk/matters/{to_code(matter.pk)}/{more}"


def page_of(
    client: Client, county: County, account: str, matter: Matter, *, now: Any = START + DAY
) -> str:
    client.force_login(county.users[account])
    with standing_at(now):
        response = client.get(address(matter))
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def checking(county: County) -> Matter:
    lead = seeded.handed_over(county)
    return take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=START)


def test_stranger_is_sent_to_sign_in(client: Client, county: County) -> None:
    response = client.get(address(seeded.received(county)))
    assert response.status_code == 302
    assert "/desk/sign-in" in response["Location"]


@pytest.mark.parametrize("account", ["receiver2", "firm", "system", "inspector"])
def test_others_do_not_find_it(client: Client, county: County, account: str) -> None:
    client.force_login(county.users[account])
    assert client.get(address(checking(county))).status_code == 404


def test_neighbour_does_not_find_it(client: Client, county: County, neighbour: County) -> None:
    client.force_login(neighbour.users["office"])
    assert client.get(address(checking(county))).status_code == 404


def test_nonsense_code_is_not_found(client: Client, county: County) -> None:
    client.force_login(county.users["office"])
    assert client.get("/desk/matters/zzz/").status_code == 404


def test_page_tells_stage_number_summary_and_clock(client: Client, county: County) -> None:
    page = page_of(client, county, "handler", checking(county))
    for words in (
        "线索〔2026〕1号",
        "反映兴旺煤矿夜班超定员组织生产",
        "302掘进工作面下井人数超过规定",
        "反馈期限 7 日",
        "03-08（星期日）24:00 前",
        "3月1日交办，当日不计；自3月2日起计7个自然日",
        "异议期 2 日",
        "3月1日签收",
        "重大事故隐患",
    ):
        assert words in page, words


def test_allowed_steps_are_links_and_refused_ones_say_why(client: Client, county: County) -> None:
    lead = checking(county)
    page = page_of(client, county, "handler", lead)
    assert f'href="{address(lead, "steps/record_findings/")}"' in page
    assert f'href="{address(lead, "steps/sign/")}"' not in page
    assert "还没有核查情况，请先填写是否属实和核查情况。" in page
    mine, _, others = page.partition("由他人办理的")
    assert "“批准延期”须由行动办、局领导办理。" in others
    assert "“批准延期”须由行动办、局领导办理。" not in mine


@pytest.mark.parametrize(
    ("stage", "who", "step"),
    [
        ("received", "intake", "register"),
        ("registered", "office", "classify"),
        ("assigned", "receiver", "acknowledge"),
        ("checking", "handler", "record_findings"),
    ],
)
def test_main_step_is_the_one_that_leads_onwards(
    client: Client, county: County, stage: str, who: str, step: str
) -> None:
    made = {
        "received": seeded.received,
        "registered": seeded.registered,
        "assigned": seeded.handed_over,
        "checking": checking,
    }
    lead = made[stage](county)
    page = page_of(client, county, who, lead)
    main = [part.partition('"')[0] for part in page.split('class="button primary" href="')[1:]]
    assert main == [address(lead, f"steps/{step}/")]


def test_late_matter_and_extension_show_the_first_due_day(client: Client, county: County) -> None:
    lead = checking(county)
    assert "逾期 2 天" in page_of(client, county, "office", lead, now=START + 9 * DAY)
    take_step(
        lead.pk,
        "extend",
        by=county.actor("leader"),
        now=START + DAY,
        answers={"until_on": "2026-03-20", "reason": "井下复测需要时间"},
    )
    page = page_of(client, county, "office", lead, now=START + 9 * DAY)
    assert "逾期 2 天" not in page
    assert "（原到期日 3月8日）" in page
    assert "延期理由：井下复测需要时间" in page


def test_unset_clock_says_so(client: Client, county: County) -> None:
    page = page_of(client, county, "intake", seeded.received(county), now=START)
    assert "登记期限" in page
    assert "未设定" in page
    assert "原文未规定，本单位可以设定" in page


def test_story_is_told_by_day_with_seal_and_codes(client: Client, county: County) -> None:
    lead = checking(county)
    seal_until(START.date(), now=START + DAY)
    page = page_of(client, county, "office", lead)
    for words in (
        "登记，编号为线索〔2026〕1号，列入3月1日问题线索清单。",
        "归类：拟交青石县煤矿安全股承办，属地北川镇。",
        "以（煤）移〔2026〕1号交办青石县煤矿安全股，限3月8日前反馈。",
        "日封 03-01，5 条前后相接",
        "3 月 1 日　星期日",
    ):
        assert words in page, words
    head = bytes(Matter.objects.get(pk=lead.pk).head).hex()[:4]
    assert f'title="校验码">{head}<' in page


def test_brief_reports_where_it_stands(client: Client, county: County) -> None:
    page = page_of(client, county, "office", checking(county), now=START + 6 * DAY)
    assert "目前环节为“核实办理”，反馈期限3月8日，剩 1 天 15 小时。" in page


def test_children_stand_beside_with_their_clocks(client: Client, county: County) -> None:
    page = page_of(client, county, "office", checking(county))
    assert "由本事项生成" in page
    assert "公开问题清单" in page


def test_what_waits_beside_is_the_next_step_when_the_matter_itself_has_none(
    client: Client, county: County
) -> None:
    lead = checking(county)
    page = page_of(client, county, "office", lead)
    child = Matter.objects.get(parent=lead, kind="publication_problem")
    link = f'<a class="button primary" href="{address(child)}">'
    assert link in page
    assert "办理“公开问题清单”</a><p>待公开" in page
    assert "办完才能办结" in page
    assert "办理“公开问题清单”" not in page_of(client, county, "handler", lead)


def test_receiving_unit_is_not_told_who_reported(client: Client, county: County) -> None:
    lead = open_lead(county, reporter_reachable="是")
    register(county, lead)
    hand_over(county, lead)
    office, unit = (page_of(client, county, who, lead) for who in ("office", "receiver"))
    for words in ("能联系到举报人", "受理渠道", 'id="sealed"'):
        assert words in office, words
        assert words not in unit, words


def test_page_stays_within_its_queries(client: Client, county: County) -> None:
    lead = checking(county)
    for step in range(26):
        take_step(
            lead.pk,
            "note",
            by=county.actor("handler"),
            now=START + step * MINUTE,
            answers={"note": f"第{step}次核对人员位置记录。"},
        )
    for account in ("office", "handler", "head"):
        client.force_login(county.users[account])
        with standing_at(START + DAY), CaptureQueriesContext(connection) as asked:
            assert client.get(address(lead)).status_code == 200
        assert len(asked) <= QUERIES_MAX, (account, [q["sql"][:150] for q in asked])


def test_closed_matter_is_told_to_the_end(client: Client, county: County) -> None:
    lead = seeded.closed(county)
    page = page_of(client, county, "office", lead, now=seeded.LATER)
    assert "按期完成" in page
    assert "公开办理结果" in page
    assert f'href="{address(lead, "steps/recheck/")}"' in page
    assert 'class="button primary" href="' not in page


def test_proposal_is_decided_on_its_page(client: Client, county: County) -> None:
    lead = checking(county)
    later = START + 9 * DAY
    note = {"note": "仍在核查。"}
    take_step(lead.pk, "note", by=county.actor("handler"), now=later, answers=note)
    proposal = Matter.objects.get(parent=lead, kind="proposal")
    page = page_of(client, county, "leader", proposal, now=later)
    assert "建议提级核查：接而不办" in page
    assert "已写明逾期、接而不办、虚假办结将提级核查" in page
    client.force_login(county.users["leader"])
    with standing_at(later):
        sent = client.post(
            address(proposal, "steps/confirm/"), {"reason": "逾期未办，同意提级。", "seen_seq": "1"}
        )
    assert sent.status_code == 303
    assert Matter.objects.get(pk=lead.pk).stage == "escalated"


def test_note_leaves_the_progress_as_it_was(client: Client, county: County) -> None:
    lead, handler = checking(county), county.actor("handler")
    told = {"progress": "已到矿检查，责令撤人。"}
    take_step(lead.pk, "record_progress", by=handler, now=START, answers=told)
    told = {"note": "约定次日上午再到矿。"}
    take_step(lead.pk, "note", by=handler, now=START, answers=told)
    facts = page_of(client, county, "handler", lead).partition('id="facts"')[2]
    facts = facts.partition("</section>")[0]
    assert "已到矿检查，责令撤人。" in facts
    assert "约定次日上午再到矿。" not in facts


def test_objection_window_goes_with_the_stage(client: Client, county: County) -> None:
    lead = checking(county)
    assert "异议期" in page_of(client, county, "office", lead)
    found = {"finding": "不属实", "verified_facts": "到矿核查三个班次，人数没有超过规定。"}
    handler = county.actor("handler")
    take_step(lead.pk, "record_findings", by=handler, now=START, answers=found)
    take_step(lead.pk, "request_signature", by=handler, now=START)
    assert "异议期" not in page_of(client, county, "office", lead)


def test_the_line_below_the_title_names_the_mine(
    client: Client, county: County, mine: Mine
) -> None:
    mine.define(METHANE)
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 1))
    (alarm,) = alarms()
    page = page_of(client, county, "watch", alarm, now=clock(8, 2))
    assert f"<p>{alarm.number} · 报警 · 青石岭煤矿 · 南山镇</p>" in page
    page = page_of(client, county, "office", checking(county))
    assert "重大事故隐患 · 兴旺煤矿 · " in page
