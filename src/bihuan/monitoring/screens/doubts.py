"""Suspicions about a mine's readings: gaps, frozen values, values altered after receipt."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from bihuan.language.clock import SHANGHAI
from bihuan.language.wording import exact_length
from bihuan.language.words import Finding, Watch
from bihuan.monitoring.alarms.readings import describe, moment_of, sensor_name
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.screens.altered import altered_on
from bihuan.monitoring.screens.wall import seconds_of
from bihuan.places.models import Site
from bihuan.regulations.values import value_of
from bihuan.telemetry.live.identity import STANDING
from bihuan.telemetry.notation import DAY_S

GAP: Final = "disconnected"
FROZEN: Final = "frozen"
ALTERED: Final = "altered"
LABELS: Final = {GAP: "缺数", FROZEN: "长时间不变", ALTERED: "收到后被改"}
_LEAST: Final = {GAP: "quality.gap_minutes", FROZEN: "quality.flat_minutes"}
_LOOKED_BACK: Final = 3  # days
_NAMED: Final = 20


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """One sensor's span that a person has to judge."""

    kind: str
    point: str
    name: str
    since: datetime
    until: datetime | None  # None while it lasts
    figure: str

    @property
    def words(self) -> str:
        """From when to when, and the figures."""
        ended = _clock(self.until) if self.until else "尚未恢复"
        return f"{_clock(self.since)} 至 {ended}，{self.figure}"


def doubts_of(site: Site, *, since: datetime, until: datetime, now: datetime) -> list[Doubt]:
    """What is doubtful of a mine's readings in a period, by beginning."""
    found = [*_lasting(site, since=since, until=until, now=now)]
    found += _altered(site, since=since, until=until)
    return sorted(found, key=_beginning)


def look_for_doubts(*, now: datetime) -> Iterator[Finding]:
    """LX-S1-6: each beginning of gaps, frozen or altered values of a mine, with its sensors."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=_LOOKED_BACK - 1)
    for site in Site.objects.exclude(code="").select_related("region").order_by("pk"):
        groups = defaultdict(list)
        for one in doubts_of(site, since=since, until=now, now=now):
            groups[one.kind, f"{one.since.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"].append(one)
        for (kind, at), held in groups.items():
            yield _finding(site, kind, at, held)


WATCH: Final = Watch(
    key="data_doubts",
    label="监控数据缺失和疑假",
    look=look_for_doubts,
    decide_by=("watch", "office", "head", "leader"),
    opens=("site_check",),
    basis=("LX-S1-6",),
)


def _finding(site: Site, kind: str, at: str, held: list[Doubt]) -> Finding:
    more = f"等 {len(held)} 个测点" if len(held) > _NAMED else ""
    told = "；".join(f"{one.name} {one.words}" for one in held[:_NAMED])
    return Finding(
        site=site.pk,
        key=f"{kind}/{at}",
        label=f"{held[0].name}{'等测点' if len(held) > 1 else ''}{LABELS[kind]}，自 {at}",
        text=f"{LABELS[kind]}：{told}{more}。缺数不按零计；是否弄虚作假由人认定。",
        figures=tuple((one.name, one.words) for one in held[:_NAMED]),
    )


def _lasting(site: Site, *, since: datetime, until: datetime, now: datetime) -> Iterator[Doubt]:
    lasting = Q(ended_at=None) | Q(ended_at__gt=since)
    rows = Episode.objects.filter(
        lasting, site=site, kind__in=_LEAST, state=STANDING, started_at__lt=until
    )
    on = now.astimezone(SHANGHAI).date()
    for row in rows.order_by("started_at", "id"):
        least = value_of(_LEAST[row.kind], region_path=site.region.path_ids, on=on)
        lasted = (row.ended_at or now) - row.started_at
        if least.is_set and lasted >= timedelta(minutes=least.amount):
            yield _of_episode(row)


def _of_episode(row: Episode) -> Doubt:
    told = exact_length(row.ended_at - row.started_at) if row.ended_at else ""
    if row.kind == FROZEN:
        value = "缺数" if row.peak is None else f"{row.peak:g} {row.unit}".strip()
        told = f"一直为 {value}" + (f"，{told}" if told else "")
    elif not told:
        told = "没有收到读数"
    return Doubt(
        kind=row.kind,
        point=row.point,
        name=f"{row.place} {row.sensor}".strip() or row.point,
        since=row.started_at,
        until=row.ended_at,
        figure=told,
    )


def _altered(site: Site, *, since: datetime, until: datetime) -> Iterator[Doubt]:
    first, last = seconds_of(since) // DAY_S, (seconds_of(until) - 1) // DAY_S
    begun = since.astimezone(SHANGHAI).date()
    days = [
        ((begun + timedelta(days=number - first)).isoformat(), number * DAY_S)
        for number in range(first, last + 1)
    ]
    for one in altered_on(site.code, days):
        start, end = moment_of(one.since), moment_of(one.until)
        if start is None:
            continue
        yield Doubt(
            kind=ALTERED,
            point=one.point,
            name=_name(one.point),
            since=start,
            until=end,
            figure=(
                f"{one.count} 个读数，首个 {one.before} 改为 {one.after}"
                f"（{_clock(one.received_at)} 收到，{_clock(one.altered_at)} 又收到）"
            ),
        )


def _name(point: str) -> str:
    said = describe(point)
    return f"{said.location} {sensor_name(said.definition.sensor_type)}" if said else point


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else "时刻不详"


def _beginning(one: Doubt) -> tuple[datetime, str]:
    return one.since, one.point
