"""Who may write the engine's tables: a context that only the engine opens."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models, transaction

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
        with transaction.atomic():
            yield
    finally:
        _open.reset(token)


def _check(what: str) -> None:
    if not _open.get():
        raise WrittenOutsideEngineError(f"{what} outside the engine; use open_matter or take_step")


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
