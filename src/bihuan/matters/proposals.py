"""Proposals (建议): what a rule found, decided by a named person. Built into every loop."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from bihuan.accounts.actors import CLOCK
from bihuan.database.prepared import prepared
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard, Loop, NoDeadline, Stage, Step
from bihuan.language.words import Rule
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import OpenProposal


def rule_of(case: Case) -> Rule:
    """The rule that opened this proposal."""
    return next(rule for rule in catalog().rules if rule.key == case.facts["rule"])


def decider_is_named_by_rule(case: Case) -> bool:
    """Whether the actor holds a role that may decide on this rule's proposals."""
    return bool(case.by.roles & set(rule_of(case).decide_by))


def settle_proposal(case: Case) -> None:
    """The proposal is no longer open: later evidence opens a new one."""
    OpenProposal.objects.filter(proposal=case.matter).delete()


def confirm_proposal(case: Case) -> None:
    """Let the matter take the step that the rule proposes, by the same person."""
    settle_proposal(case)
    rule = rule_of(case)
    case.then(case.above.matter.pk, rule.confirms, reason=case.answers.get("reason"))


_DECIDER = Guard(
    holds=decider_is_named_by_rule,
    otherwise="这条建议须由规则写明的负责人决定。",
)
_REASON = Field(key="reason", label="理由", kind=Kind.LONG_TEXT, required=True, personal=True)
_ANYONE_DECIDING = ("leader", "office")

PROPOSAL = Loop(
    key="proposal",
    label="建议",
    parent="*",
    open_by=("clock",),
    opens_with=(
        Field(key="rule", label="规则", required=True),
        Field(key="rule_label", label="建议事项", required=True),
        Field(key="ground", label="情形", required=True),
        Field(key="evidence", label="依据", kind=Kind.LONG_TEXT),
    ),
    title="rule_label",
    summary="evidence",
    sensitive=True,  # it may stand beside a matter that is
    stages=(
        Stage(
            key="proposed",
            label="待决定",
            holder="leader",
            deadline=NoDeadline("原文未规定决定建议的时限"),
        ),
        Stage(
            key="confirmed",
            label="已采纳",
            holder="leader",
            closed=True,
            deadline=NoDeadline("已办结"),
        ),
        Stage(
            key="declined",
            label="未采纳",
            holder="leader",
            closed=True,
            deadline=NoDeadline("已办结"),
        ),
        Stage(
            key="ceased",
            label="情形消失",
            holder="leader",
            closed=True,
            deadline=NoDeadline("已办结"),
        ),
    ),
    steps=(
        Step(
            key="confirm",
            label="采纳建议",
            source=("proposed",),
            target="confirmed",
            by=_ANYONE_DECIDING,
            asks=(_REASON,),
            guards=(_DECIDER,),
            effects=(confirm_proposal,),
            story="{who}采纳建议：{rule_label}。",
        ),
        Step(
            key="decline",
            label="不予采纳",
            source=("proposed",),
            target="declined",
            by=_ANYONE_DECIDING,
            asks=(_REASON,),
            guards=(_DECIDER,),
            effects=(settle_proposal,),
            story="{who}未采纳建议，理由：{reason}",
        ),
        Step(
            key="cease",
            label="情形消失",
            source=("proposed",),
            target="ceased",
            by=("clock",),
            effects=(settle_proposal,),
            story="建议所依据的情形已消失。",
        ),
    ),
)


def ceased(case: Case) -> list[int]:
    """Open proposals about the case whose ground is gone."""
    rules = {rule.key: rule for rule in catalog().rules_of(case.matter.kind) if rule.still_holds}
    if not rules:
        return []
    gone = []
    for rule, key, proposal_id in _open_about(case.matter.pk):
        still_holds = rules[rule].still_holds if rule in rules else None
        if still_holds is not None and not still_holds(case, key):
            gone.append(proposal_id)
    return gone


@prepared
def _open_about(matter_id: int) -> QuerySet[OpenProposal, tuple[str, str, int]]:
    found = OpenProposal.objects.filter(about_id=matter_id)
    return found.values_list("rule", "key", "proposal_id")


def open_or_join(
    case: Case,
    rule_key: str,
    grounds: dict[str, dict[str, Any]],
    *,
    at: datetime,
    open_child: Callable[..., Any],
) -> None:
    """Open one proposal per ground, or leave the open one standing with the newer evidence."""
    rule = next(rule for rule in catalog().rules if rule.key == rule_key)
    for key, evidence in grounds.items():
        if OpenProposal.objects.filter(rule=rule_key, about=case.matter, key=key).exists():
            continue
        child = open_child(
            PROPOSAL,
            by=CLOCK,
            now=at,
            answers={
                "rule": rule.key,
                "rule_label": f"{rule.label}：{evidence.get('label', key)}",
                "ground": key,
                "evidence": str(evidence.get("text", "")),
            },
            region_id=None,
            parent=case,
            # A late round opens it as of the rung's moment; the day it is sealed with is today's.
            recorded_at=case.recorded_at or case.now,
        )
        OpenProposal.objects.create(rule=rule_key, about=case.matter, key=key, proposal=child)
