"""What open matters say now, where their trail tells it only from step to step.

A reading goes on between two entries of the trail, which stays short. Whoever looks meanwhile sees
the same on every page: as it is. What is shown so is written nowhere; steps go by the trail.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from bihuan.matters.case import Case
from bihuan.matters.consequences import project_facts
from bihuan.matters.declarations import catalog

type PresentFacts = dict[int, dict[str, Any]]


def present_facts(rows: Iterable[Mapping[str, Any]]) -> PresentFacts:
    """Present facts by matter, of rows with `id`, `kind` and `is_open`.

    One question for all matters of a kind that declares them, none for the others.
    """
    asked: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row["is_open"]:
            asked[row["kind"]].append(row["id"])
    found: PresentFacts = {}
    for kind, ids in asked.items():
        ask = catalog().loop(kind).present
        if ask is not None:
            found |= ask((*ids,))
    return found


def title_of(row: Mapping[str, Any], present: PresentFacts) -> str:
    """The title of a row as it is now."""
    told = present.get(row["id"])
    return str((told or {}).get(catalog().loop(row["kind"]).title) or row["title"])


def at_present(case: Case) -> None:
    """Let a case that is only looked at say what is so now; it is never written."""
    matter = case.matter
    row = {"id": matter.pk, "kind": matter.kind, "is_open": matter.is_open}
    told = present_facts([row]).get(matter.pk)
    if told:
        for key, value in told.items():
            case.set(key, value)
        project_facts(case)
