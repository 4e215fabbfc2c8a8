"""What runs beside an alarm: the inquiry of a real over-limit, the check of methane at 2 %."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Deadline, Guard, Loop, NoDeadline, Stage, Step, Unset
from bihuan.monitoring.alarms import guards
from bihuan.monitoring.alarms.fields import PHOTOS, REASON

_OVER = NoDeadline("已办结")
_WATCH = ("watch", "office", "leader")


def _text(key: str, label: str, *, basis: tuple[str, ...] = ()) -> Field:
    """An inquiry names who answers for what: it isn't published, and names may stand in it."""
    return Field(key=key, label=label, kind=Kind.LONG_TEXT, max_length=1000, basis=basis)


INQUIRY = Loop(
    key="inquiry",
    label="超限立案",
    parent="alarm",
    title="",
    summary="inquiry_cause",
    tells_unit=True,
    stages=(
        Stage(
            key="open",
            label="查处中",
            holder="watch",
            deadline=Unset("alarm.inquiry_days", "查处期限"),
        ),
        Stage(key="concluded", label="已办结", holder="watch", closed=True, deadline=_OVER),
        Stage(key="dropped", label="不成立", holder="watch", closed=True, deadline=_OVER),
    ),
    steps=(
        Step(
            key="record",
            label="填写查处情况",
            source=("open",),
            by=(*_WATCH, "dispatcher", "handler", "head"),
            asks=(
                _text("inquiry_cause", "原因", basis=("AY-21-4",)),
                _text("responsibility", "责任", basis=("AY-21-4",)),
                _text("inquiry_measures", "整改措施", basis=("AY-21-4",)),
                _text("outcome", "处理结果", basis=("AY-21-4",)),
                PHOTOS,
            ),
            story="{who}填写查处情况。",
            basis=("AY-21-4",),
        ),
        Step(
            key="conclude",
            label="办结",
            source=("open",),
            target="concluded",
            by=_WATCH,
            guards=(
                Guard(
                    holds=guards.inquiry_is_whole,
                    otherwise=guards.inquiry_sentence,
                    basis=("AY-21-4",),
                ),
            ),
            story="{who}办结立案：{outcome}",
            basis=("AY-21-4",),
        ),
        Step(
            key="drop",
            label="撤销立案",
            source=("open",),
            target="dropped",
            by=_WATCH,
            asks=(REASON,),
            story="{who}撤销立案：{reason}",
        ),
    ),
    basis=("AY-21-4",),
)
HIGH_CHECK = Loop(
    key="high_check",
    label="立即核查",
    parent="alarm",
    opens_with=(Field(key="due_since", label="起算日", kind=Kind.DAY, required=True),),
    title="",
    summary="check_words",
    tells_unit=True,
    stages=(
        Stage(
            key="checking",
            label="核查中",
            holder="watch",
            deadline=Deadline(
                key="check",
                label="立即核查",
                param="alarm.high_check_days",
                event="甲烷≥2%或标记涉嫌重大隐患",
                basis=("SX-50-3",),
                since="due_since",
            ),
        ),
        Stage(key="checked", label="已核查", holder="watch", closed=True, deadline=_OVER),
        Stage(key="false", label="调校、测试", holder="watch", closed=True, deadline=_OVER),
    ),
    steps=(
        Step(
            key="finish",
            label="填写核查结果",
            source=("checking",),
            target="checked",
            by=(*_WATCH, "inspector", "handler", "head"),
            asks=(
                Field(
                    key="check_words",
                    label="核查结果",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    max_length=1000,
                    personal=True,
                ),
                PHOTOS,
            ),
            story="{who}核查：{check_words}",
            basis=("SX-50-3",),
        ),
        Step(
            key="finish_false",
            label="按调校、测试结束",
            source=("checking",),
            target="false",
            by=_WATCH,
            asks=(REASON,),
            story="{who}按调校、测试结束：{reason}",
            basis=("SX-50-3",),
        ),
    ),
    basis=("SX-50-3",),
)
