"""What people register so that figures can be judged: stop orders, targets, plans, baselines."""

from typing import Final

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.words import Ledger
from bihuan.matters.records import RecordCase
from bihuan.monitoring.activity.codes import THREE_EXCESSES
from bihuan.monitoring.activity.series import BY_KEY, DESCENTS, HAULAGE, OUTPUT, POWER
from bihuan.monitoring.mines import A_MINE, DAYS_IN_ORDER, FROM_DAY, UNTIL_DAY

STOP_ORDER, TARGET, CAP, CLAUSE = "stop_order", "output_target", "output_cap", "contract_clause"
BASELINE, CEILING, PLANNED_STOP = "maintenance_baseline", "power_ceiling", "planned_stop"
POWER_CHANGE = "power_change"
WORK_PLAN, CROSSING, SUCCESSION = "work_plan", "crossing_ticket", "succession"
WRITERS: Final = ("office", "inspector", "watch")
WITH_FIRM: Final = (*WRITERS, "firm")
RECTIFYING, SUSPENDED, CLOSED, REBUILDING = "rectifying", "suspended", "closed", "rebuilding"
STOPS: Final = (
    Option(key=RECTIFYING, label="停产整顿"),
    Option(key=SUSPENDED, label="长期停产"),
    Option(key=CLOSED, label="减量重组关闭"),
    Option(key=REBUILDING, label="技改停产"),
)
OUTPUT_KIND, FOOTAGE_KIND = "output", "footage"
TARGET_KINDS: Final = (
    Option(key=OUTPUT_KIND, label="产量"),
    Option(key="production_value", label="产值"),
    Option(key="revenue", label="收入"),
    Option(key=FOOTAGE_KIND, label="进尺"),
)
TEN_THOUSAND_T, TONNE = "ten_thousand_t", "t"
TARGET_UNITS: Final = (
    Option(key=TEN_THOUSAND_T, label="万吨"),
    Option(key=TONNE, label="吨"),
    Option(key="ten_thousand_yuan", label="万元"),
    Option(key="yuan", label="元"),
    Option(key="m", label="米"),
)
PER_HOUR, PER_DAY = "hour", "day"
POWER_CHANGES: Final = (
    Option(key="new_equipment", label="新增用电设备"),
    Option(key="meter_replaced", label="更换电表或互感器"),
    Option(key="equipment_removed", label="停用设备"),
)
SIGNALS: Final = (OUTPUT, POWER, HAULAGE, DESCENTS)
_SITE = Field(key="site", label="矿山", kind=Kind.SITE, required=True)
_PAPER = Field(key="paper", label="文件名称和文号", required=True, max_length=120)


def _of_mine(
    key: str,
    label: str,
    *fields: Field,
    write_by: tuple[str, ...] = WRITERS,
    guards: tuple[Guard, ...] = (),
    basis: tuple[str, ...],
) -> Ledger:
    return Ledger(
        key=key,
        label=label,
        title="site",
        subject="site",
        write_by=write_by,
        fields=(_SITE, *fields),
        guards=(A_MINE, *guards),
        basis=basis,
    )


def moments_are_in_order(case: RecordCase) -> bool:
    """A stop ends after it begins."""
    first, last = case.answers.get("from_at"), case.answers.get("until_at")
    return not first or not last or str(first) < str(last)


def acceptance_is_not_before_order(case: RecordCase) -> bool:
    """A stop order can't be accepted before it was given."""
    ordered, accepted = case.answers.get("ordered_at"), case.answers.get("accepted_on")
    return not accepted or str(ordered)[:10] <= str(accepted)


def unit_fits_kind(case: RecordCase) -> bool:
    """Output is given in tonnes or in money, footage in metres, the others in money."""
    kind, unit = case.answers.get("kind"), case.answers.get("measure")
    if kind == FOOTAGE_KIND:
        return unit == "m"
    return unit != "m" and (kind == OUTPUT_KIND or unit not in (TONNE, TEN_THOUSAND_T))


