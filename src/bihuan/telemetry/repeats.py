"""Readings that were played again: windows equal to earlier ones in value and spacing (T16)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.series import CALIBRATION_BIT, Series

KIND: Final = "replayed"
WINDOW: Final = 40
DISTINCT_MIN: Final = 8
REACH_S: Final = 7 * DAY_S
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_INVERSE = np.uint64(pow(int(_ODD), -1, 2**64))


def repeats(counted: Series, *, since: NDArray[np.int64] | None = None) -> list[Episode]:
    """Unions of windows that repeat an earlier window of their point.

    `since` leaves out windows that begin earlier, by number of point.
    A hint, never a verdict: still air under a coarse sensor repeats itself as well.
    """
    windows = _candidates(counted)
    if not len(windows):
        return []
    matches = _matches(counted, windows)
    if since is not None:
        matches = matches[counted.time[matches] >= since[counted.point[matches]]]
    found = []
    begin = end = -1
    for row in matches.tolist():
        if row > end and end >= 0:
            found.append(_episode(counted, begin, end))
        begin = row if row > end else begin
        end = row + WINDOW - 1
    return [*found, _episode(counted, begin, end)] if end >= 0 else found


def _candidates(counted: Series) -> NDArray[np.int64]:
    """Rows where windows begin that lie within a point and change often enough."""
    if len(counted.time) < WINDOW:
        return np.array([], np.int64)
    changes = np.zeros(len(counted.time), np.int64)
    np.cumsum(counted.value[1:] != counted.value[:-1], out=changes[1:])
    begins, ends = slice(None, 1 - WINDOW), slice(WINDOW - 1, None)
    is_candidate = changes[ends] - changes[begins] >= DISTINCT_MIN - 1
    is_candidate &= counted.point[ends] == counted.point[begins]
    return np.flatnonzero(is_candidate)


def _matches(counted: Series, windows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the windows that repeat one that ended before."""
    digests = _digests(counted)[windows]
    in_order = np.sort(digests)
    again = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
    if not len(again):
        return again.astype(np.int64)
    group = np.minimum(np.searchsorted(again, digests), len(again) - 1)
    is_shared = again[group] == digests
    group, rows = group[is_shared], windows[is_shared]
    order = np.argsort(group, kind="stable")
    group, rows = group[order], rows[order]
    # The latest window of the group that ends before; the others start earlier still.
    key = (group << 40) | rows
    earlier = np.searchsorted(key, key - WINDOW, side="right") - 1
    is_there = (earlier >= 0) & (group[earlier] == group)
    rows, earlier = rows[is_there], rows[earlier[is_there]]
    is_match = counted.time[rows] - counted.time[earlier] <= REACH_S
    rows, earlier = rows[is_match], earlier[is_match]
    return np.sort(rows[_is_equal(counted, rows, earlier)])


def _digests(counted: Series) -> NDArray[np.uint64]:
    """A number of each window of a point; those equal in value and spacing have equal ones.

    A polynomial over mixed pairs (value, time to the next), modulo 2 ** 64, from running sums.
    """
    value = (counted.value + 0.0).view(np.uint64)  # -0.0 is 0.0
    gap = np.append(np.diff(counted.time), 0).astype(np.uint64)
    width = WINDOW - 1
    with np.errstate(over="ignore"):
        powers = _powers(_ODD, len(value))
        sums = np.append(np.uint64(0), np.cumsum(_mixed(value ^ (gap * _MIX_2)) * powers))
        whole: NDArray[np.uint64] = sums[width:-1] - sums[: -width - 1]
        whole *= _powers(_INVERSE, len(whole))
        whole ^= value[width:] * _MIX_1
        whole += counted.point[width:].astype(np.uint64) * _ODD
    return whole


def _powers(number: np.uint64, count: int) -> NDArray[np.uint64]:
    """The powers of an odd number modulo 2 ** 64, from the noughth."""
    powers = np.full(count, number)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    return powers


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Every bit of the answer depends on every bit that is given (the finisher of splitmix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _MIX_1
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _MIX_2
    return numbers ^ (numbers >> np.uint64(31))


def _is_equal(
    counted: Series, rows: NDArray[np.int64], earlier: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether two windows are really equal, and have enough different values."""
    within = np.arange(WINDOW)
    is_equal = np.zeros(len(rows), np.bool_)
    for begin in range(0, len(rows), 4_096):
        part = slice(begin, begin + 4_096)
        ours, theirs = rows[part, None] + within, earlier[part, None] + within
        values, times = counted.value[ours], counted.time[ours]
        is_same = (values == counted.value[theirs]).all(axis=1)
        spacing = times - times[:, :1]
        is_same &= (spacing == counted.time[theirs] - counted.time[theirs[:, :1]]).all(axis=1)
        values.sort(axis=1)
        is_same &= (values[:, 1:] != values[:, :-1]).sum(axis=1) >= DISTINCT_MIN - 1
        is_equal[part] = is_same
    return is_equal


def _episode(counted: Series, begin: int, end: int) -> Episode:
    return Episode(
        point=int(counted.point[begin]),
        kind=KIND,
        level="",
        started_at=int(counted.time[begin]),
        ended_at=int(counted.time[end]),
        samples=end + 1 - begin,
        is_calibrated=bool((counted.status[begin : end + 1] & CALIBRATION_BIT).any()),
    )
