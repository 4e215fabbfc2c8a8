"""Ledger pages: register, correct, void, history, export; the day's intake; coverage."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.people import NOW, County

from bihuan.leads.ledgers import CHANNEL, NOTICE, ROSTER
from bihuan.leads.roster import published_channels
from bihuan.matters.engine import open_matter
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, Matter, Record
from bihuan.matters.moment import standing_at

PNG = bytes.fromhex(  # one grey dot
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415478"
    "9c636000000002000148afa4710000000049454e44ae426082"
)
HOTLINE = {"name": "举报电话", "media": "phone", "address": "0000-1234567", "state": "open"}


@pytest.fixture
def office(client: Client, county: County) -> Client:
    client.force_login(county.users["office"])
    return client


def register(office: Client, key: str, **facts: object) -> Record:
    with standing_at(NOW):
        answer = office.post(f"/desk/ledgers/{key}/new/", facts)
    assert answer.status_code == 303, answer.content.decode()
    return Record.objects.filter(ledger=key).latest("id")


def text_of(office: Client, url: str) -> str:
    with standing_at(NOW):
        answer = office.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.clause("LX-A1-1-1")
def test_channel_is_published_only_with_somebody_on_its_roster(
    office: Client, county: County
) -> None:
    channel = register(office, CHANNEL, **HOTLINE)
    edit = f"/desk/ledgers/{CHANNEL}/{to_code(channel.pk)}/edit/"
    with standing_at(NOW):
        refused = office.post(edit, {**HOTLINE, "is_published": "yes"})
    assert refused.status_code == 409
    assert "请先在“接件排班”登记专人" in refused.content.decode()
    assert 'value="0000-1234567"' in refused.content.decode()
    assert "无专人" in text_of(office, "/desk/watch/?on=2026-03-01")
    register(
        office,
        ROSTER,
        channel=str(channel.pk),
        person=county.users["intake"].person_id,
        valid_from="2026-03-01",
        valid_until="2026-03-02",
    )
    with standing_at(NOW):
        assert office.post(edit, {**HOTLINE, "is_published": "yes"}).status_code == 303
    shown = text_of(office, "/desk/watch/?on=2026-03-02")
    assert "陈接件" in shown
    assert "无专人 0 个" in shown
    assert "举报电话当日无专人" in text_of(office, "/desk/watch/?on=2026-03-03")
    lead = open_matter(
        "lead",
        by=county.actor("intake"),
        now=NOW,
        answers={"source": "举报电话", "channel": "phone", "reporter_kind": "public"},
        region_id=county.region.pk,
    )
    assert lead.facts_row.data["taken_by"] == county.users["intake"].pk


def test_closing_a_channel_hides_it_and_keeps_its_leads(office: Client, county: County) -> None:
    channel = register(office, CHANNEL, **HOTLINE)
    register(
        office,
        ROSTER,
        channel=str(channel.pk),
        person=county.users["intake"].person_id,
        valid_from="2026-03-01",
    )
    edit = f"/desk/ledgers/{CHANNEL}/{to_code(channel.pk)}/edit/"
    with standing_at(NOW):
        office.post(edit, {**HOTLINE, "is_published": "yes"})
        assert len(published_channels(date(2026, 3, 1), region=county.region)) == 1
        open_matter(
            "lead",
            by=county.actor("intake"),
            now=NOW,
            answers={"source": "举报电话", "channel": "phone"},
            region_id=county.region.pk,
        )
        office.post(edit, {**HOTLINE, "state": "closed", "is_published": "yes"})
    assert published_channels(date(2026, 3, 1), region=county.region) == []
    assert Matter.objects.filter(kind="lead", source="举报电话").count() == 1


def test_history_and_voiding_are_shown(office: Client) -> None:
    channel = register(office, CHANNEL, **HOTLINE)
    page = f"/desk/ledgers/{CHANNEL}/{to_code(channel.pk)}/"
    with standing_at(NOW):
        changed = {**HOTLINE, "address": "0000-7654321", "reason": "号码变更", "version": "1"}
        assert office.post(f"{page}edit/", changed).status_code == 303
        assert office.post(f"{page}edit/", changed).status_code == 409
        assert office.post(f"{page}void/", {"reason": ""}).status_code == 422
        assert office.post(f"{page}void/", {"reason": "停用"}).status_code == 303
    shown = text_of(office, page)
    assert "号码或地址：0000-1234567→0000-7654321；理由：号码变更" in shown
    assert "已作废" in shown
    assert "举报电话" not in text_of(office, f"/desk/ledgers/{CHANNEL}/").split("<main")[1]
    assert "举报电话" in text_of(office, f"/desk/ledgers/{CHANNEL}/?state=void")


def test_missing_fields_come_back_with_what_was_typed(office: Client) -> None:
    with standing_at(NOW):
        answer = office.post(f"/desk/ledgers/{CHANNEL}/new/", {**HOTLINE, "name": ""})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写“渠道名称”。" in shown
    assert 'value="0000-1234567"' in shown


def test_export_opens_as_a_workbook(office: Client) -> None:
    register(office, CHANNEL, **{**HOTLINE, "address": "=1+1"})
    with standing_at(NOW):
        answer = office.get(f"/desk/ledgers/{CHANNEL}/export.xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1][:3] == ["渠道名称", "受理方式", "号码或地址"]
    assert rows[2][:3] == ["举报电话", "来电", "=1+1"]


@pytest.mark.clause("SX-52-1")
def test_coverage_page_lists_the_missing_and_a_visit_reopens(
    client: Client, county: County
) -> None:
    client.force_login(county.users["inspector"])
    page = "/desk/duties/reward_notice/"
    facts = {
        "site": str(county.sites["xingwang"].pk),
        "place": "yard",
        "state": "posted",
        "valid_from": "2026-02-20",
    }
    assert text_of(client, page).count("未张贴</span>") == 3
    with standing_at(NOW):
        refused = client.post(f"/desk/ledgers/{NOTICE}/new/", facts)
        assert refused.status_code == 409
    photo = SimpleUploadedFile("牌.png", PNG, content_type="image/png")
    record = register(client, NOTICE, **facts, photo=photo)
    shown = text_of(client, page)
    assert "煤矿已张贴/全部" in shown
    assert "<b>1/2<small>家</small></b>" in shown
    assert "<b>0/1<small>家</small></b>" in shown
    assert shown.count("未张贴</span>") == 2
    assert "2026-02-20" in shown
    kept = Attachment.objects.get(record=record)
    with standing_at(NOW):
        sent = client.get(f"/desk/ledgers/{NOTICE}/{to_code(record.pk)}/files/{kept.pk}/")
    assert sent.content == PNG
    register(client, NOTICE, **{**facts, "state": "missing", "valid_from": "2026-02-25"})
    shown = text_of(client, page)
    assert "检查未见，须重新张贴" in shown
    assert "为历史日期，不计逾期天数" in shown
    assert not re.search(r"逾期\s*\d", shown)


@pytest.mark.parametrize("url", [f"/desk/ledgers/{CHANNEL}/", "/desk/watch/", "/desk/duties/none/"])
def test_strangers_and_sections_dont_find_it(client: Client, county: County, url: str) -> None:
    assert client.get(url).status_code == 302
    client.force_login(county.users["handler"])
    assert client.get(url).status_code == 404


def test_neighbour_finds_nothing(office: Client, client: Client, neighbour: County) -> None:
    channel = register(office, CHANNEL, **HOTLINE)
    client.force_login(neighbour.users["office"])
    page = f"/desk/ledgers/{CHANNEL}/{to_code(channel.pk)}/"
    for url in (page, f"{page}edit/", f"{page}void/"):
        assert client.get(url).status_code == 404


def test_seeming_name_is_confirmed_on_the_form(client: Client, county: County) -> None:
    client.force_login(county.users["inspector"])
    facts = {
        "site": str(county.sites["xingwang"].pk),
        "place": "yard",
        "state": "missing",
        "valid_from": "2026-02-20",
        "note": "据门卫张建国说已被风吹落。",
    }
    with standing_at(NOW):
        answer = client.post(f"/desk/ledgers/{NOTICE}/new/", facts)
    assert answer.status_code == 422
    assert 'name="confirmed" value="note"' in answer.content.decode()
    assert register(client, NOTICE, **facts, confirmed="note").facts["note"] == facts["note"]


def test_place_of_a_notice_is_named_never_the_mine_in_its_stead(
    office: Client, county: County
) -> None:
    site = county.sites["qingshiling"]
    facts = {"site": str(site.pk), "place": "shaft", "state": "missing", "valid_from": "2026-03-01"}
    notice = register(office, NOTICE, **facts)
    page = text_of(office, f"/desk/ledgers/{NOTICE}/")
    cell = re.search(r'data-label="张贴处">([^<]*)<', page)
    assert cell
    assert cell[1] == "入井井口"
    one = text_of(office, f"/desk/ledgers/{NOTICE}/{to_code(notice.pk)}/")
    assert "入井井口" in one
    with standing_at(NOW):
        file = office.get(f"/desk/ledgers/{NOTICE}/export.xlsx").content
    rows = CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(0).to_python()
    assert [site.name, "入井井口", "检查未见"] == rows[-1][:3]
