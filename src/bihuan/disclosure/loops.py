"""The small loop of a publication: draft, check by one, release by another, withdraw visibly."""

from bihuan.disclosure import effects, guards
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Deadline, Guard, Loop, NoDeadline, Stage, Step

_CLOSED = NoDeadline("已办结")
_REASON = Field(
    key="reason", label="理由", kind=Kind.LONG_TEXT, required=True, personal=True, keeps=False
)
DRAFT_TEXT = Field(
    key="text",
    label="公开内容",
    kind=Kind.LONG_TEXT,
    required=True,
    max_length=3000,
    personal=True,
    hint="不写姓名、电话、证件号，不写能认出举报人的地点和情节",
)
_CHECKED = Field(
    key="personal_data_checked", label="已检查，不含个人信息", kind=Kind.YES_NO, required=True
)
_CLEAR = Field(
    key="transfer_checked",
    label="已检查，不涉及移送公安或纪检监察的事项",
    kind=Kind.YES_NO,
    required=True,
)
_MEDIUM = (
    Field(key="published_on", label="公开日期", kind=Kind.DAY, required=True),
    Field(key="medium", label="公开媒体", required=True, max_length=60),
    Field(key="link", label="链接或期号", max_length=200),
)
_NOT_LOCKED = Guard(
    holds=guards.publication_is_not_locked,
    otherwise="本事项已标记涉嫌犯罪或失职渎职，须有公安机关、纪检监察机关同意公开的记录后才能发布。",
    basis=("LX-A1-3-6", "LX-A1-3-7", "AY-36-3", "LX-A1-4-1"),
)
_TICKED = Guard(
    holds=guards.checks_are_ticked,
    otherwise="请先逐项检查，两项都选“是”才能发布：不含个人信息；不涉及移送公安或纪检监察的事项。",
    basis=("AY-36-3", "LX-A1-4-1", "SX-54-3"),
)
_IN_TIME = (
    Guard(
        holds=guards.day_is_not_before_the_draft,
        otherwise=guards.too_early_sentence,
        field="published_on",
    ),
    Guard(
        holds=guards.day_is_not_to_come,
        otherwise=guards.too_late_sentence,
        field="published_on",
    ),
)


def publication_loop(
    *,
    key: str,
    label: str,
    param: str,
    basis: tuple[str, ...],
    parent: str = "lead",
    extra_fields: tuple[Field, ...] = (),
    extra_ticks: tuple[Field, ...] = (),
    extra_checks: tuple[Guard, ...] = (),
) -> Loop:
    """The loop of one kind of publication; its clock runs from the day in `due_since`."""
    clock = Deadline(
        key="publish",
        label="公开期限",
        param=param,
        event="形成",
        basis=basis,
        ladder="lead.publish_ladder",
        since="due_since",
    )
    return Loop(
        key=key,
        label=label,
        parent=parent,
        opens_with=(
            Field(key="due_since", label="形成日", kind=Kind.DAY, required=True),
            Field(key="text", label="公开内容", kind=Kind.LONG_TEXT),
        ),
        title="",
        summary="text",
        numbers=("publication_number",),
        stages=_stages(clock),
        steps=_steps(
            basis=basis,
            extra_fields=extra_fields,
            extra_ticks=extra_ticks,
            extra_checks=extra_checks,
        ),
        basis=basis,
    )


def _stages(clock: Deadline) -> tuple[Stage, ...]:
    return (
        Stage(key="drafting", label="待公开", holder="office", deadline=clock),
        Stage(key="releasing", label="待发布", holder="publisher", deadline=clock),
        Stage(key="released", label="已公开", holder="publisher", closed=True, deadline=_CLOSED),
        Stage(key="deferred", label="暂不公开", holder="publisher", closed=True, deadline=_CLOSED),
        Stage(key="withdrawn", label="已撤下", holder="publisher", closed=True, deadline=_CLOSED),
    )


