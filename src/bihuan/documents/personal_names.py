"""Finds names and forms of address by weighing each reading of a sentence against the others."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from bihuan.documents.folded_text import Folded
from bihuan.documents.name_context import (
    BESIDE_ROLES,
    COUNTING,
    DISTRICT_LAST,
    LAST_UNLIKELY,
    LONG_TITLE,
    MASKED,
    MEASURES,
    NOT_FORMS,
    NOT_GIVEN,
    OFFICE_LAST,
    PLACE_AFTER,
    PLACE_LAST,
    PLACE_MIDDLE,
    PLACE_SOON,
    SELDOM_GIVEN,
    SELDOM_SURNAMES,
    TITLE,
    TITLE_HEADS,
    VERBS,
)
from bihuan.documents.name_repeats import listed_beside, names_to_seek, occurrences
from bihuan.documents.name_slots import (
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
UNKNOWN_CHARACTER = 32
RARE_GIVEN = 20
NAME_COST = -2
UNTOLD_COST = 5
UNTOLD_WORD_COST = 9
BESIDE_ROLES_COST = 16
TORN_WORD_COST = 5
GIVEN_ALONE_COST = 20
GIVEN_ALONE_MAX = 28
SINGLE_GIVEN_COST = 6
SELDOM_GIVEN_COST = 5
ADDRESS_COST = 15
SHORT_TITLE_COST = 5
RARE_SURNAME = 9
EXPECTED_SURNAME = 20
SELDOM_COST = 10
SPLIT_WORD_COST = 12
WHOLE_RUN_GAIN = 8
WORD_LOSS = 4
TITLE_GAIN = 8
FORM_GAIN_MAX = 10
LONGEST_WORD = 4
NEIGHBOUR_ROUNDS = 3
WORD_CLASS_COSTS = dict.fromkeys("dmcprqu", 10) | {"v": 5, "vn": 6}
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
        stated = cost + _title_cost(
            text, place=place, title=title[0], rare=cost > RARE_SURNAME and not before
        )
        gain = min(before, FORM_GAIN_MAX) + min(slots.gain_after(title.end()), TITLE_GAIN)
        yield Token(max(stated - gain, 1), title.end() - place, PERSON, Kind.ADDRESS_FORM)
    if cost > EXPECTED_SURNAME and not before:
        return
    base = NAME_COST + cost + _surname_cost(text, place=place, given_start=given_start, told=before)
    for stop in range(given_start + 1, min(given_start + 2, end) + 1):
        given = text[given_start:stop]
        if title and stop == title.end() and (len(given) == 2 or before < LABEL_GAIN):
            continue
        if before < MEMBER_GAIN and not VERBS.isdisjoint(given):
            continue
        if not _is_no_person(text, place=place, given=given, stop=stop):
            total = base + _given_cost(given) + _reading_cost(text, place, stop, before)
            gain = _gain(text, place, stop, slots)
            yield Token(max(total - gain, 1), stop - place, PERSON, Kind.NAME)


def _surname_cost(text: str, *, place: int, given_start: int, told: int) -> int:
    """Return what is lost by a surname that is oftener a conjunction, a verb or a measure."""
    total = 0
    if text[place] in SELDOM_SURNAMES:
        other = name_words().surnames.get(text[given_start], UNKNOWN_CHARACTER)
        if text[place] in "和由从" and other <= EXPECTED_SURNAME and told < LABEL_GAIN:
            total = 4 * SELDOM_COST
        elif told < LISTED_GAIN:
            total = SELDOM_COST
    if text[place] in MEASURES and place and text[place - 1] in COUNTING:
        total += SPLIT_WORD_COST
    return total


def _reading_cost(text: str, place: int, stop: int, told: int) -> int:
    """Return what is lost when the characters make good words of their own."""
    words = text[place:stop]
    total = _word_cost(words)
    if told < MEMBER_GAIN and words in name_words().common:
        total += UNTOLD_WORD_COST
    if told < FIRM_GAIN:
        total += UNTOLD_COST + _torn_word_cost(text, place=place, stop=stop)
    return total


def _torn_word_cost(text: str, *, place: int, stop: int) -> int:
    """Return what is lost when the name begins or ends in the middle of a common word."""
    common = name_words().common
    edges = (text[place - 1 : place + 1], text[stop - 1 : stop + 1])
    return sum(TORN_WORD_COST for word in edges if len(word) == 2 and word in common)


def _word_cost(words: str) -> int:
    """Return what is lost when the words are an adverb or a number, which fit beside roles."""
    if words in BESIDE_ROLES:
        return BESIDE_ROLES_COST
    word_class = name_words().classes.get(words)
    return WORD_CLASS_COSTS.get(word_class, 0) if word_class else 0


def _given_alone(text: str, *, place: int, end: int, slots: Slots) -> Iterator[Token]:
    """Yield 建国 in 我娃建国, whose surname is known without being said."""
    stop = place + 2
    given = text[place:stop]
    if (
        stop > end
        or given[0] in "老小大阿仨俩"
        or _given_cost(given) > GIVEN_ALONE_MAX
        or not slots.gain_after(stop)
    ):
        return
    if not _is_no_person(text, place=place, given=given, stop=stop):
        total = (
            GIVEN_ALONE_COST + _given_cost(given) + _word_cost(given) - slots.gain(place, end=stop)
        )
        yield Token(max(total, 1), 2, PERSON, Kind.NAME)


def _title_cost(text: str, *, place: int, title: str, rare: bool) -> int:
    total = SPLIT_WORD_COST * (text[place : place + 2] in NOT_FORMS)
    total += ADDRESS_COST + (SHORT_TITLE_COST if len(title) == 1 else 0)
    if rare and title in "矿站处所":
        total += SPLIT_WORD_COST
    if text[place - 1 : place + 1] in name_words().common:
        total += SPLIT_WORD_COST
    seldom = text[place] in SELDOM_SURNAMES and title[-1] in OFFICE_LAST
    return total + (2 * SPLIT_WORD_COST if seldom else 0)


@lru_cache(maxsize=65536)
def _given_cost(given: str) -> int:
    costs = name_words().given
    total = sum(costs.get(character, RARE_GIVEN) for character in given)
    total += sum(SELDOM_GIVEN_COST for character in given if character in SELDOM_GIVEN)
    total += 2 * SELDOM_GIVEN_COST * (given[1:] in LAST_UNLIKELY)
    return total + (SINGLE_GIVEN_COST if len(given) == 1 else 0)


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


def _is_no_person(text: str, *, place: int, given: str, stop: int) -> bool:
    """Say whether the words belong to a place or firm, are masked, or hold a particle."""
    if given[-1] in COUNTING and text[stop : stop + 1] in set("人名个位"):
        return True
    if not (NOT_GIVEN.isdisjoint(given) and MASKED.isdisjoint(given)):
        return True
    if text[stop : stop + 1] in MASKED and text[stop : stop + 1]:
        return True
    if (
        given == "家"
        or (given[0] == "家" and given[-1] in PLACE_MIDDLE)
        or given[-1] in DISTRICT_LAST
        or PLACE_AFTER.match(text, stop)
    ):
        return True
    if (given[-1] in PLACE_MIDDLE or text[stop : stop + 1] in PLACE_MIDDLE) and PLACE_SOON.match(
        text, stop
    ):
        return True
    return given[-1] in PLACE_LAST and (len(given) == 1 or text[place - 1 : place] in "在到去从")


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
