"""What is known and asked of an alarm."""

from bihuan.language.field import Field, Kind
from bihuan.language.parameter import Option
from bihuan.monitoring.alarms import switches

REAL, CALIBRATION = "real_over_limit", "calibration"
CAUSES = (
    Option(key=REAL, label="真实超限"),
    Option(key=CALIBRATION, label="调校（标校）"),
    Option(key="test", label="测试"),
    Option(key="fault", label="设备故障"),
    Option(key="blasting", label="爆破"),
    Option(key="power_cut", label="停电、停风"),
    Option(key="other", label="其他"),
)
LEVELS = (
    Option(key="alarm", label="报警"),
    Option(key="power_off", label="断电"),
    Option(key="two_percent", label="甲烷≥2%"),
    *(Option(key=key, label=label) for key, label in switches.LABELS.items()),
)
SIDES = (
    Option(key="upper_limit", label="超上限"),
    Option(key="lower_limit", label="低于下限"),
    Option(key=switches.SWITCH, label="开关量状态"),
    Option(key=switches.PAIR, label="两个开关量"),
)
VERIFIED_BY = (
    Option(key="line", label="核对线路和设备"),
    Option(key="on_site", label="到现场"),
    Option(key="video", label="远程视频"),
)

# What the readings say; kept up to date by the clock while the episode lasts.
POINT = Field(key="point", label="测点编码", required=True, derived=True)
PLACE = Field(key="place", label="报警地点", required=True, derived=True)
SENSOR = Field(key="sensor", label="传感器", column=2, derived=True)
SIDE = Field(key="side", label="方向", kind=Kind.CHOICE, options=SIDES, derived=True)
LEVEL = Field(key="level", label="级别", kind=Kind.CHOICE, options=LEVELS, column=3, derived=True)
LIMIT = Field(key="limit", label="门限", derived=True)
PEAK = Field(key="peak", label="峰值", column=4, basis=("AY-21-4",), derived=True)
PEAK_AT = Field(key="peak_at", label="峰值时间", kind=Kind.MOMENT, derived=True)
STATE = Field(
    key="state", label="状态", hint="开关量没有峰值，写煤矿给出的开、停描述", derived=True
)
STARTED_AT = Field(
    key="started_at", label="开始时间", kind=Kind.MOMENT, required=True, derived=True
)
ENDED_AT = Field(key="ended_at", label="解除时间", kind=Kind.MOMENT, derived=True)
LASTED = Field(key="lasted", label="持续时长", basis=("AY-21-4",), derived=True)
BOUNDARY = Field(key="boundary", label="边界", hint="峰值等于门限时写边界值", derived=True)
CALIBRATED = Field(key="calibrated", label="读数带调校标志", kind=Kind.YES_NO, derived=True)
ACTED_BEFORE = Field(key="amended", label="读数更正", kind=Kind.LONG_TEXT, derived=True)
READ = (
    POINT,
    PLACE,
    SENSOR,
    SIDE,
    LEVEL,
    LIMIT,
    PEAK,
    PEAK_AT,
    STATE,
    STARTED_AT,
    ENDED_AT,
    LASTED,
    BOUNDARY,
    CALIBRATED,
    ACTED_BEFORE,
)

REASON = Field(key="reason", label="理由", kind=Kind.LONG_TEXT, required=True, personal=True)
CALLED = Field(
    key="called",
    label="叫应对象",
    required=True,
    max_length=60,
    hint="岗位和姓名，例如：调度室 值班调度员",
    each_time=True,
)
CALLED_AT = Field(
    key="called_at",
    label="叫应时间",
    kind=Kind.MOMENT,
    required=True,
    is_now=True,
    each_time=True,
)
ANSWERED = Field(key="answered", label="已应答", kind=Kind.YES_NO, required=True, each_time=True)
ANSWERED_BY = Field(key="answered_by", label="应答人岗位和姓名", required=True, max_length=60)
ANSWERED_AT = Field(
    key="answered_at", label="应答时间", kind=Kind.MOMENT, required=True, is_now=True
)
SAID = Field(key="said", label="应答内容", kind=Kind.LONG_TEXT, max_length=500)
VERIFIED_MEANS = Field(
    key="verified_means",
    label="核实方式",
    kind=Kind.CHOICE,
    options=VERIFIED_BY,
    required=True,
)
VERIFIED_WORDS = Field(
    key="verified_words",
    label="核实情况",
    kind=Kind.LONG_TEXT,
    required=True,
    max_length=1000,
    personal=True,
)
CAUSE = Field(
    key="cause",
    label="原因",
    kind=Kind.CHOICE,
    options=CAUSES,
    required=True,
    hint="选真实超限的，自动“超限立案”",
    column=5,
)
CAUSE_WORDS = Field(
    key="cause_words",
    label="原因说明",
    kind=Kind.LONG_TEXT,
    required=True,
    max_length=1000,
    personal=True,
)
MEASURES = Field(
    key="measures",
    label="整改措施",
    kind=Kind.LONG_TEXT,
    required=True,
    max_length=1000,
    personal=True,
)
FEEDBACK = Field(
    key="feedback",
    label="核查反馈",
    kind=Kind.LONG_TEXT,
    required=True,
    max_length=1000,
    personal=True,
)
PHOTOS = Field(key="photos", label="照片或记录", kind=Kind.FILES)
SHELVED_UNTIL = Field(key="shelved_until", label="搁置到", kind=Kind.MOMENT, required=True)
