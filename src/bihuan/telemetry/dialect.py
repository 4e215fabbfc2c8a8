"""A dialect: field orders, dictionaries, units and times of one family of files, from TOML."""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dialects"
STANDARD = "mt1201"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One field of a record: its form is a key of `forms.FORMS` or of the dialect's choices."""

    name: str
    label: str
    form: str
    is_required: bool


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The fields of a record of some kinds of file, in order."""

    label: str
    columns: tuple[Column, ...]

    def place(self, name: str) -> int:
        """Where a field stands, counted from 0; `KeyError` when there is none of that name."""
        for index, column in enumerate(self.columns):
            if column.name == name:
                return index
        raise KeyError(name)


@dataclass(frozen=True, kw_only=True, eq=False)
class Dialect:
    """What a family of files says and how long its silences may be; seconds throughout."""

    label: str
    missing: float
    not_set: tuple[float, ...]
    period_s: int
    silence_min_s: int
    periods_s: dict[str, int]
    persons_stale_s: int
    frozen_s: int
    frozen_by_type_s: dict[str, int]
    units: dict[str, str]
    bare_units: dict[tuple[str, str], str]
    gases: frozenset[str]
    sensors: dict[str, str]
    abnormal_levels: dict[str, str]
    choices: dict[str, dict[str, str]]
    layouts: dict[str, Layout]
    headers: dict[str, tuple[str, ...]]
    unparsed: dict[str, str]

    def silence_s(self, sensor_type: str) -> int:
        """A longer gap between two readings is a disconnection (T14)."""
        return max(self.silence_min_s, 3 * self.sent_every_s(sensor_type))

    def sent_every_s(self, sensor_type: str) -> int:
        """How often a point of that type is sent."""
        return self.periods_s.get(sensor_type, self.period_s)

    def still_s(self, sensor_type: str) -> int:
        """One value for so long is frozen (T15); 0 turns it off."""
        return self.frozen_by_type_s.get(sensor_type, self.frozen_s)

    def unit(self, text: str, *, sensor_type: str = "") -> str:
        """The one writing of a unit (T7); at a sensor of that type, if it is said."""
        plain = unicodedata.normalize("NFKC", text)
        return self.bare_units.get((plain, sensor_type), self.units.get(plain, plain))

    def bare_unit(self, unit: str, *, sensor_type: str) -> str:
        """What stands for a unit at a sensor of that type without its gas, else the unit."""
        for (bare, of_type), told in self.bare_units.items():
            if (of_type, told) == (sensor_type, unit):
                return bare
        return unit


@cache
def dialect(name: str = STANDARD) -> Dialect:
    """The dialect of that name; `FileNotFoundError` when there is none."""
    told = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    timing = told["timing"]
    return Dialect(
        label=told["label"],
        missing=told["values"]["missing"],
        not_set=tuple(told["values"]["not_set"]),
        period_s=timing["period_s"],
        silence_min_s=timing["silence_min_s"],
        periods_s=timing["periods_s"],
        persons_stale_s=timing["persons_stale_s"],
        frozen_s=timing["frozen_min"] * 60,
        frozen_by_type_s={key: 60 * held for key, held in timing["frozen_by_type_min"].items()},
        units=_writings(told["units"]),
        bare_units={
            (bare, of_type): unit
            for bare, held in told["bare_units"].items()
            for of_type, unit in held.items()
        },
        gases=frozenset(told["gases"]["sensor_types"]),
        sensors=told["sensors"],
        abnormal_levels=told["abnormal_levels"],
        choices=told["choices"],
        layouts=_layouts(told["layouts"]),
        headers={kind: tuple(held["fields"]) for kind, held in told["headers"].items()},
        unparsed=told["unparsed"],
    )


def _writings(units: dict[str, list[str]]) -> dict[str, str]:
    """Every writing, NFKC, and the one that stands for it."""
    return {
        unicodedata.normalize("NFKC", other): unicodedata.normalize("NFKC", one)
        for one, others in units.items()
        for other in (one, *others)
    }


def _layouts(told: dict[str, Any]) -> dict[str, Layout]:
    """By kind of file."""
    found: dict[str, Layout] = {}
    for held in told.values():
        columns = tuple(
            Column(name=name, label=label, form=form, is_required=must == "must")
            for name, label, form, must in held["fields"]
        )
        found |= dict.fromkeys(held["kinds"], Layout(label=held["label"], columns=columns))
    return found
