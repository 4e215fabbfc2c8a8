"""JSON schema of fields and of what a step asks, made from the declaration."""

from collections.abc import Callable
from datetime import date
from typing import Any

from bihuan.language.field import LONG_TEXT_MAX, TEXT_MAX, Field, Kind
from bihuan.language.loop import Loop, Step
from bihuan.language.parameter import Option
from bihuan.regulations.values import value_of

type JsonSchema = dict[str, Any]
type OptionsOf = Callable[[Field], tuple[Option, ...]]
_ID = {"type": "integer", "minimum": 1, "maximum": 2**53}
_SHAPES: dict[Kind, JsonSchema] = {
    Kind.INTEGER: {"type": "integer"},
    Kind.AMOUNT: {"type": "string", "pattern": r"^\d{1,12}(\.\d{1,2})?$"},
    Kind.NUMBER: {"type": "string", "pattern": r"^-?\d{1,12}(\.\d{1,6})?$"},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.YES_NO: {"type": "boolean"},
    Kind.FILES: {"type": "array", "items": _ID, "description": "已上传附件的编号"},
    Kind.UNIT: _ID,
    Kind.REGION: _ID,
    Kind.SITE: _ID,
    Kind.PERSON: _ID,
    Kind.MATTER: {"type": "string", "maxLength": TEXT_MAX, "description": "事项编号或编码"},
}


def declared_options(field: Field) -> tuple[Option, ...]:
    """Options written in the declaration; an open list has none there."""
    return () if field.options_param else field.options


def options_at(path: tuple[int, ...], *, on: date) -> OptionsOf:
    """Options as in force at a place on a day."""

    def found(field: Field) -> tuple[Option, ...]:
        if not field.options_param:
            return field.options
        value = value_of(field.options_param, region_path=path, on=on) if path else None
        return value.options if value and value.is_set else field.options

    return found


def field_schema(field: Field, *, options: tuple[Option, ...] = ()) -> JsonSchema:
    """The schema of one field: what it takes in its plainest form."""
    shape: JsonSchema = {"title": field.label, **_shape(field, options)}
    hint = "；".join(part for part in (field.hint, _open_list(field)) if part)
    if hint and "description" not in shape:
        shape["description"] = hint
    if field.unit:
        shape["x-unit"] = field.unit
    if options:
        shape["x-labels"] = {option.key: option.label for option in options}
    return shape


def asked_schema(
    fields: tuple[Field, ...], *, title: str, options_of: OptionsOf = declared_options
) -> JsonSchema:
    """The schema of the answers to several fields; what is sealed is never asked here."""
    asked = [field for field in fields if not field.sealed]
    properties = {field.key: field_schema(field, options=options_of(field)) for field in asked}
    if any(field.personal for field in asked):
        properties["confirmed"] = {
            "type": "array",
            "items": {"type": "string", "enum": [f.key for f in asked if f.personal]},
            "description": "经人核对、确认不含个人信息的项",
        }
    return {
        "title": title,
        "type": "object",
        "properties": properties,
        "required": [field.key for field in asked if field.required],
        "additionalProperties": False,
    }


def schema_name(loop: Loop, step: Step | None = None) -> str:
    """The name under which the document holds what a step, or opening, asks."""
    return f"{loop.key}.{step.key if step else 'open'}"


def step_schemas(loops: tuple[Loop, ...]) -> dict[str, JsonSchema]:
    """A schema per step of every loop, and one for opening it."""
    found: dict[str, JsonSchema] = {}
    for loop in loops:
        if loop.open_by:
            title = f"登记{loop.label}"
            found[schema_name(loop)] = asked_schema(loop.opens_with, title=title)
        for step in loop.steps:
            title = f"{loop.label}：{step.label}"
            found[schema_name(loop, step)] = asked_schema(step.asks, title=title)
    return found


def _shape(field: Field, options: tuple[Option, ...]) -> JsonSchema:
    if field.kind is Kind.CHOICE:
        return _choice(field, options)
    if field.kind is Kind.CHOICES:
        return {"type": "array", "items": _choice(field, options)}
    if field.kind in _SHAPES:
        return dict(_SHAPES[field.kind])
    limit = LONG_TEXT_MAX if field.kind is Kind.LONG_TEXT else TEXT_MAX
    return {"type": "string", "maxLength": field.max_length or limit}


def _choice(field: Field, options: tuple[Option, ...]) -> JsonSchema:
    if options and not field.free:
        return {"type": "string", "enum": [option.key for option in options]}
    return {"type": "string", "maxLength": field.max_length or TEXT_MAX}


def _open_list(field: Field) -> str:
    return "可选项由本地设定，见 GET /api/v1/kinds" if field.options_param else ""
