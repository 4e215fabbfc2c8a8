"""A tip-off through the API: taken, sealed, looked up; its words are in no answer of the API."""

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests.people import County

from bihuan.api.tests.conftest import As
from bihuan.language.clock import SHANGHAI
from bihuan.leads import public_counters
from bihuan.leads.allowance import Allowance
from bihuan.leads.models import Envelope
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at

JSON = "application/json"
TIP = {
    "words": "兴旺煤矿夜班超定员，我是欧阳举贤，在紫藤花架旁的磅房上班。",
    "place": "紫藤花架旁的磅房",
    "happened": "2026-02-27 夜班",
    "kind": "重大事故隐患",
    "reporter_kind": "worker",
    "name": "欧阳举贤",
    "phone": "19900004417",
    "wants_reply": True,
    "claim_password": "紫藤花架旁的磅房",
}


KEY = "3f9Qk0mXbW7sTz5LhV2cRg"


def file(client: Client, *, key: str | None = None, **changes: object) -> object:
    headers = None if key is None else {"Idempotency-Key": key}
    body = {**TIP, **changes}
    return client.post("/api/v1/tip-offs", data=body, content_type=JSON, headers=headers)


def test_filed_sealed_and_looked_up(ready_county: County, client: Client, as_: As) -> None:
    answer = file(client)
    assert answer.status_code == 201
    told = answer.json()
    assert set(told) == {"acceptance_number", "receipt"}
    found = client.post("/api/v1/receipts", data={"code": told["receipt"]}, content_type=JSON)
    assert found.status_code == 200
    assert found.json()["acceptance_number"] == told["acceptance_number"]
    assert found.json()["words"]
    assert "matter_id" not in found.json()
    assert Envelope.objects.count() == 2
    matter = Matter.objects.get()
    said = [
        as_(account).read(path).content.decode()
        for account in ("office", "intake", "leader", "custodian")
        for path in (
            "matters",
            f"matters/{to_code(matter.pk)}",
            "matters?q=磅房",
            "matters?q=欧阳举贤",
        )
    ]
    everything = json.dumps([json.loads(text) for text in said], ensure_ascii=False)
    assert to_code(matter.pk) in everything
    for secret in ("欧阳", "19900004417", "磅房", "2026-02-27 夜班", told["receipt"]):
        assert secret not in everything


def test_faults_are_named_as_the_api_names_them(ready_county: County, client: Client) -> None:
    answer = file(client, words="太短", claim_password="短")
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"words", "claim_password"}
    assert set(file(client, claim_password="—" * 9).json()["fields"]) == {"claim_password"}
    assert set(file(client, kind="不在表中").json()["fields"]) == {"kind"}
    assert set(file(client, county="990199").json()["fields"]) == {"county"}


def test_few_people_know_may_be_said(ready_county: County, client: Client) -> None:
    for said, kept in ({"few_know": True}, True), ({}, None):
        assert file(client, **said).status_code == 201
        facts = Matter.objects.order_by("-pk")[0].facts_row.data
        assert facts.get("few_know") is kept
    assert file(client, few_know="是").status_code == 422
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert schemas["TipOffIn"]["properties"]["few_know"]["type"] == "boolean"
    assert "few_know" not in schemas["TipOffIn"]["required"]


def test_county_is_chosen_by_code(ready_county: County, neighbour: County, client: Client) -> None:
    assert file(client, county="990121").status_code == 201
    assert Matter.objects.get().l3 == ready_county.region.pk
    assert file(client, county="990122").status_code == 503  # nobody there holds a key yet


def test_sent_again_under_its_key_it_is_taken_once(ready_county: County, client: Client) -> None:
    first, again = file(client, key=KEY), file(client, key=KEY)
    assert [first.status_code, again.status_code] == [201, 201]
    assert again.json() == first.json()
    assert Matter.objects.count() == 1
    assert file(client, key=KEY[::-1]).json() != first.json()
    assert Matter.objects.count() == 2


def test_the_same_said_with_other_spaces_is_the_same(ready_county: County, client: Client) -> None:
    headers = {"Idempotency-Key": KEY}
    said = [
        json.dumps(TIP, ensure_ascii=False, indent=2),
        json.dumps(dict(reversed(TIP.items())), separators=(",", ":")),
    ]
    told = [
        client.post("/api/v1/tip-offs", text.encode(), content_type=JSON, headers=headers)
        for text in said
    ]
    assert [answer.status_code for answer in told] == [201, 201]
    assert told[0].json() == told[1].json()
    assert Matter.objects.count() == 1


def test_something_else_under_the_same_key_opens_no_receipt(
    ready_county: County, client: Client
) -> None:
    told = file(client, key=KEY).json()
    answer = file(client, key=KEY, place="主井口")
    assert answer.status_code == 409
    assert "已经收到，不重复登记" in answer.json()["detail"]
    assert told["receipt"] not in answer.content.decode()
    assert Matter.objects.count() == 1


def test_the_receipt_is_given_again_for_ten_minutes(ready_county: County, client: Client) -> None:
    at = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
    with standing_at(at):
        first = file(client, key=KEY)
    with standing_at(at + timedelta(minutes=9)):
        assert file(client, key=KEY).json() == first.json()
    with standing_at(at + timedelta(minutes=11)):
        assert file(client, key=KEY).status_code == 409
    assert Matter.objects.count() == 1


def test_a_refused_tip_off_leaves_its_key_free(ready_county: County, client: Client) -> None:
    assert file(client, key=KEY, words="").status_code == 422
    assert file(client, key=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "k-1", "长" * 30, "a" * 81, "0" * 22, "1234567" * 4])
def test_a_key_that_others_may_have_is_refused(
    ready_county: County, client: Client, key: str
) -> None:
    answer = file(client, key=key)
    assert answer.status_code == 400
    assert "22 到 80 个字符" in answer.json()["detail"]
    assert not Matter.objects.exists()


def test_too_many_wait_to_be_screened(
    ready_county: County, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_counters, "_tips", Allowance(per_hour=1))
    assert [file(client).status_code for _ in range(2)] == [201, 201]
    assert sorted(Matter.objects.values_list("stage", flat=True)) == ["received", "screening"]


def test_codes_are_not_tried_by_the_thousand(
    ready_county: County, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_counters, "_look_ups", Allowance(per_hour=1))
    body = {"code": "1234 5678 9012 3456"}
    met = [client.post("/api/v1/receipts", data=body, content_type=JSON) for _ in range(2)]
    assert [answer.status_code for answer in met] == [404, 429]


def test_pages_and_api_count_together(
    ready_county: County, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_counters, "_look_ups", Allowance(per_hour=1))
    assert client.post("/receipt", {"code": "1234 5678 9012 3456"}).status_code == 404
    answer = client.post("/api/v1/receipts", data={"code": "1234"}, content_type=JSON)
    assert answer.status_code == 429


def test_before_anything_is_set_up(db: None, client: Client) -> None:
    assert file(client).status_code == 503


def test_session_of_a_colleague_changes_nothing(ready_county: County) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ready_county.users["office"])
    assert file(client).status_code == 201
