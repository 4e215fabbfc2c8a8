"""The alarms that a mine's system said (YCBJ) against the episodes that are seen (T24).

An alarm and an episode of one point and level are the same matter when their spans are no further
apart than one period of sending; any number of either may meet. Of several records of one point,
state and beginning the last by T1 counts. States that are no level of a limit aren't compared.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from sys import maxsize
from typing import Final

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.differences import Difference, Finding, Said, mine_of
from bihuan.telemetry.episodes import Episode

KIND: Final = "YCBJ"
_SENSOR_TYPE: Final = slice(16, 20)
type _Machine = tuple[int, str]  # number of a point, level


def wrong_alarms(
    said: Iterable[Said],
    episodes: Sequence[Episode],
    points: Sequence[str],
    *,
    senders: Collection[str],
    by: Dialect,
) -> Iterator[Difference]:
    """Alarms that weren't seen and episodes that weren't said; `senders` are mines that say any.

    `said` is in the order of T1, `episodes` are those of limits, `points` has the codes by number.
    """
    last = {(one.point, one.entry.cells["abnormal"], one.started_at): one for one in said}
    told: dict[_Machine, list[tuple[int, int]]] = defaultdict(list)
    seen: dict[_Machine, list[tuple[int, int]]] = defaultdict(list)
    for (point, state, _started_at), one in last.items():
        told[point, by.abnormal_levels[state]].append((one.started_at, one.ended_at))
    for found in episodes:
        seen[found.point, found.level].append((found.started_at, _end_of(found)))
    yield from _unseen(last.values(), _Spans.of_each(seen), points, by)
    yield from _unsaid(episodes, _Spans.of_each(told), points, senders, by)


class _Spans:
    """Spans of one machine, to be asked whether one of them is near another span."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        in_order = sorted(spans)
        self.begins = [begin for begin, _end in in_order]
        self.reach = list(accumulate((end for _begin, end in in_order), max))

    @classmethod
    def of_each(cls, spans: Mapping[_Machine, list[tuple[int, int]]]) -> "dict[_Machine, _Spans]":
        """By machine."""
        return {machine: cls(held) for machine, held in spans.items()}

    def meet(self, begin: int, end: int) -> bool:
        """Whether one of them has a moment in common with this span."""
        earlier = bisect_right(self.begins, end)
        return earlier > 0 and self.reach[earlier - 1] >= begin


_NONE: Final = _Spans([])


def _unseen(
    said: Iterable[Said], seen: Mapping[_Machine, _Spans], points: Sequence[str], by: Dialect
) -> Iterator[Difference]:
    for one in said:
        near_s = by.sent_every_s(points[one.point][_SENSOR_TYPE])
        spans = seen.get((one.point, by.abnormal_levels[one.entry.cells["abnormal"]]), _NONE)
        if not spans.meet(one.started_at - near_s, one.ended_at + near_s):
            yield one.difference(Finding.UNSEEN)


def _unsaid(
    episodes: Iterable[Episode],
    told: Mapping[_Machine, _Spans],
    points: Sequence[str],
    senders: Collection[str],
    by: Dialect,
) -> Iterator[Difference]:
    silent: Counter[str] = Counter()
    for one in episodes:
        point = points[one.point]
        near_s = by.sent_every_s(point[_SENSOR_TYPE])
        spans = told.get((one.point, one.level), _NONE)
        if mine_of(point) not in senders:
            silent[mine_of(point)] += 1
        elif not spans.meet(one.started_at - near_s, _end_of(one) + near_s):
            found = Difference(mine_of(point), point, KIND, Finding.UNSAID, one.level)
            yield found._replace(started_at=one.started_at, ended_at=one.ended_at)
    for mine, count in silent.items():
        yield Difference(mine, "", KIND, Finding.NEVER_SAID, seen=str(count))


def _end_of(one: Episode) -> int:
    """What still lasts is near everything later."""
    return maxsize // 2 if one.ended_at is None else one.ended_at
