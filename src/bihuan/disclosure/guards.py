"""Guards of publications."""

from bihuan.matters.case import Case
from bihuan.matters.models import Facts, Matter

_LOCKS = {
    "suspected_crime": "transfer_police",
    "suspected_dereliction": "transfer_discipline",
}


def publication_is_not_locked(case: Case) -> bool:
    """From the mark on, a lead is locked until the body it goes to agrees."""
    return not locked_by(case)


def locked_by(case: Case) -> tuple[str, ...]:
    """Kinds of transfer whose agreement is missing on the lead that is published."""
    lead = _lead_of(case)
    if lead is None:
        return ()
    facts = lead.facts_row.data
    agreed = set(
        Facts.objects.filter(matter__parent_id=lead.pk, data__has_key="agreed_on").values_list(
            "matter__kind", flat=True
        )
    )
    return tuple(kind for mark, kind in _LOCKS.items() if facts.get(mark) and kind not in agreed)


def checks_are_ticked(case: Case) -> bool:
    """A named person ticked both checks."""
    return bool(case.answers.get("personal_data_checked")) and bool(
        case.answers.get("transfer_checked")
    )


def reporter_is_unrecognisable(case: Case) -> bool:
    """A person ticked that nobody can tell from the text who reported (SX-54-3)."""
    return bool(case.answers.get("unrecognisable"))


def _lead_of(case: Case) -> Matter | None:
    matter: Matter | None = case.matter
    while matter is not None and matter.kind != "lead":
        matter = (
            Matter.objects.select_related("facts_row").filter(pk=matter.parent_id).first()
            if matter.parent_id
            else None
        )
    return matter
