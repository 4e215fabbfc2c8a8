"""采空区异常查因: a reading above its own limit opens a case that wants cause and measure."""

from datetime import datetime
from typing import Any

import pytest

from bihuan.matters.models import Matter
from tests.desks import Desk
from tests.doors import Door, DoorClosedError, march
from tests.people import County

AT = march(2, 9)


@pytest.fixture
def desk(county: County) -> Desk:
    """A goaf with a CO point, one of temperature without a limit, and a goaf without a point."""
    desk = Desk(county)
    for name in ("3101采空区", "3102采空区"):
        given = {
            "site": desk.county.sites["qingshiling"].pk,
            "name": name,
            "valid_from": "2026-03-01",
        }
        desk.register("watch", "goaf", march(1), **given)
    point(desk, "CO-1", "co", "24")
    point(desk, "T-1", "temperature", "")
    return desk


def point(desk: Desk, code: str, signal: str, limit: str) -> None:
    """A point of 3101采空区."""
    given = {
        "site": desk.county.sites["qingshiling"].pk,
        "goaf": "3101采空区",
        "valid_from": "2026-03-01",
    }
    desk.register("watch", "goaf_point", march(1), **given, point=code, signal=signal, limit=limit)


def send(
    door: Door, at: datetime, value: str, *, code: str = "CO-1", who: str = "dispatcher"
) -> Any:
    """Send one reading of a point."""
    item = {"point": code, "at": at.isoformat(), "value": value}
    body = {"mine": door.county.sites["qingshiling"].code, "items": [item]}
    return door.call(who, "post", "goaf-readings", at, body)


def cases() -> list[Matter]:
    """Anomalies, in order."""
    return list(Matter.objects.filter(kind="goaf_anomaly").order_by("id"))


@pytest.mark.clause("AY-22-3")
def test_above_the_limit_opens_a_case_and_equal_to_it_none(door: Door, desk: Desk) -> None:
    assert send(door, AT, "24")["above"] == 0
    assert send(door, march(2, 9, 1), "24.0")["above"] == 0
    assert cases() == []
    assert send(door, march(2, 9, 2), "24.1")["above"] == 1
    (case,) = cases()
    assert (case.title, case.stage) == ("青石岭煤矿：3101采空区一氧化碳异常", "found")
    again = send(door, march(2, 9, 2), "24.1")
    assert (again["repeated"], again["above"]) == (1, 0)
    assert send(door, march(2, 9, 3), "30")["above"] == 1
    assert cases() == [case]


@pytest.mark.clause("AY-22-3")
def test_it_closes_with_cause_and_measure_and_shows_the_time_to_the_cause(
    door: Door, desk: Desk
) -> None:
    send(door, AT, "26")
    (case,) = cases()
    with pytest.raises(DoorClosedError, match=r"没有填写原因.*没有填写措施"):
        door.press("watch", case, "close", march(2, 10))
    door.press("dispatcher", case, "explain", march(2, 9, 47), cause="密闭墙漏风。")
    with pytest.raises(DoorClosedError, match="没有填写措施"):
        door.press("watch", case, "close", march(2, 10))
    door.press("dispatcher", case, "take_measures", march(2, 10), measures="重新喷浆堵漏。")
    door.press("watch", case, "close", march(2, 10, 30))
    (row,) = desk.board("watch", "goaf-anomalies", march(2, 11))
    assert (row["情况"], row["报警至查明原因（分钟）"]) == ("已办结", "47")
    send(door, march(3, 9), "26")
    assert len(cases()) == 2


@pytest.mark.clause("AY-22-3")
def test_without_limit_is_not_normal_and_a_goaf_without_point_is_listed(
    door: Door, desk: Desk
) -> None:
    send(door, AT, "12")
    told = send(door, AT, "41", code="T-1")
    assert (told["without_limit"], told["above"]) == (1, 0)
    rows = desk.board("watch", "goaf-points", march(2, 10))
    assert {row["测点或采空区"].partition("（")[0]: row["情况"] for row in rows} == {
        "3102采空区": "没有测点",
        "CO-1": "正常",
        "T-1": "未设限",
    }
    assert not cases()


def test_only_the_own_mine_and_registered_points(door: Door, desk: Desk, neighbour: County) -> None:
    for stranger in ("handler", "publisher"):
        with pytest.raises(DoorClosedError) as no:
            send(door, AT, "30", who=stranger)
        assert no.value.status == 404
    other = Door(neighbour)
    item = {"point": "CO-1", "at": AT.isoformat(), "value": "30"}
    body = {"mine": door.county.sites["qingshiling"].code, "items": [item]}
    with pytest.raises(DoorClosedError) as no:
        other.call("dispatcher", "post", "goaf-readings", AT, body)
    assert no.value.status == 404
    told = send(door, AT, "30", code="CO-9")
    assert told["refused"] == ["CO-9：没有登记为本矿采空区测点，请先登记。"]
    assert send(door, AT, "三十")["refused"] == ["CO-1：“三十”不是数。"]
    assert cases() == []
