"""The desk pages of keys and envelopes: open for a session, logged, refused to everybody else."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from tests.people import NOW, County

from bihuan.leads import unlocking
from bihuan.leads.allowance import Allowance
from bihuan.leads.models import Envelope, KeyHolder, Message, Reading, RecoveryKey
from bihuan.leads.tests.conftest import PASSPHRASES
from bihuan.leads.tests.test_tip_off import NAME, PHONE, PHRASE, planted
from bihuan.leads.tips import file_tip
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at


@pytest.fixture
def lead(sealing_county: County) -> Matter:
    """The planted tip-off, and a county at the moment it came in."""
    return file_tip(planted(), now=NOW, region_id=sealing_county.region.pk).matter


@pytest.fixture(autouse=True)
def at_nine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every request stands at nine, with tries that nobody used up before."""
    monkeypatch.setattr(unlocking, "_tries", Allowance(per_hour=unlocking.TRIES_PER_HOUR))
    with standing_at(NOW):
        yield


def signed_in(county: County, account: str, *, opens: str = "") -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(county.users[account])
    if opens:
        words = {"purpose": opens, "passphrase": PASSPHRASES[account]}
        assert client.post("/desk/keys/unlock", words).status_code == 302
    return client


def test_desk_opens_the_original_for_one_session(sealing_county: County, lead: Matter) -> None:
    address = f"/desk/matters/{to_code(lead.pk)}/original"
    client = signed_in(sealing_county, "intake")
    assert PHRASE not in client.get(address).content.decode()
    assert not Reading.objects.exists()
    wrong = client.post("/desk/keys/unlock", {"purpose": "account", "passphrase": "猜一猜"})
    assert wrong.status_code == 422
    assert "口令不对" in wrong.content.decode()
    client = signed_in(sealing_county, "intake", opens="account")
    page = client.get(address)
    assert PHRASE in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert Reading.objects.count() == 1
    picture = Envelope.objects.get(matter=lead, purpose="account", part="file-1")
    assert client.get(f"{address}/{picture.pk}")["Content-Type"] == "image/jpeg"
    client.post("/desk/keys/lock")
    assert PHRASE not in client.get(address).content.decode()


