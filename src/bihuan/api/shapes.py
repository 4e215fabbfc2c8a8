"""How a matter looks from outside: rows, facts, trail, clocks, steps."""

from collections.abc import Mapping
from typing import Any

from bihuan.api.field_schemas import schema_name
from bihuan.matters import trail
from bihuan.matters.case import Case
from bihuan.matters.clocks import deadline_of, explained, is_far
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.listings import rows_as_text, told_rows
from bihuan.matters.models import Entry, Matter, Timer
from bihuan.matters.naming import Names
from bihuan.matters.permission import offers
from bihuan.matters.reach import untold_facts, visible
from bihuan.matters.stories import Sentence, named_in_stories, told

type Shape = dict[str, Any]
_STATES = {
    Timer.State.RUNNING: "running",
    Timer.State.DONE: "done",
    Timer.State.CANCELLED: "cancelled",
    Timer.State.PAUSED: "paused",
}


def row_shape(row: Mapping[str, Any], *, at: Any) -> Shape:
    """One row of a list, from the columns of `matters.inbox.ROW`."""
    loop = catalog().loop(row["kind"])
    kept = ("kind", "number", "acceptance_number", "title", "stage", "category", "source")
    return {
        **{key: row[key] for key in (*kept, "severity", "opened_at", "closed_at", "is_open")},
        "id": to_code(row["id"]),
        "kind_label": loop.label,
        "stage_label": loop.stage(row["stage"]).label,
        "unit": named(row["unit_id"], row["unit__name"]),
        "site": named(row["site_id"], row["site__name"]),
        "due_at": None if is_far(row["due_at"]) else row["due_at"],
        "overdue": bool(row["is_open"] and row["late_from"] <= at),
    }


def matter_shape(case: Case, row: Mapping[str, Any]) -> Shape:
    """Everything about one matter that this actor may know."""
    names = Names.of_case(case)
    rows = Entry.objects.filter(matter_id=case.matter.pk).order_by("seq")
    lines = [trail.from_bytes(bytes(body)) for body in rows.values_list("body", flat=True)]
    sentences = told(lines, loop=case.loop, names=names)
    return {
        **row_shape({**row, "title": case.matter.title}, at=case.now),
        "seq": case.matter.last_seq,
        "trail": [_line(one, line) for one, line in zip(sentences, lines, strict=True)],
        "facts": _facts(case, names),
        "timers": [_timer(case, timer) for timer in case.timers.values()],
        "children": _children(case),
        **_steps(case),
    }


def _line(sentence: Sentence, line: trail.Line) -> Shape:
    return {
        "seq": sentence.seq,
        "at": sentence.at,
        "step": sentence.step,
        "who": line.actor,
        "words": sentence.whole,
    }


def taken_shape(matter: Matter) -> Shape:
    """What is told after a step."""
    loop = catalog().loop(matter.kind)
    kept = ("kind", "number", "acceptance_number", "stage", "is_open")
    return {
        **{key: getattr(matter, key) for key in kept},
        "id": to_code(matter.pk),
        "stage_label": loop.stage(matter.stage).label,
        "seq": matter.last_seq,
    }


def named(pk: int | None, name: str | None) -> Shape | None:
    """What an id stands for."""
    return {"id": pk, "name": name or ""} if pk else None


def _facts(case: Case, names: Names) -> list[Shape]:
    """Declared facts and those the stories tell, as far as the reader is told of them.

    Anything else, and all that is sealed, stays.
    """
    fields = case.loop.fields
    sealed = {field.key for step in case.loop.steps for field in step.asks if field.sealed}
    sealed |= {field.key for field in case.loop.opens_with if field.sealed}
    sealed |= untold_facts(case.by, loop=case.loop)
    shown = [*fields, *sorted(named_in_stories(case.loop) - set(fields))]
    names.read([{key: case.facts.get(key) for key in shown}], [])
    facts = [
        {
            "key": key,
            "label": fields[key].label if key in fields else key,
            "value": case.facts[key],
            "words": names.of(key, case.facts[key]),
        }
        for key in shown
        if key in case.facts and key not in sealed
    ]
    return [*facts, *_lists(case)]


def _lists(case: Case) -> list[Shape]:
    """Matters that this one names, each by its id where the reader sees it."""
    kept = [one for one in case.loop.lists if one.key in case.facts]
    rows = [told_rows(case.facts[one.key], by=case.by) for one in kept]
    return [
        {"key": one.key, "label": one.label, "value": told, "words": rows_as_text(told) or one.none}
        for one, told in zip(kept, rows, strict=True)
    ]


def _timer(case: Case, timer: Timer) -> Shape:
    deadline = deadline_of(case.loop, timer.key)
    kept = ("key", "started_at", "due_at", "late_from", "done_at")
    return {
        **{key: getattr(timer, key) for key in kept},
        "label": deadline.label if deadline else timer.key,
        "state": _STATES[Timer.State(timer.state)],
        "late": timer.late_at(case.now),
        "explanation": explained(timer, event=deadline.event if deadline else timer.key),
    }


def _children(case: Case) -> list[Shape]:
    found = visible(case.by).filter(parent_id=case.matter.pk).order_by("id")
    return [
        {
            "id": to_code(child.pk),
            "kind": child.kind,
            "kind_label": catalog().loop(child.kind).label,
            "stage": child.stage,
            "is_open": child.is_open,
        }
        for child in found
    ]


def _steps(case: Case) -> Shape:
    offered = offers(case)
    return {
        "allowed": [
            {
                "key": offer.step.key,
                "label": offer.step.label,
                "schema_name": schema_name(case.loop, offer.step),
            }
            for offer in offered
            if offer.is_allowed
        ],
        "refused": [
            {"key": offer.step.key, "label": offer.step.label, "reason": offer.refusal}
            for offer in offered
            if not offer.is_allowed
        ],
    }
