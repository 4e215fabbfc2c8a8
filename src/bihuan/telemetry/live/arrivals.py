"""The rows of a commit by point and time, and what is counted of them."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.live.amending import SILENT_S
from bihuan.telemetry.live.history import History
from bihuan.telemetry.live.judging import Round
from bihuan.telemetry.live.state import NEVER, State
from bihuan.telemetry.live.tallies import Tallies
from bihuan.telemetry.store.commits import Commit

_TIME_BITS: Final = 40  # seconds up to the year 9999 are below 2 ** 39


class Arrivals(NamedTuple):
    """Readings by point and time, each once (T5): those of `points[n]` begin at row `first[n]`.

    `point` is the number of the point of each row.
    """

    points: NDArray[np.int32]
    first: NDArray[np.int64]
    point: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    status: NDArray[np.int16]

    @property
    def begins_at(self) -> NDArray[np.int64]:
        """The earliest time of each point."""
        return self.time[self.first]

    @property
    def ends_at(self) -> NDArray[np.int64]:
        """The latest time of each point."""
        return self.time[np.append(self.first[1:], len(self.time)) - 1]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many rows each point has."""
        return np.diff(np.append(self.first, len(self.time)))

    def rounds(self, is_wanted: NDArray[np.bool_], terms: NDArray[np.int32]) -> Iterator[Round]:
        """The first reading of each wanted point, then the second, and so on."""
        first, counts, terms = self.first[is_wanted], self.counts[is_wanted], terms[is_wanted]
        for number in range(int(counts.max(initial=0))):
            if number:
                has_more = counts > number
                first, counts, terms = first[has_more], counts[has_more], terms[has_more]
            rows = first + number
            columns = (self.point, self.time, self.value, self.status)
            if len(rows) < len(self.time):
                yield Round(*(column[rows] for column in columns), terms)
            else:
                yield Round(*columns, terms)


def arrived(
    frame: pl.DataFrame, numbers: NDArray[np.int32]
) -> tuple[Arrivals, NDArray[np.int64] | None]:
    """The rows of a commit, and which of them a later one of their moment supersedes, if any."""
    time = frame["time"].to_numpy()
    value = frame["value"].fill_null(float("nan")).to_numpy()
    columns = (numbers, time, value, frame["status"].to_numpy())
    superseded = None
    is_sorted = bool((numbers[1:] > numbers[:-1]).all())
    if not is_sorted:
        key = (numbers.astype(np.int64) << _TIME_BITS) | time
        order = np.argsort(key, kind="stable")
        key = key[order]
        is_last = np.append(key[1:] != key[:-1], np.ones(min(len(key), 1), np.bool_))
        if not is_last.all():
            superseded = order[~is_last]
            order = order[is_last]
        columns = tuple(column[order] for column in columns)
    point = columns[0]
    first = np.arange(len(point))
    if not is_sorted:
        first = np.flatnonzero(np.append(np.ones(min(len(point), 1)), np.diff(point)))
    return Arrivals(point[first], first, *columns), superseded


class Counting:
    """What the rows of one commit add to the counts; readings belong to the day of their time."""

    def __init__(self, state: State, commit: Commit, history: History) -> None:
        self.state, self.commit, self.history = state, commit, history
        self.tallies = Tallies()

    def came(self, numbers: NDArray[np.int32], told: NDArray[np.int64]) -> None:
        """Count all rows; `told` is the newest reading of each mine before the commit."""
        mine, time = self.state.points.mine[numbers], self.commit.rows["time"].to_numpy()
        self.tallies.add(mine, time, received=1)
        is_late = time < told[mine] - SILENT_S
        if is_late.any():
            self.tallies.add(mine[is_late], time[is_late], late=1)

    def superseded(self, numbers: NDArray[np.int32], rows: NDArray[np.int64]) -> None:
        """Count rows of which the commit has a later version."""
        time = self.commit.rows["time"].to_numpy()[rows]
        self.tallies.add(self.state.points.mine[numbers[rows]], time, duplicate=1)

    def stood(self, rows: Arrivals, last: NDArray[np.int64]) -> None:
        """Count readings, of which those up to the `last` of their point may be there already."""
        is_known = np.zeros(len(rows.time), np.bool_)
        is_asked = rows.time <= np.repeat(last, rows.counts)
        if is_asked.any():
            is_known[is_asked] = self._present(rows.point[is_asked], rows.time[is_asked])
        mine = self.state.points.mine[rows.point]
        is_waiting = self.state.of.terms[rows.point] < 0
        for name, which in (
            ("duplicate", is_known),
            ("waiting", is_waiting & ~is_known),
            ("accepted", ~is_waiting & ~is_known),
        ):
            self.tallies.add(mine[which], rows.time[which], **{name: 1})

    def defined(self, points: Iterable[int]) -> None:
        """Readings that waited for the definition of these points are accepted now (T3)."""
        numbers = np.array(list(points), np.int64)
        if not len(numbers):
            return
        frame = self.history.standing(
            self.state.points.names(numbers), upto=self.commit.number - 1
        )
        mine = self.state.points.mine[self.state.points.numbers(frame["point"])]
        self.tallies.add(mine, frame["time"].to_numpy(), waiting=-1, accepted=1)

    def _present(
        self, point: NDArray[np.int32], time: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Whether earlier commits have readings of these points and times."""
        found = self.history.standing(
            self.state.points.names(np.unique(point)),
            since=int(time.min()),
            until=int(time.max()),
            upto=self.commit.number - 1,
        )
        numbers = self.state.points.numbers(found["point"]).astype(np.int64)
        known = (numbers << _TIME_BITS) | found["time"].to_numpy()
        return np.isin((point.astype(np.int64) << _TIME_BITS) | time, known)


def newest_moved(
    state: State, frame: pl.DataFrame, numbers: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Move the newest reading of each mine on (T17), and tell whose has moved."""
    time = frame["time"].to_numpy()
    is_ahead = frame["is_ahead"].to_numpy()
    mine = state.points.mine[numbers]
    if is_ahead.any():
        mine, time = mine[~is_ahead], time[~is_ahead]
    before = state.newest.copy()
    # A mine's rows stand together, so few pieces are compared.
    begins = np.flatnonzero(np.append(np.ones(min(len(mine), 1)), np.diff(mine)))
    if len(begins):
        np.maximum.at(state.newest, mine[begins], np.maximum.reduceat(time, begins))
    return np.flatnonzero((state.newest != before) & (state.newest != NEVER))
