"""Episodes that keep an identity while readings come late: what stands, and what changed (T21)."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

STANDING: Final = "standing"
MERGED: Final = "merged"
WITHDRAWN: Final = "ground_withdrawn"


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
    """What a commit changes: whole rows of new or changed episodes, amendments, counts to add."""

    episodes: list[Standing] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
