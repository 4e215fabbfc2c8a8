"""预警: issued, every mine called, answered, measures taken, lifted by a named person."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Child, Guard, Loop, NoDeadline, Series, Stage, Step
from bihuan.language.parameter import Option
from bihuan.monitoring.warnings import issuing, lifting

ISSUERS = ("watch", "office", "leader")
KINDS = (
    Option(key="rainstorm", label="暴雨"),
    Option(key="flood", label="洪水"),
    Option(key="gale", label="大风"),
    Option(key="thunder", label="雷电"),
    Option(key="snow", label="暴雪"),
    Option(key="geology", label="地质灾害"),
    Option(key="monitoring", label="监测预警信息"),
)
LEVEL_OPTIONS = tuple(Option(key=key, label=label) for key, label in issuing.LEVELS.items())
_LEVEL = Field(
    key="level",
    label="预警等级",
    kind=Kind.CHOICE,
    options=LEVEL_OPTIONS,
    required=True,
    column=1,
)
_MINES = Field(
    key="mines",
    label="叫应矿山",
    kind=Kind.LONG_TEXT,
    max_length=2000,
    keeps=False,
    hint="填矿山名称，用顿号分开；不填即叫应预警区域内全部矿山",
)
_ANYWAY = Field(
    key="goes_on_without",
    label="没有本矿联系人的矿山仍然发出",
    kind=Kind.YES_NO,
    hint="发出后由值班台查明被叫应人再叫",
)
_NAMED = Guard(holds=issuing.names_are_mines, otherwise=issuing.unknown_sentence, field="mines")
_REACHED = Guard(
    holds=issuing.contacts_are_there_or_known_missing,
    otherwise=issuing.missing_sentence,
    field="goes_on_without",
    basis=("AY-23-8",),
)

WARNING = Loop(
    key="warning",
    label="预警",
    number=Series(key="warning", pattern="预警〔{year}〕{serial}号"),
    open_by=ISSUERS,
    opens_with=(
        Field(
            key="kind",
            label="预警类别",
            kind=Kind.CHOICE,
            options=KINDS,
            options_param="warning.kinds",
            required=True,
        ),
        _LEVEL,
        Field(key="content", label="预警内容", kind=Kind.LONG_TEXT, required=True, max_length=1000),
        Field(
            key="area",
            label="预警区域",
            kind=Kind.REGION,
            hint="不选即本单位全部辖区",
        ),
        Field(key="issuer", label="预警来源", max_length=60, hint="例如：县气象台"),
        Field(
            key="warned_at",
            label="预警时间",
            kind=Kind.MOMENT,
            hint="不填即此刻",
        ),
    ),
    on_open=(issuing.keep_head,),
    summary="content",
    category="kind",
    severity="rank",
    sensitive=True,  # who looked at it is part of the record (SX-49-2)
    stages=(
        Stage(
            key="drafted",
            label="待发出",
            holder="watch",
            deadline=NoDeadline("原文未规定拟发到发出的时限"),
        ),
        Stage(
            key="calling",
            label="叫应中",
            holder="watch",
            deadline=NoDeadline("解除由发布人决定，叫应的时限在每矿的叫应上"),
        ),
        Stage(
            key="lifted",
            label="已解除",
            holder="watch",
            closed=True,
            deadline=NoDeadline("已解除"),
        ),
        Stage(
            key="dropped",
            label="不发",
            holder="watch",
            closed=True,
            deadline=NoDeadline("已决定不发"),
        ),
    ),
    tracks=("drafted", "calling", "lifted"),
    steps=(
        Step(
            key="issue",
            label="发出预警",
            source=("drafted",),
            target="calling",
            by=ISSUERS,
            asks=(_MINES, _ANYWAY),
            guards=(
                Guard(
                    holds=issuing.area_has_mines,
                    otherwise="预警区域内没有登记矿山，请核对预警区域。",
                ),
            ),
            checks=(_NAMED, _REACHED),
            effects=(issuing.issue,),
            caution=issuing.contacts_told,
            story="{who}发出预警，逐矿叫应。",
            basis=("AY-09-3", "AY-23-8", "AY-23-9"),
        ),
        Step(
            key="call_more",
            label="增加叫应矿山",
            source=("calling",),
            by=ISSUERS,
            asks=(_MINES, _ANYWAY),
            checks=(_NAMED, _REACHED),
            effects=(issuing.call_more,),
            caution=issuing.contacts_told,
            story="{who}增加叫应矿山。",
        ),
        Step(
            key="change_level",
            label="变更预警等级",
            source=("calling",),
            by=ISSUERS,
            asks=(_LEVEL,),
            effects=(issuing.change_level,),
            story="{who}变更预警等级为{level}。",
            basis=("AY-23-9",),
        ),
        Step(
            key="lift",
            label="解除预警",
            source=("calling",),
            target="lifted",
            by=ISSUERS,
            asks=(
                Field(
                    key="lifted_because",
                    label="解除依据",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    max_length=400,
                ),
            ),
            guards=(
                Guard(
                    holds=lifting.every_mine_has_acted,
                    otherwise=lifting.not_acted_sentence,
                    basis=("AY-09-3",),
                ),
                Guard(
                    holds=lifting.every_call_may_close,
                    otherwise=lifting.not_closable_sentence,
                    basis=("SX-49-2",),
                ),
            ),
            effects=(lifting.close_calls,),
            story="{who}解除预警：{lifted_because}",
        ),
        Step(
            key="drop",
            label="决定不发",
            source=("drafted",),
            target="dropped",
            by=ISSUERS,
            asks=(
                Field(
                    key="reason",
                    label="理由",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    max_length=400,
                ),
            ),
            story="{who}决定不发，理由：{reason}",
        ),
    ),
    children=(
        Child(kind="warning_call", blocks_close=False),
        Child(kind="withdrawal", blocks_close=False),
    ),
    basis=("AY-09-3", "AY-23-8", "SX-49-2"),
)
