"""What the form of a publication proposes: put together from answers that are known already.

Every one of these texts was checked for personal data when it was given, and the draft is checked
again when it is sent; nothing that is sealed is read here. A person changes it and answers for it.
"""

from typing import Any

from bihuan.language.field import Field
from bihuan.language.wording import money_text
from bihuan.leads import fields
from bihuan.leads.results import result_cell
from bihuan.matters.answers import options_of
from bihuan.matters.case import Case

type Draft = dict[str, Any]


def problem_draft(case: Case) -> Draft:
    """What is reported, and who looks into it."""
    lead = case.parent
    if lead is None:
        return _today(case)
    unit = f"，交由{lead.unit.name}核查办理" if lead.unit else ""
    return {"text": f"{_sentence(lead.matter.title)}已列入问题清单{unit}。", **_today(case)}


def progress_draft(case: Case) -> Draft:
    """The entry that opened it; else what was found so far."""
    lead = case.parent
    found = str(lead.facts.get("verified_facts") or "") if lead else ""
    return {"text": str(case.facts.get("text") or found), **_today(case)}


def result_draft(case: Case) -> Draft:
    """Whether it was true, what was found and what was done."""
    lead = case.parent
    if lead is None:
        return _today(case)
    finding = _labels(fields.FINDING, lead.facts.get("finding"), lead)
    measures = _labels(fields.MEASURES, lead.facts.get("measures"), lead)
    parts = (
        f"{lead.matter.title.rstrip('。')}一事已办结。",
        f"核查结论：{finding}。" if finding else "",
        _sentence(str(lead.facts.get("verified_facts") or "")),
        f"采取措施：{measures}。" if measures else "",
    )
    return {"text": "".join(parts), **_today(case)}


def violation_draft(case: Case) -> Draft:
    """The firm, the fact and the decision as far as they are recorded; the law is never guessed."""
    lead = case.parent
    if lead is None:
        return _today(case)
    site = lead.site
    return {
        "text": str(lead.facts.get("verified_facts") or ""),
        "firm": site.name if site else "",
        "decision": result_cell(lead.facts),
        **_today(case),
    }


def reward_draft(case: Case) -> Draft:
    """Amount and kind of violation; nothing from which the reporter could be told (SX-54-3)."""
    reward = case.parent
    if reward is None or not reward.facts.get("amount"):
        return _today(case)
    kind = _labels(fields.TYPE, reward.matter.category, reward)
    what = f"举报{kind}一件" if kind else "举报一件"
    money = money_text(str(reward.facts["amount"]))
    return {"text": f"{what}，查证属实，已兑现奖励 {money}。", **_today(case)}


def _today(case: Case) -> Draft:
    return {"published_on": case.today.isoformat()}


def _labels(asked: Field, value: Any, case: Case) -> str:
    keys = value if isinstance(value, list) else [value]
    labels = {option.key: option.label for option in options_of(asked, case=case)}
    return "、".join(labels[key] for key in keys if key in labels)


def _sentence(text: str) -> str:
    return text if not text or text[-1] in "。！？；" else f"{text}。"
