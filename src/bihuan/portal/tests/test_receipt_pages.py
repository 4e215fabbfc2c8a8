"""Coming back with the code: progress without people, additions, the claim."""

import re

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.people import NOW, County

from bihuan.config.https import Https
from bihuan.leads import messages, public_counters
from bihuan.leads.allowance import Allowance
from bihuan.leads.models import Message
from bihuan.leads.public_counters import LOOK_UPS_PER_HOUR
from bihuan.leads.receipts import normalise
from bihuan.leads.tests.test_custody import settle_reward
from bihuan.leads.tips import Filed, TipOff, file_tip
from bihuan.matters.engine import take_step
from bihuan.portal.tests.conftest import ticket


@pytest.fixture
def filed(portal: County) -> Filed:
    """An anonymous tip-off."""
    tip = TipOff(words="夜班下井人数超过规定", claim_password="七里坡的老槐树下")
    return file_tip(tip, now=NOW, region_id=portal.region.pk)


def test_progress_tells_words_and_days_only(portal: County, filed: Filed, visitor: Client) -> None:
    register = {
        "title": "反映兴旺煤矿夜班超定员组织生产",
        "summary": "夜班下井人数超过规定。",
        "type": "major_hazard",
        "source": "网上举报",
    }
    take_step(filed.matter.pk, "register", by=portal.actor("intake"), now=NOW, answers=register)
    page = visitor.post("/receipt", {"code": filed.receipt.replace(" ", "-")})
    text = page.content.decode()
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert not page.cookies
    assert re.search(r"2026-03-01</b>已收到，等待登记", text)
    assert re.search(r"2026-03-01</b>已登记编号", text)
    hidden = ["陈接件", "超定员", "线索〔2026〕"]
    assert not [words for words in hidden if words in text]
    main = text.split("<main")[1].split("</main>")[0]
    assert not [unit.name for unit in portal.units.values() if unit.name in main]


@pytest.mark.parametrize("code", ["", "1234", "0000 0000 0000 0018", "<script>"])
def test_unknown_codes(portal: County, visitor: Client, code: str) -> None:
    page = visitor.post("/receipt", {"code": code})
    assert page.status_code == 404
    assert "核对" in page.content.decode()
    assert "<script>" not in page.content.decode()


def test_sixteen_wrong_digits_are_not_told_their_form(portal: County, visitor: Client) -> None:
    typed = ("0000 0000 0000 0018", "4821 0937 5564 2105")  # neither was given to anybody
    assert [normalise(code) is None for code in typed] == [True, False]
    told = [visitor.post("/receipt", {"code": code}).content.decode() for code in typed]
    for page in told:
        assert "查询码不对，请逐位核对" in page
        assert "应是 16 位" not in page
    assert told[0].replace(typed[0], "") == told[1].replace(typed[1], "")
    assert "应是 16 位数字" in visitor.post("/receipt", {"code": "1234"}).content.decode()


def test_guessing_runs_out(portal: County, filed: Filed, visitor: Client) -> None:
    for _ in range(LOOK_UPS_PER_HOUR):
        visitor.post("/receipt", {"code": "1234"})
    page = visitor.post("/receipt", {"code": filed.receipt})
    assert page.status_code == 429
    assert "一小时后" in page.content.decode()


@pytest.mark.parametrize("path", ["/receipt", "/receipt/add", "/receipt/claim"])
def test_wrong_codes_count_at_every_door(
    portal: County, filed: Filed, visitor: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_counters, "_look_ups", Allowance(per_hour=2))
    sent = {"answer": "夜班", "ticket": ticket(), "password": "别人的口令猜一猜"}
    wrong, right = sent | {"code": "4821 0937 5564 2105"}, sent | {"code": filed.receipt}
    assert [visitor.post(path, wrong).status_code for _ in range(3)] == [404, 404, 429]
    told = [visitor.post(path, form).content.decode() for form in (wrong, right)]
    assert told[0].replace(wrong["code"], "") == told[1].replace(right["code"], "")
    assert not Message.objects.exists()


def test_right_codes_use_nothing_up(
    portal: County, filed: Filed, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_counters, "_look_ups", Allowance(per_hour=1))
    right = {"code": filed.receipt}
    assert [visitor.post("/receipt", right).status_code for _ in range(3)] == [200] * 3
    sent = right | {"answer": "夜班", "ticket": ticket()}
    assert visitor.post("/receipt/add", sent).status_code == 200


def met(visitor: Client, named: str, peer: str = "127.0.0.1") -> int:
    """The status of a wrong code from an address that the proxy names."""
    headers = {"X-Real-IP": named}
    sent = {"code": "1234"}
    return visitor.post("/receipt", sent, headers=headers, REMOTE_ADDR=peer).status_code


