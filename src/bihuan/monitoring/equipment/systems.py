"""The five systems underground: state, checks and upgrades; who lacks one is urged."""

from collections import defaultdict
from typing import Final

from bihuan.language.field import Field, Kind
from bihuan.language.parameter import Option
from bihuan.language.words import Ledger
from bihuan.matters.models import Record
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
    register_link,
    site_cell,
)
from bihuan.monitoring.equipment.wording import day_of, latest
from bihuan.places.models import Site

SYSTEM: Final = "mine_system"
URGING: Final = "urging_letter"
FIVE: Final = (
    Option(key="location", label="人员定位", aliases=("人员位置监测",)),
    Option(key="monitoring", label="监测监控", aliases=("安全监控",)),
    Option(key="communication", label="通信联络", aliases=("通信与图像监视",)),
    Option(key="air", label="压风自救"),
    Option(key="water", label="供水施救"),
)
# The three that are upgraded together, in the words of that source (SX-48-1).
THREE: Final = (
    ("monitoring", "安全监控"),
    ("location", "人员位置监测"),
    ("communication", "通信与图像监视"),
)
WORKING: Final = "working"
UNKNOWN: Final = "unknown"
STATES: Final = (
    Option(key=WORKING, label="正常"),
    Option(key="broken", label="故障"),
    Option(key="missing", label="缺失"),
    Option(key=UNKNOWN, label="未知"),
)
INTEGRATION: Final = (
    Option(key="merged", label="已融合"),
    Option(key="partly", label="部分融合"),
    Option(key="none", label="未融合"),
)
_WORDS = {one.key: one.label for one in (*STATES, *INTEGRATION)}

LEDGER = Ledger(
    key=SYSTEM,
    label="井下系统状态和升级",
    title="system",
    subject="site",
    write_by=("office", "inspector", "watch", "firm"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="system", label="系统", kind=Kind.CHOICE, options=FIVE, required=True),
        Field(key="state", label="状态", kind=Kind.CHOICE, options=STATES, required=True),
        Field(key="checked_on", label="最近检查日期", kind=Kind.DAY),
        Field(key="upgraded_on", label="最近升级日期", kind=Kind.DAY),
        Field(key="maker", label="生产厂家", max_length=60),
        Field(key="model", label="版本", max_length=60),
        Field(key="integration", label="融合情况", kind=Kind.CHOICE, options=INTEGRATION),
        Field(key="planned_on", label="计划升级日期", kind=Kind.DAY),
    ),
    basis=("AY-26-5", "SX-48-1"),
)
LETTERS = Ledger(
    key=URGING,
    label="催办函",
    title="subject",
    subject="site",
    write_by=("office", "inspector", "watch"),
    fields=(
        Field(key="site", label="受文单位", kind=Kind.SITE, required=True),
        Field(key="subject", label="事由", required=True, max_length=80),
        Field(key="text", label="正文", kind=Kind.LONG_TEXT, required=True, max_length=1500),
        Field(key="valid_from", label="发函日期", kind=Kind.DAY, required=True),
        Field(key="answer_by", label="要求反馈日期", kind=Kind.DAY),
    ),
    basis=("SX-48-1",),
)


def look_at_states(scope: Scope) -> Shown:
    """Every mine with its five systems; one that isn't registered is 未知, never 正常."""
    held = _held(scope)
    rows = [_state_row(site, held[site.pk]) for site in _mines(scope)]
    whole = sum(row.cells["state"] == _ALL_WORK for row in rows)
    rows.sort(key=_is_whole)
    figures = [
        Figure(label="五大系统全部正常", value=f"{whole} / {len(rows)}", unit="家"),
        Figure(label="有故障、缺失或未知", value=str(len(rows) - whole), unit="家"),
    ]
    return Shown(rows=rows, figures=figures)


def look_at_upgrades(scope: Scope) -> Shown:
    """Every mine with the three systems; who lacks one, or is behind its plan, can be urged."""
    held = _held(scope)
    urged = {record.site_id: record for record in scope.records(URGING)}
    rows = [_upgrade_row(site, held[site.pk], urged, scope=scope) for site in _mines(scope)]
    return Shown(rows=rows)


_ALL_WORK = Chip("五项正常", "done")


def _mines(scope: Scope) -> list[Site]:
    return list(scope.sites(Site.Kind.COAL, Site.Kind.NONCOAL))


def _held(scope: Scope) -> dict[int, dict[str, Record]]:
    found: dict[int, dict[str, Record]] = defaultdict(dict)
    for record in latest(scope.records(SYSTEM), "system"):
        found[record.site_id or 0][str(record.facts["system"])] = record
    return found


