"""Many small segments become few large ones, by day and point; no answer changes by it.

Commits are merged into rows of days and remarks, those into larger ones, and a day that is over
into one run of files with roll-ups beside it. A plan and its preparation touch nothing that
counts, so a thread of its own may prepare while commits are written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import polars as pl

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store import rollups, segments, swaps
from bihuan.telemetry.store.order import VERSIONS, by_point, standing_of
from bihuan.telemetry.store.segments import REMARKS, Kind, Segment, merged_name
from bihuan.telemetry.store.versions import between

FAN_IN: Final = 16
ROWS_EACH: Final = 1_000_000
REMARKS_BYTES: Final = 4 * 1024 * 1024
SAID_EACH: Final = 16 * 1024 * 1024  # characters: a nation's definitions are 300 million of them
OVER_AFTER_S: Final = 6 * 3600
LATE_SHARE: Final = 10  # late rows are merged when they are a tenth of the day


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What to merge; `day` is None for commits and remarks, `is_last` asks for roll-ups."""

    inputs: tuple[Segment, ...]
    kind: Kind
    generation: int
    day: int | None = None
    is_last: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """Files that lie ready, and the swap that makes them count."""

    swap: swaps.Swap
    come: tuple[Segment, ...]


def plan(found: Iterable[Segment], *, settled: int, now: int, fan_in: int = FAN_IN) -> Plan | None:
    """What is worth merging next, None if nothing is.

    Only commits up to `settled` are merged; `now` in seconds decides which days are over.
    """
    kinds: dict[Kind, list[Segment]] = defaultdict(list)
    for one in sorted(found, key=_first_of):
        kinds[one.kind].append(one)
    commits = [one for one in kinds["commit"] if one.last_commit <= settled]
    return (
        _of_neighbours(commits, "commit", fan_in)
        or _of_days(kinds["rows"], [*kinds["ten_minutes"], *kinds["hour"]], now=now, fan_in=fan_in)
        or _of_neighbours(kinds["remarks"], "remarks", fan_in)
    )


def prepare(
    folder: Path,
    wanted: Plan,
    *,
    number: int,
    readings_from: int = 0,
    held: Mapping[str, pl.DataFrame] | None = None,
) -> Prepared:
    """Write the files that the plan makes, ready for swap `number`.

    Rows of days before `readings_from` are let go of. `OSError` when there is no room.
    """
    files: Iterator[tuple[bytes, Segment]]
    if wanted.kind == "remarks":
        files = _merged_remarks(folder, wanted, number)
    elif wanted.kind == "commit":
        files = _merged_commits(folder, wanted, number, readings_from, held or {})
    else:
        files = _merged_rows(folder, wanted, number)
    come = []
    for content, one in files:
        swaps.lay_ready(folder, one.name, content)
        come.append(one)
    names = tuple(one.name for one in come)
    gone = tuple(one.name for one in wanted.inputs)
    return Prepared(swap=swaps.Swap(number, names, gone), come=tuple(come))


def _of_neighbours(found: list[Segment], kind: Kind, fan_in: int) -> Plan | None:
    """Files of one generation whose commits follow each other, so that a lost one stays known."""
    chain: list[Segment] = []
    for one in found:
        follows = (
            chain
            and one.first_commit == chain[-1].last_commit + 1
            and one.generation == chain[-1].generation
            and (kind == "commit" or sum(each.bytes for each in chain) < REMARKS_BYTES)
        )
        chain = [*chain, one] if follows else [one]
        if len(chain) >= fan_in or (kind == "commit" and _rows_of(chain) >= ROWS_EACH):
            return Plan(inputs=tuple(chain), kind=kind, generation=chain[0].generation + 1)
    return None


def _of_days(
    found: list[Segment], rollups_now: list[Segment], *, now: int, fan_in: int
) -> Plan | None:
    rolled = {run_of(one) for one in rollups_now}
    for day, files in groupby(sorted(found, key=_day_of), key=_only_day_of):
        runs: dict[int, list[Segment]] = defaultdict(list)
        for one in files:
            runs[run_of(one)].append(one)
        is_over = now >= (day + 1) * DAY_S + OVER_AFTER_S
        if is_over and _is_worth_it(runs, rolled, fan_in):
            stale = [one for one in rollups_now if one.day == day]
            return _plan_of(runs.values(), day, is_last=True, stale=stale)
        generations: dict[int, list[list[Segment]]] = defaultdict(list)
        for run in runs.values():
            generations[run[0].generation].append(run)
        for _generation, same in sorted(generations.items()):
            if len(same) >= fan_in and not is_over:
                return _plan_of(same, day)
    return None


def _is_worth_it(runs: Mapping[int, list[Segment]], rolled: set[int], fan_in: int) -> bool:
    """Whether the runs of a day that is over should become one."""
    rows = sorted(map(_rows_of, runs.values()))
    if not rolled & set(runs) or len(rows) > fan_in:
        return True
    return sum(rows[:-1]) * LATE_SHARE >= rows[-1]


def _plan_of(
    runs: Iterable[list[Segment]],
    day: int,
    *,
    is_last: bool = False,
    stale: Iterable[Segment] = (),
) -> Plan:
    inputs = tuple(one for run in runs for one in run)
    generation = max(one.generation for one in inputs) + 1
    return Plan(
        inputs=(*inputs, *stale), kind="rows", generation=generation, day=day, is_last=is_last
    )


