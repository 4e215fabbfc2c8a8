"""The rows of a commit by point and time, and what is counted of them."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.live.amending import SILENT_S
from bihuan.telemetry.live.history import History
from bihuan.telemetry.live.judging import Round
from bihuan.telemetry.live.points import Points
from bihuan.telemetry.live.state import NEVER, State
from bihuan.telemetry.live.tallies import Tallies
from bihuan.telemetry.store.commits import Commit

_TIME_BITS: Final = 40  # seconds up to the year 9999 are below 2 ** 39


class Arrivals(NamedTuple):
    """Readings by point and time, each once (T5): those of `points[n]` begin at row `first[n]`.

    `point` is the number of the point of each row.
    """

    points: NDArray[np.intp]
    first: NDArray[np.intp]
    point: NDArray[np.intp]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    status: NDArray[np.int16]

    @property
    def is_single(self) -> bool:
        """Whether each point has one row."""
        return len(self.points) == len(self.point)

    @property
    def begins_at(self) -> NDArray[np.int64]:
        """The earliest time of each point."""
        if self.is_single:
            return self.time
        return self.time[self.first]

    @property
    def ends_at(self) -> NDArray[np.int64]:
        """The latest time of each point."""
        if self.is_single:
            return self.time
        last: NDArray[np.int64] = self.time[np.append(self.first[1:], len(self.time)) - 1]
        return last

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many rows each point has."""
        return np.diff(np.append(self.first, len(self.time)))

    def taken(self, is_wanted: NDArray[np.bool_]) -> "Arrivals":
        """Some of the rows."""
        point = self.point[is_wanted]
        is_first = np.append(np.ones(min(len(point), 1), np.bool_), point[1:] != point[:-1])
        first = np.flatnonzero(is_first)
        return Arrivals(
            point[first],
            first,
            point,
            self.time[is_wanted],
            self.value[is_wanted],
            self.status[is_wanted],
        )

    def rounds(self, is_wanted: NDArray[np.bool_], terms: NDArray[np.intp]) -> Iterator[Round]:
        """The first reading of each wanted point, then the second, and so on."""
        if self.is_single and len(self.time) and is_wanted.all():
            yield Round(self.point, self.time, self.value, self.status, terms)
            return
        first, counts, terms = self.first[is_wanted], self.counts[is_wanted], terms[is_wanted]
        for number in range(int(counts.max(initial=0))):
            if number:
                has_more = counts > number
                first, counts, terms = first[has_more], counts[has_more], terms[has_more]
            rows = first + number
            yield Round(
                self.point[rows], self.time[rows], self.value[rows], self.status[rows], terms
            )


class Pieces(NamedTuple):
    """Rows of a commit that stand together and are of one mine: they begin at `begins`.

    `newest` and `oldest` are times, the former of those that aren't far ahead of their file.
    """

    mine: NDArray[np.int32]
    begins: NDArray[np.intp]
    newest: NDArray[np.int64]
    oldest: NDArray[np.int64]

    @classmethod
    def of(cls, frame: pl.DataFrame, numbers: NDArray[np.intp], points: Points) -> "Pieces":
        """Found by where the mine changes."""
        mine = points.mine.take(numbers)
        begins = np.flatnonzero(mine[1:] != mine[:-1]) + 1
        begins = np.append(np.zeros(min(len(mine), 1), np.intp), begins)
        time, is_ahead = frame["time"].to_numpy(), frame["is_ahead"].to_numpy()
        if not len(begins):
            return cls(mine, begins, time, time)
        oldest = np.minimum.reduceat(time, begins)
        if is_ahead.any():
            time = np.where(is_ahead, NEVER, time)
        return cls(mine[begins], begins, np.maximum.reduceat(time, begins), oldest)

    def may_be_silent(self, state: State, rows: Arrivals, *, silence_s: int) -> NDArray[np.integer]:
        """The mines of which a point may have fallen silent, `silence_s` is the least silence.

        Of the others every point has a reading that is newer than that.
        """
        if rows.is_single and len(rows.point):
            counts = np.diff(np.append(self.begins, len(rows.point)))
            is_fresh = state.points.count_of(self.mine) == counts
            is_fresh &= state.newest[self.mine] - self.oldest <= silence_s
            return np.unique(self.mine[~is_fresh])
        return np.unique(self.mine)


