"""What a finding about a mine's activity may be called: the sources' own lists."""

from typing import Final

from bihuan.language.parameter import Option

STOPPED_DIGGING, TIGHT_NOT_STOPPED = "stopped_digging", "tight_not_stopped"
EXCESS = "three_excesses"
NINE: Final = (  # SX-32-1
    Option(key="beyond_bounds", label="超层越界"),
    Option(key="false_drawings", label="图纸作假隐瞒采掘工作面"),
    Option(key=STOPPED_DIGGING, label="停产整顿矿偷采"),
    Option(key="rebuilding_producing", label="不具备条件的技改矿违规生产"),
    Option(key="data_fakery", label="安全监控数据造假"),
    Option(key="goaf_remining", label="资源枯竭矿采空区违规复采"),
    Option(key=TIGHT_NOT_STOPPED, label="接续失调不停限产"),
    Option(key="untreated_hazard", label="灾害治理不到位冒险生产"),
    Option(key=EXCESS, label="三超生产"),
)
NO_CARDS, LATE, ALTERED, REMOVED, SCREENED = (
    "no_cards",
    "late_upload",
    "altered_data",
    "removed_data",
    "screened_data",
)
EIGHT: Final = (  # AY-38-3
    Option(key="fake_drawing", label="假图纸"),
    Option(key="fake_seal", label="假密闭"),
    Option(key="no_monitoring", label="不安装或另设监控系统"),
    Option(key=NO_CARDS, label="不携带人员定位卡"),
    Option(key=LATE, label="不实时上传监控数据"),
    Option(key=ALTERED, label="修改监控数据"),
    Option(key=REMOVED, label="删除监控数据"),
    Option(key=SCREENED, label="屏蔽监控数据"),
)
SHOWN_STOPPED, NIGHT, OVERLOAD, NOT_STOPPED, BARE_SAFETY = (
    "open_in_secret",
    "open_by_night",
    "overload",
    "not_stopped_in_time",
    "bare_safety",
)
FIVE: Final = (  # LX-W3-2
    Option(key=SHOWN_STOPPED, label="明停暗开"),
    Option(key=NIGHT, label="昼停夜开"),
    Option(key=OVERLOAD, label="超负荷生产"),
    Option(key=NOT_STOPPED, label="未及时停产整顿"),
    Option(key=BARE_SAFETY, label="基本安全措施不落实"),
)
THREE_STOPS: Final = (  # LX-W3-3
    Option(key="work_stopped", label="停产停工"),
    Option(key="emergency_stop", label="紧急停车"),
    Option(key="automatic_stop", label="自动停产"),
    Option(key="normal", label="正常"),
)
OVER_CAPACITY, OVER_STRENGTH, OVER_CREW = "over_capacity", "over_strength", "over_crew"
THREE_EXCESSES: Final = (  # AY-26-3, SX-40-1
    Option(key=OVER_CAPACITY, label="超能力"),
    Option(key=OVER_STRENGTH, label="超强度"),
    Option(key=OVER_CREW, label="超定员"),
)
RUSH: Final = (  # AY-34-8
    Option(key="crossing", label="交叉作业"),
    Option(key="headings", label="同时作业面数超计划"),
    Option(key="footage", label="进尺超计划"),
    *THREE_EXCESSES[1:],
)


def label_of(key: str, options: tuple[Option, ...]) -> str:
    """The label of a code."""
    return next(one.label for one in options if one.key == key)