def _merged_commits(
    folder: Path,
    wanted: Plan,
    number: int,
    readings_from: int,
    held: Mapping[str, pl.DataFrame],
) -> Iterator[tuple[bytes, Segment]]:
    parts = [VERSIONS.to_frame()]
    for one in wanted.inputs:
        rows = held.get(one.name)
        parts.append(segments.rows_in(folder, [one]) if rows is None else rows)
    kept = pl.col("time") >= readings_from * DAY_S
    rows = by_point(pl.concat(parts).filter(kept))
    day = (pl.col("time") // DAY_S).alias("_day")
    days = rows.with_columns(day).partition_by("_day", as_dict=True, include_key=False)
    for (label,), some in sorted(days.items()):
        for part, begin in enumerate(range(0, len(some), ROWS_EACH)):
            yield _rows_file(some[begin : begin + ROWS_EACH], wanted, number, label, part)
    yield from _said_beside(folder, wanted, number)


def _said_beside(folder: Path, wanted: Plan, number: int) -> Iterator[tuple[bytes, Segment]]:
    """What the commits say besides their rows, in files that one can hold in memory."""
    some: list[Segment] = []
    said: list[str] = []
    for one in wanted.inputs:
        text = segments.said_in(folder / one.name)
        if some and sum(map(len, said)) + len(text) > SAID_EACH:
            yield _remarks_file(_remarks(some, said), some, wanted, number)
            some, said = [], []
        some.append(one)
        said.append(text)
    yield _remarks_file(_remarks(some, said), some, wanted, number)


def _remarks(commits: list[Segment], said: list[str]) -> pl.DataFrame:
    numbers = [one.first_commit for one in commits]
    days = [segments.days_text(one.days) for one in commits]
    return pl.DataFrame({"number": numbers, "said": said, "days": days}, schema=REMARKS)


def _merged_remarks(folder: Path, wanted: Plan, number: int) -> Iterator[tuple[bytes, Segment]]:
    parts = [segments.remarks_in(folder / one.name, one) for one in wanted.inputs]
    yield _remarks_file(pl.concat(parts), wanted.inputs, wanted, number)


def _merged_rows(folder: Path, wanted: Plan, number: int) -> Iterator[tuple[bytes, Segment]]:
    inputs = [one for one in wanted.inputs if one.kind == "rows"]
    for part, (first, last) in enumerate(_ranges(folder, inputs)):
        near = (one for one in inputs if one.first_point <= last and one.last_point >= first)
        rows = by_point(segments.rows_in(folder, near, between(first, last)))
        label = wanted.day or 0
        yield _rows_file(rows, wanted, number, label, part)
        if wanted.is_last:
            yield from rollups.files_of(standing_of(rows), day=label, swap=number, part=part)


def _ranges(folder: Path, inputs: list[Segment]) -> list[tuple[str, str]]:
    """Points by first and last, about `ROWS_EACH` rows each time."""
    first, last = min(one.first_point for one in inputs), max(one.last_point for one in inputs)
    if _rows_of(inputs) <= ROWS_EACH:
        return [(first, last)]
    counted = pl.concat(
        pl.scan_parquet(folder / one.name, glob=False).group_by("point").len() for one in inputs
    )
    counts = counted.group_by("point").agg(pl.col("len").sum()).sort("point").collect()
    label = (pl.col("len").cum_sum() - pl.col("len")) // ROWS_EACH
    ends = counts.group_by(label, maintain_order=True).agg(
        pl.col("point").first().alias("first"), pl.col("point").last().alias("last")
    )
    return [(begin, end) for _label, begin, end in ends.iter_rows()]


def _rows_file(
    rows: pl.DataFrame, wanted: Plan, number: int, day: int, part: int
) -> tuple[bytes, Segment]:
    name = merged_name("rows", label=day, swap=number, part=part)
    about = segments.described(rows, name=name, kind="rows", generation=wanted.generation)
    return segments.packed_file(rows, about)


def _remarks_file(
    said: pl.DataFrame, commits: Sequence[Segment], wanted: Plan, number: int
) -> tuple[bytes, Segment]:
    days: dict[int, int] = defaultdict(int)
    for one in commits:
        for day, rows in one.days:
            days[day] += rows
    first, last = commits[0].first_commit, commits[-1].last_commit
    about = Segment(
        name=merged_name("remarks", label=first, swap=number, part=0),
        kind="remarks",
        generation=wanted.generation,
        first_commit=first,
        last_commit=last,
        rows=len(said),
        first_point="",
        last_point="",
        first_time=0,
        last_time=-1,
        days=tuple(sorted(days.items())),
    )
    return segments.plain_file(said, about, has_ranges=False)  # of megabytes of text


def run_of(one: Segment) -> int:
    """The swap that made a file: files of one swap and day are one run, sorted by point."""
    return int(one.name.split("-")[2])


def _rows_of(found: Iterable[Segment]) -> int:
    return sum(one.rows for one in found)


def _only_day_of(one: Segment) -> int:
    return one.day


def _day_of(one: Segment) -> tuple[int, str]:
    return one.day, one.name


def _first_of(one: Segment) -> tuple[int, str]:
    return one.first_commit, one.name
