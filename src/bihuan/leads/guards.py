"""Guards of leads: statements about a case that must be true before a step."""

from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case, blocking_children_are_settled
from bihuan.matters.declarations import catalog
from bihuan.places.models import Post, Unit

SIGNERS = {
    Unit.Kind.SECTION: "股室主要负责人",
    Unit.Kind.OFFICE: "行动办公室主要负责人",
    Unit.Kind.DEPARTMENT: "部门主要负责人",
    Unit.Kind.LICENSING: "部门主要负责人",
    Unit.Kind.GOVERNMENT: "政府主要负责同志",
    Unit.Kind.PARTY: "党委主要负责同志",
}
TRANSFERS = ("transfer_police", "transfer_discipline")
NEEDS_MEASURE = ("true", "partly")
FIRST_PUBLICATIONS = ("publication_problem", "publication_progress")


def unit_and_locality_are_set(case: Case) -> bool:
    """LX-A1-2-2: only a lead with responsible unit and locality is on the hand-over list."""
    return case.matter.unit_id is not None and case.matter.l4 is not None


def actor_is_named_receiver(case: Case) -> bool:
    """LX-A1-3-2: each section has a named receiver, and only he confirms."""
    return case.is_in_post(Post.Function.RECEIVER, unit_id=case.matter.unit_id)


def receiver_sentence(case: Case) -> str:
    """Who the named receiver is, or that none is named."""
    held = case.appointment(Post.Function.RECEIVER, unit_id=case.matter.unit_id)
    if held is None:
        return "承办单位还没有指定签收人，请先由安全管理员登记签收人岗位。"
    return f"须由承办单位指定的签收人{held.person.name}签收。"


def actor_is_head_of_receiver(case: Case) -> bool:
    """LX-A1-3-5, LX-A7-7: the signer is the head of the unit that received the lead."""
    return case.is_in_post(Post.Function.HEAD, unit_id=case.matter.unit_id)


def signer_sentence(case: Case) -> str:
    """Which level must sign."""
    return f"本线索由{_unit_name(case)}承办，须由{signer_label(case)}审核签字。"


def signer_label(case: Case) -> str:
    """The level that signs for the receiving unit."""
    kind = case.unit.kind if case.unit else Unit.Kind.SECTION
    return SIGNERS.get(Unit.Kind(kind), "单位主要负责人")


def head_of_receiver_has_signed(case: Case) -> bool:
    """The feedback report as it stands carries the signature of that unit's head."""
    signed = case.facts.get("signature") or {}
    return bool(signed) and signed.get("unit_id") == case.matter.unit_id


def missing_signature_sentence(case: Case) -> str:
    """What is missing before feedback, and whose turn it is."""
    if case.matter.stage == "review":
        return f"反馈报告已提请审核，正等待{signer_label(case)}签字。"
    return f"反馈报告还没有{signer_label(case)}的签字，请先提请审核签字。"


def finding_is_recorded(case: Case) -> bool:
    """The verification says true, partly or untrue, with facts."""
    return bool(case.facts.get("finding")) and bool(case.facts.get("verified_facts"))


def measure_is_chosen_where_needed(case: Case) -> bool:
    """LX-A3-2: true or partly true needs one of the seven measures or a written reason."""
    if case.facts.get("finding") not in NEEDS_MEASURE:
        return True
    return bool(case.facts.get("measures")) or bool(case.facts.get("no_measure_reason"))


def measure_is_answered_where_needed(case: Case) -> bool:
    """The same of the answers that are being given."""
    if case.answers.get("finding") not in NEEDS_MEASURE:
        return True
    return bool(case.answers.get("measures")) or bool(case.answers.get("no_measure_reason"))


def halt_ends_after_it_began(case: Case) -> bool:
    """停产整顿 doesn't end before its first day."""
    return _in_order(case, "result_halt_on", "result_halt_until")


def punishment_ends_after_it_began(case: Case) -> bool:
    """联合惩戒 doesn't end before its first day."""
    return _in_order(case, "result_punished_on", "result_punished_until")


def _in_order(case: Case, first: str, last: str) -> bool:
    began, ended = case.answers.get(first), case.answers.get(last)
    return not began or not ended or str(began) <= str(ended)


def suspicions_are_transferred(case: Case) -> bool:
    """LX-A1-3-6, -7: every marked suspicion has a transfer with date, letter and receipt."""
    wanted = {
        "transfer_police": case.facts.get("suspected_crime"),
        "transfer_discipline": case.facts.get("suspected_dereliction"),
    }
    done = {child.kind for child in case.children if child.stage == "receipted"}
    return all(kind in done for kind, marked in wanted.items() if marked)


def crime_is_not_marked(case: Case) -> bool:
    """The mark is set once."""
    return not case.facts.get("suspected_crime")


def dereliction_is_not_marked(case: Case) -> bool:
    """The mark is set once."""
    return not case.facts.get("suspected_dereliction")


def first_publications_are_settled(case: Case) -> bool:
    """问题清单 and 查处进展 are released, or counted as 暂不公开."""
    return not _unpublished(case)


def unpublished_sentence(case: Case) -> str:
    """Which of the two is missing."""
    labels = "、".join(catalog().loop(kind).label for kind in _unpublished(case))
    return f"“{labels}”还没有办完，请在“关联事项”中发布，或登记暂不公开的理由。"


def other_children_are_settled(case: Case) -> bool:
    """Nothing else that must end first is open; what has a guard of its own is told there."""
    return blocking_children_are_settled(case) or not _other_open_children(case)


def open_children_sentence(case: Case) -> str:
    """What is still open beside the lead."""
    labels = "、".join(catalog().loop(kind).label for kind in _other_open_children(case))
    return f"“{labels}”还没有办完，请在“关联事项”中办理。"


def _unpublished(case: Case) -> list[str]:
    def is_missing(kind: str) -> bool:
        children = case.children_of(kind)
        return not children or any(child.is_open for child in children)

    return [kind for kind in FIRST_PUBLICATIONS if is_missing(kind)]


def _other_open_children(case: Case) -> list[str]:
    blocking = {child.kind for child in case.loop.children if child.blocks_close}
    told = {*FIRST_PUBLICATIONS, *([] if suspicions_are_transferred(case) else TRANSFERS)}
    found = (child.kind for child in case.children if child.is_open)
    return [kind for kind in dict.fromkeys(found) if kind in blocking - told]


def accountability_is_recorded_where_required(case: Case) -> bool:
    """AY-36-1: a record of accountability, or 不涉及 with a written reason."""
    required = case.value("lead.accountability_required")
    if not (required.is_set and required.flag):
        return True
    return bool(case.facts.get("accountability"))


def extension_is_later(case: Case) -> bool:
    """An extension names a day after the due day in force."""
    timer = case.timers.get("feedback")
    return (
        timer is not None and bool(timer.due_at) and str(case.answers["until_on"]) >= _due_day(case)
    )


def _due_day(case: Case) -> str:
    due = case.timers["feedback"].due_at
    return due.astimezone(SHANGHAI).date().isoformat() if due else ""


def finding_is_true(case: Case) -> bool:
    """The verification found it true or partly true."""
    return case.facts.get("finding") in NEEDS_MEASURE


def was_imported(case: Case) -> bool:
    """The lead came in as history; its publications and rewards were settled elsewhere."""
    return bool(case.facts.get("imported"))


def unit_differs(case: Case) -> bool:
    """A re-assignment goes to another unit."""
    return case.answers.get("unit") != case.matter.unit_id


def _unit_name(case: Case) -> str:
    return case.unit.name if case.unit else "承办单位"
