"""Readings by point and time, each once (T5), and which definition holds for each (T8)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import InForce
from bihuan.telemetry.parsing import Readings

UNCOUNTED_BITS: Final = 240
CALIBRATION_BIT: Final = 4
_TIME_BITS: Final = 40  # seconds up to the year 9999 are below 2 ** 39
_RADIX_POINTS: Final = 2**16  # up to here numpy sorts by counting


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Readings sorted by (point, time), none twice; those of point p are first[p]:first[p + 1].

    `definition` is the row of `InForce` that holds for each reading.
    """

    first: NDArray[np.int64]
    point: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    status: NDArray[np.int16]
    definition: NDArray[np.int64]

    def counted(self) -> tuple["Series", NDArray[np.int64]]:
        """The readings that count (T6), and the place of each among all."""
        is_counted = (self.status & UNCOUNTED_BITS) == 0
        is_counted &= ~np.isnan(self.value)
        places = np.flatnonzero(is_counted)
        if len(places) == len(self.time):
            return self, places
        kept = Series(
            first=np.searchsorted(places, self.first),
            point=self.point[places],
            time=self.time[places],
            value=self.value[places],
            status=self.status[places],
            definition=self.definition[places],
        )
        return kept, places


def last_versions(readings: Readings) -> Readings:
    """Sorted by (point, time); of several readings of one moment the last row stands (T5)."""
    is_few = len(readings.points) <= _RADIX_POINTS
    point = readings.point.astype(np.uint16) if is_few else readings.point
    found = readings.taken(np.argsort(point, kind="stable"))
    is_later = (np.diff(found.time) > 0) | (np.diff(found.point) > 0)
    if is_later.all():
        return found
    key = (found.point.astype(np.int64) << _TIME_BITS) | found.time
    order = np.argsort(key, kind="stable")
    key = key[order]
    is_last = np.append(key[1:] != key[:-1], True)
    return found.taken(order[is_last])


def series_of(readings: Readings, definitions: InForce) -> Series:
    """Sorted readings of defined points with the definition of each.

    The points of `definitions` are those of `readings`, by number.
    """
    points = np.arange(len(readings.points) + 1)
    first = np.searchsorted(readings.point, points)
    starts = first[_owner_of(definitions)]
    for row in np.flatnonzero(definitions.since > np.iinfo(np.int64).min):
        point = int(np.searchsorted(definitions.first, row, side="right")) - 1
        times = readings.time[first[point] : first[point + 1]]
        starts[row] = first[point] + np.searchsorted(times, definitions.since[row])
    lengths = np.diff(np.append(starts, len(readings)))
    return Series(
        first=first,
        point=readings.point,
        time=readings.time,
        value=readings.value,
        status=readings.status,
        definition=np.repeat(np.arange(len(starts)), lengths),
    )


def _owner_of(definitions: InForce) -> NDArray[np.int64]:
    """The point of each row."""
    return np.repeat(np.arange(len(definitions.first) - 1), np.diff(definitions.first))
