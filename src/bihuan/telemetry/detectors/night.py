"""Work hidden while a mine is ordered shut: evidence of several days from power and gas.

A named second method beside the exact rules, never instead of them. Each day under an order has
three blocks of eight hours. A block's power is told as a share of what production draws, against
what this mine draws in such a block when it rests. What lies above that is summed over days with
a steady deduction (CUSUM) and fades, so that faint work is found after some nights. Gas that
rises with power adds weight; rain and water, repairs and trials on record take it away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from statistics import median, quantiles

HOURS_MIN = 4  # of a block's eight: with fewer nothing is said
SCALE_HOURS_MIN = 200
QUIET_MIN = 4


class Block(StrEnum):
    """The three blocks, each by the day on which it ends."""

    NIGHT = "night"  # 22–06
    MORNING = "morning"  # 06–14
    AFTERNOON = "afternoon"  # 14–22


BEGINS = {Block.NIGHT: -2, Block.MORNING: 6, Block.AFTERNOON: 14}  # hours of the day it ends on


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What was tuned on the open regimes."""

    drift: float = 0.12  # of production, taken off each block
    gas_weight: float = 0.7
    gas_drift: float = 0.08
    contrast_weight: float = 0.5  # of the block against the quietest hours of its day
    alarm: float = 0.20
    cap: float = 0.30  # of one block, however strong
    storm_loss: float = 0.2  # share that is left on days of rain or much water
    quiet_level: float = 0.15  # what a resting mine draws, where this one wasn't seen resting
    decay: float = 0.75  # of the sum from block to block
    rest_days: int = 10  # no second proposal sooner


