"""Rows as `verify` reads them: plain values that say exactly what the database holds.

Nothing is converted, since a damaged value may not convert: moments come as text with six digits
of their second, days, booleans and JSON as text, on both databases alike.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction

from bihuan.matters.journal import stamp

AT_ONCE = 1000
_CACHE_KIB = 8000  # a reading from end to end has no use for more
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_S = 24 * 3600
_FORMS = {
    (
        "sqlite",
        "DateTimeField",
    ): "CASE length({0}) WHEN 19 THEN {0} || '.000000' ELSE {0} || '' END",
    ("sqlite", "DateField"): "{0} || ''",
    ("sqlite", "BooleanField"): "{0} || ''",
    ("sqlite", "JSONField"): "{0} || ''",
    ("postgresql", "DateTimeField"): (
        "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    ),
    ("postgresql", "DateField"): "{0}::text",
    ("postgresql", "BooleanField"): "{0}::integer::text",
    ("postgresql", "JSONField"): "{0}::text",
}


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as of one moment, whatever is written meanwhile, and keep nobody waiting."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size")
            (usual,) = cursor.fetchone()
            cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
                cursor.execute(f"PRAGMA cache_size = {usual}")


def rows(
    model: type[models.Model], names: Sequence[str], *, order: str, at_once: int = AT_ONCE
) -> Iterator[tuple[Any, ...]]:
    """Every row of a table in that order, read as it is needed."""
    sql = f"{_selected(model, tuple(names))} ORDER BY {order}"
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while found := cursor.fetchmany(at_once):
            yield from found


def rows_between(
    model: type[models.Model],
    names: Sequence[str],
    *,
    key: str,
    after: int,
    until: int | None,
) -> list[tuple[Any, ...]]:
    """The rows whose `key` lies after one id and up to another; without `until`, all later ones."""
    bounded = _form(model, key)
    chosen, bounds = f"{bounded} > %s", [after]
    if until is not None:
        chosen, bounds = f"{chosen} AND {bounded} <= %s", [after, until]
    return _fetched(f"{_selected(model, tuple(names))} WHERE {chosen}", bounds)


def rows_of(
    model: type[models.Model], names: Sequence[str], *, key: str, ids: Sequence[int]
) -> list[tuple[Any, ...]]:
    """The rows whose `key` is one of the ids.

    The ids are told as one list: by a join over two tables that were just filled, PostgreSQL
    without statistics compares every row of one with every row of the other.
    """
    chosen = f"{_selected(model, tuple(names))} WHERE {_form(model, key)}"
    if connection.vendor == "postgresql":
        return _fetched(f"{chosen} = ANY(%s)", [[*ids]])
    return _fetched(f"{chosen} IN (SELECT value FROM json_each(%s))", [json.dumps([*ids])])  # noqa: S608


def _fetched(sql: str, told: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def moment_text(microseconds: int) -> str:
    """Microseconds since 1970 as the text that a moment's column is read as."""
    seconds, rest = divmod(microseconds, 1_000_000)
    day, second = divmod(seconds, _DAY_S)
    return f"{_day_text(day)} {_times_of_day()[second]}.{rest:06d}"


@lru_cache(maxsize=4096)
def _day_text(day: int) -> str:
    return date.fromordinal(_EPOCH_DAY + day).isoformat()


@lru_cache(maxsize=1)
def _times_of_day() -> tuple[str, ...]:
    """Every second of a day as text: looking up takes a fifth of formatting."""
    sixty = [f"{n:02d}" for n in range(60)]
    return tuple(f"{h}:{m}:{s}" for h in sixty[:24] for m in sixty for s in sixty)


def told_moment(told: str | None) -> str | None:
    """A moment as the trail tells it, as the text that its column is read as."""
    return stamp(datetime.fromisoformat(told)) if told else None


def loaded(text: Any) -> Any:
    """What a JSON column holds, or None when it can't be read."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None


@lru_cache(maxsize=64)
def _selected(model: type[models.Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(_form(model, name) for name in names)
    return f"SELECT {columns} FROM {model._meta.db_table}"  # noqa: S608


def _form(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    quoted = connection.ops.quote_name(str(field.column))  # type: ignore[union-attr]
    form = _FORMS.get((connection.vendor, field.get_internal_type()), "{0}")
    return form.format(quoted)
