"""Segments: Parquet files that say themselves what they hold, so that they need no ledger.

A commit is one file (`c-…`). Compaction makes of many of them rows by day (`d-…`), what they said
besides (`r-…`) and roll-ups (`m-…` of ten minutes, `h-…` of hours).
"""

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store import disk
from bihuan.telemetry.store.commits import ROWS, Commit
from bihuan.telemetry.store.order import COMMIT, VERSIONS
from bihuan.telemetry.store.packing import PACKED, packed, unpacked, with_empty, without_empty
from bihuan.telemetry.store.remarks import expanded, remarks_of, squeezed, text_of

FORMAT: Final = 1
FOLDER: Final = "segments"  # below that of the store
ROW_GROUP: Final = 65_536
_ABOUT: Final = "bihuan"
_SAID: Final = "said"
_FILE: Final = "_file"
_NUMBER_DIGITS: Final = 10
_NUMBER_END: Final = "0000000000.parquet"
_NAME: Final = re.compile(r"c-[0-9]{10}\.parquet|[drmh]-[0-9]{8}-[0-9]{8}-[0-9]{4}\.parquet")
REMARKS: Final = pl.Schema({"number": pl.Int64(), "said": pl.String(), "days": pl.String()})
type Kind = Literal["commit", "rows", "remarks", "ten_minutes", "hour"]
_LETTERS: Final[dict[Kind, str]] = {"rows": "d", "remarks": "r", "ten_minutes": "m", "hour": "h"}


class Damaged(Exception):  # noqa: N818 - says what is wrong
    """A file that isn't what its name says, or can't be read whole."""

    def __init__(self, name: str, reason: object) -> None:
        """Both are in the message."""
        super().__init__(f"segment {name!r} can't be read: {reason}")
        self.name = name


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """What a file holds; days are `time // DAY_S`, times in seconds, ends are inclusive.

    `days` has the rows of each day: those of the commits where they are remarks. `generation`
    counts how often rows were merged. Without rows `last_time` is before `first_time`.
    """

    name: str
    kind: Kind
    generation: int
    first_commit: int
    last_commit: int
    rows: int
    first_point: str
    last_point: str
    first_time: int
    last_time: int
    days: tuple[tuple[int, int], ...]
    bytes: int = 0

    @property
    def day(self) -> int:
        """The only day of a file that was made by compaction."""
        return self.days[0][0]


def is_segment(name: str) -> bool:
    """Whether a file of this name is one of ours."""
    return _NAME.fullmatch(name) is not None


def commit_name(number: int) -> str:
    """The name of the file of a commit."""
    return f"c-{number:010}.parquet"


def merged_name(kind: Kind, *, label: int, swap: int, part: int) -> str:
    """The name of a file made by compaction; `label` is its day, or its first commit."""
    return f"{_LETTERS[kind]}-{label % 10**8:08}-{swap:08}-{part:04}.parquet"


def write_commit(folder: Path, commit: Commit) -> Segment:
    """One commit as one file, durable on return."""
    rows = commit.rows.select(list(ROWS))
    remarks = (commit.deliveries, commit.definitions, commit.refused)
    about = described(
        rows.lazy().with_columns(pl.lit(commit.number).alias(COMMIT)),
        name=commit_name(commit.number),
        kind="commit",
        numbers=(commit.number, commit.number),
    )
    said = {_SAID: squeezed(text_of(remarks))}
    content = _content(rows.with_columns(without_empty()), about, level=1, more=said)
    disk.put(folder / about.name, content)
    return _sized(about, len(content))


def read_commit(folder: Path, number: int) -> Commit:
    """A commit as it was written; `Damaged` when the file can't be read."""
    path = folder / commit_name(number)
    try:
        said = pl.read_parquet_metadata(path)[_SAID]
        rows = pl.read_parquet(path, schema=dict(ROWS)).with_columns(with_empty())
        deliveries, definitions, refused = remarks_of(expanded(said))
    except (pl.exceptions.PolarsError, ValueError, KeyError, TypeError) as error:
        raise Damaged(path.name, error) from error
    return Commit(
        number=number, rows=rows, deliveries=deliveries, definitions=definitions, refused=refused
    )


def said_in(path: Path) -> str:
    """What the file of a commit says besides its rows, as text; `Damaged` when it can't be read.

    Whoever only carries it on needn't take it apart: a commit of definitions says megabytes.
    """
    try:
        return expanded(pl.read_parquet_metadata(path)[_SAID])
    except (pl.exceptions.PolarsError, ValueError, KeyError) as error:
        raise Damaged(path.name, error) from error


def packed_file(rows: pl.DataFrame, about: Segment) -> tuple[bytes, Segment]:
    """Rows of a day, sorted by point and time, as the content of a file."""
    content = _content(packed(rows), about, level=3)
    return content, _sized(about, len(content))


def plain_file(
    rows: pl.DataFrame, about: Segment, *, has_ranges: bool = True
) -> tuple[bytes, Segment]:
    """Any other rows as the content of a file; without ranges nothing is skipped in reading it."""
    content = _content(rows, about, level=3, has_ranges=has_ranges)
    return content, _sized(about, len(content))


