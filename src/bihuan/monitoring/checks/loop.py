"""核查任务 and 分析任务: a named person's work, open until its result is entered."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard, Loop, NoDeadline, Stage, Step, Unset
from bihuan.language.parameter import Option
from bihuan.matters.case import Case
from bihuan.matters.site_proposals import evidence_of

WATCHERS = ("watch", "office", "leader")
DOERS = ("watch", "inspector", "handler", "head", "office")
MEANS = (
    Option(key="on_site", label="现场核查"),
    Option(key="online", label="线上核查"),
)
_OVER = NoDeadline("已办结")
_RESULT = Field(
    key="result", label="结果", kind=Kind.LONG_TEXT, required=True, max_length=1000, personal=True
)


def doer_is_assigned(case: Case) -> bool:
    """Whoever is named does it; where nobody is named yet, nobody does."""
    return case.facts.get("assignee") == case.by.person_id and bool(case.by.person_id)


def doer_sentence(case: Case) -> str:
    """Whose task it is."""
    return (
        "这项任务由指定的人办理，结果须由本人填写。"
        if case.facts.get("assignee")
        else "还没有指定承办人，请先指定。"
    )


def keep_evidence(case: Case) -> None:
    """A new task says what it is about: the proposal's title and evidence."""
    above = case.parent
    if above is not None and not case.facts.get("about"):
        case.set("about", evidence_of(above))
        case.set("title", f"{case.loop.label}：{above.matter.title}"[:200])


def _task(*, key: str, label: str, done: str, result: tuple[Field, ...]) -> Loop:
    return Loop(
        key=key,
        label=label,
        parent="*",
        on_open=(keep_evidence,),
        opens_with=(Field(key="about", label="核查事由", kind=Kind.LONG_TEXT),),
        summary="about",
        stages=(
            Stage(
                key="to_assign",
                label="待指定",
                holder="watch",
                deadline=NoDeadline("原文未规定指定承办人的时限"),
            ),
            Stage(
                key="assigned",
                label="办理中",
                holder="watch",
                deadline=Unset("check.result_hours", "结果期限"),
            ),
            Stage(key="done", label=done, holder="watch", closed=True, deadline=_OVER),
        ),
        steps=(
            Step(
                key="assign",
                label="指定承办人",
                source=("to_assign", "assigned"),
                target="assigned",
                by=WATCHERS,
                asks=(Field(key="assignee", label="承办人", kind=Kind.PERSON, required=True),),
                story="{who}指定{assignee}办理。",
            ),
            Step(
                key="finish",
                label="填写结果",
                source=("assigned",),
                target="done",
                by=DOERS,
                asks=result,
                guards=(Guard(holds=doer_is_assigned, otherwise=doer_sentence),),
                holder_only=False,
                story="{who}填写结果：{result}",
            ),
        ),
    )


SITE_CHECK = _task(
    key="site_check",
    label="核查任务",
    done="已核查",
    result=(
        Field(key="means", label="核查方式", kind=Kind.CHOICE, options=MEANS, required=True),
        _RESULT,
        Field(key="photos", label="现场照片或截图", kind=Kind.FILES),
    ),
)
ANALYSIS_TASK = _task(key="analysis_task", label="分析任务", done="已分析", result=(_RESULT,))
