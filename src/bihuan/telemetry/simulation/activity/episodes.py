"""What is hidden in a county, and what only looks like it: kinds and where they are put."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.simulation.activity.draws import Draws
from bihuan.telemetry.simulation.activity.plants import Plant
from bihuan.telemetry.simulation.activity.schedule import ORDERED_SHUT, PLANNED_STOP, Schedule
from bihuan.telemetry.simulation.activity.weather import Span, Weather
from bihuan.telemetry.simulation.regimes import Regime

UNDER_ORDER: Final = ("hidden_night_work", "open_shut", "late_stop")
WHILE_PRODUCING: Final = ("overload", "hidden_face", "fan_saving", "card_left")
SENSORS: Final = ("frozen_sensor", "replayed_sensor", "edited_reading")
HIDDEN: Final = (*UNDER_ORDER, *WHILE_PRODUCING, *SENSORS)
LOOK_ALIKES: Final = (
    "pump_storm",
    "winter_heating",
    "new_equipment",
    "night_repair",
    "meter_replaced",
    "test_run",
)
HONEST: Final = "honest"
TEST_RUN_SHARE: Final = 0.6
_APART: Final = 10  # days between two hidden episodes of a mine


@dataclass(frozen=True, kw_only=True)
class Episode:
    """Days from `begin` up to, not including, `end`; `forms` says how it is done."""

    kind: str
    begin: int
    end: int
    intensity: float = 0.0
    forms: frozenset[str] = frozenset()
    on_record: bool = False

    @property
    def is_innocent(self) -> bool:
        """Whether it only looks like something hidden."""
        return self.kind in LOOK_ALIKES

    @property
    def days(self) -> slice:
        """The rows of its days."""
        return slice(self.begin, self.end)


def episodes_of(
    plant: Plant, schedule: Schedule, *, weather: Weather, regime: Regime, draws: Draws
) -> list[Episode]:
    """Everything put into a mine, in order of its first day."""
    episodes: list[Episode] = []
    for order in schedule.orders:
        role = draws.by_weight(regime.running.order_mix)
        if role == HONEST:
            episodes += _honest(order, regime, draws)
        else:
            episodes.append(_under_order(role, order, regime, draws))
    is_free = _free(schedule, episodes, regime)
    for kind in _wanted(regime, draws):
        episodes += _placed(kind, schedule, is_free, regime, draws)
    episodes += _innocent(regime, draws)
    episodes += _by_weather(plant, weather)
    return sorted(episodes, key=_order)


def _under_order(kind: str, order: Span, regime: Regime, draws: Draws) -> Episode:
    how = regime.kind(kind)
    length = draws.whole(*how.days)
    begin, end = order
    if kind != "late_stop":
        begin += draws.whole(1, max(end - begin - length, 1))
    begin = min(begin, end - 2)
    return Episode(
        kind=kind,
        begin=begin,
        end=min(begin + length, end),
        intensity=round(draws.between(how.intensity), 3),
        forms=_forms(kind, regime, draws),
    )


def _forms(kind: str, regime: Regime, draws: Draws) -> frozenset[str]:
    """Which traces are removed, or how it is done."""
    lies = regime.lies
    shares = {"gas_hidden": lies.gas, "no_lamps": lies.lamps}
    match kind:
        case "late_stop":
            shares = {"told": 0.4}
        case "overload":
            shares = {"output_capped": lies.told}
        case "fan_saving":
            shares = {"air_hidden": lies.air, "by_night": lies.fans_by_night}
        case "edited_reading":
            shares = {"capped": lies.capped}
        case "card_left" | "frozen_sensor" | "replayed_sensor":
            shares = {}
        case "hidden_face":
            shares = {**shares, "no_cards": 0.6}
        case _:
            shares = {**shares, "gaps": lies.gaps}
    return frozenset(name for name, share in shares.items() if draws.is_so(share))


def _free(schedule: Schedule, episodes: list[Episode], regime: Regime) -> NDArray[np.bool_]:
    """Days on which something hidden may be done at a mine that isn't shut."""
    is_free = ~schedule.is_in(ORDERED_SHUT) & ~schedule.is_in(PLANNED_STOP)
    is_free[: regime.warmup_days] = False
    for one in episodes:
        is_free[max(one.begin - _APART, 0) : one.end + _APART] = False
    return np.asarray(is_free)


def _wanted(regime: Regime, draws: Draws) -> list[str]:
    """What is done at a mine, in an order that favours no kind where room is scarce."""
    wanted = [
        (float(draws.shares(1)[0]), kind)
        for kind in (*WHILE_PRODUCING, *SENSORS)
        for _n in range(draws.count(regime.kind(kind).rate * regime.days / 180))
    ]
    return [kind for _place, kind in sorted(wanted)]


def _placed(
    kind: str, schedule: Schedule, is_free: NDArray[np.bool_], regime: Regime, draws: Draws
) -> Iterator[Episode]:
    """One episode of a kind where there is room for it, if anywhere."""
    how = regime.kind(kind)
    length = draws.whole(*how.days)
    wide = np.convolve(is_free, np.ones(length, np.int64), mode="valid") == length
    begins = np.flatnonzero(wide).tolist()
    if not begins or schedule.level.max() == 0:
        return
    begin = draws.pick(begins)
    is_free[max(begin - _APART, 0) : begin + length + _APART] = False
    yield Episode(
        kind=kind,
        begin=begin,
        end=begin + length,
        intensity=round(draws.between(how.intensity), 3),
        forms=_forms(kind, regime, draws),
    )


def _honest(order: Span, regime: Regime, draws: Draws) -> Iterator[Episode]:
    """Under an order that is kept: repairs by night that are on record, a run of machines."""
    begin, end = order
    repair = regime.kind("night_repair")
    if draws.is_so(min(repair.rate, 1.0)):
        first = draws.whole(begin + 1, max(end - repair.days[1] - 4, begin + 1))
        yield _plain("night_repair", first, draws.whole(*repair.days), regime, draws)
    if end < regime.days and draws.is_so(TEST_RUN_SHARE):
        yield replace(_plain("test_run", end - 3, 3, regime, draws), end=end)


def _innocent(regime: Regime, draws: Draws) -> Iterator[Episode]:
    """New equipment draws power from its day on; a new meter measures a little otherwise."""
    for kind in ("new_equipment", "meter_replaced"):
        for _n in range(draws.count(regime.kind(kind).rate * regime.days / 180)):
            begin = draws.whole(20, regime.days - 5)
            yield _plain(kind, begin, regime.days, regime, draws)


def _plain(kind: str, begin: int, length: int, regime: Regime, draws: Draws) -> Episode:
    is_told = kind != "new_equipment" or draws.is_so(regime.troubles.recorded)
    return Episode(
        kind=kind,
        begin=begin,
        end=min(begin + length, regime.days),
        intensity=round(draws.between(regime.kind(kind).intensity), 3),
        on_record=is_told,
    )


def _by_weather(plant: Plant, weather: Weather) -> Iterator[Episode]:
    for begin, end in weather.storms:
        yield Episode(kind="pump_storm", begin=begin, end=end)
    if plant.is_heated:
        for begin, end in weather.cold_spells:
            yield Episode(kind="winter_heating", begin=begin, end=end)


def _order(one: Episode) -> tuple[int, str]:
    return one.begin, one.kind
