"""Bringing in matters that began elsewhere: at a later stage, with their original moments.

Rungs that were due before the import become history: they act in the trail and tell nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.accounts.actors import Actor
from bihuan.matters.answers import CONFIRMED, clean_answers
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_prepared
from bihuan.matters.models import Matter
from bihuan.matters.moment import now as present
from bihuan.matters.refusals import NotYours, Refused

IMPORTED = "imported"


@dataclass(frozen=True, kw_only=True)
class Past:
    """Where a matter stood and since when."""

    stage: str
    happened_at: datetime
    unit_id: int | None
    region_id: int
    facts: Mapping[str, Any]  # answers to any field that the loop declares
    marks: Mapping[str, Any]  # facts that steps would have set, such as the day of hand-over


def import_matter(kind: str, past: Past, *, by: Actor, numbered: bool = True) -> Matter:
    """Open a matter as it stood; raises Refused or Incomplete with a sentence for the row."""
    loop = catalog().loop(kind)
    if not set(loop.open_by) & by.roles:
        raise NotYours(f"导入{loop.label}须由登记人员办理。")
    if past.happened_at > present():
        raise Refused("发生时间晚于现在，请核对。")
    known = loop.fields
    asked = {key: value for key, value in past.facts.items() if key in known}
    fields = tuple(known[key] for key in asked)
    if CONFIRMED in past.facts:
        asked[CONFIRMED] = past.facts[CONFIRMED]

    def prepare(case: Case) -> None:
        case.place_in(past.region_id)
        cleaned = clean_answers(fields, asked, case=case)
        case.facts.update({key: value for key, value in cleaned.items() if value is not None})
        case.facts.update(past.marks)
        case.set(IMPORTED, True)
        if case.facts.get("site"):
            case.about(int(case.facts["site"]))
        case.hand_to(past.unit_id)
        if numbered:
            case.take_number()

    return open_prepared(
        loop,
        by=by,
        now=past.happened_at,
        recorded_at=present(),
        at_stage=past.stage,
        prepare=prepare,
    )