def test_the_cookie_half_is_strict_and_the_session_row_alone_opens_nothing(
    sealing_county: County, lead: Matter
) -> None:
    client = signed_in(sealing_county, "intake", opens="account")
    cookie = client.cookies["bihuan-key-account"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["max-age"]
    assert cookie.value not in str(Session.objects.get().get_decoded())
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert PHRASE not in thief.get(f"/desk/matters/{to_code(lead.pk)}/original").content.decode()


def test_custodian_reveals_on_screen_with_reason(sealing_county: County, lead: Matter) -> None:
    address = f"/desk/matters/{to_code(lead.pk)}/identity"
    client = signed_in(sealing_county, "custodian", opens="identity")
    assert NAME not in client.get(address).content.decode()
    blank = client.post(address, {"reason": ""})
    assert blank.status_code == 422
    assert "调阅事由" in blank.content.decode()
    shown = client.post(address, {"reason": "核发奖励，核对领取人"}).content.decode()
    assert NAME in shown
    assert PHONE in shown
    audit = signed_in(sealing_county, "audit")
    log = audit.get("/desk/readings").content.decode()
    assert "核发奖励，核对领取人" in log
    assert NAME not in log


def test_custodian_without_an_open_key_is_told(sealing_county: County, lead: Matter) -> None:
    client = signed_in(sealing_county, "custodian")
    answer = client.post(
        f"/desk/matters/{to_code(lead.pk)}/identity", {"reason": "核发奖励，核对领取人"}
    )
    assert answer.status_code == 422
    assert "密钥还没有打开" in answer.content.decode()
    assert not Reading.objects.exists()


@pytest.mark.clause("AY-36-4", "SX-53-2")
@pytest.mark.parametrize(
    ("account", "status"),
    [("intake", 403), ("leader", 403), ("handler", 404), ("firm", 404), ("audit", 404)],
)
def test_identity_is_refused_to_others(
    sealing_county: County, lead: Matter, account: str, status: int
) -> None:
    client = signed_in(sealing_county, account)
    answer = client.post(f"/desk/matters/{to_code(lead.pk)}/identity", {"reason": "看一看是谁"})
    assert answer.status_code == status
    assert NAME not in answer.content.decode()


@pytest.mark.parametrize(
    ("account", "status"), [("leader", 403), ("handler", 404), ("firm", 404), ("publisher", 403)]
)
def test_original_is_not_there_for_others(
    sealing_county: County, lead: Matter, account: str, status: int
) -> None:
    client = signed_in(sealing_county, account)
    assert client.get(f"/desk/matters/{to_code(lead.pk)}/original").status_code == status


def test_strangers_go_to_the_sign_in(sealing_county: County, lead: Matter) -> None:
    for address in ("keys", "readings", f"matters/{to_code(lead.pk)}/identity"):
        assert Client().get(f"/desk/{address}")["Location"].startswith("/desk/sign-in")


def test_asking_from_the_page(sealing_county: County, lead: Matter) -> None:
    client = signed_in(sealing_county, "intake", opens="account")
    address = f"/desk/matters/{to_code(lead.pk)}"
    assert client.post(f"{address}/ask", {"question": "在哪个班次？"}).status_code == 302
    assert "在哪个班次？" in client.get(f"{address}/original").content.decode()
    refused = client.post(f"{address}/ask", {"question": "请打19900001234"})
    assert refused.status_code == 422
    assert Message.objects.count() == 1


def test_a_seeming_name_is_asked_about_once_it_is_confirmed(
    sealing_county: County, lead: Matter
) -> None:
    client = signed_in(sealing_county, "intake", opens="account")
    address = f"/desk/matters/{to_code(lead.pk)}/ask"
    question = "四月的表上，刘建国是哪个班次的？"
    refused = client.post(address, {"question": question})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert question in page
    assert "像是姓名" in page
    assert "已核对，标出的不是个人信息" in page
    assert PHRASE in page
    assert not Message.objects.exists()
    ticked = {"question": question, "confirmed": "question"}
    assert client.post(address, ticked).status_code == 302
    assert Message.objects.get().text == question


def test_a_phone_in_a_question_is_refused_however_confirmed(
    sealing_county: County, lead: Matter
) -> None:
    client = signed_in(sealing_county, "intake", opens="account")
    sent = {"question": "请刘建国打19900001234", "confirmed": "question"}
    refused = client.post(f"/desk/matters/{to_code(lead.pk)}/ask", sent)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert sent["question"] in page
    assert "像是电话" in page
    assert 'name="confirmed"' not in page
    assert not Message.objects.exists()


def test_keys_are_made_on_the_page(county: County) -> None:
    client = signed_in(county, "custodian")
    assert "还没有建立" in client.get("/desk/keys").content.decode()
    words = "只有我自己记得的一句口令"
    differ = {"purpose": "identity", "passphrase": words, "again": "另一句"}
    assert client.post("/desk/keys/make", differ).status_code == 422
    assert client.post("/desk/keys/make", differ | {"again": words}).status_code == 302
    assert KeyHolder.objects.get().user == county.users["custodian"]
    page = client.get("/desk/keys").content.decode()
    assert "只有一人持有" in page
    printed = client.post("/desk/keys/recovery").content.decode()
    assert len(re.findall(r"<b>[0-9A-Z*~$=]{5}</b>", printed)) == 13
    assert RecoveryKey.objects.count() == 1
    assert "只有一人持有" not in client.get("/desk/keys").content.decode()
    assert client.post("/desk/keys/make", {"purpose": "other"}).status_code == 404


@pytest.mark.parametrize("account", ["leader", "handler", "firm", "system"])
def test_others_have_no_keys(county: County, account: str) -> None:
    client = signed_in(county, account)
    assert client.get("/desk/keys").status_code == 403
    assert client.post("/desk/keys/recovery").status_code == 403
    assert client.get("/desk/readings").status_code == 403


def test_custodian_releases_from_the_page(sealing_county: County, lead: Matter) -> None:
    client = signed_in(sealing_county, "custodian", opens="identity")
    original = Envelope.objects.get(matter=lead, purpose="identity", part="file-1")
    address = f"/desk/matters/{to_code(lead.pk)}/identity/{original.pk}"
    taken = client.post(address, {"reason": "移交公安需要原件", "act": "open"})
    assert taken["Content-Type"] == "image/jpeg"
    again = {"reason": "核查需要听录音", "act": "release"}
    assert client.post(address, again).status_code == 302
    assert client.post(address, {"reason": "", "act": "open"}).status_code == 422


def test_what_the_desk_has_is_not_offered_again(sealing_county: County, lead: Matter) -> None:
    client = signed_in(sealing_county, "custodian", opens="identity")
    page = client.get(f"/desk/matters/{to_code(lead.pk)}/identity").content.decode()
    assert "取出原件" in page
    assert "开放给接件员" not in page


def test_guessing_a_passphrase_runs_out(sealing_county: County) -> None:
    client = signed_in(sealing_county, "intake")
    for _ in range(unlocking.TRIES_PER_HOUR):
        client.post("/desk/keys/unlock", {"purpose": "account", "passphrase": "猜一猜"})
    right = {"purpose": "account", "passphrase": PASSPHRASES["intake"]}
    answer = client.post("/desk/keys/unlock", right)
    assert answer.status_code == 422
    assert "一小时后" in answer.content.decode()
