"""The files of an invented mine, as its system would leave them in the inbox."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bihuan.telemetry.notation import DAY_S, decimal_of, stamp_of
from bihuan.telemetry.series import UNCOUNTED_BITS
from bihuan.telemetry.simulation.physics import REPAIR_SHIFT, SHIFT_S
from bihuan.telemetry.simulation.register import Mine, Point
from bihuan.telemetry.simulation.troubles import ALARM, POWER_OFF, SENSOR_FAULT, Readings

EVERY_S: Final = 300  # statistics, substations and persons come every five minutes
PERSONS_PER_SHIFT: Final = 12
_AREAS: Final = (
    ("井口区域", "0001", "60", "副井口"),
    ("重点区域", "0002", "25", "东翼采煤工作面"),
    ("限制区域", "0003", "5", "采空区"),
)
_NAMES: Final = ("测试甲", "测试乙", "测试丙", "测试丁", "测试戊", "测试己")


class Writer:
    """Writes the files of one mine below a folder."""

    def __init__(self, folder: Path, mine: Mine) -> None:
        self.folder, self.mine = folder / mine.code, mine
        self.folder.mkdir(parents=True, exist_ok=True)

    def file(self, kind: str, moment: int, records: Iterable[str], *, header: str = "") -> None:
        """One file: header, records, end."""
        stamp = stamp_of(moment)
        told = header or f"{self.mine.code};{self.mine.name};{stamp}"
        digits = stamp.translate({ord(mark): None for mark in "- :"})
        path = self.folder / f"{self.mine.code}_{kind}_{digits}.txt"
        path.write_text("~".join((told, *records, "||")), "utf-8")

    def register(self, moment: int) -> None:
        """What is sent once: points, substations, areas, stations, persons, equipment."""
        mine, stamp = self.mine, stamp_of(moment)
        system = f"{mine.code};{mine.name};KJ000;安全监控系统;模拟厂家;2027-12-31;{stamp}"
        self.file("CDDY", moment, (_definition(p, stamp) for p in mine.points), header=system)
        self.file("FZDY", moment, [f"{mine.code}00001;井下1号变电所;0;0;0;{stamp}"])
        areas = (f"{kind};{mine.code}{code};{most};{name}" for kind, code, most, name in _AREAS)
        self.file("RYQY", moment, areas)
        stations = (f"{mine.code}{area[1]}000001;{area[3]}基站;0;0;0;{area[3]}" for area in _AREAS)
        self.file("RYJZ", moment, stations)
        people = f"{mine.code};{mine.name};500;KJ000;人员定位系统;模拟厂家;2027-12-31;{stamp}"
        self.file("RYXX", moment, map(self._person, range(3 * PERSONS_PER_SHIFT)), header=people)
        self.file(
            "TFJC",
            moment,
            [f"{mine.code}30F001;0017;电流;F001;主通风机房;A;500;0;400;;;{stamp}"],
        )

    def readings(self, readings: Readings, seconds: NDArray[np.int64]) -> None:
        """CDSS at every time at which something is sent."""
        heads = [f"{_told(point)};" for point in self.mine.points]
        units = [f";{p.sensor.unit};" for p in self.mine.points]
        parts = list(zip(heads, units, strict=True))
        for row, second in enumerate(seconds.tolist()):
            stamp = stamp_of(second)
            records = [
                f"{head}{decimal_of(value)}{unit}{status};{stamp}"
                for (head, unit), value, status, is_sent in zip(
                    parts,
                    readings.value[row].tolist(),
                    readings.status[row].tolist(),
                    readings.is_sent[row].tolist(),
                    strict=True,
                )
                if is_sent
            ]
            if records:
                self.file("CDSS", second, records)

    def slow(self, readings: Readings, seconds: NDArray[np.int64], rng: Generator) -> None:
        """What comes every five minutes: statistics, substations, persons, the main fan."""
        step_s = int(seconds[1] - seconds[0]) if len(seconds) > 1 else EVERY_S
        rows = max(EVERY_S // step_s, 1)
        for begin in range(0, len(seconds) - rows + 1, rows):
            window = slice(begin, begin + rows)
            if not readings.is_sent[window].any():
                continue
            times = seconds[window].tolist()
            last, stamp = times[-1], stamp_of(times[-1])
            self.file("TJSJ", last, self._statistics(readings, window, times, stamp))
            self.file("FZSS", last, [f"{self.mine.code}00001;0;1;{stamp}"])
            stations = (f"{self.mine.code}{area[1]}000001;0;0;{stamp}" for area in _AREAS)
            self.file("JZSS", last, stations)
            self.file("RYSS", last, self._persons(last))
            amperes = decimal_of(round(float(rng.normal(210, 3)), 1))
            fan = f"{self.mine.code}30F001;0017;电流;F001;{amperes};A;0;{stamp}"
            self.file("TFSS", last, [fan])

    def abnormal(self, readings: Readings, seconds: NDArray[np.int64]) -> None:
        """What the mine's own system says of alarms and faults, a file when one ends."""
        ended: dict[int, list[str]] = defaultdict(list)
        for number, point in enumerate(self.mine.points):
            for bit, cause in ((ALARM, "001"), (POWER_OFF, "002"), (SENSOR_FAULT, "004")):
                is_on = (readings.status[:, number] & bit) != 0
                edges = np.flatnonzero(np.diff(is_on, prepend=False, append=False)).tolist()
                for begin, end in zip(edges[::2], edges[1::2], strict=True):
                    value = readings.value[begin:end, number]
                    times = seconds[begin : end + 1].tolist()
                    ended[times[-1]].append(_abnormal(point, cause, value, times))
        for moment, records in ended.items():
            self.file("YCBJ", moment, records)

    def _statistics(
        self, readings: Readings, window: slice, times: list[int], stamp: str
    ) -> Iterable[str]:
        for number, point in enumerate(self.mine.points):
            if point.sensor.kind != "MN" or not readings.is_sent[window, number].all():
                continue
            is_counted = (readings.status[window, number] & UNCOUNTED_BITS) == 0
            if is_counted.any():
                value = readings.value[window, number][is_counted]
                held = [time for time, counts in zip(times, is_counted, strict=True) if counts]
                begin = f"{_told(point)};{point.sensor.unit};{stamp_of(times[0])};{stamp}"
                yield f"{begin};{_extremes(value, held)};{stamp}"

    def _person(self, number: int) -> str:
        name = f"{_NAMES[number % len(_NAMES)]}{number}"
        leader = int(number % PERSONS_PER_SHIFT == 0)
        return f"{self.mine.code}{number:05};{name};采煤工;;综采队;1990-01-01;;{leader};0"

    def _persons(self, second: int) -> Iterable[str]:
        """Each shift goes in half an hour before it begins and comes out half an hour after."""
        for number in range(3 * PERSONS_PER_SHIFT):
            shift = number // PERSONS_PER_SHIFT
            into = (second % DAY_S - shift * SHIFT_S + 1_800) % DAY_S
            is_in = into < SHIFT_S + 3_600
            entered = second - into + 60 * (number % PERSONS_PER_SHIFT)
            if not is_in or entered > second:
                continue
            area = f"{self.mine.code}{_AREAS[0 if shift == REPAIR_SHIFT else 1][1]}"
            at, now = stamp_of(entered), stamp_of(second)
            name = f"{_NAMES[number % len(_NAMES)]}{number}"
            leader = int(number % PERSONS_PER_SHIFT == 0)
            where = f"{area};{at};{area}000001;{at};三八制;12;正常;{leader};0"
            card = f"{self.mine.code}{number:05}"
            yield f"{card};{name};1;{at};;{where};{area}000001&{now}"


