"""Files that no row names: left by uploads that were broken off between the file and its row.

Nobody was told that they were kept, and nothing shows them, but they lie on the disk. They are
counted by `verify --files` and cleared when a person says so; what is younger than a day may
still be on its way to its row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.db import models

from bihuan.matters import files

DIGEST_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class Unnamed:
    """How many there are, and their bytes."""

    count: int = 0
    size: int = 0


def unnamed() -> Unnamed:
    """Count the files that no row names."""
    sizes = [path.stat().st_size for path in _unnamed()]
    return Unnamed(count=len(sizes), size=sum(sizes))


def clear(*, now: datetime) -> Unnamed:
    """Remove those that nobody has touched for a day; returns what was removed."""
    oldest = (now - files.PART_AGE).timestamp()
    sizes = [_removed(path, oldest) for path in _unnamed()]
    gone = [size for size in sizes if size is not None]
    return Unnamed(count=len(gone), size=sum(gone))


def _removed(path: Path, oldest: float) -> int | None:
    """Take a file away unless it is young; returns its size.

    Who keeps the same bytes meanwhile either touches the file before it is moved aside, and then
    it is seen to be young and goes back, or doesn't find it any more and writes it anew.
    """
    if path.stat().st_mtime >= oldest:
        return None
    aside = path.parents[1] / f"{files.PART}{path.name}"
    path.replace(aside)
    found = aside.stat()
    if found.st_mtime >= oldest:
        aside.replace(path)
        return None
    aside.unlink()
    return found.st_size


def _unnamed() -> Iterator[Path]:
    """In order; the rows are read after the folder, so that a row that comes meanwhile counts."""
    found = files.kept()
    named = _named()
    yield from (path for path in found if path.name not in named)


def _named() -> set[str]:
    """Every digest that a column of any table holds; leads keep sealed files as well."""
    named: set[str] = set()
    for model in apps.get_models():
        for column in model._meta.local_concrete_fields:
            if isinstance(column, models.CharField) and _holds_digest(column):
                rows = models.QuerySet[models.Model](model).exclude(**{column.name: ""})
                named.update(rows.values_list(column.name, flat=True).iterator(chunk_size=2000))
    return named


def _holds_digest(column: models.Field) -> bool:  # type: ignore[type-arg]
    return column.name.endswith("digest") and column.max_length == DIGEST_LENGTH
