"""What a mine plans and is ordered: days of work, of rest, of repair, and orders to stop."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.simulation.activity.draws import Draws, Values
from bihuan.telemetry.simulation.activity.plants import Plant
from bihuan.telemetry.simulation.activity.weather import SPRING_FESTIVAL, Span, dates_of
from bihuan.telemetry.simulation.regimes import Regime

PRODUCING, MAINTENANCE, PLANNED_STOP, ORDERED_SHUT = range(4)
STATES: Final = ("producing", "maintenance", "planned_stop", "ordered_shut")
GUARD, REPAIR, PRODUCTION = range(3)
SHIFT_KINDS: Final = ("guard", "maintenance", "production")
SHIFTS: Final = ("night", "morning", "afternoon")  # from 0, 8 and 16 o'clock
SHIFT_HOURS: Final = 8
MORNING, AFTERNOON = 1, 2
LONG_STOP_DAYS: Final = 5
_AFTER_STOP: Final = (0.35, 0.55, 0.75, 0.9)
_APART: Final = 8  # days between two orders
_SHORTEST: Final = 12  # days of an order that are seen before the data end


@dataclass(kw_only=True)
class Schedule:
    """Shape (days,) or (days, 3 shifts); `level` is the output planned, as a share of approved."""

    state: NDArray[np.int8]
    level: Values
    shifts: NDArray[np.int8]
    orders: list[Span]
    stops: list[Span]

    def is_in(self, state: int) -> NDArray[np.bool_]:
        """On which days the mine is in a state."""
        return np.asarray(self.state == state)


def schedule_of(plant: Plant, *, regime: Regime, draws: Draws) -> Schedule:
    """The plan of a mine for all days."""
    state = np.full(regime.days, PRODUCING, np.int8)
    _rest(state, plant, regime, draws)
    stops = list(_planned_stops(regime, draws))
    for begin, end in stops:
        state[begin:end] = PLANNED_STOP
    orders = list(_orders(regime, draws))
    for begin, end in orders:
        state[begin:end] = ORDERED_SHUT
    level = plant.level * (1 + 0.05 * draws.wandering(regime.days, keeps=0.9))
    level = np.clip(level * (1 + regime.plants.day_noise * draws.noise(regime.days)), 0.2, 1.12)
    level[state != PRODUCING] = 0
    for begin, end in [*stops, *orders]:
        if end - begin >= LONG_STOP_DAYS:
            level[end : end + 4] *= _AFTER_STOP[: max(regime.days - end, 0)]
    shifts = _shifts(state, plant)
    for begin, end in orders:
        if draws.is_so(regime.running.busy_orders):
            shifts[begin:end, AFTERNOON] = REPAIR
    return Schedule(state=state, level=level, shifts=shifts, orders=orders, stops=stops)


def _rest(state: NDArray[np.int8], plant: Plant, regime: Regime, draws: Draws) -> None:
    """Days of overhaul: every Sunday, or one day a month."""
    monthly = draws.whole(1, 28)
    for row, day in enumerate(dates_of(regime)):
        if day.isoweekday() == 7 if plant.rests_weekly else day.day == monthly:
            state[row] = MAINTENANCE


def _planned_stops(regime: Regime, draws: Draws) -> list[Span]:
    """The spring festival, and stops for a change of face or for lack of sales."""
    spans = []
    for festival in SPRING_FESTIVAL.values():
        begin, end = draws.whole(-7, -2), draws.whole(6, 15)
        first = (festival - regime.starts_on).days
        if draws.is_so(regime.running.spring_stop):
            spans.append((first + begin, first + end))
    for _n in range(draws.count(regime.running.planned_stops * regime.days / 180)):
        begin = draws.whole(0, regime.days - 1)
        spans.append((begin, begin + draws.whole(3, 9)))
    clipped = ((max(begin, 0), min(end, regime.days)) for begin, end in sorted(spans))
    return [span for span in clipped if span[0] < span[1]]


def _orders(regime: Regime, draws: Draws) -> list[Span]:
    """Orders to stop, from the day of the order up to the day of the passed acceptance."""
    spans: list[Span] = []
    running = regime.running
    for _n in range(draws.count(running.orders * regime.days / 180)):
        length = draws.whole(*running.order_days)
        last = regime.days - max(length // 2, _SHORTEST)
        begin = draws.whole(regime.warmup_days, max(last, regime.warmup_days))
        end = min(begin + length, regime.days)
        if all(end + _APART <= other[0] or begin >= other[1] + _APART for other in spans):
            spans.append((begin, end))
    return sorted(spans)


def _shifts(state: NDArray[np.int8], plant: Plant) -> NDArray[np.int8]:
    """What each shift of each day is for."""
    shifts = np.full((len(state), len(SHIFTS)), GUARD, np.int8)
    shifts[state == PRODUCING] = PRODUCTION
    shifts[state == PRODUCING, plant.repair_shift] = REPAIR
    shifts[state == MAINTENANCE, plant.repair_shift] = REPAIR
    shifts[state == MAINTENANCE, MORNING] = REPAIR
    # Under an order what was found is put right, by day.
    shifts[state == ORDERED_SHUT, MORNING] = REPAIR
    return shifts
