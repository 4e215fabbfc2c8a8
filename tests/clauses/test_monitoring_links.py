"""Links: on line, off line, never linked, at the boundaries, told through the API."""

from datetime import datetime, timedelta

import pytest

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Matter
from bihuan.matters.site_proposals import look_around
from bihuan.monitoring.links.tables import SourceBreak
from bihuan.places.models import Site
from bihuan.regulations.packs import set_value
from tests.desks import Desk
from tests.doors import Door, DoorClosedError, march
from tests.people import NOW, SINCE, County


@pytest.fixture
def desk(county: County) -> Desk:
    """Pages of the people of 青石县."""
    return Desk(county)


def report(
    door: Door, site: Site, system: str, since: datetime, until: datetime, by: str = "watch",
    **more: object,
) -> None:  # fmt: skip
    """The API hears that a system had data from one moment to another."""
    body = {
        "site": str(site.pk), "system": system, "since": since.isoformat(),
        "until": until.isoformat(), **more,
    }  # fmt: skip
    door.call(by, "post", "links", max(until, march(1)), body)


def profile(desk: Desk, site: Site, status: str) -> None:
    desk.register(
        "office", "mine_profile", march(1), site=site.pk, method="underground", status=status,
        valid_from="2026-01-01",
    )  # fmt: skip


@pytest.mark.clause("AY-23-5")
def test_water_links_of_working_mines(desk: Desk, door: Door, county: County) -> None:
    mine, other, third = (county.sites[key] for key in ("qingshiling", "xingwang", "baiyun"))
    gone = Site.objects.create(
        name="老窑沟煤矿", kind="coal", region=mine.region, opened_on=SINCE,
        closed_on=march(1).date(),
    )  # fmt: skip
    profile(desk, mine, "producing")
    profile(desk, other, "building")
    profile(desk, third, "suspended")
    report(door, mine, "water", march(2, 7), march(2, 8))
    report(door, gone, "water", march(2, 7), march(2, 8))

    def states(minute: int) -> dict[str, str]:
        rows = desk.board("watch", "water-links", march(2, 9, minute))
        return {row["煤矿"].split("（")[0]: row["情况"] for row in rows}

    assert states(0) == {"青石岭煤矿": "在线", "兴旺煤矿": "未接入"}
    assert states(1) == {"青石岭煤矿": "断线", "兴旺煤矿": "未接入"}
    row = desk.board("watch", "water-links", march(2, 9, 1), "?q=青石岭")[0]
    assert row["最近一次水文读数"] == "2026-03-02 08:00"
    assert "50.0%" in desk.page("watch", "boards/water-links/", march(2, 9))
    assert "0.0%" in desk.page("watch", "boards/water-links/", march(2, 9, 1))


def flag(desk: Desk, site: Site, **answers: str) -> None:
    given = {"collection": "yes", "monitoring": "yes", "control": "yes", **answers}
    desk.register("office", "hazard_source", march(1), site=site.pk, name="液氨储罐", **given)


@pytest.mark.clause("LX-S3-3")
def test_thirty_minutes_off_line_propose_a_check(desk: Desk, door: Door, county: County) -> None:
    firm, never = county.sites["baiyun"], county.sites["xingwang"]
    flag(desk, firm)
    flag(desk, never)
    report(door, firm, "hazard", march(2, 7), march(2, 8))
    assert look_around(now=march(2, 8, 29)) == 0
    states = {
        row["企业"].split("（")[0]: (row["情况"], row["离线自"])
        for row in desk.board("watch", "hazard-links", march(2, 8, 30))
    }
    assert states == {"白云石料矿": ("离线", "2026-03-02 08:00"), "兴旺煤矿": ("未接入", "")}
    assert look_around(now=march(2, 8, 30)) == 1
    proposal = Matter.objects.get(kind="site_proposal")
    door.press("watch", proposal, "confirm", march(2, 8, 40), reason="电话无人接，去现场核查。")
    assert Matter.objects.filter(kind="site_check", parent=proposal).count() == 1


@pytest.mark.clause("LX-C14-2")
def test_a_missing_system_is_proposed_and_long_breaks_are_listed(
    desk: Desk, door: Door, county: County
) -> None:
    firm = county.sites["baiyun"]
    flag(desk, firm, control="no", collection="unchecked")
    assert look_around(now=march(1)) == 1
    proposal = Matter.objects.get(kind="site_proposal")
    assert "C14" in proposal.title
    report(door, firm, "hazard", march(2, 0), march(2, 8))
    report(door, firm, "hazard", march(2, 8, 29), march(2, 9))
    report(door, firm, "hazard", march(2, 9, 30), march(3, 0))
    report(door, firm, "hazard", march(3, 0), march(4, 0))
    row = desk.board("watch", "hazard-sources", march(4, 0), "?on=2026-03-02")[0]
    assert (row["信息采集"], row["监测"], row["自动化控制"]) == ("未查", "有", "无")
    assert row["当日断数（次）"] == "1"
    assert row["断数起止"] == "2026-03-02 09:00 至 2026-03-02 09:30"
    whole = desk.board("watch", "hazard-sources", march(4, 0), "?on=2026-03-03")[0]
    assert whole["当日断数（次）"] == "0"


