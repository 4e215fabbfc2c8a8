"""A folder of files in, episodes out: the meaning of readings without any database (T18)."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry import episodes, frozen, repeats, silence
from bihuan.telemetry.definitions import Definition, InForce, definition_of, in_force
from bihuan.telemetry.dialect import Dialect, dialect
from bihuan.telemetry.dictionary import Dictionary
from bihuan.telemetry.envelopes import Body, Fault, open_envelope
from bihuan.telemetry.episodes import KINDS, Episode
from bihuan.telemetry.inbox import Found, batches, content_of, listed
from bihuan.telemetry.limits import nothing_open, step
from bihuan.telemetry.notation import line_of
from bihuan.telemetry.packs import PackLimit, pack_episodes, pack_in_force
from bihuan.telemetry.parsing import Readings, parse
from bihuan.telemetry.records import MINE_LENGTH, fault_of, fields_of
from bihuan.telemetry.series import Series, last_versions, series_of
from bihuan.telemetry.sources import Rejected, Source

LIMIT_KINDS: Final = frozenset({"upper_limit", "lower_limit"})
_REJECTED_HEAD: Final = ("path", "record", "reason")
type Defined = Mapping[str, Mapping[int, Definition]]


@dataclass(kw_only=True)
class Counts:
    """What came in and what became of it; records are those of readings (CDSS).

    records = readings + duplicates + waiting + rejected_records
    """

    files: int = 0
    rejected_files: int = 0
    records: int = 0
    readings: int = 0
    duplicates: int = 0
    waiting: int = 0
    rejected_records: int = 0
    episodes: int = 0

    def __str__(self) -> str:
        return " ".join(f"{name}={count}" for name, count in asdict(self).items())


@dataclass(kw_only=True)
class Replay:
    """What a folder says: rows of `episodes.csv` without its head, what was rejected, counts.

    `unparsed` are files of kinds whose fields nobody knows, by kind: kept, not read. `ahead` are
    readings more than ten minutes ahead of their file (T17), `switched` limits whose end was not
    set or on the wrong side, so that they end as they begin (T9).
    """

    rows: list[tuple[str, ...]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    ahead: int = 0
    switched: int = 0
    unparsed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def episodes_csv(self) -> bytes:
        """The table of episodes."""
        return episodes.page_of(self.rows).encode()

    def rejected_csv(self) -> bytes:
        """What was rejected, by path and record; records are counted from 0."""
        return rejected_page(self.rejected)


def rejected_page(rejected: Iterable[Rejected]) -> bytes:
    """`rejected.csv`: by path and record; records are counted from 0."""
    lines = [line_of(_REJECTED_HEAD)]
    for path, record, fault in sorted(rejected, key=_place_of):
        lines.append(line_of((path, "" if record is None else str(record), fault)))
    return os.fsencode("".join(lines))


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """The readings of some whole mines and what was found in them.

    `readings` are those of defined points, each once, `series` the same with their definitions;
    `others` are the files of the kinds that the watcher asked for, in the order of their keys.
    """

    readings: Readings
    series: Series
    definitions: InForce
    defined: Defined
    episodes: list[Episode]
    others: list[Source]

    @property
    def points(self) -> list[str]:
        """Their codes by number."""
        return self.readings.points


class Watcher(Protocol):
    """Somebody who looks at what a replay reads and changes none of it."""

    kinds: frozenset[str]

    def passing(self, sources: Iterable[Source]) -> Iterator[Source]:
        """The files of readings of a batch, on their way to be parsed."""

    def take(self, judged: Judged) -> None:
        """What became of the batch."""


def replay(
    folder: Path,
    *,
    only: Collection[str] = KINDS,
    by: Dialect | None = None,
    watchers: Collection[Watcher] = (),
    limits: Sequence[PackLimit] = (),
) -> Replay:
    """Judge every file below a folder; `only` names kinds of episode.

    `limits` of packs add episodes of their own kinds. `OSError` when the folder or a file can't be
    read.
    """
    found, wrong_names = listed(folder)
    result = Replay()
    result.counts.files = len(found) + len(wrong_names)
    result.counts.rejected_files = len(wrong_names)
    result.rejected += [Rejected(path, None, Fault.NAME) for path in wrong_names]
    known = Dictionary(by or dialect())
    for batch in batches(found):
        _Batch(result, folder, known, only, watchers, limits).judge(batch)
    result.rows = list(dict.fromkeys(result.rows))
    result.counts.episodes = len(result.rows)
    return result


class _Batch:
    """The files of some mines, judged together."""

    def __init__(
        self,
        result: Replay,
        folder: Path,
        known: Dictionary,
        only: Collection[str],
        watchers: Collection[Watcher],
        limits: Sequence[PackLimit],
    ) -> None:
        self.result, self.only, self.watchers = result, only, watchers
        self.limits = limits
        self.known, self.by = known, known.dialect
        self.kinds = frozenset[str]().union(*(one.kinds for one in watchers))
        self.others: list[Source] = []
        self.root = os.fspath(folder)
        self.defined: dict[str, dict[int, Definition]] = defaultdict(dict)

    def judge(self, files: list[Found]) -> None:
        """Read the files, which are in the order of their keys, and judge their readings."""
        sources = self._sources(files)
        for watcher in self.watchers:
            sources = watcher.passing(sources)
        readings, rejected = parse(sources, dialect=self.by, known=self.known)
        self.result.rejected += rejected
        counts = self.result.counts
        counts.records += len(readings) + len(rejected)
        counts.rejected_records += len(rejected)
        standing = last_versions(readings)
        counts.duplicates += len(readings) - len(standing)
        self._judge(standing)

    def _sources(self, files: list[Found]) -> Iterator[Source]:
        """The files of readings; what else there is is counted or taken in on the way."""
        for one in files:
            content = content_of(f"{self.root}/{one.path}", size=one.size)
            body = open_envelope(content, mine=one.name.mine)
            if isinstance(body, Fault):
                self.result.counts.rejected_files += 1
                self.result.rejected.append(Rejected(one.path, None, body))
            elif one.name.kind == "CDSS":
                yield Source(name=one.name, path=one.path, body=body)
            elif one.name.kind == "CDDY":
                self._define(one, body)
            elif one.name.kind in self.kinds:
                self.others.append(Source(name=one.name, path=one.path, body=body))
            elif one.name.kind not in self.by.layouts:
                self.result.unparsed[one.name.kind] += 1

    def _define(self, one: Found, body: Body) -> None:
        """Take the definitions of a file in; of equal moments the last counts alone (T11)."""
        name = one.name
        for record, piece in enumerate(body.pieces):
            fields = fields_of(piece)
            fault = fault_of(
                fields, kind="CDDY", mine=name.mine, moment=name.moment, dialect=self.by
            )
            if fault:
                self.result.rejected.append(Rejected(one.path, record, fault))
            else:
                made = definition_of(fields, dialect=self.by)
                self.defined[fields[0]][name.moment] = made

    def _judge(self, standing: Readings) -> None:
        newest = _newest_by_mine(standing)
        is_defined = np.array([point in self.defined for point in standing.points], np.bool_)
        if not is_defined.all():
            standing = self._without_waiting(standing, is_defined)
        self.result.counts.readings += len(standing)
        self.result.ahead += int(np.count_nonzero(standing.is_ahead))
        made = (one for versions in self.defined.values() for one in versions.values())
        self.result.switched += sum(len(one.switched) for one in made)
        definitions = in_force(standing.points, self.defined)
        series = series_of(standing, definitions)
        reach = {
            number: newest[point[:MINE_LENGTH]]
            for number, point in enumerate(standing.points)
            if point[:MINE_LENGTH] in newest
        }
        found = [one for one in self._episodes(series, definitions, reach) if one.kind in self.only]
        self.result.rows += episodes.rows_of(found, points=standing.points)
        self.result.rows += episodes.rows_of(
            self._of_packs(series, standing.points), points=standing.points
        )
        for watcher in self.watchers:
            judged = Judged(
                readings=standing,
                series=series,
                definitions=definitions,
                defined=self.defined,
                episodes=found,
                others=self.others,
            )
            watcher.take(judged)

    def _of_packs(self, series: Series, points: list[str]) -> list[Episode]:
        """What the packs say besides."""
        if not self.limits:
            return []
        made = pack_in_force(points, self.defined, limits=self.limits, by=self.by)
        return pack_episodes(series.counted()[0], made)

    def _without_waiting(self, standing: Readings, is_defined: NDArray[np.bool_]) -> Readings:
        """The readings of defined points; the others are listed (T3)."""
        is_waiting = ~is_defined[standing.point]
        waiting = standing.taken(is_waiting)
        self.result.counts.waiting += len(waiting)
        self.result.rejected += [
            Rejected(path, record, Fault.NO_DEFINITION) for path, record in waiting.places()
        ]
        kept = standing.taken(~is_waiting)
        numbers = np.cumsum(is_defined, dtype=np.int32) - 1
        points = [one for one, is_kept in zip(kept.points, is_defined, strict=True) if is_kept]
        return replace(kept, points=points, point=numbers[kept.point])

    def _episodes(
        self, series: Series, definitions: InForce, newest: Mapping[int, int]
    ) -> Iterator[Episode]:
        """Everything that these readings say, of the kinds that are wanted."""
        counted, places = series.counted()
        if LIMIT_KINDS & set(self.only):
            ended, still_open = step(nothing_open(len(series.first) - 1), counted, definitions)
            yield from ended
            yield from still_open.episodes()
        is_gap = silence.gaps_before(series, definitions)
        if silence.KIND in self.only:
            yield from silence.silences(series, definitions, is_gap=is_gap, newest=newest)
        if frozen.KIND in self.only:
            gaps = np.cumsum(is_gap)[places]
            yield from frozen.standstills(counted, definitions, gaps=gaps)
        if repeats.KIND in self.only:
            yield from repeats.repeats(counted)


def _newest_by_mine(standing: Readings) -> dict[str, int]:
    """The newest reading of each mine; those far ahead of their file don't move it (T17)."""
    newest: dict[str, int] = {}
    if not len(standing):
        return newest
    times = np.where(standing.is_ahead, -1, standing.time)
    begins = np.flatnonzero(np.append(True, np.diff(standing.point) != 0))
    latest = np.maximum.reduceat(times, begins).tolist()
    for point, time in zip(standing.point[begins].tolist(), latest, strict=True):
        mine = standing.points[point][:MINE_LENGTH]
        newest[mine] = max(newest.get(mine, -1), time)
    return {mine: time for mine, time in newest.items() if time >= 0}


def _place_of(one: Rejected) -> tuple[bytes, int]:
    return os.fsencode(one.path), -1 if one.record is None else one.record
