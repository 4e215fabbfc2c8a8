"""Many files of readings (CDSS) at once: joined, parsed in one go, judged by dictionary (T2 to T6).

A column of a batch holds few different texts (points, times, states, values), so each different
text is judged once, by the same plain functions that judge a record by itself, and the rows take
the answers. A file whose records don't have seven fields each is parsed record by record.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.dictionary import Dictionary, value_of
from bihuan.telemetry.envelopes import Body, Fault, Name
from bihuan.telemetry.notation import DAY_S, status_of, time_of
from bihuan.telemetry.records import fault_of, fields_of
from bihuan.telemetry.sources import Rejected, Source

KIND: Final = "CDSS"
AHEAD_S: Final = 600
GROUP_BYTES: Final = 8 * 1024 * 1024
# A first row of ours: a mark of byte order is only one at the beginning of what is parsed.
_FIRST_ROW: Final = b";;;;;;~"
_WIDTH: Final = 7
_FIELD_END, _RECORD_END = ord(";"), ord("~")
# A row is the number of its file and, below, of its record.
_RECORD_BITS: Final = 32
_RECORD_MASK: Final = (1 << _RECORD_BITS) - 1
_POINT, _VALUE, _STATUS, _TIME = "0", "3", "5", "6"
_TEXTS: Final[dict[str, pl.DataType]] = dict.fromkeys(map(str, range(_WIDTH)), pl.String())


@dataclass(frozen=True, kw_only=True, slots=True)
class Readings:
    """Rows in the order of their files and records.

    `point` is a number in `points`, `paths` are those of the files; `value` is nan without a
    number; `time` in seconds; `is_ahead` says that the time is more than ten minutes ahead of
    the file's name (T17).
    """

    paths: list[str]
    points: list[str]
    point: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    status: NDArray[np.int16]
    is_ahead: NDArray[np.bool_]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.row)

    def places(self) -> Iterator[tuple[str, int]]:
        """The path of each row's file and the number of its record."""
        for row in self.row.tolist():
            yield self.paths[row >> _RECORD_BITS], row & _RECORD_MASK

    def files_and_records(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The number of each row's file, among those that were parsed, and of its record."""
        return self.row >> _RECORD_BITS, self.row & _RECORD_MASK

    def taken(self, rows: NDArray[Any]) -> "Readings":
        """These rows alone, by number or by mask."""
        return Readings(
            paths=self.paths,
            points=self.points,
            point=self.point[rows],
            time=self.time[rows],
            value=self.value[rows],
            status=self.status[rows],
            is_ahead=self.is_ahead[rows],
            row=self.row[rows],
        )


def parse(
    sources: Iterable[Source],
    *,
    dialect: Dialect,
    known: Dictionary | None = None,
    group_bytes: int = GROUP_BYTES,
    reject: Callable[[Rejected], object] | None = None,
) -> tuple[Readings, list[Rejected]]:
    """The readings of these files, which are in the order of their keys, and what was rejected.

    Files are taken as they come, some at a time, and let go of once they are parsed. Whoever
    parses again and again keeps the dictionary of what was read before; who can't hold millions
    of rejected records is told of each by `reject`, and the list stays empty.
    """
    known = known or Dictionary(dialect)
    known.tidy()
    parser = _Parser(known, reject)
    parts = [parser.nothing()]
    is_ordered = True
    for group in _groups(sources, group_bytes):
        found = parser.group(group)
        is_ordered &= len(found) == 1
        parts += found
    return parser.readings(parts, is_ordered=is_ordered), parser.rejected


def _groups(sources: Iterable[Source], bytes_each: int) -> Iterator[dict[int, Source]]:
    """Files by number, as many as fit the caches."""
    group: dict[int, Source] = {}
    size = 0
    for number, one in enumerate(sources):
        group[number] = one
        size += len(one.body.records)
        if size >= bytes_each:
            yield group
            group, size = {}, 0
    if group:
        yield group


def _is_even(body: Body) -> bool:
    """Whether the records could all have seven fields."""
    return body.records.count(b";") == (_WIDTH - 1) * body.records.count(b"~")


# The columns of readings while they are being parsed.
_KINDS: Final = {
    "point": np.int32,
    "time": np.int64,
    "value": np.float64,
    "status": np.int16,
    "is_ahead": np.bool_,
    "row": np.int64,
}
type _Part = tuple[NDArray[Any], ...]


class _Column(NamedTuple):
    """A text for each row by its number; `is_null` says where nothing is, None for nowhere."""

    codes: NDArray[np.uint32]
    is_null: NDArray[np.bool_] | None


class _Parser:
    """What both ways of parsing share."""

    def __init__(
        self, known: Dictionary, reject_one: Callable[[Rejected], object] | None = None
    ) -> None:
        self.dialect, self.known = known.dialect, known
        self.paths: list[str] = []
        self.rejected: list[Rejected] = []
        self.reject_one = reject_one or self.rejected.append

    def group(self, group: Mapping[int, Source]) -> list[_Part]:
        """The rows of these files: those that were joined, then those that were read alone."""
        self.paths += [one.path for one in group.values()]
        joined = self.joined(group)
        even = group
        if joined is None:
            even = {number: one for number, one in group.items() if _is_even(one.body)}
            joined = self.joined(even)
        part, short = joined or (self.nothing(), set(group))
        alone = short | (group.keys() - even.keys())
        return [part, *(self.one_by_one(number, group[number]) for number in sorted(alone))]

    def joined(self, group: Mapping[int, Source]) -> tuple[_Part, set[int]] | None:
        """The rows of these files but those with short records, and the numbers of those.

        None when the records have more or fewer fields, all in all, than they should have.
        """
        bodies = [one.body.records for one in group.values()]
        parts = [np.frombuffer(body, np.uint8) for body in bodies]
        counts = np.array([np.count_nonzero(one == _RECORD_END) for one in parts], np.int64)
        rows = int(counts.sum())
        separators = sum(np.count_nonzero(one == _FIELD_END) for one in parts)
        if separators != (_WIDTH - 1) * rows:
            return None
        columns = self.scanned(b"".join([_FIRST_ROW, *bodies]))
        if len(columns[_TIME].codes) != rows:
            parsed = len(columns[_TIME].codes)
            raise AssertionError(f"{parsed!r} rows were parsed of {rows!r} records")
        point = self.known.point.of(columns[_POINT].codes)
        time = self.known.time.of(columns[_TIME].codes)
        status = self.known.status.of(columns[_STATUS].codes)
        value = self.known.value.of(columns[_VALUE].codes)
        names = [one.name for one in group.values()]
        ahead_s = time - np.repeat(np.array([one.moment for one in names], np.int64), counts)
        file = np.array(list(group), np.int64)
        begins = (file << _RECORD_BITS) - np.cumsum(counts) + counts
        row = np.arange(rows) + np.repeat(begins, counts)
        part = (point, time, value, status, ahead_s > AHEAD_S, row)
        is_good = ahead_s <= DAY_S
        is_good &= (point >= 0) & (time >= 0) & (status >= 0)
        of_file = np.array([self.known.mine_number(one.mine) for one in names], np.int32)
        is_good &= self._mines(point) == np.repeat(of_file, counts)
        if is_good.all():
            return part, set()
        # Where a record is too short another may be too long: such files are read by themselves.
        files = np.repeat(file, counts)
        short = set[int]()
        if columns[_TIME].is_null is not None:
            short = set(files[columns[_TIME].is_null].tolist())
            short |= {number for number, one in group.items() if not _is_even(one.body)}
        is_whole = ~np.isin(files, list(short))
        self.reject(group, row[is_whole & ~is_good])
        return tuple(column[is_good & is_whole] for column in part), short

    def nothing(self) -> _Part:
        """No rows."""
        return tuple(np.array([], kind) for kind in _KINDS.values())

    def one_by_one(self, number: int, source: Source) -> _Part:
        """The rows of one file, each record by itself."""
        name, rows = source.name, []
        for record, piece in enumerate(source.body.pieces):
            fields = fields_of(piece)
            fault = self._fault(fields, name)
            if fault:
                self.reject_one(Rejected(source.path, record, fault))
                continue
            time, status = time_of(fields[6]) or 0, status_of(fields[5]) or 0  # they were judged
            is_ahead = time > name.moment + AHEAD_S
            row = (number << _RECORD_BITS) + record
            value = value_of(fields[3], self.dialect)
            rows.append((self.known.point_of(fields[0]), time, value, status, is_ahead, row))
        columns = zip(*rows, strict=True)
        return tuple(map(np.array, columns, _KINDS.values())) if rows else self.nothing()

    def readings(self, parts: list[_Part], *, is_ordered: bool) -> Readings:
        """All rows in the order of files and records."""
        whole: _Part = tuple(map(np.concatenate, zip(*parts, strict=True)))
        if not is_ordered:
            order = np.argsort(whole[-1], kind="stable")
            whole = tuple(column[order] for column in whole)
        columns = dict(zip(_KINDS, whole, strict=True))
        is_used = np.zeros(len(self.known.codes), np.bool_)
        is_used[columns["point"]] = True
        used = np.flatnonzero(is_used)
        points = [self.known.codes[number] for number in used.tolist()]
        numbers = np.empty(len(is_used), np.int32)
        numbers[used] = np.arange(len(used), dtype=np.int32)
        columns["point"] = numbers[columns["point"]]
        return Readings(paths=self.paths, points=points, **columns)

    def scanned(self, text: bytes) -> dict[str, _Column]:
        """Four columns of the records as categories; fields that are empty or lacking are null."""
        known = self.known
        answers = {
            _POINT: known.point,
            _VALUE: known.value,
            _STATUS: known.status,
            _TIME: known.time,
        }
        kinds: dict[str, pl.DataType] = {
            name: pl.Categorical(one.known) for name, one in answers.items()
        }
        rows = pl.scan_csv(
            text,
            has_header=False,
            separator=";",
            eol_char="~",
            quote_char=None,
            schema=_TEXTS | kinds,
        )
        frame = rows.select(list(answers)).collect()[1:]
        return {name: _column(frame[name]) for name in answers}

    def _mines(self, point: NDArray[np.int32]) -> NDArray[np.int32]:
        """The mine that each point's code begins with, by number."""
        mines = np.append(np.frombuffer(self.known.mine_of, np.int32), np.int32(-1))
        return mines[point]

    def reject(self, group: Mapping[int, Source], rows: NDArray[np.int64]) -> None:
        """List records by what is wrong with each."""
        files = rows >> _RECORD_BITS
        for number in np.unique(files).tolist():
            source = group[number]
            pieces = source.body.pieces
            for record in (rows[files == number] & _RECORD_MASK).tolist():
                fault = self._fault(fields_of(pieces[record]), source.name)
                if fault is None:
                    raise AssertionError(f"record {record} of {source.path!r} is judged two ways")
                self.reject_one(Rejected(source.path, record, fault))

    def _fault(self, fields: list[str], name: Name) -> Fault | None:
        return fault_of(fields, kind=KIND, mine=name.mine, moment=name.moment, dialect=self.dialect)


def _column(column: pl.Series) -> _Column:
    is_null = None
    if column.null_count():
        is_null = column.is_null().to_numpy()
        column = column.fill_null("")
    return _Column(column.to_physical().to_numpy(), is_null)
