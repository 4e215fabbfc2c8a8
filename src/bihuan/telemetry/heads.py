"""How many persons are underground, by area and moment, and by shift (RYSS).

Counts only: what is too many is the business of whoever knows the face and the shift of the day.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.entries import entries_of
from bihuan.telemetry.envelopes import Fault, OrderKey
from bihuan.telemetry.forms import CODES
from bihuan.telemetry.notation import time_of
from bihuan.telemetry.sources import Rejected, Source

KIND: Final = "RYSS"
UNDERGROUND: Final = "1"
WHOLE_MINE: Final = ""
_CARD_LENGTH: Final = CODES["card"][0]


class Person(NamedTuple):
    """Who is underground; `area` is empty where none is told, moments in seconds.

    `spot` is the station that sees the card and the distance from it.
    """

    card: str
    area: str
    entered_at: int | None
    area_entered_at: int | None = None
    spot: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Everybody underground at the moment of a file's name; none twice."""

    mine: str
    moment: int
    key: OrderKey
    persons: tuple[Person, ...]
    doubled: tuple[tuple[str, str], ...] = ()  # cards and the other areas that earlier records say

    def heads(self) -> Counter[str]:
        """Persons by area; `WHOLE_MINE` is all of them, also those without an area."""
        found = Counter(one.area for one in self.persons if one.area)
        found[WHOLE_MINE] = len(self.persons)
        return found


class ShiftHeads(NamedTuple):
    """An area in a shift: the most at once and when first, how many different persons.

    `held_over` of them went in before the shift began: where shifts hand over, both are there.
    """

    area: str
    peak: int
    peak_at: int
    persons: int
    held_over: int


def snapshot_of(source: Source, *, by: Dialect) -> tuple[Snapshot, list[Rejected]]:
    """What a file of RYSS says; of several records of a card the last counts.

    Rejected are cards of no or another mine; records with another number of fields are nothing.
    """
    mine = source.name.mine
    entries, _short = entries_of(source, by=by)
    rejected = []
    last: dict[str, dict[str, str]] = {}
    areas: dict[str, set[str]] = {}
    for one in entries:
        card = one.cells["card"]
        if len(card) == _CARD_LENGTH and card.startswith(mine):
            last[card] = one.cells
            if one.cells["in_or_out"] == UNDERGROUND:
                areas.setdefault(card, set()).add(one.cells["area"])
        else:
            is_short = len(card) != _CARD_LENGTH
            fault = Fault.POINT_LENGTH if is_short else Fault.POINT_MINE
            rejected.append(Rejected(one.path, one.record, fault))
    below = {
        card: cells for card, cells in sorted(last.items()) if cells["in_or_out"] == UNDERGROUND
    }
    snapshot = Snapshot(
        mine=mine,
        moment=source.name.moment,
        key=source.name.key,
        persons=tuple(_person(card, cells) for card, cells in below.items()),
        doubled=tuple(
            (card, area)
            for card, cells in below.items()
            for area in sorted(areas[card] - {cells["area"]})
        ),
    )
    return snapshot, rejected


def _person(card: str, cells: dict[str, str]) -> Person:
    station, distance = cells["station"], cells["distance_m"]
    return Person(
        card,
        cells["area"],
        time_of(cells["entered_at"]),
        time_of(cells["area_entered_at"]),
        f"{station};{distance}" if station else "",
    )


def accepted(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """One of each mine and moment, the last by T1, in order of both."""
    last = {(one.mine, one.moment): one for one in sorted(snapshots, key=_key_of)}
    return [one for _key, one in sorted(last.items())]


def standing_at(snapshots: Sequence[Snapshot], moment: int, *, by: Dialect) -> Snapshot | None:
    """The newest snapshot at a moment; None when it is too old to say anything.

    `snapshots` are the accepted ones of one mine.
    """
    earlier = bisect_right(snapshots, moment, key=_moment_of)
    newest = snapshots[earlier - 1] if earlier else None
    return newest if newest and moment - newest.moment <= by.persons_stale_s else None


def heads_of_shift(snapshots: Iterable[Snapshot], *, begin: int, end: int) -> list[ShiftHeads]:
    """Each area in the shift from `begin` up to, not including, `end`, and the whole mine first.

    `snapshots` are the accepted ones of one mine; nothing is said where none is in the shift.
    """
    within = [one for one in snapshots if begin <= one.moment < end]
    peaks: dict[str, tuple[int, int]] = {}
    persons: dict[str, dict[str, bool]] = {}
    for one in within:
        for area, count in one.heads().items():
            if count > peaks.get(area, (-1, 0))[0]:
                peaks[area] = count, one.moment
        for card, area, entered_at, *_rest in one.persons:
            is_held_over = entered_at is not None and entered_at < begin
            for place in {area, WHOLE_MINE}:
                cards = persons.setdefault(place, {})
                cards[card] = cards.get(card, False) or is_held_over
    return [
        ShiftHeads(
            area=area,
            peak=peak,
            peak_at=peak_at,
            persons=len(persons.get(area, {})),
            held_over=sum(persons.get(area, {}).values()),
        )
        for area, (peak, peak_at) in sorted(peaks.items())
    ]


def _key_of(one: Snapshot) -> OrderKey:
    return one.key


def _moment_of(one: Snapshot) -> int:
    return one.moment