LEDGERS: Final = (
    _of_mine(
        STOP_ORDER,
        "停产指令和复产验收",
        Field(key="kind", label="停产类别", kind=Kind.CHOICE, options=STOPS, required=True),
        Field(key="ordered_at", label="责令停产时刻", kind=Kind.MOMENT, required=True),
        _PAPER,
        Field(
            key="accepted_on",
            label="验收合格日期",
            kind=Kind.DAY,
            hint="未验收或验收不合格的不填；自这一天起不再按停产判断",
        ),
        guards=(
            Guard(
                holds=acceptance_is_not_before_order,
                otherwise="验收合格日期早于责令停产时刻，请核对。",
            ),
        ),
        basis=("LX-C04-1", "SX-32-1"),
    ),
    _of_mine(
        TARGET,
        "上级公司下达的指标",
        Field(key="issuer", label="下达单位", required=True, max_length=60),
        _PAPER,
        Field(key="year", label="年度", kind=Kind.INTEGER, required=True),
        Field(key="kind", label="指标类别", kind=Kind.CHOICE, options=TARGET_KINDS, required=True),
        Field(key="amount", label="数量", kind=Kind.NUMBER, required=True, at_least="0"),
        Field(key="measure", label="单位", kind=Kind.CHOICE, options=TARGET_UNITS, required=True),
        write_by=WITH_FIRM,
        guards=(Guard(holds=unit_fits_kind, otherwise="单位和指标类别不相符，请核对。"),),
        basis=("AY-04-5", "SX-20-3", "SX-29-3"),
    ),
    _of_mine(
        CAP,
        "限产决定",
        Field(
            key="amount",
            label="限定产量",
            kind=Kind.NUMBER,
            unit="万吨/年",
            required=True,
            at_least="0",
        ),
        _PAPER,
        FROM_DAY,
        UNTIL_DAY,
        guards=(DAYS_IN_ORDER,),
        basis=("SX-20-3",),
    ),
    _of_mine(
        CLAUSE,
        "委托承包合同条款审查",
        Field(key="contract", label="合同名称和编号", required=True, max_length=120),
        Field(key="clause", label="条款内容", kind=Kind.LONG_TEXT, required=True, max_length=600),
        Field(
            key="induces",
            label="诱导",
            kind=Kind.CHOICE,
            options=THREE_EXCESSES,
            hint="例如超能力有奖；没有诱导的不选",
        ),
        basis=("SX-29-3",),
    ),
    _of_mine(
        BASELINE,
        "停产维护基线",
        Field(
            key="series",
            label="数据项",
            kind=Kind.CHOICE,
            options=tuple(Option(key=key, label=BY_KEY[key].label) for key in SIGNALS[1:]),
            required=True,
        ),
        Field(
            key="per",
            label="按",
            kind=Kind.CHOICE,
            options=(Option(key=PER_HOUR, label="每小时"), Option(key=PER_DAY, label="每天")),
            required=True,
        ),
        Field(
            key="amount",
            label="基线",
            kind=Kind.NUMBER,
            required=True,
            at_least="0",
            hint="停产期间通风、排水等维护所需的上限，单位同数据项（kWh、吨、人）",
        ),
        FROM_DAY,
        UNTIL_DAY,
        guards=(DAYS_IN_ORDER,),
        basis=("LX-C04-1", "SX-42-1"),
    ),
    _of_mine(
        CEILING,
        "用电负荷上限",
        Field(
            key="amount",
            label="每小时用电上限",
            kind=Kind.NUMBER,
            unit="kWh",
            required=True,
            at_least="0",
        ),
        FROM_DAY,
        UNTIL_DAY,
        guards=(DAYS_IN_ORDER,),
        basis=("LX-W3-2",),
    ),
    _of_mine(
        POWER_CHANGE,
        "用电设备和电表变动",
        Field(key="kind", label="变动类别", kind=Kind.CHOICE, options=POWER_CHANGES, required=True),
        Field(
            key="changed_on",
            label="变动日期",
            kind=Kind.DAY,
            required=True,
            hint="从次日起重新计算用电与产量的基线，之前的用电不再作比较",
        ),
        Field(key="what", label="设备或电表", required=True, max_length=120),
        basis=("LX-W3-2",),
    ),
    _of_mine(
        PLANNED_STOP,
        "计划停产检修",
        Field(key="from_at", label="自", kind=Kind.MOMENT, required=True),
        Field(key="until_at", label="至", kind=Kind.MOMENT, required=True),
        Field(key="why", label="事由", required=True, max_length=120),
        write_by=WITH_FIRM,
        guards=(Guard(holds=moments_are_in_order, otherwise="“至”应晚于“自”，请改后再保存。"),),
        basis=("LX-W3-2", "LX-W3-3"),
    ),
    _of_mine(
        WORK_PLAN,
        "采掘作业计划",
        FROM_DAY,
        UNTIL_DAY,
        Field(key="faces", label="批准同时生产采煤工作面", kind=Kind.INTEGER, unit="个"),
        Field(key="headings", label="批准同时作业掘进工作面", kind=Kind.INTEGER, unit="个"),
        Field(key="crew", label="单班入井定员", kind=Kind.INTEGER, unit="人"),
        Field(key="footage", label="当月计划进尺", kind=Kind.NUMBER, unit="米", at_least="0"),
        Field(key="paper", label="批准文件", max_length=120),
        write_by=WITH_FIRM,
        guards=(DAYS_IN_ORDER,),
        basis=("AY-34-8", "AY-26-3", "SX-40-1"),
    ),
    _of_mine(
        CROSSING,
        "交叉作业票",
        Field(key="place", label="地点", required=True, max_length=60),
        Field(key="works", label="交叉的作业", required=True, max_length=120),
        Field(key="day", label="作业日期", kind=Kind.DAY, required=True),
        Field(
            key="measure",
            label="批准的安全措施",
            max_length=120,
            hint="填措施名称和批准日期；没有批准的不填",
        ),
        write_by=WITH_FIRM,
        basis=("AY-34-8",),
    ),
    _of_mine(
        SUCCESSION,
        "采掘接续紧张",
        FROM_DAY,
        UNTIL_DAY,
        Field(
            key="stop_paper",
            label="停产或限产记录",
            max_length=120,
            hint="已停产或限产的填文件；没有的不填",
        ),
        guards=(DAYS_IN_ORDER,),
        basis=("SX-20-3", "SX-32-1"),
    ),
)
