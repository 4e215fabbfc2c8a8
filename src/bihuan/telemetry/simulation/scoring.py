"""How well proposals find what is hidden in a simulated county: counted once, told as it is.

The rule of matching. A proposal *meets* an episode when it names the same mine, was made on a
day from the first of the episode up to `GRACE_DAYS` after its last, and its span shares a day
with the episode and begins at most `GRACE_DAYS` before it. Kinds of one family stand for each
other (`FAMILIES`): they send the same inspector to the same place. Each proposal, in order of
its day, is counted once:

- **hit**: the first of its family that meets an episode. Its delay is the day proposed minus the
  first day of the episode; `named` tells whether it named the kind itself.
- **repeat**: meets only episodes of its family that are found already. A nuisance, but no error.
- **beside**: meets no episode of its family, but a hidden one of another: the right mine at the
  right time for another reason.
- **false**: meets nothing hidden. Look-alikes that it meets are counted by kind.

precision = hits / (hits + beside + false); recall = hits / episodes; false proposals per mine
and month = false / (mines × days / 30).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any, Final

import polars as pl

GRACE_DAYS: Final = 7
IN_TIME_DAYS: Final = 3
MONTH_DAYS: Final = 30
FAMILIES: Final[Mapping[str, str]] = {
    "hidden_night_work": "work_under_order",
    "open_shut": "work_under_order",
    "late_stop": "work_under_order",
    "overload": "more_than_told",
    "hidden_face": "more_than_told",
    "fan_saving": "fan_saving",
    "card_left": "card_left",
    "frozen_sensor": "sensor",
    "replayed_sensor": "sensor",
    "edited_reading": "sensor",
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a detector proposes: the span that it suspects, and the day it could first say so.

    `proposed_on` is the day at whose noon it was said, from rows that had arrived by then.
    """

    mine: str
    kind: str
    begins_on: date
    ends_on: date
    proposed_on: date


@dataclass(frozen=True, kw_only=True)
class Episode:
    """A row of the truth."""

    mine: str
    kind: str
    begins_on: date
    ends_on: date
    intensity: float
    forms: str


@dataclass(frozen=True, kw_only=True)
class KindScore:
    """How one kind was found; delays in days, None where nothing was."""

    episodes: int
    hits: int
    named: int
    in_time: int  # found within `IN_TIME_DAYS`
    delay_median: float | None
    delay_max: int | None

    @property
    def recall(self) -> float | None:
        """Share of the episodes that were found; None without any."""
        return self.hits / self.episodes if self.episodes else None


@dataclass(frozen=True, kw_only=True)
class Score:
    """The whole; `look_alikes` counts the innocent kinds that false proposals met."""

    kinds: Mapping[str, KindScore]
    hits: int
    repeats: int
    beside: int
    false: tuple[Found, ...]
    missed: tuple[Episode, ...]
    look_alikes: Mapping[str, int]
    mine_months: float

    @property
    def precision(self) -> float | None:
        """Share of the proposals that found something new; None without proposals."""
        counted = self.hits + self.beside + len(self.false)
        return self.hits / counted if counted else None

    @property
    def recall(self) -> float | None:
        """Share of the episodes that were found; None without any."""
        episodes = self.hits + len(self.missed)
        return self.hits / episodes if episodes else None

    @property
    def false_per_mine_month(self) -> float:
        """False proposals for each mine and thirty days."""
        return len(self.false) / self.mine_months


def score(found: Iterable[Found], truth: pl.DataFrame, *, days: int, mines: int) -> Score:
    """Count proposals against the truth of a county of so many mines and days."""
    hidden = [_episode(row) for row in truth.filter(~pl.col("innocent")).iter_rows(named=True)]
    innocent = [_episode(row) for row in truth.filter("innocent").iter_rows(named=True)]
    hidden.sort(key=_first_day)
    hits: dict[Episode, Found] = {}
    counts: Counter[str] = Counter()
    false = []
    for one in sorted(found, key=_order):
        met = [episode for episode in hidden if _meets(one, episode)]
        own = [episode for episode in met if FAMILIES[episode.kind] == FAMILIES[one.kind]]
        fresh = [episode for episode in own if episode not in hits]
        if fresh:
            hits[fresh[0]] = one
        elif met:
            counts["repeats" if own else "beside"] += 1
        else:
            false.append(one)
    alike = Counter(kind for one in false for kind in {x.kind for x in innocent if _meets(one, x)})
    kinds = dict.fromkeys(episode.kind for episode in hidden)
    return Score(
        kinds={kind: _kind_score(kind, hidden, hits) for kind in sorted(kinds)},
        hits=len(hits),
        repeats=counts["repeats"],
        beside=counts["beside"],
        false=tuple(false),
        missed=tuple(episode for episode in hidden if episode not in hits),
        look_alikes=dict(sorted(alike.items())),
        mine_months=mines * days / MONTH_DAYS,
    )


def _episode(row: dict[str, Any]) -> Episode:
    told = {key: value for key, value in row.items() if key != "innocent"}
    return Episode(**told)


def _meets(one: Found, episode: Episode) -> bool:
    """Same mine, said in time, about the same days."""
    grace = timedelta(days=GRACE_DAYS)
    is_said = episode.begins_on <= one.proposed_on <= episode.ends_on + grace
    is_shared = one.begins_on <= episode.ends_on and one.ends_on >= episode.begins_on
    is_near = one.begins_on >= episode.begins_on - grace
    return one.mine == episode.mine and is_said and is_shared and is_near


def _kind_score(kind: str, hidden: Sequence[Episode], hits: Mapping[Episode, Found]) -> KindScore:
    mine = [episode for episode in hidden if episode.kind == kind]
    pairs = [(episode, hits[episode]) for episode in mine if episode in hits]
    delays = [(one.proposed_on - episode.begins_on).days for episode, one in pairs]
    return KindScore(
        episodes=len(mine),
        hits=len(pairs),
        named=sum(one.kind == kind for _episode, one in pairs),
        in_time=sum(delay <= IN_TIME_DAYS for delay in delays),
        delay_median=float(median(delays)) if delays else None,
        delay_max=max(delays, default=None),
    )


def _first_day(episode: Episode) -> tuple[date, str, str]:
    return episode.begins_on, episode.mine, episode.kind


def _order(one: Found) -> tuple[date, str, str, date]:
    return one.proposed_on, one.mine, one.kind, one.begins_on
