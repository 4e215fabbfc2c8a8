"""Many files of readings (CDSS) at once: joined, parsed in one go, judged by dictionary (T2 to T6).

A column of a batch holds few different texts (points, times, states, values), so each different
text is judged once, by the same plain functions that judge a record by itself, and the rows take
the answers. A file whose records don't have seven fields each is parsed record by record.
"""

from collections.abc import Callable, Iterator, Sequence
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
GROUP_BYTES: Final = 4 * 1024 * 1024
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

    `point` is a number in `points`; `value` is nan without a number; `time` in seconds;
    `is_ahead` says that the time is more than ten minutes ahead of the file's name (T17).
    """

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

    def places(self) -> Iterator[tuple[int, int]]:
        """The numbers of each row's file and record."""
        for row in self.row.tolist():
            yield row >> _RECORD_BITS, row & _RECORD_MASK

    def taken(self, rows: NDArray[Any]) -> "Readings":
        """These rows alone, by number or by mask."""
        return Readings(
            points=self.points,
            point=self.point[rows],
            time=self.time[rows],
            value=self.value[rows],
            status=self.status[rows],
            is_ahead=self.is_ahead[rows],
            row=self.row[rows],
        )


def parse(
    sources: Sequence[Source], *, dialect: Dialect, group_bytes: int = GROUP_BYTES
) -> tuple[Readings, list[Rejected]]:
    """The readings of these files, which are in the order of their keys, and what was rejected."""
    parser = _Parser(sources, dialect)
    parts, alone = [], set[int]()
    for group in _groups(sources, group_bytes):
        even = group
        joined = parser.joined(even)
        if joined is None:
            even = [number for number in group if _is_even(sources[number].body)]
            joined = parser.joined(even)
        part, short = joined or (parser.nothing(), set(group))
        parts.append(part)
        alone |= short | (set(group) - set(even))
    parts += [parser.one_by_one(number) for number in sorted(alone)]
    return parser.readings(parts, is_ordered=not alone), parser.rejected


def _groups(sources: Sequence[Source], bytes_each: int) -> Iterator[list[int]]:
    """Numbers of files to be joined, as many as fit the caches; the last group may be empty."""
    group: list[int] = []
    size = 0
    for number, one in enumerate(sources):
        group.append(number)
        size += len(one.body.records)
        if size >= bytes_each:
            yield group
            group, size = [], 0
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