def described(
    rows: pl.LazyFrame | pl.DataFrame,
    *,
    name: str,
    kind: Kind,
    generation: int = 0,
    numbers: tuple[int, int] | None = None,
) -> Segment:
    """What a file of these rows holds; they have columns point, time and commit."""
    frame = rows.lazy()
    ends = frame.select(
        pl.len().alias("rows"),
        pl.col("point").min().alias("first_point"),
        pl.col("point").max().alias("last_point"),
        pl.col("time").min().alias("first_time"),
        pl.col("time").max().alias("last_time"),
        pl.col(COMMIT).min().alias("first_commit"),
        pl.col(COMMIT).max().alias("last_commit"),
    ).collect()
    found = ends.row(0, named=True)
    if numbers:
        found["first_commit"], found["last_commit"] = numbers
    if not found["rows"]:
        found |= {"first_point": "", "last_point": "", "first_time": 0, "last_time": -1}
    first, last = found["first_time"] // DAY_S, found["last_time"] // DAY_S
    days = [(first, found["rows"])] if first == last else _days_of(frame)
    return Segment(name=name, kind=kind, generation=generation, days=tuple(days), **found)


def about(path: Path) -> Segment:
    """What a file says of itself; `Damaged` when it isn't a segment of ours."""
    try:
        told: dict[str, Any] = json.loads(pl.read_parquet_metadata(path)[_ABOUT])
        if told.pop("format") != FORMAT or told["name"] != path.name:
            raise Damaged(path.name, "it is of another format or name")
        told["days"] = tuple((day, rows) for day, rows in told["days"])
        return Segment(**{**told, "bytes": path.stat().st_size})
    except (pl.exceptions.PolarsError, ValueError, KeyError, TypeError) as error:
        raise Damaged(path.name, error) from error


def rows_in(folder: Path, files: Iterable[Segment], wanted: pl.Expr | None = None) -> pl.DataFrame:
    """All versions of readings in files (`order.VERSIONS`); `wanted` chooses whole points.

    `Damaged` when one can't be read, `FileNotFoundError` when one was taken away.
    """
    by_kind: dict[Kind, list[Segment]] = {"commit": [], "rows": []}
    for one in files:
        by_kind[one.kind].append(one)
    parts = [VERSIONS.to_frame()]
    if some := by_kind["commit"]:
        rows = _read(folder, some, ROWS, wanted)
        number = pl.col(_FILE).str.slice(-len(_NUMBER_END), _NUMBER_DIGITS).cast(pl.Int64)
        parts.append(rows.with_columns(*with_empty(), commit=number).select(list(VERSIONS)))
    if some := by_kind["rows"]:
        parts.append(unpacked(_read(folder, some, PACKED, wanted)))
    return pl.concat(parts)


def _read(
    folder: Path, files: list[Segment], schema: pl.Schema, wanted: pl.Expr | None
) -> pl.DataFrame:
    """Files of one kind in one go; one by one when that fails, to know which is to blame."""
    try:
        return _scan(folder, files, schema, wanted).collect()
    except pl.exceptions.PolarsError:
        return pl.concat(_collected(_scan(folder, [one], schema, wanted), one) for one in files)


def _scan(
    folder: Path, files: list[Segment], schema: pl.Schema, wanted: pl.Expr | None
) -> pl.LazyFrame:
    paths = [folder / one.name for one in files]
    found = pl.scan_parquet(paths, schema=dict(schema), glob=False, include_file_paths=_FILE)
    return found if wanted is None else found.filter(wanted)


def remarks_in(path: Path, one: Segment) -> pl.DataFrame:
    """The remarks of merged commits, as `REMARKS` has them; errors as of `rows_in`."""
    return _collected(pl.scan_parquet(path, schema=dict(REMARKS), glob=False), one)


def _collected(rows: pl.LazyFrame, one: Segment) -> pl.DataFrame:
    try:
        return rows.collect()
    except pl.exceptions.PolarsError as error:
        raise Damaged(one.name, error) from error


def days_text(days: tuple[tuple[int, int], ...]) -> str:
    """Rows by day as text."""
    return json.dumps(days)


def _days_of(frame: pl.LazyFrame) -> list[tuple[int, int]]:
    days = frame.group_by(pl.col("time") // DAY_S).len().collect()
    return sorted((int(day), int(rows)) for day, rows in days.iter_rows())


def _content(
    rows: pl.DataFrame,
    about: Segment,
    *,
    level: int,
    more: Mapping[str, str] | None = None,
    has_ranges: bool = True,
) -> bytes:
    told = {**asdict(about), "format": FORMAT}
    buffer = io.BytesIO()
    rows.write_parquet(
        buffer,
        compression="zstd",
        compression_level=level,
        row_group_size=ROW_GROUP,
        statistics=has_ranges,
        metadata={_ABOUT: json.dumps(told), **(more or {})},
    )
    return buffer.getvalue()


def _sized(about: Segment, size: int) -> Segment:
    return Segment(**{**asdict(about), "bytes": size})
