"""Over-limit episodes: four machines a point, stepped over sorted arrays (T9 to T13).

`step` is pure: what is open before, readings and definitions in; what ended and what is open after
out. Replay steps once over everything, live once a batch; where the batches are cut doesn't matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import MACHINES, InForce, Machine
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.series import CALIBRATION_BIT, Series

NEVER: Final = -1
_WITHDRAWN, _READ = 0, 1
type _Event = tuple[int, int, int, int]  # row, rank, code (1 begins, -1 ends), moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """What is open at each point and machine, shape (points, 4); `started_at` NEVER when nothing.

    `peak` is the extreme so far, `peak_at` its first time, `samples` the readings that counted.
    """

    started_at: NDArray[np.int64]
    peak: NDArray[np.float64]
    peak_at: NDArray[np.int64]
    samples: NDArray[np.int64]
    is_calibrated: NDArray[np.bool_]

    def episodes(self) -> list[Episode]:
        """Those that still last."""
        return [
            _episode(self, int(point), int(number), ended_at=None)
            for point, number in np.argwhere(self.started_at != NEVER)
        ]

    def copy(self) -> "Open":
        """The same in arrays of its own."""
        return Open(
            started_at=self.started_at.copy(),
            peak=self.peak.copy(),
            peak_at=self.peak_at.copy(),
            samples=self.samples.copy(),
            is_calibrated=self.is_calibrated.copy(),
        )


class _Span(NamedTuple):
    """Readings of one episode within a batch: rows begin:end; `ended_at` None leaves it open."""

    point: int
    begin: int
    end: int
    is_new: bool
    ended_at: int | None


def nothing_open(points: int) -> Open:
    """The state before the first reading."""
    shape = (points, len(MACHINES))
    return Open(
        started_at=np.full(shape, NEVER, np.int64),
        peak=np.zeros(shape),
        peak_at=np.zeros(shape, np.int64),
        samples=np.zeros(shape, np.int64),
        is_calibrated=np.zeros(shape, np.bool_),
    )


def step(
    before: Open,
    counted: Series,
    definitions: InForce,
    *,
    after: int | None = None,
    until: int | None = None,
) -> tuple[list[Episode], Open]:
    """The episodes that end with these readings, and what is open then.

    `counted` are readings that count, later than all that were stepped before. Limits that
    cease at a moment in (after, until] end what is open then, `None` on either side is no bound.
    """
    now, ended = before.copy(), []
    for number, machine in enumerate(MACHINES):
        withdrawals = _withdrawals(definitions, number, after=after, until=until)
        for span in list(_spans(now, number, machine, counted, definitions, withdrawals)):
            _extend(now, number, machine, counted, span)
            if span.ended_at is not None:
                ended.append(_episode(now, span.point, number, ended_at=span.ended_at))
                now.started_at[span.point, number] = NEVER
    return ended, now


def _withdrawals(
    definitions: InForce, number: int, *, after: int | None, until: int | None
) -> NDArray[np.int64]:
    """Rows of definitions that come into force without this limit."""
    since = definitions.since
    is_wanted = np.isnan(definitions.on[:, number]) & (since > np.iinfo(np.int64).min)
    if after is not None:
        is_wanted &= since > after
    if until is not None:
        is_wanted &= since <= until
    return np.flatnonzero(is_wanted)


def _spans(
    now: Open,
    number: int,
    machine: Machine,
    counted: Series,
    definitions: InForce,
    withdrawals: NDArray[np.int64],
) -> Iterator[_Span]:
    """Where episodes begin and end within the batch, by point and time."""
    if np.isnan(definitions.on[:, number]).all() and not len(withdrawals):
        return
    value = machine.sign * counted.value
    begins = value >= (machine.sign * definitions.on[:, number])[counted.definition]
    is_touched = now.started_at[:, number] != NEVER
    is_touched[counted.point[begins]] = True
    off = machine.sign * definitions.off[:, number]
    for point in np.flatnonzero(is_touched).tolist():
        first, last = int(counted.first[point]), int(counted.first[point + 1])
        ends = value[first:last] < off[counted.definition[first:last]]
        events = _withdrawn(point, counted, definitions, withdrawals)
        events += _events(begins[first:last], ends, first=first, is_whole=bool(events))
        is_open = bool(now.started_at[point, number] != NEVER)
        yield from _walk(
            point, sorted(events), is_open=is_open, times=counted.time, rows=(first, last)
        )


def _events(
    begins: NDArray[np.bool_], ends: NDArray[np.bool_], *, first: int, is_whole: bool
) -> list[_Event]:
    """Readings that begin or end; when not `is_whole`, only where that changes."""
    codes = begins.astype(np.int8) - ends
    rows = np.flatnonzero(codes)
    codes = codes[rows]
    if not is_whole and len(codes):
        is_change = np.append(True, codes[1:] != codes[:-1])
        rows, codes = rows[is_change], codes[is_change]
    pairs = zip((rows + first).tolist(), codes.tolist(), strict=True)
    return [(row, _READ, code, NEVER) for row, code in pairs]


def _withdrawn(
    point: int, counted: Series, definitions: InForce, withdrawals: NDArray[np.int64]
) -> list[_Event]:
    """Moments at which the limit of a point ceases; they come before a reading of that moment."""
    of_point = (withdrawals >= definitions.first[point]) & (
        withdrawals < definitions.first[point + 1]
    )
    moments = definitions.since[withdrawals[of_point]]
    first, last = counted.first[point], counted.first[point + 1]
    rows = first + np.searchsorted(counted.time[first:last], moments)
    return [
        (row, _WITHDRAWN, -1, moment)
        for row, moment in zip(rows.tolist(), moments.tolist(), strict=True)
    ]


def _walk(
    point: int,
    events: list[_Event],
    *,
    is_open: bool,
    times: NDArray[np.int64],
    rows: tuple[int, int],
) -> Iterator[_Span]:
    begin, last = rows
    is_new = False
    for row, rank, code, moment in events:
        if code > 0 and not is_open:
            begin, is_new, is_open = row, True, True
        elif code < 0 and is_open:
            ended_at = int(times[row]) if rank == _READ else moment
            yield _Span(point, begin, row, is_new, ended_at)
            is_open = False
    if is_open:
        yield _Span(point, begin, last, is_new, None)


def _extend(now: Open, number: int, machine: Machine, counted: Series, span: _Span) -> None:
    """Add the readings of a span to what is open at its point."""
    at, rows = (span.point, number), slice(span.begin, span.end)
    value = counted.value[rows]
    if span.is_new:
        now.started_at[at] = counted.time[span.begin]
        now.samples[at], now.is_calibrated[at] = 0, False
        now.peak[at] = -machine.sign * np.inf
    if not len(value):
        return
    highest = int(np.argmax(machine.sign * value))
    if machine.sign * value[highest] > machine.sign * now.peak[at]:
        now.peak[at], now.peak_at[at] = value[highest], counted.time[rows][highest]
    now.samples[at] += len(value)
    now.is_calibrated[at] |= bool((counted.status[rows] & CALIBRATION_BIT).any())


def _episode(now: Open, point: int, number: int, *, ended_at: int | None) -> Episode:
    at, machine = (point, number), MACHINES[number]
    return Episode(
        point=point,
        kind=machine.kind,
        level=machine.level,
        started_at=int(now.started_at[at]),
        ended_at=ended_at,
        peak=float(now.peak[at]),
        peak_at=int(now.peak_at[at]),
        samples=int(now.samples[at]),
        is_calibrated=bool(now.is_calibrated[at]),
    )