class _Parser:
    """Numbers of points and offsets of files, shared by both ways of parsing."""

    def __init__(self, sources: Sequence[Source], dialect: Dialect) -> None:
        self.sources, self.dialect = sources, dialect
        self.numbers: dict[str, int] = {}
        self.mines = {one.name.mine: n for n, one in enumerate(sources)}
        self.rejected: list[Rejected] = []

    def joined(self, numbers: list[int]) -> tuple[_Part, set[int]] | None:
        """The rows of these files but those with short records, and the numbers of those.

        None when the records have more or fewer fields, all in all, than they should have.
        """
        bodies = [self.sources[number].body.records for number in numbers]
        text = b"".join([_FIRST_ROW, *bodies])
        marks = np.frombuffer(text, np.uint8)
        bounds = len(_FIRST_ROW) + np.cumsum([0, *map(len, bodies)])
        counts = np.diff(np.searchsorted(np.flatnonzero(marks == _RECORD_END), bounds))
        rows = int(counts.sum())
        if np.count_nonzero(marks == _FIELD_END) != (_WIDTH - 1) * (rows + 1):
            return None
        frame = _scanned(text)
        if frame.height != rows:
            raise AssertionError(f"{frame.height!r} rows were parsed of {rows!r} records")
        names = [self.sources[n].name for n in numbers]
        moment = np.repeat(np.array([one.moment for one in names], np.int64), counts)
        of_file = np.array([self.mines[one.mine] for one in names], np.int32)
        point, mine = self._points(frame[_POINT])
        time = _judged(frame[_TIME], self._time, np.int64)
        status = _judged(frame[_STATUS], self._status, np.int16)
        value = self._values(frame[_VALUE])
        is_good = mine == np.repeat(of_file, counts)
        is_good &= time - moment <= DAY_S
        is_good &= time >= 0
        is_good &= status >= 0
        file = np.array(numbers, np.int64)
        begins = (file << _RECORD_BITS) - np.cumsum(counts) + counts
        row = np.arange(rows) + np.repeat(begins, counts)
        part = (point, time, value, status, moment, row)
        if is_good.all():
            return part, set()
        # Where a record is too short another may be too long: such files are read by themselves.
        files = np.repeat(file, counts)
        short = set(files[frame[_TIME].is_null().to_numpy()].tolist())
        if short:
            short |= {number for number in numbers if not _is_even(self.sources[number].body)}
        is_whole = ~np.isin(files, list(short))
        self.reject(row[is_whole & ~is_good])
        return tuple(column[is_good & is_whole] for column in part), short

    def nothing(self) -> _Part:
        """No rows."""
        return tuple(np.array([], kind) for kind in _KINDS.values())

    def one_by_one(self, number: int) -> _Part:
        """The rows of one file, each record by itself."""
        source = self.sources[number]
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
        return Readings(points=list(self.numbers), is_ahead=is_ahead, **columns)

    def _points(self, column: pl.Series) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The number of each row's point, and the number of the mine that it begins with."""
        codes, texts = _dictionary(column)
        points, mines = [], []
        for text in texts:
            point = text.strip(BLANKS)
            mine = self.mines.get(point[:MINE_LENGTH], -1) if len(point) == POINT_LENGTH else -1
            mines.append(mine)
            is_point = mine >= 0
            points.append(self.numbers.setdefault(point, len(self.numbers)) if is_point else -1)
        return np.array(points, np.int32)[codes], np.array(mines, np.int32)[codes]

    def _values(self, column: pl.Series) -> NDArray[np.float64]:
        """The number of each row, nan without one; plain decimals are read by polars at once."""
        codes, texts = _dictionary(column)
        is_plain = texts.str.contains(_PLAIN).to_numpy()
        numbers = texts.cast(pl.Float64, strict=False).to_numpy().copy()
        numbers[numbers == self.dialect.missing] = np.nan
        for place in np.flatnonzero(~is_plain).tolist():
            numbers[place] = self._value(texts[place].strip(BLANKS))
        return numbers[codes]

    def reject(self, rows: NDArray[np.int64]) -> None:
        """List records by what is wrong with each."""
        files = rows >> _RECORD_BITS
        for number in np.unique(files).tolist():
            source = self.sources[number]
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


def _scanned(text: bytes) -> pl.DataFrame:
    """Four columns of the records as categories; fields that are empty or lacking are null."""
    texts = dict.fromkeys(map(str, range(_WIDTH)), pl.String())
    wanted = (_POINT, _VALUE, _STATUS, _TIME)
    schema = {**texts, **{one: pl.Categorical(pl.Categories.random()) for one in wanted}}
    rows = pl.scan_csv(
        text,
        has_header=False,
        separator=";",
        eol_char="~",
        quote_char=None,
        schema=schema,
    )
    return rows.select(wanted).collect()[1:]


def _dictionary(column: pl.Series) -> tuple[NDArray[np.uint32], pl.Series]:
    """The number of each row's text, and the texts by number."""
    if column.null_count():
        column = column.fill_null("")
    codes = column.to_physical().to_numpy()
    rows = np.zeros(int(codes.max()) + 1 if len(codes) else 0, np.int64)
    rows[codes] = np.arange(len(codes))
    return codes, column.gather(rows).cast(pl.String)


def _judged(column: pl.Series, judge: Callable[[str], float], kind: Any) -> NDArray[Any]:
    """What a plain function says of each row's text, asked once for each different one."""
    codes, texts = _dictionary(column)
    return np.array([judge(text.strip(BLANKS)) for text in texts], kind)[codes]
