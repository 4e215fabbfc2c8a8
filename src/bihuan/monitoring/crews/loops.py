"""超员告警, opened by the clock when a face is over its limit, and the lasting mark 大班次."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import ANY_OPEN, Guard, Loop, NoDeadline, Stage, Step, Unset
from bihuan.language.parameter import Option
from bihuan.matters.case import Case

CREW_ALARM, LARGE_SHIFT = "crew_alarm", "large_shift"
CAUSES = (
    Option(key="over_crew", label="超员作业"),
    Option(key="hand_over", label="交接班重叠"),
    Option(key="visitors", label="参观检查人员"),
    Option(key="positioning", label="定位误差或故障"),
    Option(key="other", label="其他"),
)
_OVER = NoDeadline("已办结")
_ANSWER = ("watch", "dispatcher", "office")


def end_is_recorded(case: Case) -> bool:
    """An alarm isn't closed while the face is still over its limit."""
    return bool(case.facts.get("ended_at"))


ALARM = Loop(
    key=CREW_ALARM,
    label="超员告警",
    open_by=("clock",),
    opens_with=(
        Field(key="site", label="煤矿", kind=Kind.SITE, required=True),
        Field(key="title", label="告警", required=True),
        Field(key="face", label="工作面", required=True, column=1),
        Field(key="area", label="区域编码", required=True),
        Field(key="count", label="告警时人数", kind=Kind.INTEGER, unit="人", column=2),
        Field(key="limit", label="限员", kind=Kind.INTEGER, unit="人", column=3),
        Field(key="counting", label="计数方式"),
        Field(key="basis_text", label="限员依据"),
        Field(key="reading_at", label="读数时间", kind=Kind.MOMENT),
        Field(key="arrived_at", label="数据到达时间", kind=Kind.MOMENT),
        Field(key="situation", label="情况", kind=Kind.LONG_TEXT),
        Field(key="cards", label="人员卡", kind=Kind.LONG_TEXT),
    ),
    category="face",
    summary="situation",
    stages=(
        Stage(
            key="warned",
            label="待接报",
            holder="watch",
            deadline=Unset("crew.receive_minutes", "接报"),
        ),
        Stage(
            key="received",
            label="待查明原因",
            holder="dispatcher",
            deadline=NoDeadline("原文未规定查明原因的时限"),
        ),
        Stage(
            key="explained",
            label="待处置",
            holder="dispatcher",
            deadline=NoDeadline("原文未规定处置的时限"),
        ),
        Stage(
            key="handled",
            label="待消警",
            holder="watch",
            deadline=NoDeadline("原文未规定消警的时限"),
        ),
        Stage(key="closed", label="已消警", holder="watch", closed=True, deadline=_OVER),
    ),
    steps=(
        Step(
            key="receive",
            label="接报",
            source=("warned",),
            target="received",
            by=_ANSWER,
            asks=(Field(key="called", label="叫应了谁、怎样答复", required=True, personal=True),),
            story="{who}接报：{called}",
        ),
        Step(
            key="explain",
            label="填写原因",
            source=("received",),
            target="explained",
            by=_ANSWER,
            asks=(
                Field(key="cause", label="原因", kind=Kind.CHOICE, options=CAUSES, required=True),
                Field(
                    key="cause_text",
                    label="说明",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    max_length=500,
                    personal=True,
                ),
            ),
            story="{who}填写原因（{cause}）：{cause_text}",
        ),
        Step(
            key="handle",
            label="填写措施",
            source=("explained",),
            target="handled",
            by=_ANSWER,
            asks=(
                Field(
                    key="measures",
                    label="采取的措施",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    max_length=500,
                    personal=True,
                ),
            ),
            story="{who}填写措施：{measures}",
        ),
        Step(
            key="close",
            label="消警",
            source=("handled",),
            target="closed",
            by=("watch", "office"),
            guards=(
                Guard(
                    holds=end_is_recorded,
                    otherwise="人数还没有降回限员以内，请等降回后再消警；"
                    "系统中断的，恢复上传后自动记录结束时间。",
                ),
            ),
            story="{who}消警。",
        ),
        Step(
            key="fall_back",
            label="人数降回",
            source=ANY_OPEN,
            by=("clock",),
            asks=(
                Field(key="ended_at", label="结束时间", kind=Kind.MOMENT, required=True),
                Field(key="peak", label="最多人数", kind=Kind.INTEGER, unit="人", required=True),
                Field(key="peak_at", label="最多时", kind=Kind.MOMENT),
                Field(key="lasted", label="持续"),
                Field(key="cards", label="人员卡", kind=Kind.LONG_TEXT),
            ),
            story="人数降回限员以内，最多{peak}人，持续{lasted}。",
        ),
    ),
    basis=("AY-29-11",),
)
MARK = Loop(
    key=LARGE_SHIFT,
    label="大班次标记",
    open_by=("clock",),
    opens_with=(
        Field(key="site", label="煤矿", kind=Kind.SITE, required=True),
        Field(key="title", label="标记", required=True),
        Field(key="persons", label="单班人数", kind=Kind.INTEGER, unit="人", column=1),
        Field(key="shift_on", label="班次日期", kind=Kind.DAY, column=2),
        Field(key="shift", label="班次"),
        Field(key="source", label="来源"),
        Field(key="situation", label="情况", kind=Kind.LONG_TEXT),
    ),
    summary="situation",
    stages=(
        Stage(
            key="marked",
            label="大班次",
            holder="leader",
            deadline=NoDeadline("标记长期有效，只由指定的人写明理由后取消"),
        ),
        Stage(key="removed", label="已取消", holder="leader", closed=True, deadline=_OVER),
    ),
    steps=(
        Step(
            key="remove",
            label="取消标记",
            source=("marked",),
            target="removed",
            by=("leader", "office"),
            asks=(
                Field(
                    key="reason",
                    label="理由",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    personal=True,
                ),
            ),
            story="{who}取消大班次标记，理由：{reason}",
        ),
    ),
    basis=("SX-38-1",),
)
LOOPS = (ALARM, MARK)
