"""Which points were longest in alarm: episodes as arrays, kept up with the ledger."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.store.ledger import Ledger

LASTING: Final = np.iinfo(np.int64).max
_NOT_COUNTED: Final = -1
_SQL: Final = """
    SELECT id, point, started_at, ended_at,
           level = 'alarm' AND state = 'standing' AND kind IN ('upper_limit', 'lower_limit')
    FROM episode WHERE changed_in > ? ORDER BY id
"""


class Alarmed(NamedTuple):
    """A point, how many seconds it was in alarm in a period, and how often."""

    point: str
    seconds: int
    episodes: int


class Ranking:
    """The alarms of a ledger, read once and then only where they changed."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._forget()

    def longest(self, *, since: int, until: int, count: int) -> list[Alarmed]:
        """The points longest in alarm in a period; what still lasts, lasts to its end."""
        self._keep_up()
        begin = np.maximum(self._times[: self._size, 0], since)
        end = np.minimum(self._times[: self._size, 1], until)
        rows = np.flatnonzero(end > begin)
        points = self._points[rows]
        seconds = np.bincount(points, end[rows] - begin[rows], len(self._codes)).astype(np.int64)
        episodes = np.bincount(points, minlength=len(self._codes))
        return [
            Alarmed(self._codes[point], int(seconds[point]), int(episodes[point]))
            for point in self._first_of(seconds, episodes, count)
        ]

    def _first_of(
        self, seconds: NDArray[np.int64], episodes: NDArray[np.int64], count: int
    ) -> list[int]:
        """Numbers of points by seconds, of equal ones by code."""
        least = np.sort(seconds)[-count:][:1]
        near = np.flatnonzero((episodes > 0) & (seconds >= least)).tolist() if len(least) else []
        return sorted(near, key=lambda point: (-seconds[point], self._codes[point]))[:count]

    def _forget(self) -> None:
        self._read_to = self._size = 0
        self._places: dict[int, int] = {}
        self._numbers: dict[str, int] = {}
        self._codes: list[str] = []
        self._points = np.zeros(1_024, np.int64)
        self._times = np.zeros((1_024, 2), np.int64)

    def _keep_up(self) -> None:
        """Read what changed; all of it when the ledger is an older one than before."""
        with self._ledger.glance():
            watermark = self._ledger.note("watermark")
            if watermark < self._read_to:
                self._forget()
            if watermark == self._read_to:
                return
            rows = self._ledger.rows.execute(_SQL, (self._read_to,)).fetchall()
        self._read_to = watermark
        for number, point, started_at, ended_at, counts in rows:
            place = self._places.setdefault(number, len(self._places))
            if place >= len(self._points):
                self._points = np.append(self._points, np.zeros_like(self._points))
                self._times = np.append(self._times, np.zeros_like(self._times), axis=0)
            if point not in self._numbers:
                self._numbers[point] = len(self._codes)
                self._codes.append(point)
            self._points[place] = self._numbers[point]
            ends = LASTING if ended_at is None else ended_at
            self._times[place] = (started_at, ends) if counts else (LASTING, _NOT_COUNTED)
        self._size = len(self._places)
