"""A mine's points on one page, and one point over months: states, gaps, limits, who may look."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from bihuan.matters.moment import standing_at
from bihuan.monitoring.screens.spans import to_unix
from bihuan.monitoring.screens.wall import seconds_of
from bihuan.telemetry.tests.inboxes import Inbox, definition
from tests.clauses.mine import LASER, METHANE, MINE, Mine, clock
from tests.people import County

SILENT = f"{MINE}01MN000100000003"
NEVER = f"{MINE}01MN000100000004"


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """Four methane points: over, near, silent since 08:01, and one that never sent anything."""
    for point in (METHANE, LASER, SILENT, NEVER):
        mine.define(point, cut="1.5", cut_off="1.0")
    mine.send("08:01:00", "0.30", point=SILENT)
    for minute in range(1, 10):
        mine.send(f"08:0{minute}:15", "0.40")
        mine.send(f"08:0{minute}:45", "0.80", point=LASER)
    mine.send("08:10:00", "1.60")
    mine.arrive(clock(8, 10, 30))
    return mine


@pytest.fixture
def at_a_quarter_past(mine: Mine) -> Iterator[None]:
    """The pages are looked at half a minute after the last reading."""
    with standing_at(clock(8, 10, 30)):
        yield


def browser(county: County, account: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(county.users[account])
    return client


def page(county: County, account: str, path: str, *, status: int = 200) -> str:
    answer = browser(county, account).get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def wall(county: County) -> str:
    return f"/desk/mines/{county.sites['qingshiling'].pk}/readings/"


def tile(text: str, point: str) -> str:
    begin = text.index(f'readings/{point}/"')
    return text[text.rindex("<li", 0, begin) : text.index("</li>", begin)]


@pytest.mark.usefixtures("at_a_quarter_past")
def test_each_point_says_its_state_and_no_reading_is_not_a_zero(county: County) -> None:
    text = page(county, "watch", wall(county))
    over, near = tile(text, METHANE), tile(text, LASER)
    for said in ('class="over', "1.6 <small>%CH4", "超过断电≥1.5"):
        assert said in over
    assert 'class="near' in near
    assert "接近报警≥1" in near
    assert over.count("<line class=") == 2
    silent, never = tile(text, SILENT), tile(text, NEVER)
    assert "断线，03-01 08:01起" in silent
    assert 'class="value">—' in silent
    assert "无读数" in never
    assert "polyline" not in never
    assert text.index(f"{METHANE}/") < text.index(f"{LASER}/") < text.index(f"{SILENT}/")


@pytest.mark.usefixtures("at_a_quarter_past")
def test_a_type_alone(county: County) -> None:
    text = page(county, "office", f"{wall(county)}?type=0043")
    assert LASER in text
    assert METHANE not in text


@pytest.mark.usefixtures("at_a_quarter_past")
def test_who_may_look(county: County, neighbour: County) -> None:
    points = f"{wall(county)}{METHANE}/"
    series = f"{points}series?since=1772323200&until=1772326800"
    for path in (wall(county), points, series):
        for account in ("watch", "leader", "dispatcher", "firm"):
            page(county, account, path)
        for account in ("intake", "inspector", "cashier", "publisher"):
            page(county, account, path, status=404)
        for account in ("watch", "firm"):
            page(neighbour, account, path, status=404)
    other = wall(county).replace(str(county.sites["qingshiling"].pk), "999999")
    page(county, "watch", other, status=404)
    page(county, "watch", f"{wall(county)}{'9' * 28}/", status=404)
    assert "青石岭煤矿" in page(county, "firm", "/desk/mines/")
    assert "青石岭煤矿" not in page(neighbour, "watch", "/desk/mines/")


@pytest.mark.usefixtures("at_a_quarter_past")
def test_mines_count_their_points(county: County) -> None:
    text = page(county, "watch", "/desk/mines/")
    row = text[text.index("<tbody") : text.index("</tbody>")]
    assert "有超限" in row
    assert [cell for cell in (">4<", ">2<", ">1<") if cell in row] == [">4<", ">2<", ">1<"]
    assert "03-01 08:10" in row


@pytest.mark.usefixtures("at_a_quarter_past")
def test_a_mine_of_many_points_takes_as_many_queries_as_one_of_few(
    county: County, mine: Mine, django_assert_max_num_queries: object
) -> None:
    for number in range(10, 40):
        mine.define(f"{MINE}01MN00010000{number:04}")
    mine.ingest()
    client = browser(county, "watch")
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        text = client.get(wall(county)).content.decode()
    assert "34 个测点" in text


def series(county: County, since: datetime, until: datetime, point: str = METHANE) -> dict:
    ends = (to_unix(seconds_of(since)), to_unix(seconds_of(until)))
    path = f"{wall(county)}{point}/series?since={ends[0]}&until={ends[1]}"
    client = browser(county, "watch")
    answer = client.get(path)
    assert answer.status_code == 200
    again = client.get(path, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    told = answer.json()
    assert (told["since"], told["until"]) == ends
    return dict(told)


@pytest.mark.usefixtures("at_a_quarter_past")
def test_a_gap_is_null_and_limits_are_those_in_force(county: County, mine: Mine) -> None:
    mine.send("08:30:00", "0.50")
    mine.send("08:30:30", "", status="128")
    Mine(mine.folder, defined={str(n) for n in range(20)}).define(METHANE, upper="0.8")
    mine.ingest()
    told = series(county, clock(8, 0), clock(8, 40))
    assert told["width_s"] == 0
    assert told["mean"][-3:] == [1.6, None, 0.5]
    assert told["time"] == sorted(told["time"])
    alarm = [one for one in told["limits"] if one["level"] == "alarm"]
    assert {one["value"] for one in alarm} <= {1.0, 0.8}
    said = {one["words"] for one in told["episodes"]}
    assert said == {"超过上限 断电", "超过上限 报警"}


@pytest.mark.usefixtures("at_a_quarter_past")
def test_a_limit_that_is_defined_again_unchanged_is_one_line(county: County, mine: Mine) -> None:
    for minute, upper in ((2, "1.0"), (4, "1.0"), (5, "0.8"), (7, "1.0"), (8, "1.0")):
        said_at = f"2026-03-01 08:0{minute}:00"
        record = definition(METHANE, upper=upper, cut="1.5", cut_off="1.0", at=said_at)
        Inbox(mine.folder).send("CDDY", said_at, record, mine=MINE)
    mine.ingest()
    told = series(county, clock(8, 0), clock(8, 10))
    begin = told["since"]
    assert sorted(
        (one["words"], (one["since"] - begin) // 60, (one["until"] - begin) // 60)
        for one in told["limits"]
    ) == [("报警≥0.8", 5, 7), ("报警≥1", 0, 5), ("报警≥1", 7, 10), ("断电≥1.5", 0, 10)]


@pytest.mark.usefixtures("at_a_quarter_past")
def test_months_come_as_buckets(county: County) -> None:
    told = series(county, clock(8, 0).replace(year=2025), clock(9, 0))
    assert told["width_s"] >= 3600
    assert len(told["time"]) <= 2000
    assert (told["lowest"], told["highest"]) == ([0.4], [1.6])


@pytest.mark.usefixtures("at_a_quarter_past")
@pytest.mark.parametrize(
    "asked",
    ["", "since=5&until=5", "since=9&until=5", "since=x&until=5", "since=0&until=9999999999"],
)
def test_a_period_that_cant_be(county: County, asked: str) -> None:
    answer = browser(county, "watch").get(f"{wall(county)}{METHANE}/series?{asked}")
    assert answer.status_code == 400
    assert "Unix" in answer.json()["error"]


@pytest.mark.usefixtures("at_a_quarter_past")
def test_the_page_is_whole_without_script(county: County) -> None:
    text = page(county, "dispatcher", f"{wall(county)}{METHANE}/")
    assert 'class="spark"' in text
    assert 'class="shade"' in text
    assert "报警≥1，断电≥1.5" in text
    assert "2026-03-01 08:10:00" in text
    assert "超过上限 断电" in text
    assert "/desk/matters/" in text
    assert "/desk/matters/" not in page(county, "firm", f"{wall(county)}{METHANE}/")


@pytest.mark.usefixtures("at_a_quarter_past")
def test_a_ledger_that_was_replaced_is_read_anew(county: County) -> None:
    store = Path(settings.HOME) / "telemetry"
    assert METHANE in page(county, "watch", wall(county))
    shutil.move(store, store.with_name("old"))
    assert METHANE not in page(county, "watch", wall(county))
    shutil.copytree(store.with_name("old"), store)
    assert METHANE in page(county, "watch", wall(county))
