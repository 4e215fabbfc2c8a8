"""断线和异常数据: lost links and frozen values open one check per mine and kind (AY-26-2)."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from bihuan.accounts.actors import CLOCK
from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_prepared, take_step
from bihuan.matters.models import Facts, Matter
from bihuan.matters.writing import engine_writes
from bihuan.monitoring.alarms.readings import ledger_folder, moment_of
from bihuan.monitoring.alarms.tables import Episode
from bihuan.places.models import Site
from bihuan.regulations.values import value_of
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.live.identity import STANDING
from bihuan.telemetry.store.glance import last_received

LOST: Final = "disconnected"
KINDS: Final = (LOST, "frozen")
LABELS: Final = {"disconnected": "断线", "frozen": "数据长时间不变"}
NAMED: Final = 5
AT_ONCE: Final = 2000


def check_losses(*, now: datetime) -> int:
    """Open or tell the checks of what is lost or frozen by now; how many were opened."""
    opened = _check_silent_mines(now)
    for (site_id, kind), rows in _waiting(now).items():
        with engine_writes():
            opened += _check(site_id, kind, rows, now=now)
    _tell_ends(now)
    return opened


def _check_silent_mines(now: datetime) -> int:
    """A mine that sends nothing at all has no newer reading that would tell: the clock does."""
    sites = {
        site.code: site
        for site in Site.objects.exclude(code="").select_related("region").order_by("id")
    }
    checks = {check.site_id: check for check in _open_checks(LOST).order_by("-id")}
    loss = _Loss(now)
    opened = 0
    for mine, seconds in last_received(ledger_folder(), sites).items():
        site, last = sites[mine], moment_of(seconds)
        if last is None:
            continue
        is_lost = now - last >= loss.of(site)
        check = checks.get(site.pk)
        if check is None and is_lost:
            with engine_writes():
                _open(site, LOST, f"全矿断线，最后收到数据 {_clock(last)}", now=now)
            opened += 1
        elif check is not None and not is_lost:
            _tell_whole(check, last, now=now)
    return opened


def _open_checks(kind: str) -> QuerySet[Matter]:
    return Matter.objects.filter(kind="data_check", is_open=True, category=kind)


def _tell_whole(check: Matter, last: datetime, *, now: datetime) -> None:
    """A mine that was silent sends again; points that were lost are told by their episodes."""
    facts = Facts.objects.get(pk=check.pk).data
    if facts.get("ended_words") or Episode.objects.filter(matter=check).exists():
        return
    told = {
        "points_words": facts["points_words"],
        "ended_words": f"{_clock(last)} 又收到数据；期间缺数",
    }
    with engine_writes():
        take_step(check.pk, "read", by=CLOCK, now=max(now, check.moved_at), answers=told)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _waiting(now: datetime) -> dict[tuple[int, str], list[Episode]]:
    found: dict[tuple[int, str], list[Episode]] = defaultdict(list)
    rows = Episode.objects.filter(
        kind__in=KINDS, matter=None, ended_at=None, state=STANDING, site__isnull=False
    )
    loss = _Loss(now)
    for row in rows.select_related("site__region").order_by("id")[:AT_ONCE]:
        site = row.site
        if site is not None and now - row.started_at >= loss.of(site):
            found[site.pk, row.kind].append(row)
    return found


class _Loss:
    """How long something must be away until it is checked; asked once for each region.

    Where nobody has set it: as soon as it counts as silent at all (T14).
    """

    def __init__(self, now: datetime) -> None:
        self._on = now.astimezone(SHANGHAI).date()
        self._by_region: dict[int, timedelta] = {}

    def of(self, site: Site) -> timedelta:
        """At this site; its region must be at hand."""
        if site.region_id not in self._by_region:
            path = site.region.path_ids
            value = value_of("check.loss_minutes", region_path=path, on=self._on)
            self._by_region[site.region_id] = (
                timedelta(minutes=value.amount)
                if value.is_set
                else timedelta(seconds=dialect().silence_min_s)
            )
        return self._by_region[site.region_id]


def _check(site_id: int, kind: str, rows: list[Episode], *, now: datetime) -> bool:
    """Lost points join the open check of their mine and kind, or open one."""
    matter = _open_checks(kind).filter(site_id=site_id).order_by("id").first()
    is_new = matter is None
    if matter is None:
        site = Site.objects.get(pk=site_id)
        matter = _open(site, kind, _points(kind, rows), now=now)
    for row in rows:
        row.matter = matter
        row.save()
    if not is_new:
        _tell(matter, now=now)
    return is_new


def _open(site: Site, kind: str, words: str, *, now: datetime) -> Matter:
    def prepare(case: Case) -> None:
        case.place_in(site.region_id)
        case.about(site.pk)
        case.hand_to(site.firm_id)
        case.set("what", kind)
        case.set("detected_at", now.astimezone(SHANGHAI).isoformat(timespec="seconds"))
        case.set("points_words", words)
        case.set("title", f"{site.short_name or site.name} {LABELS[kind]}")
        case.take_number()

    return open_prepared(
        catalog().loop("data_check"),
        by=CLOCK,
        now=now,
        recorded_at=now,
        at_stage="",
        prepare=prepare,
    )


def _tell_ends(now: datetime) -> None:
    """A check whose every point came back says so; it is closed by a person all the same."""
    open_checks = Matter.objects.filter(kind="data_check", is_open=True)
    with_rows = open_checks.filter(pk__in=Episode.objects.filter(kind__in=KINDS).values("matter"))
    for matter in with_rows.order_by("id"):
        with engine_writes():
            _tell(matter, now=now)


def _tell(matter: Matter, *, now: datetime) -> None:
    rows = list(Episode.objects.filter(matter=matter).order_by("started_at", "id"))
    facts = Facts.objects.get(pk=matter.pk).data
    told = {"points_words": _points(rows[0].kind, rows), "ended_words": _ends(rows)}
    if any(facts.get(key) != value for key, value in told.items()):
        take_step(matter.pk, "read", by=CLOCK, now=max(now, matter.moved_at), answers=told)


def _points(kind: str, rows: list[Episode]) -> str:
    places = list(dict.fromkeys(row.place or row.point for row in rows))
    named = "、".join(places[:NAMED])
    more = f"等{len(places)}处" if len(places) > NAMED else ""
    since = min(row.started_at for row in rows).astimezone(SHANGHAI)
    return f"{len(rows)} 个测点{LABELS[kind]}，最早自 {since:%Y-%m-%d %H:%M:%S}：{named}{more}"


def _ends(rows: list[Episode]) -> str | None:
    """缺数 stays 缺数: how many came back and when the last did."""
    back = [row.ended_at for row in rows if row.ended_at]
    if not back:
        return None
    last = max(back).astimezone(SHANGHAI)
    return f"{len(back)} / {len(rows)} 个已恢复，最近 {last:%Y-%m-%d %H:%M:%S}；期间缺数"
