"""Readings rolled up by point and ten minutes, and by hour: what a chart of months is drawn from.

Minutes would take four times the bytes of the readings themselves where these come twice a minute.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import polars as pl

from bihuan.telemetry.series import UNCOUNTED_BITS
from bihuan.telemetry.store import segments
from bihuan.telemetry.store.segments import Kind, Segment, merged_name
from bihuan.telemetry.store.versions import is_one_of

WIDTHS: Final[dict[Kind, int]] = {"ten_minutes": 600, "hour": 3_600}
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


def rolled_in(
    folder: Path, files: Iterable[Segment], *, points: Collection[str], since: int, until: int
) -> pl.DataFrame:
    """The buckets of points in these files that begin in a period, ends inclusive."""
    paths = [folder / one.name for one in files]
    if not paths:
        return ROLLED.to_frame()
    wanted = is_one_of(points) & pl.col("time").is_between(since, until)
    return pl.scan_parquet(paths, schema=dict(ROLLED), glob=False).filter(wanted).collect()


def files_of(
    standing: pl.DataFrame, *, day: int, swap: int, part: int
) -> Iterator[tuple[bytes, Segment]]:
    """The files of roll-ups for readings of a day, as contents."""
    for kind, width in WIDTHS.items():
        rows = rolled(standing, width)
        name = merged_name(kind, label=day, swap=swap, part=part)
        told = segments.described(rows.with_columns(commit=0), name=name, kind=kind)
        yield segments.plain_file(rows, Segment(**{**asdict(told), "generation": 1}))
