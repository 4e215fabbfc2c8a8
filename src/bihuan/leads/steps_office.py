"""Steps of a lead by the office: extend, accept, escalate, close, and after closing."""

from bihuan.language.loop import ANY_OPEN, Guard, Step
from bihuan.leads import effects, fields, guards
from bihuan.leads.results import RESULT_FIELDS
from bihuan.leads.steps_section import MEASURE_ANSWERED, SPANS_IN_ORDER
from bihuan.matters.holds import hold_step

OFFICE = ("office",)
SECTION = ("handler", "head")

OFFICE_STEPS = (
    Step(
        key="extend",
        label="批准延期",
        source=("assigned", "objected", "checking", "review", "signed"),
        by=("office", "leader"),
        asks=(fields.UNTIL_ON, fields.REASON),
        checks=(
            Guard(
                holds=guards.extension_is_later,
                otherwise="延期后的日期须晚于现在的到期日，请改后再提交。",
            ),
        ),
        effects=(effects.extend_feedback,),
        story="{who}批准延期至{until_on}，理由：{reason}原到期日仍列在旁边。",
        basis=("LX-A1-3-4", "LX-A3-3"),
    ),
    Step(
        key="accept_report",
        label="认可反馈",
        source=("reported_back",),
        target="publishing",
        by=OFFICE,
        effects=(effects.accept_report, effects.open_reward_if_owed),
        story="{who}认可反馈，转入公开。",
        basis=("AY-36-2", "SX-54-2"),
    ),
    Step(
        key="send_back",
        label="退回重办",
        source=("reported_back",),
        target="checking",
        by=OFFICE,
        asks=(fields.REASON,),
        effects=(effects.void_signature,),
        story="{who}退回重办：{reason}反馈期限接续计算。",
    ),
    Step(
        key="escalate",
        label="提级核查",
        source=(
            "assigned",
            "objected",
            "checking",
            "review",
            "signed",
            "reported_back",
            "publishing",
            "closed",
        ),
        target="escalated",
        by=("leader", "office"),
        asks=(fields.REASON, fields.ESCALATION_REASON),
        effects=(effects.escalate,),
        story="{who}决定提级核查：{reason}",
        to_public="上级正在核查",
        basis=("LX-A1-5-1", "LX-A1-0-1"),
    ),
    Step(
        key="conclude_escalation",
        label="提级核查结论",
        source=("escalated",),
        target="reported_back",
        by=OFFICE,
        asks=(
            fields.FINDING,
            fields.VERIFIED_FACTS,
            fields.MEASURES,
            fields.NO_MEASURE_REASON,
            *RESULT_FIELDS,
            fields.REPLY,
        ),
        checks=(MEASURE_ANSWERED, *SPANS_IN_ORDER),
        effects=(effects.report_back,),
        story="{who}作出提级核查结论：{finding}。",
    ),
    Step(
        key="record_accountability",
        label="登记追责",
        source=("reported_back", "publishing", "closed"),
        by=OFFICE,
        asks=(fields.ACCOUNTABILITY,),
        story="{who}登记追责：{accountability}",
        basis=("AY-36-1",),
    ),
    Step(
        key="close",
        label="办结",
        source=("publishing",),
        target="closed",
        by=OFFICE,
        guards=(
            Guard(
                holds=guards.suspicions_are_transferred,
                otherwise="涉嫌犯罪或失职渎职的线索，须有移送日期、文书和回执后才能办结。",
                basis=("LX-A1-3-6", "LX-A1-3-7"),
            ),
            Guard(
                holds=guards.first_publications_are_settled,
                otherwise=guards.unpublished_sentence,
                basis=("LX-A1-0-1", "LX-A1-4-1"),
            ),
            Guard(
                holds=guards.other_children_are_settled,
                otherwise=guards.open_children_sentence,
            ),
            Guard(
                holds=guards.accountability_is_recorded_where_required,
                otherwise="还没有追责记录，请登记追责；不涉及的写明理由。",
                basis=("AY-36-1",),
            ),
        ),
        effects=(effects.close,),
        story="{who}办结。",
        to_public="已办结",
        basis=("LX-A1-0-1", "LX-A1-4-2", "AY-36-2", "SX-54-2"),
    ),
    Step(
        key="publish_violation",
        label="公示重大违法信息",
        source=("publishing", "closed"),
        by=OFFICE,
        guards=(
            Guard(
                holds=guards.finding_is_true,
                otherwise="只有属实或部分属实的线索才公示重大违法信息。",
            ),
        ),
        effects=(effects.publish_violation,),
        story="{who}提出公示重大违法信息。",
        basis=("AY-36-3",),
    ),
    Step(
        key="close_history",
        label="历史办结",
        source=("assigned", "checking"),
        target="closed",
        by=OFFICE,
        guards=(
            Guard(
                holds=guards.was_imported,
                otherwise="只有导入的历史线索可以直接登记办结，其他线索请逐环节办理。",
            ),
        ),
        effects=(effects.close_history,),
        story="{who}登记历史线索办结。",
        to_public="已办结",
        hint="只用于导入的历史线索，不再产生公开事项",
    ),
    Step(
        key="recheck",
        label="发起回访复核",
        source=("closed",),
        by=("office", "leader"),
        effects=(effects.recheck,),
        story="{who}发起回访复核。",
        basis=("LX-A1-5-1",),
    ),
    Step(
        key="reopen",
        label="重启",
        source=("closed",),
        target="checking",
        by=("leader",),
        asks=(fields.REASON,),
        effects=(effects.reopen,),
        story="{who}决定重启办理，自重启之日重新计算反馈期限：{reason}",
    ),
    Step(
        key="note",
        label="办理记事",
        source=ANY_OPEN,
        by=("intake", "office", "handler", "head", "leader"),
        asks=(fields.NOTE,),
        effects=(effects.keep_note,),
        story="{who}记事：{reason}",
        hint="只作内部留痕，不公开",
    ),
    # Not before the lead is handed over: whoever is accused may not be known, and recused, yet.
    hold_step(
        source=(
            "assigned",
            "objected",
            "checking",
            "review",
            "signed",
            "escalated",
            "reported_back",
            "publishing",
            "closed",
            "voided",
            "dismissed",
            "merged",
        ),
    ),
)
