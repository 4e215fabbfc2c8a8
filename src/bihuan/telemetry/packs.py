"""Limits of packs: by sensor type, judged beside the four of a definition (T12, T23).

A pack has machines of its own, so its episodes never stand in `episodes.csv`: they are of kind
`pack:<key>`.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import ANALOGUE, Definition, InForce, Machine, in_force
from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.limits import nothing_open, step
from bihuan.telemetry.series import Series

KIND: Final = "pack:"
ENDS: Final = 4
_RULES: Final = Path(__file__).parent / "rules"
METHANE: Final = _RULES / "methane.toml"
SWITCHES: Final = _RULES / "switches.toml"
_NAN: Final = float("nan")


class WrongLimit(ValueError):  # noqa: N818 - a sentence
    """A limit of a pack that can't be; the message is for the person who wrote the pack."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackLimit:
    """A limit for all points of some sensor types and one kind of value; delays in seconds.

    Analogue ones are judged in one unit; states of switches have none.
    """

    key: str
    level: str
    side: Literal["upper", "lower"]
    sensor_types: frozenset[str]
    unit: str
    on: float
    off: float
    on_delay_s: int = 0
    off_delay_s: int = 0
    value_kind: str = ANALOGUE

    @property
    def machine(self) -> Machine:
        """What steps over the readings."""
        sign: Literal[1, -1] = 1 if self.side == "upper" else -1
        return Machine(kind=f"{KIND}{self.key}", level=self.level, field="", sign=sign)


class OtherUnit(NamedTuple):
    """A definition of a point whose unit isn't the pack's; `is_judged` where it says no unit."""

    point: str
    moment: int
    key: str
    unit: str
    is_judged: bool


def limits_of(page: str, *, by: Dialect) -> tuple[PackLimit, ...]:
    """The limits that a TOML page tells; `WrongLimit` says what can't be."""
    told = tomllib.loads(page)["limits"]
    found = tuple(
        PackLimit(**{**one, "sensor_types": frozenset(one["sensor_types"])}) for one in told
    )
    demand(found, by=by)
    return found


@cache
def methane(by: Dialect) -> tuple[PackLimit, ...]:
    """The rule of 2.00 percent of methane (T23)."""
    return limits_of(METHANE.read_text("utf-8"), by=by)


@cache
def switches(by: Dialect) -> tuple[PackLimit, ...]:
    """States of switch points that people are told of, or that pairs of points are made of."""
    return limits_of(SWITCHES.read_text("utf-8"), by=by)


@cache
def rules(by: Dialect) -> tuple[PackLimit, ...]:
    """Everything that is judged whatever a mine's own definitions say."""
    return methane(by) + switches(by)


def pack_in_force(
    points: Sequence[str],
    defined: Mapping[str, Mapping[int, Definition]],
    *,
    limits: Sequence[PackLimit],
    by: Dialect,
) -> InForce:
    """The same rows as `in_force`, with the machines of the pack in place of the four.

    So a `Series` of one is a series of the other. `WrongLimit` says which limit can't be.
    """
    demand(limits, by=by)
    ends = [
        [ends_of(one, limit, by=by) for limit in limits]
        for point in points
        for _moment, one in sorted(defined[point].items())
    ]
    on, off, *delays = np.moveaxis(np.array(ends).reshape(-1, len(limits), ENDS), 2, 0)
    on_delay_s, off_delay_s = (_or_none(one.astype(np.int64)) for one in delays)
    return replace(
        in_force(points, defined),
        on=on,
        off=off,
        machines=tuple(one.machine for one in limits),
        on_delay_s=on_delay_s,
        off_delay_s=off_delay_s,
    )


def pack_episodes(counted: Series, definitions: InForce) -> list[Episode]:
    """The episodes of a pack in readings that count, those that still last included."""
    before = nothing_open(len(counted.first) - 1, machines=len(definitions.machines))
    ended, still_open = step(before, counted, definitions)
    return [*ended, *still_open.episodes(definitions.machines)]


def other_units(
    points: Iterable[str],
    defined: Mapping[str, Mapping[int, Definition]],
    *,
    limits: Sequence[PackLimit],
    by: Dialect,
) -> list[OtherUnit]:
    """Definitions of a pack's sensor types in another unit, for a person to look at (T7)."""
    return [
        OtherUnit(point, moment, limit.key, one.unit, is_judged=not one.unit)
        for point in points
        for moment, one in sorted(defined[point].items())
        for limit in limits
        if limit.value_kind == ANALOGUE
        and _is_of(one, limit)
        and one.unit != by.unit(limit.unit, sensor_type=one.sensor_type)
    ]


def demand(limits: Sequence[PackLimit], *, by: Dialect) -> None:
    """Look at limits before they judge; `WrongLimit` says which one can't be."""
    met: set[tuple[str, str]] = set()
    for one in limits:
        if (one.key, one.level) in met:
            raise WrongLimit(f"门限“{one.key}”：级别“{one.level}”写了两次，请给其中一条换个名字。")
        met.add((one.key, one.level))
        words = _objection(one, by)
        if words:
            raise WrongLimit(f"门限“{one.key}”：{words}")


def _objection(one: PackLimit, by: Dialect) -> str:
    """Why a limit can't be, empty when it can."""
    if one.value_kind not in by.choices["value_kind"]:
        return f"测点数值类型“{one.value_kind}”不认识。"
    if not np.isfinite((one.on, one.off)).all():
        return "on 和 off 都要是数。"
    if (one.off > one.on) if one.side == "upper" else (one.off < one.on):
        return "解除值 off 的方向不对：上限的不能高于 on，下限的不能低于 on。"
    if one.on_delay_s < 0 or one.off_delay_s < 0:
        return "延时不能是负数，单位是秒。"
    gases = sorted(one.sensor_types & by.gases)
    if gases and (one.on_delay_s or one.off_delay_s):
        return f"传感器类型 {'、'.join(gases)} 是气体，气体报警不能延时，请把两个延时都写成 0。"
    return ""


def _is_of(one: Definition, limit: PackLimit) -> bool:
    return one.value_kind == limit.value_kind and one.sensor_type in limit.sensor_types


def ends_of(one: Definition, limit: PackLimit, *, by: Dialect) -> tuple[float, float, int, int]:
    """On, off and delays (seconds) under one definition, nan where it isn't judged.

    A unit that isn't told is taken for the pack's; that of a switch is nothing.
    """
    wanted = by.unit(limit.unit, sensor_type=one.sensor_type)
    is_other = limit.value_kind == ANALOGUE and one.unit not in ("", wanted)
    if is_other or not _is_of(one, limit):
        return _NAN, _NAN, 0, 0
    return limit.on, limit.off, limit.on_delay_s, limit.off_delay_s


def _or_none(delays: NDArray[np.int64]) -> NDArray[np.int64] | None:
    return delays if delays.any() else None
