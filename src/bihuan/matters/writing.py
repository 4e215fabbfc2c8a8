"""Who may write the engine's tables: a context that only the engine opens.

Rows that the engine takes in hand are remembered as the database has them; `keep` then writes
only what changed. An index whose columns didn't change isn't touched, which is most of the
cost of a step in SQLite.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db import models, transaction

from bihuan.database import rows
from bihuan.database.turns import turn_to_write
from bihuan.regulations.values import rules_held

_REMEMBERED = "_as_in_database"
_open: ContextVar[bool] = ContextVar("engine_is_writing", default=False)


class WrittenOutsideEngineError(RuntimeError):
    """Code outside the engine tried to change one of its tables."""


def engine_is_writing() -> bool:
    """Whether this code runs inside the engine's context."""
    return _open.get()


@contextmanager
def engine_writes() -> Iterator[None]:
    """One transaction in which the engine's tables may be written."""
    token = _open.set(True)
    try:
        with turn_to_write(), transaction.atomic(), rules_held():
            yield
    finally:
        _open.reset(token)


def _check(what: str) -> None:
    if not _open.get():
        raise WrittenOutsideEngineError(f"{what} outside the engine; use open_matter or take_step")


def remember[M: models.Model](row: M) -> M:
    """Note a row as the database has it, so that `keep` can tell what changed."""
    row.__dict__[_REMEMBERED] = {name: row.__dict__[name] for name in _names(type(row))}
    return row


def keep(row: models.Model) -> None:
    """Insert a new row, or write what changed of one that was remembered."""
    _check("keep")
    if row._state.adding:
        rows.insert(row)
    else:
        known = row.__dict__.get(_REMEMBERED)
        names = _names(type(row))
        changed = names if known is None else _changed(row, known)
        key = row._meta.pk.attname
        rows.update(row, [name for name in changed if name != key])
    remember(row)


def change(row: models.Model, *names: str) -> None:
    """Write the named attributes of a row that is there already."""
    _check("change")
    rows.update(row, names)


def add(row: models.Model) -> None:
    """Insert a row that no one will look at again in this step."""
    _check("add")
    rows.insert(row)


def _changed(row: models.Model, known: dict[str, Any]) -> list[str]:
    return [name for name, value in known.items() if row.__dict__[name] != value]


@lru_cache(maxsize=64)
def _names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.local_concrete_fields)


class GuardedQuerySet[M: models.Model](models.QuerySet[M]):
    """A queryset that reads freely and writes only inside the engine."""

    def create(self, **values: Any) -> M:
        _check("create")
        return super().create(**values)

    def bulk_create(self, *args: Any, **options: Any) -> list[M]:
        _check("bulk_create")
        return super().bulk_create(*args, **options)

    def bulk_update(self, *args: Any, **options: Any) -> int:
        _check("bulk_update")
        return super().bulk_update(*args, **options)

    def update(self, **values: Any) -> int:
        _check("update")
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        _check("delete")
        return super().delete()