def _told(point: Point) -> str:
    return f"{point.code};{point.sensor.name};{point.location}"


def _extremes(value: NDArray[np.float64], times: list[int]) -> str:
    """Highest and lowest with their times, mean."""
    high, low = int(value.argmax()), int(value.argmin())
    highest = f"{decimal_of(float(value[high]))};{stamp_of(times[high])}"
    lowest = f"{decimal_of(float(value[low]))};{stamp_of(times[low])}"
    return f"{highest};{lowest};{decimal_of(round(float(value.mean()), 3))}"


def _abnormal(point: Point, cause: str, value: NDArray[np.float64], times: list[int]) -> str:
    span = f"{stamp_of(times[0])};{stamp_of(times[-1])}"
    figures = f"{point.sensor.unit};{cause};{span};{_extremes(value, times)}"
    return f"{_told(point)};{figures};;;;;{stamp_of(times[-1])}"


def _definition(point: Point, stamp: str) -> str:
    sensor = point.sensor
    fields = [
        point.code,
        "01",
        f"{point.code[:12]}00001",
        sensor.sensor_type,
        sensor.kind,
        sensor.unit,
        sensor.high,
        sensor.low,
        *sensor.limits,
        *sensor.words,
        point.location,
        *("0", "0", "0"),
        "",
        stamp,
    ]
    return ";".join(fields)
