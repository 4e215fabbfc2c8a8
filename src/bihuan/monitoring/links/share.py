"""Coal mines and ponds above dwellings: which of them have data that comes in (SX-48-3)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bihuan.language.field import Field, Kind
from bihuan.language.pack import Value
from bihuan.language.wording import share_text
from bihuan.language.words import Ledger
from bihuan.monitoring.boards import (
    OFFICIALS,
    Board,
    Cell,
    Chip,
    Figure,
    Head,
    Link,
    Row,
    Scope,
    Shown,
    site_cell,
)
from bihuan.monitoring.equipment.ponds import A_POND
from bihuan.monitoring.equipment.wording import moment_words
from bihuan.monitoring.links.hearing import LABELS
from bihuan.monitoring.links.standing import silence
from bihuan.monitoring.links.tables import DataSource
from bihuan.monitoring.mines import DAYS_IN_ORDER, FROM_DAY, UNTIL_DAY
from bihuan.places.models import Site

OVERHEAD: Final = "overhead_pond"
SILENT: Final = "links.object_silent_minutes"
TARGET: Final = "links.object_target_percent"
COAL: Final = "煤矿"
PONDS: Final = "头顶库"
KINDS: Final = (COAL, PONDS)
LINKED: Final = Chip("已联网", "done")
LOST: Final = Chip("断线", "late")
NEVER: Final = Chip("未接入", "todo")
UNSET: Final = Chip("未设定断线时长")

LEDGER = Ledger(
    key=OVERHEAD,
    label="头顶库",
    title="site",
    subject="site",
    write_by=("office", "inspector", "watch"),
    fields=(
        Field(key="site", label="尾矿库", kind=Kind.SITE, required=True),
        FROM_DAY,
        UNTIL_DAY,
        Field(key="paper", label="认定依据", max_length=120),
    ),
    guards=(A_POND, DAYS_IN_ORDER),
    basis=("SX-48-3",),
)


@dataclass(frozen=True, kw_only=True)
class Linked:
    """One mine or pond, and the source that spoke last."""

    site: Site
    kind: str
    source: DataSource | None
    limit: Value
    state: Chip


def linked_of(scope: Scope) -> list[Linked]:
    """Every coal mine in reach and every pond that is registered as standing above dwellings."""
    over = {record.site_id for record in scope.records(OVERHEAD)}
    sites = [
        site
        for site in scope.sites(Site.Kind.COAL, Site.Kind.POND)
        if site.kind == Site.Kind.COAL or site.pk in over
    ]
    rows = DataSource.objects.filter(site_id__in=[site.pk for site in sites])
    newest = {row.site_id: row for row in rows.order_by("last_seen_at", "id")}
    return [_linked(site, newest.get(site.pk), scope=scope) for site in sites]


def shares_of(found: list[Linked]) -> dict[str, tuple[int, int]]:
    """Of each kind how many are linked, of how many."""
    shares = {}
    for kind in KINDS:
        those = [one for one in found if one.kind == kind]
        shares[kind] = (sum(one.state == LINKED for one in those), len(those))
    return shares


def look(scope: Scope) -> Shown:
    """Both kinds in one list, what isn't linked first, and the share of each."""
    found = sorted(linked_of(scope), key=_is_linked)
    target = scope.setting(TARGET)
    shares = shares_of(found)
    is_unset = {kind: any(_is_unset(one, kind) for one in found) for kind in KINDS}
    figures = [
        Figure(
            label=f"{kind}联网率",
            value="未设定" if is_unset[kind] else (share_text(part, of=of) if of else "无"),
            note=f"已联网 {part} / {of}",
        )
        for kind, (part, of) in shares.items()
    ]
    return Shown(
        rows=[_row(one) for one in found],
        figures=[
            *figures,
            Figure(label="多久无数据算断线", value=scope.setting(SILENT).text),
            Figure(label="目标", value=target.text),
        ],
    )


def by_region(found: list[Linked]) -> dict[int, dict[str, tuple[int, int]]]:
    """The shares of each region that has a mine or pond."""
    those: dict[int, list[Linked]] = defaultdict(list)
    for one in found:
        those[one.site.region_id].append(one)
    return {pk: shares_of(held) for pk, held in those.items()}


def _linked(site: Site, source: DataSource | None, *, scope: Scope) -> Linked:
    limit = scope.value(SILENT, site=site)
    kind = COAL if site.kind == Site.Kind.COAL else PONDS
    state = _state(source, limit, scope=scope)
    return Linked(site=site, kind=kind, source=source, limit=limit, state=state)


def _state(source: DataSource | None, limit: Value, *, scope: Scope) -> Chip:
    if source is None:
        return NEVER
    if not limit.is_set:
        return UNSET
    is_lost = silence(source, now=scope.now) > timedelta(minutes=limit.amount)
    return LOST if is_lost else LINKED


def _row(one: Linked) -> Row:
    cells: dict[str, Cell] = {"site": site_cell(one.site), "kind": one.kind, "state": one.state}
    if one.source is not None:
        last = moment_words(one.source.last_seen_at)
        system = f"{LABELS.get(one.source.system, one.source.system)} {one.source.object}".strip()
        cells |= {"system": system, "last": last, "lost": last if one.state == LOST else ""}
    return Row(id=one.site.pk, name=one.site.name, cells=cells)


def _is_unset(one: Linked, kind: str) -> bool:
    return one.kind == kind and one.state == UNSET


def _is_linked(one: Linked) -> bool:
    return one.state == LINKED


BOARD = Board(
    key="linked-share",
    label="煤矿和头顶库联网率",
    heads=(
        Head(key="site", label="对象", kind="title"),
        Head(key="kind", label="类别"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="system", label="最近发数的系统"),
        Head(key="last", label="最近收到数据", kind="date"),
        Head(key="lost", label="断线自", kind="date"),
    ),
    look=look,
    state="state",
    ledgers=(OVERHEAD,),
    read_by=OFFICIALS,
    empty="辖区内没有煤矿，也没有登记头顶库",
    pages=(Link("示意图", "monitoring:link_map"),),
    basis=("SX-48-3",),
)
