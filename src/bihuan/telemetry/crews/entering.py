"""Entries at the gates of a mine: who contradicts himself within the same minute."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Contradiction(StrEnum):
    """What can't be true of one person and one card."""

    TWO_CARDS = "two_cards"  # one person on two cards
    TWO_POINTS = "two_points"  # one card at two entry points


class Entry(NamedTuple):
    """Somebody goes in: when, at which entry point, with which card, identified as whom."""

    at: datetime
    point: str
    card: str
    person: str


class Conflict(NamedTuple):
    """Two entries that can't both be right; `who` is the person, or the card."""

    kind: Contradiction
    who: str
    first: Entry
    second: Entry


def conflicts(entries: Iterable[Entry], *, window: timedelta) -> list[Conflict]:
    """Neighbours in time of one person or one card that lie less than `window` apart."""
    by_person: dict[str, list[Entry]] = defaultdict(list)
    by_card: dict[str, list[Entry]] = defaultdict(list)
    for one in sorted(set(entries)):
        if one.person:
            by_person[one.person].append(one)
        by_card[one.card].append(one)
    found = [
        *_apart(by_person, Contradiction.TWO_CARDS, window),
        *_apart(by_card, Contradiction.TWO_POINTS, window),
    ]
    return sorted(found, key=_when)


def coverage_percent(covered: int, *, of: int) -> int | None:
    """Whole percent, 100 only when all are covered; None of nothing."""
    if not of:
        return None
    return 100 if covered == of else min(99, round(100 * covered / of))


def _apart(
    groups: dict[str, list[Entry]], kind: Contradiction, window: timedelta
) -> Iterator[Conflict]:
    for who, entries in groups.items():
        for first, second in _different(entries, kind):
            if second.at - first.at < window:
                yield Conflict(kind, who, first, second)


def _different(entries: Sequence[Entry], kind: Contradiction) -> Iterator[tuple[Entry, Entry]]:
    """Each entry with the last one before it that names another card, or another point."""
    attribute = "card" if kind is Contradiction.TWO_CARDS else "point"
    last_of: dict[str, Entry] = {}
    for here in entries:
        told = getattr(here, attribute)
        others = [one for key, one in last_of.items() if key != told]
        if others:
            yield max(others), here
        last_of[told] = here


def _when(one: Conflict) -> tuple[datetime, str, str]:
    return one.second.at, one.kind, one.who