@pytest.mark.clause("SX-48-2")
def test_seals_installed_and_on_line_by_county(desk: Desk, door: Door, county: County) -> None:
    mines = [county.sites[key] for key in ("qingshiling", "xingwang", "baiyun")]
    mines += [
        Site.objects.create(
            name=f"{number}号矿", kind="coal", region=mines[0].region, opened_on=SINCE
        )
        for number in range(7)
    ]
    for mine in mines[:8]:
        desk.register(
            "office", "electronic_seal", march(1), site=mine.pk, number=f"F{mine.pk}",
            valid_from="2026-02-01",
        )  # fmt: skip
    for mine in mines[:6]:
        report(door, mine, "seal", march(2, 7), march(2, 8))
    report(door, mines[6], "seal", march(2, 6), march(2, 7))
    row = desk.board("leader", "seals", march(2, 8, 30))[0]
    assert (row["安装率"], row["在线率"]) == ("80.0%（8 / 10）", "未设定")
    set_value(
        "links.seal_offline_minutes", region=county.region, value=60, reason="本县规定", by=None,
        now=NOW,
    )  # fmt: skip
    row = desk.board("leader", "seals", march(2, 8, 30))[0]
    assert (row["安装率"], row["在线率"]) == ("80.0%（8 / 10）", "75.0%（6 / 8）")
    assert row["未安装"] == "5号矿、6号矿"
    assert row["不在线"] == "3号矿、4号矿"
    assert row["与目标比"] == "未设目标"


@pytest.mark.clause("SX-50-1")
def test_1368_of_1440_minutes_is_95(desk: Desk, door: Door, county: County) -> None:
    mine, other = county.sites["qingshiling"], county.sites["xingwang"]
    counts = {"expected": 2880, "received": 2736, "missing": 144, "late": 3, "frozen": 1}
    report(door, mine, "safety", march(2, 0), march(2, 10), counts=counts)
    report(door, mine, "safety", march(2, 11, 12), march(3, 0))
    report(door, other, "safety", march(2, 0), march(2, 23))
    report(door, other, "safety", march(3, 0), march(3, 0))
    desk.register(
        "office", "planned_silence", march(2), site=other.pk, system="safety",
        started_at="2026-03-02 23:00", ended_at="2026-03-03 00:00", reason="系统检修",
    )  # fmt: skip
    first, second = desk.board("watch", "link-quality", march(3), "?on=2026-03-02")
    assert first["对象"].startswith("青石岭煤矿")
    assert (first["位次"], first["在线率"]) == ("1", "95.0%")
    assert first["有数 / 应传（分钟）"] == "1368 / 1440"
    assert (first["缺失"], first["迟到"], first["异常不变"], first["越量程"]) == (
        "144",
        "3",
        "1",
        "",
    )
    assert (second["在线率"], second["计划停传（分钟）"]) == ("100.0%", "60")
    page = desk.page("watch", "boards/link-quality/?on=2026-03-02", march(3))
    assert "未设定" in page
    assert "chip late" not in page
    assert page.count("未统计") == 1 + 6  # out of range of the first, everything of the second
    assert "未填" not in page


def test_late_and_repeated_reports_end_alike(door: Door, county: County) -> None:
    mine = county.sites["qingshiling"]
    spans = [(0, 60), (120, 180), (60, 90), (100, 110), (120, 180), (0, 60)]
    for start, end in spans:
        since, until = (march(2, 0) + timedelta(minutes=at) for at in (start, end))
        report(door, mine, "water", since, until)
    found = SourceBreak.objects.order_by("started_at").values_list("started_at", "ended_at")
    told = [
        tuple((at.astimezone(SHANGHAI) - march(2, 0)) // timedelta(minutes=1) for at in pair)
        for pair in found
    ]
    assert told == [(90, 100), (110, 120)]


def test_who_may_report_a_link(door: Door, county: County, neighbour: County) -> None:
    mine, other = county.sites["qingshiling"], county.sites["xingwang"]
    report(door, mine, "water", march(1, 7), march(1, 8), by="firm")
    for site in (other, neighbour.sites["qingshiling"]):
        with pytest.raises(DoorClosedError) as closed:
            report(door, site, "water", march(1, 7), march(1, 8), by="firm")
        assert closed.value.status == 404
    with pytest.raises(DoorClosedError, match="没有“gas”这个系统"):
        report(door, mine, "gas", march(1, 7), march(1, 8))
    with pytest.raises(DoorClosedError, match="until 早于 since"):
        report(door, mine, "water", march(1, 9), march(1, 8))
    with pytest.raises(DoorClosedError) as closed:
        report(door, mine, "water", march(1, 7), march(1, 8), by="publisher")
    assert closed.value.status == 403
