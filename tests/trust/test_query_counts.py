"""No page takes more than thirty queries, and none counts a whole table, with a filled county."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from tests.people import NOW, County
from tests.walks.route_table import OPERATIONS, ROUTES
from tests.walks.route_world import AT, World, fresh_allowances, settle_world, texts_of

QUERIES_MAX = 30
WHOLE = {"/desk/sites/": 120}  # one mine in every board: a few questions a board, none a row
LEADS = 160
NOTES = 30
COUNTED = re.compile(r"^SELECT COUNT\(\*\)")


@pytest.fixture
def world(county: County, neighbour: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A county with more leads than three pages hold, one of them with a long trail."""
    fresh_allowances(monkeypatch)
    settled = settle_world(county, neighbour)
    intake, handler = county.actor("intake"), county.actor("handler")
    for n in range(LEADS):
        opening = {"source": "举报电话", "channel": "phone", "reporter_kind": "public"}
        by = {"by": intake, "now": NOW}
        lead = open_matter("lead", answers=opening, region_id=county.region.pk, **by)
        if n % 2:
            answers = {
                "title": f"反映兴旺煤矿夜班超员之{n}",
                "summary": "兴旺煤矿夜班下井人数超过规定。",
                "type": "重大事故隐患",
                "source": "举报电话",
                "site": county.sites["xingwang"].pk,
            }
            take_step(lead.pk, "register", answers=answers, **by)
    for n in range(NOTES):
        note = {"note": f"第{n}次到现场核对下井人数。"}
        take_step(settled.lead.pk, "note", by=handler, now=NOW, answers=note)
    with standing_at(AT):
        yield settled


def counts_a_table(sql: str) -> bool:
    """A count of everything that a condition finds, with no end; of one matter's own is fine."""
    is_bounded = "FROM (SELECT" in sql or '"matter_id" = ' in sql
    return bool(COUNTED.match(sql)) and not is_bounded


def test_no_page_takes_more_than_thirty_queries(world: World) -> None:
    wrong, most = [], 0
    asked = [
        (world.opened(route.who, route.opens) if route.opens else world.desk(route.who), route.path)
        for route in ROUTES
        if route.get
    ]
    asked += [(world.program(one.who), one.path) for one in OPERATIONS if one.body is None]
    for client, pattern in asked:
        path = pattern
        for key, value in world.args.items():
            path = path.replace(f"{{{key}}}", str(value))
        texts_of(client.get(path))  # what is kept in memory from then on
        with CaptureQueriesContext(connection) as captured:
            texts_of(client.get(path))
        said = [query["sql"] for query in captured.captured_queries]
        most = max(most, len(said))
        allowed = max((n for head, n in WHOLE.items() if path.startswith(head)), default=0)
        if len(said) > (allowed or QUERIES_MAX):
            wrong.append(f"{path}: {len(said)} queries")
        wrong += [f"{path}: {sql[:200]}" for sql in said if counts_a_table(sql)]
    assert not wrong, "\n".join(wrong)
    assert most > QUERIES_MAX // 3


def test_the_checks_find_a_whole_count(world: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        Matter.objects.filter(kind="lead").count()
        Matter.objects.filter(kind="lead")[:1000].count()
    sql = [query["sql"] for query in captured.captured_queries]
    assert [counts_a_table(one) for one in sql] == [True, False]
