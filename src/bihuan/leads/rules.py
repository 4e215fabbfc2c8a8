"""Rules of leads: 提级核查 in three situations (LX-A1-5-1), proposed, never done by itself."""

from datetime import datetime
from typing import Any

from bihuan.language.words import Rule
from bihuan.matters.case import Case
from bihuan.matters.models import Entry, PaperCopy

OVERDUE = "overdue"
NOT_HANDLED = "not_handled"
FALSE_CLOSURE = "false_closure"
LABELS = {OVERDUE: "未按期办结", NOT_HANDLED: "接而不办", FALSE_CLOSURE: "虚假办结"}
HANDLING = ("record_progress", "record_findings", "record_joint_visit", "request_signature")


def escalation_grounds(case: Case, *, at: datetime) -> dict[str, dict[str, Any]]:
    """From day 8 after hand-over without result: 接而不办 without handling, else 未按期办结."""
    timer = case.timers.get("feedback")
    if timer is None or timer.late_from is None or at < timer.late_from:
        return {}
    if case.facts.get("reported_back_on"):
        return {}
    handled = Entry.objects.filter(
        matter_id=case.matter.pk, step__in=HANDLING, happened_at__gte=timer.started_at
    ).exists()
    ground = OVERDUE if handled else NOT_HANDLED
    return {ground: evidence_of(case, ground)}


def escalation_still_holds(case: Case, ground: str) -> bool:
    """A granted extension or the end of the lead takes the ground away; late feedback doesn't."""
    if ground == FALSE_CLOSURE:
        return True
    timer = case.timers.get("feedback")
    return bool(case.matter.is_open and timer and timer.late_at(case.now))


def evidence_of(case: Case, ground: str, *, note: str = "") -> dict[str, Any]:
    """What is shown with a proposal: the situation and the letter that warned of it (LX-A3-4)."""
    letter = (
        PaperCopy.objects.filter(matter=case.matter, paper="handover_letter")
        .order_by("-made_at")
        .values_list("number", flat=True)
        .first()
    )
    warned = "已写明逾期、接而不办、虚假办结将提级核查。"
    text = f"{LABELS[ground]}。交办书{letter or '（未制发）'}{warned}"
    return {"label": LABELS[ground], "text": f"{text}{note}", "letter": letter or ""}


ESCALATION = Rule(
    key="escalation",
    label="建议提级核查",
    kind="lead",
    grounds=escalation_grounds,
    on=("feedback",),
    confirms="escalate",
    decide_by=("leader", "office"),
    still_holds=escalation_still_holds,
    basis=("LX-A1-5-1", "LX-A3-4"),
)
