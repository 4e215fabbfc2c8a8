"""Tables of leads: the daily list (form 7, sixteen columns) and the hand-over list."""

from collections import defaultdict
from datetime import date, datetime

from bihuan.language.clock import SHANGHAI
from bihuan.language.words import Column, Report
from bihuan.leads.day_leads import TRANSFERS, UNREGISTERED, DayLead, leads_of_day
from bihuan.leads.fields import YES_PARTLY_NO
from bihuan.leads.results import result_cell
from bihuan.matters.identity import to_code
from bihuan.matters.table_rows import TableRow
from bihuan.places.models import Region

TO_REGISTER = "待登记"
UNSORTED = "待分类"
ANONYMOUS, SEALED = "匿名", "已密封"
_FINDINGS = {option.key: option.label for option in YES_PARTLY_NO}
_RECEIVERS = dict(zip(TRANSFERS, ("公安机关", "纪检监察机关"), strict=True))
_SUSPICIONS = dict(zip(TRANSFERS, ("suspected_crime", "suspected_dereliction"), strict=True))
_READERS = ("office", "intake", "leader", "handler", "head", "receiver")

DAILY_COLUMNS = (
    Column(key="place", label="序号", width=4),
    Column(key="source", label="举报来源", width=9),
    Column(key="reporter", label="举报人信息", width=8),
    Column(key="content", label="举报内容", width=26),
    Column(key="type", label="举报类型", width=10),
    Column(key="firm", label="涉及企业", width=11),
    Column(key="government", label="属地政府", width=11),
    Column(key="letter", label="交办文书文号", width=11),
    Column(key="unit", label="交办单位(部门或政府)", width=12),
    Column(key="handed_over", label="交办日期(7日内反馈)", width=13),
    Column(key="reported_back", label="实际反馈日期", width=11),
    Column(key="finding", label="是否属实", width=7),
    Column(key="result", label="办理结果", width=17),
    Column(key="progress", label="查处进展情况", width=18, source_wording="查出进展情况"),
    Column(key="reply", label="答复情况", width=11),
    Column(key="remark", label="备注", width=15),
)
HANDOVER_COLUMNS = (
    Column(key="number", label="编号", width=18),
    Column(key="unit", label="责任单位", width=20),
    Column(key="locality", label="归属地", width=12),
    Column(key="lead", label="线索", width=38),
    Column(key="handed_over", label="交办日期", width=12),
    Column(key="receiver", label="接收人", width=14),
    Column(key="received", label="接收日期", width=16),
    Column(key="objection", label="异议", width=22),
    Column(key="due", label="反馈期限", width=12),
)


def daily_rows(region: Region, *, on: date, now: datetime) -> list[TableRow]:
    """Form 7 of a day: every admitted lead received on it; the reporter is never written out."""
    del now  # this table says nothing that depends on the moment of making
    found = sorted(leads_of_day(on, region=region), key=_joined_later)
    return [
        TableRow(
            key=to_code(lead.matter.pk),
            cells={"place": str(place), **_daily_cells(lead)},
            matter_id=lead.matter.pk,
            unit_id=(lead.matter.unit_id or 0) if lead.is_handed_over else 0,
            marks=_marks(lead),
        )
        for place, lead in enumerate(found, start=1)
    ]


def handover_rows(region: Region, *, on: date, now: datetime) -> list[TableRow]:
    """The hand-over list: by unit and locality with sums; 待分类 for leads that lack a key."""
    groups: dict[tuple[str, str], list[DayLead]] = defaultdict(list)
    for lead in leads_of_day(on, region=region):
        unit = lead.matter.unit.name if lead.matter.unit else ""
        groups[(unit, lead.locality) if unit and lead.locality else ("", "")].append(lead)
    rows: list[TableRow] = []
    for (unit, locality), leads in sorted(groups.items(), key=_unsorted_last):
        group = f"{unit}、{locality}" if unit else UNSORTED
        rows += [_handover_row(lead, group=group, now=now) for lead in leads]
        cells = {"number": "小计", "unit": unit or UNSORTED, "locality": locality}
        count = f"{len(leads)} 条"
        rows.append(
            TableRow(key=f"sum:{group}", cells={**cells, "lead": count}, group=group, total=True)
        )
    if rows:
        everything = f"{sum(len(leads) for leads in groups.values())} 条"
        cells = {"number": "合计", "lead": everything}
        rows.append(TableRow(key="sum", cells=cells, total=True))
    return rows


def unregistered_sentence(rows: list[TableRow]) -> str:
    """Why a list can't be fixed yet, or an empty text."""
    waiting = sum(TO_REGISTER in (row.cells.get("type"), row.cells.get("number")) for row in rows)
    return f"还有 {waiting} 条线索待登记，请先登记类型和摘要，再定稿。" if waiting else ""


def _daily_cells(lead: DayLead) -> dict[str, str]:
    facts, unit = lead.facts, lead.matter.unit
    return {
        "source": str(facts.get("source") or ""),
        "reporter": _reporter(lead),
        "content": str(facts.get("summary") or TO_REGISTER),
        "type": lead.type_label if lead.is_registered else TO_REGISTER,
        "firm": lead.matter.site.name if lead.matter.site else "",
        "government": f"{lead.locality}人民政府" if lead.locality else "",
        "letter": lead.letter,
        "unit": unit.name if unit and lead.is_handed_over else "",
        "handed_over": _handed_over(lead),
        "reported_back": str(facts.get("reported_back_on") or ""),
        "finding": _FINDINGS.get(str(facts.get("finding")), ""),
        "result": result_cell(facts),
        "progress": "\n".join(_progress(lead)),
        "reply": str(facts.get("reply") or ""),
        "remark": "\n".join(_remarks(lead)),
    }