def arrived(
    frame: pl.DataFrame, numbers: NDArray[np.intp]
) -> tuple[Arrivals, NDArray[np.intp] | None]:
    """The rows of a commit, and which of them a later one of their moment supersedes, if any."""
    time = frame["time"].to_numpy()
    value = frame["value"].to_numpy()  # null becomes nan
    status = frame["status"].to_numpy()
    if (numbers[1:] > numbers[:-1]).all():
        return Arrivals(numbers, np.arange(len(numbers)), numbers, time, value, status), None
    superseded = None
    key = (numbers << _TIME_BITS) | time
    order = np.argsort(key, kind="stable")
    key = key[order]
    is_last = np.append(key[1:] != key[:-1], True)
    if not is_last.all():
        superseded, order = order[~is_last], order[is_last]
    point = numbers[order]
    first = np.flatnonzero(np.append(True, point[1:] != point[:-1]))
    rows = Arrivals(point[first], first, point, time[order], value[order], status[order])
    return rows, superseded


class Counting:
    """What the rows of one commit add to the counts; readings belong to the day of their time."""

    def __init__(self, state: State, commit: Commit, history: History) -> None:
        self.state, self.commit, self.history = state, commit, history
        self.tallies = Tallies()

    def late(self, numbers: NDArray[np.intp], pieces: Pieces, told: NDArray[np.int64]) -> None:
        """Count late rows; `told` is the newest reading of each mine before the commit."""
        if (pieces.oldest < told[pieces.mine] - SILENT_S).any():
            time = self.commit.rows["time"].to_numpy()
            mine = self.state.points.mine[numbers]
            is_late = time < told[mine] - SILENT_S
            self.tallies.add(mine[is_late], time[is_late], late=1)

    def superseded(self, numbers: NDArray[np.intp], rows: NDArray[np.intp]) -> None:
        """Count rows of which the commit has a later version."""
        time = self.commit.rows["time"].to_numpy()[rows]
        self.tallies.add(self.state.points.mine[numbers[rows]], time, received=1, duplicate=1)

    def stood(self, rows: Arrivals, last: NDArray[np.int64]) -> Arrivals:
        """Count readings, and return those that may read otherwise than what was there.

        Those up to the `last` of their point may be there already, with the same value or another.
        """
        mine = self.state.points.mine.take(rows.point)
        is_waiting = self.state.of.terms.take(rows.point) < 0
        is_asked = rows.time <= (last if rows.is_single else np.repeat(last, rows.counts))
        if not (is_asked.any() or is_waiting.any()):
            self.tallies.add(mine, rows.time, received=1, accepted=1)
            return rows
        is_known = np.zeros(len(rows.time), np.bool_)
        is_same = is_known.copy()
        if is_asked.any():
            is_known[is_asked], is_same[is_asked] = self._known(rows.taken(is_asked))
        for name, which in (
            ("duplicate", is_known),
            ("waiting", is_waiting & ~is_known),
            ("accepted", ~is_waiting & ~is_known),
        ):
            self.tallies.add(mine[which], rows.time[which], **{"received": 1, name: 1})
        return rows.taken(~is_same) if is_same.any() else rows

    def defined(self, points: Iterable[int]) -> None:
        """Readings that waited for the definition of these points are accepted now (T3)."""
        numbers = np.array(list(points), np.int64)
        if not len(numbers):
            return
        frame = self.history.standing(self.state.points.names(numbers), upto=self.commit.number - 1)
        mine = self.state.points.mine[self.state.points.numbers(frame["point"])]
        self.tallies.add(mine, frame["time"].to_numpy(), waiting=-1, accepted=1)

    def _known(self, rows: Arrivals) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether earlier commits have these points and times, and with the same values."""
        found = self.history.standing(
            self.state.points.names(rows.points),
            since=int(rows.time.min()),
            until=int(rows.time.max()),
            upto=self.commit.number - 1,
        )
        if found.is_empty():
            return np.zeros(len(rows.time), np.bool_), np.zeros(len(rows.time), np.bool_)
        numbers = self.state.points.numbers(found["point"])
        known = (numbers << _TIME_BITS) | found["time"].to_numpy()
        order = np.argsort(known)
        key = (rows.point << _TIME_BITS) | rows.time
        places = order[np.minimum(np.searchsorted(known, key, sorter=order), len(known) - 1)]
        is_known = known[places] == key
        value = found["value"].to_numpy()[places]
        is_same = (value == rows.value) | (np.isnan(value) & np.isnan(rows.value))
        is_same &= found["status"].to_numpy()[places] == rows.status
        return is_known, is_known & is_same
