"""Steps of a lead with the receiving unit: acknowledge, object, check, sign, report back."""

from dataclasses import replace

from bihuan.language.loop import Guard, Step, Window
from bihuan.leads import effects, fields, guards
from bihuan.leads.results import RESULT_FIELDS

OFFICE = ("office",)
SECTION = ("handler", "head")
OBJECTION_WINDOW = Window(
    param="lead.objection_days",
    since="acknowledged_at",
    label="异议期",
    event="签收",
    basis=("LX-A1-3-3",),
)
_SIGNED = Guard(
    holds=guards.head_of_receiver_has_signed,
    otherwise=guards.missing_signature_sentence,
    basis=("LX-A1-3-5", "LX-A7-7"),
)
_FOUND = Guard(
    holds=guards.finding_is_recorded,
    otherwise="还没有核查情况，请先填写是否属实和核查情况。",
)
_MEASURED = Guard(
    holds=guards.measure_is_chosen_where_needed,
    otherwise="属实或部分属实的线索，须至少选一项措施，或写明不采取措施的理由。",
    basis=("LX-A3-2",),
)
MEASURE_ANSWERED = Guard(
    holds=guards.measure_is_answered_where_needed,
    otherwise="属实或部分属实的线索，请至少选一项措施，或写明不采取措施的理由。",
    basis=("LX-A3-2",),
)
SPANS_IN_ORDER = (
    Guard(
        holds=guards.halt_ends_after_it_began,
        otherwise="“停产整顿止日”早于“停产整顿起日”，请核对两个日期后再提交。",
        field="result_halt_until",
    ),
    Guard(
        holds=guards.punishment_ends_after_it_began,
        otherwise="“联合惩戒止日”早于“联合惩戒起日”，请核对两个日期后再提交。",
        field="result_punished_until",
    ),
)

SECTION_STEPS = (
    Step(
        key="acknowledge",
        label="签收",
        source=("assigned",),
        target="checking",
        by=("receiver",),
        guards=(
            Guard(
                holds=guards.actor_is_named_receiver,
                otherwise=guards.receiver_sentence,
                basis=("LX-A1-3-2",),
            ),
        ),
        effects=(effects.acknowledge,),
        story="{who}签收。",
        bulk=True,
        basis=("LX-A1-3-2", "AY-03-2"),
    ),
    Step(
        key="object",
        label="提出异议",
        source=("checking",),
        target="objected",
        by=("receiver", "handler", "head"),
        asks=(fields.OBJECTION,),
        within=OBJECTION_WINDOW,
        story="{who}提出异议：{objection}",
        basis=("LX-A1-3-3",),
    ),
    Step(
        key="uphold",
        label="维持原承办",
        source=("objected",),
        target="checking",
        by=OFFICE,
        asks=(fields.REASON,),
        story="{who}研究后维持原承办，反馈期限不变。理由：{reason}",
        basis=("LX-A1-3-3",),
    ),
    Step(
        key="reassign",
        label="改派",
        source=("objected", "assigned"),
        target="assigned",
        by=OFFICE,
        asks=(replace(fields.UNIT, to_another=True), fields.LETTER_SOURCE, fields.REASON),
        checks=(
            Guard(
                holds=guards.unit_differs,
                otherwise="改派须另选承办单位，不能仍是原单位。",
                field="unit",
            ),
        ),
        effects=(effects.reassign,),
        paper="handover_letter",
        story="{who}以{handover_letter_number}改派{unit}，自改派之日重新计算反馈期限。理由：{reason}",
        basis=("LX-A1-3-3",),
    ),
    Step(
        key="record_progress",
        label="记录查处进展",
        source=("checking", "review", "signed", "escalated"),
        by=(*SECTION, "office"),
        asks=(fields.PROGRESS,),
        effects=(effects.add_progress,),
        story="{who}记录查处进展：{progress}",
        to_public="核查有新进展",
        basis=("LX-A1-4-1",),
    ),
    Step(
        key="record_joint_visit",
        label="登记联合检查",
        source=("checking", "review", "signed", "escalated"),
        by=(*SECTION, "office"),
        asks=(fields.VISITED_ON, fields.DEPARTMENTS),
        story="{who}会同{departments}于{visited_on}联合检查。",
        basis=("AY-03-2",),
    ),
    Step(
        key="record_findings",
        label="填写核查情况",
        source=("checking", "review", "signed"),
        target="checking",
        by=SECTION,
        asks=(
            fields.FINDING,
            fields.VERIFIED_FACTS,
            fields.MEASURES,
            fields.NO_MEASURE_REASON,
            *RESULT_FIELDS,
            fields.REPLY,
        ),
        checks=(MEASURE_ANSWERED, *SPANS_IN_ORDER),
        effects=(effects.void_signature,),
        story="{who}填写核查情况：{finding}。",
        hint="改动后原签字作废",
        basis=("LX-A3-2", "LX-A1-3-5", "LX-A1-4-3", "LX-A7-2"),
    ),
    Step(
        key="request_signature",
        label="提请审核签字",
        source=("checking",),
        target="review",
        by=("handler",),
        guards=(_FOUND, _MEASURED),
        story="{who}提请{unit}主要负责人审核签字。",
    ),
    Step(
        key="sign",
        label="审核签字",
        source=("review",),
        target="signed",
        by=("head", "handler"),
        guards=(
            Guard(
                holds=guards.actor_is_head_of_receiver,
                otherwise=guards.signer_sentence,
                basis=("LX-A1-3-5", "LX-A7-7"),
            ),
        ),
        other_than=("record_findings",),
        effects=(effects.sign,),
        story="{who}审核签字。",
        basis=("LX-A1-3-5", "LX-A7-7", "LX-A1-0-1"),
    ),
    Step(
        key="return_report",
        label="退回修改",
        source=("review",),
        target="checking",
        by=("head",),
        asks=(fields.REASON,),
        story="{who}退回修改：{reason}",
    ),
    Step(
        key="report_back",
        label="反馈办理结果",
        source=("assigned", "checking", "review", "signed"),
        target="reported_back",
        by=SECTION,
        guards=(_FOUND, _MEASURED, _SIGNED),
        effects=(effects.report_back,),
        story="{who}反馈办理结果：{finding}。",
        to_public="核查结果已报回",
        basis=("LX-A1-3-4", "LX-A1-3-5", "LX-A3-2", "LX-A7-7"),
    ),
    Step(
        key="mark_crime",
        label="标记涉嫌犯罪",
        source=("checking", "review", "signed", "escalated", "reported_back", "publishing"),
        by=(*SECTION, "office", "leader"),
        asks=(fields.REASON,),
        guards=(Guard(holds=guards.crime_is_not_marked, otherwise="已标记涉嫌犯罪，请办理移送。"),),
        effects=(effects.mark_crime,),
        story="{who}标记涉嫌犯罪：{reason}须移送公安机关，移送前不公开。",
        basis=("LX-A1-3-6",),
    ),
    Step(
        key="mark_dereliction",
        label="标记涉嫌失职渎职",
        source=("checking", "review", "signed", "escalated", "reported_back", "publishing"),
        by=(*SECTION, "office", "leader"),
        asks=(fields.REASON,),
        guards=(
            Guard(
                holds=guards.dereliction_is_not_marked,
                otherwise="已标记涉嫌失职渎职，请办理移送。",
            ),
        ),
        effects=(effects.mark_dereliction,),
        story="{who}标记涉嫌失职渎职：{reason}须移送纪检监察机关，移送前不公开。",
        basis=("LX-A1-3-7",),
    ),
)
