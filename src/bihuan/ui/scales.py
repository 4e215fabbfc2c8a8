"""Figures beside an axis: where it ends, its ticks, and how they are written."""

from collections.abc import Sequence
from math import ceil, log10
from typing import Final

type Number = int | float

_SIX_DIGITS: Final = 100_000
_WAN: Final = 10_000
_YI: Final = 100_000_000


def ceiling_of(values: Sequence[Number]) -> Number:
    """Round the highest value up to a figure that divides evenly; at least 1."""
    highest = max(values, default=0)
    if highest <= 0:
        return 1
    unit = 10.0 ** (ceil(log10(highest)) - 1)
    for step in (1, 2, 3, 4, 5, 6, 8, 10):
        if step * unit >= highest:
            return step * unit
    return highest


def ticks_of(ceiling: Number) -> list[Number]:
    """Divide the axis so that the ticks are round figures."""
    leading = float(f"{ceiling:.1e}"[:3])
    parts = {1.0: 2, 2.0: 2, 3.0: 3, 4.0: 4, 5.0: 5, 6.0: 3, 8.0: 4}.get(leading, 1)
    if ceiling == 1:
        parts = 1
    return [ceiling * part / parts for part in range(parts + 1)]


def axis_words(value: Number, *, ceiling: Number) -> str:
    """A figure beside an axis, where six digits have no room: 1200万."""
    if not value or ceiling < _SIX_DIGITS:
        return plain(value)
    return f"{plain(value / _YI)}亿" if ceiling >= _YI else f"{plain(value / _WAN)}万"


def plain(value: Number) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
