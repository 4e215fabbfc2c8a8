"""The mines of a county: sizes, habits and what their machines draw."""

import math
from dataclasses import dataclass
from typing import Final

from bihuan.telemetry.simulation.activity.draws import Draws
from bihuan.telemetry.simulation.regimes import Plants
from bihuan.telemetry.simulation.register import REGION

WORKING_DAYS: Final = 330  # in a year, by which approved capacity is told per day
FULL_HOURS: Final = 14.0  # of full production in a day: two shifts of seven
HOURS: Final = 24


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A mine as it is built; powers in kW, the work of a day at full approved output is 1."""

    code: str
    name: str
    approved_t: int  # in a year
    is_blasting: bool
    rests_weekly: bool
    is_heated: bool
    repair_shift: int  # which of the three shifts repairs
    level: float
    kwh_per_t: float
    fan_kw: float
    aux_kw: float
    idle_aux: float
    heat_kw: float
    repair_kw: float
    pump_kwh_per_m3: float
    inflow_m3: float  # in a day without rain
    process_m3_per_t: float
    night_pumping: float
    gas_m3_per_t: float  # what follows output
    resting_gas_m3: float  # in an hour
    air_m3: float  # in an hour
    stone: float  # hauled for each ton of coal
    explosives_kg_per_t: float
    crew: int  # of a producing shift
    guards: int
    failing_cards: float  # share of cards that fail

    @property
    def day_t(self) -> float:
        """Approved output of a day."""
        return self.approved_t / WORKING_DAYS

    @property
    def full_kw(self) -> float:
        """What production draws in an hour of approved output."""
        return self.kwh_per_t * self.day_t / FULL_HOURS


def plant_of(number: int, *, ranges: Plants, draws: Draws) -> Plant:
    """A mine by its number in the county, which counts from 0."""
    approved = draws.pick(ranges.capacity_kt) * 1_000
    day_t = approved / WORKING_DAYS
    level, kwh_per_t = draws.between(ranges.level), draws.between(ranges.kwh_per_t)
    base_share = draws.between(ranges.base_share)
    base_kw = level * day_t * kwh_per_t * base_share / (1 - base_share) / HOURS
    pump_kw = base_kw * draws.between(ranges.pump_share)
    fan_kw = (base_kw - pump_kw) * draws.between((0.45, 0.65))
    pump_kwh_per_m3 = draws.between((0.8, 2.0))
    gas = draws.between(ranges.gas_m3_per_t) * level * day_t / HOURS  # in an hour
    resting = draws.between(ranges.resting_gas)
    return Plant(
        code=f"{REGION}{number + 1:06}",
        name=f"模拟{number + 1}号煤矿",
        approved_t=approved,
        is_blasting=draws.is_so(ranges.blasting),
        rests_weekly=draws.is_so(ranges.rests_weekly),
        is_heated=draws.is_so(ranges.heated),
        repair_shift=draws.whole(0, 2),
        level=level,
        kwh_per_t=kwh_per_t,
        fan_kw=fan_kw,
        aux_kw=base_kw - pump_kw - fan_kw,
        idle_aux=draws.between((0.78, 0.95)),
        heat_kw=base_kw * draws.between(ranges.heat_share),
        repair_kw=day_t * kwh_per_t / FULL_HOURS * draws.between((0.06, 0.16)),
        pump_kwh_per_m3=pump_kwh_per_m3,
        inflow_m3=pump_kw * HOURS / pump_kwh_per_m3,
        process_m3_per_t=draws.between((0.05, 0.3)),
        night_pumping=draws.between(ranges.night_pumping),
        gas_m3_per_t=gas * (1 - resting) * HOURS / (level * day_t),
        resting_gas_m3=gas * resting,
        air_m3=100 * gas / draws.between(ranges.methane_pct),
        stone=draws.between((1.08, 1.25)),
        explosives_kg_per_t=draws.between((0.1, 0.3)),
        crew=int(12 + 4 * math.sqrt(approved / 1_000) * draws.between((0.5, 1.0))),
        guards=draws.whole(3, 8),
        failing_cards=draws.between((0.0, 0.015)),
    )
