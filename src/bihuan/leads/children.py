"""The small loops that run beside a lead: two transfers, reward, re-check."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Child, Deadline, Guard, Loop, NoDeadline, Stage, Step
from bihuan.leads import reward_effects as effects
from bihuan.leads.fields import REASON

OFFICE = ("office",)
_CLOSED = NoDeadline("已办结")

PAY = Deadline(
    key="pay",
    label="奖励发放期限",
    param="lead.reward_pay_days",
    event="查实",
    basis=("AY-36-2", "SX-54-2"),
    since="due_since",
)


def _transfer(*, key: str, label: str, receiver: str, clause: str) -> Loop:
    return Loop(
        key=key,
        label=label,
        parent="lead",
        opens_with=(),
        title="",
        summary="transfer_note",
        stages=(
            Stage(
                key="to_transfer",
                label="待移送",
                holder="office",
                deadline=NoDeadline("原文未规定移送时限"),
            ),
            Stage(
                key="sent",
                label="已移送待回执",
                holder="office",
                deadline=NoDeadline("原文未规定回执时限"),
            ),
            Stage(
                key="receipted", label="已有回执", holder="office", deadline=_CLOSED, closed=True
            ),
        ),
        steps=_transfer_steps(receiver=receiver, clause=clause),
        basis=(clause,),
    )


def _transfer_steps(*, receiver: str, clause: str) -> tuple[Step, ...]:
    return (
        Step(
            key="transfer",
            label=f"移送{receiver}",
            source=("to_transfer",),
            target="sent",
            by=OFFICE,
            asks=(
                Field(key="transferred_on", label="移交日期", kind=Kind.DAY, required=True),
                Field(key="transfer_paper", label="移送文书", required=True),
                Field(key="transfer_note", label="说明", kind=Kind.LONG_TEXT, personal=True),
            ),
            effects=(effects.tell_parent_of_transfer,),
            story="{who}于{transferred_on}以《{transfer_paper}》移送" + receiver + "。",
            basis=(clause, "LX-A7-6", "LX-A1-0-1"),
        ),
        Step(
            key="receive_receipt",
            label="登记回执",
            source=("sent",),
            target="receipted",
            by=OFFICE,
            asks=(
                Field(key="receipt", label="回执", required=True, hint="回执编号或说明"),
                Field(key="receipt_on", label="回执日期", kind=Kind.DAY, required=True),
            ),
            story="{who}登记回执：{receipt}。",
            basis=(clause,),
        ),
        Step(
            key="record_agreement",
            label="登记同意公开",
            source=("receipted",),
            by=OFFICE,
            asks=(
                Field(key="agreement", label="同意公开的依据", required=True),
                Field(key="agreed_on", label="同意日期", kind=Kind.DAY, required=True),
            ),
            story="{who}登记" + receiver + "同意公开：{agreement}。",
            basis=(clause, "AY-36-3"),
        ),
    )


TRANSFER_POLICE = _transfer(
    key="transfer_police", label="移送公安机关", receiver="公安机关", clause="LX-A1-3-6"
)
TRANSFER_DISCIPLINE = _transfer(
    key="transfer_discipline",
    label="移送纪检监察机关",
    receiver="纪检监察机关",
    clause="LX-A1-3-7",
)

REWARD = Loop(
    key="reward",
    label="举报奖励",
    parent="lead",
    opens_with=(Field(key="due_since", label="查实日", kind=Kind.DAY, required=True),),
    title="",
    summary="rule_cited",
    stages=(
        Stage(key="proposed", label="待提出", holder="office", deadline=PAY),
        Stage(key="deciding", label="待决定", holder="leader", deadline=PAY),
        Stage(key="approved", label="待领取", holder="cashier", deadline=PAY),
        Stage(key="claimed", label="待发放", holder="cashier", deadline=PAY),
        Stage(key="paid", label="已兑现", holder="cashier", deadline=_CLOSED, closed=True),
        Stage(key="waived", label="不予兑现", holder="leader", deadline=_CLOSED, closed=True),
    ),
    steps=(
        Step(
            key="propose",
            label="提出奖励",
            source=("proposed",),
            target="deciding",
            by=OFFICE,
            asks=(
                Field(key="rule_cited", label="奖励依据", required=True, max_length=120),
                Field(key="proposed_amount", label="建议金额", kind=Kind.AMOUNT, required=True),
            ),
            story="{who}提出奖励{proposed_amount}，依据{rule_cited}。",
            basis=("SX-54-2", "AY-36-2"),
        ),
        Step(
            key="decide",
            label="决定奖励",
            source=("deciding",),
            target="approved",
            by=("leader",),
            asks=(
                Field(key="amount", label="奖励金额", kind=Kind.AMOUNT, required=True),
                Field(key="decision", label="决定意见", required=True, personal=True),
            ),
            effects=(effects.decide_reward,),
            other_than=("propose",),
            story="{who}决定奖励{amount}。",
            basis=("SX-54-2", "AY-36-2"),
        ),
        Step(
            key="claim",
            label="凭口令领取",
            source=("approved",),
            target="claimed",
            by=("public",),
            story="举报人凭查询码和口令申请领取。",
            basis=("AY-36-2",),
        ),
        Step(
            key="pay",
            label="登记发放",
            source=("approved", "claimed"),
            target="paid",
            by=("cashier",),
            asks=(
                Field(key="paid_on", label="发放日期", kind=Kind.DAY, required=True),
                Field(key="voucher", label="凭证号", required=True, max_length=60),
            ),
            checks=(
                Guard(
                    holds=effects.paid_day_is_not_ahead,
                    otherwise="发放日期不能晚于今天，请核对。",
                ),
            ),
            story="{who}登记{paid_on}发放奖励{amount}，凭证{voucher}。",
            basis=("AY-36-2", "SX-54-2"),
        ),
        Step(
            key="publish_case",
            label="公开奖励案例",
            source=("paid",),
            by=OFFICE,
            effects=(effects.publish_case,),
            story="{who}提出公开奖励案例。",
            basis=("SX-54-3",),
        ),
        Step(
            key="waive",
            label="不予兑现",
            source=("proposed", "deciding", "approved", "claimed"),
            target="waived",
            by=("leader",),
            asks=(REASON,),
            effects=(effects.keep_reason,),
            story="{who}登记不予兑现，原因：{reason}",
            basis=("SX-54-2",),
        ),
    ),
    children=(Child(kind="publication_reward", blocks_close=False),),
    basis=("AY-36-2", "SX-54-2"),
)

RECHECK = Loop(
    key="recheck",
    label="回访复核",
    parent="lead",
    title="",
    summary="recheck_facts",
    stages=(
        Stage(
            key="checking",
            label="复核中",
            holder="office",
            deadline=NoDeadline("原文未规定复核时限"),
        ),
        Stage(key="confirmed", label="属实办结", holder="office", deadline=_CLOSED, closed=True),
        Stage(key="false", label="虚假办结", holder="office", deadline=_CLOSED, closed=True),
    ),
    steps=(
        Step(
            key="confirm_closure",
            label="复核属实",
            source=("checking",),
            target="confirmed",
            by=("office", "leader"),
            asks=(
                Field(
                    key="recheck_facts",
                    label="复核情况",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    personal=True,
                ),
            ),
            story="{who}复核，办结属实：{recheck_facts}",
        ),
        Step(
            key="mark_false",
            label="认定虚假办结",
            source=("checking",),
            target="false",
            by=("office", "leader"),
            asks=(
                Field(
                    key="recheck_facts",
                    label="认定依据",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    personal=True,
                ),
            ),
            effects=(effects.mark_false_closure,),
            story="{who}认定虚假办结：{recheck_facts}",
            basis=("LX-A1-5-1",),
        ),
    ),
    basis=("LX-A1-5-1",),
)
