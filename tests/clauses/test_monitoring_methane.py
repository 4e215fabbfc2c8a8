"""Methane at two percent, and points that alarm often, high or long."""

import pytest

from bihuan.matters.models import Facts, Matter
from bihuan.matters.site_proposals import look_around
from tests.clauses.mine import LASER, METHANE, Mine, alarms, clock
from tests.doors import Door, DoorClosedError
from tests.people import County, set_here

RECEIPT = {"answered_by": "调度室值班调度员"}
VERIFIED = {"verified_means": "到现场", "verified_words": "瓦斯积聚。"}


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """青石岭煤矿 with two methane sensors, the laser one without limits of its own."""
    mine.define(METHANE)
    mine.define(LASER, upper="-0.01")
    return mine


def checks() -> list[Matter]:
    return list(Matter.objects.filter(kind="high_check").order_by("id"))


@pytest.mark.clause("SX-50-3")
def test_two_percent_opens_a_check_at_once_and_less_does_not(door: Door, mine: Mine) -> None:
    mine.send("08:00:00", "1.99")
    mine.arrive(clock(8, 0, 1))
    (alarm,) = alarms()
    assert checks() == []
    mine.send("08:01:00", "2.00")
    mine.arrive(clock(8, 1, 1))
    assert [one.pk for one in alarms()] == [alarm.pk]
    (check,) = checks()
    assert check.parent_id == alarm.pk
    known = Facts.objects.get(pk=alarm.pk).data
    assert (known["level"], known["boundary"]) == ("two_percent", "边界值")
    door.press("watch", check, "finish", clock(9, 0), check_words="到场核查，已停电撤人。")


@pytest.mark.clause("SX-50-3")
def test_any_methane_sensor_counts_without_limits_of_its_own(mine: Mine) -> None:
    mine.send("08:00:00", "2.00", point=LASER)
    mine.arrive(clock(8, 0, 1))
    assert len(alarms()) == 1
    assert len(checks()) == 1


@pytest.mark.clause("SX-50-3")
def test_a_calibration_at_two_percent_is_closed_with_that_reason(door: Door, mine: Mine) -> None:
    mine.send("08:00:00", "2.50", status="4")
    mine.send("08:10:00", "0.20")
    mine.arrive(clock(8, 11))
    (alarm,) = alarms()
    assert Facts.objects.get(pk=alarm.pk).data["calibrated"] is True
    answered = "2026-03-01 08:12"
    door.press("watch", alarm, "receive", clock(8, 13), **RECEIPT, answered_at=answered)
    given = {"cause": "调校（标校）", "reason": "标准气样调校，有记录。"}
    assert door.press("watch", alarm, "close_false", clock(8, 20), **given).stage == "closed"
    assert [one.stage for one in checks()] == ["false"]
    assert Matter.objects.filter(kind="alarm").count() == 1


def real_over_limit(door: Door, mine: Mine, hour: int) -> None:
    """One over-limit of the methane sensor, found real."""
    before = len(alarms())
    mine.send(f"{hour:02}:00:00", "1.20")
    mine.send(f"{hour:02}:05:00", "0.20")
    mine.arrive(clock(hour, 6))
    (alarm,) = alarms()[before:]
    answered = f"2026-03-01 {hour:02}:06"
    door.press("watch", alarm, "receive", clock(hour, 7), **RECEIPT, answered_at=answered)
    door.press("watch", alarm, "verify", clock(hour, 20), **VERIFIED)
    door.press(
        "watch", alarm, "code_cause", clock(hour, 30), cause="真实超限", cause_words="积聚。"
    )


def proposals() -> list[Matter]:
    found = Matter.objects.filter(kind="site_proposal", category="三高报警分析和到场核查")
    return list(found.order_by("id"))


@pytest.mark.clause("SX-50-2")
def test_the_third_real_over_limit_proposes_an_analysis_and_a_check(door: Door, mine: Mine) -> None:
    real_over_limit(door, mine, 8)
    real_over_limit(door, mine, 10)
    look_around(now=clock(11, 0))
    assert proposals() == []
    real_over_limit(door, mine, 12)
    look_around(now=clock(13, 0))
    look_around(now=clock(13, 5))
    (proposal,) = proposals()
    told = Facts.objects.get(pk=proposal.pk).data
    assert "高频次" in proposal.title
    assert "30 日内真实超限第 3 次" in told["evidence"]
    door.press("leader", proposal, "confirm", clock(14, 0), reason="连续超限，须分析。")
    tasks = list(Matter.objects.filter(parent=proposal).order_by("kind"))
    assert [(one.kind, one.is_open) for one in tasks] == [
        ("analysis_task", True),
        ("site_check", True),
    ]
    for task in tasks:
        with pytest.raises(DoorClosedError):
            door.press("inspector", task, "finish", clock(14, 30), result="已查。")
    assert all(one.is_open for one in Matter.objects.filter(parent=proposal))


@pytest.mark.clause("SX-50-2")
def test_two_percent_names_the_value_and_an_unset_duration_judges_nothing(
    door: Door, mine: Mine
) -> None:
    mine.send("08:00:00", "1.99")
    mine.send("15:00:00", "0.10")
    mine.arrive(clock(15, 1))
    look_around(now=clock(15, 2))
    assert proposals() == []
    page = door.call("watch", "get", "matters?kind=alarm", clock(15, 3))
    assert len(page["items"]) == 1
    mine.send("16:00:00", "2.00")
    mine.arrive(clock(16, 1))
    look_around(now=clock(16, 2))
    (proposal,) = proposals()
    assert "高数值" in proposal.title
    assert "边界值" in Facts.objects.get(pk=proposal.pk).data["evidence"]


@pytest.mark.clause("SX-50-2")
def test_every_time_two_percent_is_reached_is_proposed(mine: Mine) -> None:
    for start, value in (("08:00:00", "2.60"), ("10:00:00", "2.10")):
        mine.send(start, value)
        mine.send(f"{start[:3]}30:00", "0.10")
        mine.arrive(clock(int(start[:2]), 31))
        look_around(now=clock(int(start[:2]), 32))
    texts = [Facts.objects.get(pk=one.pk).data["evidence"] for one in proposals()]
    assert ["2.6 " in texts[0], "2.1 " in texts[1]] == [True, True]


@pytest.mark.clause("SX-50-2")
def test_a_set_duration_is_reached_to_the_minute(county: County, mine: Mine) -> None:
    set_here(county, "alarm.high_duration_minutes", 30, now=clock(7, 0))
    mine.send("08:00:00", "1.20")
    mine.send("08:29:59", "0.10")
    mine.send("10:00:00", "1.20")
    mine.send("10:30:00", "0.10")
    mine.arrive(clock(10, 31))
    look_around(now=clock(10, 32))
    (proposal,) = proposals()
    assert "高时长" in proposal.title
    assert "达到 30 分钟" in Facts.objects.get(pk=proposal.pk).data["evidence"]
