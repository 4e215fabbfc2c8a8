"""立案建议 of a confirmed finding, and 违法行为线索 that a person codes by himself."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Child, Loop, NoDeadline, Stage, Step
from bihuan.matters.case import Case
from bihuan.matters.site_proposals import evidence_of
from bihuan.monitoring.activity.codes import EIGHT, NINE
from bihuan.places.models import Site

_OVER = NoDeadline("已办结")
_DECIDERS = ("watch", "office", "leader")
_REASON = Field(key="reason", label="理由", kind=Kind.LONG_TEXT, required=True, personal=True)


def keep_ground(case: Case) -> None:
    """A proposed case says what was confirmed, and as what."""
    above = case.parent
    if above is not None and not case.facts.get("about"):
        case.set("about", evidence_of(above))
        case.set("code_label", str(above.facts.get("code_label") or "未分类"))
        case.set("title", f"立案建议：{above.matter.title}"[:200])


def place_at_site(case: Case) -> None:
    """A finding lies where its mine lies."""
    site = Site.objects.get(pk=case.facts["site"])
    case.place_in(site.region_id)
    case.about(site.pk)
    labels = {option.key: option.label for option in (*NINE, *EIGHT)}
    label = labels[case.facts["code"]]
    case.set("code_label", label)
    case.set("title", f"{site.short_name or site.name}：{label}")


def open_case_proposal(case: Case) -> None:
    """A confirmed finding proposes an enforcement case."""
    case.spawn("case_proposal")


CASE_PROPOSAL = Loop(
    key="case_proposal",
    label="立案建议",
    parent="*",
    on_open=(keep_ground,),
    opens_with=(
        Field(key="about", label="认定的情形", kind=Kind.LONG_TEXT),
        Field(key="code_label", label="认定类型", column=1),
    ),
    category="code_label",
    summary="about",
    stages=(
        Stage(
            key="proposed",
            label="待决定",
            holder="office",
            deadline=NoDeadline("原文未规定立案的时限"),
        ),
        Stage(key="filed", label="已立案", holder="office", closed=True, deadline=_OVER),
        Stage(key="not_filed", label="不予立案", holder="office", closed=True, deadline=_OVER),
    ),
    steps=(
        Step(
            key="file",
            label="立案",
            source=("proposed",),
            target="filed",
            by=("office", "leader"),
            asks=(
                Field(key="case_number", label="案号", required=True, max_length=60),
                Field(key="filed_on", label="立案日期", kind=Kind.DAY, required=True),
            ),
            story="{who}决定立案，案号{case_number}。",
        ),
        Step(
            key="decline",
            label="不予立案",
            source=("proposed",),
            target="not_filed",
            by=("office", "leader"),
            asks=(_REASON,),
            story="{who}决定不予立案，理由：{reason}",
        ),
    ),
    basis=("AY-38-3",),
)
CODED_FINDING = Loop(
    key="coded_finding",
    label="违法行为线索",
    open_by=("watch", "office", "leader"),
    on_open=(place_at_site,),
    opens_with=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(
            key="code",
            label="行为类型",
            kind=Kind.CHOICE,
            options=(*NINE, *EIGHT),
            required=True,
        ),
        Field(key="seen_on", label="发生日期", kind=Kind.DAY, required=True),
        Field(
            key="what",
            label="情形和依据",
            kind=Kind.LONG_TEXT,
            required=True,
            personal=True,
            hint="写明地点、数据、图纸或现场情况；有缺数的写明缺哪几天，不按零计",
        ),
        Field(key="code_label", label="类型名称", column=1),
    ),
    children=(Child(kind="case_proposal", blocks_close=False),),
    category="code_label",
    summary="what",
    stages=(
        Stage(
            key="proposed",
            label="待认定",
            holder="office",
            deadline=NoDeadline("原文未规定认定的时限"),
        ),
        Stage(key="confirmed", label="已认定", holder="office", closed=True, deadline=_OVER),
        Stage(key="declined", label="不予认定", holder="office", closed=True, deadline=_OVER),
    ),
    steps=(
        Step(
            key="confirm",
            label="认定",
            source=("proposed",),
            target="confirmed",
            by=_DECIDERS,
            asks=(_REASON,),
            effects=(open_case_proposal,),
            story="{who}认定为{code_label}。理由：{reason}",
        ),
        Step(
            key="decline",
            label="不予认定",
            source=("proposed",),
            target="declined",
            by=_DECIDERS,
            asks=(_REASON,),
            story="{who}不予认定，理由：{reason}",
        ),
    ),
    basis=("SX-32-1", "AY-38-3"),
)
LOOPS = (CASE_PROPOSAL, CODED_FINDING)
