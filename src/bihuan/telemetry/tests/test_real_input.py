"""A real longwall, at a clock that was assigned, and a real mine's register with its own limits.

What is found adds up to a plain count of the same columns.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bihuan.telemetry.definitions import definition_of
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.notation import moment_of, stamp_of
from bihuan.telemetry.packs import methane, pack_episodes, pack_in_force
from bihuan.telemetry.replay import LIMIT_KINDS, replay
from bihuan.telemetry.tests.arrays import series_from
from bihuan.telemetry.tests.inboxes import MINE, POINT, Inbox, definition

pytestmark = pytest.mark.once
DATA = Path(__file__).parents[5] / "shared" / "data"
FILE = DATA / "methane" / "methane-train.arff"
REGISTER = DATA / "sensors" / "one-mine-305-sensors.csv"
needs_readings = pytest.mark.skipif(
    not FILE.exists(), reason="the real readings aren't beside this checkout"
)
needs_register = pytest.mark.skipif(
    not REGISTER.exists(), reason="the real register isn't beside this checkout"
)
SENSOR = 1  # MM116
START = moment_of("20260301000000") or 0
PER_FILE = 500
# Limit and its end, and how many readings reach the limit.
LIMITS = (("1.0", "1.0", 3_440), ("1.5", "1.0", 106), ("2.0", "1.5", 12))


# Of the other sensors: column, sensor type, unit, and what their definition sets.
OTHERS = (
    (0, "0001", "%CH4", {"upper": "0.5", "upper_off": "0.4"}),  # MM31
    (2, "0002", "m/s", {"upper": "", "lower": "2.0", "lower_off": "2.1"}),  # AS038
    (3, "0002", "m/s", {"upper": "2.4", "lower": "1.5"}),  # PG072
    (5, "0048", "hPa", {"upper": "1077", "lower": "1070", "cut": "1078"}),  # BA13
)
REGISTERED = "2023-01-01 00:00:00"
TYPES = {"甲烷": "0001", "一氧化碳": "0004", "温度": "0003", "粉尘浓度": "0014", "二氧化碳": "0013"}


@cache
def rows() -> list[list[str]]:
    """Means of thirty seconds, in order; the file has no clock."""
    lines = FILE.read_text("utf-8").partition("@DATA")[2].splitlines()
    return [line.split(",") for line in lines if line.strip()]


def values(column: int = SENSOR) -> list[str]:
    """What one sensor read."""
    return [row[column] for row in rows()]


def send(inbox: Inbox, point: str, texts: list[str], *, unit: str = "%CH4") -> None:
    """All readings of a point, in files of some hundreds, with states that never say anything."""
    for begin in range(0, len(texts), PER_FILE):
        held = enumerate(texts[begin : begin + PER_FILE], start=begin)
        stamps = [(stamp_of(START + 30 * row), text) for row, text in held]
        records = [f"{point};甲烷;MM;{text};{unit};0;{at}" for at, text in stamps]
        inbox.send("CDSS", stamps[-1][0], *records, within=f"{point[-8:]}/")


def point_of(sensor_type: str, number: int, *, mine: str = MINE) -> str:
    """A code whose last eight are that number."""
    kind = "KG" if sensor_type.startswith("1") else "MN"
    return f"{mine}01{kind}{sensor_type}{number:08}"


def register() -> list[dict[str, str]]:
    """The sensors of a mine; one stands there twice."""
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def point_in_register(row: dict[str, str]) -> str:
    """The code that a sensor would have."""
    sensor_type = TYPES.get(row["type"], "1008")
    return point_of(sensor_type, int(row["transducer_code"]), mine=row["mine_code"])


def definition_in_register(row: dict[str, str]) -> str:
    """Its record of CDDY; limits as they stand, −0.01 where none is set."""
    return definition(
        point_in_register(row),
        unit=row["unit"],
        low=row["range_low"],
        upper=row["alarm_high"],
        lower=row["alarm_low"],
        kind="MN" if row["type"] in TYPES else "KG",
        at=REGISTERED,
    )


def spans(numbers: list[float], on: float, off: float) -> Iterator[tuple[int, int]]:
    """Rows from the first that reaches the limit up to the one that ends it."""
    begin = None
    for row, number in enumerate(numbers):
        if begin is None and number >= on:
            begin = row
        elif begin is not None and number < off:
            yield begin, row
            begin = None
    if begin is not None:
        yield begin, len(numbers)


@needs_readings
@pytest.mark.parametrize(("on", "off", "reached"), LIMITS)
def test_a_real_longwall(inbox: Inbox, on: str, off: str, reached: int) -> None:
    texts = values()
    inbox.send("CDDY", 0, definition(upper=on, upper_off=off))
    send(inbox, POINT, texts)
    numbers = [float(text) for text in texts]
    assert sum(number >= float(on) for number in numbers) == reached
    found = replay(inbox.folder, only=("upper_limit",))
    expected = list(spans(numbers, float(on), float(off)))
    assert [int(row[8]) for row in found.rows] == [end - begin for begin, end in expected]
    assert [float(row[6]) for row in found.rows] == [max(numbers[a:b]) for a, b in expected]
    assert found.counts.readings == len(texts)


@needs_readings
def test_the_other_sensors_of_the_longwall(inbox: Inbox) -> None:
    """Each machine of each sensor has the samples of a plain look at its column."""
    expected = {}
    for column, sensor_type, unit, told in OTHERS:
        point, texts = point_of(sensor_type, column), values(column)
        inbox.send("CDDY", column, definition(point, unit=unit, **told))
        send(inbox, point, texts, unit=unit)
        numbers = [float(text) for text in texts]
        for kind, level, on, off, sign in (
            ("upper_limit", "alarm", "upper", "upper_off", 1),
            ("lower_limit", "alarm", "lower", "lower_off", -1),
            ("upper_limit", "power_off", "cut", "cut_off", 1),
        ):
            if told.get(on):
                ends = sign * float(told[on]), sign * float(told.get(off, told[on]))
                found = spans([sign * one for one in numbers], *ends)
                expected[point, kind, level] = [b - a for a, b in found]
    samples: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in sorted(replay(inbox.folder, only=LIMIT_KINDS).rows):
        samples[row[1:4]].append(int(row[8]))
    assert samples == expected
    assert min(map(len, expected.values())) > 0


@needs_readings
def test_two_percent_in_the_longwall(inbox: Inbox) -> None:
    """The rule of methane sees what reaches 2.0 though the mine's own limit is 3.0."""
    numbers = [float(text) for text in values()]
    defined = {POINT: {0: definition_of(definition(upper="3.0").split(";"), dialect=dialect())}}
    made = pack_in_force([POINT], defined, limits=methane(dialect()), by=dialect())
    readings = [(0, START + 30 * row, number, 0) for row, number in enumerate(numbers)]
    found = pack_episodes(series_from(readings, made), made)
    assert [one.samples for one in found] == [b - a for a, b in spans(numbers, 2.0, 2.0)]
    assert sum(one.samples for one in found) == LIMITS[2][2]


