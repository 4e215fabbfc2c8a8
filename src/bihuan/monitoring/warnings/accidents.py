"""Ledgers of accidents and of major hazards of gas and ventilation, as far as monitoring asks."""

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.words import Ledger
from bihuan.matters.records import RecordCase
from bihuan.monitoring.mines import A_MINE

ACCIDENT, HAZARD = "mine_accident", "gas_hazard"
FATAL, INVOLVED, OTHER = "gas_fatal", "gas_involved", "other"
AUTHORITY, MINE = "authority", "mine"
ACCIDENTS = (
    Option(key=FATAL, label="瓦斯亡人事故"),
    Option(key=INVOLVED, label="瓦斯涉险事故"),
    Option(key=OTHER, label="其他事故"),
)
FINDERS = (
    Option(key=AUTHORITY, label="监管监察部门检查发现"),
    Option(key=MINE, label="煤矿自查"),
)
WRITERS = ("office", "watch", "leader")


def day_is_not_ahead(case: RecordCase) -> bool:
    """What is registered has happened."""
    return str(case.answers["valid_from"]) <= case.today.isoformat()


def count_is_not_negative(case: RecordCase) -> bool:
    """Casualties are counted from nought."""
    return int(case.answers["casualties"]) >= 0


_PAST = Guard(holds=day_is_not_ahead, otherwise="日期不能晚于今天，请核对。")
ACCIDENT_LEDGER = Ledger(
    key=ACCIDENT,
    label="事故登记",
    title="name",
    subject="site",
    write_by=WRITERS,
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="name", label="事故名称", required=True, max_length=80),
        Field(key="kind", label="事故类别", kind=Kind.CHOICE, options=ACCIDENTS, required=True),
        Field(key="valid_from", label="发生日期", kind=Kind.DAY, required=True),
        Field(
            key="casualties",
            label="上报伤亡人数",
            kind=Kind.INTEGER,
            required=True,
            hint="死亡、失踪和受伤合计，按上报数填",
        ),
        Field(key="paper", label="事故报告", max_length=120),
    ),
    guards=(
        A_MINE,
        _PAST,
        Guard(holds=count_is_not_negative, otherwise="上报伤亡人数不能小于0，请核对。"),
    ),
    basis=("AY-37-2", "AY-21-9"),
)
HAZARD_LEDGER = Ledger(
    key=HAZARD,
    label="通风瓦斯类重大隐患",
    title="name",
    subject="site",
    write_by=WRITERS,
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="name", label="重大隐患", required=True, max_length=120),
        Field(key="found_by", label="发现方", kind=Kind.CHOICE, options=FINDERS, required=True),
        Field(key="valid_from", label="发现日期", kind=Kind.DAY, required=True),
        Field(key="paper", label="检查文书", max_length=120),
    ),
    guards=(A_MINE, _PAST),
    basis=("AY-21-9",),
)
