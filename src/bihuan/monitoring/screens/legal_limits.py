"""The limits that the safety rules give by place, and how a point's own compare with them.

A place is matched by its name alone: where none of a limit's names stands in it, or the names of
two limits with different values, the point is not matched and is listed as such.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from bihuan.monitoring.screens.states import limits_of
from bihuan.telemetry.notation import decimal_of
from bihuan.telemetry.store.glance import Described


@dataclass(frozen=True, kw_only=True)
class LegalLimit:
    """What holds at a place; None where the rules give none. `alarm` and `power_off`: from on."""

    kind: str
    place: str
    names: tuple[str, ...]
    alarm: float
    power_off: float | None = None
    restore: float | None = None

    @property
    def values(self) -> tuple[float | None, ...]:
        """What two limits differ by."""
        return self.alarm, self.power_off, self.restore


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A kind of gas with its unit and the sensors that measure it."""

    key: str
    label: str
    unit: str
    sensor_types: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The table with where it comes from."""

    label: str
    number: str
    issued_on: date
    holds_from: date
    read_on: date
    caution: str
    limits: tuple[LegalLimit, ...]
    kinds: tuple[Measured, ...]

    def kind_of(self, said: Described) -> Measured | None:
        """What the point measures, None where the table says nothing of it or of its unit."""
        one = said.definition
        for kind in self.kinds:
            if one.sensor_type in kind.sensor_types and one.unit == kind.unit:
                return kind
        return None


@cache
def rules_in(path: Path) -> Rules:
    """The table of a file of `data/limits`."""
    told = tomllib.loads(path.read_text("utf-8"))
    return Rules(
        **{key: told[key] for key in ("label", "number", "issued_on", "holds_from", "read_on")},
        caution=told["caution"],
        limits=tuple(LegalLimit(**{**one, "names": tuple(one["names"])}) for one in told["limits"]),
        kinds=tuple(
            Measured(key=key, **{**one, "sensor_types": frozenset(one["sensor_types"])})
            for key, one in told["kinds"].items()
        ),
    )


def limit_at(place: str, kind: str, *, rules: Rules) -> LegalLimit | None:
    """The limit whose name stands in a place's; the longest name counts, and two that differ don't.

    So 采煤工作面回风巷 is not taken for 采煤工作面, and a name of two places is nobody's.
    """
    met = [
        (len(name), one)
        for one in rules.limits
        if one.kind == kind
        for name in one.names
        if name in place
    ]
    longest = max((length for length, _one in met), default=0)
    found = [one for length, one in met if length == longest]
    return found[0] if len({one.values for one in found}) == 1 else None


def laxer_words(said: Described, rule: LegalLimit) -> str:
    """Where the point's own limits let more pass than the rule; empty where nowhere."""
    own = {one.level: one for one in limits_of(said.definition) if one.kind == "upper_limit"}
    found = [
        *_laxer("报警", own["alarm"].on if "alarm" in own else None, rule.alarm),
        *_laxer("断电", own["power_off"].on if "power_off" in own else None, rule.power_off),
    ]
    if rule.restore is not None and "power_off" in own and own["power_off"].off > rule.restore:
        restored = decimal_of(own["power_off"].off)
        found.append(f"复电值 {restored}，规程 <{decimal_of(rule.restore)}")
    return "；".join(found)


def _laxer(label: str, own: float | None, rule: float | None) -> Sequence[str]:
    if rule is None or (own is not None and own <= rule):
        return ()
    return (
        f"{label}值{'未设' if own is None else f' {decimal_of(own)}'}，规程 ≥{decimal_of(rule)}",
    )
