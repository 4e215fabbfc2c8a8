"""Linked shares of coal mines and ponds above dwellings: one list, one map."""

import pytest

from bihuan.places.models import Site
from bihuan.regulations.packs import set_value
from tests.clauses.test_monitoring_shut import hear
from tests.desks import Desk
from tests.doors import Door, march
from tests.people import NOW, SINCE, County


@pytest.mark.clause("SX-48-3")
def test_linked_lost_and_never_linked_of_both_kinds(door: Door, county: County) -> None:
    desk = Desk(county)
    mine, other = county.sites["qingshiling"], county.sites["xingwang"]
    ponds = [
        Site.objects.create(name=name, kind="pond", region=mine.region, opened_on=SINCE)
        for name in ("东沟尾矿库", "西沟尾矿库", "南沟尾矿库")
    ]
    refused = {"site": mine.pk, "valid_from": "2026-01-01"}
    assert "只登记尾矿库" in desk.refused("office", "overhead_pond", march(1), **refused)
    for pond in ponds[:2]:
        told = {"site": pond.pk, "valid_from": "2026-01-01"}
        desk.register("office", "overhead_pond", march(1), **told)
    hear(door, mine, "safety", march(2, 8))
    hear(door, mine, "water", march(2, 6))
    hear(door, ponds[0], "pond", march(2, 8))
    hear(door, ponds[2], "pond", march(2, 8))
    assert "未设定" in desk.page("watch", "boards/linked-share/", march(2, 8, 30))
    set_value(
        "links.object_silent_minutes", region=county.region, value=30, reason="本县规定", by=None,
        now=NOW,
    )  # fmt: skip

    def states(minute: int) -> dict[str, tuple[str, str, str]]:
        rows = desk.board("watch", "linked-share", march(2, 8, minute))
        return {
            row["对象"].split("（")[0]: (row["类别"], row["情况"], row["断线自"]) for row in rows
        }

    assert states(30) == {
        mine.name: ("煤矿", "已联网", ""),
        other.name: ("煤矿", "未接入", ""),
        "东沟尾矿库": ("头顶库", "已联网", ""),
        "西沟尾矿库": ("头顶库", "未接入", ""),
    }
    assert states(31)[mine.name] == ("煤矿", "断线", "2026-03-02 08:00")
    whole = desk.page("watch", "links/map/", march(2, 8, 30))
    assert whole.count("50.0%") == 2
    assert "南山镇 煤矿 1 / 1" in whole
    assert "南山镇 头顶库 1 / 2" in whole
    assert "北川镇 煤矿 0 / 1" in whole
    assert "/desk/links/map/" in desk.page("watch", "boards/linked-share/", march(2, 8, 30))
    lost = desk.page("watch", "links/map/", march(2, 8, 31))
    assert "南山镇 煤矿 0 / 1" in lost
    assert "2026-03-02 08:00" in lost
