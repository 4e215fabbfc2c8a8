"""The hand-over letter (交办（移送）书, form 3): its series, copies and the facts that fill it."""

from datetime import date

from bihuan.documents.letters import Letter
from bihuan.language.clock import Due
from bihuan.language.loop import Series
from bihuan.language.words import Paper
from bihuan.matters.case import Case
from bihuan.matters.clocks import due_of
from bihuan.matters.refusals import Refused
from bihuan.places.models import Unit

TITLE = (
    "安全生产领域风险隐患大排查大整治",
    "“百日攻坚”督查检查或群众举报事项",
    "交办（移送）书",
)
WARNING = "如存在未如期办结的、“接而不办”或虚假办结的，我办将提级核查，从严追责问责。"
FOOTNOTE = "本文书一式两份：一份由交办部门备案，一份交移送单位"


def handover_letter(case: Case, *, number: str) -> Letter:
    """The letter of this hand-over; it holds the clerk's summary and nothing of the reporter."""
    unit = case.unit
    if unit is None or unit.kind == Unit.Kind.FIRM:
        raise Refused("交办书的受文单位须是股室、部门或党委政府，不能是被反映的企业。")
    due = feedback_due(case)
    received = date.fromisoformat(str(case.facts["listed_on"]))
    source = "接到群众举报" if case.facts.get("letter_source") != "inspection" else "在督查中发现"
    title = str(case.facts.get("title", ""))
    firm = case.site.name if case.site else "有关单位"
    materials = [line.strip() for line in str(case.facts.get("materials") or "").splitlines()]
    told = _told(title, str(case.facts.get("summary", "")), firm=firm)
    subject = f"{_chinese(received)}，我办{source}：{told}"
    instruction = (
        "现将该事项移交你单位（股室），请按照“七项措施”的要求认真核查办理，"
        f"并将办理情况于{_chinese(due)}前反馈我办。"
    )
    return Letter(
        org=case.by.unit_name,
        title_lines=TITLE,
        number=number,
        addressee=unit.name,
        paragraphs=(subject, instruction, WARNING),
        fields=(
            ("督办人：", str(case.facts.get("supervisor") or case.by.name)),
            ("联系方式：", str(case.facts.get("supervisor_phone") or "")),
            ("承办人：", ""),
            ("联系方式：", ""),
        ),
        attachments=tuple(line for line in materials if line) or ("线索摘要",),
        attachments_label="附该事项有关材料",
        sign=f"{case.by.unit_name}（代章）",
        date_text=_chinese(case.today),
        footer_note=FOOTNOTE,
        locked_paragraphs=frozenset({2}),
    )


def feedback_due(case: Case) -> date:
    """The reply date printed in the letter: the due day of the lead's own clock (LX-A3-3)."""
    timer = case.timers.get("feedback")
    due = due_of(timer) if timer else None
    if not isinstance(due, Due) or due.due_on is None:
        raise Refused("反馈期限未设定，交办书无法写明反馈日期，请先启用依据包或设定反馈天数。")
    return due.due_on


def _told(title: str, summary: str, *, firm: str) -> str:
    """Title and summary without saying a thing twice; the firm is named once."""
    repeats = title.startswith("反映") and summary.startswith("反映") and firm in summary
    if repeats or title.removeprefix("反映").rstrip("。") in summary:
        return summary if firm in summary else f"{summary.rstrip('。')}（涉及{firm}）。"
    about = "" if firm in title else f"（涉及{firm}）"
    return f"{title}{about}。{summary}"


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


HANDOVER_LETTER = Paper(
    key="handover_letter",
    label="交办（移送）书",
    series=Series(key="handover_letter", pattern="（{sector}）移〔{year}〕{serial}号"),
    copies=("交办部门备案", "移送单位"),
    fill=handover_letter,
    basis=("LX-A3-1", "LX-A3-3", "LX-A3-4", "LX-A3-5"),
)
