"""What episodes say, in the words and units of the desk."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import isnan
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.language.clock import SHANGHAI
from bihuan.language.wording import exact_length
from bihuan.monitoring.alarms import switches
from bihuan.monitoring.alarms.tables import Episode
from bihuan.telemetry.cddy import MACHINES
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.live.identity import STANDING, Standing
from bihuan.telemetry.notation import DAY_S, iso_of
from bihuan.telemetry.store.glance import Described, definitions_of

LIMIT_KINDS: Final = frozenset({"upper_limit", "lower_limit"})
# Episodes that are matters: limits of points, and states of switches.
ALARM_KINDS: Final = LIMIT_KINDS | {switches.SWITCH, switches.PAIR}
RANKS: Final = {"alarm": 1, "power_off": 2, "two_percent": 3} | switches.GRADES
METHANE_HIGH: Final = 2.0
METHANE_TYPES: Final = frozenset({"0001", "0011", "0043"})  # drainage gas is outside (T23)
TYPE_MAX: Final = 4
EARLIEST: Final = 2 * DAY_S  # the second day of all
PACK: Final = "pack:"
BOUNDARY: Final = "边界值"


def ledger_folder() -> Path:
    """Where the readings of this deployment lie."""
    return Path(settings.HOME) / "telemetry"


def moment_of(seconds: int | None) -> datetime | None:
    """A time of the ledger as an aware moment.

    Systems write the first hours of the year 1 where they know no time; UTC hasn't got them.
    """
    if seconds is None:
        return None
    return datetime.fromisoformat(iso_of(max(seconds, EARLIEST))).astimezone(UTC)


def fill(row: Episode, said: Standing, *, described: Described | None) -> None:
    """Take over what the ledger says of an episode, and what the mine says of its point."""
    row.mine, row.point, row.level = said.mine, kept_point(said.point), said.level
    row.kind = _kind(said)
    started = moment_of(said.started_at)
    row.started_at = started or row.started_at
    row.ended_at, row.peak_at = moment_of(said.ended_at), moment_of(said.peak_at)
    row.peak, row.samples = said.peak, said.samples
    if row.kind in switches.KINDS:  # a state has no extreme
        row.peak = row.peak_at = None
    row.is_calibrated, row.state = said.is_calibrated, said.state
    if described is not None:
        defined = described.definition
        row.sensor_type = _kept_type(defined.sensor_type)
        row.sensor = sensor_name(defined.sensor_type)[:40]
        row.place, row.unit = described.location[:120], defined.unit[:20]
        row.limit = _limit(said, described)


def kept_point(point: str) -> str:
    """A point's id as every database keeps it: a mine may write what is no text in it."""
    return point.replace("\0", "\ufffd")


def _kept_type(told: str) -> str:
    """A type as the table holds it; what is longer is none, not the type that it begins with."""
    return told if len(told) <= TYPE_MAX else ""


def _kind(said: Standing) -> str:
    if said.kind == switches.LEDGER_KIND:
        return switches.kind_of(said.level)
    # Limits of other packs are upper ones: they stand beside the point's own on the same side.
    return "upper_limit" if said.kind.startswith(PACK) else said.kind


def sensor_name(sensor_type: str) -> str:
    """What a sensor measures, in the field's words."""
    return dialect().sensors.get(sensor_type, f"传感器{sensor_type}")


def describe(point: str) -> Described | None:
    """What the newest definition says of a point."""
    return definitions_of(ledger_folder(), point)


def facts_told(rows: Sequence[Episode]) -> dict[str, Any]:
    """The facts of the alarm that these episodes of one point make; those that stand count."""
    counting = [row for row in rows if row.state == STANDING] or list(rows)
    top = max(counting, key=_rank)
    first = min(counting, key=_started)
    said = _extreme(counting)
    is_over = all(row.ended_at for row in counting)
    ended = max((row.ended_at for row in counting if row.ended_at), default=None)
    told: dict[str, Any] = {
        "point": top.point,
        "place": top.place or f"测点{top.point[12:]}",
        "sensor": top.sensor or "传感器",
        "side": top.kind,
        "level": top.level,
        "limit": _value(first.limit if top.limit is None else top.limit, first.unit),
        "peak": _value(said.peak, said.unit),
        "peak_at": _text(said.peak_at),
        "started_at": _text(first.started_at),
        "ended_at": _text(ended) if is_over else None,
        "lasted": lasted_words(first.started_at, ended) if is_over and ended else None,
        "boundary": BOUNDARY if any(is_boundary(row) for row in counting) else None,
        "calibrated": any(row.is_calibrated for row in counting) or None,
        "ground_withdrawn": not any(row.state == STANDING for row in rows) or None,
        "severity": RANKS.get(top.level, 1),
    }
    if top.kind in (switches.SWITCH, switches.PAIR):
        told["state"] = switches.state_words(counting, describe(top.point))
    told["title"] = title_of(told)
    return told


def present_facts(ids: tuple[int, ...]) -> dict[int, dict[str, Any]]:
    """What the episodes of these alarms say now, by alarm: a peak rises between two entries."""
    rows: dict[int, list[Episode]] = defaultdict(list)
    for row in _episodes_of(tuple(sorted(ids))):
        rows[row.matter_id or 0].append(row)
    return {pk: told for pk, found in rows.items() if (told := facts_at_present(found))}


def facts_at_present(rows: Sequence[Episode]) -> dict[str, Any]:
    """What these episodes say now; nothing of a switch, which the trail tells at once."""
    return facts_told(rows) if rows and rows[0].kind in LIMIT_KINDS else {}


@prepared
def _episodes_of(ids: tuple[int, ...]) -> QuerySet[Episode]:
    return Episode.objects.filter(matter_id__in=ids).order_by("started_at", "id")


def title_of(told: dict[str, Any]) -> str:
    """The alarm in a line: where, what, how high; of a switch where, and what it says."""
    if told["level"] in switches.LABELS:
        return f"{told['place']} {switches.LABELS[told['level']]}"[:200]
    return f"{told['place']} {told['sensor']} {told['peak'] or ''}".strip()[:200]


def is_boundary(row: Episode) -> bool:
    """Whether the peak is just the limit: neither more nor less was measured."""
    mark = METHANE_HIGH if row.level == "two_percent" else row.limit
    return row.peak is not None and row.peak == mark


def lasted_words(started: datetime, ended: datetime) -> str:
    """How long an episode lasted."""
    return exact_length(max(ended - started, timedelta(0)))


def _limit(said: Standing, described: Described) -> float | None:
    for machine, on in zip(MACHINES, described.definition.on, strict=True):
        if (machine.kind, machine.level) == (said.kind, said.level) and not isnan(on):
            return on
    return METHANE_HIGH if said.level == "two_percent" else None


def _extreme(rows: Sequence[Episode]) -> Episode:
    known = [row for row in rows if row.peak is not None]
    if not known:
        return rows[0]
    ends = sorted(known, key=_peak)
    return ends[0] if rows[0].kind == "lower_limit" else ends[-1]


def _value(value: float | None, unit: str) -> str | None:
    return None if value is None else f"{value:g} {unit}".strip()


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(SHANGHAI).isoformat() if moment else None


def _rank(row: Episode) -> int:
    return RANKS.get(row.level, 0)


def _started(row: Episode) -> datetime:
    return row.started_at


def _peak(row: Episode) -> float:
    return row.peak or 0.0
