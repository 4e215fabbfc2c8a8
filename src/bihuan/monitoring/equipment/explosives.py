"""Civil explosives: carriers with their permits (LX-S5-2), and every blast's sums (LX-S5-4)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
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
from bihuan.monitoring.equipment.wording import day_of, figure_text, latest, number_of
from bihuan.places.models import Site

CHECK: Final = "carrier_check"
PERMIT: Final = "carrier_permit"
BLAST: Final = "blasting_job"
PLATFORM: Final = "platform"
ITEMS: Final = (
    Option(key=PLATFORM, label="车辆动态监控平台"),
    Option(key="vehicles", label="车辆资质"),
    Option(key="people", label="人员资质"),
    Option(key="signs", label="警示标志"),
    Option(key="system", label="民爆信息系统使用"),
)
_ANSWERS = (
    Option(key="good", label="合格"),
    Option(key="bad", label="不合格"),
    Option(key="absent", label="未建"),
)
_HOLDERS = (Option(key="vehicles", label="车辆"), Option(key="people", label="驾驶员或押运员"))
_FIGURES = (("drawn", "领用"), ("issued", "发放"), ("used", "使用"), ("returned", "清退"))
_CARRIER = Field(key="site", label="运输企业", kind=Kind.SITE, required=True)
_WRITERS = ("office", "inspector", "watch")

CHECKS = Ledger(
    key=CHECK,
    label="民爆运输企业检查",
    title="item",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _CARRIER,
        Field(key="item", label="检查项", kind=Kind.CHOICE, options=ITEMS, required=True),
        Field(key="answer", label="结果", kind=Kind.CHOICE, options=_ANSWERS, required=True),
        Field(key="checked_on", label="检查日期", kind=Kind.DAY, required=True),
        Field(key="evidence", label="依据", max_length=200),
        Field(key="files", label="照片或文件", kind=Kind.FILES),
    ),
    basis=("LX-S5-2",),
)
PERMITS = Ledger(
    key=PERMIT,
    label="民爆运输资质",
    title="number",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _CARRIER,
        Field(key="holder", label="类别", kind=Kind.CHOICE, options=_HOLDERS, required=True),
        Field(key="number", label="车牌号或证号", required=True, max_length=40),
        Field(key="ends_on", label="资质有效期至", kind=Kind.DAY, required=True),
    ),
    basis=("LX-S5-2",),
)
BLASTS = Ledger(
    key=BLAST,
    label="爆破作业民爆物品",
    title="number",
    subject="site",
    write_by=(*_WRITERS, "firm"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="number", label="作业编号", required=True, max_length=40),
        Field(key="happened_on", label="日期", kind=Kind.DAY, required=True),
        Field(key="item", label="品种", max_length=40, hint="例如：炸药（kg）、雷管（发）"),
        *(
            Field(key=key, label=label, kind=Kind.NUMBER, at_least="0", hint="没有录入的不填")
            for key, label in _FIGURES
        ),
    ),
    basis=("LX-S5-4",),
)


def look_at_carriers(scope: Scope) -> Shown:
    """Carriers with the five items; permits that ended before the check are named by number."""
    held: dict[int, dict[str, Record]] = defaultdict(dict)
    sites: dict[int, Site] = {}
    for record in latest(scope.records(CHECK), "item"):
        held[record.site_id or 0][str(record.facts["item"])] = record
        sites[record.site_id or 0] = site_of(record)
    permits: dict[int, list[Record]] = defaultdict(list)
    for record in latest(scope.records(PERMIT), "number"):
        permits[record.site_id or 0].append(record)
        sites[record.site_id or 0] = site_of(record)
    rows = [_carrier_row(sites[pk], held[pk], permits[pk], scope=scope) for pk in sorted(sites)]
    return Shown(rows=rows)


def _carrier_row(
    site: Site, held: dict[str, Record], permits: list[Record], *, scope: Scope
) -> Row:
    cells: dict[str, Cell] = {"site": site_cell(site)}
    whole = True
    for item in ITEMS:
        record = held.get(item.key)
        checked = (day_of(record, "checked_on") if record else None) or scope.today
        ended = [
            one.title
            for one in permits
            if one.facts["holder"] == item.key and str(one.facts["ends_on"]) < checked.isoformat()
        ]
        answer = _answer(record, item.key, ended)
        whole = whole and answer == "合格"
        told = f"检查 {record.facts['checked_on']}" if record else "未检查"
        evidence = str(record.facts.get("evidence") or "") if record else ""
        sub = "；".join(
            part for part in (told, evidence, f"过期：{'、'.join(ended)}" if ended else "") if part
        )
        cells[item.key] = f"{answer}（{sub}）"
    cells["state"] = Chip("五项合格", "done") if whole else Chip("有问题或未检查", "todo")
    return Row(id=site.pk, name=site.name, cells=cells)


def _answer(record: Record | None, item: str, ended: list[str]) -> str:
    if record is None:
        return "未建" if item == PLATFORM else "未检查"
    if ended:
        return "不合格"
    key = record.facts["answer"]
    return next(one.label for one in _ANSWERS if one.key == key)


def look_at_blasts(scope: Scope) -> Shown:
    """Blasting jobs with their figures; one that is missing reads 未录入."""
    rows = []
    for job in scope.records(BLAST):
        cells: dict[str, Cell] = {
            "job": record_link(job, sub=site_of(job).name),
            "on": str(job.facts["happened_on"]),
            "state": _blast_state(job),
        }
        cells |= {key: figure_text(number_of(job, key)) for key, _label in _FIGURES}
        rows.append(Row(id=job.pk, name=f"{job.title} {site_of(job).name}", cells=cells))
    rows.reverse()
    return Shown(rows=rows)


def _blast_state(job: Record) -> Chip:
    if found := discrepancies(job):
        return Chip("、".join(label for _key, label, _text in found), "late")
    if any(number_of(job, key) is None for key, _label in _FIGURES):
        return Chip("未录全", "todo")
    return Chip("相符", "done")


def discrepancies(job: Record) -> list[tuple[str, str, str]]:
    """(key, label, sentence) of sums that don't hold; a missing figure is compared with nothing."""
    drawn, issued, used, returned = (number_of(job, key) for key, _label in _FIGURES)
    found = []
    if issued is not None and used is not None and returned is not None:
        short = issued - used - returned
        if short:
            told = f"发放 {issued:f}，使用 {used:f}，清退 {returned:f}，相差 {short:f}。"
            found.append(("used", f"发放与用退相差 {short:f}", told))
    if drawn is not None and issued is not None and drawn != issued:
        gap = drawn - issued
        told = f"领用 {drawn:f}，发放 {issued:f}，相差 {gap:f}。"
        found.append(("drawn", f"领用与发放相差 {gap:f}", told))
    return found


