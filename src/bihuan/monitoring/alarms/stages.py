"""Stages of an alarm in the three phases of SX-49-1, and the clocks that run from the reading."""

from bihuan.language.loop import Deadline, NoDeadline, Stage, Unset

ANSWER = Deadline(
    key="answer",
    label="应答时限",
    param="alarm.answer_minutes",
    event="读数超限",
    basis=("SX-49-1",),
    ladder="alarm.answer_ladder",
    since="started_at",
    fulfilled_by=("receive",),
)
_OVER = NoDeadline("已办结")
STAGES = (
    Stage(key="warned", label="监测预警", holder="watch", deadline=ANSWER),
    Stage(
        key="received",
        label="接报消警",
        holder="watch",
        deadline=Unset("alarm.verify_minutes", "核实时限"),
    ),
    Stage(
        key="checking",
        label="核查反馈",
        holder="watch",
        deadline=Unset("alarm.feedback_minutes", "反馈时限"),
    ),
    Stage(key="closed", label="已销警", holder="watch", closed=True, deadline=_OVER),
    Stage(
        key="withdrawn",
        label="依据撤回",
        holder="watch",
        closed=True,
        deadline=_OVER,
        track="closed",
    ),
)
