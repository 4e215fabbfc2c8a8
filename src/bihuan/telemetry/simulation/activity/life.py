"""What truly happens in a mine hour by hour, and which part of it each series shows."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bihuan.telemetry.simulation.activity.draws import Draws, Values
from bihuan.telemetry.simulation.activity.episodes import Episode
from bihuan.telemetry.simulation.activity.plants import HOURS, Plant
from bihuan.telemetry.simulation.activity.schedule import (
    PRODUCTION,
    REPAIR,
    SHIFT_HOURS,
    SHIFTS,
    Schedule,
)
from bihuan.telemetry.simulation.regimes import Regime

# Men walk in and out for half an hour at either end of a shift.
_SHIFT_SHAPE: Final = (0.5, *(1.0,) * (SHIFT_HOURS - 2), 0.5)
NIGHT_BEGINS: Final = 22
NIGHT_HOURS: Final = 8


@dataclass(kw_only=True)
class Life:
    """Shape (days, 24) or (days, 3); work of 1 is an hour at full approved output.

    `work` is what is done; `told`, `hauled`, `gassy`, `booked` are the parts of it that output,
    haulage, gas and explosives show.
    """

    work: Values
    told: Values
    hauled: Values
    gassy: Values
    booked: Values
    repair: Values
    fan_power: Values
    air: Values
    air_told: Values
    extra_kw: Values
    meter: Values
    planned: Values
    lamps: Values
    cards: Values
    hides_power: list[int] = field(default_factory=list)  # hours that aren't sent


def life_of(
    plant: Plant, schedule: Schedule, *, episodes: list[Episode], regime: Regime, draws: Draws
) -> Life:
    """The life of a mine with everything that is hidden in it."""
    life = _plain_life(plant, schedule, regime, draws)
    for one in episodes:
        match one.kind:
            case "hidden_night_work":
                _night_work(life, one, plant, regime, draws)
            case "open_shut" | "late_stop":
                _work_all_day(life, one, plant, regime, draws)
            case "overload" | "hidden_face":
                _work_more(life, one, plant, draws)
            case "fan_saving":
                _save_fans(life, one)
            case "card_left":
                _leave_cards(life, one, schedule, draws)
            case _:
                _look_alike(life, one, plant, draws)
    return life


def _look_alike(life: Life, one: Episode, plant: Plant, draws: Draws) -> None:
    """What draws more power and hides nothing; weather and sensors leave work as it is."""
    match one.kind:
        case "new_equipment":
            life.extra_kw[one.days] += one.intensity * (plant.fan_kw + plant.aux_kw)
        case "meter_replaced":
            life.meter[one.days] *= one.intensity
        case "night_repair" | "test_run":
            _run_machines(life, one, plant, draws)
        case _:
            pass


def _leave_cards(life: Life, one: Episode, schedule: Schedule, draws: Draws) -> None:
    is_producing = schedule.shifts[one.days] == PRODUCTION
    left = 1 - one.intensity * (0.8 + 0.4 * draws.shares(*is_producing.shape))
    life.cards[one.days] *= np.where(is_producing, left, 1.0)


def _plain_life(plant: Plant, schedule: Schedule, regime: Regime, draws: Draws) -> Life:
    days = len(schedule.state)
    shape = np.tile(np.array(_SHIFT_SHAPE), len(SHIFTS))
    is_production = np.repeat(schedule.shifts == PRODUCTION, SHIFT_HOURS, axis=1)
    is_repair = np.repeat(schedule.shifts == REPAIR, SHIFT_HOURS, axis=1)
    noise = np.maximum(1 + regime.plants.hour_noise * draws.noise(days, HOURS), 0)
    work = schedule.level[:, None] * shape * is_production * noise
    _break_down(work, regime, draws)
    repair = shape * is_repair * (0.5 + draws.shares(days, HOURS))
    heads = np.where(schedule.shifts == PRODUCTION, plant.crew, plant.guards).astype(np.float64)
    heads = np.where(schedule.shifts == REPAIR, plant.crew * 0.55, heads)
    planned = np.maximum(heads * (1 + 0.05 * draws.noise(days, len(SHIFTS))), 2)
    ones = np.ones((days, HOURS))
    return Life(
        work=work,
        told=work.copy(),
        hauled=work.copy(),
        gassy=work.copy(),
        booked=work.copy(),
        repair=repair,
        fan_power=ones.copy(),
        air=ones.copy(),
        air_told=ones.copy(),
        extra_kw=0 * ones,
        meter=ones.copy(),
        planned=planned,
        lamps=planned.copy(),
        cards=planned.copy(),
    )


def _break_down(work: Values, regime: Regime, draws: Draws) -> None:
    """Now and then a machine stands for hours, up to more than a day."""
    hours = work.reshape(-1)
    for _n in range(draws.count(regime.running.breakdowns * len(work) / 180)):
        begin, length = draws.whole(0, len(hours) - 1), draws.whole(3, 30)
        hours[begin : begin + length] *= 0.15


def _night_work(life: Life, one: Episode, plant: Plant, regime: Regime, draws: Draws) -> None:
    """From about 22 to 6, not every night, a crew works; by day the mine stands still."""
    lies = regime.lies
    nights = np.arange(one.begin, one.end)
    is_worked = draws.shares(len(nights)) >= lies.nights_off
    is_worked[[0, -1]] = True  # so that the truth begins and ends with it
    late, early = draws.whole(0, 2), draws.whole(0, 2)
    for night in nights[is_worked].tolist():
        begin = night * HOURS + NIGHT_BEGINS + late
        hours = slice(begin, night * HOURS + NIGHT_BEGINS + NIGHT_HOURS - early)
        flat = life.work.reshape(-1)[hours]
        added = one.intensity * plant.level * np.maximum(1 + 0.2 * draws.noise(len(flat)), 0.3)
        _add(life, hours, added, one, plant)
        shift = min(night + 1, len(life.lamps) - 1), 0
        _send_men(life, shift, one, plant)
        if "gaps" in one.forms and draws.is_so(0.5):
            life.hides_power += range(begin, begin + len(flat))


def _work_all_day(life: Life, one: Episode, plant: Plant, regime: Regime, draws: Draws) -> None:
    """Under an order two shifts work, weaker or as before; a late stop dies away."""
    shape = np.tile(np.array(_SHIFT_SHAPE), len(SHIFTS))
    is_work = np.ones(len(SHIFTS))
    is_work[plant.repair_shift] = 0
    for day in range(one.begin, one.end):
        hours = slice(day * HOURS, (day + 1) * HOURS)
        noise = np.maximum(1 + regime.plants.hour_noise * draws.noise(HOURS), 0.2)
        level = one.intensity * plant.level * (1 + 0.08 * float(draws.noise(1)[0]))
        added = level * shape * np.repeat(is_work, SHIFT_HOURS) * noise
        _add(life, hours, added, one, plant)
        for shift in np.flatnonzero(is_work).tolist():
            _send_men(life, (day, shift), one, plant)


def _add(life: Life, hours: slice, added: Values, one: Episode, plant: Plant) -> None:
    """Hidden work: power always shows it, the other series unless they are kept from it."""
    life.work.reshape(-1)[hours] += added
    if "gas_hidden" not in one.forms:
        life.gassy.reshape(-1)[hours] += added
    if "told" in one.forms:
        life.told.reshape(-1)[hours] += added
        life.hauled.reshape(-1)[hours] += added
        life.booked.reshape(-1)[hours] += added
    elif plant.is_blasting and "no_lamps" not in one.forms:
        life.booked.reshape(-1)[hours] += 0.5 * added


def _send_men(life: Life, shift: tuple[int, int], one: Episode, plant: Plant) -> None:
    crew = plant.crew * (0.35 + 0.5 * one.intensity)
    if "told" in one.forms:
        life.planned[shift] += crew
        life.cards[shift] += crew
    if "no_lamps" not in one.forms:
        life.lamps[shift] += crew


def _work_more(life: Life, one: Episode, plant: Plant, draws: Draws) -> None:
    """Overload raises work to a multiple of what is approved; a hidden face adds to it."""
    for day in range(one.begin, one.end):
        before = life.work[day].copy()
        if one.kind == "overload":
            factor = max(one.intensity / plant.level, 1.05)
        else:
            factor = 1 + one.intensity * (0.85 + 0.3 * float(draws.shares(1)[0]))
        added = before * (factor - 1)
        life.work[day] += added
        life.booked[day] += added
        if "gas_hidden" not in one.forms:
            life.gassy[day] += added
        _tell_more(life, day, added, one)
        men = np.where(life.planned[day] > plant.crew * 0.75, plant.crew * (factor - 1) * 0.7, 0)
        _count_more(life, day, men, one)


def _tell_more(life: Life, day: int, added: Values, one: Episode) -> None:
    """The scale of the belt sees an overload, even where the output told is capped."""
    if one.kind != "overload":
        return
    life.hauled[day] += added
    if "output_capped" not in one.forms:
        life.told[day] += added


def _count_more(life: Life, day: int, men: Values, one: Episode) -> None:
    if one.kind == "overload":
        life.planned[day] += men
    if "no_lamps" not in one.forms:
        life.lamps[day] += men
    if not one.forms & {"no_lamps", "no_cards"}:
        life.cards[day] += men


def _save_fans(life: Life, one: Episode) -> None:
    """Fans stand for most of the night, or run slower all day: air falls less than power."""
    power, air = 1 - one.intensity, 1 - 0.45 * one.intensity
    hours: slice = slice(None)
    if "by_night" in one.forms:
        hours, power, air = slice(0, 5), 0.06, 0.35
    life.fan_power[one.days, hours] *= power
    life.air[one.days, hours] *= air
    if "air_hidden" not in one.forms:
        life.air_told[one.days, hours] *= air


def _run_machines(life: Life, one: Episode, plant: Plant, draws: Draws) -> None:
    """Repair of a shaft by night, or machines tried before an acceptance: power, but no coal."""
    at = (slice(0, 7), 0) if one.kind == "night_repair" else (slice(9, 15), 1)
    drawn = draws.shares(one.end - one.begin, at[0].stop - at[0].start)
    life.extra_kw[one.days, at[0]] += one.intensity * plant.full_kw * (0.6 + 0.8 * drawn)
    for heads in (life.planned, life.lamps, life.cards):
        heads[one.days, at[1]] += plant.crew * 0.3
