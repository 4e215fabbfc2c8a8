"""Limits that wait before they begin or end an episode (T12); only limits of packs have delays.

A candidate takes the delay that is in force at its own first reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry import openings
from bihuan.telemetry.definitions import Machine
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.openings import NEVER, At, Open
from bihuan.telemetry.series import Series


class Act(Enum):
    """What happens to a point at some of its readings."""

    CONSIDER = auto()  # a candidate comes up
    HOLD = auto()  # readings since the candidate
    DROP = auto()  # a beginning isn't confirmed
    RAISE = auto()
    COUNT = auto()  # readings of what is open
    LAPSE = auto()  # an end isn't confirmed
    END = auto()


class Move(NamedTuple):
    """One act; `begin:end` are its rows, `at` is its moment."""

    act: Act
    begin: int
    end: int
    at: int = NEVER
    due_at: int = NEVER


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """The readings of one point as one machine sees them; rows are those of the whole batch.

    `ups` reach the limit, `downs` are beyond its end. A candidate at row r waits as long as its
    definition, the row `definition[r]` of the delays, wants it to.
    """

    times: NDArray[np.int64]
    ups: NDArray[np.int64]
    downs: NDArray[np.int64]
    on_delay_s: NDArray[np.int64]
    off_delay_s: NDArray[np.int64]
    definition: NDArray[np.int64]
    rows: tuple[int, int]


@dataclass(kw_only=True, slots=True)
class Walk:
    """Where a machine stands at a point; `since` is the first reading of its candidate or NEVER."""

    is_open: bool
    since: int
    due_at: int

    def moves(self, ground: Ground, ceasing: list[tuple[int, int]]) -> Iterator[Move]:
        """All acts in order; `ceasing` are (row, moment) at which the limit is withdrawn."""
        begin = ground.rows[0]
        for row, moment in ceasing:
            yield from self._until(ground, begin, row)
            yield from self._withdrawn(row, moment)
            begin = row
        yield from self._until(ground, begin, ground.rows[1])

    def _until(self, ground: Ground, row: int, stop: int) -> Iterator[Move]:
        """The acts of the rows before `stop`."""
        while row < stop:
            if self.since != NEVER:
                moves = self._waiting(ground, row, stop)
            else:
                moves = self._looking(ground, row, stop)
            for move in moves:
                row = move.end
                yield move

    def _looking(self, ground: Ground, row: int, stop: int) -> Iterator[Move]:
        """Up to the next candidate."""
        turns, delay_s = (
            (ground.downs, ground.off_delay_s) if self.is_open else (ground.ups, ground.on_delay_s)
        )
        turn = _first(turns, row, stop)
        yield Move(Act.COUNT if self.is_open else Act.HOLD, row if self.is_open else turn, turn)
        if turn < stop:
            self.since = int(ground.times[turn])
            self.due_at = self.since + int(delay_s[ground.definition[turn]])
            yield Move(Act.CONSIDER, turn, turn, self.since, self.due_at)

    def _waiting(self, ground: Ground, row: int, stop: int) -> Iterator[Move]:
        """Up to the reading that confirms or contradicts the candidate."""
        against = _first(ground.ups if self.is_open else ground.downs, row, stop)
        confirming = row + int(np.searchsorted(ground.times[row:stop], self.due_at))
        end = min(against, confirming)
        yield Move(Act.HOLD, row, end)
        if end == stop:
            return
        if end == against:
            yield Move(Act.LAPSE if self.is_open else Act.DROP, end, end)
        else:
            yield Move(Act.END if self.is_open else Act.RAISE, end, end, self.since)
            self.is_open = not self.is_open
        self.since = NEVER

    def _withdrawn(self, row: int, moment: int) -> Iterator[Move]:
        """The limit ceases: what is open ends then, what was held back is nothing."""
        if self.is_open:
            yield Move(Act.LAPSE, row, row)
            yield Move(Act.END, row, row, moment)
        elif self.since != NEVER:
            yield Move(Act.DROP, row, row)
        self.is_open, self.since = False, NEVER


def is_touched(now: Open, number: int) -> NDArray[np.bool_]:
    """The points where something is open or held back at a machine."""
    found: NDArray[np.bool_] = now.started_at[:, number] != NEVER
    found |= _candidates(now).held.started_at[:, number] != NEVER
    return found


def walk_of(now: Open, at: At) -> Walk:
    """Where a machine stands before the batch; `now` has room for candidates."""
    waiting = _candidates(now)
    return Walk(
        is_open=bool(now.started_at[at] != NEVER),
        since=int(waiting.held.started_at[at]),
        due_at=int(waiting.due_at[at]),
    )


def apply(now: Open, at: At, machine: Machine, counted: Series, move: Move) -> Episode | None:
    """Let an act change what is open; the episode that it ends."""
    waiting, rows = _candidates(now), slice(move.begin, move.end)
    held, sign = waiting.held, machine.sign
    match move.act:
        case Act.CONSIDER:
            openings.begin(held, at, time=move.at, sign=sign)
            waiting.due_at[at] = move.due_at
        case Act.HOLD:
            openings.count(held, at, counted, rows, sign=sign)
        case Act.COUNT:
            openings.count(now, at, counted, rows, sign=sign)
        case Act.DROP:
            held.started_at[at] = NEVER
        case Act.RAISE:
            openings.begin(now, at, time=move.at, sign=sign)
            openings.lapse(now, at, sign=sign)
        case Act.LAPSE:
            openings.lapse(now, at, sign=sign)
        case _:  # an end
            ended = openings.episode(now, at, machine, ended_at=move.at)
            now.started_at[at] = held.started_at[at] = NEVER
            return ended
    return None


def _candidates(now: Open) -> openings.Candidates:
    if now.candidates is None:
        raise AssertionError("there is no room for candidates")
    return now.candidates


def _first(rows: NDArray[np.int64], begin: int, stop: int) -> int:
    """The first of the sorted rows from `begin` on, `stop` when there is none before it."""
    place = int(np.searchsorted(rows, begin))
    return min(int(rows[place]), stop) if place < len(rows) else stop
