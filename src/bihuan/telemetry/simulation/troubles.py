"""What is put into the series of a mine, and told as the truth: over-limits, faults, silence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bihuan.telemetry.simulation.register import Mine

ALARM, POWER_OFF, CALIBRATION, SENSOR_FAULT = 1, 2, 4, 128
MISSING: Final = -9999.0
# cause, kind of episode that it must make, how many a point and day, minutes from and to
CAUSES: Final = (
    ("over_limit", "upper_limit", 0.25, 3, 15),
    ("calibration", "upper_limit", 0.15, 4, 7),
    ("sensor_fault", "", 0.1, 5, 40),
    ("point_silent", "disconnected", 0.1, 3, 30),
    ("frozen", "frozen", 0.06, 150, 240),
    ("replayed", "replayed", 0.05, 40, 90),
)
MINE_SILENT: Final = ("mine_silent", "disconnected", 0.3, 4, 20)
FREE_ROWS: Final = 30  # between two troubles of a point


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What was done to a point from a row up to, not including, another; point −1 is the mine."""

    cause: str
    kind: str
    point: int
    begin: int
    end: int


@dataclass(kw_only=True)
class Readings:
    """What a mine sends: shape (times, points); `is_sent` is false where nothing comes."""

    value: NDArray[np.float64]
    status: NDArray[np.int16]
    is_sent: NDArray[np.bool_]


def troubled(
    mine: Mine, value: NDArray[np.float64], *, step_s: int, rng: Generator
) -> tuple[Readings, list[Trouble]]:
    """The series with troubles in them, and which."""
    readings = Readings(
        value=value.copy(),
        status=np.zeros(value.shape, np.int16),
        is_sent=np.ones(value.shape, np.bool_),
    )
    troubles = sorted(_drawn(mine, len(value), step_s, rng), key=_begin_of)
    for one in troubles:
        _apply(readings, one, rng)
    _mark_alarms(mine, readings)
    return readings, troubles


def _drawn(mine: Mine, rows: int, step_s: int, rng: Generator) -> Iterator[Trouble]:
    """Troubles that don't touch each other."""
    days = rows * step_s / 86_400
    is_free = np.ones((rows, len(mine.points)), np.bool_)
    methane = [n for n, point in enumerate(mine.points) if point.sensor.unit == "%CH4"]
    for point, cause in [(-1, MINE_SILENT), *((n, one) for one in CAUSES for n in methane)]:
        for _n in range(int(rng.poisson(cause[2] * days))):
            length = int(rng.integers(cause[3] * 60, cause[4] * 60 + 1) / step_s) + 1
            # The repeated hour must have come before, and something must come after.
            earliest = 2 * length + FREE_ROWS if cause[0] == "replayed" else FREE_ROWS
            if earliest + length + FREE_ROWS >= rows:
                continue
            begin = int(rng.integers(earliest, rows - length - FREE_ROWS))
            where = (slice(begin - FREE_ROWS, begin + length + FREE_ROWS), slice(None))
            if point >= 0:
                where = (where[0], slice(point, point + 1))
            source = (
                slice(begin - 2 * length - FREE_ROWS, begin) if cause[0] == "replayed" else where[0]
            )
            if is_free[where].all() and is_free[source, where[1]].all():
                is_free[where] = is_free[source, where[1]] = False
                yield Trouble(
                    cause=cause[0], kind=cause[1], point=point, begin=begin, end=begin + length
                )


def _apply(readings: Readings, one: Trouble, rng: Generator) -> None:
    rows, length = slice(one.begin, one.end), one.end - one.begin
    if one.point < 0:
        readings.is_sent[rows] = False
        return
    at = (rows, one.point)
    match one.cause:
        case "over_limit":
            shape = np.sin(np.linspace(0.15, np.pi - 0.15, length)) * rng.uniform(0.5, 1.6)
            readings.value[at] = np.round(1.0 + shape, 2)
        case "calibration":
            stairs = np.repeat([0.5, 1.0, 2.0, 1.0], length // 4 + 1)[:length]
            readings.value[at] = np.round(stairs + rng.normal(0, 0.01, length), 2)
            readings.status[at] = CALIBRATION
        case "sensor_fault":
            readings.value[at], readings.status[at] = MISSING, SENSOR_FAULT
        case "point_silent":
            readings.is_sent[at] = False
        case "frozen":
            readings.value[at] = np.round(readings.value[one.begin, one.point] + 0.05, 2)
        case _:
            source = slice(one.begin - length - FREE_ROWS, one.end - length - FREE_ROWS)
            readings.value[at] = readings.value[source, one.point]


def _mark_alarms(mine: Mine, readings: Readings) -> None:
    """The status that the mine's own system would send."""
    for number, point in enumerate(mine.points):
        value, limits = readings.value[:, number], point.sensor.limits
        for limit, bit in ((limits[0], ALARM), (limits[4], POWER_OFF)):
            if limit and float(limit) > 0:
                readings.status[value >= float(limit), number] |= bit


def _begin_of(one: Trouble) -> int:
    return one.begin
