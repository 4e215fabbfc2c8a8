"""采空区异常查因: opened by a reading above the limit, closed with cause and measure."""

from functools import partial

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard, Loop, NoDeadline, Stage, Step, Unset
from bihuan.matters.case import Case
from bihuan.monitoring.warnings.calling import mark, minutes_between, stamp
from bihuan.monitoring.warnings.goafs import SIGNALS

_WHO = ("dispatcher", "watch", "office")
_DESK = ("watch", "office", "leader")
_ALIVE = ("found", "explained")


def explain(case: Case) -> None:
    """The first time that a cause is told ends the search; the minutes since the alarm stand."""
    if not case.facts.get("explained_at"):
        case.set("explained_at", stamp(case.now))
        minutes = minutes_between(case.facts["alarm_at"], case.facts["explained_at"])
        case.set("cause_minutes", minutes)


def has_cause(case: Case) -> bool:
    """A cause is told."""
    return bool(case.facts.get("cause"))


def has_measures(case: Case) -> bool:
    """Measures are told."""
    return bool(case.facts.get("measures"))


def join(case: Case) -> None:
    """Another reading above the limit while the case is open stands below the first."""
    told = list(case.facts.get("joined") or [])
    case.set("joined", [*told, str(case.answers["reading"])])


_long = partial(Field, kind=Kind.LONG_TEXT, required=True, max_length=1000)
GOAF_ANOMALY = Loop(
    key="goaf_anomaly",
    label="采空区异常",
    open_by=("clock",),
    tells_unit=True,
    opens_with=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="goaf", label="采空区", required=True),
        Field(key="point", label="测点", required=True),
        Field(key="signal", label="指标", kind=Kind.CHOICE, options=SIGNALS, column=1),
        Field(key="reading", label="读数", required=True, column=2),
        Field(key="limit_told", label="查因限值"),
        Field(key="alarm_at", label="报警时间", kind=Kind.MOMENT, required=True),
        Field(key="explained_at", label="查明原因时间", kind=Kind.MOMENT),
        Field(key="cause_minutes", label="报警至查明原因（分钟）", kind=Kind.INTEGER),
    ),
    category="signal",
    summary="reading",
    stages=(
        Stage(
            key="found",
            label="待查因",
            holder="dispatcher",
            deadline=Unset("goaf.cause_hours", "查因期限"),
        ),
        Stage(
            key="explained",
            label="已查因",
            holder="watch",
            deadline=Unset("goaf.close_hours", "办结期限"),
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
            key="explain",
            label="填写原因",
            source=_ALIVE,
            target="explained",
            by=_WHO,
            asks=(_long(key="cause", label="原因分析"),),
            effects=(explain,),
            story="{who}填写原因：{cause}",
            basis=("AY-22-3",),
        ),
        Step(
            key="take_measures",
            label="填写措施",
            source=_ALIVE,
            by=_WHO,
            asks=(_long(key="measures", label="采取措施"),),
            effects=(mark,),
            story="{who}填写措施：{measures}",
            basis=("AY-22-3",),
        ),
        Step(
            key="close",
            label="办结",
            source=_ALIVE,
            target="closed",
            by=_DESK,
            guards=(
                Guard(holds=has_cause, otherwise="还没有填写原因，请矿方先查明原因。"),
                Guard(holds=has_measures, otherwise="还没有填写措施，请矿方先填写措施。"),
            ),
            story="{who}办结采空区异常。",
            basis=("AY-22-3",),
        ),
        Step(
            key="join",
            label="再次超限",
            source=_ALIVE,
            by=("clock",),
            asks=(Field(key="reading", label="读数", required=True, keeps=False),),
            effects=(join,),
            story="又有超限读数：{reading}",
        ),
    ),
    tracks=("found", "explained", "closed"),
    basis=("AY-22-3",),
)