def _steps(
    *,
    basis: tuple[str, ...],
    extra_fields: tuple[Field, ...],
    extra_ticks: tuple[Field, ...],
    extra_checks: tuple[Guard, ...],
) -> tuple[Step, ...]:
    return (
        Step(
            key="submit",
            label="拟稿送审",
            source=("drafting",),
            target="releasing",
            by=("office",),
            asks=(DRAFT_TEXT, *extra_fields),
            effects=(effects.keep_draft,),
            story="{who}拟稿送审。",
            basis=basis,
        ),
        Step(
            key="return_draft",
            label="退回修改",
            source=("releasing",),
            target="drafting",
            by=("publisher",),
            asks=(_REASON,),
            story="{who}退回修改：{reason}",
        ),
        Step(
            key="release",
            label="检查并发布",
            source=("releasing",),
            target="released",
            by=("publisher",),
            asks=(_CHECKED, _CLEAR, *extra_ticks, *_MEDIUM),
            guards=(_NOT_LOCKED,),
            checks=(_TICKED, *_IN_TIME, *extra_checks),
            other_than=("submit",),
            effects=(effects.release,),
            story="{who}检查后于{published_on}在{medium}公开。",
            basis=(*basis, "LX-A1-0-1"),
        ),
        *_later_steps(basis),
    )


def _later_steps(basis: tuple[str, ...]) -> tuple[Step, ...]:
    return (
        Step(
            key="defer",
            label="暂不公开",
            source=("drafting", "releasing"),
            target="deferred",
            by=("office", "publisher"),
            asks=(_REASON,),
            effects=(effects.keep_reason,),
            story="{who}登记暂不公开：{reason}",
            basis=basis,
        ),
        Step(
            key="resume",
            label="恢复公开",
            source=("deferred",),
            target="drafting",
            by=("office", "publisher"),
            asks=(_REASON,),
            story="{who}恢复公开：{reason}",
        ),
        Step(
            key="withdraw",
            label="撤下",
            source=("released",),
            target="withdrawn",
            by=("publisher",),
            asks=(_REASON,),
            effects=(effects.withdraw,),
            story="{who}撤下：{reason}编号和事由保留。",
        ),
    )


PUBLICATION_PROBLEM = publication_loop(
    key="publication_problem",
    label="公开问题清单",
    param="lead.publish_days",
    basis=("LX-A1-4-1",),
)
PUBLICATION_PROGRESS = publication_loop(
    key="publication_progress",
    label="公开查处进展",
    param="lead.publish_days",
    basis=("LX-A1-4-1",),
)
PUBLICATION_RESULT = publication_loop(
    key="publication_result",
    label="公开办理结果",
    param="lead.result_publish_days",
    basis=("LX-A1-4-2", "LX-A1-4-3"),
)
PUBLICATION_VIOLATION = publication_loop(
    key="publication_violation",
    label="公示重大违法信息",
    param="disclosure.violation_publish_days",
    basis=("AY-36-3",),
    extra_fields=(
        Field(key="firm", label="单位名称", required=True),
        Field(key="legal_basis", label="法律依据", required=True),
        Field(key="decision", label="处理决定", required=True, personal=True),
        Field(key="decided_on", label="决定日期", kind=Kind.DAY, required=True),
    ),
)
PUBLICATION_REWARD = publication_loop(
    key="publication_reward",
    label="公开奖励案例",
    param="lead.reward_publish_days",
    basis=("SX-54-3",),
    parent="reward",
    extra_ticks=(
        Field(
            key="unrecognisable",
            label="已检查，认不出举报人",
            kind=Kind.YES_NO,
            hint="不写姓名、电话、岗位和具体地点",
        ),
    ),
    extra_checks=(
        Guard(
            holds=guards.reporter_is_unrecognisable,
            otherwise="请先检查，从内容认不出举报人的，“已检查，认不出举报人”选“是”。",
            basis=("SX-54-3",),
        ),
    ),
)
