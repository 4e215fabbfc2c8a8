"""The loop of an alarm (报警): 监测预警 → 接报消警 → 核查反馈 → 销警."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import ANY_OPEN, Child, Guard, Loop, Series, Step
from bihuan.monitoring.alarms import effects, fields, guards, readings
from bihuan.monitoring.alarms.stages import STAGES

WATCH = ("watch", "office", "leader")
BOTH = ("watch", "dispatcher", "office", "leader")
_READ = Field(key="read", label="读数", kind=Kind.LONG_TEXT, required=True, keeps=False)
_TOLD = Field(key="told", label="更正", kind=Kind.LONG_TEXT, keeps=False)

_INQUIRED = Guard(
    holds=guards.inquiry_is_concluded_where_real,
    otherwise="真实超限须按事故立案查清，“超限立案”还没有办结；立案已撤销的，请先改定性。",
    basis=("AY-21-4",),
)


def _read(key: str, label: str, *, story: str, open_only: bool = True, high: bool = False) -> Step:
    """What the clock reads of the alarm's episodes; `high` looks at methane of two percent."""
    return Step(
        key=key,
        label=label,
        source=ANY_OPEN if open_only else ("closed", "withdrawn"),
        by=("clock",),
        asks=(_READ, _TOLD),
        effects=(effects.take_over_readings, *((effects.open_high_check,) if high else ())),
        story=story,
    )


