"""The sealed informant on a lead's page and beside the form in which the summary is written."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.people import NOW, County

from bihuan.leads.key_ring import make_key
from bihuan.leads.models import Reading
from bihuan.leads.sealing import Purpose
from bihuan.leads.stretching import Cost
from bihuan.leads.tests.test_tip_off import NAME, PHONE, PHRASE, planted
from bihuan.leads.tips import Filed, file_tip
from bihuan.matters.identity import to_code
from bihuan.matters.moment import standing_at

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PHRASES = {"custodian": "南坡第三棵核桃树下埋着石头", "intake": "北坡第四棵核桃树旁立着木牌"}


@pytest.fixture
def filed(county: County) -> Filed:
    """A tip-off from the portal, sealed for the custodian and the intake."""
    for account, purpose in (("custodian", Purpose.IDENTITY), ("intake", Purpose.ACCOUNT)):
        phrase = PHRASES[account]
        by = county.actor(account)
        make_key(purpose, by=by, now=NOW, passphrase=phrase, again=phrase, cost=CHEAP)
    return file_tip(planted(), now=NOW, region_id=county.region.pk)


def page_of(client: Client, county: County, account: str, filed: Filed, more: str = "") -> str:
    client.force_login(county.users[account])
    with standing_at(NOW):
        response = client.get(f"/desk/matters/{to_code(filed.matter.pk)}/{more}")
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("account", "opens"), [("intake", "original"), ("custodian", "identity"), ("leader", "")]
)
def test_card_leads_only_to_what_the_reader_may_open(
    client: Client, county: County, filed: Filed, account: str, opens: str
) -> None:
    page = page_of(client, county, account, filed)
    assert "封存，逐次调阅" in page
    address = f"/desk/matters/{to_code(filed.matter.pk)}/"
    found = {part for part in ("original", "identity") if f'href="{address}{part}"' in page}
    assert found == ({opens} if opens else set())


@pytest.mark.parametrize("account", ["intake", "office", "custodian", "leader"])
def test_page_tells_nothing_of_the_reporter_and_opens_nothing(
    client: Client, county: County, filed: Filed, account: str
) -> None:
    page = page_of(client, county, account, filed)
    for secret in (NAME, PHONE, PHRASE):
        assert secret not in page
    assert not Reading.objects.exists()


def test_original_stands_beside_the_summary_form(
    client: Client, county: County, filed: Filed
) -> None:
    page = page_of(client, county, "intake", filed, "steps/register/")
    assert "用我的密钥打开" in page
    assert PHRASE not in page
    assert page.index('name="summary"') < page.index("用我的密钥打开")


def test_the_card_counts_sittings_and_tells_the_lines(
    client: Client, county: County, filed: Filed
) -> None:
    assert "还没有调阅" in page_of(client, county, "leader", filed)
    who = county.users["intake"]
    for minutes in (0, 5, 10, 50):
        Reading.objects.create(
            who=who, matter=filed.matter, purpose="account", part="all", reason="办理线索",
            at=NOW + timedelta(minutes=minutes),
        )  # fmt: skip
    for account in ("leader", "custodian"):
        page = page_of(client, county, account, filed)
        assert "调阅 2 次，记录 4 条" in page
        assert ('href="/desk/readings">调阅' in page) is (account == "custodian")


def test_the_opened_panel_is_no_longer_sealed(client: Client, county: County, filed: Filed) -> None:
    locked = page_of(client, county, "intake", filed, "original")
    assert "密封件</b>" in locked
    assert "事由记为“办理线索”" in locked
    phrase = {"purpose": "account", "passphrase": PHRASES["intake"]}
    with standing_at(NOW):
        client.post("/desk/keys/unlock", phrase)
        opened = client.get(f"/desk/matters/{to_code(filed.matter.pk)}/original").content.decode()
    assert PHRASE in opened
    assert "密封件</b>" not in opened
    assert "已打开</b>" in opened
    assert Reading.objects.get().reason == "办理线索"
