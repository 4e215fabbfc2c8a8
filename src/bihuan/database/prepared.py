"""Querysets compiled once: the ORM writes the statement, later calls only give it values.

Building and compiling a queryset costs Django 0.2 to 1.6 ms of CPU each time, several times what
the database needs to answer by key. Where a request or a step asks the same question thousands
of times a minute, the question is a `prepared` function: it is built with stand-ins for its
values once per database, and from then on the kept statement is run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import update_wrapper
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    get_related_populators,
)

from bihuan.database.taking_apart import Parts, put_together, taken_apart

STATEMENTS_MAX: Final = 500  # of one question; beyond that the oldest is dropped

# No question of ours is about these numbers, days or words; they only mark a place.
_NUMBER: Final = 1_999_000_001
_DAY: Final = date(1, 2, 3)
_MOMENT: Final = datetime(1, 2, 3, 4, 5, 6, tzinfo=UTC)
_OTHERS: Final = 100_000  # from the first stand-ins to the second


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a value goes."""

    place: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statement[Row]:
    sql: str
    parameters: tuple[_Slot | Any, ...]
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]
    make: Callable[[Sequence[Any]], Row]

    def run(self, values: Sequence[Any]) -> list[Row]:
        given: list[Any] = [
            _adapted(values[one.place]) if type(one) is _Slot else one for one in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, given)
            rows = cursor.fetchall()
        make = self.make
        if not self.converters:
            return [make(row) for row in rows]
        return [make(self._converted(row)) for row in rows]

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        cells = list(row)
        for place, converters, expression in self.converters:
            for convert in converters:
                cells[place] = convert(cells[place], expression, connection)
        return cells


class Prepared[**P, Row]:
    """A question to the database; called with values, it answers with a list of rows.

    Values are whole numbers, texts, days and moments, each of which must stand in the statement
    as it is, and tuples and dataclasses of them. What shapes the statement (`taking_apart`) leads
    to a statement of its own.
    """

    def __init__(self, build: Callable[P, QuerySet[Any, Row]]) -> None:
        self._build = build
        self._kept: dict[tuple[Any, ...], _Statement[Row] | None] = {}
        update_wrapper(self, build)

    def __call__(self, *values: P.args, **named: P.kwargs) -> list[Row]:
        """Run the kept statement with these values; they are given by position."""
        if named:
            raise TypeError(f"{self._build.__name__} takes its values by position")
        parts = taken_apart(values)
        shape = (connection.vendor, parts.shape)
        try:
            statement = self._kept[shape]
        except KeyError:
            statement = self._kept[shape] = self._compile(values, parts)
            if len(self._kept) > STATEMENTS_MAX:
                self._kept.pop(next(iter(self._kept)), None)
        return statement.run(parts.values) if statement else []

    @property
    def statement_count(self) -> int:
        """How many statements are kept."""
        return len(self._kept)

    def first(self, *values: P.args, **_named: P.kwargs) -> Row | None:
        """The first row of the answer, if there is one."""
        rows = self(*values)  # type: ignore[call-arg]
        return rows[0] if rows else None

    def _compile(self, arguments: Sequence[Any], parts: Parts) -> _Statement[Row] | None:
        try:
            told = self._written(arguments, parts, at=0)
        except EmptyResultSet:
            self._refuse_unless_empty(arguments, parts)
            return None
        again = self._written(arguments, parts, at=_OTHERS)
        if (told.sql, told.parameters) != (again.sql, again.parameters):
            raise ValueError(f"{self._build.__name__} changes a value on its way")
        return told

    def _written(self, arguments: Sequence[Any], parts: Parts, *, at: int) -> _Statement[Row]:
        """The statement with stand-ins; twice with others, so that a changed one shows."""
        stand_ins = [_like(value, at + place) for place, value in enumerate(parts.values)]
        queryset = self._build(*put_together(arguments, stand_ins))  # type: ignore[call-arg]
        compiler = queryset.query.get_compiler(connection=connection)
        sql, given = compiler.as_sql()
        slots = {_adapted(one): _Slot(place) for place, one in enumerate(stand_ins)}
        return _Statement(
            sql=sql,
            parameters=tuple(_slot_or_constant(one, slots) for one in given),
            converters=tuple(
                (place, tuple(map(_quicker, converters)), expression)
                for place, (converters, expression) in compiler.get_converters(
                    one[0] for one in compiler.select
                ).items()
            ),
            make=_maker(queryset, compiler),
        )

    def _refuse_unless_empty(self, arguments: Sequence[Any], parts: Parts) -> None:
        """Tell a shape that finds nothing from a stand-in that is too large for its column."""
        small = [_like(value, 1 - _NUMBER) for value in parts.values]
        queryset = self._build(*put_together(arguments, small))  # type: ignore[call-arg]
        try:
            queryset.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            return
        raise ValueError(f"{self._build.__name__} can't be asked with stand-ins")


def prepared[**P, Row](build: Callable[P, QuerySet[Any, Row]]) -> Prepared[P, Row]:
    """Turn a function that builds a queryset from its values into a prepared question."""
    return Prepared(build)


def _like(value: Any, count: int) -> Any:
    if isinstance(value, int):
        return _NUMBER + count
    if isinstance(value, datetime):
        return _MOMENT + timedelta(days=abs(count) % 1_000_000)
    if isinstance(value, date):
        return _DAY + timedelta(days=abs(count) % 1_000_000)
    if isinstance(value, str):
        return f"\ue000{count}"
    raise TypeError(f"a prepared question can't hold {value!r}")


def _quicker(convert: Callable[..., Any]) -> Callable[..., Any]:
    """The converter itself, or what does the same for SQLite's moments at a third of the time."""
    is_moment = getattr(convert, "__name__", "") == "convert_datetimefield_value"
    return _moment_told if is_moment and connection.vendor == "sqlite" else convert


def _moment_told(value: datetime | str | None, *_: object) -> datetime | None:
    """A column comes as a moment without a zone, the result of an expression as text."""
    if value is None:
        return None
    told = datetime.fromisoformat(value) if isinstance(value, str) else value
    return told.replace(tzinfo=UTC)


def _slot_or_constant(given: Any, slots: dict[Any, _Slot]) -> Any:
    """The slot whose stand-in this is, else the value itself, which may be no key of a dict."""
    return next((slot for stand_in, slot in slots.items() if stand_in == given), given)


def _adapted(value: Any) -> Any:
    """The value as the ORM would hand it to this database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return str(value) if isinstance(value, str) else value


def _maker(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    kept_as = vars(queryset)["_iterable_class"]
    if kept_as is FlatValuesListIterable:
        return _only_cell
    if kept_as is not ModelIterable:
        return tuple
    described, select = compiler.klass_info, compiler.select
    start, end = described["select_fields"][0], described["select_fields"][-1] + 1
    names = [one[0].target.attname for one in select[start:end]]
    model = described["model"]
    fetch_mode = vars(queryset)["_fetch_mode"]
    populators = get_related_populators(described, select, "default", fetch_mode)

    def make(row: Sequence[Any]) -> Any:
        found = model.from_db("default", names, row[start:end], fetch_mode=fetch_mode)
        for populator in populators:
            populator.populate(row, found)
        return found

    return make


def _only_cell(row: Sequence[Any]) -> Any:
    return row[0]
