"""停产撤人: a mine stops work and brings everybody up; closed when nobody is below any more."""

from datetime import datetime

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Deadline, Guard, Loop, NoDeadline, Stage, Step
from bihuan.matters.case import Case
from bihuan.matters.models import Facts, Matter
from bihuan.monitoring.warnings.below import persons_below
from bihuan.monitoring.warnings.calling import stamp

_WHO = ("dispatcher", "watch", "office", "leader")
WITHDRAW = Deadline(
    key="withdraw",
    label="停产撤人期限",
    param="withdrawal.deadline_days",
    event="预警",
    basis=("AY-23-9",),
    ladder="withdrawal.ladder",
    fulfilled_by=("close",),
)


def stand_at_mine(case: Case) -> None:
    """The case stands at its mine; the moments of warning and call are kept."""
    case.about(int(case.facts["site"]))
    site = case.site
    if site is not None:
        case.place_in(site.region_id)
        case.hand_to(site.firm_id)
        case.set("title", f"{site.short_name or site.name}：{case.facts['warning']}停产撤人")
    case.set("called_at", stamp(case.now))


def moment_is_past(case: Case) -> bool:
    """What is told has happened; a mine may have stopped before it was warned."""
    for key in ("stopped_at", "last_up_at"):
        given = case.answers.get(key)
        if given and datetime.fromisoformat(str(given)) > case.now:
            return False
    return True


def has_stopped(case: Case) -> bool:
    """The time production stopped is known."""
    return bool(case.facts.get("stopped_at"))


def is_up(case: Case) -> bool:
    """The time the last person came up is known."""
    return bool(case.facts.get("last_up_at"))


def nobody_is_below(case: Case) -> bool:
    """AY-23-9: the location system doesn't count anybody below."""
    return not _below(case)


def below_sentence(case: Case) -> str:
    """How many it counts."""
    return f"人员位置监测仍显示井下 {_below(case)} 人，请核实并全部升井后再办结。"


def count_is_known_or_checked(case: Case) -> bool:
    """Where nothing counts, somebody says how it was made sure: unknown isn't none."""
    return _below(case) is not None or bool(case.answers.get("made_sure_by"))


def close(case: Case) -> None:
    """What the location system said, and when the mine answered, stand with the case."""
    below = _below(case)
    case.set("below", "无人数数据" if below is None else f"{below} 人")
    call = Matter.objects.filter(
        kind="warning_call", parent_id=case.matter.parent_id, site_id=case.matter.site_id or 0
    ).first()
    if call is not None:
        told = Facts.objects.get(pk=call.pk).data
        for key in ("called_at", "answered_at"):
            case.set(key, told.get(key) or case.facts.get(key))


def _below(case: Case) -> int | None:
    return None if case.site is None else persons_below(case.site, now=case.now)


_PAST = Guard(holds=moment_is_past, otherwise="填写的时间晚于此刻，请核对。")
WITHDRAWAL = Loop(
    key="withdrawal",
    label="停产撤人",
    parent="warning",
    tells_unit=True,
    opens_with=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="warning", label="预警", required=True, column=1),
        Field(key="warned_at", label="预警时间", kind=Kind.MOMENT),
        Field(key="called_at", label="叫应时间", kind=Kind.MOMENT),
        Field(key="answered_at", label="回应时间", kind=Kind.MOMENT),
        Field(key="below", label="办结时井下人数"),
    ),
    on_open=(stand_at_mine,),
    summary="warning",
    stages=(
        Stage(key="ordered", label="待停产撤人", holder="dispatcher", deadline=WITHDRAW),
        Stage(
            key="withdrawn",
            label="已撤人",
            holder="watch",
            closed=True,
            deadline=NoDeadline("已办结"),
        ),
    ),
    steps=(
        Step(
            key="stop",
            label="登记停产时间",
            source=("ordered",),
            by=_WHO,
            asks=(Field(key="stopped_at", label="停产时间", kind=Kind.MOMENT, required=True),),
            checks=(_PAST,),
            story="{who}登记{stopped_at}停产。",
            basis=("AY-23-9",),
        ),
        Step(
            key="come_up",
            label="登记最后一人升井",
            source=("ordered",),
            by=_WHO,
            asks=(
                Field(key="last_up_at", label="最后一人升井时间", kind=Kind.MOMENT, required=True),
            ),
            checks=(_PAST,),
            story="{who}登记{last_up_at}最后一人升井。",
            basis=("AY-23-9",),
        ),
        Step(
            key="close",
            label="办结停产撤人",
            source=("ordered",),
            target="withdrawn",
            by=_WHO,
            asks=(
                Field(
                    key="made_sure_by",
                    label="没有人数数据时怎样核实",
                    max_length=120,
                    hint="人员位置监测有人数的不用填",
                ),
            ),
            guards=(
                Guard(holds=has_stopped, otherwise="还没有登记停产时间，请先登记。"),
                Guard(holds=is_up, otherwise="还没有登记最后一人升井时间，请先登记。"),
                Guard(holds=nobody_is_below, otherwise=below_sentence, basis=("AY-23-9",)),
            ),
            checks=(
                Guard(
                    holds=count_is_known_or_checked,
                    otherwise="本矿没有接入人员位置监测人数，请写明怎样核实井下无人。",
                    field="made_sure_by",
                ),
            ),
            effects=(close,),
            story="{who}办结停产撤人。",
            basis=("AY-23-9",),
        ),
    ),
    basis=("AY-23-9",),
)
