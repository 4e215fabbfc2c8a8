"""Who shares data with whom (SX-04-1), and by which means things were found (LX-W3-1)."""

from collections import Counter
from typing import Final

from django.db.models import Max

from bihuan.language.field import Field, Kind
from bihuan.language.parameter import Option
from bihuan.language.words import Ledger
from bihuan.matters.models import Record
from bihuan.monitoring.activity.series import POWER as POWER_SERIES
from bihuan.monitoring.activity.tables import SeriesValue
from bihuan.monitoring.boards import (
    OFFICIALS,
    Board,
    Cell,
    Chip,
    Head,
    Link,
    Row,
    Scope,
    Shown,
    record_link,
    register_link,
)
from bihuan.monitoring.equipment.wording import moment_words
from bihuan.monitoring.links.hearing import POWER
from bihuan.monitoring.links.tables import DataSource
from bihuan.places.models import Site, Unit

PARTNER: Final = "data_partner"
FOUND: Final = "means_finding"
POWER_COMPANY: Final = "power"
PARTNERS: Final = (
    Option(key="land", label="自然资源"),
    Option(key="energy", label="能源"),
    Option(key="weather", label="气象"),
    Option(key=POWER_COMPANY, label="电力"),
)
MEANS: Final = (
    Option(key="satellite", label="卫片执法"),
    Option(key="monitoring", label="监测监控"),
    Option(key="forecast", label="预警预报"),
)

PARTNER_LEDGER = Ledger(
    key=PARTNER,
    label="部门联动共享",
    title="partner",
    write_by=("office",),
    fields=(
        Field(key="partner", label="部门", kind=Kind.CHOICE, options=PARTNERS, required=True),
        Field(key="post", label="联系岗位", max_length=60),
        Field(key="kinds", label="约定的数据", max_length=120),
        Field(key="agreed_on", label="机制建立日期", kind=Kind.DAY, hint="未建立的不填"),
        Field(key="data_on", label="最近收到数据日期", kind=Kind.DAY, hint="没有收到的不填"),
    ),
    basis=("SX-04-1",),
)
FOUND_LEDGER = Ledger(
    key=FOUND,
    label="三类手段发现的问题",
    title="number",
    subject="site",
    write_by=("office", "inspector", "watch", "handler", "head"),
    fields=(
        Field(key="site", label="监管对象", kind=Kind.SITE, required=True),
        Field(key="means", label="手段", kind=Kind.CHOICE, options=MEANS, required=True),
        Field(
            key="number",
            label="影像、序列或预警编号",
            required=True,
            max_length=60,
        ),
        Field(key="unit", label="承办股室", kind=Kind.UNIT, unit_kinds=("section",), required=True),
        Field(key="found_on", label="日期", kind=Kind.DAY, required=True),
        Field(
            key="finding",
            label="问题",
            kind=Kind.LONG_TEXT,
            required=True,
            max_length=500,
            personal=True,
        ),
    ),
    basis=("LX-W3-1",),
)


def look_at_partners(scope: Scope) -> Shown:
    """The four partners; where there is no mechanism or no data, the cell says so."""
    held = {str(one.facts["partner"]): one for one in scope.regional(PARTNER)}
    return Shown(rows=[_partner_row(one, held.get(one.key), scope=scope) for one in PARTNERS])


def _partner_row(option: Option, record: Record | None, *, scope: Scope) -> Row:
    facts = record.facts if record else {}
    came = max(str(facts.get("data_on") or ""), _power_came(option, scope))
    agreed = str(facts.get("agreed_on") or "")
    cells: dict[str, Cell] = {
        "partner": record_link(record, text=option.label) if record else Link(option.label),
        "post": str(facts.get("post") or "未填"),
        "kinds": str(facts.get("kinds") or "未填"),
        "agreed": agreed or "未建立",
        "came": came or "无数据",
        "state": _partner_state(agreed, came),
    }
    add = () if record else (register_link(PARTNER, partner=option.key),)
    return Row(id=option.key, name=option.label, cells=cells, actions=add)


def _partner_state(agreed: str, came: str) -> Chip:
    if not agreed:
        return Chip("未建立", "todo")
    return Chip("有数据", "done") if came else Chip("无数据", "todo")


def _power_came(option: Option, scope: Scope) -> str:
    """When power figures of a mine in reach last came in; empty for the other partners."""
    if option.key != POWER_COMPANY:
        return ""
    mine = Site.objects.filter(scope.reach).order_by().values("pk")
    link = DataSource.objects.filter(system=POWER, site_id__in=mine).aggregate(
        at=Max("last_seen_at")
    )
    file = SeriesValue.objects.filter(series=POWER_SERIES, site_id__in=mine).aggregate(
        at=Max("received_at")
    )
    return max(moment_words(link["at"]), moment_words(file["at"]))


def look_at_means(scope: Scope) -> Shown:
    """Findings by section and means; a means that was never used shows 0."""
    counts: Counter[tuple[int | None, str]] = Counter()
    for record in scope.records(FOUND):
        counts[record.unit_id, str(record.facts["means"])] += 1
    regions = {held.region_id for held in scope.by.held if held.role in OFFICIALS}
    sections = Unit.objects.filter(region_id__in=regions, kind=Unit.Kind.SECTION, is_active=True)
    rows = []
    for unit in sections.order_by("id"):
        cells: dict[str, Cell] = {"unit": Link(unit.name)}
        cells |= {one.key: counts[unit.pk, one.key] for one in MEANS}
        cells["all"] = sum(counts[unit.pk, one.key] for one in MEANS)
        rows.append(Row(id=unit.pk, name=unit.name, cells=cells))
    whole: dict[str, Cell] = {"unit": Link("合计")}
    whole |= {
        one.key: sum(number for (_unit, means), number in counts.items() if means == one.key)
        for one in MEANS
    }
    whole["all"] = counts.total()
    return Shown(rows=[*rows, Row(id="all", name="合计", cells=whole)])


PARTNER_BOARD = Board(
    key="partners",
    of_sites=False,
    label="部门联动共享",
    heads=(
        Head(key="partner", label="部门", kind="link"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="post", label="联系岗位"),
        Head(key="kinds", label="约定的数据"),
        Head(key="agreed", label="机制建立", kind="date"),
        Head(key="came", label="最近收到数据", kind="date"),
    ),
    look=look_at_partners,
    state="state",
    ledgers=(PARTNER,),
    read_by=OFFICIALS,
    basis=("SX-04-1",),
)
MEANS_BOARD = Board(
    key="means",
    of_sites=False,
    label="三类手段发现问题",
    heads=(
        Head(key="unit", label="股室", kind="title"),
        *(Head(key=one.key, label=one.label, kind="number") for one in MEANS),
        Head(key="all", label="合计", kind="number"),
    ),
    look=look_at_means,
    ledgers=(FOUND,),
    read_by=OFFICIALS,
    basis=("LX-W3-1",),
)
