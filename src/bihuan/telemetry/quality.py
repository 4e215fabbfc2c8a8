"""Readings that contradict themselves or their definition, counted by point and day (T6, T7).

None of them changes what is judged: they are for whoever looks after the mine's system.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import MACHINES, InForce
from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.notation import DAY_S, stamp_of
from bihuan.telemetry.parsing import GROUP_BYTES
from bihuan.telemetry.records import MINE_LENGTH
from bihuan.telemetry.replay import Judged
from bihuan.telemetry.series import CALIBRATION_BIT, UNCOUNTED_BITS, Series
from bihuan.telemetry.sheets import sheet_of
from bihuan.telemetry.sources import Source
from bihuan.telemetry.units import Units

HEAD: Final = ("mine", "point", "day", "finding", "unit", "defined_unit", "readings")
_LEVELS: Final = (("alarm", 1), ("power_off", 2))


class Finding(StrEnum):
    """What contradicts what.

    A bit is *unfounded* where no limit of its level can be open: a value between a limit and its
    end may still alarm. It is *unsaid* where a value reaches a limit and neither it nor calibration
    is told. Points without a limit of the level say nothing either way.
    """

    ALARM_UNFOUNDED = "alarm_unfounded"
    ALARM_UNSAID = "alarm_unsaid"
    POWER_OFF_UNFOUNDED = "power_off_unfounded"
    POWER_OFF_UNSAID = "power_off_unsaid"
    NO_NUMBER = "no_number"  # and a status that says nothing is wrong
    OTHER_UNIT = "other_unit"


class Counted(NamedTuple):
    """So many readings of a point on a day (its beginning, in seconds) show this."""

    point: int
    day: int
    finding: Finding
    readings: int
    unit: str = ""
    defined_unit: str = ""


def contradictions(series: Series, definitions: InForce) -> list[Counted]:
    """Readings whose status and value contradict each other."""
    is_normal = (series.status & UNCOUNTED_BITS) == 0
    found = [(Finding.NO_NUMBER, np.flatnonzero(is_normal & np.isnan(series.value)))]
    for level, bit in _LEVELS:
        numbers = [n for n, one in enumerate(MACHINES) if one.level == level]
        is_unsaid = is_normal & ((series.status & (bit | CALIBRATION_BIT)) == 0)
        is_unsaid &= _reaches(series.value, series.definition, definitions.on, numbers)
        found.append((Finding(f"{level}_unsaid"), np.flatnonzero(is_unsaid)))
        rows = np.flatnonzero(is_normal & ((series.status & bit) != 0))
        held, value = series.definition[rows], series.value[rows]
        is_open = _reaches(value, held, definitions.off, numbers) | np.isnan(value)
        is_open |= np.isnan(definitions.on[held][:, numbers]).all(axis=1)
        found.append((Finding(f"{level}_unfounded"), rows[~is_open]))
    return [one for finding, rows in found for one in _by_day(series, rows, finding)]


def other_units(
    series: Series,
    units: NDArray[np.int32],
    *,
    texts: Sequence[str],
    defined: Sequence[str],
    bare: Sequence[str],
) -> list[Counted]:
    """Readings whose unit isn't that of the definition in force.

    `units` has the number in `texts` of each reading's unit; `defined` has the unit of each row of
    definitions and `bare` what stands for it there as well. All are in their one writing.
    """
    number_of = {text: number for number, text in enumerate(texts)}
    wanted, short = (
        np.array([number_of.get(text, -1) for text in told], np.int32) for told in (defined, bare)
    )
    is_other = units != wanted[series.definition]
    is_other &= units != short[series.definition]
    rows = np.flatnonzero(is_other)
    pairs = zip(units[rows].tolist(), series.definition[rows].tolist(), strict=True)
    kinds: dict[tuple[int, int], list[int]] = {}
    for row, pair in zip(rows.tolist(), pairs, strict=True):
        kinds.setdefault(pair, []).append(row)
    counts: Counter[Counted] = Counter()
    for (unit, row), held in kinds.items():
        for one in _by_day(series, np.array(held), Finding.OTHER_UNIT):
            told = one._replace(readings=0, unit=texts[unit], defined_unit=defined[row])
            counts[told] += one.readings
    return [one._replace(readings=count) for one, count in counts.items()]


class Quality:
    """Watches a replay and keeps what its readings contradict."""

    kinds: frozenset[str] = frozenset()

    def __init__(self, by: Dialect, *, group_bytes: int = GROUP_BYTES) -> None:
        self.by, self.group_bytes = by, group_bytes
        self.units = Units(by)
        self.rows: list[tuple[str, ...]] = []

    def passing(self, sources: Iterable[Source]) -> Iterator[Source]:
        """The files of a batch, on their way to be parsed."""
        self.units = Units(self.by, group_bytes=self.group_bytes)
        return self.units.passing(sources)

    def take(self, judged: Judged) -> None:
        """The readings of a batch, which are those of the files that passed."""
        series, points = judged.series, judged.points
        units = self.units.of(judged.readings)
        rows = [one for point in points for _at, one in sorted(judged.defined[point].items())]
        bare = [self.by.bare_unit(one.unit, sensor_type=one.sensor_type) for one in rows]
        texts = self.units.texts()
        found = contradictions(series, judged.definitions)
        defined = [one.unit for one in rows]
        found += other_units(series, units, texts=texts, defined=defined, bare=bare)
        self.rows += (_cells(one, points[one.point]) for one in found)

    def sheet(self) -> bytes:
        """`quality.csv`, in order of its columns."""
        return sheet_of(HEAD, sorted(self.rows))


def _reaches(
    value: NDArray[np.float64],
    rows: NDArray[np.int64],
    ends: NDArray[np.float64],
    numbers: Iterable[int],
) -> NDArray[np.bool_]:
    """Whether a value is at or beyond one of these machines' ends; a limit not set is nan."""
    found = np.zeros(len(value), np.bool_)
    for number in numbers:
        end = ends[:, number]
        if not np.isnan(end).all():
            is_upper = MACHINES[number].sign > 0
            found |= value >= end[rows] if is_upper else value <= end[rows]
    return found


def _by_day(series: Series, rows: NDArray[np.int64], finding: Finding) -> Iterator[Counted]:
    """Counts of these readings, which are in order of point and time."""
    days = series.time[rows] // DAY_S
    key = np.stack([series.point[rows].astype(np.int64), days])
    different, counts = np.unique(key, axis=1, return_counts=True)
    for (point, day), count in zip(different.T.tolist(), counts.tolist(), strict=True):
        yield Counted(point, day * DAY_S, finding, count)


def _cells(one: Counted, point: str) -> tuple[str, ...]:
    day = stamp_of(one.day)[:10]
    told = (one.unit, one.defined_unit, str(one.readings))
    return (point[:MINE_LENGTH], point, day, one.finding.value, *told)
