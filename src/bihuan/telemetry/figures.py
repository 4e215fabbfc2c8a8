"""A mine's statistics (TJSJ) against the readings of the same time (T24).

Readings that count from the first to the last second are taken together. A figure differs when it
is further away than one unit of its last decimal. A mine's system may see more than it sends.
"""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.differences import Difference, Finding, Said
from bihuan.telemetry.notation import decimal_of, number_of
from bihuan.telemetry.series import Series

_TIME_BITS: Final = 40
# For a mean that was added up in another order: absolute, and a share of the number.
_SLACK, _SLACK_SHARE = Decimal("1e-9"), Decimal("1e-12")
_FIGURES: Final = (("highest", Finding.HIGHEST), ("lowest", Finding.LOWEST), ("mean", Finding.MEAN))


def wrong_figures(said: Sequence[Said], counted: Series, *, by: Dialect) -> Iterator[Difference]:
    """The statistics that differ from `counted`, the readings that count."""
    if not said:
        return
    key = (counted.point.astype(np.int64) << _TIME_BITS) | counted.time
    points = np.array([one.point for one in said], np.int64) << _TIME_BITS
    begins = np.searchsorted(key, points | np.array([one.started_at for one in said]))
    ends = np.searchsorted(key, points | np.array([one.ended_at for one in said]), side="right")
    held = np.flatnonzero(ends > begins)
    columns = _figures(counted.value, begins[held], ends[held])
    seen = dict(zip(held.tolist(), zip(*columns, strict=True), strict=True))
    for number, one in enumerate(said):
        if number in seen:
            yield from _differing(one, seen[number], by)
        elif any(_is_told(one, name, by) for name, _finding in _FIGURES):
            yield one.difference(Finding.NO_READINGS)


def _figures(
    value: NDArray[np.float64], begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[list[float], list[float], list[float]]:
    """Highest, lowest and mean of the rows from each begin to its end; none is empty."""
    if not len(begins):
        return [], [], []
    bounds = np.stack([begins, ends]).T.ravel()
    padded = np.append(value, 0.0)  # an end may be the number of rows
    with np.errstate(over="ignore", invalid="ignore"):  # of numbers that no sensor reads
        sums = np.add.reduceat(padded, bounds)[::2]
    return (
        np.maximum.reduceat(padded, bounds)[::2].tolist(),
        np.minimum.reduceat(padded, bounds)[::2].tolist(),
        (sums / (ends - begins)).tolist(),
    )


def _differing(one: Said, seen: tuple[float, ...], by: Dialect) -> Iterator[Difference]:
    for (name, finding), ours in zip(_FIGURES, seen, strict=True):
        text = one.entry.cells[name]
        is_number = math.isfinite(ours)
        if _is_told(one, name, by) and not (is_number and is_near(text, ours)):
            yield one.difference(finding, told=text, seen=decimal_of(ours) if is_number else "")


def _is_told(one: Said, name: str, by: Dialect) -> bool:
    return number_of(one.entry.cells[name], missing=by.missing) is not None


def is_near(told: str, seen: float) -> bool:
    """Whether a decimal is within one unit of its last place of a number, however rounded."""
    number = Decimal(told)
    exponent = number.as_tuple().exponent
    unit = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(0)
    ours = Decimal(repr(seen))
    return abs(number - ours) <= unit + _SLACK + abs(ours) * _SLACK_SHARE