def test_behind_a_proxy_everybody_has_an_own_allowance(
    portal: County, visitor: Client, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.HTTPS = Https(by="proxy")
    settings.SECURE_PROXY_SSL_HEADER = None
    monkeypatch.setattr(public_counters, "_look_ups", Allowance(per_hour=1))
    named = ("198.51.100.7", "198.51.100.7", "198.51.100.8", "no address", "", "x" * 500)
    assert [met(visitor, one) for one in named] == [404, 429, 404, 404, 429, 429]
    peer = "203.0.113.5"  # comes past the proxy: what it says of itself is not believed
    assert [met(visitor, one, peer) for one in named[1:3]] == [404, 429]


def test_without_a_proxy_nobody_names_an_address(
    portal: County, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_counters, "_look_ups", Allowance(per_hour=1))
    assert [met(visitor, one) for one in ("198.51.100.7", "198.51.100.8")] == [404, 429]


def test_question_is_answered_under_seal_and_once(
    portal: County, filed: Filed, visitor: Client
) -> None:
    question = "超员发生在哪个班次？"
    messages.ask(filed.matter.pk, question, by=portal.actor("intake"), now=NOW)
    assert question in visitor.post("/receipt", {"code": filed.receipt}).content.decode()
    sent = {"code": filed.receipt, "answer": "紫藤花架旁的夜班", "ticket": ticket()}
    page = visitor.post("/receipt/add", sent)
    assert "已收到补充内容" in page.content.decode()
    assert "紫藤花架" not in page.content.decode()
    assert "不必再提交" in visitor.post("/receipt/add", sent).content.decode()
    assert Message.objects.filter(direction="from_reporter").count() == 1


def test_a_waiting_question_stands_above_everything(
    portal: County, filed: Filed, visitor: Client
) -> None:
    before = visitor.post("/receipt", {"code": filed.receipt}).content.decode()
    assert "有一个问题请您回答" not in before
    assert "提交补充" in before
    question = "超员发生在哪个班次？"
    messages.ask(filed.matter.pk, question, by=portal.actor("intake"), now=NOW)
    page = visitor.post("/receipt", {"code": filed.receipt}).content.decode()
    assert "<h1>有一个问题请您回答</h1>" in page
    assert "已收到，等待登记" in page
    banner = page[page.index("<h1>") : page.index("办理进度</h2>")]
    assert question in banner
    assert 'href="#f-answer"' in banner
    assert ">提交回答<" in page
    sent = {"code": filed.receipt, "answer": "夜班", "ticket": ticket()}
    after = visitor.post("/receipt/add", sent).content.decode()
    assert "有一个问题请您回答" not in after
    assert ">提交补充<" in after


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"answer": " "}, 422, "请写下内容"),
        ({"answer": "多" * 5001}, 422, "最多 5000 字，现有 5001 字，多了 1 字"),
        ({"answer": "多" * 5001, "ticket": "forged"}, 422, "失效，请再点一次提交；最多 5000 字"),
        ({"ticket": "forged"}, 422, "失效"),
        ({"code": "1234"}, 404, "核对"),
    ],
)
def test_additions_that_are_refused(
    portal: County,
    filed: Filed,
    visitor: Client,
    changed: dict[str, str],
    status: int,
    words: str,
) -> None:
    sent = {"code": filed.receipt, "answer": "夜班", "ticket": ticket()} | changed
    page = visitor.post("/receipt/add", sent)
    assert page.status_code == status
    assert words in page.content.decode()
    assert not Message.objects.exists()


def test_claim_before_any_reward(portal: County, filed: Filed, visitor: Client) -> None:
    sent = {"code": filed.receipt, "password": "七里坡的老槐树下"}
    page = visitor.post("/receipt/claim", sent)
    assert page.status_code == 409
    assert "还没有决定" in page.content.decode()
    assert visitor.post("/receipt/claim", {"code": "1"}).status_code == 404


def test_codes_never_stand_in_an_address(portal: County, visitor: Client) -> None:
    for address in ("/receipt/add", "/receipt/claim", "/receipt/kept"):
        assert visitor.get(address).status_code == 405
    page = visitor.get("/receipt", {"code": "4821093755642108"}).content.decode()
    assert "4821093755642108" not in page


@pytest.mark.clause("AY-36-2")
def test_reward_is_claimed_on_the_page(portal: County, filed: Filed, visitor: Client) -> None:
    reward = settle_reward(portal, filed.matter)
    page = visitor.post("/receipt", {"code": filed.receipt}).content.decode()
    assert "奖励已决定，等待领取" in page
    wrong = {"code": filed.receipt, "password": "别人的口令猜一猜"}
    refused = visitor.post("/receipt/claim", wrong)
    assert refused.status_code == 422
    assert "别人的口令" not in refused.content.decode()
    right = wrong | {"password": "七里坡的老槐树下"}
    assert "已登记领取" in visitor.post("/receipt/claim", right).content.decode()
    reward.refresh_from_db()
    assert reward.stage == "claimed"
    again = visitor.post("/receipt/claim", right)
    assert again.status_code == 409
    assert "只能使用一次" in again.content.decode()
