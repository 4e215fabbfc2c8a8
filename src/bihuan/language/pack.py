"""Packs: the numbers, dates and lists of one document, so that a declaration never holds one."""

import datetime as dt
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bihuan.language.parameter import (
    Kind,
    Ladder,
    LadderRung,
    Option,
    Origin,
    ParameterValue,
    parse_value,
    plain_value,
    shown,
)

__all__ = [
    "Kind",
    "Ladder",
    "LadderRung",
    "Option",
    "Origin",
    "Pack",
    "PackFault",
    "Parameter",
    "ParameterValue",
    "Value",
    "parse_pack",
    "plain_pack",
    "read_pack",
]


class PackFault(Exception):  # noqa: N818  a fault is the word of the whole language
    """A pack breaks its form; `faults` lists everything found at once."""

    def __init__(self, place: str, faults: tuple[str, ...]) -> None:
        super().__init__(f"{place}: " + "; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One named value of a pack with the clauses it comes from.

    `choices`, when given, are the only values a bureau may set locally.
    """

    key: str
    label: str
    kind: Kind
    value: ParameterValue
    origin: Origin
    basis: tuple[str, ...] = ()
    note: str = ""
    choices: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A document with its place, its own period (history) and its parameters.

    `version` is a digest of the content: another content is another version.
    """

    key: str
    title: str
    document: str
    place_name: str
    issued_on: dt.date | None
    period_from: dt.date | None
    period_until: dt.date | None
    parameters: tuple[Parameter, ...]
    version: str
    note: str = ""

    def parameter(self, key: str) -> Parameter | None:
        """The parameter of that key, or None when the document doesn't speak of it."""
        return next((entry for entry in self.parameters if entry.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Value:
    """What holds for a key at a place on a day, and where it comes from.

    `version` names the exact pack version or local setting, for a timer to keep.
    """

    key: str
    value: ParameterValue
    origin: Origin
    kind: Kind | None = None
    label: str = ""
    version: str = ""
    basis: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_set(self) -> bool:
        """Whether there is a value at all; 0 and False are values."""
        return self.value is not None

    @property
    def text(self) -> str:
        """The value with its unit as a user reads it, or 未设定."""
        return shown(self.kind or Kind.TEXT, self.value)

    @property
    def amount(self) -> int:
        """The value as a whole amount of days, hours, minutes or pieces."""
        return _checked(self, int)

    @property
    def options(self) -> tuple[Option, ...]:
        """The entries of a list."""
        return _checked(self, tuple)

    @property
    def ladder(self) -> Ladder:
        """The ladder."""
        return _checked(self, Ladder)

    @property
    def flag(self) -> bool:
        """True or false."""
        return _checked(self, bool)

    @property
    def date(self) -> dt.date:
        """The day."""
        return _checked(self, dt.date)


def _checked[T](value: Value, wanted: type[T]) -> T:
    held = value.value
    if not isinstance(held, wanted) or (wanted is int and isinstance(held, bool)):
        raise TypeError(f"{value.key!r} holds {held!r}, not {wanted.__name__}")
    return held


def read_pack(path: Path) -> Pack:
    """Read one TOML file; PackFault lists every fault of the file at once."""
    try:
        plain = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackFault(path.name, (f"isn't valid TOML: {error}",)) from error
    if plain.get("key") != path.stem:
        fault = f"key {plain.get('key')!r} differs from the file name"
        raise PackFault(path.name, (fault, *_faults_of(plain)))
    return parse_pack(plain)


def parse_pack(plain: Mapping[str, object]) -> Pack:
    """The pack held by plain data; PackFault lists every fault at once."""
    reader = _Reader(plain)
    pack = reader.pack()
    if reader.faults:
        raise PackFault(str(plain.get("key")), tuple(reader.faults))
    return pack


def plain_pack(pack: Pack) -> dict[str, object]:
    """The pack as JSON holds it; `parse_pack` reads it back."""
    plain: dict[str, object] = {name: getattr(pack, name) for name in (*_TEXTS, "note")}
    for name in _DATES:
        held = getattr(pack, name)
        if held:
            plain[name] = held.isoformat()
    plain["parameters"] = {entry.key: _plain_parameter(entry) for entry in pack.parameters}
    return plain


def _plain_parameter(parameter: Parameter) -> dict[str, object]:
    plain: dict[str, object] = {
        "label": parameter.label,
        "kind": str(parameter.kind),
        "origin": str(parameter.origin),
        "basis": list(parameter.basis),
    }
    if parameter.value is not None:
        plain["value"] = plain_value(parameter.value)
    if parameter.note:
        plain["note"] = parameter.note
    if parameter.choices:
        plain["choices"] = list(parameter.choices)
    return plain


_TEXTS = ("key", "title", "document", "place_name")
_DATES = ("issued_on", "period_from", "period_until")
_KNOWN = {*_TEXTS, *_DATES, "note", "parameters"}
_PARAMETER_KNOWN = {"label", "kind", "value", "origin", "basis", "note", "choices"}
_PARAMETER_KEY = re.compile(r"^[a-z]+(\.[a-z][a-z0-9_]*)+$")
_CLAUSE = re.compile(r"^[A-Z]{2}-[A-Z0-9]+(-[A-Z0-9]+)*$")


def _faults_of(plain: Mapping[str, object]) -> tuple[str, ...]:
    reader = _Reader(plain)
    reader.pack()
    return tuple(reader.faults)


class _Reader:
    """Reads plain data into a pack and gathers faults instead of stopping at the first."""

    def __init__(self, plain: Mapping[str, object]) -> None:
        self.plain = plain
        self.faults: list[str] = []

    def pack(self) -> Pack:
        for name in sorted(set(self.plain) - _KNOWN):
            self.faults.append(f"doesn't know {name!r}")
        texts = {name: self._text(name) for name in _TEXTS}
        dates = {name: self._date(name) for name in _DATES}
        start, end = dates["period_from"], dates["period_until"]
        if start and end and end < start:
            self.faults.append(f"period_until {end} is before period_from {start}")
        parameters = self._parameters()
        note = str(self.plain.get("note", ""))
        return Pack(
            key=texts["key"],
            title=texts["title"],
            document=texts["document"],
            place_name=texts["place_name"],
            issued_on=dates["issued_on"],
            period_from=start,
            period_until=end,
            parameters=parameters,
            version=_digest(self.plain),
            note=note,
        )

    def _text(self, name: str) -> str:
        held = self.plain.get(name)
        if not isinstance(held, str) or not held.strip():
            self.faults.append(f"{name!r} needs a text")
            return ""
        return held

    def _date(self, name: str) -> dt.date | None:
        held = self.plain.get(name)
        if held is None:
            return None
        try:
            day = parse_value(Kind.DATE, held)
        except ValueError as error:
            self.faults.append(f"{name!r} {error}")
            return None
        return day if isinstance(day, dt.date) else None

    def _parameters(self) -> tuple[Parameter, ...]:
        tables = self.plain.get("parameters")
        if not isinstance(tables, Mapping) or not tables:
            self.faults.append("'parameters' needs at least one table")
            return ()
        found = [self._parameter(key, table) for key, table in tables.items()]
        return tuple(entry for entry in found if entry)

    def _parameter(self, key: str, table: object) -> Parameter | None:
        faults, parameter = _read_parameter(key, table)
        self.faults += [f"{key!r} {fault}" for fault in faults]
        return parameter


def _read_parameter(key: str, table: object) -> tuple[list[str], Parameter | None]:
    if not isinstance(table, Mapping):
        return ["needs a table"], None
    faults = [f"doesn't know {name!r}" for name in sorted(set(table) - _PARAMETER_KNOWN)]
    if not _PARAMETER_KEY.match(key):
        faults.append("isn't a key like 'lead.feedback_days'")
    if not str(table.get("label", "")).strip():
        faults.append("needs a label")
    faults += _basis_faults(table)
    if table.get("kind") not in set(Kind):
        return [*faults, f"has the unknown kind {table.get('kind')!r}"], None
    kind = Kind(table["kind"])
    choices, choice_faults = _read_choices(table)
    value, value_faults = _read_value(kind, table, choices)
    faults += choice_faults + value_faults
    if faults:
        return faults, None
    return [], Parameter(
        key=key,
        label=table["label"],
        kind=kind,
        value=value,
        origin=Origin(table["origin"]),
        basis=tuple(table.get("basis", ())),
        note=table.get("note", ""),
        choices=choices,
    )


def _basis_faults(table: Mapping[str, object]) -> list[str]:
    faults = []
    origin, basis = table.get("origin"), table.get("basis", [])
    if origin not in {Origin.SOURCE, Origin.DEFAULT, Origin.UNSET}:
        faults.append(f"has the origin {origin!r}; a file gives source, default or unset")
    if not isinstance(basis, list) or not all(_CLAUSE.match(str(entry)) for entry in basis):
        faults.append(f"has the basis {basis!r}; clause ids are needed")
    elif origin == Origin.SOURCE and not basis:
        faults.append("comes from the source and needs its clauses in basis")
    if origin == Origin.DEFAULT and not table.get("note"):
        faults.append("is our default and needs a note that says so")
    return faults


def _read_value(
    kind: Kind, table: Mapping[str, object], choices: tuple[int, ...]
) -> tuple[ParameterValue, list[str]]:
    plain, is_unset = table.get("value"), table.get("origin") == Origin.UNSET
    if is_unset:
        return None, ["is unset and can't hold a value"] if plain is not None else []
    if plain is None:
        return None, ["needs a value, or the origin unset"]
    try:
        value = parse_value(kind, plain)
    except ValueError as error:
        return None, [str(error)]
    if choices and value not in choices:
        return value, [f"holds {value!r}, which isn't among its choices"]
    return value, []


def _read_choices(table: Mapping[str, object]) -> tuple[tuple[int, ...], list[str]]:
    plain = table.get("choices", [])
    if not isinstance(plain, list) or not all(type(entry) is int for entry in plain):
        return (), [f"has the choices {plain!r}; whole numbers are needed"]
    return tuple(plain), []


def _digest(plain: Mapping[str, object]) -> str:
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
