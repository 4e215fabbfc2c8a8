"""Querysets compiled once: the ORM writes the statement, later calls only give it values.

Building and compiling a queryset costs Django 0.2 to 0.6 ms of CPU each time, several times what
the database needs to answer by key. Where a request or a step asks the same question thousands
of times a minute, the question is a `prepared` function: it is built with stand-ins for its
values once per database, and from then on the kept statement is run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import update_wrapper
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    get_related_populators,
)

# No question of ours is about these numbers, days or words; they only mark a place.
_FIRST_NUMBER = 1_999_000_001
_FIRST_DAY = date(1, 2, 3)
_FIRST_MOMENT = datetime(1, 2, 3, 4, 5, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a value goes: argument number, and the place in it when it is a tuple."""

    argument: int
    item: int | None

    def value_in(self, values: Sequence[Any]) -> Any:
        value = values[self.argument]
        return value if self.item is None else value[self.item]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statement[Row]:
    sql: str
    parameters: tuple[_Slot | Any, ...]
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]
    make: Callable[[Sequence[Any]], Row]

    def run(self, values: Sequence[Any]) -> list[Row]:
        given = [
            _adapted(one.value_in(values)) if isinstance(one, _Slot) else one
            for one in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, given)
            rows = cursor.fetchall()
        return [self.make(self._converted(row)) for row in rows]

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self.converters:
            return row
        cells = list(row)
        for place, converters, expression in self.converters:
            for convert in converters:
                cells[place] = convert(cells[place], expression, connection)
        return cells


class Prepared[**P, Row]:
    """A question to the database; called with values, it answers with a list of rows.

    Values are whole numbers, texts, days, moments and tuples of them, each of which must stand
    in the statement as it is; None, True and False, also inside a tuple, and the length of
    a tuple change the statement and lead to one of their own.
    """

    def __init__(self, build: Callable[P, QuerySet[Any, Row]]) -> None:
        self._build = build
        self._kept: dict[tuple[Any, ...], _Statement[Row] | None] = {}
        update_wrapper(self, build)

    def __call__(self, *values: P.args, **named: P.kwargs) -> list[Row]:
        """Run the kept statement with these values; they are given by position."""
        if named:
            raise TypeError(f"{self._build.__name__} takes its values by position")
        shape = (connection.vendor, *(_shape(value) for value in values))
        try:
            statement = self._kept[shape]
        except KeyError:
            statement = self._kept[shape] = self._compile(values)
        return statement.run(values) if statement else []

    def first(self, *values: P.args, **_named: P.kwargs) -> Row | None:
        """The first row of the answer, if there is one."""
        rows = self(*values)  # type: ignore[call-arg]
        return rows[0] if rows else None

    def _compile(self, values: Sequence[Any]) -> _Statement[Row] | None:
        stand_ins, slots = _stand_ins(values)
        queryset = self._build(*stand_ins)  # type: ignore[call-arg]
        compiler = queryset.query.get_compiler(connection=connection)
        try:
            sql, given = compiler.as_sql()
        except EmptyResultSet:
            if () in values:
                return None
            # A stand-in is too large for its column: the answer would be empty for ever.
            raise ValueError(f"{self._build.__name__} can't be asked with stand-ins") from None
        parameters = tuple(_slot_or_constant(one, slots) for one in given)
        lost = set(slots.values()) - {one for one in parameters if isinstance(one, _Slot)}
        if lost:
            raise ValueError(f"{self._build.__name__} changes a value on its way: {lost!r}")
        return _Statement(
            sql=sql,
            parameters=parameters,
            converters=tuple(
                (place, tuple(converters), expression)
                for place, (converters, expression) in compiler.get_converters(
                    one[0] for one in compiler.select
                ).items()
            ),
            make=_maker(queryset, compiler),
        )


def prepared[**P, Row](build: Callable[P, QuerySet[Any, Row]]) -> Prepared[P, Row]:
    """Turn a function that builds a queryset from its values into a prepared question."""
    return Prepared(build)


def _shape(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    # Marked as a tuple: True equals the length 1, and False the length 0.
    return ("tuple", *map(_shape, value)) if isinstance(value, tuple) else type(value)


def _stand_ins(values: Sequence[Any]) -> tuple[list[Any], dict[Any, _Slot]]:
    slots: dict[Any, _Slot] = {}

    def stand_in(value: Any, slot: _Slot) -> Any:
        if value is None or isinstance(value, bool):
            return value
        chosen = _like(value, len(slots))
        slots[_adapted(chosen)] = slot
        return chosen

    made = [
        tuple(stand_in(item, _Slot(argument, at)) for at, item in enumerate(value))
        if isinstance(value, tuple)
        else stand_in(value, _Slot(argument, None))
        for argument, value in enumerate(values)
    ]
    return made, slots


def _like(value: Any, count: int) -> Any:
    if isinstance(value, int):
        return _FIRST_NUMBER + count
    if isinstance(value, datetime):
        return _FIRST_MOMENT + timedelta(days=count)
    if isinstance(value, date):
        return _FIRST_DAY + timedelta(days=count)
    if isinstance(value, str):
        return f"\ue000{count}"
    raise TypeError(f"a prepared question can't hold {value!r}")


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
