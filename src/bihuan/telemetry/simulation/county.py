"""A simulated county: what its mines tell, day by day, and the truth about what they do."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.simulation.activity.draws import Draws
from bihuan.telemetry.simulation.activity.episodes import Episode, episodes_of
from bihuan.telemetry.simulation.activity.flows import flows_of
from bihuan.telemetry.simulation.activity.life import life_of
from bihuan.telemetry.simulation.activity.plants import Plant, plant_of
from bihuan.telemetry.simulation.activity.reporting import days_of, hours_of, shifts_of
from bihuan.telemetry.simulation.activity.schedule import (
    SHIFT_KINDS,
    SHIFTS,
    STATES,
    Schedule,
    schedule_of,
)
from bihuan.telemetry.simulation.activity.weather import Weather, weather_of
from bihuan.telemetry.simulation.regimes import Regime

_WEATHER: Final = 1_000_000  # no mine has this number
TRUTH: Final = {
    "mine": pl.String,
    "kind": pl.String,
    "begins_on": pl.Date,
    "ends_on": pl.Date,
    "intensity": pl.Float64,
    "forms": pl.String,
    "innocent": pl.Boolean,
}
RECORDS: Final = {"mine": pl.String, "kind": pl.String, "begins_on": pl.Date, "ends_on": pl.Date}


@dataclass(frozen=True, kw_only=True)
class County:
    """Frames of a county; moments are at +08:00, spans include both days, null is not told.

    A frame has the columns of the file that `write_county` makes of it.
    """

    mines: pl.DataFrame
    hours: pl.DataFrame
    days: pl.DataFrame
    shifts: pl.DataFrame
    states: pl.DataFrame
    records: pl.DataFrame
    weather: pl.DataFrame
    truth: pl.DataFrame


def county(seed: int, *, mines: int, days: int, regime: Regime) -> County:
    """So many mines for so many days; a mine doesn't depend on how many others there are."""
    regime = replace(regime, seed=seed, mines=mines, days=days)
    weather = weather_of(regime, draws=Draws(seed, _WEATHER))
    told = [_mine(number, weather, regime) for number in range(mines)]
    frames = {name: pl.concat([one[name] for one in told]) for name in told[0]}
    dates = _dates(regime, np.arange(days))
    sky = pl.DataFrame(
        {"day": dates, "rain_mm": weather.rain_mm, "temperature_c": weather.temperature_c}
    )
    return County(weather=sky, **frames)


def county_of(regime: Regime) -> County:
    """The county of a regime as it is written down."""
    return county(regime.seed, mines=regime.mines, days=regime.days, regime=regime)


def _mine(number: int, weather: Weather, regime: Regime) -> dict[str, pl.DataFrame]:
    draws = Draws(regime.seed, number)
    plant = plant_of(number, ranges=regime.plants, draws=draws)
    schedule = schedule_of(plant, regime=regime, draws=draws)
    episodes = episodes_of(plant, schedule, weather=weather, regime=regime, draws=draws)
    life = life_of(plant, schedule, episodes=episodes, regime=regime, draws=draws)
    flows = flows_of(plant, schedule, life=life, weather=weather, regime=regime, draws=draws)
    hours = hours_of(flows, life=life, episodes=episodes, regime=regime, draws=draws)
    series, arrived = days_of(plant, flows, hours=hours, regime=regime, draws=draws)
    heads, came = shifts_of(plant, life, regime=regime, draws=draws)
    days = np.arange(regime.days)
    tables: dict[str, dict[str, Any]] = {
        "mines": _portrait(plant),
        "hours": {
            "hour": _moments(regime, 60 * hours.hour),
            "power_kwh": _told(hours.power_kwh),
            "methane_pct": _told(hours.methane_pct),
            "arrived_at": _moments(regime, hours.arrived),
        },
        "days": {
            "day": _dates(regime, days),
            **{name: _told(values) for name, values in series.items()},
            "arrived_at": _moments(regime, arrived),
        },
        "shifts": {
            "day": _dates(regime, np.repeat(days, len(SHIFTS))),
            "shift": list(SHIFTS) * regime.days,
            "kind": [SHIFT_KINDS[one] for one in schedule.shifts.reshape(-1).tolist()],
            **{f"{name}_heads": _told(values).cast(pl.Int64) for name, values in heads.items()},
            "arrived_at": _moments(regime, came),
        },
        "states": {
            "day": _dates(regime, days),
            "state": [STATES[one] for one in schedule.state.tolist()],
        },
    }
    frames = {
        name: pl.DataFrame(table).select(pl.lit(plant.code).alias("mine"), pl.all())
        for name, table in tables.items()
    }
    series_of_day = pl.all_horizontal(pl.col(*series).is_null())
    frames["days"] = frames["days"].filter(~series_of_day)
    frames["records"] = _records(plant, schedule, episodes, regime)
    frames["truth"] = _truth(plant, episodes, regime)
    return frames


def _portrait(plant: Plant) -> dict[str, Any]:
    return {
        "name": [plant.name],
        "approved_t": [plant.approved_t],
        "method": ["blasting" if plant.is_blasting else "mechanised"],
        "repair_shift": [SHIFTS[plant.repair_shift]],
    }


def _records(
    plant: Plant, schedule: Schedule, episodes: list[Episode], regime: Regime
) -> pl.DataFrame:
    """What the bureau knows beforehand: orders, planned stops, plans and notices of a mine."""
    known = [("stop_order", *span) for span in schedule.orders]
    known += [("planned_stop", *span) for span in schedule.stops]
    known += [(one.kind, one.begin, one.end) for one in episodes if one.on_record]
    rows = [
        (plant.code, kind, *_span(regime, begin, end))
        for kind, begin, end in sorted(known, key=_at)
    ]
    # What goes on after the last day has no last day yet.
    is_over = pl.col("ends_on").lt(pl.lit(_last_day(regime)))
    frame = pl.DataFrame(rows, schema=RECORDS, orient="row")
    return frame.with_columns(pl.when(is_over).then("ends_on").alias("ends_on"))


def _truth(plant: Plant, episodes: list[Episode], regime: Regime) -> pl.DataFrame:
    rows = [
        (
            plant.code,
            one.kind,
            *_span(regime, one.begin, one.end),
            one.intensity,
            " ".join(sorted(one.forms)),
            one.is_innocent,
        )
        for one in episodes
    ]
    return pl.DataFrame(rows, schema=TRUTH, orient="row")


def _span(regime: Regime, begin: int, end: int) -> tuple[date, date]:
    """First and last day."""
    first = regime.starts_on
    return first + timedelta(days=begin), first + timedelta(days=end - 1)


def _last_day(regime: Regime) -> date:
    return regime.starts_on + timedelta(days=regime.days - 1)


def _at(known: tuple[str, int, int]) -> tuple[int, str]:
    return known[1], known[0]


def _told(values: NDArray[np.float64]) -> pl.Series:
    """Numbers with null where nothing is said."""
    return pl.Series(values, nan_to_null=True)


def _moments(regime: Regime, minutes: NDArray[np.int64]) -> pl.Series:
    first = datetime.combine(regime.starts_on, datetime.min.time())
    return pl.Series(np.datetime64(first, "ms") + minutes.astype("timedelta64[m]"))


def _dates(regime: Regime, days: NDArray[np.int64]) -> pl.Series:
    return _moments(regime, days * 1_440).cast(pl.Date)
