"""What a mine sends of it: rounded, with gaps, wrong units, late rows, and readings that lie."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.simulation.activity.draws import Draws, Values
from bihuan.telemetry.simulation.activity.episodes import Episode
from bihuan.telemetry.simulation.activity.flows import Flows
from bihuan.telemetry.simulation.activity.life import Life
from bihuan.telemetry.simulation.activity.plants import HOURS, Plant
from bihuan.telemetry.simulation.activity.schedule import SHIFT_HOURS, SHIFTS
from bihuan.telemetry.simulation.regimes import Regime

DAY_MIN: Final = 1_440
DAY_SERIES: Final = ("output_t", "haulage_t", "air_m3", "gas_m3", "water_m3", "explosives_kg")
_KWH_IN_MWH: Final = 1_000
_KG_IN_T: Final = 1_000
_CORRECTED: Final = 0.5  # of slips of a unit are sent again, right
type Columns = dict[str, NDArray[np.float64]]


@dataclass(kw_only=True)
class Hours:
    """Rows of hours; NaN where nothing is said; `arrived` in minutes from the first midnight."""

    hour: NDArray[np.int64]
    power_kwh: Values
    methane_pct: Values
    arrived: NDArray[np.int64]
    corrections: list[tuple[NDArray[np.int64], Values]] = field(default_factory=list)

    def add(self, rows: NDArray[np.int64], power: Values, methane: Values, after_min: int) -> None:
        """Send some rows once more, so long after they came first."""
        self.hour = np.append(self.hour, self.hour[rows])
        self.power_kwh = np.append(self.power_kwh, power)
        self.methane_pct = np.append(self.methane_pct, methane)
        self.arrived = np.append(self.arrived, self.arrived[rows] + after_min)


def hours_of(
    flows: Flows, *, life: Life, episodes: list[Episode], regime: Regime, draws: Draws
) -> Hours:
    """The hourly rows that a mine sends, in the order of hour and arrival."""
    power = np.round(flows.power_kwh.reshape(-1), 1)
    methane = np.round(flows.methane_pct.reshape(-1), 3)
    count = len(power)
    hour = np.arange(count)
    minutes = (3 + 12 * draws.shares(count)).astype(np.int64)
    told = Hours(hour=hour, power_kwh=power, methane_pct=methane, arrived=60 * (hour + 1) + minutes)
    for one in episodes:
        _lie(told, one, draws)
    _meter_troubles(told, episodes, regime, draws)
    _gaps(told, life, regime, draws)
    _lateness(told, regime, draws)
    _resending(told, episodes, regime, draws)
    is_said = ~(np.isnan(told.power_kwh) & np.isnan(told.methane_pct))
    order = np.lexsort((told.arrived, told.hour))
    kept = order[is_said[order]]
    return Hours(
        hour=told.hour[kept],
        power_kwh=told.power_kwh[kept],
        methane_pct=told.methane_pct[kept],
        arrived=told.arrived[kept],
    )


def _lie(told: Hours, one: Episode, draws: Draws) -> None:
    """Methane that stands still, comes a second time or never passes a cap."""
    methane, rows = told.methane_pct, slice(one.begin * HOURS, one.end * HOURS)
    length = rows.stop - rows.start
    match one.kind:
        case "frozen_sensor":
            methane[rows] = methane[rows.start]
        case "replayed_sensor":
            methane[rows] = methane[rows.start - length : rows.start].copy()
        case "edited_reading" if "capped" in one.forms:
            cap = _rank(methane[rows], 0.75 - 0.5 * one.intensity)
            shaky = cap * (1 - 0.02 * draws.shares(length))
            methane[rows] = np.round(np.minimum(methane[rows], shaky), 3)
        case _:
            pass


def _rank(values: Values, share: float) -> float:
    """The value that such a share of the others lies below."""
    return float(np.sort(values)[int(share * (len(values) - 1))])


def _meter_troubles(told: Hours, episodes: list[Episode], regime: Regime, draws: Draws) -> None:
    """Counters that jump, megawatt-hours told as kilowatt-hours, hours without a meter."""
    power, times = told.power_kwh, len(told.power_kwh) / HOURS / 180
    for _n in range(draws.count(regime.troubles.meter_resets * times)):
        row = draws.whole(0, len(power) - 1)
        jump = float(draws.whole(20_000, 900_000))
        power[row] = -jump if draws.is_so(0.5) else power[row] + jump
    for _n in range(draws.count(regime.troubles.unit_slips * times)):
        begin, length = draws.whole(0, len(power) - 1), draws.whole(6, 72)
        rows = np.arange(begin, min(begin + length, len(power)))
        if draws.is_so(_CORRECTED):
            told.corrections.append((rows, power[rows]))
        power[rows] = np.round(power[rows] / _KWH_IN_MWH, 1)
    for one in episodes:
        if one.kind == "meter_replaced":
            begin = one.begin * HOURS - draws.whole(2, 8)
            power[begin : one.begin * HOURS] = np.nan


def _gaps(told: Hours, life: Life, regime: Regime, draws: Draws) -> None:
    """Silence of the power meter, of the gas system, or of both."""
    troubles, count = regime.troubles, len(told.hour)
    for _n in range(draws.count(troubles.hour_gaps * count / HOURS / 180)):
        begin, length = draws.whole(0, count - 1), draws.whole(*troubles.gap_hours)
        what = draws.whole(0, 2)
        if what != 1:
            told.power_kwh[begin : begin + length] = np.nan
        if what != 0:
            told.methane_pct[begin : begin + length] = np.nan
    told.power_kwh[life.hides_power] = np.nan


def _lateness(told: Hours, regime: Regime, draws: Draws) -> None:
    troubles, count = regime.troubles, len(told.hour)
    for _n in range(draws.count(troubles.late * count / HOURS / 180)):
        begin, length = draws.whole(0, count - 1), draws.whole(4, 48)
        rows = slice(begin, begin + length)
        # A line that comes back sends all it has kept at once.
        back = 60 * (begin + length) + DAY_MIN * draws.whole(*troubles.late_days)
        told.arrived[rows] = np.maximum(told.arrived[rows], back + 5)


def _resending(told: Hours, episodes: list[Episode], regime: Regime, draws: Draws) -> None:
    """Rows that come twice: mostly the same; lower methane is an edited reading."""
    count = len(told.hour)
    for _n in range(draws.count(regime.troubles.sent_again * count / HOURS / 180)):
        begin, length = draws.whole(0, count - 1), draws.whole(1, 6)
        rows = np.arange(begin, min(begin + length, count))
        told.add(rows, told.power_kwh[rows], told.methane_pct[rows], draws.whole(10, 2_000))
    for rows, power in told.corrections:
        told.add(rows, power, told.methane_pct[rows], draws.whole(DAY_MIN, 3 * DAY_MIN))
    for one in episodes:
        if one.kind == "edited_reading" and "capped" not in one.forms:
            for day in range(one.begin, one.end):
                if day in (one.begin, one.end - 1) or draws.is_so(0.75):
                    rows = _peaks(told, day)
                    lower = np.round(told.methane_pct[rows] * (1 - 0.7 * one.intensity), 3)
                    told.add(rows, told.power_kwh[rows], lower, draws.whole(90, 1_800))


def _peaks(told: Hours, day: int) -> NDArray[np.int64]:
    """The hours of a day with the most gas."""
    rows = np.arange(day * HOURS, (day + 1) * HOURS)
    values = told.methane_pct[rows]
    known = values[~np.isnan(values)]
    limit = _rank(known, 0.7) if len(known) else np.inf
    return np.asarray(rows[values >= limit])


def days_of(
    plant: Plant, flows: Flows, *, hours: Hours, regime: Regime, draws: Draws
) -> tuple[Columns, NDArray[np.int64]]:
    """The rows of days, NaN where nothing is said, and when each arrived, in minutes."""
    days = len(flows.output_t)
    told = np.full(days * HOURS, np.nan)
    told[hours.hour] = hours.methane_pct  # in order of arrival: the last version stands
    gas = flows.air_m3 * told.reshape(days, HOURS) / 100
    known = (~np.isnan(gas)).sum(axis=1)
    mean = np.nansum(gas, axis=1) / np.maximum(known, 1)
    columns = {
        "output_t": np.round(flows.output_t, 1),
        "haulage_t": np.round(flows.haulage_t, 1),
        "air_m3": np.round(flows.air_m3.sum(axis=1), 0),
        "gas_m3": np.where(known >= HOURS / 2, np.round(mean * HOURS, 0), np.nan),
        "water_m3": np.round(flows.water_m3, 0),
        "explosives_kg": np.round(flows.explosives_kg, 1),
    }
    if not plant.is_blasting:
        columns["explosives_kg"][:] = np.nan
    for name in ("output_t", "haulage_t"):
        for _n in range(draws.count(regime.troubles.unit_slips * days / 360)):
            begin = draws.whole(0, days - 1)
            columns[name][begin : begin + draws.whole(1, 3)] *= _KG_IN_T
    for values in columns.values():
        values[draws.shares(days) < regime.troubles.day_gaps] = np.nan
    arrived = DAY_MIN * (np.arange(days) + 1) + (420 + 180 * draws.shares(days)).astype(np.int64)
    is_late = draws.shares(days) < regime.troubles.late / 180 * 2
    arrived[is_late] += DAY_MIN * draws.whole(*regime.troubles.late_days)
    return columns, arrived


def shifts_of(
    plant: Plant, life: Life, *, regime: Regime, draws: Draws
) -> tuple[Columns, NDArray[np.int64]]:
    """Heads of each shift by plan, lamps and cards, and when each row arrived, in minutes."""
    shape = life.planned.shape
    came = 1 - 0.04 * draws.shares(*shape)
    carried = life.cards * came * (1 - 2 * plant.failing_cards * draws.shares(*shape))
    heads = {
        "planned": np.round(life.planned).reshape(-1),
        "lamps": np.round(life.lamps * came).reshape(-1),
        "cards": np.round(carried).reshape(-1),
    }
    cards = heads["cards"]
    for _n in range(draws.count(regime.troubles.card_outages * len(life.planned) / 180)):
        begin, length = draws.whole(0, len(cards) - 1), draws.whole(1, 6)
        # A whole system is silent, or a substation is and the rest are counted.
        lost = np.nan if draws.is_so(0.7) else draws.between((0.3, 0.8))
        cards[begin : begin + length] = np.round(cards[begin : begin + length] * lost)
    ends = np.arange(len(cards)) % len(SHIFTS) * SHIFT_HOURS * 60 + SHIFT_HOURS * 60
    days = np.arange(len(cards)) // len(SHIFTS) * DAY_MIN
    return heads, days + ends + (10 + 30 * draws.shares(len(cards))).astype(np.int64)
