"""预警叫应: one mine of a warning, from the call to its last check."""

from functools import partial

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Deadline, Guard, Loop, NoDeadline, Stage, Step, Unset
from bihuan.monitoring.warnings import calling, lifting
from bihuan.monitoring.warnings.contacts import SERVES_AT
from bihuan.monitoring.warnings.loop import LEVEL_OPTIONS

DESK = ("watch", "office", "leader")
MINE = ("dispatcher", *DESK)  # the desk enters what it is told by telephone
_ALIVE = ("called", "answered", "measured")
ANSWER = Deadline(
    key="answer",
    label="回应期限",
    param="warning.answer_minutes",
    event="叫应",
    basis=("AY-09-3",),
    ladder="warning.answer_ladder",
    fulfilled_by=("answer",),
    at_rung=calling.raise_call,
)
_MARKED = (
    ("called_at", "叫应时间", Kind.MOMENT),
    ("called", "被叫应人", Kind.TEXT),
    ("answered_at", "回应时间", Kind.MOMENT),
    ("answer_minutes", "叫应至回应（分钟）", Kind.INTEGER),
    ("take_measures_at", "措施报送时间", Kind.MOMENT),
    ("give_feedback_at", "整改反馈时间", Kind.MOMENT),
    ("report_up_at", "上报时间", Kind.MOMENT),
    ("check_online_at", "线上巡查时间", Kind.MOMENT),
    ("check_on_site_at", "现场核查登记时间", Kind.MOMENT),
    ("no_visit_because", "不到场理由", Kind.TEXT),
    ("no_visit_signed", "不到场签字人", Kind.TEXT),
)


_text = partial(Field, kind=Kind.LONG_TEXT, required=True, max_length=1000)
_marked_step = partial(Step, effects=(calling.mark,))

WARNING_CALL = Loop(
    key="warning_call",
    label="预警叫应",
    parent="warning",
    tells_unit=True,
    opens_with=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="warning", label="预警", required=True),
        Field(key="level", label="预警等级", kind=Kind.CHOICE, options=LEVEL_OPTIONS, column=1),
        Field(key="content", label="预警内容", kind=Kind.LONG_TEXT, required=True),
        *(Field(key=key, label=label, kind=kind) for key, label, kind in _MARKED),
    ),
    on_open=(calling.open_call,),
    summary="content",
    stages=(
        Stage(key="called", label="未回应", holder="dispatcher", deadline=ANSWER),
        Stage(
            key="answered",
            label="已回应待措施",
            holder="dispatcher",
            deadline=Unset("warning.measure_minutes", "响应措施期限"),
        ),
        Stage(
            key="measured",
            label="已采取措施",
            holder="watch",
            deadline=Unset("warning.check_hours", "核查期限"),
        ),
        Stage(
            key="closed",
            label="已办结",
            holder="watch",
            closed=True,
            deadline=NoDeadline("已办结"),
        ),
    ),
    steps=(
        Step(
            key="call",
            label="叫应下一人",
            source=("called",),
            by=DESK,
            asks=(
                Field(key="called_name", label="被叫应人", required=True, max_length=40),
                Field(key="called_post", label="岗位", required=True, max_length=40),
                Field(
                    key="called_serves_at",
                    label="任职处",
                    kind=Kind.CHOICE,
                    options=SERVES_AT,
                    required=True,
                ),
                Field(key="called_phone", label="电话", max_length=30),
            ),
            checks=(
                Guard(
                    holds=calling.called_serves_at_mine,
                    otherwise="被叫应人须在本矿任职；只叫到公司人员的不算叫应，请改叫本矿的人。",
                    field="called_serves_at",
                    basis=("AY-23-8",),
                ),
            ),
            effects=(calling.call_person,),
            story="{who}叫应{called_name}（{called_post}）。",
        ),
        Step(
            key="answer",
            label="回应",
            source=("called",),
            target="answered",
            by=MINE,
            asks=(
                Field(key="answerer", label="回应人", required=True, max_length=40),
                Field(key="answerer_post", label="回应人岗位", required=True, max_length=40),
                Field(key="answer_words", label="回应内容", max_length=200),
            ),
            effects=(calling.answer,),
            story="{who}登记回应：{answerer}（{answerer_post}）。",
            basis=("AY-09-3", "AY-23-8"),
        ),
        _marked_step(
            key="take_measures",
            label="报送响应措施",
            source=("answered", "measured"),
            target="measured",
            by=MINE,
            asks=(_text(key="measures", label="已采取措施"),),
            story="{who}报送响应措施：{measures}",
            basis=("AY-09-3",),
        ),
        _marked_step(
            key="give_feedback",
            label="整改反馈",
            source=("measured",),
            by=MINE,
            asks=(
                _text(key="feedback", label="整改情况"),
                Field(key="feedback_files", label="附件", kind=Kind.FILES),
            ),
            story="{who}反馈整改：{feedback}",
            basis=("SX-49-2",),
        ),
        _marked_step(
            key="report_up",
            label="上报",
            source=_ALIVE,
            by=DESK,
            asks=(
                Field(key="reported_to", label="报送对象", required=True, max_length=60),
                _text(key="report", label="上报内容"),
            ),
            story="{who}上报{reported_to}：{report}",
            basis=("SX-49-2",),
        ),
        _marked_step(
            key="check_online",
            label="登记线上巡查",
            source=_ALIVE,
            by=DESK,
            asks=(
                _text(
                    key="online_found", label="线上巡查情况", hint="看了哪些数据、画面，结论如何"
                ),
            ),
            story="{who}线上巡查：{online_found}",
            basis=("SX-49-2",),
        ),
        _marked_step(
            key="check_on_site",
            label="登记现场核查",
            source=_ALIVE,
            by=DESK,
            asks=(
                Field(key="visited_at", label="到场时间", kind=Kind.MOMENT, required=True),
                Field(key="visitors", label="核查人员", required=True, max_length=60),
                _text(key="site_found", label="现场核查情况"),
                Field(key="site_photos", label="现场照片", kind=Kind.FILES),
            ),
            story="{who}登记{visitors}于{visited_at}现场核查：{site_found}",
            basis=("SX-49-2",),
        ),
        Step(
            key="waive_visit",
            label="签字不到场",
            source=_ALIVE,
            by=("leader", "office"),
            asks=(_text(key="reason", label="不到场理由", keeps=False),),
            effects=(calling.sign_no_visit,),
            story="{who}签字不到场核查，理由：{reason}",
            basis=("SX-49-2",),
        ),
        Step(
            key="close",
            label="办结叫应",
            source=("measured",),
            target="closed",
            by=DESK,
            guards=(
                Guard(
                    holds=lifting.call_has_all,
                    otherwise=lifting.call_lacks_sentence,
                    basis=("SX-49-2",),
                ),
            ),
            story="{who}办结叫应。",
        ),
    ),
    tracks=("called", "answered", "measured", "closed"),
    basis=("AY-09-3", "AY-23-8", "SX-49-2"),
)
