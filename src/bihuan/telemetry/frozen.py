"""Values that stand still for too long (T15)."""

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import InForce
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.series import CALIBRATION_BIT, Series

KIND = "frozen"


def standstills(counted: Series, definitions: InForce, *, gaps: NDArray[np.int64]) -> list[Episode]:
    """Runs of one value, at least as long as their sensor type allows.

    `counted` are readings that count; `gaps` says of each how many silences came before it.
    """
    if not len(counted.time):
        return []
    is_on = may_freeze(counted.value, counted.definition, definitions)
    first = np.flatnonzero(begins(counted, definitions, gaps=gaps))
    last = np.append(first[1:], len(counted.time)) - 1
    still_s = definitions.still_s[counted.definition[first]]
    is_long = is_on[first] & (counted.time[last] - counted.time[first] >= still_s)
    newest = set((counted.first[1:] - 1).tolist())
    return [
        _episode(counted, begin, end, is_open=end in newest)
        for begin, end in zip(first[is_long].tolist(), last[is_long].tolist(), strict=True)
    ]


def begins(counted: Series, definitions: InForce, *, gaps: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each reading begins a run; a value that is off is a run of its own."""
    if not len(counted.time):
        return np.zeros(0, np.bool_)
    is_on = may_freeze(counted.value, counted.definition, definitions)
    return np.append(True, _is_broken(counted, definitions, is_on=is_on, gaps=gaps))


def may_freeze(
    value: NDArray[np.float64], rows: NDArray[np.int64], definitions: InForce
) -> NDArray[np.bool_]:
    """Whether a value isn't allowed to stand still under these rows of definitions."""
    may = definitions.still_s[rows] > 0
    may &= value != definitions.range_low[rows]
    return may


def _is_broken(
    counted: Series, definitions: InForce, *, is_on: NDArray[np.bool_], gaps: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether a run ends between each reading and the next."""
    is_broken: NDArray[np.bool_] = np.diff(gaps) != 0
    is_broken |= counted.value[1:] != counted.value[:-1]
    is_broken |= counted.point[1:] != counted.point[:-1]
    is_broken |= ~(is_on[1:] & is_on[:-1])
    for row in np.flatnonzero(~is_broken & (np.diff(counted.definition) > 1)):
        # Definitions that no reading fell under break a run as well.
        between = np.arange(counted.definition[row] + 1, counted.definition[row + 1])
        values = np.full(len(between), counted.value[row])
        is_broken[row] = not may_freeze(values, between, definitions).all()
    return is_broken


def _episode(counted: Series, begin: int, end: int, *, is_open: bool) -> Episode:
    started_at = int(counted.time[begin])
    return Episode(
        point=int(counted.point[begin]),
        kind=KIND,
        level="",
        started_at=started_at,
        ended_at=None if is_open else int(counted.time[end]),
        peak=float(counted.value[begin]),
        peak_at=started_at,
        samples=end + 1 - begin,
        is_calibrated=bool((counted.status[begin : end + 1] & CALIBRATION_BIT).any()),
    )
