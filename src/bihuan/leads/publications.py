"""What the public reads of a lead: problem, progress, result with all ten labels, reward case."""

from typing import Any

from bihuan.language.words import Publication
from bihuan.leads import drafts
from bihuan.leads.fields import YES_PARTLY_NO
from bihuan.leads.results import result_rows
from bihuan.matters.case import Case

FEW_KNOW_OF_SUMMARY = (
    "举报人说知道这件事的人很少。标题会公开，摘要会交承办单位："
    "不写只有他才看得到的时间、位置和细节。"
)
FEW_KNOW_CAUTION = (
    "举报人说知道这件事的人很少，看到公开内容的人可能猜出是谁举报的。请逐句核对标题和内容里的"
    "时间、地点、岗位、细节，写得概括些；仍然容易猜到的，先办“暂不公开”，写明理由。"
)


def plain_snapshot(case: Case) -> dict[str, Any]:
    """The checked text under the lead's title."""
    lead = case.parent
    return {
        "title": lead.matter.title if lead else "",
        "lead_number": lead.matter.number if lead else "",
        "text": case.facts.get("text", ""),
        "source": _source(lead),
    }


def result_snapshot(case: Case) -> dict[str, Any]:
    """The text, whether it was true, and all ten typed results (LX-A1-4-3)."""
    lead = case.parent
    facts = lead.facts if lead else {}
    labels = {option.key: option.label for option in YES_PARTLY_NO}
    return {
        **plain_snapshot(case),
        "finding": labels.get(str(facts.get("finding")), ""),
        "results": [list(row) for row in result_rows(facts)],
    }


def reward_snapshot(case: Case) -> dict[str, Any]:
    """Amount and kind of violation; no name, phone, post or exact place (SX-54-3)."""
    reward = case.parent
    return {
        "title": "举报奖励兑现",
        "amount": reward.facts.get("amount", "") if reward else "",
        "kind": reward.matter.category if reward else "",
        "text": case.facts.get("text", ""),
    }


def violation_snapshot(case: Case) -> dict[str, Any]:
    """Firm, fact, legal basis, decision and date (AY-36-3)."""
    kept = ("firm", "legal_basis", "decision", "decided_on")
    return {**plain_snapshot(case), **{key: case.facts.get(key, "") for key in kept}}


def few_know_caution(case: Case) -> str:
    """A reporter said that few people know: whoever reads it may conclude who told."""
    lead: Case | None = case
    while lead is not None and lead.matter.kind != "lead":
        lead = lead.parent
    return FEW_KNOW_CAUTION if lead is not None and lead.facts.get("few_know") else ""


def few_know_of_summary(case: Case) -> str:
    """The same while title and summary are written, which the unit in charge will read."""
    return FEW_KNOW_OF_SUMMARY if case.facts.get("few_know") else ""


def _source(lead: Case | None) -> str:
    if lead is None:
        return ""
    return "督查发现" if lead.facts.get("reporter_kind") == "inspection" else "群众举报"


PUBLICATIONS = (
    Publication(
        key="problem",
        label="问题清单",
        loop="publication_problem",
        draft=drafts.problem_draft,
        snapshot=plain_snapshot,
        caution=few_know_caution,
        basis=("LX-A1-4-1",),
    ),
    Publication(
        key="progress",
        label="查处进展情况",
        loop="publication_progress",
        draft=drafts.progress_draft,
        snapshot=plain_snapshot,
        caution=few_know_caution,
        basis=("LX-A1-4-1",),
    ),
    Publication(
        key="result",
        label="办理结果",
        loop="publication_result",
        draft=drafts.result_draft,
        snapshot=result_snapshot,
        caution=few_know_caution,
        basis=("LX-A1-4-2", "LX-A1-4-3"),
    ),
    Publication(
        key="violation",
        label="重大违法信息",
        loop="publication_violation",
        draft=drafts.violation_draft,
        snapshot=violation_snapshot,
        caution=few_know_caution,
        basis=("AY-36-3",),
    ),
    Publication(
        key="reward",
        label="奖励案例",
        loop="publication_reward",
        draft=drafts.reward_draft,
        snapshot=reward_snapshot,
        caution=few_know_caution,
        basis=("SX-54-3",),
    ),
)
