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
from bihuan.telemetry.envelopes import Body, Fault, Name
from bihuan.telemetry.notation import BLANKS, DAY_S, number_of, status_of, time_of
from bihuan.telemetry.records import MINE_LENGTH, POINT_LENGTH, fault_of, fields_of

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
# Where nobody reads a number another way: no sign but a minus, no exponent, few digits.
_PLAIN: Final = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"
_POINT, _VALUE, _STATUS, _TIME = "0", "3", "5", "6"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file that was let in; `path` is relative to the inbox."""

    name: Name
    path: str
    body: Body


class Rejected(NamedTuple):
    """What is listed: a file when `record` is None, else one record of it, counted from 0."""

    path: str
    record: int | None
    fault: Fault


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
    sources: Iterable[Source], *, dialect: Dialect, group_bytes: int = GROUP_BYTES
) -> tuple[Readings, list[Rejected]]:
    """The readings of these files, which are in the order of their keys, and what was rejected.

    Files are taken as they come, some at a time, and let go of once they are parsed.
    """
    parser = _Parser(dialect)
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


# The columns of readings while they are being parsed, `moment` is that of the file's name.
_KINDS: Final = {
    "point": np.int32,
    "time": np.int64,
    "value": np.float64,
    "status": np.int16,
    "moment": np.int64,
    "row": np.int64,
}
type _Part = tuple[NDArray[Any], ...]


class _Column(NamedTuple):
    """A text for each row: its number among `texts`; `is_null` where nothing is, None nowhere."""

    codes: NDArray[np.uint32]
    texts: pl.Series
    is_null: NDArray[np.bool_] | None


class _Parser:
    """Numbers of points and offsets of files, shared by both ways of parsing."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.paths: list[str] = []
        self.numbers: dict[str, int] = {}
        self.mines: dict[str, int] = {}
        self.rejected: list[Rejected] = []

    def group(self, group: Mapping[int, Source]) -> list[_Part]:
        """The rows of these files: those that were joined, then those that were read alone."""
        for one in group.values():
            self.paths.append(one.path)
            self.mines.setdefault(one.name.mine, len(self.mines))
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
        columns = _scanned(b"".join([_FIRST_ROW, *bodies]))
        if len(columns[_TIME].codes) != rows:
            parsed = len(columns[_TIME].codes)
            raise AssertionError(f"{parsed!r} rows were parsed of {rows!r} records")
        names = [one.name for one in group.values()]
        moment = np.repeat(np.array([one.moment for one in names], np.int64), counts)
        of_file = np.array([self.mines[one.mine] for one in names], np.int32)
        point, mine = self._points(columns[_POINT])
        time = _judged(columns[_TIME], self._time, np.int64)
        status = _judged(columns[_STATUS], self._status, np.int16)
        value = self._values(columns[_VALUE])
        is_good = mine == np.repeat(of_file, counts)
        is_good &= time - moment <= DAY_S
        is_good &= time >= 0
        is_good &= status >= 0
        file = np.array(list(group), np.int64)
        begins = (file << _RECORD_BITS) - np.cumsum(counts) + counts
        row = np.arange(rows) + np.repeat(begins, counts)
        part = (point, time, value, status, moment, row)
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
                self.rejected.append(Rejected(source.path, record, fault))
                continue
            point = self.numbers.setdefault(fields[0], len(self.numbers))
            time, status = self._time(fields[6]), self._status(fields[5])
            row = (number << _RECORD_BITS) + record
            rows.append((point, time, self._value(fields[3]), status, name.moment, row))
        columns = zip(*rows, strict=True)
        return tuple(map(np.array, columns, _KINDS.values())) if rows else self.nothing()

    def readings(self, parts: list[_Part], *, is_ordered: bool) -> Readings:
        """All rows in the order of files and records."""
        whole: _Part = tuple(map(np.concatenate, zip(*parts, strict=True)))
        if not is_ordered:
            order = np.argsort(whole[-1], kind="stable")
            whole = tuple(column[order] for column in whole)
        columns = dict(zip(_KINDS, whole, strict=True))
        is_ahead = columns["time"] > columns.pop("moment") + AHEAD_S
        points = list(self.numbers)
        return Readings(paths=self.paths, points=points, is_ahead=is_ahead, **columns)

    def _points(self, column: _Column) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The number of each row's point, and the number of the mine that it begins with."""
        points, mines = [], []
        for text in column.texts:
            point = text.strip(BLANKS)
            mine = self.mines.get(point[:MINE_LENGTH], -1) if len(point) == POINT_LENGTH else -1
            mines.append(mine)
            is_point = mine >= 0
            points.append(self.numbers.setdefault(point, len(self.numbers)) if is_point else -1)
        codes = column.codes
        return np.array(points, np.int32)[codes], np.array(mines, np.int32)[codes]

    def _values(self, column: _Column) -> NDArray[np.float64]:
        """The number of each row, nan without one; plain decimals are read by polars at once."""
        codes, texts, _is_null = column
        is_plain = texts.str.contains(_PLAIN).to_numpy()
        numbers = texts.cast(pl.Float64, strict=False).to_numpy().copy()
        numbers[numbers == self.dialect.missing] = np.nan
        for place in np.flatnonzero(~is_plain).tolist():
            numbers[place] = self._value(texts[place].strip(BLANKS))
        return numbers[codes]

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
                self.rejected.append(Rejected(source.path, record, fault))

    def _fault(self, fields: list[str], name: Name) -> Fault | None:
        return fault_of(fields, kind=KIND, mine=name.mine, moment=name.moment, dialect=self.dialect)

    def _time(self, text: str) -> int:
        found = time_of(text)
        return -1 if found is None else found

    def _status(self, text: str) -> int:
        found = status_of(text)
        return -1 if found is None else found

    def _value(self, text: str) -> float:
        found = number_of(text, missing=self.dialect.missing)
        return float("nan") if found is None else found


def _scanned(text: bytes) -> dict[str, _Column]:
    """Four columns of the records as categories; fields that are empty or lacking are null."""
    texts = dict.fromkeys(map(str, range(_WIDTH)), pl.String())
    known = {name: pl.Categories.random() for name in (_POINT, _VALUE, _STATUS, _TIME)}
    rows = pl.scan_csv(
        text,
        has_header=False,
        separator=";",
        eol_char="~",
        quote_char=None,
        schema={**texts, **{name: pl.Categorical(one) for name, one in known.items()}},
    )
    frame = rows.select(list(known)).collect()[1:]
    return {name: _column(frame[name], one) for name, one in known.items()}


def _column(column: pl.Series, categories: pl.Categories) -> _Column:
    is_null = None
    if column.null_count():
        is_null = column.is_null().to_numpy()
        column = column.fill_null("")
    codes = column.to_physical().to_numpy()
    # A number that was reserved and never given to a text is no row's.
    return _Column(codes, categories.to_series().fill_null(""), is_null)


def _judged(column: _Column, judge: Callable[[str], float], kind: Any) -> NDArray[Any]:
    """What a plain function says of each row's text, asked once for each different one."""
    return np.array([judge(text.strip(BLANKS)) for text in column.texts], kind)[column.codes]
