"""The weather over a county: rain that pumps follow, cold that heating follows."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from bihuan.telemetry.simulation.activity.draws import Draws, Values
from bihuan.telemetry.simulation.regimes import Regime

SPRING_FESTIVAL: Final = {
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
}
COLDEST_DAY: Final = 20  # of the year
COLD_BELOW_C: Final = -4.0
type Span = tuple[int, int]  # days, the second not included


@dataclass(frozen=True, kw_only=True)
class Weather:
    """A value for each day; storms and cold spells as spans of days."""

    rain_mm: Values
    temperature_c: Values
    storms: list[Span]
    cold_spells: list[Span]


def weather_of(regime: Regime, *, draws: Draws) -> Weather:
    """The weather of all days of a regime."""
    year = np.array([dates_of(regime)[n].timetuple().tm_yday for n in range(regime.days)])
    season = _season(year)
    temperature = np.round(
        11 - 14 * season + 3 * draws.wandering(regime.days, keeps=0.75),
        1,
    )
    is_wet = draws.shares(regime.days) < 0.18 - 0.1 * season
    rain = np.where(is_wet, 12 * draws.shares(regime.days) ** 2, 0.0)
    storms = []
    for _n in range(draws.count(regime.running.storms * regime.days / 180)):
        begin, length = draws.whole(5, regime.days - 6), draws.whole(1, 3)
        rain[begin : begin + length] += 30 + 60 * draws.shares(length)
        storms.append((begin, min(begin + length + 5, regime.days)))
    return Weather(
        rain_mm=np.round(rain, 1),
        temperature_c=temperature,
        storms=storms,
        cold_spells=spans_of(temperature < COLD_BELOW_C),
    )


def dates_of(regime: Regime) -> list[date]:
    """The days of a regime."""
    return [regime.starts_on + timedelta(days=n) for n in range(regime.days)]


def spans_of(is_so: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[Span]:
    """Where something holds without a break."""
    edges = np.flatnonzero(np.diff(is_so, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _season(day_of_year: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Values:
    """1 on the coldest day, −1 half a year later: two parabolas, close to a cosine."""
    phase = ((day_of_year - COLDEST_DAY) % 365) / 365 * 4  # 0 to 4
    from_peak = np.minimum(phase, 4 - phase)  # 0 on the coldest day, 2 on the warmest
    return np.where(from_peak < 1, 1 - from_peak**2, (2 - from_peak) ** 2 - 1)
