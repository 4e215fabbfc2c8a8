"""Readings that were played again (T16), found where days are settled, a few points at a time."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Final, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.live.identity import HINTS_FROM, STANDING, Standing, matched
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.records import MINE_LENGTH
from bihuan.telemetry.repeats import REACH_S, WINDOW, repeats
from bihuan.telemetry.series import Series
from bihuan.telemetry.store.rows import readings_of

# How much further back than a day and the reach of a match is read, until it is enough.
_FURTHER_S: Final = (DAY_S, 8 * DAY_S, 64 * DAY_S)
_ID_BYTES: Final = 6


class Source(Protocol):
    """Where readings and hints that are settled come from; times in seconds, ends inclusive."""

    def readings(self, points: Collection[str], *, since: int, until: int) -> pl.DataFrame:
        """The readings that stand, by (point, time)."""

    def hints(self, points: Collection[str], *, since: int) -> list[Standing]:
        """What was told to be played again and ended then or later, of any state."""

    def has_episode(self, number: int) -> bool:
        """Whether an id is taken."""


def judged(points: Collection[str], source: Source, *, since: int, until: int) -> list[Standing]:
    """What is told otherwise of these points when readings from `since` on are looked at again.

    Windows that end at `since` or later may repeat others now, or no longer; what is told of
    earlier ones stays. Readings up to `until` are looked at. A union that reaches back is found
    whole. Of episodes that are new `raised_in` is 0.
    """
    found: list[Standing] = []
    left = sorted(points)
    for further_s in (*_FURTHER_S, None):
        begin = 0 if further_s is None else max(since - REACH_S - further_s, 0)
        if left:
            look = _Look(left, source, since=since, until=until, begin=begin)
            found += look.changes()
            left = look.left
    return found


class _Look:
    """Readings of some points from `begin` on, where that is enough; `left` are the others."""

    def __init__(
        self, points: list[str], source: Source, *, since: int, until: int, begin: int
    ) -> None:
        self.source, self.begin = source, begin
        self.told: dict[str, list[Standing]] = defaultdict(list)
        for one in source.hints(points, since=begin):
            self.told[one.point].append(one)
        readings = readings_of(source.readings(points, since=begin, until=until))
        self.points = readings.points
        self.counted = _counted_of(readings.point, readings.time, readings.value, readings.status)
        self.left: list[str] = []
        self.cuts = np.full(len(self.points), until + 1, np.int64)
        for number, point in enumerate(self.points):
            self._cut(number, point, since)

    def _cut(self, number: int, point: str, since: int) -> None:
        """From when on windows of a point begin that may read otherwise; or it is left."""
        first, end = self.counted.first[number : number + 2].tolist()
        times = self.counted.time[first:end]
        place = int(np.searchsorted(times, since)) - (WINDOW - 1)
        if not end > first or times[-1] < since:
            return
        reach = int(times[max(place, 0)])
        held = (one for one in self.told[point] if one.state == STANDING)
        starts = [one.started_at for one in held if (one.ended_at or 0) >= reach]
        cut = min(reach, *starts) if starts else reach
        if self.begin and (place < 0 or cut - REACH_S < self.begin):
            self.left.append(point)
        else:
            self.cuts[number] = cut

    def changes(self) -> Iterator[Standing]:
        """New and old episodes by their identity, where they are told otherwise."""
        new = defaultdict[int, list[Standing]](list)
        for one in repeats(self.counted, since=self.cuts):
            code = self.points[one.point]
            mine = code[:MINE_LENGTH]
            new[one.point].append(
                Standing(0, mine, code, *one[1:], STANDING, None, None, raised_in=0)
            )
        left = set(self.left)
        for number, point in enumerate(self.points):
            if point in left:
                continue
            cut, told = int(self.cuts[number]), self.told[point]
            pairs = matched(
                [one for one in told if one.state == STANDING and one.started_at >= cut],
                new[number],
                gone=[one for one in told if one.state != STANDING],
                newest=cut,
                fresh=self._fresh,
            )
            yield from (after for before, after in pairs if before != after)

    def _fresh(self, one: Standing) -> int:
        """An id that the point and the start make, the same when a ledger is made again."""
        digest = hashlib.sha256(f"{one.point} {one.started_at}".encode()).digest()
        number = HINTS_FROM + int.from_bytes(digest[:_ID_BYTES], "big")
        while self.source.has_episode(number):
            number += 1
        return number


def _counted_of(
    point: NDArray[np.int32],
    time: NDArray[np.int64],
    value: NDArray[np.float64],
    status: NDArray[np.int16],
) -> Series:
    """The readings that count; which definition holds doesn't matter here."""
    points = int(point[-1]) + 1 if len(point) else 0
    series = Series(
        first=np.searchsorted(point, np.arange(points + 1)),
        point=point,
        time=time,
        value=value,
        status=status,
        definition=np.zeros(len(time), np.int64),
    )
    return series.counted()[0]
