"""Other matters that a matter names as they stood then, each with its link where one may see it."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from bihuan.accounts.actors import Actor
from bihuan.language.loop import Listing, Loop, Step
from bihuan.matters.case import Case
from bihuan.matters.listings import told_rows


def lists_of(case: Case) -> list[dict[str, Any]]:
    """What was kept, as a card each."""
    kept = [one for one in case.loop.lists if one.key in case.facts]
    return [_card(one, case.facts[one.key], by=case.by, when="当时") for one in kept]


def lists_at_opening(loop: Loop, *, by: Actor, now: datetime) -> list[dict[str, Any]]:
    """What will be kept when a matter of this kind is opened now."""
    return [
        _card(one, one.find(by, now, None), by=by, when="现在")
        for one in loop.lists
        if not one.step
    ]


def lists_at_step(case: Case, step: Step) -> list[dict[str, Any]]:
    """What was kept, and what the step will keep when it is taken now."""
    opened_at = case.matter.opened_at
    coming = [
        _card(one, one.find(case.by, case.now, opened_at), by=case.by, when="现在")
        for one in case.loop.lists
        if one.step == step.key and one.key not in case.facts
    ]
    return [*lists_of(case), *coming]


def _card(one: Listing, kept: Any, *, by: Actor, when: str) -> dict[str, Any]:
    rows = [_entry(row, when=when) for row in told_rows(kept, by=by)]
    return {"key": one.key, "label": one.label, "none": one.none, "rows": rows}


def _entry(row: dict[str, Any], *, when: str) -> dict[str, Any]:
    """The stage is told in words: what stands at the end of a row isn't printed."""
    stage = f"{when}：{row['state']}" if row["state"] else ""
    return {
        "title": row["title"],
        "sub": "；".join(filter(None, (row["sub"], stage))),
        "url": reverse("desk:matter", args=[row["id"]]) if row["id"] else "",
    }
