"""Major hazard sources: three systems, breaks in their data, and firms gone off line."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.parameter import Option
from bihuan.language.words import Finding, Ledger, Watch
from bihuan.matters.models import Record
from bihuan.matters.records import valid_on
from bihuan.monitoring.boards import (
    Board,
    Cell,
    Chip,
    Head,
    Row,
    Scope,
    Shown,
    record_link,
    site_cell,
    site_of,
)
from bihuan.monitoring.equipment.spans import Span
from bihuan.monitoring.equipment.wording import moment_words
from bihuan.monitoring.links.hearing import HAZARD
from bihuan.monitoring.links.standing import breaks_of, day_span, newest_of, silence
from bihuan.monitoring.links.tables import DataSource
from bihuan.places.models import Site
from bihuan.regulations.values import value_of

SOURCE: Final = "hazard_source"
OFFLINE: Final = "links.hazard_offline_minutes"
BROKEN: Final = "links.hazard_break_minutes"
_DECIDERS = ("watch", "office", "head", "leader")
THREE: Final = (
    ("collection", "信息采集"),
    ("monitoring", "监测"),
    ("control", "自动化控制"),
)
_ANSWERS: Final = (
    Option(key="yes", label="有"),
    Option(key="no", label="无"),
    Option(key="unchecked", label="未查"),
)
_WORDS: Final = {one.key: one.label for one in _ANSWERS}

LEDGER = Ledger(
    key=SOURCE,
    label="重大危险源",
    title="name",
    subject="site",
    write_by=("office", "inspector", "watch"),
    fields=(
        Field(key="site", label="企业", kind=Kind.SITE, required=True),
        Field(key="name", label="重大危险源", required=True, max_length=80),
        *(
            Field(key=key, label=f"{label}系统", kind=Kind.CHOICE, options=_ANSWERS, required=True)
            for key, label in THREE
        ),
        Field(key="checked_on", label="检查日期", kind=Kind.DAY),
    ),
    basis=("LX-C14-2", "LX-S3-3"),
)


def look_at_sources(scope: Scope) -> Shown:
    """Every source with its three systems and the breaks of its data on the day."""
    records = list(scope.records(SOURCE))
    sites = {record.site_id: site_of(record) for record in records}
    links = newest_of(HAZARD, site_ids=[pk for pk in sites if pk])
    span = day_span(scope.day)
    breaks = breaks_of(links.values(), span, now=scope.now)
    rows = []
    for record in records:
        site = site_of(record)
        link = links.get(site.pk)
        found = _long(site, breaks.get(link.pk, []) if link else [], scope=scope)
        cells: dict[str, Cell] = {"name": record_link(record, sub=site.name)}
        cells |= {key: _WORDS[str(record.facts[key])] for key, _label in THREE}
        cells["state"] = _three(record)
        cells["count"] = len(found) if link and link.first_seen_at < span[1] else "未接入"
        cells["breaks"] = "；".join(_span_words(one, now=scope.now) for one in found)
        rows.append(Row(id=record.pk, name=f"{record.title} {site.name}", cells=cells))
    return Shown(rows=rows)


def _three(record: Record) -> Chip:
    answers = [str(record.facts[key]) for key, _label in THREE]
    if "no" in answers:
        return Chip("缺系统", "late")
    return Chip("有未查", "todo") if "unchecked" in answers else Chip("三项齐备", "done")


def _long(site: Site, breaks: list[Span], *, scope: Scope) -> list[Span]:
    limit = scope.value(BROKEN, site=site)
    least = timedelta(minutes=limit.amount) if limit.is_set else timedelta()
    return [(start, end) for start, end in breaks if end - start >= least]


def _span_words(span: Span, *, now: datetime) -> str:
    start, end = span
    return f"{moment_words(start)} 至 {'今' if end == now else moment_words(end)}"


def look_at_firms(scope: Scope) -> Shown:
    """Firms with a major hazard source: on line, off line since when, or never linked."""
    sites = {site_of(record).pk: site_of(record) for record in scope.records(SOURCE)}
    links = newest_of(HAZARD, site_ids=sites)
    rows = []
    for pk, site in sites.items():
        link = links.get(pk)
        cells: dict[str, Cell] = {"site": site_cell(site), "state": Chip("未接入", "todo")}
        if link is not None:
            off = _is_off(site, link, now=scope.now)
            cells["state"] = Chip("离线", "late") if off else Chip("在线", "done")
            cells["last"] = moment_words(link.last_seen_at)
            cells["since"] = moment_words(link.last_seen_at) if off else ""
        rows.append(Row(id=pk, name=site.name, cells=cells))
    return Shown(rows=rows)


def _is_off(site: Site, link: DataSource, *, now: datetime) -> bool:
    on = now.astimezone(SHANGHAI).date()
    limit = value_of(OFFLINE, region_path=site.region.path_ids, on=on)
    return limit.is_set and silence(link, now=now) >= timedelta(minutes=limit.amount)


def look_for_lost(*, now: datetime) -> Iterator[Finding]:
    """Firms with a major hazard source that send nothing any more (LX-S3-3)."""
    sites = {site_of(one).pk: site_of(one) for one in _registered(now)}
    for pk, link in newest_of(HAZARD, site_ids=sites).items():
        if _is_off(sites[pk], link, now=now):
            since = moment_words(link.last_seen_at)
            yield Finding(
                site=pk,
                key=f"offline:{link.pk}:{link.last_seen_at.isoformat()}",
                label=f"重大危险源在线监测离线，自 {since}",
                text=f"自 {since} 起没有收到数据，期间缺数。请核查掉线原因和现场情况。",
                figures=(("离线自", since),),
            )


def look_for_missing(*, now: datetime) -> Iterator[Finding]:
    """Sources without one of the three systems: what C14 calls a violation (LX-C14-2)."""
    for record in _registered(now):
        lacking = [label for key, label in THREE if record.facts.get(key) == "no"]
        if lacking:
            yield Finding(
                site=site_of(record).pk,
                key=f"c14:{record.pk}:{'-'.join(lacking)}",
                label=f"C14：{record.title}缺{'、'.join(lacking)}",
                text=f"检查登记“{'、'.join(lacking)}”为无，未对重大危险源实施不间断监控。",
                figures=tuple((label, _WORDS[str(record.facts[key])]) for key, label in THREE),
            )


def _registered(now: datetime) -> list[Record]:
    today = now.astimezone(SHANGHAI).date()
    rows = valid_on(today).filter(ledger=SOURCE, site__isnull=False).order_by("id")
    return list(rows.select_related("site__region"))


LOST_WATCH = Watch(
    key="hazard_link_lost",
    label="重大危险源掉线即查",
    look=look_for_lost,
    decide_by=_DECIDERS,
    opens=("site_check",),
    basis=("LX-S3-3",),
)
MISSING_WATCH = Watch(
    key="hazard_unmonitored",
    label="重大危险源不间断监控",
    look=look_for_missing,
    decide_by=_DECIDERS,
    codes=(Option(key="C14", label="C14 未对重大危险源不间断监控"),),
    ceases=True,
    basis=("LX-C14-2",),
)
SOURCE_BOARD = Board(
    key="hazard-sources",
    label="重大危险源监控和断数",
    heads=(
        Head(key="name", label="重大危险源", kind="title"),
        Head(key="state", label="三项系统", kind="chip"),
        *(Head(key=key, label=label) for key, label in THREE),
        Head(key="count", label="当日断数（次）", kind="number"),
        Head(key="breaks", label="断数起止"),
    ),
    look=look_at_sources,
    state="state",
    by_day=True,
    ledgers=(SOURCE,),
    empty="还没有登记重大危险源",
    basis=("LX-C14-2",),
)
FIRM_BOARD = Board(
    key="hazard-links",
    label="重大危险源企业在线情况",
    heads=(
        Head(key="site", label="企业", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="last", label="最近收到数据", kind="date"),
        Head(key="since", label="离线自", kind="date"),
    ),
    look=look_at_firms,
    state="state",
    ledgers=(SOURCE,),
    empty="还没有登记重大危险源",
    basis=("LX-S3-3",),
)
