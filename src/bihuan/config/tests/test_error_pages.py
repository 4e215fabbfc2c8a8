"""Requests that end without a page still get one of ours, in Chinese."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client, RequestFactory
from django.views import defaults
from django.views.csrf import csrf_failure
from jinja2 import DictLoader, Environment

from bihuan.ui.environment import TEMPLATES, static

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("path", "way_back"), [("/nothing", "回首页"), ("/desk/x", "回工作台")])
def test_a_missing_page_says_so_and_leads_back(client: Client, path: str, way_back: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有这一页" in answer.text
    assert way_back in answer.text
    assert ("您的办理范围" in answer.text) is path.startswith("/desk/")


def test_every_refusal_of_the_framework_is_in_chinese(rf: RequestFactory) -> None:
    request = rf.get("/desk/somewhere")
    answers = {
        400: defaults.bad_request(request, SuspiciousOperation()),
        403: defaults.permission_denied(request, PermissionDenied()),
        500: defaults.server_error(request),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert "矿安闭环" in answer.text
        assert f'<p class="status">{status}</p>' in answer.text


def test_a_host_that_is_not_ours_is_refused(client: Client) -> None:
    assert client.get("/health/live", headers={"host": "127.0.0.1"}).status_code == 200
    assert client.get("/desk/sign-in", headers={"host": "evil.example"}).status_code == 400


def test_the_page_of_a_fault_stands_when_every_other_template_is_broken() -> None:
    text = (TEMPLATES / "500.html").read_text("utf-8")
    alone = Environment(loader=DictLoader({"500.html": text}), autoescape=True)
    alone.globals["static"] = static
    assert "系统没有办成这一步" in alone.get_template("500.html").render()


def test_a_stale_form_says_what_to_do(rf: RequestFactory) -> None:
    answer = csrf_failure(rf.post("/desk/somewhere"))
    assert answer.status_code == 403
    assert "刷新后再提交" in answer.text
