"""Regimes: with which parameters a county is made; some to tune by, some kept for the test.

`regimes.toml` is open: detectors may be tuned on it. `regimes_test.toml` is what they are scored
on, once; the sha256 of every file it makes stands in `regimes.sha256`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from bihuan.telemetry.simulation.activity.draws import Range

FOLDER: Final = Path(__file__).parent
DEVELOPMENT: Final = FOLDER / "regimes.toml"
TEST: Final = FOLDER / "regimes_test.toml"
FROZEN: Final = FOLDER / "regimes.sha256"


@dataclass(frozen=True, kw_only=True)
class Plants:
    """What kind of mines; ranges are drawn from evenly, once per mine."""

    capacity_kt: tuple[int, ...] = (300, 450, 600, 900, 1200)  # approved, in a year
    level: Range = (0.75, 0.93)  # production as a share of the approved
    kwh_per_t: Range = (8.0, 18.0)
    base_share: Range = (0.35, 0.55)  # of a producing day's energy is what never stops
    pump_share: Range = (0.15, 0.4)  # of that base is drainage
    night_pumping: Range = (0.3, 0.6)  # of drainage is done from 22 to 6, when energy is cheap
    heated: float = 0.5  # share of mines whose shaft is heated electrically
    heat_share: Range = (0.1, 0.35)  # of the base, on a very cold day
    blasting: float = 0.3
    gas_m3_per_t: Range = (2.0, 12.0)
    methane_pct: Range = (0.12, 0.45)  # mean in the return air of a producing day
    resting_gas: Range = (0.35, 0.6)  # of the gas comes without production
    rests_weekly: float = 0.4
    day_noise: float = 0.06
    hour_noise: float = 0.12
    base_noise: float = 0.02
    drift: float = 0.05  # how far gas and power per ton wander over months


@dataclass(frozen=True, kw_only=True)
class Running:
    """What happens to the running of a mine; counts are per mine and 180 days."""

    warmup_days: int = 45  # nothing hidden begins before
    spring_stop: float = 0.85  # share of mines that stop over the spring festival
    planned_stops: float = 0.7
    breakdowns: float = 5.0
    storms: float = 3.0  # in the county
    orders: float = 1.0  # orders to stop
    order_days: tuple[int, int] = (25, 60)
    busy_orders: float = 0.3  # share of orders under which faults are put right after 16 too
    order_mix: Mapping[str, float] = field(
        default_factory=lambda: {"honest": 0.5, "hidden_night_work": 0.5}
    )


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How often something is done (per mine and 180 days), for how long and how strongly."""

    rate: float = 0.0
    days: tuple[int, int] = (5, 20)
    intensity: Range = (0.2, 0.6)


@dataclass(frozen=True, kw_only=True)
class Lies:
    """Share of hidden work in which one more trace is removed."""

    gas: float = 0.3  # the sensor shows resting gas
    lamps: float = 0.5  # no lamp is taken from the room that counts them
    nights_off: float = 0.2  # of the nights of hidden night work nobody works
    gaps: float = 0.0  # of the hours worked by night the power isn't sent
    air: float = 0.3  # with fans off the air is told as before
    fans_by_night: float = 0.5  # else they run slower all day
    capped: float = 0.4  # of edited readings were edited before they were sent
    told: float = 0.3  # of overloads is told no more output than approved


@dataclass(frozen=True, kw_only=True)
class Troubles:
    """What goes wrong with the data of everybody; counts are per mine and 180 days."""

    hour_gaps: float = 6.0
    gap_hours: tuple[int, int] = (1, 30)
    day_gaps: float = 0.01  # share of the cells of a day
    unit_slips: float = 0.6
    meter_resets: float = 0.8
    late: float = 2.0  # times
    late_days: tuple[int, int] = (1, 3)
    sent_again: float = 3.0  # the same or corrected
    card_outages: float = 1.5
    recorded: float = 0.75  # share of new equipment that is on record


@dataclass(frozen=True, kw_only=True)
class Regime:
    """Everything that a county is made by, but the seed."""

    name: str
    seed: int
    mines: int
    days: int
    starts_on: date
    plants: Plants = field(default_factory=Plants)
    running: Running = field(default_factory=Running)
    lies: Lies = field(default_factory=Lies)
    troubles: Troubles = field(default_factory=Troubles)
    kinds: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def warmup_days(self) -> int:
        """Days in which nothing hidden begins."""
        return min(self.running.warmup_days, self.days // 3)

    def kind(self, name: str) -> Kind:
        """How a kind is done; unlisted kinds aren't."""
        return self.kinds.get(name, Kind())


def regimes(path: Path = DEVELOPMENT) -> dict[str, Regime]:
    """The regimes of a file by name."""
    tables = tomllib.loads(path.read_text("utf-8"))["regime"]
    made = (_regime(table) for table in tables)
    return {one.name: one for one in made}


def _regime(table: dict[str, Any]) -> Regime:
    kinds = {name: _made(Kind, one) for name, one in table.pop("kinds", {}).items()}
    parts = {
        one.name: _made(one.default_factory, table.pop(one.name))
        for one in fields(Regime)
        if one.name in table and is_dataclass(one.default_factory)
    }
    return Regime(**table, **parts, kinds=kinds)


def _made(cls: Any, table: dict[str, Any]) -> Any:
    return cls(**{key: tuple(x) if isinstance(x, list) else x for key, x in table.items()})
