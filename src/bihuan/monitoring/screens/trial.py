"""What would have fired: another limit tried on the readings of the past, by the live functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bihuan.monitoring.alarms.readings import ledger_folder
from bihuan.monitoring.screens.store_reader import reading
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.store.defined import definition_history
from bihuan.telemetry.store.glance import Described

if TYPE_CHECKING:
    from bihuan.telemetry.packs import PackLimit

POINTS: Final = 50
DAYS: Final = 30
KEY: Final = "trial"


@dataclass(frozen=True, kw_only=True)
class Fired:
    """One episode that the tried limit would have made."""

    point: str
    place: str
    started_at: int
    ended_at: int | None
    peak: float | None
    unit: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is tried: an upper limit for sensors of a type in one unit."""

    sensor_type: str
    unit: str
    on: float
    off: float


def try_limit(
    said: Sequence[Described], asked: Asked, *, since: int, until: int
) -> tuple[list[Fired], str]:
    """What would have fired at these points, and why it can't be tried.

    Points are read one after the other, so that memory doesn't grow with their number.
    """
    # Loads polars and numpy: only where somebody tries a limit.
    from bihuan.telemetry.packs import PackLimit, WrongLimit, demand  # noqa: PLC0415 - see above

    limit = PackLimit(
        key=KEY,
        level="alarm",
        side="upper",
        sensor_types=frozenset({asked.sensor_type}),
        unit=asked.unit,
        on=asked.on,
        off=asked.off,
    )
    try:
        demand([limit], by=dialect())
    except WrongLimit as wrong:
        return [], str(wrong).replace(f"“{KEY}”", "")
    found = []
    for one in said[:POINTS]:
        found += _fired(one, limit, since=since, until=until)
    return sorted(found, key=_newest_first), ""


def _fired(said: Described, limit: "PackLimit", *, since: int, until: int) -> list[Fired]:
    from bihuan.telemetry.packs import pack_episodes, pack_in_force  # noqa: PLC0415 - as above
    from bihuan.telemetry.series import series_of  # noqa: PLC0415 - as above
    from bihuan.telemetry.store.rows import readings_of  # noqa: PLC0415 - as above

    with reading() as reader:
        if reader is None:
            return []
        rows = reader.readings([said.point], since=since, until=until)
    if not len(rows):
        return []
    history = definition_history(ledger_folder(), said.point)
    defined = {said.point: {one.moment: one.definition for one in history}}
    in_force = pack_in_force([said.point], defined, limits=[limit], by=dialect())
    counted, _places = series_of(readings_of(rows), in_force).counted()
    return [
        Fired(
            point=said.point,
            place=said.location,
            started_at=one.started_at,
            ended_at=one.ended_at,
            peak=one.peak,
            unit=said.definition.unit,
        )
        for one in pack_episodes(counted, in_force)
    ]


def _newest_first(one: Fired) -> tuple[int, str]:
    return -one.started_at, one.point
