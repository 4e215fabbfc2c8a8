"""Episodes that keep an identity while readings come late: what stands, and what changed (T21)."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

STANDING: Final = "standing"
MERGED: Final = "merged"
WITHDRAWN: Final = "ground_withdrawn"
# Ids are counted from 1; hints have theirs from the first of these on, episodes of packs from the
# second: there the number of the commit that raised them, then one of so many bits.
HINTS_FROM: Final = 1 << 51
OWN_FROM: Final = 1 << 52
OWN_BITS: Final = 22


class Standing(NamedTuple):
    """An episode with its identity; times in seconds, `ended_at` None while it lasts.

    `state` is STANDING, MERGED (into the episode `merged_into`) or WITHDRAWN (no reading says so
    any more; a person closes it). Rows of the two last keep what was said of them; where that had
    no end, `ended_at` is the newest reading of the mine when they ceased. `split_from` is the
    episode that this one was a part of, `raised_in` the number of the commit that raised it.
    """

    id: int
    mine: str
    point: str
    kind: str
    level: str
    started_at: int
    ended_at: int | None
    peak: float | None
    peak_at: int | None
    samples: int
    is_calibrated: bool
    state: str
    split_from: int | None
    merged_into: int | None
    raised_in: int


class Amendment(NamedTuple):
    """One field of an episode that reads otherwise than people were told (T20).

    `at` is the mine's newest reading after the commit, in seconds; `what` a field of `Standing`,
    `before` and `after` its texts, empty where there was or is none.
    """

    episode: int
    commit: int
    at: int
    what: str
    before: str
    after: str


class Tally(NamedTuple):
    """What to add to the counts of a mine and a day (+08:00, `yyyy-MM-dd`); may be negative.

    received = accepted + waiting + duplicate + rejected; `late` are those of the received readings
    that came more than 120 s after the mine's newest one.
    """

    mine: str
    day: str
    received: int
    accepted: int
    waiting: int
    late: int
    duplicate: int
    rejected: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What a commit changes: whole rows of new or changed episodes, amendments, counts to add.

    `rules` says which limits of packs judged it; `notes` are numbers to keep by name.
    """

    episodes: list[Standing] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    rules: int = 0
    notes: dict[str, int] = field(default_factory=dict)


type Pair = tuple[Standing | None, Standing]  # as it was told before, and as it is now


def matched(
    old: Iterable[Standing],
    new: Iterable[Standing],
    *,
    gone: Iterable[Standing] = (),
    newest: int,
    fresh: Callable[[Standing], int],
) -> list[Pair]:
    """Old and new episodes of one point, kind and level, with the ids of the new ones (T21).

    Of the old ones that a new one overlaps the earliest that nobody has yet gives its id; a part
    that finds none takes that of one of `gone` (merged or withdrawn before) which it overlaps,
    else a fresh one. Old ones that are left over are merged into what they overlap, or withdrawn.
    `newest` is the newest reading of the mine.
    """
    held = _Ordered(old)
    back = sorted(gone, key=_start_of)
    pairs: list[Pair] = []
    taken: dict[int, Standing] = {}
    for one in sorted(new, key=_start_of):
        over = held.overlapping(one)
        before = next((other for other in over if other.id not in taken), None)
        if before is None:
            before = next((g for g in back if g.id not in taken and _is_overlap(g, one)), None)
        if before is None:
            after = one._replace(id=fresh(one), split_from=over[0].id if over else None)
        else:
            after = one._replace(
                id=before.id, split_from=before.split_from, raised_in=before.raised_in
            )
        taken[after.id] = after
        pairs.append((before, after))
    heirs = _Ordered(taken.values())
    left = (other for other in held.episodes if other.id not in taken)
    pairs.extend((one, ceased(one, heirs.overlapping(one), newest=newest)) for one in left)
    return pairs


def ceased(one: Standing, heirs: list[Standing], *, newest: int) -> Standing:
    """An episode that no reading supports: merged into the first of its heirs, or withdrawn."""
    ended_at = max(newest, one.started_at) if one.ended_at is None else one.ended_at
    if heirs:
        return one._replace(state=MERGED, merged_into=heirs[0].id, ended_at=ended_at)
    return one._replace(state=WITHDRAWN, merged_into=None, ended_at=ended_at)


class _Ordered:
    """Episodes of which no two overlap, by time."""

    def __init__(self, episodes: Iterable[Standing]) -> None:
        self.episodes = sorted(episodes, key=_start_of)
        self.starts = [one.started_at for one in self.episodes]
        self.ends = [_end_of(one) for one in self.episodes]

    def overlapping(self, one: Standing) -> list[Standing]:
        """Those that last at a moment at which `one` does."""
        begin = bisect_right(self.ends, one.started_at)
        return self.episodes[begin : bisect_left(self.starts, _end_of(one))]


def _is_overlap(one: Standing, other: Standing) -> bool:
    return one.started_at < _end_of(other) and other.started_at < _end_of(one)


def _start_of(one: Standing) -> int:
    return one.started_at


def _end_of(one: Standing) -> float:
    return float("inf") if one.ended_at is None else one.ended_at
