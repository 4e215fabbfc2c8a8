"""Water monitoring of working mines: on line, broken off or never linked (AY-23-5)."""

from datetime import timedelta
from typing import Final

from bihuan.language.wording import rough_length, share_text
from bihuan.monitoring.boards import (
    Board,
    Cell,
    Chip,
    Figure,
    Head,
    Row,
    Scope,
    Shown,
    site_cell,
)
from bihuan.monitoring.equipment.wording import moment_words
from bihuan.monitoring.links.hearing import WATER
from bihuan.monitoring.links.standing import newest_of, silence
from bihuan.monitoring.links.tables import DataSource
from bihuan.monitoring.mines import BUILDING, MINE_KINDS, PRODUCING, profiles_on
from bihuan.places.models import Site

ONLINE: Final = Chip("在线", "done")
LOST: Final = Chip("断线", "late")
NEVER: Final = Chip("未接入", "todo")
_LISTED: Final = {PRODUCING: "生产", BUILDING: "建设"}
SILENT: Final = "links.water_silent_minutes"


def look(scope: Scope) -> Shown:
    """Every producing and building mine with the time of its last water reading."""
    profiles = profiles_on(scope.today)
    mines = list(scope.sites(*MINE_KINDS))
    statuses = {one.pk: profiles[one.pk].status for one in mines if one.pk in profiles}
    listed = [one for one in mines if statuses.get(one.pk) in _LISTED]
    sources = newest_of(WATER, site_ids=[one.pk for one in listed])
    rows = [_row(one, statuses[one.pk], sources.get(one.pk), scope=scope) for one in listed]
    online = sum(row.cells["state"] == ONLINE for row in rows)
    share = share_text(online, of=len(rows)) if rows else "无"
    unknown = len(mines) - sum(bool(status) for status in statuses.values())
    notes = [f"{unknown} 家矿山没有登记生产建设状态，未列入。"] if unknown else []
    figures = [Figure(label="联网率", value=share, note=f"在线 {online} / 应接入 {len(rows)}")]
    return Shown(rows=rows, figures=figures, notes=notes)


def _row(site: Site, status: str, source: DataSource | None, *, scope: Scope) -> Row:
    cells: dict[str, Cell] = {"site": site_cell(site), "status": _LISTED[status]}
    cells["state"] = _state(site, source, scope=scope)
    if source is not None:
        cells["last"] = moment_words(source.last_seen_at)
        if cells["state"] == LOST:
            cells["lost"] = rough_length(silence(source, now=scope.now))
    return Row(id=site.pk, name=site.name, cells=cells)


def _state(site: Site, source: DataSource | None, *, scope: Scope) -> Chip:
    if source is None:
        return NEVER
    limit = scope.value(SILENT, site=site)
    if not limit.is_set:
        return Chip("未设定断线时长")
    is_lost = silence(source, now=scope.now) > timedelta(minutes=limit.amount)
    return LOST if is_lost else ONLINE


BOARD = Board(
    key="water-links",
    label="水害在线监测接入",
    heads=(
        Head(key="site", label="煤矿", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="status", label="生产建设状态"),
        Head(key="last", label="最近一次水文读数", kind="date"),
        Head(key="lost", label="断线时长（缺数）"),
    ),
    look=look,
    state="state",
    ledgers=("mine_profile",),
    empty="辖区内没有登记为生产或建设的矿山",
    basis=("AY-23-5",),
)
