"""Addresses that don't exist or don't know a method: words, never an empty body."""

import json

import pytest
from django.test import Client
from tests.people import County

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/foo", "/api/v2/x", "/api/v1", "/api/v1/none", "/api/v10/matters"],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_of_the_api_is_a_problem(path: str, method: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert problem["status"] == 404
    assert problem["type"].startswith("urn:")
    assert "没有这个接口" in problem["detail"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_address_that_only_begins_alike_is_a_page() -> None:
    answer = Client().get("/apiary")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("account", "method", "path", "allowed"),
    [
        ("office", "get", "/desk/sign-out", "POST"),
        ("office", "put", "/desk/sign-in", ""),
        ("", "delete", "/tip-off", ""),
        ("", "post", "/published", ""),
        ("", "post", "/health/live", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_known_gets_a_page_and_allow(
    county: County, account: str, method: str, path: str, allowed: str
) -> None:
    client = Client()
    if account:
        client.force_login(county.users[account])
    answer = getattr(client, method)(path)
    if answer.status_code == 302:
        pytest.fail("sent to the sign-in")
    assert answer.status_code == 405
    assert answer.headers["Allow"]
    assert allowed in answer.headers["Allow"]
    assert "不能这样打开" in answer.text
    assert '<p class="status">405</p>' in answer.text


def test_a_method_that_the_api_does_not_know_is_a_problem() -> None:
    answer = Client().delete("/api/v1/matters")
    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Allow"] == "GET, POST"
    assert "不支持 DELETE" in answer.json()["detail"]
