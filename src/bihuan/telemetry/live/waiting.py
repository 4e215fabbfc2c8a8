"""Limits with delays, reading by reading: only points where something is held back or lasts (T12).

The meaning is that of `delays`, which has all readings of a batch at once.
"""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.live.slots import Place
from bihuan.telemetry.live.state import State, Waiting
from bihuan.telemetry.series import CALIBRATION_BIT


class Limit(NamedTuple):
    """A limit of a point that is in force at a reading; delays in seconds."""

    on: float
    off: float
    on_delay_s: int
    off_delay_s: int


class Reading(NamedTuple):
    """A reading that counts, of the point of that number."""

    point: int
    time: int
    value: float
    status: int


class Raising(Protocol):
    """Who tells what begins, goes on and ends."""

    state: State

    def raised(self, place: Place, reading: Reading, waited: Waiting) -> None:
        """An episode begins as it was held back until this reading."""

    def extended(self, place: Place, reading: Reading) -> None:
        """An episode lasts with one more reading."""

    def ended(self, place: Place, reading: Reading, waited: Waiting) -> None:
        """An episode ended as it was held back until this reading."""


def wait(judging: Raising, place: Place, limit: Limit, one: Reading) -> None:
    """Take one reading at a machine with delays."""
    state, sign = judging.state, place.machine.sign
    waited = state.waiting.get(one.point, {}).get(place.slot)
    is_up = sign * one.value >= sign * limit.on
    is_down = sign * one.value < sign * limit.off
    if state.rows[one.point, place.slot] >= 0:
        _while_open(judging, place, limit, one, None if is_up else waited, is_down=is_down)
        return
    if waited is None and is_up:
        due_at = one.time + limit.on_delay_s
        waited = Waiting(one.time, due_at, -sign * np.inf, one.time, 0, is_calibrated=False)
    elif is_down:
        waited = None
    if waited is not None:
        waited = _more(waited, one, sign=sign)
        if one.time >= waited.due_at:
            judging.raised(place, one, waited)
            waited = None
    state.hold_back(one.point, place.slot, waited)


def _while_open(
    judging: Raising,
    place: Place,
    limit: Limit,
    one: Reading,
    waited: Waiting | None,
    *,
    is_down: bool,
) -> None:
    state = judging.state
    if waited is None and is_down:
        figures = figures_of(state, state.rows[one.point, place.slot])
        waited = Waiting(one.time, one.time + limit.off_delay_s, *figures)
    if waited is not None and one.time >= waited.due_at:
        judging.ended(place, one, waited)
        waited = None
    else:
        judging.extended(place, one)
    state.hold_back(one.point, place.slot, waited)


def figures_of(state: State, row: int | np.integer) -> tuple[float, int, int, bool]:
    """Peak, its time, readings and calibration of an episode that lasts."""
    held = state.lasting
    return (
        float(held.peak[row]),
        int(held.peak_at[row]),
        int(held.samples[row]),
        bool(held.is_calibrated[row]),
    )


def put_figures(state: State, rows: NDArray[np.integer], waited: Waiting) -> None:
    """Give an episode that lasts the figures of what was held back."""
    held = state.lasting
    held.peak[rows], held.peak_at[rows] = waited.peak, waited.peak_at
    held.samples[rows], held.is_calibrated[rows] = waited.samples, waited.is_calibrated


def _more(waited: Waiting, one: Reading, *, sign: int) -> Waiting:
    """The same with the figures of one more reading."""
    is_calibrated = waited.is_calibrated or bool(one.status & CALIBRATION_BIT)
    found = waited._replace(samples=waited.samples + 1, is_calibrated=is_calibrated)
    if sign * one.value > sign * waited.peak:
        found = found._replace(peak=one.value, peak_at=one.time)
    return found
