"""What is found in readings: one episode a row, and `episodes.csv` (T18)."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from bihuan.telemetry.notation import decimal_of, iso_of, line_of
from bihuan.telemetry.records import MINE_LENGTH

KINDS: Final = ("upper_limit", "lower_limit", "disconnected", "frozen", "replayed")
HEAD: Final = (
    "mine",
    "point",
    "kind",
    "level",
    "started_at",
    "ended_at",
    "peak",
    "peak_at",
    "samples",
    "calibration",
)


class Episode(NamedTuple):
    """Something that lasted, or still does (`ended_at` None), at a point; times in seconds.

    `point` is the number of the point in whatever was judged together.
    """

    point: int
    kind: str
    level: str
    started_at: int
    ended_at: int | None
    peak: float | None = None
    peak_at: int | None = None
    samples: int = 0
    is_calibrated: bool = False


def rows_of(episodes: Iterable[Episode], *, points: list[str]) -> list[tuple[str, ...]]:
    """The cells of `episodes.csv`; `points` has the codes by number."""
    return [_cells(one, points[one.point]) for one in episodes]


def page_of(rows: Iterable[tuple[str, ...]]) -> str:
    """The whole table, sorted bytewise, no row twice."""
    ordered = sorted(set(rows), key=_bytes_of)
    return "".join(map(line_of, (HEAD, *ordered)))


def _cells(one: Episode, point: str) -> tuple[str, ...]:
    return (
        point[:MINE_LENGTH],
        point,
        one.kind,
        one.level,
        iso_of(one.started_at),
        "" if one.ended_at is None else iso_of(one.ended_at),
        "" if one.peak is None else decimal_of(one.peak),
        "" if one.peak_at is None else iso_of(one.peak_at),
        str(one.samples),
        "yes" if one.is_calibrated else "no",
    )


def _bytes_of(row: tuple[str, ...]) -> list[bytes]:
    return [cell.encode() for cell in row]