def _progress(lead: DayLead) -> list[str]:
    """What the unit recorded, then what was published beyond it; a text stands here once."""
    recorded = [
        (str(one["on"]), str(one["text"])) for one in lead.facts.get("progress_entries") or ()
    ]
    known = {text for _on, text in recorded}
    published = [f"{on} 公开：{text}" for on, text in lead.published if text not in known]
    return [f"{on} {text}" for on, text in recorded] + published


def _reporter(lead: DayLead) -> str:
    if lead.has_identity:
        return SEALED
    return "督查发现" if lead.facts.get("reporter_kind") == "inspection" else ANONYMOUS


def _handed_over(lead: DayLead) -> str:
    day = lead.facts.get("handed_over_on")
    if not day:
        return ""
    return f"{day}\n限{lead.due_on}" if lead.due_on else str(day)


def _remarks(lead: DayLead) -> list[str]:
    """Receiver and date of each transfer; 待移送 where one is owed (LX-A7-6)."""
    lines = []
    for kind, receiver in _RECEIVERS.items():
        transfer = lead.transfers.get(kind)
        if transfer and transfer.get("transferred_on"):
            lines.append(f"移送{receiver} {transfer['transferred_on']}")
        elif transfer is not None or lead.facts.get(_SUSPICIONS[kind]):
            lines.append(f"待移送{receiver}")
    if lead.matter.stage == "voided":
        lines.append("编号已作废")
    if lead.matter.stage == "merged":
        lines.append("已并案")
    if lead.joined_later:
        admitted = lead.steps["admit"].at.astimezone(SHANGHAI)
        lines.append(f"补记（{admitted:%Y-%m-%d}甄别后受理）")
    return lines


def _marks(lead: DayLead) -> dict[str, str]:
    marks = {}
    if lead.matter.stage == UNREGISTERED:
        marks["type"] = "todo"
    if any(line.startswith("待移送") for line in _remarks(lead)):
        marks["remark"] = "todo"
    return marks


def _handover_row(lead: DayLead, *, group: str, now: datetime) -> TableRow:
    facts, matter = lead.facts, lead.matter
    receiver, received, is_waiting = _reception(lead, now=now)
    cells = {
        "number": matter.number or TO_REGISTER,
        "unit": matter.unit.name if matter.unit else "",
        "locality": lead.locality,
        "lead": str(facts.get("summary") or matter.title),
        "handed_over": str(facts.get("handed_over_on") or ""),
        "receiver": receiver,
        "received": received,
        "objection": str(facts.get("objection") or ""),
        "due": str(lead.due_on or "") if lead.is_handed_over else "",
    }
    return TableRow(
        key=to_code(matter.pk),
        cells=cells,
        matter_id=matter.pk,
        unit_id=(matter.unit_id or 0) if lead.is_handed_over else 0,
        group=group,
        marks={"receiver": "todo", "received": "todo"} if is_waiting else {},
    )


def _reception(lead: DayLead, *, now: datetime) -> tuple[str, str, bool]:
    """Who received it and when; 未签收 with the hours since the hand-over."""
    acknowledged = lead.facts.get("acknowledged_at")
    if acknowledged:
        taken = lead.steps.get("acknowledge")
        return taken.actor if taken else "", str(acknowledged)[:10], False
    given = [lead.steps[key].at for key in ("hand_over", "reassign") if key in lead.steps]
    if not lead.is_handed_over or not given:
        return "", "", False
    hours = int((now - max(given)).total_seconds() // 3600)
    return "未签收", f"未接收，已过 {max(0, hours)} 小时", True


def _joined_later(lead: DayLead) -> bool:
    return lead.joined_later


def _unsorted_last(group: tuple[tuple[str, str], list[DayLead]]) -> tuple[bool, tuple[str, str]]:
    return not group[0][0], group[0]


DAILY_LIST = Report(
    key="lead-list",
    label="每日举报问题线索清单",
    columns=DAILY_COLUMNS,
    rows=daily_rows,
    read_by=_READERS,
    issue_by=("office",),
    may_issue=unregistered_sentence,
    notes=(
        "本表由行动办公室接收举报并建立清单，按工作机制交办。",
        "举报来源按接收渠道填写；举报类型为非法定生产经营活动、重大事故隐患、瞒报事故等。",
        "涉嫌犯罪、涉嫌失职渎职的，备注写明移送情况；反馈情况经主要负责人审核签字。",
    ),
    basis=("LX-A1-1-2", "LX-A7-1", "LX-A7-2", "LX-A7-3", "LX-A7-4", "LX-A7-5", "LX-A7-6"),
)
HANDOVER_LIST = Report(
    key="handover-list",
    label="问题线索交办清单",
    columns=HANDOVER_COLUMNS,
    rows=handover_rows,
    read_by=_READERS,
    issue_by=("office",),
    may_issue=unregistered_sentence,
    notes=("缺责任单位或归属地的线索列为待分类，归类后列入相应分组；小计之和等于合计。",),
    basis=("LX-A1-2-2", "LX-A1-3-2"),
)
REPORTS = (DAILY_LIST, HANDOVER_LIST)
