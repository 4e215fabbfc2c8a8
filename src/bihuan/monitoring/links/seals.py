"""Electronic seals: at which mines they are, and which of them send (SX-48-2)."""

from collections import defaultdict
from datetime import timedelta
from typing import Final

from bihuan.language.field import Field, Kind
from bihuan.language.pack import Value
from bihuan.language.wording import share_text
from bihuan.language.words import Ledger
from bihuan.monitoring.boards import Board, Cell, Chip, Figure, Head, Row, Scope, Shown
from bihuan.monitoring.links.hearing import SEAL
from bihuan.monitoring.links.standing import newest_of, silence
from bihuan.monitoring.links.tables import DataSource
from bihuan.monitoring.mines import MINE_KINDS
from bihuan.places.models import Region, Site

INSTALLED: Final = "electronic_seal"
OFFLINE: Final = "links.seal_offline_minutes"
TARGET: Final = "links.seal_target_percent"

LEDGER = Ledger(
    key=INSTALLED,
    label="电子封条",
    title="number",
    subject="site",
    write_by=("office", "inspector", "watch"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="number", label="封条编号", required=True, max_length=40),
        Field(key="place", label="安装位置", max_length=60),
        Field(key="valid_from", label="安装日期", kind=Kind.DAY, required=True),
        Field(key="valid_until", label="拆除日期", kind=Kind.DAY),
    ),
    basis=("SX-48-2",),
)


def look(scope: Scope) -> Shown:
    """Per county the share of mines with a seal, and of these the share that sends."""
    mines: dict[int, list[Site]] = defaultdict(list)
    for site in scope.sites(*MINE_KINDS):
        path = site.region.path_ids
        mines[path[: Region.Level.COUNTY][-1]].append(site)
    names = dict(Region.objects.filter(pk__in=mines).values_list("pk", "name"))
    sealed = {record.site_id for record in scope.records(INSTALLED)}
    links = newest_of(SEAL, site_ids=[pk for pk in sealed if pk])
    rows = [_row(names[pk], pk, sites, sealed, links, scope=scope) for pk, sites in mines.items()]
    offline, target = scope.setting(OFFLINE), scope.setting(TARGET)
    return Shown(
        rows=rows,
        figures=[
            Figure(label="多久无数据算离线", value=offline.text),
            Figure(label="目标", value=target.text),
        ],
    )


def _row(
    name: str,
    pk: int,
    sites: list[Site],
    sealed: set[int | None],
    links: dict[int, DataSource],
    *,
    scope: Scope,
) -> Row:
    having = [site for site in sites if site.pk in sealed]
    offline = scope.value(OFFLINE, site=sites[0])
    online = [site for site in having if _sends(links.get(site.pk), offline, scope=scope)]
    without = [site.name for site in sites if site.pk not in sealed]
    silent = [site.name for site in having if site not in online] if offline.is_set else []
    cells: dict[str, Cell] = {
        "county": name,
        "mines": len(sites),
        "installed": _share(len(having), len(sites)),
        "online": _share(len(online), len(having)) if offline.is_set else "未设定",
        "without": "、".join(without),
        "silent": "、".join(silent),
        "state": _judged(len(having), len(sites), scope.value(TARGET, site=sites[0])),
    }
    return Row(id=pk, name=name, cells=cells)


def _sends(link: DataSource | None, offline: Value, *, scope: Scope) -> bool:
    if link is None or not offline.is_set:
        return False
    return silence(link, now=scope.now) <= timedelta(minutes=offline.amount)


def _share(part: int, of: int) -> str:
    return f"{share_text(part, of=of)}（{part} / {of}）" if of else "无"


def _judged(part: int, of: int, target: Value) -> Chip:
    if not target.is_set:
        return Chip("未设目标")
    met = part * 100 >= of * float(str(target.value))
    return Chip("达到目标", "done") if met else Chip("未达目标", "todo")


BOARD = Board(
    key="seals",
    of_sites=False,
    label="电子封条安装和在线",
    heads=(
        Head(key="county", label="县（市、区）", kind="title"),
        Head(key="mines", label="矿山（家）", kind="number"),
        Head(key="installed", label="安装率", kind="number"),
        Head(key="online", label="在线率", kind="number"),
        Head(key="without", label="未安装"),
        Head(key="silent", label="不在线"),
        Head(key="state", label="与目标比", kind="chip"),
    ),
    look=look,
    ledgers=(INSTALLED,),
    empty="辖区内没有矿山",
    basis=("SX-48-2",),
)
