"""The series that mines report: what each is called and measured in."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Series:
    """One kind of figure; `aliases` are other names that tables use."""

    key: str
    label: str
    unit: str
    aliases: tuple[str, ...] = ()
    is_level: bool = False  # a count at a time: the day's figure is the highest, not the sum


OUTPUT, POWER, HAULAGE = "output_t", "power_kwh", "haulage_t"
AIR, GAS, WATER, EXPLOSIVES = "air_m3", "gas_m3", "water_m3", "explosives_kg"
FOOTAGE, DRAINED, VENTED = "footage_m", "drained_m3", "vented_m3"
DESCENTS, LISTED, ON_VIDEO, CARDS = "descents", "people_listed", "people_video", "people_cards"
METHANE = "methane_pct"
FACES, HEADINGS, MINABLE = "faces", "headings", "minable_months"
SERIES: Final = (
    Series(key=OUTPUT, label="产量", unit="吨", aliases=("原煤产量",)),
    Series(key=POWER, label="用电量", unit="kWh", aliases=("用电", "电量")),
    Series(key=HAULAGE, label="运输量", unit="吨", aliases=("提升运输量", "外运量")),
    Series(key=AIR, label="风量", unit="m³"),
    Series(key=GAS, label="瓦斯涌出量", unit="m³"),
    Series(key=WATER, label="涌水量", unit="m³"),
    Series(
        key=EXPLOSIVES, label="民用爆炸物品", unit="kg", aliases=("民用爆炸物品去向", "炸药用量")
    ),
    Series(key=FOOTAGE, label="进尺", unit="米", aliases=("掘进进尺",)),
    Series(key=DRAINED, label="瓦斯抽采量", unit="m³", aliases=("抽采量",)),
    Series(key=VENTED, label="风排瓦斯量", unit="m³", aliases=("风排量",)),
    Series(key=DESCENTS, label="入井人数", unit="人", is_level=True),
    Series(key=LISTED, label="班次名单人数", unit="人", is_level=True),
    Series(key=ON_VIDEO, label="视频清点人数", unit="人", is_level=True),
    Series(key=CARDS, label="定位卡人数", unit="人", is_level=True),
    Series(key=METHANE, label="回风瓦斯浓度", unit="%", is_level=True),
    Series(key=FACES, label="同时生产采煤工作面数", unit="个", is_level=True),
    Series(key=HEADINGS, label="同时作业掘进工作面数", unit="个", is_level=True),
    Series(key=MINABLE, label="三量可采期", unit="月", is_level=True),
)
BY_KEY: Final = {one.key: one for one in SERIES}
SEVEN: Final = (OUTPUT, POWER, HAULAGE, AIR, GAS, WATER, EXPLOSIVES)
_NAMED: Final = {name: one for one in SERIES for name in (one.key, one.label, *one.aliases)}
_FACTORS: Final = {
    "吨": {"吨": 1, "t": 1, "万吨": 10_000},
    "kWh": {"kwh": 1, "度": 1, "千瓦时": 1, "mwh": 1000, "兆瓦时": 1000, "万度": 10_000},
    "m³": {"m³": 1, "m3": 1, "立方米": 1, "方": 1, "万m³": 10_000, "万立方米": 10_000},
    "kg": {"kg": 1, "千克": 1, "公斤": 1, "吨": 1000},
    "米": {"米": 1, "m": 1},
    "人": {"人": 1},
    "个": {"个": 1},
    "%": {"%": 1},
    "月": {"月": 1, "个月": 1},
}


def named(text: str) -> Series | None:
    """The series meant by a key, a label or another name."""
    return _NAMED.get(text.strip())


def factor(series: Series, unit: str) -> Decimal | None:
    """How many of the series' own unit one of `unit` is; None for a unit that isn't known."""
    if not unit.strip():
        return Decimal(1)
    found = _FACTORS[series.unit].get(unit.strip().lower())
    return None if found is None else Decimal(found)
