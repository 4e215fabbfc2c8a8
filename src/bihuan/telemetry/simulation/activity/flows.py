"""What the life of a mine moves: power, coal, air, gas, water, explosives."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from bihuan.telemetry.simulation.activity.draws import Draws, Values, followed
from bihuan.telemetry.simulation.activity.life import Life
from bihuan.telemetry.simulation.activity.plants import FULL_HOURS, HOURS, Plant
from bihuan.telemetry.simulation.activity.schedule import ORDERED_SHUT, PLANNED_STOP, Schedule
from bihuan.telemetry.simulation.activity.weather import Weather
from bihuan.telemetry.simulation.regimes import Regime

_NIGHT: Final = np.array([True] * 6 + [False] * 16 + [True] * 2)
_GAS_KEEPS: Final = 0.9  # of an hour's gas of coal just cut comes later: a lag of ten hours
_RAIN_KEEPS: Final = 0.6  # of a day's seepage is left the day after
_RAIN_M3: Final = 0.016  # of the usual inflow for each mm that seeps
_WARM_C: Final = 5.0
_KNOTS: Final = 9  # of a line that bends slowly


@dataclass(kw_only=True)
class Flows:
    """Power, methane per hour, shape (days, 24); the rest per day, shape (days,)."""

    power_kwh: Values
    methane_pct: Values
    air_m3: Values  # per hour, as told
    output_t: Values
    haulage_t: Values
    water_m3: Values
    explosives_kg: Values


def flows_of(
    plant: Plant,
    schedule: Schedule,
    *,
    life: Life,
    weather: Weather,
    regime: Regime,
    draws: Draws,
) -> Flows:
    """What a mine's meters would show if nothing went wrong with them."""
    days = len(schedule.state)
    coal = plant.day_t / FULL_HOURS
    water = _water(plant, life, weather, draws)
    hauled = coal * life.hauled.sum(axis=1)
    told = coal * life.told.sum(axis=1)
    explosives = coal * life.booked.sum(axis=1) * plant.explosives_kg_per_t
    air = plant.air_m3 * (1 + 0.01 * draws.wandering(days * HOURS, keeps=0.9)).reshape(days, HOURS)
    return Flows(
        power_kwh=_power(plant, schedule, life, water, weather, regime, draws),
        methane_pct=_methane(plant, life, air * life.air, regime.plants.drift, draws),
        air_m3=air * life.air_told,
        output_t=told * _about(0.02, days, draws),
        haulage_t=hauled * plant.stone * _about(0.04, days, draws),
        water_m3=water * _about(0.03, days, draws),
        explosives_kg=explosives * _about(0.15, days, draws),
    )


def _power(
    plant: Plant,
    schedule: Schedule,
    life: Life,
    water: Values,
    weather: Weather,
    regime: Regime,
    draws: Draws,
) -> Values:
    days = len(schedule.state)
    is_idle = schedule.is_in(ORDERED_SHUT) | schedule.is_in(PLANNED_STOP)
    aux = plant.aux_kw * np.where(is_idle, plant.idle_aux, 1.0)[:, None]
    by_day = np.where(np.arange(HOURS) // 6 % 3 == 0, 0.94, 1.06)  # lights, baths, kitchens
    aux = aux * by_day * (1 + 0.04 * draws.wandering(days, keeps=0.8))[:, None]
    cold = np.clip((_WARM_C - weather.temperature_c) / 20, 0, 1.3)
    heat = plant.heat_kw * plant.is_heated * cold[:, None]
    steady = plant.fan_kw * life.fan_power + aux + heat
    steady = steady * (1 + regime.plants.base_noise * draws.noise(days, HOURS))
    full_kw = plant.full_kw * _drifting(days, regime.plants.drift / 2, draws)[:, None]
    made = full_kw * life.work + plant.repair_kw * life.repair + life.extra_kw
    pumps = _pumping(water * plant.pump_kwh_per_m3, plant, draws)
    return np.asarray((steady + made + pumps) * life.meter)


def _pumping(energy: Values, plant: Plant, draws: Draws) -> Values:
    """Pumps run when sumps are full, more by night: a day's energy in lumps of an hour."""
    lumps = draws.shares(len(energy), HOURS)
    lumps = np.where(lumps > 0.35, lumps, 0.05)
    day = plant.night_pumping
    wanted = np.where(_NIGHT, day / _NIGHT.sum(), (1 - day) / (~_NIGHT).sum())
    weights = lumps * wanted
    total = np.zeros(len(energy))
    for hour in range(HOURS):  # in this order everywhere, so that the last bit is the same
        total = total + weights[:, hour]
    return np.asarray(energy[:, None] * weights / total[:, None])


def _methane(plant: Plant, life: Life, air: Values, drift: float, draws: Draws) -> Values:
    """Percent in the return air: what rests, what coal lets go, what the weather draws out."""
    cut = life.gassy.reshape(-1) * plant.day_t / FULL_HOURS
    lagged = followed(cut, keeps=_GAS_KEEPS, gain=1 - _GAS_KEEPS)
    resting = plant.resting_gas_m3 * (1 + 0.06 * draws.wandering(len(cut), keeps=0.96))
    per_t = plant.gas_m3_per_t * _drifting(len(cut), drift, draws)
    gas = resting + per_t * lagged
    noise = 1 + 0.025 * draws.noise(len(cut))
    return np.asarray(np.maximum(100 * gas / air.reshape(-1) * noise, 0.01).reshape(air.shape))


def _water(plant: Plant, life: Life, weather: Weather, draws: Draws) -> Values:
    """Inflow of a day: what always comes, what rain brings days later, what work uses."""
    days = len(life.work)
    seeping = followed(weather.rain_mm, keeps=_RAIN_KEEPS, gain=1 - _RAIN_KEEPS)
    always = plant.inflow_m3 * (1 + 0.04 * draws.wandering(days, keeps=0.9))
    used = plant.process_m3_per_t * life.work.sum(axis=1) * plant.day_t / FULL_HOURS
    return np.asarray(always * (1 + _RAIN_M3 * 2 * seeping) + used)


def _drifting(length: int, deviation: float, draws: Draws) -> Values:
    """Seams and roads change: a share about one that wanders over months."""
    knots = 1 + deviation * draws.noise(_KNOTS)
    places = np.arange(length) * (_KNOTS - 1) / length
    left = places.astype(np.int64)
    return np.asarray(knots[left] + (knots[left + 1] - knots[left]) * (places - left))


def _about(deviation: float, days: int, draws: Draws) -> Values:
    return np.maximum(1 + deviation * draws.noise(days), 0.3)
