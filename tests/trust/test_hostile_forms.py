"""Hostile input on every form of every page: told in words, nothing lost, nothing half done."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.accounts.models import Grant
from bihuan.api.models import Token
from bihuan.language.field import Field, Kind
from bihuan.language.loop import ANY_OPEN, Loop, Step
from bihuan.leads.models import Envelope
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import lock, open_child, open_prepared
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, Entry, Matter, Outbox, PaperCopy, Record
from bihuan.matters.moment import standing_at
from bihuan.matters.permission import allowed
from bihuan.matters.reach import may_see
from bihuan.matters.revisions import ask_correction
from bihuan.matters.writing import engine_writes
from bihuan.regulations.models import Setting
from tests.people import STAFF, County
from tests.walks.route_table import ROUTES
from tests.walks.route_world import (
    AT,
    World,
    fresh_allowances,
    settle_world,
    texts_of,
)

CHINESE = re.compile("[一-鿿]{4,}")
MARKER = "留在页面上的字𠮷"
NASTY = (
    "", " ", "\0", "a\0b", "𠮷𠮷𠮷", "\U0001f600" * 50, "\ufffe", "\u202e反", "-1", "0", "1e999",
    "NaN", "9" * 20, "9" * 5000, "²", "٣", "<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}",
    "=1+1", "../../etc/passwd", "\r\nX: y", "2026-02-30", "0000-00-00", "99999-01-01", "true",
    "null", "[]", '{"a":1}', "字" * 6000, "%00", "\ud800".encode("utf-8", "replace").decode(),
    "9999-12-31T23:59:59", "0001-01-01T00:00:00", "9999-12-31", "0001-01-01",
)  # fmt: skip
OPENING = {
    Kind.DAY: "2026-03-01",
    Kind.MOMENT: "2026-03-01T08:00:00+08:00",
    Kind.TEXT: "走查",
    Kind.LONG_TEXT: "走查",
    Kind.AMOUNT: "1",
    Kind.INTEGER: "1",
    Kind.NUMBER: "1",
    Kind.YES_NO: "是",
}
KEPT: tuple[Any, ...] = (
    Matter, Entry, Attachment, Record, Outbox, PaperCopy, Grant, Envelope, Setting, Token,
)  # fmt: skip
ALONE = ("accounts:set_password", "accounts:first_start")
CALM = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Form:
    """A form of a page: where it goes, what it carries, what is typed."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)  # fields that hold free text