def _state_row(site: Site, held: dict[str, Record]) -> Row:
    cells: dict[str, Cell] = {"site": site_cell(site)}
    faults: dict[str, int] = {}
    for option in FIVE:
        record = held.get(option.key)
        state = str(record.facts["state"]) if record else UNKNOWN
        cells[option.key] = f"{_WORDS[state]}（{_days(record)}）"
        if state != WORKING:
            faults[_WORDS[state]] = faults.get(_WORDS[state], 0) + 1
    told = "、".join(f"{word} {count}" for word, count in faults.items())
    tone = "late" if set(faults) - {_WORDS[UNKNOWN]} else "todo"
    cells["state"] = Chip(told, tone) if told else _ALL_WORK
    add = register_link(SYSTEM, "登记系统", site=site.pk)
    return Row(id=site.pk, name=site.name, cells=cells, actions=(add,))


def _days(record: Record | None) -> str:
    if record is None:
        return "未登记"
    checked, upgraded = day_of(record, "checked_on"), day_of(record, "upgraded_on")
    return f"检查 {checked or '未填'}，升级 {upgraded or '未填'}"


def _upgrade_row(
    site: Site, held: dict[str, Record], urged: dict[int | None, Record], *, scope: Scope
) -> Row:
    cells: dict[str, Cell] = {"site": site_cell(site)}
    faults, late = [], False
    for key, label in THREE:
        record = held.get(key)
        cells[key] = _upgrade_cell(record)
        planned = day_of(record, "planned_on") if record else None
        done = day_of(record, "upgraded_on") if record else None
        if record is None or record.facts.get("state") == "missing":
            faults.append(f"缺{label}")
        elif planned and planned < scope.today and (done is None or done < planned):
            late = True
            faults.append(f"{label}过计划日期 {planned}")
    cells["state"] = _upgrade_state(lacks=bool(faults) and not late, late=late)
    cells["faults"] = "；".join(faults)
    letter = urged.get(site.pk)
    cells["urged"] = str(letter.valid_from or "") if letter else ""
    actions = (_urging(site, faults, scope=scope),) if faults else ()
    return Row(id=site.pk, name=site.name, cells=cells, actions=actions)


def _upgrade_state(*, lacks: bool, late: bool) -> Chip:
    if late:
        return Chip("过计划日期", "late")
    return Chip("缺系统", "todo") if lacks else Chip("齐备", "done")


def _upgrade_cell(record: Record | None) -> str:
    if record is None:
        return "缺（未登记）"
    facts = record.facts
    made = " ".join(str(facts[key]) for key in ("maker", "model") if facts.get(key))
    merged = _WORDS.get(str(facts.get("integration")), "融合情况未填")
    upgraded, planned = facts.get("upgraded_on") or "未填", facts.get("planned_on") or "未填"
    return f"{made or '厂家未填'}（升级 {upgraded}，{merged}，计划 {planned}）"


def _urging(site: Site, faults: list[str], *, scope: Scope) -> Link:
    """A letter drafted from the row; a person reads, changes and issues it."""
    told = "；".join(faults)
    text = (
        f"{site.name}：经核对登记情况，你单位{told}。"
        "请按有关要求组织安全监控、人员位置监测、通信与图像监视系统升级改造，"
        "并将完成情况和计划书面反馈。"
    )
    return register_link(
        URGING,
        "催办函",
        site=site.pk,
        subject="关于监控通信系统升级的催办函",
        text=text,
        valid_from=scope.today.isoformat(),
    )


def _is_whole(row: Row) -> bool:
    return row.cells["state"] == _ALL_WORK


STATE_BOARD = Board(
    key="systems",
    label="井下五大系统",
    heads=(
        Head(key="site", label="矿山", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        *(Head(key=one.key, label=one.label) for one in FIVE),
    ),
    look=look_at_states,
    state="state",
    ledgers=(SYSTEM,),
    empty="辖区内没有矿山",
    basis=("AY-26-5",),
)
UPGRADE_BOARD = Board(
    key="upgrades",
    label="监控通信系统升级",
    heads=(
        Head(key="site", label="矿山", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="faults", label="缺什么、过什么"),
        *(Head(key=key, label=label) for key, label in THREE),
        Head(key="urged", label="催办日期", kind="date"),
    ),
    look=look_at_upgrades,
    state="state",
    ledgers=(SYSTEM, URGING),
    empty="辖区内没有矿山",
    basis=("SX-48-1",),
)
