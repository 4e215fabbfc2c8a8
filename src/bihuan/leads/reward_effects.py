"""Effects and guards of the small loops beside a lead."""

from bihuan.leads.rules import ESCALATION, FALSE_CLOSURE, evidence_of
from bihuan.matters.case import Case


def tell_parent_of_transfer(case: Case) -> None:
    """The lead's remark names receiver and date (LX-A7-6); it reads the child."""
    case.set("receiver", case.loop.label.removeprefix("移送"))


def decide_reward(case: Case) -> None:
    """Keep who decided and when; never who the reporter is."""
    case.set("decided_by", case.by.name)
    case.set("decided_on", case.today.isoformat())


def paid_day_is_not_ahead(case: Case) -> bool:
    """A payment is recorded, not planned."""
    return str(case.answers["paid_on"]) <= case.today.isoformat()


def publish_case(case: Case) -> None:
    """A paid reward may be published: its own small loop (SX-54-3)."""
    case.spawn("publication_reward", due_since=case.today.isoformat())


def keep_reason(case: Case) -> None:
    """Keep the written reason with the reward."""
    case.set("waived_reason", case.answers["reason"])


def mark_false_closure(case: Case) -> None:
    """虚假办结 is set by a person; the proposal to escalate follows in the same moment."""
    if case.parent is not None:
        note = str(case.answers["recheck_facts"])
        evidence = evidence_of(case.parent, FALSE_CLOSURE, note=note)
        case.propose_on_parent(ESCALATION.key, FALSE_CLOSURE, evidence)
