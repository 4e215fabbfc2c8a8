"""Every route as nobody, as a neighbour, in the wrong role and in the right one."""

from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from ninja.operation import Operation
from tests.people import County

from bihuan.api.tests.conftest import FILE, FILE_NAME, As, Caller, caller_of
from bihuan.api.urls import API
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter

TIP = {"words": "兴旺煤矿夜班下井人数超过规定，已经半个月。", "kind": "重大事故隐患"}
POSITIONS: dict[str, object] = {
    "mine": "990121000001",
    "at": "2026-03-01T08:00:00+08:00",
    "persons": [{"card": "99012100000100001"}],
}
LINK: dict[str, object] = {
    "site": "990121000001",
    "system": "water",
    "since": "2026-03-01T08:00:00+08:00",
    "until": "2026-03-01T08:30:00+08:00",
}
ENTRIES: dict[str, object] = {"mine": "990121000001", "entries": []}


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Statuses of one route: nobody, neighbour, wrong role, right role; who the last two are."""

    method: str
    path: str
    nobody: int
    neighbour: int
    wrong: int
    right: int
    wrong_role: str
    right_role: str
    body: dict[str, object] | None = None


ROUTES = {
    "file_tip_off": Expected(
        method="POST",
        path="tip-offs",
        nobody=201,
        neighbour=201,
        wrong=201,
        right=201,
        wrong_role="system",
        right_role="office",
        body=TIP,
    ),
    "look_up": Expected(
        method="POST",
        path="receipts",
        nobody=404,
        neighbour=404,
        wrong=404,
        right=404,
        wrong_role="system",
        right_role="office",
        body={"code": "0000 0000 0000 0000"},
    ),
    "list_matters": Expected(
        method="GET",
        path="matters",
        nobody=401,
        neighbour=200,
        wrong=200,
        right=200,
        wrong_role="system",
        right_role="office",
    ),
    "open_matter": Expected(
        method="POST",
        path="matters",
        nobody=401,
        neighbour=201,  # in the own county
        wrong=403,
        right=201,
        wrong_role="handler",
        right_role="office",
        body={"kind": "lead", "answers": {"source": "来信"}},
    ),
    "show_matter": Expected(
        method="GET",
        path="matters/{code}",
        nobody=401,
        neighbour=404,
        wrong=404,
        right=200,
        wrong_role="receiver2",
        right_role="receiver",
    ),
    "take_step": Expected(
        method="POST",
        path="matters/{code}/steps/acknowledge",
        nobody=401,
        neighbour=404,
        wrong=403,
        right=200,
        wrong_role="handler",
        right_role="receiver",
        body={},
    ),
    "attach_file": Expected(
        method="POST",
        path="matters/{code}/files",
        nobody=401,
        neighbour=404,
        wrong=403,
        right=201,
        wrong_role="publisher",
        right_role="receiver",
    ),
    "show_ledger": Expected(
        method="GET",
        path="ledgers/{ledger}",
        nobody=401,
        neighbour=200,  # of the own county
        wrong=403,
        right=200,
        wrong_role="handler",
        right_role="office",
    ),
    "list_kinds": Expected(
        method="GET",
        path="kinds",
        nobody=401,
        neighbour=200,
        wrong=200,
        right=200,
        wrong_role="system",
        right_role="office",
    ),
    "send_series": Expected(
        method="POST",
        path="series",
        nobody=401,
        neighbour=403,
        wrong=403,
        right=200,
        wrong_role="publisher",
        right_role="firm",
        body={
            "values": [{"site": "990121000001", "series": "产量", "at": "2026-01-01", "value": 1}]
        },
    ),
    "report_link": Expected(
        method="POST",
        path="links",
        nobody=401,
        neighbour=404,
        wrong=403,
        right=202,
        wrong_role="publisher",
        right_role="firm",
        body=LINK,
    ),
    "send_goaf_readings": Expected(
        method="POST",
        path="goaf-readings",
        nobody=401,
        neighbour=404,
        wrong=404,
        right=200,
        wrong_role="handler",
        right_role="watch",
        body={"mine": "990121000001", "items": []},
    ),
    "send_readings": Expected(
        method="POST",
        path="telemetry",
        nobody=401,
        neighbour=403,
        wrong=403,
        right=202,
        wrong_role="office",
        right_role="firm",
    ),
    "send_positions": Expected(
        method="POST",
        path="positions",
        nobody=401,
        neighbour=403,
        wrong=403,
        right=201,
        wrong_role="office",
        right_role="firm",
        body=POSITIONS,
    ),
    "send_entries": Expected(
        method="POST",
        path="entries",
        nobody=401,
        neighbour=403,
        wrong=403,
        right=201,
        wrong_role="office",
        right_role="firm",
        body=ENTRIES,
    ),
}


def operations() -> dict[str, Operation]:
    """Every operation that the API serves, by its id."""
    return {
        str(operation.operation_id): operation
        for bound in API._get_bound_routers()  # noqa: SLF001  ninja has no public walk
        for view in bound.path_operations.values()
        for operation in view.operations
    }


def ask(caller: Caller, route: Expected, lead: Matter) -> int:
    path = route.path.format(code=to_code(lead.pk), ledger="reward_notice")
    if path.endswith("/files"):
        return caller.post(
            f"/api/v1/{path}", {"file": SimpleUploadedFile("清单.csv", b"a,b\n1,2\n")}
        ).status_code
    if path == "telemetry":
        return caller.deliver(FILE, name=FILE_NAME).status_code
    answer = caller.read(path) if route.method == "GET" else caller.send(path, route.body)
    return answer.status_code


def test_every_route_has_an_expectation() -> None:
    assert set(operations()) == set(ROUTES)
    for key, operation in operations().items():
        assert operation.methods == [ROUTES[key].method]


@pytest.mark.parametrize("key", ROUTES)
def test_who_may(key: str, ready_county: County, neighbour: County, lead: Matter, as_: As) -> None:
    route = ROUTES[key]
    assert ask(Caller(), route, lead) == route.nobody
    for account in ("office", "receiver", "handler", "head", "intake", "leader", "custodian"):
        expected = 403 if key in ("open_matter", "show_ledger", "report_link") else route.neighbour
        met = ask(caller_of(neighbour, account), route, lead)
        assert met == route.neighbour or (met == expected == 403)
    assert ask(as_(route.wrong_role), route, lead) == route.wrong
    assert ask(as_(route.right_role), route, lead) == route.right
