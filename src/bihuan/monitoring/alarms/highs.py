"""三高: points that alarm often, high or long; each is analysed and looked at (SX-50-2)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

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
    def peak(self) -> Episode | None:
        """The episode of the highest value; calibrations and tests don't count."""
        known = [
            row
            for row, cause in zip(self.rows, self.causes, strict=True)
            if row.peak is not None and cause not in FALSE_ALARMS
        ]
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
    by_point = points_of(episodes_between(since, now))
    for point in by_point:
        yield from _often(point, now=now)
        yield from _high(point)
        yield from _long(point, now=now)


def _often(point: Point, *, now: datetime) -> Iterator[Finding]:
    count, days = (
        _value(point, "alarm.high_count", now),
        _value(point, "alarm.high_count_days", now),
    )
    if not (count.is_set and days.is_set):
        return
    real = point.real
    for place in range(count.amount - 1, len(real)):
        window = real[place - count.amount + 1 : place + 1]
        span = window[-1].started_at - window[0].started_at
        if span <= timedelta(days=days.amount):
            words = f"{days.amount} 日内真实超限第 {count.amount} 次"
            times = "、".join(_clock(row.started_at) for row in window)
            yield _finding(
                point, OFTEN, window[-1], f"{words}：{times}。", [("次数", str(len(window)))]
            )


def _high(point: Point) -> Iterator[Finding]:
    row = point.peak
    if row is None or row.sensor_type not in METHANE_TYPES or (row.peak or 0) < METHANE_HIGH:
        return
    edge = "（边界值）" if row.peak == METHANE_HIGH else ""
    text = f"甲烷峰值 {row.peak:g} {row.unit}{edge}，达到 2%。"
    yield _finding(point, HIGH, row, text, [("峰值", f"{row.peak:g} {row.unit}")])


def _long(point: Point, *, now: datetime) -> Iterator[Finding]:
    limit = _value(point, "alarm.high_duration_minutes", now)
    if not limit.is_set:
        return
    for row, cause in zip(point.rows, point.causes, strict=True):
        lasted = (row.ended_at or now) - row.started_at
        if cause not in FALSE_ALARMS and lasted >= timedelta(minutes=limit.amount):
            words = exact_length(lasted)
            yield _finding(
                point,
                LONG,
                row,
                f"一次报警持续 {words}，达到 {limit.amount} 分钟。",
                [("持续", words)],
            )


def _finding(
    point: Point, which: str, row: Episode, text: str, figures: list[tuple[str, str]]
) -> Finding:
    where = f"{row.place} {row.sensor}".strip()
    return Finding(
        site=point.site.pk,
        key=f"{row.point}:{which}:{row.pk}",
        label=f"{where} {LABELS[which]}报警",
        text=f"{where}：{text}",
        figures=(("达到", LABELS[which]), *figures),
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
