"""What shapes a statement, and what is only a value in it: arguments taken apart and put back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Final

_SHAPES: Final = "shapes"
_known_fields: dict[type[Any], tuple[tuple[str, bool], ...]] = {}


def shaping(**options: Any) -> Any:
    """A field of a dataclass whose value decides how the statement reads, such as a role."""
    return field(metadata={_SHAPES: True}, **options)


@dataclass(frozen=True, slots=True)
class Parts:
    """Arguments taken apart: the shape they give a statement, and the values that go into it."""

    shape: tuple[Any, ...]
    values: tuple[Any, ...]


def taken_apart(arguments: Sequence[Any]) -> Parts:
    """Take arguments apart.

    None, truths, the empty text and 0 shape the statement, since builders ask for them by `if`.
    So do classes, the length of a tuple, a field marked as `shaping`, and which values of one
    argument are equal: a builder may put them into a set.
    """
    shape: list[Any] = []
    values: list[Any] = []
    for argument in arguments:
        _visit(argument, shape=shape, values=values, known={})
    return Parts(shape=tuple(shape), values=tuple(values))


def put_together(arguments: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """The same arguments with other values in the places of theirs."""
    given = iter(values)
    return [_rebuilt(argument, given=given, known={}) for argument in arguments]


def _visit(value: Any, *, shape: list[Any], values: list[Any], known: dict[Any, int]) -> None:
    kind = type(value)
    if _is_structure(value):
        shape.append(("is", kind, value))
    elif kind is tuple:
        shape.append(len(value))
        for item in value:
            _visit(item, shape=shape, values=values, known=known)
    elif is_dataclass(value):
        shape.append(kind)
        for name, is_shaping in _fields(kind):
            inner = getattr(value, name)
            if is_shaping:
                shape.append(inner)
            else:
                _visit(inner, shape=shape, values=values, known=known)
    else:
        place = known.get((kind, value))
        if place is None:
            known[kind, value] = place = len(values)
            values.append(value)
        shape.append((kind, place))


def _rebuilt(value: Any, *, given: Iterator[Any], known: dict[Any, Any]) -> Any:
    kind = type(value)
    if _is_structure(value):
        return value
    if kind is tuple:
        return tuple(_rebuilt(item, given=given, known=known) for item in value)
    if is_dataclass(value):
        inner = {
            name: _rebuilt(getattr(value, name), given=given, known=known)
            for name, is_shaping in _fields(kind)
            if not is_shaping
        }
        return replace(value, **inner)  # type: ignore[type-var]
    if (kind, value) not in known:
        known[kind, value] = next(given)
    return known[kind, value]


def _is_structure(value: Any) -> bool:
    return value is None or isinstance(value, (bool, type)) or value in ("", 0)


def _fields(kind: type[Any]) -> tuple[tuple[str, bool], ...]:
    known = _known_fields.get(kind)
    if known is None:
        known = tuple((one.name, _SHAPES in one.metadata) for one in fields(kind))
        _known_fields[kind] = known
    return known
