"""Headers, markup, redirects and cookies: strict everywhere, errors and the API included."""

import logging
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.views import defaults

import bihuan
from bihuan.desk.files import NO_SCRIPT
from bihuan.matters.moment import standing_at
from tests.people import County
from tests.trust.places import dumped
from tests.walks.route_table import OPERATIONS, ROUTES, Route
from tests.walks.route_world import AT, World, fresh_allowances, photo, settle_world

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
POLICIES = ("same-origin", "no-referrer")
SCRIPT_TYPES = ("application/json", "application/ld+json")
ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example",
    "http:evil.example", "javascript:alert(1)", "\thttps://evil.example", "https:/evil.example",
    "/desk/\r\nSet-Cookie: a=b", "data:text/html,x", "//evil.example@127.0.0.1/",
    "\\\\evil.example",
)  # fmt: skip
ADDRESS = "203.0.113.77"


@pytest.fixture
def world(county: County, neighbour: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Two counties with one of everything."""
    fresh_allowances(monkeypatch)
    settled = settle_world(county, neighbour)
    with standing_at(AT):
        yield settled


class Inline(HTMLParser):
    """Finds what a strict policy would refuse to run or draw, and what is fetched elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Style and event attributes, inline scripts and styles, foreign addresses."""
        given = dict(attrs)
        for key, value in attrs:
            if key == "style" or key.startswith("on"):
                self.found.append(f"<{tag} {key}>")
            if key in ("href", "src", "action") and (value or "").startswith("javascript:"):
                self.found.append(f"<{tag} {key}={value}>")
            if key in ("src", "srcset", "data") and (value or "").startswith(("http", "//")):
                self.found.append(f"<{tag} {key}={value}>")
        if tag == "style" or (tag == "script" and not given.get("src")):
            self._inside = "" if given.get("type") in SCRIPT_TYPES else tag
        if tag in ("iframe", "object", "embed", "base"):
            self.found.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        """Text inside an inline script or style."""
        if self._inside and data.strip():
            self.found.append(f"<{self._inside}> {data[:40]!r}")

    def handle_endtag(self, _tag: str) -> None:
        """Out of the script again."""
        self._inside = ""


def faults_of(answer: Any) -> list[str]:
    """What is not as strict as it must be."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = answer.headers
    faults = []
    if headers.get("Content-Security-Policy") not in (STRICT, NO_SCRIPT):
        faults.append(f"policy {headers.get('Content-Security-Policy')}")
    if headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("sniffed")
    if headers.get("X-Frame-Options") != "DENY":
        faults.append("framed")
    if headers.get("Referrer-Policy") not in POLICIES:
        faults.append(f"referrer {headers.get('Referrer-Policy')}")
    if headers.get("Content-Type", "").startswith("text/html"):
        page = Inline()
        page.feed(data.decode())
        faults += page.found
    return faults


def answers(world: World) -> Iterator[tuple[str, Any]]:
    """Every route as the rightful person, as a stranger and as one of the wrong role."""
    for route in ROUTES:
        path = _path(route, world)
        client = world.desk(route.who)
        if route.opens:
            client = world.opened(route.who, route.opens)
        for account, one in ((route.who, client), ("nobody", world.desk(""))):
            if route.get:
                yield f"GET {path} as {account}", one.get(path)
            yield f"POST {path} as {account}", one.post(path, {})
        if route.wrong and route.get:
            yield f"GET {path} as {route.wrong[0]}", world.desk(route.wrong[0]).get(path)
    for one in OPERATIONS:
        path = one.path.replace("{lead}", world.args["lead"])
        for account in ("office", ""):
            program = world.program(account)
            yield f"GET {path} as {account or 'nobody'}", program.get(path)
            yield f"POST {path}", program.post(path, "{", content_type="application/json")
            yield f"DELETE {path}", program.delete(path)


def _path(route: Route, world: World) -> str:
    path = route.path
    for key, value in world.args.items():
        path = path.replace(f"{{{key}}}", str(value))
    return path


def test_every_answer_is_strict(world: World) -> None:
    wrong = {}
    for what, answer in answers(world):
        faults = faults_of(answer)
        if faults:
            wrong[what] = faults
        if answer.status_code >= 500 and "/health/ready" not in what:
            wrong[f"{what} {answer.status_code}"] = ["broken"]
    assert not wrong, "\n".join(f"{what}: {faults}" for what, faults in wrong.items())


def test_what_the_checks_look_for_they_find() -> None:
    page = Inline()
    page.feed('<p style="a" onclick="b"><script>c</script><style>d</style><a href="javascript:e">')
    assert len(page.found) == 5


def test_errors_end_on_a_page_with_a_sentence(world: World) -> None:
    bare = RequestFactory().get("/")
    client = world.desk("office")
    huge = {f"f{n}": "1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    for status, answer in (
        (404, client.get("/desk/none")),
        (404, Client().get("/none")),
        (400, client.post(f"/desk/matters/{world.args['lead']}/steps/note/", huge)),
        (403, Client(enforce_csrf_checks=True).post("/desk/sign-in", {})),
        (403, defaults.permission_denied(bare, PermissionDenied())),
        (500, defaults.server_error(bare)),
    ):
        text = answer.content.decode()
        assert answer.status_code == status
        assert '<html lang="zh' in text
        assert "请" in text
        assert "Traceback" not in text


@pytest.mark.django_db
def test_static_files_are_strict_too() -> None:
    """Whitenoise answers before the views, so it is asked apart."""
    assert finders.find("ui/app.css")
    answer = Client().get("/static/ui/app.css")
    assert answer.status_code == 200
    assert answer.headers.get("Content-Security-Policy") == STRICT
    assert answer.headers.get("X-Content-Type-Options") == "nosniff"
    answer.close()  # its file is open until then; no database is used after this


def test_scripts_of_our_own_write_no_markup() -> None:
    """What would undo the policy from inside: eval, string timers, style attributes."""
    folder = Path(bihuan.__file__).parent
    scripts = [path for path in folder.rglob("static/**/*.js") if "vendor" not in path.parts]
    assert scripts
    for path in scripts:
        if "htmx" in path.name:
            continue
        text = path.read_text("utf-8")
        for word in ("eval(", "new Function(", "document.write(", "setAttribute('style'"):
            assert word not in text, f"{path.name}: {word}"


@pytest.mark.parametrize("place", ELSEWHERE)
def test_next_never_leads_elsewhere(county: County, place: str) -> None:
    client = Client()
    page = client.get("/desk/sign-in", {"next": place})
    assert "evil.example" not in page.content.decode()
    client.force_login(county.users["office"])
    answer = client.get("/desk/sign-in", {"next": place})
    assert answer.status_code == 303
    assert answer["Location"].startswith("/desk/")
    assert not answer["Location"].startswith("//")
    assert answer.cookies.get("a") is None


def test_next_leads_back_inside(county: County) -> None:
    client = Client()
    client.force_login(county.users["office"])
    answer = client.get("/desk/sign-in", {"next": "/desk/notices?after=3"})
    assert answer["Location"] == "/desk/notices?after=3"


def test_cookies_are_out_of_reach_of_scripts(county: County) -> None:
    client = Client()
    page = client.get("/desk/sign-in")
    user = county.users["office"]
    user.set_password("走查用的一句长口令")
    user.save()
    signed = client.post(
        "/desk/sign-in", {"username": user.username, "password": "走查用的一句长口令"}
    )
    cookies = {**page.cookies, **signed.cookies}
    assert settings.SESSION_COOKIE_NAME in cookies
    for name, cookie in cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] in ("Lax", "Strict"), name
        assert cookie["domain"] == "", name


def test_nobodys_address_is_kept_by_the_portal(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The control: the sign-in does note the address."""
    visitor = Client(REMOTE_ADDR=ADDRESS, raise_request_exception=False)
    forwarded = {"X-Forwarded-For": ADDRESS, "Forwarded": f"for={ADDRESS}"}
    with caplog.at_level(logging.DEBUG):
        for route in ROUTES:
            if route.of == "public":
                visitor.get(_path(route, world), headers=forwarded)
                sent = {"what": "短", "code": world.filed.receipt, "files": upload()}
                visitor.post(_path(route, world), sent, headers=forwarded)
    assert ADDRESS not in caplog.text
    assert ADDRESS not in "".join(capsys.readouterr())
    assert ADDRESS.encode() not in dumped()
    visitor.post("/desk/sign-in", {"username": "nobody", "password": "wrong"})
    assert ADDRESS.encode() in dumped()


def upload() -> SimpleUploadedFile:
    """A small picture."""
    return SimpleUploadedFile("a.jpg", photo(), content_type="image/jpeg")
