"""Rows of a day as columns that compress well, and back, bit for bit.

Sorted by point and time, neighbours differ little: times and commits are kept as steps, numbers
of up to four decimals as steps of ten thousandths. The first row of a point holds them whole, so
all rows of a point must be read together.
"""

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store.order import COMMIT, VERSIONS

SCALE: Final = 10_000
_LARGEST: Final = 2**50
_SCALED, _EXACT, _NONE = 0, 1, 2
PACKED: Final = pl.Schema(
    {
        "point": pl.String(),
        "time_step": pl.Int64(),
        "form": pl.Int8(),
        "value_step": pl.Int64(),
        "exact": pl.Float64(),
        "status": pl.Int16(),
        "is_ahead": pl.Boolean(),
        "lag": pl.Int64(),
        "rest": pl.String(),
        "folder": pl.Binary(),
        "record": pl.Int32(),
        "commit_step": pl.Int64(),
    }
)


def packed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows sorted by (point, time), as they are written."""
    starts = _starts(rows.get_column("point"))
    form, whole, exact = _numbers(rows.get_column("value"))
    return (
        rows.with_columns(
            time_step=_steps(rows.get_column("time").to_numpy(), starts),
            form=form,
            value_step=_steps(whole, starts),
            exact=exact,
            commit_step=_steps(rows.get_column(COMMIT).to_numpy(), starts),
        )
        .select(list(PACKED))
        .with_columns(without_empty())
    )


def unpacked(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that were packed: whole points, in the order in which they were written.

    Rows of several files may follow each other: a step of time is shorter than a day, a time of
    the first reading never is.
    """
    starts = np.flatnonzero(rows.get_column("time_step").to_numpy() >= DAY_S)
    numbers = _sums(rows, "value_step", starts) / SCALE  # by numpy: polars would round otherwise
    form = pl.col("form")
    return (
        rows.with_columns(
            time=_sums(rows, "time_step", starts),
            commit=_sums(rows, "commit_step", starts),
            value=pl.when(form == _SCALED)
            .then(pl.Series(numbers))
            .when(form == _EXACT)
            .then(pl.col("exact")),
        )
        .select(list(VERSIONS))
        .with_columns(with_empty())
    )


def without_empty() -> tuple[pl.Expr, ...]:
    """Nothing instead of an empty text: polars writes many of those slowly."""
    is_set = pl.col("rest") != "", pl.col("folder") != b""
    return pl.when(is_set[0]).then("rest"), pl.when(is_set[1]).then("folder")


def with_empty() -> tuple[pl.Expr, ...]:
    """The empty texts again."""
    return pl.col("rest").fill_null(""), pl.col("folder").fill_null(b"")


def _starts(points: pl.Series) -> NDArray[np.int64]:
    """The first row of each point."""
    if not len(points):
        return np.array([], np.int64)
    is_first = (points != points.shift(1)).fill_null(value=True)
    return np.flatnonzero(is_first.to_numpy()).astype(np.int64)


def _numbers(values: pl.Series) -> tuple[NDArray[np.int8], NDArray[np.int64], pl.Series]:
    """How each number is written, it in ten thousandths (the one before where not), or itself."""
    is_null = values.is_null().to_numpy()
    value = values.fill_null(0.0).to_numpy()
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.rint(value * SCALE)
        is_whole = (np.abs(scaled) < _LARGEST) & (scaled / SCALE == value)
    is_whole &= ~(np.signbit(value) & (value == 0)) & ~is_null
    whole = np.where(is_whole, scaled, 0).astype(np.int64)
    last = np.maximum.accumulate(np.where(is_whole, np.arange(len(value)), 0))
    form = np.where(is_null, _NONE, np.where(is_whole, _SCALED, _EXACT)).astype(np.int8)
    exact = pl.Series(value).set(pl.Series(form != _EXACT), None)
    return form, whole[last] if len(value) else whole, exact


def _steps(column: NDArray[Any], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    steps = column.astype(np.int64)
    steps[1:] -= column[:-1]
    steps[starts] = column[starts]
    return steps


def _sums(rows: pl.DataFrame, name: str, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    steps: NDArray[np.int64] = rows.get_column(name).to_numpy()
    sums: NDArray[np.int64] = np.cumsum(steps, dtype=np.int64)
    if not len(starts):
        return sums
    before = sums[starts] - steps[starts]
    return sums - np.repeat(before, np.diff(np.append(starts, len(sums))))
