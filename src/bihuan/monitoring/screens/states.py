"""How a point stands now, in a word and a shape: over, near, silent, nothing read."""

from dataclasses import dataclass
from math import isnan
from typing import Final

from bihuan.telemetry.cddy import MACHINES, Definition
from bihuan.telemetry.notation import decimal_of, stamp_of

NEAR: Final = 0.8  # of a limit: from here on a point is shown as near it
UNCOUNTED: Final = 240
CALIBRATION: Final = 4
LONG_S: Final = 86_400
_BITS: Final = ((16, "分站故障"), (32, "不巡检"), (64, "暂停"), (128, "传感器故障"))
_LEVELS: Final = {"alarm": "报警", "power_off": "断电"}
_SIDES: Final = {"upper_limit": "≥", "lower_limit": "≤"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Newest:
    """The newest reading of a point."""

    at: int
    value: float | None
    status: int

    @property
    def counts(self) -> bool:
        """Whether it is judged (T6)."""
        return self.value is not None and not self.status & UNCOUNTED


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A state: `rank` orders, `shape` stands beside the word so that no colour is needed."""

    key: str
    word: str
    shape: str
    rank: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A limit of a definition as it is drawn and said."""

    kind: str
    level: str
    on: float
    off: float

    @property
    def label(self) -> str:
        """报警≥1."""
        return f"{_LEVELS[self.level]}{_SIDES[self.kind]}{decimal_of(self.on)}"

    def is_met(self, value: float) -> bool:
        """Whether a reading raises it."""
        return value >= self.on if self.kind == "upper_limit" else value <= self.on

    def is_near(self, value: float) -> bool:
        """Whether a reading has come to four fifths of it; below zero nothing is near."""
        if self.on <= 0:
            return False
        return value >= self.on * NEAR if self.kind == "upper_limit" else value <= self.on / NEAR


def limits_of(definition: Definition) -> tuple[Limit, ...]:
    """The limits that are set."""
    return tuple(
        Limit(kind=machine.kind, level=machine.level, on=on, off=off)
        for machine, on, off in zip(MACHINES, definition.on, definition.off, strict=True)
        if not isnan(on)
    )


def state_of(definition: Definition, newest: Newest | None, *, at: int) -> State:
    """How the point stands at a time; silence comes before everything that was read."""
    if newest is None:
        return State(key="none", word="无读数", shape="—", rank=4)
    if at - newest.at > definition.silence_s:
        words = f"断线，{stamp_of(newest.at)[5:16]}起"
        return State(key="silent", word=words, shape="✕", rank=2)
    if not newest.counts or newest.value is None:
        told = "、".join(word for bit, word in _BITS if newest.status & bit)
        return State(key="uncounted", word=told or "没有数值", shape="✕", rank=3)
    return _judged(limits_of(definition), newest.value, newest.status)


def _judged(limits: tuple[Limit, ...], value: float, status: int) -> State:
    met = [one for one in limits if one.is_met(value)]
    said = "（标校）" if status & CALIBRATION else ""
    if met:
        worst = next((one for one in met if one.level == "power_off"), met[0])
        return State(key="over", word=f"超过{worst.label}{said}", shape="▲", rank=0)
    near = next((one for one in limits if one.is_near(value)), None)
    if near:
        return State(key="near", word=f"接近{near.label}{said}", shape="△", rank=1)
    return State(key="fine", word=f"正常{said}", shape="", rank=5)
