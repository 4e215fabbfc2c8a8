"""Refusals are problems by RFC 9457, whatever went wrong: never a page, never a 500."""

import logging

import pytest
from django.test import Client
from tests.people import County

from bihuan.api import routes_matters
from bihuan.api.tests.conftest import As
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter

JSON = "application/json"


def is_a_problem(answer: object, status: int) -> dict[str, object]:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    told = answer.json()
    assert {"type", "title", "status", "detail"} <= set(told)
    assert told["status"] == status
    assert told["type"].startswith("urn:bihuan:problem:")
    assert told["detail"].endswith("。")
    assert any("\u4e00" <= mark <= "\u9fff" for mark in told["detail"])
    return told


@pytest.mark.parametrize(
    "body", [b"{", b"[1,", b"\xff\xfe", b'{"code": NaN}', b'{"code": "\\ud800"}', b"[" * 60_000]
)
def test_malformed_json(county: County, client: Client, body: bytes) -> None:
    answer = client.post("/api/v1/receipts", data=body, content_type=JSON)
    assert "JSON" in is_a_problem(answer, 400)["detail"]


@pytest.mark.parametrize("body", [b"", b"1", b"[]", b"null", b'"x"', b'{"code": 1}', b"{}"])
def test_wrong_shapes(county: County, client: Client, body: bytes) -> None:
    answer = client.post("/api/v1/receipts", data=body, content_type=JSON)
    assert is_a_problem(answer, 422)["fields"]


def test_unknown_members_are_told(county: County, client: Client) -> None:
    body = {"code": "1", "address": "x"}
    answer = client.post("/api/v1/receipts", data=body, content_type=JSON)
    assert is_a_problem(answer, 422)["fields"] == {
        "address": "这里没有“address”这一项，请删去后再提交。"
    }


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_other_media_types(county: County, client: Client, kind: str) -> None:
    answer = client.post("/api/v1/receipts", data=b"code=1", content_type=kind)
    is_a_problem(answer, 415)


def test_too_large(county: County, client: Client) -> None:
    answer = client.post("/api/v1/receipts", data=b" " * 1_100_000, content_type=JSON)
    is_a_problem(answer, 413)


@pytest.mark.parametrize("path", ["", "nothing", "matters/", "matters/a/b/c", "kinds/x", "%00"])
def test_unknown_routes(client: Client, path: str) -> None:
    is_a_problem(client.get(f"/api/v1/{path}"), 404)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace", "options"])
def test_other_methods(client: Client, method: str) -> None:
    answer = getattr(client, method)("/api/v1/matters")
    is_a_problem(answer, 405)
    assert answer["Allow"] == "GET, POST"


def test_head_is_get_without_body(county: County, as_: As) -> None:
    answer = as_("office").head("/api/v1/matters")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("code", ["x", "0000000000000", "zzzzzzzzzzzzz", "ééééééééééééé", "0" * 40])
def test_codes_that_name_nothing(county: County, as_: As, code: str) -> None:
    is_a_problem(as_("office").read(f"matters/{code}"), 404)
    is_a_problem(as_("office").send(f"matters/{code}/steps/close", {}), 404)


def test_same_sentence_as_on_screen(lead: Matter, as_: As) -> None:
    code = to_code(lead.pk)
    told = is_a_problem(as_("handler").send(f"matters/{code}/steps/acknowledge", {}), 403)
    assert told["detail"] == "“签收”须由签收人办理。"
    is_a_problem(as_("handler").send(f"matters/{code}/steps/nothing", {}), 404)
    told = is_a_problem(as_("office").send(f"matters/{code}/steps/merge", {"answers": {}}), 422)
    assert set(told["fields"]) == {"merged_into", "reason"}


def test_what_looks_like_a_name_can_be_confirmed(county: County, as_: As) -> None:
    intake = as_("intake")
    opened = intake.send("matters", {"kind": "lead", "answers": {"source": "来信"}}).json()
    answers = {
        "title": "反映兴旺煤矿超定员",
        "summary": "兴旺煤矿矿长王建国带班不下井。",
        "type": "重大事故隐患",
        "source": "来信",
    }
    path = f"matters/{opened['id']}/steps/register"
    told = is_a_problem(intake.send(path, {"answers": answers}), 422)
    assert told["confirmable"] == ["summary"]
    answers["confirmed"] = ["summary"]
    assert intake.send(path, {"answers": answers}).status_code == 200


def test_a_fault_of_ours_is_logged_and_told(
    county: County, as_: As, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("cable cut")

    monkeypatch.setattr(routes_matters, "page_of", broken)
    with caplog.at_level(logging.ERROR):
        told = is_a_problem(as_("office").read("matters"), 500)
    assert "cable" not in str(told)
    assert "cable cut" in caplog.text


def test_broken_upload(lead: Matter, as_: As) -> None:
    path = f"/api/v1/matters/{to_code(lead.pk)}/files"
    receiver = as_("receiver")
    is_a_problem(receiver.post(path, data=b"x", content_type="multipart/form-data"), 400)
    is_a_problem(receiver.post(path, data=b"{}", content_type=JSON), 422)
    is_a_problem(receiver.post(path, {}), 422)
