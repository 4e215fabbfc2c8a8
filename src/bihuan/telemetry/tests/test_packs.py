"""Limits of packs: the rule of 2.00 percent of methane, what is outside it, what can't be."""

from dataclasses import replace

import pytest

from bihuan.telemetry.definitions import Definition, definition_of, in_force
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.episodes import KINDS, Episode
from bihuan.telemetry.packs import (
    PackLimit,
    WrongLimit,
    limits_of,
    methane,
    other_units,
    pack_episodes,
    pack_in_force,
    rules,
    switches,
)
from bihuan.telemetry.tests.arrays import series_from
from bihuan.telemetry.tests.inboxes import MINE, definition

pytestmark = pytest.mark.once
BY = dialect()
GALE = PackLimit(
    key="gale", level="high", side="upper", sensor_types=frozenset({"0002"}), unit="m/s",
    on=8.0, off=7.0, on_delay_s=60, off_delay_s=30,
)  # fmt: skip


def point_of(sensor_type: str, kind: str = "MN") -> str:
    return f"{MINE}01{kind}{sensor_type}00000001"


def judged(
    defined: dict[str, dict[int, Definition]],
    values: list[tuple[float, int]],
    limits: tuple[PackLimit, ...] = methane(BY),
) -> list[Episode]:
    """The episodes of readings every 30 s that all points send alike."""
    points = list(defined)
    made = pack_in_force(points, defined, limits=limits, by=BY)
    rows = [
        (n, 30 * row, value, status)
        for n in range(len(points))
        for row, (value, status) in enumerate(values)
    ]
    return pack_episodes(series_from(rows, made).counted()[0], made)


def told(point: str, **fields: str) -> Definition:
    return definition_of(definition(point, **fields).split(";"), dialect=BY)


@pytest.mark.parametrize("sensor_type", ["0001", "0011", "0043"])
def test_two_percent_of_methane(sensor_type: str) -> None:
    """1.99 is below, 2.00 is an episode whatever the mine's limits are; 1.99 ends it."""
    defined = {point_of(sensor_type): {0: told(point_of(sensor_type), upper="")}}
    values = [(1.99, 0), (2.0, 0), (2.5, 0), (2.0, 0), (1.99, 0), (2.0, 0)]
    assert judged(defined, values) == [
        Episode(0, "pack:methane", "two_percent", 30, 120, 2.5, 60, 3),
        Episode(0, "pack:methane", "two_percent", 150, None, 2.0, 150, 1),
    ]
    assert "pack:methane" not in KINDS


def test_calibration_is_in_and_faults_are_out() -> None:
    defined = {point_of("0001"): {0: told(point_of("0001"))}}
    found = judged(defined, [(3.0, 4), (4.0, 128), (float("nan"), 0), (1.0, 64), (2.0, 1)])
    assert found == [Episode(0, "pack:methane", "two_percent", 0, None, 3.0, 0, 2, True)]


@pytest.mark.parametrize("sensor_type", ["0022", "0036", "0037", "0004"])
def test_drainage_gas_is_outside(sensor_type: str) -> None:
    defined = {point_of(sensor_type): {0: told(point_of(sensor_type))}}
    assert judged(defined, [(45.0, 0)]) == []


def test_switches_are_outside() -> None:
    point = point_of("0001", "KG")
    assert judged({point: {0: told(point, kind="KG")}}, [(3.0, 0)]) == []


@pytest.mark.parametrize(
    ("sensor_type", "level", "state"),
    [
        ("1001", "fan_stopped", 0.0),
        ("1010", "main_fan_stopped", 0.0),
        ("1008", "smoke", 1.0),
        ("1002", "door_open", 1.0),
        ("1009", "power_cut", 0.0),
        ("1011", "feeder_live", 1.0),
    ],
)
def test_the_state_of_a_switch(sensor_type: str, level: str, state: float) -> None:
    """From the first reading that says it to the first that says the other; no number says none."""
    point = point_of(sensor_type, "KG")
    defined = {point: {0: told(point, kind="KG", unit="开/停")}}
    other = 1.0 - state
    values = [(other, 0), (state, 0), (float("nan"), 0), (state, 4), (other, 128), (other, 0)]
    (one,) = judged(defined, values, rules(BY))
    assert (one.kind, one.level) == ("pack:switch", level)
    assert (one.started_at, one.ended_at, one.samples, one.is_calibrated) == (30, 150, 2, True)
    assert one.peak == state
    assert other_units(defined, defined, limits=rules(BY), by=BY) == []


