"""Every address as everybody: the rightful get through, strangers, neighbours and the recused not.

Routes come from the resolver and operations from the OpenAPI; one without a line in
`routes.toml` fails. Nobody who is refused changes anything.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from bihuan.api.document import document_of
from bihuan.api.urls import API
from bihuan.matters.moment import standing_at
from tests.people import County
from tests.walks.route_table import OPERATIONS, ROUTES, Operation, Route
from tests.walks.route_world import (
    AT,
    World,
    accuse,
    counts,
    fresh_allowances,
    photo,
    settle_world,
    texts_of,
    written,
)

LETTERS = "application/json"
NEXT_DOOR = {"matter": (404,), "firm": (403,)}
RECUSED = ("leader", "head2")


@pytest.fixture
def world(county: County, neighbour: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Two counties with one of everything, two days later."""
    fresh_allowances(monkeypatch)
    settled = settle_world(county, neighbour)
    with standing_at(AT):
        yield settled


def patterns(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The name of every pattern."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, one.namespace or space)
        else:
            assert isinstance(one, URLPattern)
            assert one.name, f"a route without a name: {one.pattern}"
            yield f"{space}:{one.name}" if space else one.name


def filled(path: str, world: World) -> str:
    """The path with what it names."""
    for key, value in world.args.items():
        path = path.replace(f"{{{key}}}", str(value))
    assert "{" not in path, path
    return path


def body_of(post: dict[str, Any], world: World) -> dict[str, Any]:
    """A form with a fresh file where one is asked."""
    return {
        key: SimpleUploadedFile("a.jpg", photo(), content_type="image/jpeg")
        if value == "photo"
        else filled(value, world)
        if isinstance(value, str)
        else value
        for key, value in post.items()
    }


def send(client: Client, method: str, path: str, body: Any) -> Any:
    """One request whose writes are undone."""
    with transaction.atomic():
        answer = client.get(path) if method == "get" else client.post(path, body)
        answer.said = texts_of(answer)
        transaction.set_rollback(True)
    return answer


def visits(world: World) -> Iterator[tuple[Route, str, str, Any]]:
    """Every route by every method it knows: route, method, path, body."""
    for route in ROUTES:
        path = filled(route.path, world)
        if route.get:
            yield route, "get", path, None
        if route.post is not None:
            yield route, "post", path, route.post


def fails(route: Route, method: str, account: str, answer: Any, why: str) -> str:
    """One line of a failing walk."""
    place = answer.headers.get("Location", "")
    return f"{route.name} {method} {account or 'nobody'}: {answer.status_code} {place} {why}"


def test_every_route_and_operation_has_its_line() -> None:
    stated = {route.name for route in ROUTES}
    named = {name for name in patterns(get_resolver()) if not is_operation(name)}
    assert named == stated
    for route in ROUTES:
        path = route.path.partition("?")[0]
        for mark in ("{lead}", "{tip}", "{record}"):
            path = path.replace(mark, "0000000000000")
        while "{" in path:
            path = path[: path.index("{")] + "1" + path[path.index("}") + 1 :]
        assert resolve(path).view_name == route.name
    described = {
        operation["operationId"]
        for methods in document_of(API)["paths"].values()
        for operation in methods.values()
    }
    assert described == {one.key for one in OPERATIONS}


def is_operation(name: str) -> bool:
    """Whether a pattern is ninja's own; the OpenAPI lists what it answers."""
    return name.startswith("api:") and name not in ("api:document", "api:unknown")


def test_the_rightful_get_through(world: World) -> None:
    wrong = []
    for route, method, path, body in visits(world):
        client = world.desk(route.who)
        if route.opens:
            client = world.opened(route.who, route.opens)
        answer = send(client, method, path, body_of(body, world) if body is not None else None)
        if method == "get" and answer.status_code != route.status:
            wrong.append(fails(route, method, route.who, answer, f"expected {route.status}"))
        if method == "post" and answer.status_code not in (200, 302, 303, 409, 410, 422):
            wrong.append(fails(route, method, route.who, answer, "should be let in"))
        if route.of in ("matter", "county", "self") and "sign-in" in answer.get("Location", ""):
            wrong.append(fails(route, method, route.who, answer, "sent away"))
    assert not wrong, "\n".join(wrong)


def test_strangers_are_sent_to_the_sign_in(world: World) -> None:
    wrong = []
    before = counts()
    for route, method, path, body in visits(world):
        if route.of in ("public", "door", "machine"):
            continue
        answer = world.desk("").get(path) if method == "get" else Client().post(path, body)
        if not answer.get("Location", "").startswith("/desk/sign-in?next="):
            wrong.append(fails(route, method, "", answer, "not sent to the sign-in"))
    assert not wrong, "\n".join(wrong)
    assert counts() == before


def gone(route: Route) -> int:
    """What next door's GET is told."""
    return 404 if route.of == "matter" else route.status


def test_neighbours_find_nothing_and_change_nothing(world: World) -> None:
    wrong = []
    marks = world.marks()
    for route, method, path, body in visits(world):
        if route.of in ("public", "door", "machine"):
            continue
        account = f"neighbour:{route.who}"
        form = body_of(body, world) if body is not None else None
        with CaptureQueriesContext(connection) as captured:
            answer = send(world.desk(account), method, path, form)
        if method == "get" and answer.status_code != gone(route):
            wrong.append(fails(route, method, account, answer, f"expected {gone(route)}"))
        if method == "post" and route.of == "matter" and answer.status_code != 404:
            wrong.append(fails(route, method, account, answer, "expected 404"))
        if route.of == "matter" and written(captured):
            wrong.append(fails(route, method, account, answer, f"wrote {written(captured)}"))
        said = answer.said
        shown = [mark for mark in marks if mark in said.replace(path, "")]
        if route.name == "desk:search":
            shown = [mark for mark in marks[1:] if mark in said]
        if shown:
            wrong.append(fails(route, method, account, answer, f"shows {shown}"))
    assert not wrong, "\n".join(wrong)


def test_the_marks_are_shown_to_the_county_itself(world: World) -> None:
    """Were the marks nowhere, the neighbour's walk would prove nothing."""
    seen = set()
    for route in ROUTES:
        if route.of in ("matter", "county") and route.get:
            said = texts_of(world.desk(route.who).get(filled(route.path, world)))
            if any(mark in said for mark in world.marks()):
                seen.add(route.name)
    assert seen >= {
        "desk:home", "desk:inbox", "desk:list", "desk:export", "desk:search", "desk:matter",
        "desk:step", "desk:ledger", "desk:record", "desk:ledger_export", "reports:report",
        "reports:export", "accounts:accounts", "accounts:register", "accounts:security",
        "regulations:values", "accounts:grants", "leads:readings", "desk:statistics",
    }  # fmt: skip


def test_other_roles_of_the_county_are_refused(world: World) -> None:
    wrong = []
    for route, method, path, body in visits(world):
        if route.wrong is None:
            assert route.of != "matter", f"{route.name} says nothing of other roles"
            continue
        account, status = route.wrong
        form = body_of(body, world) if body is not None else None
        with CaptureQueriesContext(connection) as captured:
            answer = send(world.desk(account), method, path, form)
        if answer.status_code != status:
            wrong.append(fails(route, method, account, answer, f"expected {status}"))
        # A refusal with its sentence names the matter, so it is a reading, and written down.
        kept = [sql for sql in written(captured) if status != 403 or "matters_viewing" not in sql]
        if kept:
            wrong.append(fails(route, method, account, answer, f"wrote {kept}"))
    assert not wrong, "\n".join(wrong)


def told_to_the_recused(world: World, route: Route, visit: tuple[str, str, Any]) -> list[str]:
    """What is wrong with one visit of those whom the matter is about."""
    method, path, body = visit
    wrong = []
    for account in RECUSED:
        form = body_of(body, world) if body is not None else None
        with CaptureQueriesContext(connection) as captured:
            answer = send(world.desk(account), method, path, form)
        if route.recused and (answer.status_code != 404 or written(captured)):
            why = f"expected 404, wrote {written(captured)}"
            wrong.append(fails(route, method, account, answer, why))
        if world.args["lead"] in answer.said.replace(path, ""):
            wrong.append(fails(route, method, account, answer, "shows the matter"))
    return wrong


def test_the_recused_find_nothing_of_their_own_matter(world: World) -> None:
    for account in RECUSED:  # the control: both see what isn't about them
        assert world.desk(account).get(filled("/desk/matters/{lead}/", world)).status_code == 200
    accuse(world)
    wrong = []
    for route, method, path, body in visits(world):
        if route.of in ("matter", "county"):
            form = body_of(body, world) if body is not None else None
            rightful = send(world.desk(route.who), method, path, form)
            wrong += told_to_the_recused(world, route, (method, path, body))
            if route.recused and rightful.status_code in (403, 404):
                wrong.append(fails(route, method, route.who, rightful, "is shut out"))
    assert not wrong, "\n".join(wrong)


def call(world: World, one: Operation, account: str) -> Any:
    """One call of the API whose writes are undone."""
    client, path = world.program(account), filled(one.path, world)
    with transaction.atomic():
        if one.body is None:
            answer = client.get(path)
        elif "file" in one.body:
            answer = client.post(path, body_of(one.body, world))
        elif "content" in one.body:
            named = {"X-File-Name": one.body["name"]}
            answer = client.post(path, one.body["content"], content_type="a/b", headers=named)
        else:
            answer = client.post(path, one.body, content_type=LETTERS)
        transaction.set_rollback(True)
    return answer


def told(world: World, one: Operation, account: str, *statuses: int) -> list[str]:
    """What is wrong with one call: status, sentence, writes, what it shows."""
    with CaptureQueriesContext(connection) as captured:
        answer = call(world, one, account)
    said, named = texts_of(answer), f"{one.key} {account or 'nobody'} {answer.status_code}"
    wrong = [] if answer.status_code in statuses else [f"{named}, expected {statuses}"]
    if answer.status_code >= 400:
        is_problem = answer["Content-Type"] == "application/problem+json"
        if not (is_problem and answer.json()["detail"]):
            wrong.append(f"{named}: not a problem with a sentence")
    if answer.status_code in (401, 403, 404) and written(captured):
        wrong.append(f"{named} wrote {written(captured)}")
    if ":" in account and any(mark in said for mark in world.marks()):
        wrong.append(f"{named} shows the neighbour's")
    return wrong


def test_operations_by_everybody(world: World) -> None:
    wrong = []
    for one in OPERATIONS:
        wrong += told(world, one, one.who, *one.statuses)
        if one.of != "public":
            next_door = NEXT_DOOR.get(one.of, (200, 422))
            wrong += told(world, one, "", 401)
            wrong += told(world, one, f"neighbour:{one.who}", *next_door)
        if one.wrong:
            wrong += told(world, one, *one.wrong)
    assert not wrong, "\n".join(wrong)


def test_operations_by_the_recused(world: World) -> None:
    accuse(world)
    wrong = []
    for one in OPERATIONS:
        for account in RECUSED if one.recused else ():
            wrong += told(world, one, account, 404)
        if one.recused:
            wrong += told(world, one, one.who, 200, 201)
    assert not wrong, "\n".join(wrong)


def test_expired_and_revoked_tokens_open_nothing(world: World) -> None:
    with standing_at(AT + timedelta(days=400)):
        answer = world.program("office").get("/api/v1/matters")
    assert answer.status_code == 401
    assert answer.json()["detail"]
