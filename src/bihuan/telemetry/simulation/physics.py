"""Series that hang together: gas follows shearing and pressure, power and output shearing."""

from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.simulation.register import Mine

SHIFT_S: Final = 8 * 3_600
REPAIR_SHIFT: Final = 1  # from 08:00 to 16:00 nobody cuts coal
type Values = NDArray[np.float64]


def values_of(mine: Mine, seconds: NDArray[np.int64], rng: Generator) -> Values:
    """What every point of a mine measures, shape (times, points); `seconds` are evenly spaced."""
    step_s = int(seconds[1] - seconds[0]) if len(seconds) > 1 else 1
    pressure = _pressure(seconds, step_s, rng)
    faces = [_face(seconds, step_s, pressure, rng) for _n in range(mine.faces)]
    columns = []
    for point in mine.points:
        noise = _wandering(len(seconds), 300 / step_s, rng)
        columns.append(_measured(point.sensor.series, faces[point.face], pressure, noise))
    decimals = [point.sensor.decimals for point in mine.points]
    rounded = [np.round(one, places) for one, places in zip(columns, decimals, strict=True)]
    return np.stack(rounded, axis=1)


def _face(
    seconds: NDArray[np.int64], step_s: int, pressure: Values, rng: Generator
) -> dict[str, Values]:
    """What happens at one working face."""
    shearing = _shearing(seconds, step_s, rng)
    cut = _lagged(shearing, 240 / step_s)
    falling = np.maximum(-np.gradient(_lagged(pressure, 1_800 / step_s)) * 3_600 / step_s, 0)
    gas = rng.uniform(0.12, 0.22) + rng.uniform(0.18, 0.3) * cut + 0.03 * falling
    return {
        "shearing": shearing,
        "gas": gas,
        "return_gas": _lagged(gas, 180 / step_s),
        "output": np.cumsum(shearing) * rng.uniform(6, 9) * step_s / 60,
        "warmth": 22 + 2 * _lagged(shearing, 1_800 / step_s),
        "dust": 4 + 60 * _lagged(shearing, 60 / step_s),
    }


def _measured(series: str, face: dict[str, Values], pressure: Values, noise: Values) -> Values:
    """The series of a sensor, with its own noise of about one."""
    cutting = face["shearing"]
    gas = {"face_methane": face["gas"], "return_methane": face["return_gas"] * 0.85}
    gas["corner_methane"] = face["return_gas"] * 1.15
    if series in gas:
        return np.clip(gas[series] + 0.015 * noise, 0, 0.9)
    series_of = {
        "shearing": cutting,
        "air": np.clip(1.8 + 0.05 * noise, 0.5, 3.5),
        "monoxide": np.clip(2 + 1.5 * _lagged(cutting, 20) + 0.3 * noise, 0, 15),
        "warmth": np.clip(face["warmth"] + 0.2 * noise, 15, 28),
        "current": np.clip(cutting * (180 + 12 * noise), 0, 400),
        "output": face["output"],
        "suction": np.clip(1.9 + (pressure - 1_013) / 100 + 0.02 * noise, 1, 3),
        "dust": np.clip(face["dust"] + 3 * noise, 0, 200),
        "fan": np.ones(len(noise)),
        "door": (noise > 2.2).astype(np.float64),
        "smoke": np.zeros(len(noise)),
    }
    return series_of[series]


def _shearing(seconds: NDArray[np.int64], step_s: int, rng: Generator) -> Values:
    """1 while coal is cut: passes of 10 to 40 minutes in the two shifts that produce."""
    is_cutting = np.zeros(len(seconds))
    row = int(rng.integers(0, 1_200 // step_s + 1))
    while row < len(seconds):
        length = int(rng.integers(600, 2_400) / step_s) + 1
        is_cutting[row : row + length] = 1
        row += length + int(rng.integers(300, 1_200) / step_s) + 1
    # Men walk in and out for half an hour around the change of shift.
    into_shift = seconds % SHIFT_S
    is_producing = (seconds % DAY_S // SHIFT_S != REPAIR_SHIFT) & (into_shift >= 1_800)
    return np.asarray(is_cutting * (is_producing & (into_shift < SHIFT_S - 1_800)))


def _pressure(seconds: NDArray[np.int64], step_s: int, rng: Generator) -> Values:
    """hPa: a tide of half a day and slow weather."""
    tide = 1.5 * np.sin(2 * np.pi * (seconds % DAY_S - 14_400) / (DAY_S / 2))
    return np.asarray(1_013 + tide + 3 * _wandering(len(seconds), 6 * 3_600 / step_s, rng))


def _lagged(series: Values, rows: float) -> Values:
    """The series as it arrives through air that mixes; what was before is as at the beginning."""
    kernel = np.exp(-np.arange(int(5 * rows) + 1) / max(rows, 0.1))
    padded = np.concatenate([np.full(len(kernel) - 1, series[0]), series])
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), mode="valid"))


def _wandering(length: int, rows: float, rng: Generator) -> Values:
    """Noise of about one that keeps its course for so many rows."""
    drawn = _lagged(rng.standard_normal(length + int(5 * rows)), rows)[-length:]
    return np.asarray(drawn * np.sqrt(2 * max(rows, 0.5)))
