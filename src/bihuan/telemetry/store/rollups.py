"""Readings rolled up by point and minute, and by hour: what a chart of months is drawn from."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

import polars as pl

from bihuan.telemetry.series import UNCOUNTED_BITS
from bihuan.telemetry.store import segments
from bihuan.telemetry.store.segments import Kind, Segment, merged_name

WIDTHS: Final[dict[Kind, int]] = {"minute": 60, "hour": 3_600}
ROLLED: Final = pl.Schema(
    {
        "point": pl.String(),
        "time": pl.Int64(),
        "lowest": pl.Float64(),
        "highest": pl.Float64(),
        "mean": pl.Float64(),
        "last": pl.Float64(),
        "counted": pl.Int32(),
        "others": pl.Int32(),
    }
)


def rolled(standing: pl.DataFrame, width: int) -> pl.DataFrame:
    """Readings that stand, sorted by (point, time), by buckets of so many seconds.

    `time` is the beginning of a bucket. Numbers are those of the `counted` readings, null when
    there is none; `others` are readings that don't count (T6).
    """
    is_counted = pl.col("value").is_not_null() & ((pl.col("status") & UNCOUNTED_BITS) == 0)
    value = pl.col("value").filter(pl.col("_counts"))
    return (
        standing.lazy()
        .with_columns(_counts=is_counted, time=pl.col("time") // width * width)
        .group_by("point", "time", maintain_order=True)
        .agg(
            value.min().alias("lowest"),
            value.max().alias("highest"),
            value.mean().alias("mean"),
            value.last().alias("last"),
            pl.col("_counts").sum().cast(pl.Int32).alias("counted"),
            (~pl.col("_counts")).sum().cast(pl.Int32).alias("others"),
        )
        .collect()
    )


def wider(narrow: pl.DataFrame, width: int) -> pl.DataFrame:
    """Buckets, sorted by (point, time), joined to buckets of so many seconds, a multiple."""
    weight = pl.col("counted").cast(pl.Float64)
    has_any = pl.col("counted") > 0
    return (
        narrow.lazy()
        .with_columns(time=pl.col("time") // width * width)
        .group_by("point", "time", maintain_order=True)
        .agg(
            pl.col("lowest").min(),
            pl.col("highest").max(),
            ((pl.col("mean") * weight).sum() / weight.sum()).fill_nan(None).alias("mean"),
            pl.col("last").filter(has_any).last(),
            pl.col("counted").sum().cast(pl.Int32),
            pl.col("others").sum().cast(pl.Int32),
        )
        .select(list(ROLLED))
        .collect()
    )


def files_of(
    standing: pl.DataFrame, *, day: int, swap: int, part: int
) -> Iterator[tuple[bytes, Segment]]:
    """The files of roll-ups for readings of a day, as contents."""
    for kind, width in WIDTHS.items():
        rows = rolled(standing, width)
        name = merged_name(kind, label=day, swap=swap, part=part)
        told = segments.described(rows.with_columns(commit=0), name=name, kind=kind)
        yield segments.plain_file(rows, Segment(**{**asdict(told), "generation": 1}))
