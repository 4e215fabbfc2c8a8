"""Over-limit episodes: four machines a point, stepped over sorted arrays (T9 to T13).

`step` is pure: what is open before, readings and definitions in; what ended and what is open after
out. Replay steps once over everything, live once a batch; where the batches are cut doesn't matter.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry import delays, openings
from bihuan.telemetry.definitions import InForce, Machine
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.openings import NEVER, Open, nothing_open
from bihuan.telemetry.series import Series

__all__ = ["NEVER", "Open", "nothing_open", "step"]

_WITHDRAWN, _READ = 0, 1
type _Event = tuple[int, int, int, int]  # row, rank, code (1 begins, -1 ends), moment


class _Span(NamedTuple):
    """Readings of one episode within a batch: rows begin:end; `ended_at` None leaves it open."""

    point: int
    begin: int
    end: int
    is_new: bool
    ended_at: int | None


def step(
    before: Open,
    counted: Series,
    definitions: InForce,
    *,
    after: int | None = None,
    until: int | None = None,
) -> tuple[list[Episode], Open]:
    """The episodes that end with these readings, and what is open then.

    `counted` are readings that count, later than all that were stepped before. `before` has the
    machines of `definitions`, which are the four of CDDY unless a pack says others. Limits that
    cease at a moment in (after, until] end what is open then, `None` on either side is no bound.
    """
    now = before.copy()
    ended: list[Episode] = []
    for number, machine in enumerate(definitions.machines):
        withdrawals = _withdrawals(definitions, number, after=after, until=until)
        if definitions.is_delayed(number) or now.is_delayed(number):
            now = now.with_candidates()
            ended += _delayed(now, number, counted, definitions, withdrawals)
            continue
        for span in list(_spans(now, number, machine, counted, definitions, withdrawals)):
            _extend(now, number, machine, counted, span)
            if span.ended_at is not None:
                at = span.point, number
                ended.append(openings.episode(now, at, machine, ended_at=span.ended_at))
                now.started_at[at] = NEVER
    return ended, now


def _delayed(
    now: Open,
    number: int,
    counted: Series,
    definitions: InForce,
    withdrawals: NDArray[np.int64],
) -> Iterator[Episode]:
    """The episodes of a machine with delays that end within the batch (T12)."""
    machine = definitions.machines[number]
    value = machine.sign * counted.value
    is_up = value >= (machine.sign * definitions.on[:, number])[counted.definition]
    is_down = value < (machine.sign * definitions.off[:, number])[counted.definition]
    on_delay_s, off_delay_s = definitions.delays(number)
    is_touched = delays.is_touched(now, number)
    is_touched[counted.point[is_up]] = True
    for point in np.flatnonzero(is_touched).tolist():
        first, last = int(counted.first[point]), int(counted.first[point + 1])
        ground = delays.Ground(
            times=counted.time,
            ups=first + np.flatnonzero(is_up[first:last]),
            downs=first + np.flatnonzero(is_down[first:last]),
            on_delay_s=on_delay_s,
            off_delay_s=off_delay_s,
            definition=counted.definition,
            rows=(first, last),
        )
        ceasing = _withdrawn(point, counted, definitions, withdrawals)
        at = point, number
        for move in delays.walk_of(now, at).moves(ground, ceasing):
            found = delays.apply(now, at, machine, counted, move)
            if found is not None:
                yield found


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
        ceasing = _withdrawn(point, counted, definitions, withdrawals)
        events = [(row, _WITHDRAWN, -1, moment) for row, moment in ceasing]
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
) -> list[tuple[int, int]]:
    """Rows and moments at which the limit of a point ceases, before a reading of that moment."""
    of_point = (withdrawals >= definitions.first[point]) & (
        withdrawals < definitions.first[point + 1]
    )
    moments = definitions.since[withdrawals[of_point]]
    first, last = counted.first[point], counted.first[point + 1]
    rows = first + np.searchsorted(counted.time[first:last], moments)
    return list(zip(rows.tolist(), moments.tolist(), strict=True))


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
    at, sign = (span.point, number), machine.sign
    if span.is_new:
        openings.begin(now, at, time=int(counted.time[span.begin]), sign=sign)
    openings.count(now, at, counted, slice(span.begin, span.end), sign=sign)
