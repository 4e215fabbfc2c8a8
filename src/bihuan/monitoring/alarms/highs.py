"""三高: points that alarm often, high or long; each is analysed and looked at (SX-50-2)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from bihuan.language.clock import SHANGHAI
from bihuan.language.pack import Value
from bihuan.language.wording import exact_length
from bihuan.language.words import Finding, Watch
from bihuan.matters.models import Facts
from bihuan.monitoring.alarms.fields import REAL
from bihuan.monitoring.alarms.guards import FALSE_ALARMS
from bihuan.monitoring.alarms.readings import LIMIT_KINDS, METHANE_HIGH, METHANE_TYPES
from bihuan.monitoring.alarms.tables import Episode
from bihuan.places.models import Site
from bihuan.regulations.values import value_of
from bihuan.telemetry.live.identity import STANDING

OFTEN, HIGH, LONG = "often", "high", "long"
LABELS: Final = {OFTEN: "高频次", HIGH: "高数值", LONG: "高时长"}


@dataclass
class Point:
    """What one point did in a period; its alarms in the order of their start."""

    site: Site
    rows: list[Episode] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)

    @property
    def real(self) -> list[Episode]:
        """Over-limits that a person found to be real."""
        return [row for row, cause in zip(self.rows, self.causes, strict=True) if cause == REAL]

    @property
    def counted(self) -> list[Episode]:
        """All but calibrations and tests."""
        told = zip(self.rows, self.causes, strict=True)
        return [row for row, cause in told if cause not in FALSE_ALARMS]

    @property
    def peak(self) -> Episode | None:
        """The episode of the highest value; calibrations and tests don't count."""
        known = [row for row in self.counted if row.peak is not None]
        return max(known, key=_peak, default=None)

    def lasted(self, *, until: datetime) -> timedelta:
        """Time in alarm."""
        return sum(((row.ended_at or until) - row.started_at for row in self.rows), timedelta(0))


def points_of(rows: Iterable[Episode]) -> list[Point]:
    """Episodes by point; those of an alarm count once, whatever levels they reached."""
    found: dict[str, Point] = {}
    listed = [row for row in rows if row.site is not None]
    causes = _causes(listed)
    for row in listed:
        if row.site is not None:
            point = found.setdefault(row.point, Point(site=row.site))
            point.rows.append(row)
            point.causes.append(causes.get(row.matter_id or 0, ""))
    return list(found.values())


def episodes_between(since: datetime, until: datetime) -> list[Episode]:
    """Alarm-level episodes of upper and lower limits that stand and began in a period."""
    found = Episode.objects.filter(
        kind__in=LIMIT_KINDS,
        state=STANDING,
        site__isnull=False,
        started_at__gte=since,
        started_at__lte=until,
    )
    rows = found.select_related("site__region").order_by("point", "started_at", "id")
    seen: set[tuple[int | None, str]] = set()
    first = []
    for row in rows:
        key = (row.matter_id, row.point) if row.matter_id else (-row.pk, row.point)
        if key not in seen:
            seen.add(key)
            first.append(row)
    return first


def look(*, now: datetime) -> Iterator[Finding]:
    """Points that reach the count of real over-limits, the value or the duration."""
    since = now - timedelta(days=366)
    for point in points_of(episodes_between(since, now)):
        for reached in reaches(point, now=now):
            yield _finding(point, reached)


class Reached(NamedTuple):
    """Which of the three a point reached, with which episode, and its figures."""

    which: str
    row: Episode
    text: str
    figures: tuple[tuple[str, str], ...]


def reaches(point: Point, *, now: datetime) -> Iterator[Reached]:
    """Each time a point reached the count, the value or the duration, where these are set."""
    yield from _often(point, now=now)
    yield from _high(point)
    yield from _long(point, now=now)


def _often(point: Point, *, now: datetime) -> Iterator[Reached]:
    """The third of three within the days; the fourth begins to count anew."""
    count, days = (
        _value(point, "alarm.high_count", now),
        _value(point, "alarm.high_count_days", now),
    )
    if not (count.is_set and days.is_set):
        return
    window: list[Episode] = []
    for row in point.real:
        window = [
            one for one in window if row.started_at - one.started_at <= timedelta(days=days.amount)
        ]
        window.append(row)
        if len(window) >= count.amount:
            words = f"{days.amount} 日内真实超限第 {count.amount} 次"
            times = "、".join(_clock(one.started_at) for one in window)
            figures = (("次数", str(len(window))),)
            yield Reached(OFTEN, row, f"{words}：{times}。", figures)
            window = []


def _high(point: Point) -> Iterator[Reached]:
    for row in point.counted:
        peak = row.peak or 0.0
        if row.sensor_type in METHANE_TYPES and peak >= METHANE_HIGH:
            edge = "（边界值）" if peak == METHANE_HIGH else ""
            value = f"{peak:g} {row.unit}"
            text = f"甲烷峰值 {value}{edge}，达到 2%。"
            yield Reached(HIGH, row, text, (("峰值", value),))


def _long(point: Point, *, now: datetime) -> Iterator[Reached]:
    limit = _value(point, "alarm.high_duration_minutes", now)
    if not limit.is_set:
        return
    for row in point.counted:
        lasted = (row.ended_at or now) - row.started_at
        if lasted >= timedelta(minutes=limit.amount):
            words = exact_length(lasted)
            text = f"一次报警持续 {words}，达到 {limit.amount} 分钟。"
            yield Reached(LONG, row, text, (("持续", words),))


def _finding(point: Point, reached: Reached) -> Finding:
    row, label = reached.row, LABELS[reached.which]
    where = f"{row.place} {row.sensor}".strip()
    return Finding(
        site=point.site.pk,
        key=f"{row.point}:{reached.which}:{row.pk}",
        label=f"{where} {label}报警",
        text=f"{where}：{reached.text}",
        figures=(("达到", label), *reached.figures),
    )


def _causes(rows: list[Episode]) -> dict[int, str]:
    ids = {row.matter_id for row in rows if row.matter_id}
    causes: dict[int, str] = defaultdict(str)
    for matter_id, data in Facts.objects.filter(pk__in=ids).values_list("matter_id", "data"):
        causes[matter_id] = str(data.get("cause") or "")
    return causes


def _value(point: Point, key: str, now: datetime) -> Value:
    path = point.site.region.path_ids
    return value_of(key, region_path=path, on=now.astimezone(SHANGHAI).date())


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _peak(row: Episode) -> float:
    return row.peak or 0.0


THREE_HIGHS = Watch(
    key="three_highs",
    label="三高报警分析和到场核查",
    look=look,
    decide_by=("watch", "office", "leader"),
    opens=("analysis_task", "site_check"),
    basis=("SX-50-2",),
)
