"""Declared fields as form controls, and what a form sent as answers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from bihuan.desk.choices import Choices, options_at
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import LONG_TEXT_MAX, TEXT_MAX, Field, Kind
from bihuan.matters.moment import now

WHOLE_FROM = 80  # characters from which a text that must be given takes the whole row
SELECT_FROM = 6  # with more options than this a list is easier to use than cards
_MANY = (Kind.CHOICES, Kind.FILES)


def control(
    field: Field,
    *,
    choices: Choices,
    on: date,
    typed: Mapping[str, Any],
    faults: Mapping[str, str],
) -> dict[str, Any]:
    """One control of a form, with what was typed and what was wrong with it."""
    drawn: dict[str, Any] = {
        "name": field.key,
        "label": field.label,
        "kind": field.kind.value,
        "required": field.required,
        "optional": not field.required,
        "hint": field.hint,
        "unit": field.unit,
        "error": faults.get(field.key, ""),
        "value": typed.get(field.key, _proposed(field)),
    }
    known = _known(field, choices=choices, on=on)
    if known is not None:
        many = len(known) > SELECT_FROM or field.kind is not Kind.CHOICE
        drawn["options"] = [{"value": key, "label": label} for key, label in known]
        drawn |= {} if field.kind is Kind.CHOICES else {"kind": "choice"}
        drawn["look"] = "two" if field.kind is Kind.CHOICES else "select" if many else "row"
    if field.kind in (Kind.TEXT, Kind.LONG_TEXT):
        limit = LONG_TEXT_MAX if field.kind is Kind.LONG_TEXT else TEXT_MAX
        drawn["maxlength"] = field.max_length or limit
        drawn["whole"] = field.required and drawn["maxlength"] >= WHOLE_FROM
    return drawn


def _proposed(field: Field) -> Any:
    """What an untouched form holds: nothing, or the present minute where a field asks for it."""
    if field.is_now:
        return f"{now().astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    return [] if field.kind in _MANY else ""


def answers_from(sent: QueryDict, fields: tuple[Field, ...]) -> dict[str, Any]:
    """Answers by key as the form sent them; a list where several may be chosen."""
    return {
        field.key: sent.getlist(field.key) if field.kind in _MANY else sent.get(field.key, "")
        for field in fields
        if field.key in sent
    }


def _known(field: Field, *, choices: Choices, on: date) -> list[tuple[str, str]] | None:
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        options = options_at(field, region_path=choices.region_path, on=on)
        return [(option.key, option.label) for option in options]
    if field.kind is Kind.UNIT:
        return [(str(key), name) for key, name in choices.units.items()]
    if field.kind is Kind.REGION:
        return [(str(key), name) for key, name in choices.townships.items()]
    return None
