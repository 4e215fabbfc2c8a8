"""Cameras at the main work places, and what is made of them: rules and unsafe acts."""

from collections import Counter, defaultdict
from typing import Final

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.wording import share_text
from bihuan.language.words import Ledger
from bihuan.matters.models import Record
from bihuan.matters.records import RecordCase
from bihuan.monitoring.boards import (
    Board,
    Cell,
    Chip,
    Figure,
    Head,
    Link,
    Row,
    Scope,
    Shown,
    record_link,
    register_link,
    site_cell,
    site_of,
)
from bihuan.monitoring.equipment.wording import is_true, latest
from bihuan.places.models import Site

PLACE: Final = "work_place"
RULES: Final = "video_rules"
ACT: Final = "unsafe_act"
_WRITERS = ("office", "inspector", "watch", "firm")
_CAMERAS = (
    Option(key="working", label="完好"),
    Option(key="broken", label="故障"),
    Option(key="none", label="未安装"),
)
_LEVELS = (
    Option(key="mine", label="本矿"),
    Option(key="company", label="上级企业"),
)
_SOURCES = (
    Option(key="video", label="视频"),
    Option(key="on_site", label="现场"),
    Option(key="other", label="其他"),
)
_SITE = Field(key="site", label="煤矿", kind=Kind.SITE, required=True)

PLACES = Ledger(
    key=PLACE,
    label="主要作业地点和摄像机",
    title="place",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _SITE,
        Field(key="place", label="作业地点", required=True, max_length=60),
        Field(key="camera", label="摄像机", max_length=60),
        Field(
            key="camera_state",
            label="摄像机情况",
            kind=Kind.CHOICE,
            options=_CAMERAS,
            required=True,
        ),
        Field(key="is_busy", label="有有效作业票或有人作业", kind=Kind.YES_NO),
    ),
    basis=("AY-33-5",),
)
RULES_LEDGER = Ledger(
    key=RULES,
    label="视频使用制度",
    title="document",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _SITE,
        Field(key="level", label="制定单位", kind=Kind.CHOICE, options=_LEVELS, required=True),
        Field(key="document", label="文件名称", required=True, max_length=120),
        Field(key="issued_on", label="文件日期", kind=Kind.DAY, required=True),
        Field(key="file", label="文件", kind=Kind.FILES),
    ),
    basis=("AY-33-7",),
)


def clip_is_given_of_video(case: RecordCase) -> bool:
    """What was seen on video is proved by its clip."""
    return case.answers.get("source") != "video" or bool(case.answers.get("clip"))


ACTS = Ledger(
    key=ACT,
    label="三违行为",
    title="act",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _SITE,
        Field(key="happened_on", label="日期", kind=Kind.DAY, required=True),
        Field(key="source", label="来源", kind=Kind.CHOICE, options=_SOURCES, required=True),
        Field(key="act", label="行为", required=True, max_length=120, personal=True),
        Field(key="clip", label="视频片段", max_length=200, hint="片段的文件名或地址"),
    ),
    guards=(
        Guard(
            holds=clip_is_given_of_video,
            otherwise="来源是视频的，请填写视频片段的文件名或地址。",
            basis=("AY-33-7",),
        ),
    ),
    basis=("AY-33-7",),
)
_KEYS = {
    "target": "equipment.video_coverage_percent",
    "due": "equipment.video_coverage_by",
}


def look_at_places(scope: Scope) -> Shown:
    """Main work places with the state of their camera, and the share that is covered."""
    places = latest(scope.records(PLACE), "place")
    rows = [_place_row(place) for place in places]
    lacking = [place for place in places if place.facts.get("camera_state") != "working"]
    covered = len(places) - len(lacking)
    share = share_text(covered, of=len(places)) if places else "无"
    target, due = scope.setting(_KEYS["target"]), scope.setting(_KEYS["due"])
    note = f"{covered} / {len(places)} 处"
    if target.is_set and places:
        met = covered * 100 >= len(places) * float(str(target.value))
        names = "、".join(f"{site_of(one).name}{one.title}" for one in lacking[:5])
        note += "，达标" if met else f"，未达标：{names}{'等' if len(lacking) > 5 else ''}"
    past = "（历史）" if due.is_set and scope.today > due.date else ""
    notes = [f"目标 {target.text}，期限 {due.text}{past}"]
    rows.sort(key=_is_covered)
    return Shown(
        rows=rows, figures=[Figure(label="视频覆盖率", value=share, note=note)], notes=notes
    )


