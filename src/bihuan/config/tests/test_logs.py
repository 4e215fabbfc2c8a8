"""What was typed is nowhere in the logs: a name and a telephone number planted everywhere."""

import io
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.test import Client
from tests.people import County

from bihuan.config import logs
from bihuan.config.logs import PlainFormatter, end_plainly, exception_words
from bihuan.config.tests.processes import serving
from bihuan.desk import home as desk_home

NAME = "欧阳举贤"
PHONE = "19900004417"
PLANTED = (NAME, PHONE, quote(NAME))


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that goes to the logs, as a live deployment formats it."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(PlainFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield told
    finally:
        root.removeHandler(handler)


def broken(*_given: Any, **_named: Any) -> Any:
    """Break with everything in the message, and with a cause."""
    try:
        raise KeyError(f"{NAME} {PHONE}")
    except KeyError as error:
        raise ValueError(f"no lead of {NAME}, {PHONE}") from error


def test_an_exception_is_told_by_place_and_number_not_by_its_words(
    county: County, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(county.users["office"])
    monkeypatch.setattr(desk_home, "open_figures", broken)
    answer = client.get(f"/desk/?q={NAME}", headers={"User-Agent": PHONE, "X-Name": PHONE})
    assert answer.status_code == 500
    text = written.getvalue()
    assert "exception=ValueError<KeyError" in text
    assert "test_logs.py:" in text
    assert f"request={answer.headers['X-Request-Id']}" in text
    assert f"user={county.users['office'].pk}" in text
    assert "route=desk/" in text
    assert re.search("event=request status=500 ms=[0-9]+ logger=bihuan.request request=", text)
    assert not [planted for planted in PLANTED if planted in text]
    assert county.users["office"].display_name not in text


def test_a_broken_call_of_the_api_is_told_the_same_way(
    county: County, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bihuan.api.routes_matters.visible", broken, raising=False)
    monkeypatch.setattr("bihuan.api.routes_public.look_up", broken, raising=False)
    client = Client(raise_request_exception=False)
    client.force_login(county.users["office"])
    answer = client.get("/api/v1/matters", {"q": NAME, "after": PHONE})
    assert answer.status_code in (200, 400, 404, 422, 500)
    assert not [planted for planted in PLANTED if planted in written.getvalue()]


def test_libraries_are_told_by_their_place_alone(written: io.StringIO) -> None:
    logging.getLogger("somebody.else").error("can't read %s of %s", PHONE, NAME)
    logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST: " + NAME)  # noqa: G003 - as Django does
    text = written.getvalue()
    assert text.count("event=library") == 2
    assert "place=test_logs.test_libraries" in text
    assert not [planted for planted in PLANTED if planted in text]


def test_a_process_that_breaks_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    end_plainly()
    try:
        broken()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    told = capsys.readouterr().err
    assert told.startswith("exception=ValueError<KeyError places=")
    assert not [planted for planted in PLANTED if planted in told]


def test_every_answer_has_a_number_of_its_own(client: Client, db: None) -> None:
    numbers = {
        client.get("/health/live", headers={"X-Request-Id": PHONE}).headers["X-Request-Id"]
        for _ in range(3)
    }
    assert len(numbers) == 3
    assert PHONE not in numbers


def test_words_outside_a_request_name_none() -> None:
    assert logs.request_words() == {}
    assert exception_words(RuntimeError(NAME)) == {"exception": "RuntimeError", "places": ""}


def test_django_mails_nobody_and_has_no_handler_of_its_own() -> None:
    assert logging.getLogger("django").handlers == []
    formatter = settings.LOGGING["formatters"]["plain"]["()"]
    assert formatter == f"{PlainFormatter.__module__}.{PlainFormatter.__name__}"


@pytest.mark.slow
def test_a_server_writes_nothing_of_what_was_typed(tmp_path: Path) -> None:
    form = urlencode({"username": NAME, "password": PHONE, "what": NAME})
    headers = {"User_Agent": PHONE, "X_Forwarded_For": "203.0.113.77", "Referer": f"/?q={PHONE}"}
    with serving(tmp_path / "home", "--port", "0") as served:
        for path in ("/", "/desk/sign-in", "/tip-off", "/receipt", "/api/v1/receipts", "/none"):
            for query in ("", f"?q={quote(NAME)}&phone={PHONE}"):
                served.ask(path + query, **headers)
                served.ask(path + query, "POST", form, **headers)
        served.ask(f"/{quote(NAME)}/{PHONE}", **headers)
        served.ask("/", Host=f"{PHONE}.example", **headers)
        served.ask("/api/v1/matters", Authorization=f"Bearer {PHONE}", **headers)
        served.ask("/desk/sign-in", "POST", form, Cookie=f"bihuan={PHONE}; csrftoken={PHONE}")
    text = served.log.read_text("utf-8")
    assert "DisallowedHost" in text
    assert "203.0.113.77" not in text
    assert not [planted for planted in PLANTED if planted in text], text