@pytest.mark.parametrize("sensor_type", ["1003", "1004", "1012", "1015", "9999"])
def test_switches_whose_meaning_is_not_told_are_not_judged(sensor_type: str) -> None:
    point = point_of(sensor_type, "KG")
    defined = {point: {0: told(point, kind="KG")}}
    assert judged(defined, [(0.0, 0), (1.0, 0), (0.0, 0)], rules(BY)) == []


@pytest.mark.parametrize("kind", ["MN", "DT", "LJ", "kg"])
def test_only_points_that_are_told_to_be_switches_are_switches(kind: str) -> None:
    point = point_of("1001", "KG")
    defined = {point: {0: told(point, kind=kind)}}
    assert judged(defined, [(0.0, 0), (0.0, 0)], switches(BY)) == []


@pytest.mark.parametrize(
    ("unit", "count", "listed"),
    [("%", 1, []), ("％CH4", 1, []), ("", 1, [("", True)]), ("ppm", 0, [("ppm", False)])],
)
def test_the_unit_of_the_definition_decides(
    unit: str, count: int, listed: list[tuple[str, bool]]
) -> None:
    """Another unit is never converted: such a point is listed and not judged (T7)."""
    point = point_of("0001")
    defined = {point: {0: told(point, unit=unit)}}
    assert len(judged(defined, [(2.0, 0)])) == count
    found = other_units(defined, defined, limits=methane(BY), by=BY)
    assert [(one.unit, one.is_judged) for one in found] == listed


def test_the_definition_of_its_time_decides() -> None:
    """Rows are those of `in_force`; a unit that changes withdraws the limit at its moment."""
    point = point_of("0001")
    defined = {point: {0: told(point), 45: told(point, unit="ppm")}}
    made = pack_in_force([point], defined, limits=methane(BY), by=BY)
    assert made.since.tolist() == in_force([point], defined).since.tolist()
    assert judged(defined, [(2.0, 0), (2.0, 0), (2.0, 0)]) == [
        Episode(0, "pack:methane", "two_percent", 0, 45, 2.0, 0, 2)
    ]


def test_several_limits_of_a_pack_stand_by_themselves() -> None:
    wind, gas = point_of("0002"), point_of("0001")
    defined = {wind: {0: told(wind, unit="M/S")}, gas: {0: told(gas)}}
    calm = replace(GALE, key="calm", side="lower", on=2.0, off=2.0, on_delay_s=0, off_delay_s=0)
    values = [(9.0, 0), (7.5, 0), (8.0, 0), (6.0, 0), (6.0, 0), (1.0, 0)]
    found = judged(defined, values, (*methane(BY), GALE, calm))
    assert [(one.point, one.kind, one.started_at, one.ended_at) for one in found] == [
        (1, "pack:methane", 0, 150),
        (0, "pack:gale", 0, 90),
        (0, "pack:calm", 150, None),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"sensor_types": frozenset({"0002", "0043", "0004"})},
            "0004、0043 是气体，气体报警不能延时",
        ),
        ({"sensor_types": frozenset({"0001"}), "on_delay_s": 0}, "0001 是气体"),
        ({"sensor_types": frozenset({"0001"}), "off_delay_s": 0}, "0001 是气体"),
        ({"off": 8.1}, "off 的方向不对"),
        ({"side": "lower"}, "off 的方向不对"),
        ({"on": float("nan")}, "都要是数"),
        ({"off_delay_s": -1}, "不能是负数"),
        ({"value_kind": "kg"}, "测点数值类型“kg”不认识"),
    ],
)
def test_what_a_pack_can_not_say(change: dict[str, object], words: str) -> None:
    limits = (replace(GALE, **change),)  # type: ignore[arg-type]
    with pytest.raises(WrongLimit, match=f"^门限“gale”：.*{words}"):
        pack_in_force([], {}, limits=limits, by=BY)
    page = "[[limits]]\nkey='x'\nlevel='y'\nside='upper'\nsensor_types=['0001']\nunit='%CH4'\n"
    with pytest.raises(WrongLimit, match="不能延时"):
        limits_of(f"{page}on=1.0\noff=1.0\non_delay_s=1\n", by=BY)
