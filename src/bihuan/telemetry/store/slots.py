"""How much of what was due came: a period is filled by any number of readings, but only once."""

from collections.abc import Collection
from typing import NamedTuple

import polars as pl


class Filled(NamedTuple):
    """A point's first reading, and how many periods have one, by their length in seconds."""

    first: int
    periods: dict[int, int]


def filled(rows: pl.DataFrame, *, every_s: Collection[int]) -> dict[str, Filled]:
    """What each point of rows (point, time) sent, counted in periods of each of these lengths.

    The first reading stands in the middle of its period, so a clock that wavers by less than half
    a period neither fills one twice nor leaves the next one empty.
    """
    lengths = sorted(set(every_s))
    since = pl.col("time") - pl.col("time").min()
    counted = [((since + one // 2) // one).n_unique().alias(str(one)) for one in lengths]
    found = rows.group_by("point").agg(pl.col("time").min().alias("first"), *counted)
    return {
        row["point"]: Filled(row["first"], {one: row[str(one)] for one in lengths})
        for row in found.to_dicts()
    }