@dataclass(frozen=True, kw_only=True)
class Hour:
    """What was told of an hour; None where it wasn't."""

    kwh: float | None
    methane: float | None


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What the mine draws and breathes at rest and at work."""

    low_kwh: float
    high_kwh: float
    low_gas: float
    high_gas: float

    def power(self, kwh: float) -> float:
        """As a share of what production adds."""
        return (kwh - self.low_kwh) / max(self.high_kwh - self.low_kwh, 1e-9)

    def gas(self, percent: float) -> float:
        """As a share of what production adds; nothing where gas isn't told."""
        if self.high_gas <= self.low_gas:
            return 0.0
        return (percent - self.low_gas) / (self.high_gas - self.low_gas)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A block as it was known when it was judged."""

    day: date
    block: Block
    power: float | None  # share of production
    contrast: float | None  # the same, above the quietest hours around
    gas: float | None  # rise of gas above the quietest hours around
    is_stormy: bool = False
    is_on_record: bool = False  # repairs, trials, new machines told beforehand


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """A proposal: since when, on which block it was sure, and how much came together."""

    since: date
    day: date
    block: Block
    strength: float
    by_night: bool


@dataclass(kw_only=True)
class Sum:
    """The running sum of an order."""

    settings: Settings
    quiet: dict[Block, list[float]] = field(default_factory=dict)
    contrasts: dict[Block, list[float]] = field(default_factory=dict)
    value: float = 0.0
    since: date | None = None
    blocks: list[Block] = field(default_factory=list)

    def add(self, seen: Seen) -> None:
        """One more block."""
        gain = self._gain(seen)
        if gain is None:
            return
        self.value = max(0.0, self.value * self.settings.decay + gain)
        if self.value == 0.0:
            self.since, self.blocks = None, []
        elif gain > 0:
            self.since = self.since or seen.day
            self.blocks.append(seen.block)
        if gain <= 0 and seen.power is not None and not seen.is_on_record:
            self.remember(seen)

    def _gain(self, seen: Seen) -> float | None:
        one = self.settings
        if seen.power is None or seen.is_on_record:
            return None
        level = seen.power - self._usual(self.quiet, seen.block)
        excess = level
        if seen.contrast is not None:
            contrast = seen.contrast - self._usual(self.contrasts, seen.block)
            excess = (1 - one.contrast_weight) * level + one.contrast_weight * contrast
        gas = 0.0 if seen.gas is None else max(0.0, seen.gas - one.gas_drift)
        gain = excess - one.drift
        if seen.is_stormy and gain > 0:
            gain *= one.storm_loss
        return min(gain + one.gas_weight * gas, one.cap)

    def _usual(self, kept: Mapping[Block, list[float]], block: Block) -> float:
        told = kept.get(block, [])
        if len(told) < QUIET_MIN:
            return self.settings.quiet_level
        return median(told[-14:])

    def remember(self, seen: Seen) -> None:
        """Keep what a resting mine draws in such a block."""
        if seen.power is not None:
            self.quiet.setdefault(seen.block, []).append(seen.power)
        if seen.contrast is not None:
            self.contrasts.setdefault(seen.block, []).append(seen.contrast)


def suspect(
    blocks: Sequence[Seen], *, resting: Sequence[Seen], settings: Settings
) -> list[Suspicion]:
    """Walk the blocks of one order in their order; `resting` are blocks of rest before it."""
    running, found = Sum(settings=settings), list[Suspicion]()
    for one in resting:
        if not one.is_stormy and not one.is_on_record:
            running.remember(one)
    silent_until: date | None = None
    for seen in blocks:
        running.add(seen)
        if running.value < settings.alarm or running.since is None:
            continue
        if silent_until is None or seen.day >= silent_until:
            nights = sum(block is Block.NIGHT for block in running.blocks)
            found.append(
                Suspicion(
                    since=running.since,
                    day=seen.day,
                    block=seen.block,
                    strength=running.value,
                    by_night=nights * 2 > len(running.blocks),
                )
            )
            silent_until = seen.day + timedelta(days=settings.rest_days)
        running.value = settings.alarm
    return found


def scale_of(hours: Sequence[Hour]) -> Scale | None:
    """Rest and work of producing hours: their fifth and eightieth of a hundred."""
    power = [one.kwh for one in hours if one.kwh is not None]
    gas = [one.methane for one in hours if one.methane is not None]
    if len(power) < SCALE_HOURS_MIN:
        return None
    shares = quantiles(power, n=20)
    breaths = quantiles(gas, n=20) if len(gas) >= SCALE_HOURS_MIN else [0.0] * 20
    return Scale(low_kwh=shares[0], high_kwh=shares[15], low_gas=breaths[0], high_gas=breaths[15])


def seen_block(
    hours: Mapping[datetime, Hour],
    day: date,
    block: Block,
    *,
    scale: Scale,
    is_stormy: bool = False,
    is_on_record: bool = False,
) -> Seen:
    """A block with what surrounds it; hours that aren't known are no zeros."""
    begin = datetime.combine(day, time()) + timedelta(hours=BEGINS[block])
    own = [begin + timedelta(hours=step) for step in range(8)]
    around = [begin + timedelta(hours=step) for step in range(-16, 8)]
    power = [one.kwh for at in own if (one := hours.get(at)) and one.kwh is not None]
    gas = [one.methane for at in own if (one := hours.get(at)) and one.methane is not None]
    near = sorted(one.kwh for at in around if (one := hours.get(at)) and one.kwh is not None)
    breath = sorted(
        one.methane for at in around if (one := hours.get(at)) and one.methane is not None
    )
    level = scale.power(_upper(power)) if len(power) >= HOURS_MIN else None
    contrast = rise = None
    if level is not None and len(near) >= 2 * HOURS_MIN:
        contrast = level - scale.power(near[len(near) // 5])
    if len(gas) >= HOURS_MIN and len(breath) >= 2 * HOURS_MIN:
        rise = scale.gas(_upper(gas)) - scale.gas(breath[len(breath) // 5])
    return Seen(
        day=day,
        block=block,
        power=level,
        contrast=contrast,
        gas=rise,
        is_stormy=is_stormy,
        is_on_record=is_on_record,
    )


def _upper(values: list[float]) -> float:
    """Between median and highest: work seldom fills a whole block, one pump start isn't work."""
    ordered = sorted(values)
    return ordered[(len(ordered) * 5) // 8]
