"""What is open at each point and machine, between one batch of readings and the next (T11)."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import MACHINES, Machine
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.series import CALIBRATION_BIT, Series

NEVER: Final = -1
type At = tuple[int, int]  # point, machine


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """What is open at each point and machine, shape (points, 4); `started_at` NEVER when nothing.

    `peak` is the extreme so far, `peak_at` its first time, `samples` the readings that counted.
    `candidates` are there only where limits have delays.
    """

    started_at: NDArray[np.int64]
    peak: NDArray[np.float64]
    peak_at: NDArray[np.int64]
    samples: NDArray[np.int64]
    is_calibrated: NDArray[np.bool_]
    candidates: "Candidates | None" = None

    def episodes(self, machines: tuple[Machine, ...] = MACHINES) -> list[Episode]:
        """Those that still last; an end that isn't confirmed yet is none."""
        whole = self.copy()
        for at in _places(self.started_at != NEVER):
            lapse(whole, at, sign=machines[at[1]].sign)
        return [
            episode(whole, at, machines[at[1]], ended_at=None)
            for at in _places(whole.started_at != NEVER)
        ]

    def copy(self) -> "Open":
        """The same in arrays of its own."""
        return Open(
            started_at=self.started_at.copy(),
            peak=self.peak.copy(),
            peak_at=self.peak_at.copy(),
            samples=self.samples.copy(),
            is_calibrated=self.is_calibrated.copy(),
            candidates=self.candidates and self.candidates.copy(),
        )

    def with_candidates(self) -> "Open":
        """The same, with room for candidates."""
        if self.candidates is not None:
            return self
        held = nothing_open(len(self.started_at), machines=self.started_at.shape[1])
        due_at = np.full(self.started_at.shape, NEVER, np.int64)
        return replace(self, candidates=Candidates(held=held, due_at=due_at))

    def is_delayed(self, number: int) -> bool:
        """Whether something is held back at this machine."""
        held = self.candidates
        return held is not None and bool((held.held.started_at[:, number] != NEVER).any())


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidates:
    """Beginnings and ends that a delay holds back (T12).

    `held.started_at` is the first reading of a beginning where nothing is open, of an end where
    something is; `held` also has the figures of the readings since. A reading at `due_at` or later
    confirms it.
    """

    held: Open
    due_at: NDArray[np.int64]

    def copy(self) -> "Candidates":
        """The same in arrays of its own."""
        return Candidates(held=self.held.copy(), due_at=self.due_at.copy())


def nothing_open(points: int, *, machines: int = len(MACHINES)) -> Open:
    """The state before the first reading."""
    shape = (points, machines)
    return Open(
        started_at=np.full(shape, NEVER, np.int64),
        peak=np.zeros(shape),
        peak_at=np.zeros(shape, np.int64),
        samples=np.zeros(shape, np.int64),
        is_calibrated=np.zeros(shape, np.bool_),
    )


def begin(now: Open, at: At, *, time: int, sign: int) -> None:
    """Something begins at a point, without readings so far."""
    now.started_at[at] = time
    now.samples[at], now.is_calibrated[at] = 0, False
    now.peak[at] = -sign * np.inf


def count(now: Open, at: At, counted: Series, rows: slice, *, sign: int) -> None:
    """Add readings to what is open at a point."""
    value = counted.value[rows]
    if not len(value):
        return
    highest = int(np.argmax(sign * value))
    if sign * value[highest] > sign * now.peak[at]:
        now.peak[at], now.peak_at[at] = value[highest], counted.time[rows][highest]
    now.samples[at] += len(value)
    now.is_calibrated[at] |= bool((counted.status[rows] & CALIBRATION_BIT).any())


def lapse(now: Open, at: At, *, sign: int) -> None:
    """What was held back at a point counts after all; nothing is held back any more."""
    if now.candidates is None or now.candidates.held.started_at[at] == NEVER:
        return
    held = now.candidates.held
    if sign * held.peak[at] > sign * now.peak[at]:
        now.peak[at], now.peak_at[at] = held.peak[at], held.peak_at[at]
    now.samples[at] += held.samples[at]
    now.is_calibrated[at] |= held.is_calibrated[at]
    held.started_at[at] = NEVER


def episode(now: Open, at: At, machine: Machine, *, ended_at: int | None) -> Episode:
    """What is open at a point, as an episode."""
    return Episode(
        point=at[0],
        kind=machine.kind,
        level=machine.level,
        started_at=int(now.started_at[at]),
        ended_at=ended_at,
        peak=float(now.peak[at]),
        peak_at=int(now.peak_at[at]),
        samples=int(now.samples[at]),
        is_calibrated=bool(now.is_calibrated[at]),
    )


def _places(mask: NDArray[np.bool_]) -> list[At]:
    return [(int(point), int(number)) for point, number in np.argwhere(mask)]