@needs_readings
@needs_register
def test_a_register_with_its_own_limits(inbox: Inbox) -> None:
    """Nothing alarms at its latest value; a sensor of each limit does with the longwall's air."""
    sensors = {point_in_register(row): row for row in register()}
    assert (len(register()), len(sensors)) == (305, 304)
    mine = next(iter(sensors))[:12]
    records = [definition_in_register(row) for row in register()]
    inbox.send("CDDY", REGISTERED, *records, mine=mine)
    now = "2023-08-03 00:00:00"
    told = [
        f"{point};{row['type']};{row['area']};{row['value']};{row['unit']};0;{row['time']}"
        for point, row in sensors.items()
    ]
    inbox.send("CDSS", now, *told, mine=mine)
    by_limit = {row["alarm_high"]: point for point, row in sensors.items() if row["type"] == "甲烷"}
    numbers = [float(text) for text in values()[:PER_FILE]]
    for begin, point in enumerate(by_limit.values(), start=1):
        stamps = [stamp_of(START + 30 * row) for row in range(PER_FILE)]
        rows_of = zip(numbers, stamps, strict=True)
        records = [f"{point};甲烷;回风;{number};%CH4;0;{at}" for number, at in rows_of]
        inbox.send("CDSS", stamps[-1], *records, mine=mine, within=f"{begin}/")
    found = replay(inbox.folder, only=LIMIT_KINDS)
    samples: dict[str, int] = defaultdict(int)
    for row in found.rows:
        samples[row[1]] += int(row[8])
    reached = {
        point: sum(number >= float(limit) for number in numbers)
        for limit, point in by_limit.items()
    }
    assert samples == {point: count for point, count in reached.items() if count}
    assert len(samples) >= 3
    assert (found.counts.waiting, found.counts.rejected_records) == (0, 0)


@needs_register
def test_what_a_register_sets() -> None:
    """Upper and lower limits as many as a plain look finds; −0.01 and the low range are none."""
    sensors = {point_in_register(row): row for row in register()}
    is_set = [
        sum(row[name] not in ("", "-0.01", row["range_low"]) for row in sensors.values())
        for name in ("alarm_high", "alarm_low")
    ]
    made = [
        definition_of(definition_in_register(row).split(";"), dialect=dialect())
        for row in sensors.values()
    ]
    assert [sum(one.on[n] == one.on[n] for one in made) for n in (0, 1)] == is_set