_READINGS = (
    _read("read", "读数变化", story="读数变化：峰值{peak}，{level}。", high=True),
    _read("read_back", "读数恢复", story="读数恢复，持续{lasted}，峰值{peak}。", high=True),
    _read("read_after", "销警后读数更正", story="销警后读数更正：峰值{peak}。", open_only=False),
    _read("read_state", "状态变化", story="开关量变化：{level}，{state}。"),
    _read("read_back_state", "状态恢复", story="开关量恢复：{level}，持续{lasted}。"),
    _read(
        "read_after_state",
        "销警后状态更正",
        story="销警后开关量更正：{level}，{state}。",
        open_only=False,
    ),
)
_ALARM_STEPS = (
    Step(
        key="call",
        label="叫应",
        source=("warned", "received"),
        by=WATCH,
        asks=(fields.CALLED, fields.CALLED_AT, fields.ANSWERED),
        checks=(
            Guard(
                holds=guards.called_after_it_began,
                otherwise="叫应时间应在读数超限之后、现在之前，请核对。",
                field="called_at",
            ),
        ),
        effects=(effects.note_call,),
        story="{who}叫应{called}，已应答：{answered}。",
        basis=("SX-49-1",),
    ),
    Step(
        key="receive",
        label="接报",
        source=("warned",),
        target="received",
        by=BOTH,
        asks=(fields.ANSWERED_BY, fields.ANSWERED_AT, fields.SAID),
        checks=(
            Guard(
                holds=guards.answered_after_it_began,
                otherwise="应答时间应在读数超限之后、现在之前，请核对。",
                field="answered_at",
            ),
        ),
        effects=(effects.note_receipt,),
        story="{who}接报，应答人：{answered_by}。",
        bulk=True,
        basis=("SX-49-1",),
    ),
    Step(
        key="verify",
        label="核实",
        source=("received", "checking"),
        target="checking",
        by=BOTH,
        asks=(fields.VERIFIED_MEANS, fields.VERIFIED_WORDS, fields.PHOTOS),
        effects=(effects.note_verification,),
        story="{who}{verified_means}核实：{verified_words}",
        bulk=True,
        basis=("SX-49-1",),
    ),
    Step(
        key="code_cause",
        label="定性",
        source=("checking",),
        target="checking",
        by=WATCH,
        asks=(fields.CAUSE, fields.CAUSE_WORDS),
        effects=(effects.open_inquiry_if_real,),
        story="{who}定性为{cause}：{cause_words}",
        bulk=True,
        basis=("SX-49-1", "AY-21-4"),
    ),
    Step(
        key="give_feedback",
        label="填写措施和反馈",
        source=("checking",),
        target="checking",
        by=BOTH,
        asks=(fields.MEASURES, fields.FEEDBACK),
        story="{who}反馈：{feedback}措施：{measures}",
        bulk=True,
        basis=("SX-49-1",),
    ),
    Step(
        key="close",
        label="销警",
        source=("checking",),
        target="closed",
        by=WATCH,
        asks=(fields.REASON,),
        guards=(
            Guard(
                holds=guards.reading_is_back,
                otherwise="读数还没有恢复正常，恢复后再销警。",
            ),
            Guard(
                holds=guards.feedback_is_given,
                otherwise="还没有核查反馈，读数恢复正常也不能销警，请先填写。",
                basis=("SX-49-1",),
            ),
            Guard(
                holds=guards.measures_stand_where_needed,
                otherwise="还没有整改措施，请先填写。",
            ),
            _INQUIRED,
            Guard(
                holds=guards.checks_are_finished,
                otherwise="“立即核查”还没有结果，请在“关联事项”中办理。",
                basis=("SX-50-3",),
            ),
            Guard(
                holds=guards.other_children_are_settled,
                otherwise="关联的核查、分析任务还没有结果，请在“关联事项”中办理。",
            ),
        ),
        story="{who}销警：{reason}",
        bulk=True,
        basis=("SX-49-1", "AY-21-4", "SX-50-3"),
    ),
    Step(
        key="close_false",
        label="按调校、测试销警",
        source=("received", "checking"),
        target="closed",
        by=WATCH,
        asks=(
            Field(
                key="cause",
                label="原因",
                kind=Kind.CHOICE,
                options=tuple(one for one in fields.CAUSES if one.key in guards.FALSE_ALARMS),
                required=True,
            ),
            fields.REASON,
        ),
        guards=(
            Guard(
                holds=guards.reading_is_back,
                otherwise="读数还没有恢复正常，恢复后再销警。",
            ),
            Guard(
                holds=guards.is_not_found_real,
                otherwise="已定性为真实超限，不能按调校、测试销警，请改定性并写明理由，"
                "或查清后按“销警”办理。",
                basis=("AY-21-4",),
            ),
            Guard(
                holds=guards.is_not_inquired,
                otherwise="已有“超限立案”，不能按调校、测试销警，请立案查清后按“销警”办理；"
                "立案不成立的，先撤销立案。",
                basis=("AY-21-4",),
            ),
        ),
        effects=(effects.close_check_as_false,),
        story="{who}按{cause}销警：{reason}",
        bulk=True,
        exception=True,
        hint="由本人写明理由，报警仍留在台账和统计里",
        basis=("SX-50-3", "AY-21-4"),
    ),
    Step(
        key="mark_major",
        label="标记涉嫌重大隐患",
        source=ANY_OPEN,
        by=WATCH,
        asks=(fields.REASON,),
        guards=(Guard(holds=guards.is_not_marked_major, otherwise="已标记涉嫌重大隐患。"),),
        effects=(effects.start_check,),
        story="{who}标记涉嫌重大隐患：{reason}",
        basis=("SX-50-3",),
    ),
    Step(
        key="shelve",
        label="搁置",
        source=ANY_OPEN,
        by=WATCH,
        asks=(fields.SHELVED_UNTIL, fields.REASON),
        guards=(
            Guard(
                holds=guards.is_received,
                otherwise="还没有接报，不能搁置，请先叫应煤矿，有人应答后办理“接报”。",
            ),
            Guard(
                holds=guards.is_no_severe_alarm_that_lasts,
                otherwise="断电、甲烷≥2%、停风、烟雾、馈电异常等报警没有恢复，不能搁置，"
                "请继续叫应和核实，恢复后再办。",
            ),
            Guard(holds=guards.is_not_shelved, otherwise="已经搁置，请先取消搁置。"),
        ),
        checks=(
            Guard(
                holds=guards.shelving_ends_in_bounds,
                otherwise=guards.shelving_sentence,
                field="shelved_until",
            ),
        ),
        effects=(effects.shelve,),
        story="{who}搁置到{shelved_until}：{reason}",
        bulk=True,
        hint="到时自动恢复；期限照走，屏幕上仍列出",
    ),
    Step(
        key="unshelve",
        label="取消搁置",
        source=ANY_OPEN,
        by=WATCH,
        guards=(Guard(holds=guards.is_shelved, otherwise="没有搁置。"),),
        effects=(effects.unshelve,),
        story="{who}取消搁置。",
    ),
    Step(
        key="close_withdrawn",
        label="按依据撤回结束",
        source=ANY_OPEN,
        target="withdrawn",
        by=WATCH,
        asks=(fields.REASON,),
        guards=(
            Guard(
                holds=guards.ground_is_withdrawn,
                otherwise="读数没有撤回，请按核查情况销警。",
            ),
        ),
        effects=(effects.close_check_as_false,),
        story="{who}确认读数已更正、报警不成立：{reason}",
    ),
    *_READINGS,
)
ALARM = Loop(
    key="alarm",
    label="报警",
    number=Series(key="alarm", pattern="警〔{year}〕{serial}号"),
    open_by=("clock",),
    opens_with=fields.READ,
    on_correct=(effects.correct_call, effects.open_inquiry_if_corrected_to_real),
    present=readings.present_facts,
    tells_unit=True,
    category="level",
    source="sensor",
    severity="severity",
    summary="place",
    stages=STAGES,
    steps=_ALARM_STEPS,
    children=(
        Child(kind="inquiry", blocks_close=True),
        Child(kind="high_check", blocks_close=True),
        Child(kind="site_check", blocks_close=True),
        Child(kind="analysis_task", blocks_close=True),
    ),
    tracks=("warned", "received", "checking", "closed"),
    basis=("SX-49-1", "AY-21-4", "SX-50-3"),
)
