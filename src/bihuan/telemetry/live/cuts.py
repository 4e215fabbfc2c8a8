"""From which reading on a point is judged again, so that nothing before it can change."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry import frozen, silence
from bihuan.telemetry.definitions import BEGINNING, InForce
from bihuan.telemetry.live.identity import STANDING, Standing
from bihuan.telemetry.live.slots import FROZEN, Slots
from bihuan.telemetry.live.state import NEVER
from bihuan.telemetry.live.terms import Held
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.series import Series

_WINDOWS_S: Final = (10_800, DAY_S, 8 * DAY_S, 64 * DAY_S)


@dataclass(kw_only=True, slots=True)
class Case:
    """A point that is judged again; `affected` is the earliest moment that may read otherwise.

    `run` are first and last reading of the newest run before this commit, NEVER without one.
    `since` is what its readings are read from, BEGINNING for all of them. `cuts` say of each slot
    from when on its episodes are replaced.
    """

    number: int
    code: str
    affected: int
    held: Held
    last: int
    run: tuple[int, int]
    slots: Slots
    since: int = BEGINNING
    tries: int = 0
    old: list[Standing] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)

    def start(self) -> None:
        """Where to read from at first."""
        if self.affected == BEGINNING or self.last == NEVER:
            self.since = BEGINNING
        elif self.affected > self.last:
            self.since = self.last if self.run[0] == NEVER else min(self.last, self.run[0])
        else:
            self.since = self.affected - _WINDOWS_S[0]

    def widen(self) -> None:
        """Read from further back."""
        self.tries += 1
        is_far = self.tries >= len(_WINDOWS_S)
        self.since = (
            BEGINNING if is_far else min(self.since, self.affected - _WINDOWS_S[self.tries])
        )

    def straddling(self, slot: int, moment: int) -> int:
        """The start of the episode that lasts over a moment, else the moment.

        A run of equal readings lasts over its last reading, where others end before theirs.
        """
        is_run = slot == FROZEN
        starts = [
            one.started_at
            for one in self.old
            if one.state == STANDING
            and self.slots.find(one.kind, one.level) == slot
            and one.started_at < moment
            and (one.ended_at is None or one.ended_at + is_run > moment)
        ]
        return min(starts, default=moment)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was read of some cases: `places` are those of `counted` in `series`."""

    series: Series
    counted: Series
    places: NDArray[np.int64]
    definitions: InForce
    is_gap: NDArray[np.bool_]
    begins: NDArray[np.bool_]

    @classmethod
    def of(cls, series: Series, definitions: InForce) -> "Reading":
        """With everything that is asked more than once."""
        counted, places = series.counted()
        is_gap = silence.gaps_before(series, definitions)
        gaps = np.cumsum(is_gap)[places]
        begins = frozen.begins(counted, definitions, gaps=gaps)
        return cls(
            series=series,
            counted=counted,
            places=places,
            definitions=definitions,
            is_gap=is_gap,
            begins=begins,
        )


def is_cut(case: Case, index: int, reading: Reading, *, since: int) -> bool:
    """Whether what was read is enough; sets the cuts of the case, or reads from further back.

    `index` is the point's number in `reading`, `since` where its readings begin.
    """
    is_whole = since == BEGINNING
    begin, end = reading.series.first[index : index + 2].tolist()
    before = begin + int(np.searchsorted(reading.series.time[begin:end], case.affected))
    if before == begin or case.affected == BEGINNING:
        case.cuts = [BEGINNING] * len(case.slots)
        if not is_whole:
            case.widen()
        return is_whole
    last = int(reading.series.time[before - 1])
    run = run_before(case, index, before, reading, is_whole=is_whole)
    if run is None:
        case.widen()
        return False
    settled = _counted_before(index, before, reading, last)
    case.cuts = [
        case.straddling(slot, min(last, settled - delay_s) if delay_s else last)
        for slot, delay_s in enumerate(case.slots.delay_s)
    ]
    case.cuts[FROZEN] = case.straddling(FROZEN, last if run == NEVER else run)
    if not is_whole and min(case.cuts) < since:
        case.since = min(case.cuts)
        return False
    return True


def _counted_before(index: int, before: int, reading: Reading, last: int) -> int:
    """The last counting reading before a row, else `last`.

    What a delay still holds back then began later than one delay before it (T12).
    """
    place = int(np.searchsorted(reading.places, before)) - 1
    is_there = place >= reading.counted.first[index]
    return int(reading.counted.time[place]) if is_there else last


def run_before(
    case: Case, index: int, before: int, reading: Reading, *, is_whole: bool
) -> int | None:
    """Where the run begins that the last counting reading before a row is in.

    NEVER when no reading before it counts; None when that isn't known from what was read.
    """
    counted = reading.counted
    first = int(counted.first[index])
    last = int(np.searchsorted(reading.places, before)) - 1
    if last < first:
        is_none = is_whole or (case.run[1] == NEVER and case.affected > case.last)
        return NEVER if is_none else None
    begin = first + int(np.flatnonzero(reading.begins[first : last + 1])[-1])
    begins_at, newest = int(counted.time[begin]), int(counted.time[last])
    told = case.straddling(FROZEN, newest)
    if told < begins_at:
        return told
    row = counted.definition[last : last + 1]
    is_known = (
        is_whole
        or begin > first
        or told == begins_at < newest
        or case.run == (begins_at, newest)
        or not frozen.may_freeze(counted.value[last : last + 1], row, reading.definitions)[0]
    )
    return begins_at if is_known else None