def look_at_rules(scope: Scope) -> Shown:
    """Every mine and every parent company, with its document or without one."""
    held: dict[tuple[str, int | None], Record] = {}
    for record in scope.records(RULES):
        level = str(record.facts["level"])
        site = site_of(record)
        held[level, site.firm_id if level == "company" else site.pk] = record
    sites = list(scope.sites(Site.Kind.COAL).select_related("region", "firm"))
    rows = [_rules_row(site_cell(one), held.get(("mine", one.pk)), one, "mine") for one in sites]
    firms = {one.firm_id: one for one in sites if one.firm_id}
    for firm_id, site in firms.items():
        name = Link(site.firm.name if site.firm else "", "", "上级企业")
        rows.append(_rules_row(name, held.get(("company", firm_id)), site, "company"))
    lacking = sum(row.cells["state"] == _NO_RULES for row in rows)
    return Shown(rows=rows, figures=[Figure(label="没有制度", value=str(lacking), unit="家")])


def look_at_acts(scope: Scope) -> Shown:
    """Unsafe acts counted by mine and month, and by how they were seen."""
    counts: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    sites: dict[int, Site] = {}
    for record in scope.records(ACT):
        site = sites.setdefault(record.site_id or 0, site_of(record))
        month = str(record.facts["happened_on"])[:7]
        counts[site.pk, month][str(record.facts["source"])] += 1
    rows = []
    for (pk, month), found in sorted(counts.items(), key=_by_month, reverse=True):
        cells: dict[str, Cell] = {"site": site_cell(sites[pk]), "month": month}
        cells |= {option.key: found[option.key] for option in _SOURCES}
        cells["all"] = found.total()
        rows.append(Row(id=f"{pk}-{month}", name=f"{sites[pk].name} {month}", cells=cells))
    return Shown(rows=rows)


def _place_row(place: Record) -> Row:
    working = place.facts.get("camera_state") == "working"
    state = Chip("已覆盖", "done") if working else Chip("未覆盖", "todo")
    if not working and is_true(place, "is_busy"):
        state = Chip("无视频作业", "late")
    key = place.facts.get("camera_state")
    cells: dict[str, Cell] = {
        "place": record_link(place, sub=site_of(place).name),
        "camera": str(place.facts.get("camera") or ""),
        "camera_state": next((one.label for one in _CAMERAS if one.key == key), ""),
        "busy": "有" if is_true(place, "is_busy") else "无",
        "state": state,
    }
    return Row(id=place.pk, name=f"{site_of(place).name} {place.title}", cells=cells)


_NO_RULES = Chip("没有制度", "todo")


def _rules_row(name: Link, record: Record | None, site: Site, level: str) -> Row:
    cells: dict[str, Cell] = {
        "name": name,
        "state": Chip("已有制度", "done") if record else _NO_RULES,
        "document": record_link(record) if record else None,
        "issued": str(record.facts["issued_on"]) if record else "",
    }
    add = register_link(RULES, site=site.pk, level=level)
    return Row(id=f"{level}-{site.pk}", name=name.text, cells=cells, actions=(add,))


def _is_covered(row: Row) -> bool:
    return row.cells["state"] == Chip("已覆盖", "done")


def _by_month(entry: tuple[tuple[int, str], Counter[str]]) -> tuple[str, int]:
    return entry[0][1], entry[0][0]


PLACE_BOARD = Board(
    key="cameras",
    label="主要作业地点视频覆盖",
    heads=(
        Head(key="place", label="作业地点", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="camera", label="摄像机"),
        Head(key="camera_state", label="摄像机情况"),
        Head(key="busy", label="作业票或人员"),
    ),
    look=look_at_places,
    state="state",
    ledgers=(PLACE,),
    basis=("AY-33-5",),
)
RULES_BOARD = Board(
    key="video-rules",
    label="视频使用制度",
    heads=(
        Head(key="name", label="单位", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="document", label="文件", kind="link"),
        Head(key="issued", label="文件日期", kind="date"),
    ),
    look=look_at_rules,
    state="state",
    ledgers=(RULES,),
    basis=("AY-33-7",),
)
ACTS_BOARD = Board(
    key="unsafe-acts",
    label="三违按月按来源",
    heads=(
        Head(key="site", label="煤矿", kind="title"),
        Head(key="month", label="月份"),
        *(Head(key=one.key, label=one.label, kind="number") for one in _SOURCES),
        Head(key="all", label="合计", kind="number"),
    ),
    look=look_at_acts,
    ledgers=(ACT,),
    empty="还没有登记三违行为",
    basis=("AY-33-7",),
)