def look_for_discrepancies(*, now: datetime) -> Iterator[Finding]:
    """Blasting jobs whose figures don't add up (LX-S5-4)."""
    today = now.astimezone(SHANGHAI).date()
    jobs = valid_on(today).filter(ledger=BLAST, site__isnull=False).order_by("id")
    for job in jobs:
        figures = tuple((label, figure_text(number_of(job, key))) for key, label in _FIGURES)
        stamp = "-".join(text for _label, text in figures)
        for key, label, told in discrepancies(job):
            yield Finding(
                site=job.site_id or 0,
                key=f"blast:{job.pk}:{key}:{stamp}",
                label=f"爆破作业 {job.title} {label}",
                text=told,
                figures=figures,
            )


WATCH = Watch(
    key="explosives_balance",
    label="民爆物品发放、使用、清退核对",
    look=look_for_discrepancies,
    decide_by=("watch", "office", "head", "leader"),
    codes=(
        Option(key="missing", label="数量不符"),
        Option(key="slip", label="登记差错"),
    ),
    opens=("site_check",),
    ceases=True,
    basis=("LX-S5-4",),
)
CARRIER_BOARD = Board(
    key="carriers",
    label="民爆运输企业",
    heads=(
        Head(key="site", label="运输企业", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        *(Head(key=one.key, label=one.label) for one in ITEMS),
    ),
    look=look_at_carriers,
    state="state",
    ledgers=(CHECK, PERMIT),
    empty="还没有登记民爆运输企业",
    basis=("LX-S5-2",),
)
BLAST_BOARD = Board(
    key="blasting",
    label="民爆物品发放和用退",
    heads=(
        Head(key="job", label="作业", kind="title"),
        Head(key="state", label="核对", kind="chip"),
        Head(key="on", label="日期", kind="date"),
        *(Head(key=key, label=label, kind="number") for key, label in _FIGURES),
    ),
    look=look_at_blasts,
    state="state",
    ledgers=(BLAST,),
    empty="还没有登记爆破作业",
    basis=("LX-S5-4",),
)
