"""What a record of CDDY says of a point: its kind, its unit, its limits (T7 to T10)."""

from dataclasses import dataclass
from functools import cache, lru_cache
from math import isnan
from typing import Final, Literal

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.notation import number_of

ANALOGUE: Final = "MN"
_NAN: Final = float("nan")


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """One of the limits of a point: four of a definition, any number of a pack.

    `field` is the beginning of its fields' names in a definition, `sign` is 1 where large values
    raise it and −1 where small ones do.
    """

    kind: str
    level: str
    field: str
    sign: Literal[1, -1]


MACHINES: Final = (
    Machine(kind="upper_limit", level="alarm", field="upper_alarm", sign=1),
    Machine(kind="lower_limit", level="alarm", field="lower_alarm", sign=-1),
    Machine(kind="upper_limit", level="power_off", field="upper_power_off", sign=1),
    Machine(kind="lower_limit", level="power_off", field="lower_power_off", sign=-1),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """What a CDDY says of a point; `on` and `off` by machine, nan where no limit is set.

    `value_kind` is MN, KG and so on as it was told. `range_low` is nan without one; `still_s` is 0
    where a value may stand still for ever. `switched` are the machines whose `off` was not set or
    on the wrong side (T9).
    """

    sensor_type: str = ""
    value_kind: str = ""
    unit: str
    is_analogue: bool
    range_low: float
    on: tuple[float, ...]
    off: tuple[float, ...]
    silence_s: int
    still_s: int
    switched: tuple[Machine, ...] = ()


def definition_of(fields: list[str], *, dialect: Dialect) -> Definition:
    """The definition that a record of CDDY gives; limits are judged in its own unit (T9)."""
    told = tuple(fields[place] for place in _places(dialect))
    return _definition(told, dialect)


@cache
def _places(dialect: Dialect) -> tuple[int, ...]:
    layout = dialect.layouts["CDDY"]
    limits = (f"{one.field}_{end}" for one in MACHINES for end in ("on", "off"))
    names = ("sensor_type", "value_kind", "unit", "range_low", *limits)
    return tuple(layout.place(name) for name in names)


@lru_cache(maxsize=8_192)  # the points of a nation have few different limits
def _definition(told: tuple[str, ...], dialect: Dialect) -> Definition:
    sensor_type, kind, unit, low_text, *texts = told
    is_analogue = kind == ANALOGUE
    low, *limits = (_number(text, dialect) for text in (low_text, *texts))
    is_set = [is_analogue and one not in dialect.not_set and one != low for one in limits]
    ends = [one if known else _NAN for one, known in zip(limits, is_set, strict=True)]
    pairs = [
        _pair(on, off, machine.sign)
        for machine, on, off in zip(MACHINES, ends[::2], ends[1::2], strict=True)
    ]
    return Definition(
        sensor_type=sensor_type,
        value_kind=kind,
        unit=dialect.unit(unit, sensor_type=sensor_type),
        is_analogue=is_analogue,
        range_low=low,
        on=tuple(on for on, _off, _switched in pairs),
        off=tuple(off for _on, off, _switched in pairs),
        silence_s=dialect.silence_s(sensor_type),
        still_s=dialect.still_s(sensor_type) if is_analogue else 0,
        switched=tuple(machine for machine, pair in zip(MACHINES, pairs, strict=True) if pair[2]),
    )


def _number(text: str, dialect: Dialect) -> float:
    found = number_of(text, missing=dialect.missing)
    return _NAN if found is None else found


def _pair(on: float, off: float, sign: int) -> tuple[float, float, bool]:
    """On and off of a machine; off on the wrong side, or not set, is on."""
    if isnan(on):
        return on, on, False
    is_right = sign * off <= sign * on  # nan is never right
    return on, (off if is_right else on), not is_right
