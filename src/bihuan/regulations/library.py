"""The library of clauses: loaded from the data folder, found by id and by keyword."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet

from bihuan.regulations.models import Clause

_COLUMNS = ("id", "title", "document", "item", "capability", "primitive", "same_as")
_ALL_COLUMNS = (*_COLUMNS, "skip", "values")


class ClauseFault(Exception):  # noqa: N818  a fault is the word of the whole language
    """The file of clauses breaks its form; `faults` lists everything found at once."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class ClauseReport:
    """How many clauses loading added, changed and left as they were."""

    added: int
    changed: int
    unchanged: int


def load_clauses(path: Path) -> ClauseReport:
    """Bring the library to the file (CSV, UTF-8); clauses that left the file stay."""
    wanted = _read(path)
    with transaction.atomic():
        held = Clause.objects.in_bulk()
        added = [clause for clause in wanted if clause.pk not in held]
        changed = [c for c in wanted if c.pk in held and _facts(c) != _facts(held[c.pk])]
        Clause.objects.bulk_create(added)
        if changed:
            Clause.objects.bulk_update(changed, _ALL_COLUMNS[1:])
    unchanged = len(wanted) - len(added) - len(changed)
    return ClauseReport(added=len(added), changed=len(changed), unchanged=unchanged)


def find_clauses(words: str, *, document: str = "") -> QuerySet[Clause]:
    """Clauses whose id, title or item holds every one of the words, in the order of ids."""
    found = Clause.objects.order_by("document", "id")
    if document:
        found = found.filter(document=document)
    for word in words.split():
        found = found.filter(
            Q(id__icontains=word) | Q(title__icontains=word) | Q(item__icontains=word)
        )
    return found


def _facts(clause: Clause) -> tuple[object, ...]:
    return tuple(getattr(clause, name) for name in _ALL_COLUMNS)


def _read(path: Path) -> list[Clause]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != _ALL_COLUMNS:
            raise ClauseFault((f"columns are {rows.fieldnames!r}, not {_ALL_COLUMNS!r}",))
        return _clauses(list(rows))


def _clauses(rows: list[dict[str, str]]) -> list[Clause]:
    clauses: dict[str, Clause] = {}
    faults = []
    for row in rows:
        if row["id"] in clauses:
            faults.append(f"{row['id']!r} stands twice")
        try:
            clauses[row["id"]] = _clause(row)
        except ValueError as error:
            faults.append(f"{row['id']!r}: {error}")
    if faults:
        raise ClauseFault(tuple(faults))
    return list(clauses.values())


def _clause(row: dict[str, str]) -> Clause:
    if row["skip"] not in {"true", "false"}:
        raise ValueError(f"skip is true or false, not {row['skip']!r}")
    values = json.loads(row["values"])
    if not isinstance(values, dict):
        raise ValueError(f"values {row['values']!r} aren't a table")
    texts = {name: row[name] for name in _COLUMNS}
    return Clause(**texts, skip=row["skip"] == "true", values=values)