class Forms(HTMLParser):
    """The forms of a page that write something."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.found = path.partition("?")[0], list[Form]()
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form begins, or a field of it."""
        given = {key: value or "" for key, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._form = Form(action=given.get("action") or self.path)
            self.found.append(self._form)
        name = given.get("name", "")
        if self._form is None or not name or tag not in ("input", "select", "textarea", "button"):
            return
        kind = given.get("type", tag)
        if kind == "hidden":
            self._form.hidden[name] = given.get("value", "")
        elif kind == "file":
            self._form.files.append(name)
        else:
            self._form.typed.append(name)
            if kind in ("text", "textarea", "search"):
                self._form.written.append(name)

    def handle_endtag(self, tag: str) -> None:
        """The form is over."""
        if tag == "form":
            self._form = None


@pytest.fixture
def world(county: County, neighbour: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Two counties with one of everything."""
    fresh_allowances(monkeypatch)
    settled = settle_world(county, neighbour)
    with standing_at(AT):
        yield settled


def forms_at(client: Client, path: str) -> list[Form]:
    """The forms that a page shows."""
    answer = client.get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)  # read to its end, so that its file is closed
        return []
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return []
    page = Forms(path)
    page.feed(answer.content.decode())
    return [form for form in page.found if form.action != "/desk/sign-out"]


def sent_forms(form: Form) -> st.SearchStrategy[dict[str, Any]]:
    """What somebody hostile sends: odd values, several of one, fields left out or unknown."""
    value = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
    values = st.one_of(value, st.lists(value, max_size=3))
    names = list(dict.fromkeys(form.typed))
    typed = st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))
    carried = st.fixed_dictionaries(
        {}, optional={name: st.just(kept) for name, kept in form.hidden.items()}
    )
    return st.builds(_joined, st.just(form.hidden), carried, typed, st.booleans(), values)


def _joined(
    hidden: dict[str, str], some: dict[str, str], typed: dict[str, Any], whole: bool, odd: Any
) -> dict[str, Any]:
    return {**(hidden if whole else some), **typed, **({} if whole else {"nobody_asked": odd})}


def kept() -> list[int]:
    """How much there is of what a form may change."""
    return [table.objects.count() for table in KEPT]


def tried(client: Client, form: Form, sent: dict[str, Any]) -> None:
    """Send, and look: no 5xx, words, nothing half done, and the typed text still there."""
    marked = next((name for name in form.written if name in sent), None)
    if marked is not None and len(sent) % 2:
        sent = {**sent, marked: MARKER}
    with transaction.atomic():
        before = kept()
        answer = client.post(form.action, sent)
        said = texts_of(answer)
        what = f"{answer.status_code} {form.action} {str(sent)[:300]!r}"
        assert answer.status_code < 500, what
        if answer.status_code >= 400:
            assert kept() == before, what
            assert CHINESE.search(said), what
        if answer.status_code == 422 and MARKER in sent.values():
            assert MARKER in said, f"{what} lost what was typed"
        transaction.set_rollback(True)


def try_all(world: World, places: list[tuple[str, str]], *, examples: int) -> int:
    """Every form of these pages, each with so many hostile answers; gives how many forms."""
    seen = 0
    for account, path in places:
        client = world.desk(account)
        for form in forms_at(client, path):
            seen += 1

            hostile(client, form, examples=examples)
    return seen


def hostile(client: Client, form: Form, *, examples: int) -> None:
    """One form with so many hostile answers."""

    @settings(CALM, max_examples=examples)
    @given(sent=sent_forms(form))
    def check(sent: dict[str, Any]) -> None:
        tried(client, form, sent)

    check()


def pages(world: World) -> list[tuple[str, str]]:
    """Every page of the table, as the rightful person."""
    found = []
    for route in ROUTES:
        path = route.path
        for key, value in world.args.items():
            path = path.replace(f"{{{key}}}", str(value))
        if route.get and route.of != "machine" and route.name not in ALONE:
            found.append((route.who, path))
    return found


def step_forms(world: World) -> Iterator[tuple[str, Matter, Loop, Step]]:
    """Every step of every loop that somebody may take, on a matter that stands where it begins."""
    for loop in catalog().loops:
        matter = _matter_of(world, loop)
        for step in loop.steps:
            account = _standing_before(world, matter, loop, step)
            if account:
                yield account, matter, loop, step


def _matter_of(world: World, loop: Loop) -> Matter:
    if loop.key == "lead":
        return world.lead
    if not loop.parent:
        return _of_its_own(world, loop)
    by = world.county.actor("office")
    if loop.key == "correction":  # its facts are made by whoever asks for one
        change = {"title": "反映七里坡八号井口夜班超员"}
        ask_correction(world.lead.pk, changes=change, reason="走查", by=by, now=AT)
        return Matter.objects.get(kind=loop.key, parent=world.lead)
    answers = {one.key: _opening(one, world) for one in loop.opens_with if one.required}
    if "rule" in answers:
        answers["rule"] = catalog().rules[0].key
    with engine_writes():
        case = lock(world.lead.pk, by=by, now=AT)
        return open_child(case, loop.key, answers=answers)


def _of_its_own(world: World, loop: Loop) -> Matter:
    """A matter of a loop that stands alone, about a mine of the county."""
    site = world.county.sites["qingshiling"]

    def prepare(case: Case) -> None:
        case.place_in(site.region_id)
        case.about(site.pk)
        case.hand_to(site.firm_id)
        for one in loop.opens_with:
            if one.required:
                case.set(one.key, _opening(one, world))
        if "watch" in case.facts:
            case.set("watch", catalog().watches[0].key)

    by = world.county.actor("watch")
    return open_prepared(loop, by=by, now=AT, recorded_at=AT, at_stage="", prepare=prepare)


def _opening(asked: Field, world: World) -> object:
    """An answer that a field of an opening form takes."""
    if asked.kind in (Kind.CHOICE, Kind.CHOICES):
        return asked.options[0].key
    if asked.kind is Kind.SITE:
        return world.county.sites["qingshiling"].pk
    return OPENING[asked.kind]


def _standing_before(world: World, matter: Matter, loop: Loop, step: Step) -> str:
    """The account that may take the step, once the matter was put where it begins; or none."""
    _put(matter, loop, step)
    for account in STAFF:
        by = world.county.actor(account)
        facts = dict(Matter.objects.get(pk=matter.pk).facts_row.data)
        case = Case(matter=matter, loop=loop, by=by, now=AT, facts=facts)
        if set(step.by) & by.roles and may_see(matter, by=by) and allowed(case, step) is None:
            return account
    return ""


def _put(matter: Matter, loop: Loop, step: Step) -> None:
    stages = [one.key for one in loop.stages if not one.closed]
    stage = stages[-1] if step.source == ANY_OPEN else step.source[0]
    is_open = not loop.stage(stage).closed
    with engine_writes():
        Matter.objects.filter(pk=matter.pk).update(stage=stage, is_open=is_open)
    matter.refresh_from_db()


def try_steps(world: World, *, examples: int) -> int:
    """Every step form that somebody may fill in."""
    seen = 0
    for account, matter, _loop, step in step_forms(world):
        path = f"/desk/matters/{to_code(matter.pk)}/steps/{step.key}/"
        seen += try_all(world, [(account, path)], examples=examples)
    return seen


def test_every_form_of_every_page(world: World) -> None:
    assert try_all(world, pages(world), examples=2) > 30


def test_every_step_form(world: World) -> None:
    assert try_steps(world, examples=2) > 30


@pytest.mark.slow
def test_every_form_with_many_answers(world: World) -> None:
    assert try_all(world, pages(world), examples=8) > 30
    assert try_steps(world, examples=8) > 30


def test_a_field_of_ten_megabytes(world: World) -> None:
    huge = "字" * (10 << 20 >> 2)
    code = world.args["lead"]
    for account, path, name in (
        ("office", f"/desk/matters/{code}/steps/note/", "note"),
        ("intake", "/desk/m/lead/new/", "source"),
        ("", "/tip-off", "what"),
        ("office", "/desk/ledgers/reward_notice/new/", "note"),
    ):
        tried(world.desk(account), Form(action=path), {name: huge})
    before = Entry.objects.count()
    answer = world.desk("office").post(
        f"/desk/matters/{code}/steps/note/", {"note": "a" * (13 << 20)}
    )
    assert answer.status_code in (400, 413, 422)
    assert Entry.objects.count() == before


def test_bytes_that_are_no_text(world: World) -> None:
    for account, path in (("office", f"/desk/matters/{world.args['lead']}/steps/note/"),
                          ("", "/tip-off"), ("", "/receipt"), ("", "/desk/sign-in")):  # fmt: skip
        for body in (b"progress=%ff%fe%00&what=%c3%28&code=%80", b"\xff\xfe=\x00", b"&&&=%%%"):
            answer = world.desk(account).post(
                path, body, content_type="application/x-www-form-urlencoded"
            )
            assert 400 <= answer.status_code < 500, path
        broken = "multipart/form-data; boundary=x"
        answer = world.desk(account).post(path, b"--x\r\nContent-Dis", content_type=broken)
        assert 400 <= answer.status_code < 500, path
