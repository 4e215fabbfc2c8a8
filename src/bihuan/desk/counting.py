"""Figures of matters, pure: counts by anything, the on-time rate, the time in a stage."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from bihuan.language.wording import share_text

FORMULA = "按期率 ＝ 按期办结 ÷（办结 ＋ 在办逾期）"
_WEAK = 0.9


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One matter as the figures see it."""

    id: int
    stage: str
    opened_at: datetime
    closed_at: datetime | None = None
    category: str = ""
    source: str = ""
    unit_id: int | None = None
    township_id: int | None = None
    is_open: bool = True
    is_overdue: bool = False  # open, and late now
    is_complete: bool = False  # closed the whole way, not void, dismissed or merged
    has_clock: bool = False  # some clock was stopped because the work was done
    was_late: bool = False  # one of them late
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """The on-time rate with everything that was counted and left out."""

    on_time: int
    closed_late: int
    open_late: int
    open_in_time: int
    without_clock: int
    incomplete: int

    @property
    def counted(self) -> int:
        """What the rate is a part of."""
        return self.on_time + self.closed_late + self.open_late

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None when nothing can be counted."""
        return self.on_time / self.counted if self.counted else None

    @property
    def words(self) -> str:
        """The rate in per cent, or a dash when nothing can be counted."""
        return share_text(self.on_time, of=self.counted) if self.counted else "—"

    @property
    def is_weak(self) -> bool:
        """Whether it is shown as needing a look."""
        return self.value is not None and self.value < _WEAK

    @property
    def lines(self) -> tuple[str, ...]:
        """Formula, what was counted, what was left out."""
        closed = self.on_time + self.closed_late
        late = f"逾期办结 {self.closed_late} 件，在办逾期 {self.open_late} 件"
        out = f"在办未到期 {self.open_in_time} 件，办结但没有期限 {self.without_clock} 件"
        return (
            f"{FORMULA} ＝ {self.on_time} ÷（{closed} ＋ {self.open_late}）＝ {self.words}",
            f"计入 {self.counted} 件：按期办结 {self.on_time} 件，{late}。",
            f"不计入：{out}，作废、不予受理或并案 {self.incomplete} 件。",
            "一件有几个期限的，任一期限超过即算逾期。",
        )


@dataclass(frozen=True, kw_only=True)
class Stay:
    """How long matters stood in a stage that they have left."""

    stage: str
    count: int
    median: timedelta
    ninth_decile: timedelta


def rate_of(matters: Iterable[Counted]) -> Rate:
    """On-time closed ÷ (closed + open overdue)."""
    found = Counter(_standing(matter) for matter in matters)
    return Rate(**{name: found[name] for name in Rate.__dataclass_fields__})


def counts_by[Key: Hashable](
    matters: Iterable[Counted], key: Callable[[Counted], Key]
) -> list[tuple[Key, int]]:
    """How many matters per value, the most frequent first, equal ones in the order seen."""
    return Counter(key(matter) for matter in matters).most_common()


def rates_by[Key: Hashable](
    matters: Iterable[Counted], key: Callable[[Counted], Key]
) -> list[tuple[Key, Rate]]:
    """The on-time rate per value, the best first; values with nothing to count are left out."""
    groups: dict[Key, list[Counted]] = defaultdict(list)
    for matter in matters:
        groups[key(matter)].append(matter)
    rates = [(name, rate_of(group)) for name, group in groups.items()]
    return sorted((one for one in rates if one[1].counted), key=_by_rate)


def by_month(
    matters: Iterable[Counted], months: Sequence[str], *, month_of: Callable[[datetime], str]
) -> tuple[list[int], list[int]]:
    """How many were opened and how many closed in each month."""
    opened: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    for matter in matters:
        opened[month_of(matter.opened_at)] += 1
        if matter.closed_at is not None:
            closed[month_of(matter.closed_at)] += 1
    return [opened[month] for month in months], [closed[month] for month in months]


def stays_of(moves: Iterable[tuple[int, datetime, str]]) -> list[Stay]:
    """Median and 90th percentile per stage; `moves` are (matter, moment, stage entered) in order.

    Only stays that have ended count: an unfinished one would make a slow stage look quick.
    """
    lengths: dict[str, list[timedelta]] = defaultdict(list)
    standing: dict[int, tuple[datetime, str]] = {}
    for matter_id, at, stage in moves:
        since = standing.get(matter_id)
        if since is not None and since[1] == stage:
            continue
        if since is not None:
            lengths[since[1]].append(at - since[0])
        standing[matter_id] = (at, stage)
    return [
        Stay(stage=stage, count=len(found), median=_middle(found), ninth_decile=_decile(found))
        for stage, found in lengths.items()
    ]


def length_words(length: timedelta) -> str:
    """A length as people say it: 40 分钟, 9 小时, 3.5 天."""
    hours = length / timedelta(hours=1)
    if hours < 1:
        return f"{round(hours * 60)} 分钟"
    if hours < 48:
        return f"{hours:.1f}".removesuffix(".0") + " 小时"
    return f"{hours / 24:.1f}".removesuffix(".0") + " 天"


def _standing(matter: Counted) -> str:
    if matter.is_open:
        return "open_late" if matter.is_overdue else "open_in_time"
    if not matter.is_complete:
        return "incomplete"
    if not matter.has_clock:
        return "without_clock"
    return "closed_late" if matter.was_late else "on_time"


def _middle(lengths: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(length.total_seconds() for length in lengths))


def _decile(lengths: Sequence[timedelta]) -> timedelta:
    """Nearest rank: the smallest length that nine in ten don't exceed."""
    return sorted(lengths)[ceil(len(lengths) * 9 / 10) - 1]


def _by_rate(one: tuple[Hashable, Rate]) -> tuple[float, int]:
    return -(one[1].value or 0), -one[1].counted
