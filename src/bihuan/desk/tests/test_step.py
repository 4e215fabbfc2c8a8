"""The form of a step: who may, what it asks, refusals in place, staleness, and the opening form."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.people import County
from tests.walks.test_lead_walk import open_lead

from bihuan.desk.tests import seeded
from bihuan.matters import trail
from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Entry, Matter
from bihuan.matters.moment import standing_at

START, DAY = seeded.START, seeded.DAY
HOUR = timedelta(hours=1)
REGISTER = {
    "title": "反映兴旺煤矿夜班超定员组织生产",
    "summary": "兴旺煤矿夜班302掘进工作面下井人数超过规定，带班领导没有下井。",
    "type": "major_hazard",
    "source": "举报电话",
    "reporter_kind": "public",
    "site": "兴旺煤矿",
}


def address(matter: Matter, step: str) -> str:
    return f"/desk/matters/{to_code(matter.pk)}/steps/{step}/"


def get(
    client: Client, county: County, who: str, matter: Matter, step: str, *, now: Any = START + HOUR
) -> Any:
    client.force_login(county.users[who])
    with standing_at(now):
        return client.get(address(matter, step))


def post(
    client: Client,
    county: County,
    who: str,
    matter: Matter,
    step: str,
    *,
    now: Any = START + HOUR,
    **answers: Any,
) -> Any:
    client.force_login(county.users[who])
    seen = {"seen_seq": str(Matter.objects.get(pk=matter.pk).last_seq)}
    with standing_at(now):
        return client.post(address(matter, step), seen | answers)


def text(response: HttpResponse) -> str:
    return str(response.content.decode())


def checking(county: County) -> Matter:
    lead = seeded.handed_over(county)
    return take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=START)


def under_review(county: County) -> Matter:
    lead = checking(county)
    found = {"finding": "不属实", "verified_facts": "到矿核查三个班次，人数没有超过规定。"}
    take_step(lead.pk, "record_findings", by=county.actor("handler"), now=START, answers=found)
    return take_step(lead.pk, "request_signature", by=county.actor("handler"), now=START)


def test_registering_by_name_of_the_site(client: Client, county: County) -> None:
    lead = open_lead(county)
    response = post(client, county, "intake", lead, "register", **REGISTER)
    assert response.status_code == 303
    assert response["Location"] == f"/desk/matters/{to_code(lead.pk)}/"
    lead = Matter.objects.get(pk=lead.pk)
    assert lead.number == "线索〔2026〕1号"
    assert lead.site_id == county.sites["xingwang"].pk


def test_incomplete_form_comes_back_with_what_was_typed(client: Client, county: County) -> None:
    lead = open_lead(county)
    response = post(client, county, "intake", lead, "register", **REGISTER | {"summary": ""})
    assert response.status_code == 422
    page = text(response)
    assert "请填写“线索摘要”。" in page
    assert 'href="#f-summary"' in page
    assert 'value="反映兴旺煤矿夜班超定员组织生产"' in page
    assert 'value="兴旺煤矿"' in page
    assert not Matter.objects.get(pk=lead.pk).number


def test_unknown_site_is_refused_by_name(client: Client, county: County) -> None:
    lead = open_lead(county)
    response = post(client, county, "intake", lead, "register", **REGISTER | {"site": "无名矿"})
    assert response.status_code == 422
    assert "“涉及企业”没有选到，请从列表中选择。" in text(response)
    assert 'value="无名矿"' in text(response)


def test_what_looks_like_a_name_may_be_confirmed(client: Client, county: County) -> None:
    lead = open_lead(county)
    told = REGISTER | {"summary": "矿工张建国反映夜班下井人数超过规定。"}
    refused = post(client, county, "intake", lead, "register", **told)
    assert refused.status_code == 422
    assert "“线索摘要”不含个人信息" in text(refused)
    taken = post(client, county, "intake", lead, "register", **told, confirmed="summary")
    assert taken.status_code == 303
    line = trail.from_bytes(bytes(Entry.objects.get(matter_id=lead.pk, step="register").body))
    assert line.changes["confirmed"] == ["summary"]


def test_a_phone_is_refused_however_confirmed(client: Client, county: County) -> None:
    lead = open_lead(county)
    told = REGISTER | {"summary": "反映夜班下井人数超过规定，联系电话19900001234。"}
    refused = post(client, county, "intake", lead, "register", **told, confirmed="summary")
    assert refused.status_code == 422
    assert not Entry.objects.filter(matter_id=lead.pk, step="register").exists()


def test_looking_for_alike_takes_no_step(client: Client, county: County) -> None:
    seeded.registered(county)
    lead = open_lead(county)
    response = post(client, county, "intake", lead, "register", **REGISTER, look="1")
    assert response.status_code == 200
    assert "线索〔2026〕1号" in text(response)
    assert "可能重复" in text(response)
    assert "同一监管对象" in text(response)
    assert not Matter.objects.get(pk=lead.pk).number


def test_stale_form_is_refused_with_a_sentence(client: Client, county: County) -> None:
    lead = checking(county)
    note = {"progress": "已到矿核查人员位置记录。"}
    first = post(client, county, "handler", lead, "record_progress", **note)
    assert first.status_code == 303
    again = post(client, county, "handler", lead, "record_progress", seen_seq="5", **note)
    assert again.status_code == 409
    assert "“记录查处进展”刚才已经办过，请刷新页面查看最新情况。" in text(again)
    assert "已到矿核查人员位置记录。" in text(again)
    assert 'name="seen_seq" value="5"' in text(again)


def test_other_unit_does_not_find_the_step(client: Client, county: County) -> None:
    lead = checking(county)
    assert get(client, county, "head2", lead, "record_findings").status_code == 404
    assert post(client, county, "head2", lead, "record_findings").status_code == 404


def test_unknown_step_is_not_found(client: Client, county: County) -> None:
    assert get(client, county, "office", checking(county), "nonsense").status_code == 404


@pytest.mark.parametrize("method", [get, post])
def test_step_of_another_role_is_forbidden(client: Client, county: County, method: Any) -> None:
    response = method(client, county, "handler", checking(county), "extend")
    assert response.status_code == 403
    assert "“批准延期”须由行动办、局领导办理。" in text(response)
    assert "<textarea" not in text(response)


@pytest.mark.clause("LX-A1-3-5")
def test_deputy_does_not_sign(client: Client, county: County) -> None:
    lead = under_review(county)
    page = get(client, county, "deputy", lead, "sign")
    assert page.status_code == 409
    assert "须由股室主要负责人审核签字" in text(page)
    assert post(client, county, "deputy", lead, "sign").status_code == 409
    assert Matter.objects.get(pk=lead.pk).stage == "review"
    assert post(client, county, "head", lead, "sign").status_code == 303
    assert Matter.objects.get(pk=lead.pk).stage == "signed"


@pytest.mark.parametrize(
    ("who", "step", "sentence"),
    [
        ("handler", "request_signature", "还没有核查情况，请先填写是否属实和核查情况。"),
        ("handler", "report_back", "还没有核查情况，请先填写是否属实和核查情况。"),
        ("office", "hand_over", "当前环节是“核实办理”，不能“交办”。"),
        ("office", "uphold", "当前环节是“核实办理”，不能“维持原承办”。"),
    ],
)
def test_each_refusal_stands_on_the_page(
    client: Client, county: County, who: str, step: str, sentence: str
) -> None:
    response = get(client, county, who, checking(county), step)
    assert response.status_code == 409
    assert sentence in text(response)


def test_objection_after_two_days_is_refused(client: Client, county: County) -> None:
    lead = checking(county)
    reason = {"objection": "涉及劳动用工，建议会同人社部门办理"}
    late = post(client, county, "receiver", lead, "object", now=START + 4 * DAY, **reason)
    assert late.status_code == 409
    assert "异议期已于3月3日24:00届满，不能再“提出异议”。" in text(late)
    assert post(client, county, "receiver", lead, "object", **reason).status_code == 303


def test_check_about_answers_keeps_what_was_typed(client: Client, county: County) -> None:
    facts = {"finding": "true", "verified_facts": "夜班下井二十六人，超过限员。"}
    response = post(client, county, "handler", checking(county), "record_findings", **facts)
    assert response.status_code == 409
    assert "请至少选一项措施，或写明不采取措施的理由。" in text(response)
    assert "夜班下井二十六人，超过限员。" in text(response)


def test_repeated_step_shows_what_is_known(client: Client, county: County) -> None:
    lead = under_review(county)
    page = text(get(client, county, "handler", lead, "record_findings"))
    assert "到矿核查三个班次，人数没有超过规定。" in page
    assert 'value="untrue" checked' in page


def test_units_offered_are_only_those_allowed(client: Client, county: County) -> None:
    lead = seeded.registered(county)
    page = text(get(client, county, "office", lead, "classify"))
    assert "青石县煤矿安全股" in page
    assert "青石县青石岭煤业公司" not in page
    assert "青石县公安局" not in page
    town = county.regions["north"].pk
    assert f'value="{town}" selected' in page


def test_step_without_questions_asks_to_confirm(client: Client, county: County) -> None:
    page = text(get(client, county, "receiver", seeded.handed_over(county), "acknowledge"))
    assert "请核对无误后确认“签收”。" in page
    assert "提交后转到“核实办理”，由承办人接着办。" in page


def test_opening_goes_on_to_registering(client: Client, county: County) -> None:
    client.force_login(county.users["intake"])
    assert client.get("/desk/m/lead/new/").status_code == 200
    sent = {"source": "举报电话", "channel": "phone", "reporter_kind": "public", "site": "兴旺煤矿"}
    with standing_at(START):
        response = client.post("/desk/m/lead/new/", sent)
    lead = Matter.objects.get(kind="lead")
    assert response.status_code == 303
    assert response["Location"] == address(lead, "register")
    assert lead.acceptance_number
    assert lead.l4 == county.regions["north"].pk
    page = text(get(client, county, "intake", lead, "register"))
    assert 'value="举报电话，待登记"' not in page
    assert 'value="举报电话"' in page


def test_opening_is_for_the_intake(client: Client, county: County) -> None:
    client.force_login(county.users["handler"])
    response = client.get("/desk/m/lead/new/")
    assert response.status_code == 403
    assert "登记举报线索须由接件员、行动办办理。" in text(response)
    assert client.post("/desk/m/lead/new/", {"source": "来信"}).status_code == 403
    assert not Matter.objects.exists()


@pytest.mark.parametrize("kind", ["nonsense", "reward", "proposal"])
def test_nobody_opens_children_by_hand(client: Client, county: County, kind: str) -> None:
    client.force_login(county.users["office"])
    assert client.get(f"/desk/m/{kind}/new/").status_code == 404


def test_correction_asks_a_second_person(client: Client, county: County) -> None:
    lead = checking(county)
    url = f"/desk/matters/{to_code(lead.pk)}/correct"
    client.force_login(county.users["office"])
    with standing_at(START + HOUR):
        page = text(client.get(url))
        sent = {
            "title": "反映兴旺煤矿夜班超员生产",
            "summary": "兴旺煤矿夜班302掘进工作面下井人数超过规定，带班领导没有下井。",
            "type": "major_hazard",
        }
        unchanged = sent | {"title": "反映兴旺煤矿夜班超定员组织生产", "revision_reason": "无"}
        assert client.post(url, unchanged).status_code == 409
        unexplained = client.post(url, sent)
        response = client.post(url, sent | {"revision_reason": "原标题过长。"})
    assert 'name="title"' in page
    assert unexplained.status_code == 422
    assert response.status_code == 303
    asked = Matter.objects.get(kind="correction")
    with standing_at(START + HOUR):
        shown = text(client.get(f"/desk/matters/{to_code(asked.pk)}/"))
    assert "反映兴旺煤矿夜班超定员组织生产 → 反映兴旺煤矿夜班超员生产" in shown


def test_correction_with_a_seeming_name_is_taken_once_confirmed(
    client: Client, county: County
) -> None:
    lead = checking(county)
    url = f"/desk/matters/{to_code(lead.pk)}/correct"
    client.force_login(county.users["office"])
    sent = {
        "summary": "兴旺煤矿带班领导刘建国没有下井。",
        "revision_reason": "刘建国三个字是班组的名字。",
    }
    with standing_at(START + HOUR):
        refused = client.post(url, sent)
        half = client.post(url, sent | {"confirmed": ["summary"]})
        phone = {"summary": "联系19900001234", "confirmed": ["summary", "revision_reason"]}
        certain = client.post(url, sent | phone)
        taken = client.post(url, sent | {"confirmed": ["summary", "revision_reason"]})
    page = text(refused)
    assert refused.status_code == 422
    assert sent["summary"] in page
    assert sent["revision_reason"] in page
    assert "“理由”不含个人信息" in page
    assert half.status_code == 422
    assert certain.status_code == 422
    assert "像是电话" in text(certain)
    assert taken.status_code == 303
    asked = Matter.objects.get(kind="correction")
    assert asked.facts_row.data["reason"] == sent["revision_reason"]


def test_withdrawal_with_a_name_is_refused_until_confirmed(client: Client, county: County) -> None:
    lead = checking(county)
    url = f"/desk/matters/{to_code(lead.pk)}/withdraw"
    client.force_login(county.users["receiver"])
    sent = {"revision_reason": "刘建国误点签收。"}
    with standing_at(START + HOUR):
        refused = client.post(url, sent)
        taken = client.post(url, sent | {"confirmed": ["revision_reason"]})
    assert refused.status_code == 422
    assert sent["revision_reason"] in text(refused)
    assert taken.status_code == 303


def test_last_step_is_taken_back_by_who_took_it(client: Client, county: County) -> None:
    lead = checking(county)
    url = f"/desk/matters/{to_code(lead.pk)}/withdraw"
    client.force_login(county.users["office"])
    with standing_at(START + HOUR):
        refused = client.post(url, {"revision_reason": "误点签收。"})
    assert refused.status_code == 409
    assert "只能撤回您本人刚办的一步" in text(refused)
    client.force_login(county.users["receiver"])
    with standing_at(START + HOUR):
        taken = client.post(url, {"revision_reason": "误点签收。"})
    assert taken.status_code == 303
    assert Matter.objects.get(pk=lead.pk).stage == "assigned"


def test_head_reads_the_findings_where_he_signs(client: Client, county: County) -> None:
    page = text(get(client, county, "head", under_review(county), "sign"))
    assert "到矿核查三个班次，人数没有超过规定。" in page
    assert "不属实" in page


def test_office_reads_the_objection_where_it_decides(client: Client, county: County) -> None:
    lead = checking(county)
    objection = {"objection": "涉及劳动用工，建议会同人社部门办理"}
    take_step(lead.pk, "object", by=county.actor("receiver"), now=START, answers=objection)
    page = text(get(client, county, "office", lead, "reassign"))
    assert "涉及劳动用工，建议会同人社部门办理" in page


def test_draft_of_a_publication_stands_beside_the_lead(client: Client, county: County) -> None:
    lead = seeded.registered(county)
    child = Matter.objects.get(parent=lead, kind="publication_problem")
    page = text(get(client, county, "office", child, "submit"))
    assert "举报线索内容" in page
    assert lead.facts_row.data["summary"] in page
