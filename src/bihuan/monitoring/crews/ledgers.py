"""What is registered for crews: faces, shifts, their kinds, marks, entry points, other counts."""

from typing import Final

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.words import Ledger
from bihuan.matters.records import RecordCase, valid_on
from bihuan.monitoring.mines import A_MINE, DAYS_IN_ORDER, FROM_DAY, UNTIL_DAY
from bihuan.telemetry.crews.shifts import minutes_of

WORK_FACE, SHIFT_TIME, SHIFT_KIND = "work_face", "shift_time", "shift_kind"
LARGE_SHIFT_CHECK: Final = "large_shift_check"
VISITOR, SHIFT_COUNT, ENTRY_POINT = "visitor_mark", "shift_count", "entry_point"
MECH_MINING, MECH_HEADING, BLAST_HEADING, REPAIR, OTHER = (
    "mech_mining",
    "mech_heading",
    "blast_heading",
    "repair",
    "other",
)
PRODUCTION, MAINTENANCE = "production", "maintenance"
AREA_LENGTH: Final = 16
CARD_MAX: Final = 24
FACE_KINDS = (
    Option(key=MECH_MINING, label="机械化采煤", aliases=("机采", "综采")),
    Option(key=MECH_HEADING, label="综合机械化掘进", aliases=("综掘",)),
    Option(key=BLAST_HEADING, label="炮掘"),
    Option(key=REPAIR, label="维修", aliases=("维修工作面", "维修点")),
    Option(key=OTHER, label="其他"),
)
SHIFT_TYPES = (
    Option(key=PRODUCTION, label="生产班"),
    Option(key=MAINTENANCE, label="检修班"),
)
MARKS = (Option(key="visitor", label="参观"), Option(key="inspector", label="检查"))
SOURCES = (
    Option(key="lamp", label="矿灯"),
    Option(key="gate", label="闸机"),
    Option(key="video", label="视频"),
    Option(key="list", label="班次名册"),
)
SYSTEM_WATCH, ON_SITE = "system_watch", "on_site"
MODES = (Option(key=SYSTEM_WATCH, label="系统盯"), Option(key=ON_SITE, label="现场查"))
METHODS = (
    Option(key="face", label="人脸"),
    Option(key="iris", label="虹膜"),
    Option(key="finger", label="指纹（指静脉）"),
    Option(key="other", label="其他"),
    Option(key="none", label="没有"),
)
WRITERS = ("office", "inspector", "watch", "firm")
_SITE = Field(key="site", label="煤矿", kind=Kind.SITE, required=True)
_AREA = Field(
    key="area",
    label="区域编码",
    required=True,
    max_length=AREA_LENGTH,
    hint="人员位置监测系统的区域编码，16位数字，和 RYQY 文件里的一致",
)
_SHIFT = Field(key="shift", label="班次", required=True, max_length=20, hint="例如：早班")


def area_is_code(case: RecordCase) -> bool:
    """An area has sixteen digits and begins with its mine's code where the mine has one."""
    area = str(case.answers.get("area") or "")
    return len(area) == AREA_LENGTH and area.isascii() and area.isdigit()


def times_are_clock_times(case: RecordCase) -> bool:
    """Both ends of a shift are times of the day."""
    ends = (case.answers.get("begins"), case.answers.get("ends"))
    return all(minutes_of(str(one or "")) is not None for one in ends)


def face_is_registered(case: RecordCase) -> bool:
    """A kind of shift is told of a face that stands in the ledger that day."""
    answers = case.answers
    day = str(answers.get("valid_from") or case.today.isoformat())
    faces = valid_on(type(case.today).fromisoformat(day)).filter(ledger=WORK_FACE)
    site, area = answers.get("site") or 0, answers.get("area")
    return faces.filter(site_id=site, facts__area=area).exists()


def count_is_not_negative(case: RecordCase) -> bool:
    """Nobody is the least."""
    return int(case.answers.get("persons") or 0) >= 0


