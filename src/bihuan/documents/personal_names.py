"""Finds names and forms of address by weighing each reading of a sentence against the others."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from bihuan.documents.folded_text import Folded
from bihuan.documents.name_context import (
    LONG_TITLE,
    PLACE_SOON,
    TITLE,
    TITLE_HEADS,
    VERBS,
)
from bihuan.documents.name_costs import (
    EXPECTED_SURNAME,
    RARE_SURNAME,
    UNKNOWN_CHARACTER,
    given_cost,
    is_no_person,
    is_oftener_a_word,
    reading_cost,
    surname_cost,
    title_cost,
    word_cost,
)
from bihuan.documents.name_repeats import listed_beside, names_to_seek, occurrences
from bihuan.documents.name_slots import (
    COUNTED_AFTER_GAIN,
    FIRM_GAIN,
    LABEL_GAIN,
    LISTED_GAIN,
    MEMBER_GAIN,
    OPENING_GAIN,
    Slots,
    find_slots,
    with_neighbours,
)
from bihuan.documents.name_words import name_words, word_bonds
from bihuan.documents.personal_labelled_names import find_labelled_names
from bihuan.documents.personal_marks import Found, Kind
from bihuan.documents.personal_nicknames import find_nicknames

HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
NAME_COST = -2
GIVEN_ALONE_COST = 20
GIVEN_ALONE_MAX = 28
WHOLE_RUN_GAIN = 8
WORD_LOSS = 4
TITLE_GAIN = 8
FORM_GAIN_MAX = 10
LONGEST_WORD = 4
NEIGHBOUR_ROUNDS = 3
# The class of persons in word_bonds.txt.
PERSON = "nr"


class Token(NamedTuple):
    """One way to read the characters from a place on."""

    cost: int
    length: int
    word_class: str
    kind: Kind | None = None


class Step(NamedTuple):
    """A token with the cheapest reading of all that follows it."""

    cost: int
    word_class: str
    length: int
    kind: Kind | None
    following: "Step | None"


def find_names(folded: Folded) -> Iterator[Found]:
    """Yield names and forms of address, then every other place where those names stand."""
    text = folded.text
    slots = find_slots(text)
    readings = dict(_read_all(text, slots=slots))
    fresh = readings
    for _round in range(NEIGHBOUR_ROUNDS):
        people = [(found.start, found.end) for found in chain.from_iterable(fresh.values())]
        changed = with_neighbours(text, slots=slots, people=people)
        if not changed:
            break
        fresh = dict(_read_all(text, slots=slots, only=changed))
        readings |= fresh
    read: set[str] = set()
    whole = chain.from_iterable(readings.values())
    for found in chain(whole, find_labelled_names(text), find_nicknames(text)):
        if found.kind is Kind.NAME:
            read.add(text[found.start : found.end])
        yield found
    for found in listed_beside(text, names=read):
        read.add(text[found.start : found.end])
        yield found
    yield from occurrences(text, names=names_to_seek(read))


def _read_all(
    text: str, *, slots: Slots, only: set[int] | None = None
) -> Iterator[tuple[int, list[Found]]]:
    """Yield the start and reading of each run, or of those that hold a place of `only`.

    A form repeats its clauses, and equal neighbours read equally.
    """
    readings: dict[tuple[object, ...], list[Found]] = {}
    for run in HAN_RUN.finditer(text):
        start, end = run.span()
        if text[start - 1 : start] != "、":
            gain = FIRM_GAIN if text[start - 1 : start] == ";" else OPENING_GAIN
            slots.before.setdefault(start, gain)
        inside: list[int] = []
        if only is not None:
            inside = [place - start for place in range(start - 1, end + 1) if place in only]
            if not inside:
                continue
        neighbours = text[max(0, start - 1) : start], text[end : end + 1]
        edges = slots.before.get(start), slots.gain_after(end)
        key = (run[0], *neighbours, *edges, *inside)
        reading = readings.get(key)
        if reading is None:
            reading = [
                Found(found.start - start, found.end - start, found.kind)
                for found in _read(text, start=start, end=end, slots=slots)
            ]
            readings[key] = reading
        if reading or only:
            yield (
                start,
                [Found(found.start + start, found.end + start, found.kind) for found in reading],
            )


def _read(text: str, *, start: int, end: int, slots: Slots) -> Iterator[Found]:
    """Choose the cheapest reading of one run of characters, from its end to its start."""
    size = end - start
    bonds = word_bonds()
    steps: list[list[Step]] = [[] for _place in range(size)]
    steps.append([Step(0, "$", 1, None, None)])
    for place in range(size - 1, -1, -1):
        tokens = _tokens(text, place=start + place, end=end, slots=slots)
        best: dict[str, Step] = {}
        for token_cost, length, word_class, kind in tokens:
            following = steps[place + length]
            row = bonds[word_class]
            step = following[0]
            cost = step.cost + row[step.word_class]
            for other in following[1:]:
                other_cost = other.cost + row[other.word_class]
                if other_cost < cost:
                    cost, step = other_cost, other
            cost += token_cost
            if word_class not in best or cost < best[word_class].cost:
                best[word_class] = Step(cost, word_class, length, kind, step)
        steps[place] = list(best.values())
    yield from _chosen(steps[0], start=start)


def _chosen(openings: list[Step], *, start: int) -> Iterator[Found]:
    """Follow the cheapest reading and yield its persons."""
    row = word_bonds()["^"]
    step: Step | None = None
    lowest = 1 << 30
    for opening in openings:
        if opening.cost + row[opening.word_class] < lowest:
            lowest, step = opening.cost + row[opening.word_class], opening
    place = start
    while step is not None:
        if step.kind:
            yield Found(place, place + step.length, step.kind)
        place += step.length
        step = step.following


def _tokens(text: str, *, place: int, end: int, slots: Slots) -> list[Token]:
    surnames = name_words().surnames
    tokens = list(_words(text[place : min(place + LONGEST_WORD, end)]))
    if place + 1 < end:
        for size in (1, 2):
            cost = surnames.get(text[place : place + size])
            if cost is not None:
                tokens += _people(text, place=place, size=size, cost=cost, end=end, slots=slots)
        if text[place] in "老小":
            tokens += _familiar(text, place=place, end=end)
        if slots.before.get(place, 0) >= MEMBER_GAIN:
            tokens += _given_alone(text, place=place, end=end, slots=slots)
    return tokens


@lru_cache(maxsize=65536)
def _words(ahead: str) -> tuple[Token, ...]:
    """Return the common words that the characters begin with; one alone is always a word."""
    words = name_words()
    tokens = [Token(words.common.get(ahead[0], UNKNOWN_CHARACTER), 1, _class_of(ahead[0]))]
    for length in range(2, len(ahead) + 1):
        cost = words.common.get(ahead[:length])
        if cost is not None:
            tokens.append(Token(cost, length, _class_of(ahead[:length])))
    return tuple(tokens)


def _class_of(word: str) -> str:
    return name_words().classes.get(word, "n")


def _people(
    text: str, *, place: int, size: int, cost: int, end: int, slots: Slots
) -> Iterator[Token]:
    """Yield the names and the surname with title that may start here."""
    given_start = place + size
    before = slots.before.get(place, 0)
    titled = text[given_start : given_start + 1] in TITLE_HEADS
    title = TITLE.match(text, given_start, end) if titled else None
    if title:
        stated = cost + title_cost(
            text, place=place, title=title[0], rare=cost > RARE_SURNAME and not before
        )
        gain = min(before, FORM_GAIN_MAX) + min(slots.gain_after(title.end()), TITLE_GAIN)
        yield Token(max(stated - gain, 1), title.end() - place, PERSON, Kind.ADDRESS_FORM)
    if cost > EXPECTED_SURNAME and not before and is_oftener_a_word(text[place], cost=cost):
        return
    base = NAME_COST + cost + surname_cost(text, place=place, given_start=given_start, told=before)
    for stop in range(given_start + 1, min(given_start + 2, end) + 1):
        given = text[given_start:stop]
        if title and stop == title.end() and (len(given) == 2 or before < LABEL_GAIN):
            continue
        told = before >= MEMBER_GAIN or slots.gain_after(stop) >= COUNTED_AFTER_GAIN
        if not told and not VERBS.isdisjoint(given):
            continue
        if not is_no_person(text, place=place, given=given, stop=stop):
            total = (
                base
                + given_cost(given)
                + reading_cost(text, place, stop, before, slots.gain_after(stop))
            )
            gain = _gain(text, place, stop, slots)
            yield Token(max(total - gain, 1), stop - place, PERSON, Kind.NAME)


def _given_alone(text: str, *, place: int, end: int, slots: Slots) -> Iterator[Token]:
    """Yield 建国 in 我娃建国, whose surname is known without being said."""
    stop = place + 2
    given = text[place:stop]
    if (
        stop > end
        or given[0] in "老小大阿仨俩"
        or given_cost(given) > GIVEN_ALONE_MAX
        or not slots.gain_after(stop)
    ):
        return
    if not is_no_person(text, place=place, given=given, stop=stop):
        total = (
            GIVEN_ALONE_COST + given_cost(given) + word_cost(given) - slots.gain(place, end=stop)
        )
        yield Token(max(total, 1), 2, PERSON, Kind.NAME)


def _gain(text: str, place: int, stop: int, slots: Slots) -> int:
    gain = slots.gain(place, end=stop)
    if not (_is_han(text[place - 1 : place]) or _is_han(text[stop : stop + 1])):
        told = slots.before.get(place, 0) >= LISTED_GAIN
        if told or text[place + 1 : stop] not in name_words().common:
            gain += WHOLE_RUN_GAIN
    if text[stop : stop + 1] in ",。" and text[place:stop] in name_words().common:
        gain -= WORD_LOSS
    titled = text[stop : stop + 1] in TITLE_HEADS and LONG_TITLE.match(text, stop)
    return gain + (TITLE_GAIN if titled else 0)


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _familiar(text: str, *, place: int, end: int) -> Iterator[Token]:
    """Yield 老王 and 小李."""
    surname = name_words().surnames.get(text[place + 1])
    stop = place + 2
    if surname is None or surname > 15 or PLACE_SOON.match(text, stop, end):
        return
    if stop < end and text[stop] in "家庄村沟镇":
        return
    tail = 1 if text[stop : stop + 1] in {"头", "哥", "姐", "叔"} else 0
    yield Token(surname + 18, 2 + tail, PERSON, Kind.ADDRESS_FORM)
