"""What the judge carries from commit to commit: arrays by number of point and of episode."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import BEGINNING
from bihuan.telemetry.live.identity import OWN_BITS, OWN_FROM, STANDING, Standing
from bihuan.telemetry.live.points import Points
from bihuan.telemetry.live.slots import PACKS, SILENT, WAITS, Slots

NEVER: Final = -1
NOTHING: Final = -1
_OF_POINTS: Final[dict[str, tuple[type[np.generic], Any]]] = {
    "last": (np.int64, NEVER),
    "silence_s": (np.int32, 0),
    "terms": (np.int32, NOTHING),
    "since": (np.int64, BEGINNING),
    "told_at": (np.int64, BEGINNING),
    "run_value": (np.float64, np.nan),
    "run_began": (np.int64, NEVER),
    "run_last": (np.int64, NEVER),
    "run_samples": (np.int32, 0),
    "run_still_s": (np.int32, 0),
    "run_is_calibrated": (np.bool_, False),
    "run_goes_on": (np.bool_, False),
    "run_ended": (np.bool_, False),
    "lasts": (np.uint32, 0),
}
_OF_EPISODES: Final[dict[str, tuple[type[np.generic], Any]]] = {
    "id": (np.int64, 0),
    "point": (np.int32, 0),
    "slot": (np.int8, 0),
    "started_at": (np.int64, 0),
    "peak": (np.float64, 0),
    "peak_at": (np.int64, 0),
    "samples": (np.int64, 0),
    "is_calibrated": (np.bool_, False),
    "raised_in": (np.int64, 0),
    "split_from": (np.int64, 0),
}


class _Columns:
    """Arrays of one length that grow together; rows beyond `size` are free space."""

    kinds: dict[str, tuple[type[np.generic], Any]]

    def __init__(self) -> None:
        self.size = 0
        for name, (kind, _fill) in self.kinds.items():
            setattr(self, name, np.zeros(0, kind))

    def grow(self, size: int) -> None:
        """Make room for so many rows, and fill the new ones with what nothing looks like."""
        held = len(getattr(self, next(iter(self.kinds))))
        if size > held:
            room = max(size, held + held // 8 + 1_024)
            for name, (kind, fill) in self.kinds.items():
                column = np.full(room, fill, kind)
                column[:held] = getattr(self, name)
                setattr(self, name, column)
        self.size = max(self.size, size)

    def columns(self) -> dict[str, NDArray[Any]]:
        """The rows by name of column."""
        return {name: getattr(self, name)[: self.size] for name in self.kinds}

    def fill(self, columns: dict[str, NDArray[Any]]) -> None:
        """Take over what `columns` gave."""
        self.grow(len(columns[next(iter(self.kinds))]))
        for name in self.kinds:
            getattr(self, name)[: self.size] = columns[name]


class OfPoints(_Columns):
    """By number of point.

    `last` is the newest reading of any kind and `silence_s` the silence that may follow it;
    `terms` the row of the newest definition that differs from the one before, which holds from
    `since` on; `told_at` the newest moment of any definition. `run_…` is the newest run of equal
    counting readings (T15): it `goes_on` unless its value is off, or a silence or a definition
    came after it. Its end is `last`, or `run_last` where it `run_ended` before, with readings that
    don't count after it. `lasts` has a bit for each slot with an episode that lasts, and WAITS.
    """

    kinds = _OF_POINTS
    last: NDArray[np.int64]
    silence_s: NDArray[np.int32]
    terms: NDArray[np.int32]
    since: NDArray[np.int64]
    told_at: NDArray[np.int64]
    run_value: NDArray[np.float64]
    run_began: NDArray[np.int64]
    run_last: NDArray[np.int64]
    run_samples: NDArray[np.int32]
    run_still_s: NDArray[np.int32]
    run_is_calibrated: NDArray[np.bool_]
    run_goes_on: NDArray[np.bool_]
    run_ended: NDArray[np.bool_]
    lasts: NDArray[np.uint32]


class Lasting(_Columns):
    """Episodes that last, in any order; the id of a free row is 0, `split_from` 0 is none."""

    kinds = _OF_EPISODES
    id: NDArray[np.int64]
    point: NDArray[np.int32]
    slot: NDArray[np.int8]
    started_at: NDArray[np.int64]
    peak: NDArray[np.float64]
    peak_at: NDArray[np.int64]
    samples: NDArray[np.int64]
    is_calibrated: NDArray[np.bool_]
    raised_in: NDArray[np.int64]
    split_from: NDArray[np.int64]

    def __init__(self) -> None:
        super().__init__()
        self.free: list[int] = []

    def taken(self, count: int) -> NDArray[np.int64]:
        """So many free rows."""
        reused = [self.free.pop() for _n in range(min(count, len(self.free)))]
        begin = self.size
        self.grow(begin + count - len(reused))
        return np.append(np.array(reused, np.int64), np.arange(begin, self.size))


class Waiting(NamedTuple):
    """What a delay holds back at a point and slot (T12), from its first reading on.

    A beginning where nothing lasts, with the figures of its readings so far; an end where
    something does, with the figures that this has if it ends. A reading at `due_at` or later
    confirms it.
    """

    since: int
    due_at: int
    peak: float
    peak_at: int
    samples: int
    is_calibrated: bool


class State:
    """Everything that is carried: points, mines, what lasts, and the next free id.

    `rows` has the row of `lasting` by slot and point, shape (points, slots). `newest` is the
    newest reading of each mine. `gone` are silences that proved to be none, by point: when they
    come back they are the same. `waiting` is what delays hold back, by point and slot.
    """

    def __init__(self, slots: Slots, *, next_id: int = 1) -> None:
        self.slots, self.next_id = slots, next_id
        self._own = (0, 0)
        self.waiting: dict[int, dict[int, Waiting]] = {}
        self.points = Points()
        self.of = OfPoints()
        self.lasting = Lasting()
        self.rows = np.zeros((0, len(self.slots)), np.int32)
        self.newest = np.zeros(0, np.int64)
        self.gone: dict[int, Standing] = {}

    def make_room(self) -> None:
        """Follow the points and mines that were met."""
        held = len(self.rows)
        self.of.grow(len(self.points))
        room = len(self.of.last)
        if room > held:
            rows = np.full((room, len(self.slots)), NOTHING, np.int32)
            rows[:held] = self.rows
            self.rows = rows
        lacking = len(self.points.mines) - len(self.newest)
        if lacking > 0:
            self.newest = np.append(self.newest, np.full(lacking, NEVER, np.int64))

    def run_of(self, number: int) -> tuple[int, int]:
        """Begin and end of a point's newest run, NEVER without one."""
        of = self.of
        ended_at = of.run_last[number] if of.run_ended[number] else of.last[number]
        return int(of.run_began[number]), int(ended_at)

    def newest_of(self, points: NDArray[np.integer]) -> NDArray[np.int64]:
        """The newest reading of the mine of each point."""
        return self.newest.take(self.points.mine.take(points))

    def ids(self, count: int) -> NDArray[np.int64]:
        """The next so many ids."""
        self.next_id += count
        return np.arange(self.next_id - count, self.next_id)

    def own_ids(self, count: int, *, commit: int, begin: int = 0) -> NDArray[np.int64]:
        """So many ids of episodes of packs that a commit raises; theirs are counted by commit.

        So a rule that comes or goes leaves the ids of all others as they are.
        """
        number, used = self._own
        used = max(used, begin) if number == commit else begin
        self._own = commit, used + count
        return OWN_FROM + (commit << OWN_BITS) + np.arange(used, used + count)

    def fresh(self, one: Standing) -> int:
        """The id of an episode that is raised."""
        is_own = self.slots.slot_of[one.kind, one.level] >= PACKS
        return int((self.own_ids(1, commit=one.raised_in) if is_own else self.ids(1))[0])

    def hold_back(self, number: int, slot: int, waiting: Waiting | None) -> None:
        """A delay holds something back at a point and slot, or nothing any more."""
        held = self.waiting.setdefault(number, {})
        if waiting is None:
            held.pop(slot, None)
        else:
            held[slot] = waiting
        self.of.lasts[number] |= WAITS
        if not held:
            self.forget_waiting(number)

    def forget_waiting(self, number: int) -> None:
        """Nothing is held back at a point."""
        self.waiting.pop(number, None)
        self.of.lasts[number] &= ~WAITS

    def put(self, points: NDArray[np.integer], slot: int) -> NDArray[np.int64]:
        """Rows for episodes that begin to last; their columns are still to be filled."""
        rows = self.lasting.taken(len(points))
        self.rows[points, slot] = rows
        self.of.lasts[points] |= np.uint32(1 << slot)
        self.lasting.point[rows], self.lasting.slot[rows] = points, slot
        return rows

    def drop(self, rows: NDArray[np.integer]) -> None:
        """Forget episodes that don't last."""
        rows = rows.copy()  # it may be a view of what is written here
        points, slots = self.lasting.point[rows], self.lasting.slot[rows]
        self.rows[points, slots] = NOTHING
        np.bitwise_and.at(self.of.lasts, points, ~(np.uint32(1) << slots.astype(np.uint32)))
        self.lasting.id[rows] = 0
        self.lasting.free += rows.tolist()

    def hold(self, one: Standing, number: int) -> None:
        """An episode of the point of this number lasts from now on."""
        row = int(self.put(np.array([number]), self.slots.slot_of[one.kind, one.level])[0])
        held = self.lasting
        held.id[row], held.started_at[row] = one.id, one.started_at
        held.peak[row] = np.nan if one.peak is None else one.peak
        held.peak_at[row] = NEVER if one.peak_at is None else one.peak_at
        held.samples[row], held.is_calibrated[row] = one.samples, one.is_calibrated
        held.raised_in[row], held.split_from[row] = one.raised_in, one.split_from or 0

    def standings(
        self, rows: NDArray[np.integer], ended_at: NDArray[np.integer] | None = None
    ) -> Iterator[Standing]:
        """Rows of `lasting` as they are told, with an end if they have one."""
        held = self.lasting
        ends = [None] * len(rows) if ended_at is None else ended_at.tolist()
        names = self.points.names(held.point[rows])
        mines = self.points.mine[held.point[rows]].tolist()
        columns = (
            getattr(held, name)[rows].tolist()
            for name in ("id", "slot", "started_at", "peak", "peak_at", "samples", "is_calibrated")
        )
        origins = (held.raised_in[rows].tolist(), held.split_from[rows].tolist())
        told = zip(names, mines, ends, *columns, *origins, strict=True)
        for name, mine, end, key, slot, start, peak, peak_at, samples, calibrated, at, part in told:
            kind, level = self.slots.keys[slot]
            is_silent = slot == SILENT
            yield Standing(
                key,
                self.points.mines[mine],
                name,
                kind,
                level,
                start,
                end,
                None if is_silent else peak,
                None if is_silent else peak_at,
                samples,
                calibrated,
                STANDING,
                part or None,
                None,
                at,
            )