_CODE = Guard(
    holds=area_is_code, otherwise="区域编码应是16位数字，请按人员位置监测系统的编码填写。"
)
FACES = Ledger(
    key=WORK_FACE,
    label="采掘维修工作面",
    title="name",
    subject="site",
    write_by=WRITERS,
    fields=(
        _SITE,
        Field(key="name", label="工作面名称", required=True, max_length=60),
        _AREA,
        Field(key="kind", label="面型", kind=Kind.CHOICE, options=FACE_KINDS, required=True),
        FROM_DAY,
        UNTIL_DAY,
    ),
    guards=(A_MINE, _CODE, DAYS_IN_ORDER),
    basis=("AY-29-4", "AY-29-11"),
)
SHIFTS = Ledger(
    key=SHIFT_TIME,
    label="班次起止时间",
    title="shift",
    subject="site",
    write_by=WRITERS,
    fields=(
        _SITE,
        _SHIFT,
        Field(key="begins", label="开始", required=True, max_length=5, hint="例如：08:00"),
        Field(key="ends", label="结束", required=True, max_length=5, hint="例如：16:00"),
        FROM_DAY,
        UNTIL_DAY,
    ),
    guards=(
        A_MINE,
        Guard(holds=times_are_clock_times, otherwise="开始和结束应是时刻，例如 08:00、16:00。"),
        DAYS_IN_ORDER,
    ),
    basis=("AY-29-8", "LX-S1-8"),
)
KINDS_OF_SHIFT = Ledger(
    key=SHIFT_KIND,
    label="工作面班次类型",
    title="shift",
    subject="site",
    write_by=WRITERS,
    fields=(
        _SITE,
        _AREA,
        _SHIFT,
        Field(key="type", label="班次类型", kind=Kind.CHOICE, options=SHIFT_TYPES, required=True),
        Field(key="valid_from", label="自（日期）", kind=Kind.DAY, required=True),
        Field(key="valid_until", label="至（日期）", kind=Kind.DAY, required=True),
    ),
    guards=(
        A_MINE,
        _CODE,
        DAYS_IN_ORDER,
        Guard(
            holds=face_is_registered,
            otherwise="这个区域编码当天没有登记工作面，请先在“采掘维修工作面”登记。",
        ),
    ),
    basis=("AY-29-4", "AY-29-5"),
)
VISITORS = Ledger(
    key=VISITOR,
    label="参观检查人员卡",
    title="card",
    subject="site",
    write_by=WRITERS,
    fields=(
        _SITE,
        Field(key="card", label="人员卡编码", required=True, max_length=CARD_MAX),
        Field(key="mark", label="标记", kind=Kind.CHOICE, options=MARKS, required=True),
        FROM_DAY,
        UNTIL_DAY,
    ),
    guards=(A_MINE, DAYS_IN_ORDER),
    basis=("AY-29-4",),
)
COUNTS = Ledger(
    key=SHIFT_COUNT,
    label="班次入井人数（其他来源）",
    title="shift",
    subject="site",
    write_by=WRITERS,
    fields=(
        _SITE,
        Field(key="valid_from", label="日期", kind=Kind.DAY, required=True),
        _SHIFT,
        Field(key="source", label="来源", kind=Kind.CHOICE, options=SOURCES, required=True),
        Field(key="persons", label="人数", kind=Kind.INTEGER, required=True, unit="人"),
    ),
    guards=(A_MINE, Guard(holds=count_is_not_negative, otherwise="人数不能是负数。")),
    basis=("SX-38-1", "SX-38-2"),
)
ENTRY_POINTS = Ledger(
    key=ENTRY_POINT,
    label="入井口身份识别",
    title="name",
    subject="site",
    write_by=WRITERS,
    fields=(
        _SITE,
        Field(key="name", label="入井口", required=True, max_length=40),
        Field(key="method", label="识别方式", kind=Kind.CHOICE, options=METHODS, required=True),
        Field(key="started_on", label="启用日期", kind=Kind.DAY, hint="没有启用的不填"),
        FROM_DAY,
        UNTIL_DAY,
    ),
    guards=(A_MINE, DAYS_IN_ORDER),
    basis=("AY-26-4",),
)
CHECKS = Ledger(
    key=LARGE_SHIFT_CHECK,
    label="大班次矿重点抽查",
    title="mode",
    subject="site",
    write_by=("office", "inspector", "watch"),
    fields=(
        _SITE,
        Field(key="mode", label="方式", kind=Kind.CHOICE, options=MODES, required=True),
        Field(key="valid_from", label="日期", kind=Kind.DAY, required=True),
        Field(
            key="result",
            label="结果",
            kind=Kind.LONG_TEXT,
            required=True,
            max_length=500,
            personal=True,
        ),
    ),
    guards=(A_MINE,),
    basis=("SX-38-1",),
)
LEDGERS = (FACES, SHIFTS, KINDS_OF_SHIFT, VISITORS, COUNTS, ENTRY_POINTS, CHECKS)
