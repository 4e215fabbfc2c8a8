"""All versions of readings in some segments, chosen by point, time and commit."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import polars as pl

from bihuan.telemetry.store.order import COMMIT, VERSIONS
from bihuan.telemetry.store.segments import Segment, rows_in

_WITH_ROWS = frozenset({"commit", "rows"})


def touched(
    segments: Iterable[Segment],
    *,
    points: tuple[str, str] | None = None,
    since: int | None = None,
    until: int | None = None,
) -> list[Segment]:
    """Segments that can hold rows of points between these two, or of times; ends are inclusive."""
    return [
        one
        for one in segments
        if one.kind in _WITH_ROWS
        and (since is None or one.last_time >= since)
        and (until is None or one.first_time <= until)
        and (points is None or (one.first_point <= points[1] and one.last_point >= points[0]))
    ]


def versions_of(
    folder: Path,
    segments: Iterable[Segment],
    *,
    points: Collection[str] | None = None,
    since: int | None = None,
    until: int | None = None,
    upto: int | None = None,
    held: Mapping[str, pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """The rows of `order.VERSIONS` in no order; `upto` leaves out later commits.

    `held` has rows of segments that needn't be read again. `FileNotFoundError` when a segment
    was taken away.
    """
    if points is not None and not points:
        return VERSIONS.to_frame()
    ends = (min(points), max(points)) if points is not None else None
    wanted = None if points is None else is_one_of(points)
    limits = _limits(since, until, upto)
    parts = [VERSIONS.to_frame()]
    unread = []
    for one in touched(segments, points=ends, since=since, until=until):
        rows = (held or {}).get(one.name)
        if rows is None:
            unread.append(one)
        else:
            parts.append(rows if wanted is None else rows.filter(wanted))
    parts.append(rows_in(folder, unread, wanted))
    rows = pl.concat(parts)
    return rows.filter(*limits) if limits else rows


def between(first: str, last: str) -> pl.Expr:
    """Whether a row's point is between these two, both included."""
    return (pl.col("point") >= first) & (pl.col("point") <= last)


def is_one_of(points: Collection[str]) -> pl.Expr:
    """A condition by which row groups of other points aren't read."""
    first, last = min(points), max(points)
    if first == last:
        return pl.col("point") == first
    return between(first, last) & pl.col("point").is_in(sorted(points))


def _limits(since: int | None, until: int | None, upto: int | None) -> list[pl.Expr]:
    found = []
    if since is not None:
        found.append(pl.col("time") >= since)
    if until is not None:
        found.append(pl.col("time") <= until)
    if upto is not None:
        found.append(pl.col(COMMIT) <= upto)
    return found
