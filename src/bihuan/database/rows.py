"""Rows written as plain statements: the model gives names and values, no statement is compiled."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
)

# Attribute name, field, and the type of values that both databases take as they are.
Column = tuple[str, Any, type | None]
_PLAIN: tuple[tuple[tuple[Any, ...], type], ...] = (
    ((BooleanField,), bool),
    ((IntegerField, ForeignKey), int),
    ((CharField, TextField), str),
)


def insert(row: Model) -> None:
    """Insert one row; a key that the database gives is set on it."""
    insert_all([row])


def insert_all(rows: Collection[Model], *, skip_known: bool = False) -> None:
    """Insert rows of one model; with `skip_known`, those that meet a unique key are left out.

    Keys that the database gives are set only when none is skipped.
    """
    if not rows:
        return
    model = type(next(iter(rows)))
    sql, columns, key = _insertion(model, connection.vendor, skip_known)
    with connection.cursor() as cursor:
        if not key:
            cursor.executemany(sql, [_values(row, columns) for row in rows])
        for row in rows:
            if key:
                cursor.execute(sql, _values(row, columns))
                setattr(row, key, cursor.fetchone()[0])
            row._state.adding = False


def update(row: Model, names: Iterable[str]) -> None:
    """Write the named attributes of a row; nothing is sent when there are none."""
    wanted = tuple(names)
    if not wanted:
        return
    sql, columns = _change(type(row), wanted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_values(row, columns), row.pk])


def _values(row: Model, columns: tuple[Column, ...]) -> list[Any]:
    given = row.__dict__
    return [
        value
        if type(value := given[attribute]) is plain or (value is None and plain is not None)
        else field.get_db_prep_save(value, connection)
        for attribute, field, plain in columns
    ]


@lru_cache(maxsize=64)
def _insertion(
    model: type[Model], _vendor: str, skip_known: bool
) -> tuple[str, tuple[Column, ...], str]:
    key = model._meta.pk
    given_by_database = bool(getattr(key, "db_returning", False))
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if not (given_by_database and field is key)
    ]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608 - the model's own names
    if skip_known:
        sql += " ON CONFLICT DO NOTHING"
    elif given_by_database and key is not None:
        sql += f' RETURNING "{key.column}"'
        return sql, _columns(fields), str(key.attname)
    return sql, _columns(fields), ""


@lru_cache(maxsize=512)
def _change(model: type[Model], names: tuple[str, ...]) -> tuple[str, tuple[Column, ...]]:
    by_name = {field.attname: field for field in model._meta.local_concrete_fields}
    fields = [by_name[name] for name in names]
    key = model._meta.pk
    assignments = ", ".join(f'"{field.column}" = %s' for field in fields)
    sql = (
        f'UPDATE "{model._meta.db_table}" SET {assignments}'  # noqa: S608 - the model's own names
        f' WHERE "{key.column if key else "id"}" = %s'
    )
    return sql, _columns(fields)


def _columns(fields: Iterable[Any]) -> tuple[Column, ...]:
    return tuple((field.attname, field, _plain_type(field)) for field in fields)


def _plain_type(field: Any) -> type | None:
    """None for fields whose values must be prepared: moments, days, bytes and JSON."""
    return next((kind for fields, kind in _PLAIN if isinstance(field, fields)), None)
