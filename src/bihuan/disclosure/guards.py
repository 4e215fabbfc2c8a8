"""Guards of publications."""

from datetime import date

from bihuan.language.clock import SHANGHAI
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


def day_is_not_before_the_draft(case: Case) -> bool:
    """Nothing was public before the matter of its publication was opened."""
    return str(case.answers["published_on"]) >= _opened_on(case).isoformat()


def day_is_not_to_come(case: Case) -> bool:
    """The text is public at once, so it can't bear a later day (Shanghai)."""
    return str(case.answers["published_on"]) <= case.today.isoformat()


def too_early_sentence(case: Case) -> str:
    """From which day on it may be."""
    return f"“公开日期”不能早于本公开事项形成的 {_opened_on(case)}，请改后再发布。"


def too_late_sentence(case: Case) -> str:
    """Up to which day it may be."""
    return f"“公开日期”不能晚于今天（{case.today}），发布后公众立即可见，请改后再发布。"


def _opened_on(case: Case) -> date:
    return case.matter.opened_at.astimezone(SHANGHAI).date()


def _lead_of(case: Case) -> Matter | None:
    matter: Matter | None = case.matter
    while matter is not None and matter.kind != "lead":
        matter = (
            Matter.objects.select_related("facts_row").filter(pk=matter.parent_id).first()
            if matter.parent_id
            else None
        )
    return matter
