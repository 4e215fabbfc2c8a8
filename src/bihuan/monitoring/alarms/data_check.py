"""断线和异常数据核查 (AY-26-2): one per mine and kind while it is open."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import ANY_OPEN, Deadline, Loop, NoDeadline, Series, Stage, Step
from bihuan.language.parameter import Option

_OVER = NoDeadline("已办结")
_BOTH = ("watch", "dispatcher", "inspector", "handler", "head", "office")
WHAT = (
    Option(key="disconnected", label="断线"),
    Option(key="frozen", label="数据异常（长时间不变）"),
)
START = Deadline(
    key="start",
    label="开始核查",
    param="check.start_hours",
    event="发现断线或异常",
    basis=("AY-26-2",),
    since="detected_at",
    fulfilled_by=("start",),
)
CLOSE = Deadline(
    key="close",
    label="核查办结",
    param="check.close_hours",
    event="发现断线或异常",
    basis=("AY-26-2",),
    since="detected_at",
    fulfilled_by=("finish",),
)
DATA_CHECK = Loop(
    key="data_check",
    label="断线和异常数据核查",
    number=Series(key="data_check", pattern="核〔{year}〕{serial}号"),
    open_by=("clock",),
    tells_unit=True,
    opens_with=(
        Field(key="what", label="情形", kind=Kind.CHOICE, options=WHAT, required=True, column=1),
        Field(key="detected_at", label="发现时间", kind=Kind.MOMENT, required=True, column=2),
        Field(key="points_words", label="涉及测点", kind=Kind.LONG_TEXT, derived=True),
        Field(key="ended_words", label="恢复情况", kind=Kind.LONG_TEXT, derived=True),
    ),
    category="what",
    summary="points_words",
    stages=(
        Stage(key="detected", label="待核查", holder="watch", deadline=START, also=(CLOSE,)),
        Stage(key="checking", label="核查中", holder="watch", deadline=CLOSE),
        Stage(key="checked", label="已核查", holder="watch", closed=True, deadline=_OVER),
    ),
    steps=(
        Step(
            key="start",
            label="开始核查",
            source=("detected",),
            target="checking",
            by=_BOTH,
            story="{who}开始核查。",
            bulk=True,
            basis=("AY-26-2",),
        ),
        Step(
            key="finish",
            label="填写核查结果",
            source=("checking",),
            target="checked",
            by=_BOTH,
            asks=(
                Field(
                    key="loss_cause",
                    label="原因",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    max_length=1000,
                    personal=True,
                ),
                Field(key="checker", label="核查人", required=True, max_length=60),
                Field(key="proof", label="佐证", kind=Kind.FILES, required=True),
            ),
            story="{checker}核查：{loss_cause}",
            basis=("AY-26-2",),
        ),
        Step(
            key="read",
            label="情形变化",
            source=ANY_OPEN,
            by=("clock",),
            asks=(
                Field(
                    key="points_words",
                    label="涉及测点",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    derived=True,
                ),
                Field(key="ended_words", label="恢复情况", kind=Kind.LONG_TEXT, derived=True),
            ),
            story="涉及测点：{points_words}",
        ),
    ),
    basis=("AY-26-2",),
)
