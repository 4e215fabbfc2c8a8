"""Shut mines: each means, a mine with none, and seal events on a named person's task."""

from datetime import datetime, timedelta

import pytest

from bihuan.matters.models import Matter
from bihuan.matters.site_proposals import look_around
from bihuan.places.models import Site
from bihuan.regulations.packs import set_value
from tests.desks import Desk
from tests.doors import Door, march
from tests.figures import proposals
from tests.people import NOW, County


@pytest.fixture
def desk(county: County) -> Desk:
    """Pages of the people of 青石县."""
    return Desk(county)


def hear(door: Door, site: Site, system: str, until: datetime) -> None:
    """The API hears that a system had data for an hour."""
    since = (until - timedelta(hours=1)).isoformat()
    body = {"site": str(site.pk), "system": system, "since": since, "until": until.isoformat()}
    door.call("watch", "post", "links", until, body)


def close(desk: Desk, site: Site, kind: str) -> None:
    desk.register(
        "office", "stop_order", march(1), site=site.pk, kind=kind,
        ordered_at="2026-02-01T00:00", paper="停产指令1号",
    )  # fmt: skip


def note(desk: Desk, site: Site, means: str, origin: str, result: str, when: str) -> None:
    desk.register(
        "watch", "shut_mine_look", march(2, 9), site=site.pk, means=means, origin=origin,
        result=result, looked_at=when,
    )  # fmt: skip


def listed(desk: Desk, at: datetime) -> dict[str, dict[str, str]]:
    rows = desk.board("watch", "shut-mines", at)
    return {row["矿山"].split("（")[0]: row for row in rows}


@pytest.mark.clause("SX-42-1")
def test_each_means_of_a_shut_mine_and_a_mine_without_any(
    desk: Desk, door: Door, county: County
) -> None:
    mine, other = county.sites["qingshiling"], county.sites["xingwang"]
    close(desk, mine, "suspended")
    close(desk, other, "closed")
    Site.objects.filter(pk=other.pk).update(closed_on="2026-02-10")
    hear(door, mine, "remote", march(2, 8))
    note(desk, mine, "remote", "person", "fine", "2026-03-02T08:30")
    rows = listed(desk, march(2, 9))
    assert {name: (row["情况"], row["类别"]) for name, row in rows.items()} == {
        "青石岭煤矿": ("已接入", "长期停产"),
        "兴旺煤矿": ("无手段", "减量重组关闭"),
    }
    row = rows["青石岭煤矿"]
    assert row["在线远程巡查"] == "已接入 2026-03-02 08:00（抽查 2026-03-02 08:30；事件 无）"
    assert row["电子封条"] == row["用电监测"] == "未接入（抽查 无；事件 无）"
    assert "没有要列" not in desk.page("office", "boards/shut-mines/", march(2, 9))


@pytest.mark.clause("SX-42-1")
def test_a_seal_offline_or_broken_goes_to_a_named_person(
    desk: Desk, door: Door, county: County
) -> None:
    mine, working = county.sites["qingshiling"], county.sites["xingwang"]
    close(desk, mine, "closed")
    set_value(
        "links.seal_offline_minutes", region=county.region, value=60, reason="本县规定", by=None,
        now=NOW,
    )  # fmt: skip
    hear(door, mine, "seal", march(2, 8))
    hear(door, working, "seal", march(2, 7))
    look_around(now=march(2, 9))
    assert not proposals("shut_mine_event")
    assert listed(desk, march(2, 9))["青石岭煤矿"]["情况"] == "已接入"
    look_around(now=march(2, 9, 1))
    (offline,) = proposals("shut_mine_event")
    assert "封条离线，2026-03-02 08:00" in offline["title"]
    row = listed(desk, march(2, 9, 1))["青石岭煤矿"]
    assert row["情况"] == "有事件"
    assert row["电子封条"].startswith("离线，自 2026-03-02 08:00")
    note(desk, mine, "seal", "system", "seal_broken", "2026-03-02T09:10")
    note(desk, mine, "seal", "person", "fine", "2026-03-02T09:20")
    look_around(now=march(2, 9, 30))
    look_around(now=march(2, 9, 36))
    told = proposals("shut_mine_event")
    assert ["封条破坏" in one["title"] for one in told] == [False, True]
    seal = listed(desk, march(2, 9, 30))["青石岭煤矿"]["电子封条"]
    assert "抽查 2026-03-02 09:20；事件 2026-03-02 09:10 封条破坏" in seal
    found = Matter.objects.filter(kind="site_proposal").latest("pk")
    door.press("watch", found, "confirm", march(2, 9, 40), reason="须到场核查。")
    task = Matter.objects.get(kind="site_check")
    person = str(county.users["inspector"].person_id)
    door.press("watch", task, "assign", march(2, 9, 41), assignee=person)
    task.refresh_from_db()
    assert (task.parent_id, task.stage) == (found.pk, "assigned")
