"""What comes back from inside is what a reporter may see: the outer pages show it, and no more."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests.people import NOW

from bihuan.disclosure.models import Snapshot
from bihuan.disclosure.reading import shown
from bihuan.exchange import outside
from bihuan.exchange.identity import own_identity
from bihuan.exchange.models import Answer, Notice, Peer, Waiting
from bihuan.exchange.packages import checked, records_of
from bihuan.exchange.peers import identity_of
from bihuan.exchange.tests.conftest import LATER, Gap
from bihuan.exchange.tests.test_way_in import NAME, PHONE, PHRASE, filed
from bihuan.leads.key_ring import make_key
from bihuan.leads.messages import ask
from bihuan.leads.models import KeyHolder, Receipt
from bihuan.leads.progress import look_up
from bihuan.leads.receipt_book import UnknownReceiptError
from bihuan.leads.sealing import Purpose
from bihuan.leads.tests.test_custody import settle_reward
from bihuan.leads.tips import TipOff, file_tip
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Refused
from bihuan.portal import gate
from bihuan.portal.tests.test_published_pages import SECRET, publish, withdrawn


@pytest.fixture
def visitor(gap: Gap) -> Iterator[Client]:
    """Somebody at the outer portal, five minutes later."""
    with gap.side("outside"), standing_at(LATER):
        yield Client(enforce_csrf_checks=True)


def opened_bytes(gap: Gap, path: Any) -> bytes:
    """Everything that a package holds, as its receiver reads it."""
    with gap.side("outside"), path.open("rb") as file:
        sender = identity_of(Peer.objects.get(role="inside"))
        package = checked(file, signed_by=sender.verifier)
        found = records_of(file, package, private=own_identity().private)
        return b"".join(repr(one.meta).encode() + one.blob for one in found)


def test_a_question_goes_out_and_the_answer_comes_in(gap: Gap) -> None:
    given = filed(gap)
    gap.carry()
    with gap.side("inside"):
        by = gap.county.actor("intake")
        ask(Matter.objects.get().pk, "是在哪个井口看见的？", by=by, now=LATER)
    gap.show(now=LATER)
    with gap.side("outside"):
        shown = outside.look_up(given.receipt).messages
    assert [(one.from_office, one.text) for one in shown] == [(True, "是在哪个井口看见的？")]


def test_both_sides_say_the_same(gap: Gap) -> None:
    given = filed(gap)
    gap.carry()
    gap.show(now=LATER)
    with gap.side("outside"):
        out = outside.look_up(given.receipt)
    with gap.side("inside"):
        assert out == look_up(given.receipt, now=LATER)


def test_a_receipt_from_before_the_gap_holds_outside(gap: Gap) -> None:
    with gap.side("inside"):
        told = TipOff(words="夜班下井人数超过规定")
        before = file_tip(told, now=NOW, region_id=gap.county.region.pk)
    gap.show(now=LATER)
    with gap.side("outside"):
        assert outside.look_up(before.receipt).matter_id == before.matter.pk
        with pytest.raises(UnknownReceiptError):
            outside.look_up("0000 0000 0000 0000")


def test_an_older_package_changes_nothing(gap: Gap) -> None:
    given = filed(gap)
    old = gap.out()
    gap.carry()
    gap.show(now=LATER)
    assert gap.take(old, "outside").package.counts == {"older": 1, "whole": 1}
    assert Notice.objects.get().sequence == 3
    with gap.side("outside"):
        assert outside.look_up(given.receipt).matter_id == Matter.objects.get().pk


def test_the_informant_is_not_in_it(gap: Gap) -> None:
    """Planted name, telephone and words: neither package tells them, opened or not."""
    filed(gap)
    way_in = gap.into()
    gap.take(way_in, "inside")
    path = gap.out(now=LATER)
    held = [bytes(row.wrapped) for row in KeyHolder.objects.all()]
    hashes = [row.claim_hash.encode() for row in Receipt.objects.exclude(claim_hash="")]
    for data in (path.read_bytes(), opened_bytes(gap, path), way_in.read_bytes()):
        for planted in (NAME, PHONE, PHRASE):
            assert planted.encode() not in data
            assert repr(planted).encode()[1:-1] not in data
        assert not any(secret in data for secret in (*held, *hashes))


def test_nothing_of_the_tip_stands_in_clear_outside(gap: Gap) -> None:
    filed(gap)
    rows = repr([*Waiting.objects.values(), *Answer.objects.values()])
    with gap.side("outside"):
        sealed = b"".join(bytes(part.inline) for part in Waiting.objects.get().parts.all())
    for planted in (NAME, PHONE, PHRASE):
        assert planted not in rows
        assert planted.encode() not in sealed


def test_new_keys_hold_from_the_next_package_on(gap: Gap) -> None:
    words = "另一句只有自己记得的口令话"
    with gap.side("inside"):
        by = gap.county.actor("custodian")
        make_key(Purpose.IDENTITY, by=by, now=LATER, passphrase=words, again=words)
        newest = KeyHolder.objects.get(purpose="identity", is_active=True)
    gap.show(now=LATER)
    assert bytes(newest.public).hex() in Notice.objects.get().told["keys"]["identity"]


def test_the_outer_pages(gap: Gap, visitor: Client) -> None:
    """The form takes a tip-off, the receipt page answers it, the start tells of the bureau."""
    assert "青石县应急管理局" in visitor.get("/").content.decode()
    form = visitor.get("/tip-off").content.decode()
    assert "兴旺煤矿" in form
    sent = {"what": PHRASE + "，已经三天了", "mine": "兴旺煤矿", "who": "anonymous"}
    page = visitor.post("/tip-off", sent | {"ticket": gate.new_ticket(NOW).ticket})
    code = re.search(r"\d{4} \d{4} \d{4} \d{4}", page.content.decode())
    assert page.status_code == 200
    assert code
    assert Waiting.objects.get().told["site"] == gap.county.sites["xingwang"].pk
    asked = visitor.post("/receipt", {"code": code[0]})
    assert "已收到，等待登记" in asked.content.decode()
    more = {"code": code[0], "answer": "再补一句", "ticket": gate.new_ticket(NOW).ticket}
    assert visitor.post("/receipt/add", more).status_code == 200
    assert Waiting.objects.count() == 2
    assert not Matter.objects.exists()
    for address in ("/privacy", "/published", "/published.csv", "/published.json"):
        assert visitor.get(address).status_code == 200


def test_the_outer_api(visitor: Client) -> None:
    told = {"words": f"{PHRASE}，已经三天了", "county": "990121"}
    filed_ = visitor.post("/api/v1/tip-offs", told, content_type="application/json")
    assert filed_.status_code == 201
    code = {"code": filed_.json()["receipt"]}
    asked = visitor.post("/api/v1/receipts", code, content_type="application/json")
    assert asked.json()["words"] == "已收到，等待登记"
    other = visitor.post(
        "/api/v1/tip-offs", told | {"county": "990122"}, content_type="application/json"
    )
    assert other.status_code == 422


def test_before_the_first_package_it_says_so(gap: Gap, visitor: Client) -> None:
    Notice.objects.all().delete()
    assert visitor.get("/").status_code == 503
    assert visitor.get("/tip-off").status_code == 503


def test_published_items_stand_outside_as_inside(gap: Gap, visitor: Client) -> None:
    publish(gap.county, 1)
    withdrawn(gap.county, 2)
    inside = [shown(row) for row in Snapshot.objects.order_by("pk")]
    path = gap.show(now=LATER)
    assert [shown(row) for row in Snapshot.objects.order_by("pk")] == inside
    assert SECRET.encode() not in opened_bytes(gap, path), "of a withdrawn one the tombstone"
    page = visitor.get("/published").content.decode()
    assert "反映兴旺煤矿第1号问题" in page
    assert "本条已撤下" in page


PASSWORD = "核桃树下的大石头"


@pytest.fixture
def rewarded(gap: Gap) -> str:
    """The receipt code of a tip-off with a claim password, whose reward was decided."""
    given = filed(gap, name="", phone="", claim_password=PASSWORD)
    gap.carry()
    with gap.side("inside"):
        settle_reward(gap.county, Matter.objects.get())
    gap.show(now=LATER)
    return given.receipt


def claimed(gap: Gap, code: str, password: str) -> Matter:
    with gap.side("outside"):
        outside.claim(code, password, now=LATER)
        assert not outside.look_up(code).can_claim, "it is on its way"
    path = gap.into(now=LATER)
    assert password.encode() not in path.read_bytes()
    gap.take(path, "inside")
    gap.show(now=LATER)
    return Matter.objects.get(kind="reward")


def test_a_reward_is_claimed_across_the_gap(gap: Gap, rewarded: str) -> None:
    assert claimed(gap, rewarded, PASSWORD).stage == "claimed"
    with gap.side("outside"):
        assert outside.look_up(rewarded).reward == "已申请领取，等待发放"
        with pytest.raises(Refused):
            outside.claim(rewarded, PASSWORD, now=LATER)


def test_a_wrong_password_is_told_and_may_be_mended(gap: Gap, rewarded: str) -> None:
    assert claimed(gap, rewarded, "不是这一句口令").stage == "approved"
    with gap.side("outside"):
        told = outside.look_up(rewarded)
    assert "口令不对" in told.reward
    assert told.can_claim
    assert claimed(gap, rewarded, PASSWORD).stage == "claimed"
