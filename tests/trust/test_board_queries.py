"""Boards ask as often for thirty mines as for three: what holds for all is looked up once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.matters.moment import standing_at
from bihuan.monitoring.declarations import BOARDS
from bihuan.places.models import Site
from tests.people import NOW, SINCE, County

BY_MINE = {"crew_positions": 2, "entry_identity": 2}  # the newest report of each mine is sought
PAGES = ("/desk/links/map/", "/desk/alarms/ranking/", "/desk/alarms/", "/desk/alarms/burning/")
PAGES += ("/desk/alarms/bell/",)
EACH = 10


def questions(client: Client, path: str) -> int:
    """How many queries a page takes once what is kept in memory is there."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(captured)


def grow(county: County) -> None:
    """Ten more mines and ponds of each kind."""
    firm = county.sites["qingshiling"].firm
    for kind in ("coal", "noncoal", "pond"):
        Site.objects.bulk_create(
            Site(
                name=f"{kind} {n} 号",
                kind=kind,
                region=county.region,
                firm=firm,
                opened_on=SINCE,
                code=f"99012177{n:04}" if kind == "coal" else "",
            )
            for n in range(EACH)
        )


def test_more_mines_are_no_more_questions(county: County) -> None:
    client = Client()
    client.force_login(county.users["watch"])
    paths = {f"/desk/boards/{board.key}/": BY_MINE.get(board.key, 0) for board in BOARDS}
    paths |= dict.fromkeys(PAGES, 0)
    with standing_at(NOW):
        before = {path: questions(client, path) for path in paths}
        grow(county)
        rows = client.get("/desk/boards/output/").content.decode()
        assert "coal 9 号" in rows
        more = {path: questions(client, path) - before[path] for path in paths}
    wrong = {path: n for path, n in more.items() if n > paths[path] * EACH}
    assert not wrong, wrong


@pytest.mark.django_db
def test_a_page_asked_for_what_is_no_text_answers(county: County) -> None:
    client = Client()
    client.force_login(county.users["watch"])
    for path in ("mines/?q=%00", "boards/output/?q=%00&state=%00&on=%00", "alarms/ranking/?q=%00"):
        assert client.get(f"/desk/{path}").status_code == 200, path
