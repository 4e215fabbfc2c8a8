"""The points of an invented mine: what a working face and its roadways carry."""

from dataclasses import dataclass
from typing import Final

REGION: Final = "999999"  # no region has this number: nobody's mine


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """A kind of point; `series` names what it follows, `limits` are fields 8 to 15 of CDDY."""

    kind: str
    sensor_type: str
    name: str
    place: str
    series: str
    unit: str = ""
    high: str = ""
    low: str = ""
    limits: tuple[str, ...] = ("",) * 8
    decimals: int = 2
    words: tuple[str, str] = ("", "")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of a mine; `face` is the number of the working face that it belongs to."""

    code: str
    sensor: Sensor
    face: int
    location: str


@dataclass(frozen=True, kw_only=True)
class Mine:
    """An invented mine; `number` counts from 0."""

    number: int
    code: str
    name: str
    points: tuple[Point, ...]

    @property
    def faces(self) -> int:
        """How many working faces there are."""
        return max(point.face for point in self.points) + 1


def _methane(place: str, series: str, *limits: str) -> Sensor:
    return Sensor(
        kind="MN",
        sensor_type="0043",
        name="激光甲烷",
        place=place,
        series=series,
        unit="%CH4",
        high="100",
        low="0",
        limits=(limits[0], limits[1], "-0.01", "-0.01", limits[2], limits[3], "-0.01", "-0.01"),
    )


def _plain(sensor_type: str, name: str, place: str, series: str, unit: str, **more: str) -> Sensor:
    limits = ("-0.01",) * 8
    if "upper" in more:
        limits = (more["upper"], more["upper"], *limits[2:])
    if "lower" in more:
        limits = (*limits[:2], more["lower"], more["lower"], *limits[4:])
    return Sensor(
        kind="MN",
        sensor_type=sensor_type,
        name=name,
        place=place,
        series=series,
        unit=unit,
        high=more["high"],
        low="0",
        limits=limits,
        decimals=int(more.get("decimals", "2")),
    )


def _switch(sensor_type: str, name: str, place: str, series: str, on: str, off: str) -> Sensor:
    return Sensor(
        kind="KG",
        sensor_type=sensor_type,
        name=name,
        place=place,
        series=series,
        words=(on, off),
        decimals=0,
    )


# Limits of methane by place as in the 2025 edition of the safety rules for coal mines.
SENSORS: Final = (
    _methane("工作面T1", "face_methane", "1.00", "1.00", "1.50", "1.00"),
    _methane("回风巷T2", "return_methane", "1.00", "1.00", "1.00", "1.00"),
    _methane("回风隅角T0", "corner_methane", "1.00", "1.00", "1.50", "1.00"),
    _switch("1004", "设备开停", "采煤机", "shearing", "开", "停"),
    _plain("0002", "风速", "回风巷", "air", "m/s", high="15", upper="4.00", lower="0.25"),
    _plain("0004", "一氧化碳", "回风巷", "monoxide", "ppm", high="1000", upper="24", decimals="1"),
    _plain("0003", "环境温度", "工作面", "warmth", "℃", high="100", upper="30.0", decimals="1"),
    _plain("0017", "电流", "采煤机", "current", "A", high="1000", decimals="1"),
    Sensor(
        kind="LJ",
        sensor_type="3001",
        name="产量",
        place="主运皮带",
        series="output",
        unit="t",
        decimals=1,
    ),
    _switch("1001", "局部通风机", "掘进面", "fan", "开", "停"),
    _plain("0006", "负压", "风硐", "suction", "kPa", high="5"),
    _plain("0014", "粉尘", "回风巷", "dust", "mg/m3", high="1000", decimals="1"),
    _switch("1002", "风门", "联络巷", "door", "开", "关"),
    _switch("1008", "烟雾", "皮带机头", "smoke", "有烟", "无烟"),
)
_FACES: Final = ("东翼", "西翼", "南翼", "北翼")


def mine_of(number: int, *, points: int) -> Mine:
    """An invented mine with so many points, by its number."""
    code = f"{REGION}{number + 1:06}"
    return Mine(
        number=number,
        code=code,
        name=f"模拟{number + 1}号煤矿",
        points=tuple(_point(code, index) for index in range(points)),
    )


def _point(mine: str, index: int) -> Point:
    face, place = divmod(index, len(SENSORS))
    sensor = SENSORS[place]
    area = f"{_FACES[face % len(_FACES)]}{1101 + face}"
    return Point(
        code=f"{mine}01{sensor.kind}{sensor.sensor_type}{index + 1:08}",
        sensor=sensor,
        face=face,
        location=f"{area}{sensor.place}",
    )
