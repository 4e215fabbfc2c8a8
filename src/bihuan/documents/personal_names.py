"""Finds names and forms of address by weighing each reading of a sentence against the others."""

import re
from collections.abc import Collection, Iterator
from itertools import chain
from typing import NamedTuple

from bihuan.documents.folded_text import Folded
from bihuan.documents.name_context import (
    AFTER_NAME,
    DISTRICT_LAST,
    LONG_TITLE,
    MASKED,
    NOT_GIVEN,
    PLACE_AFTER,
    PLACE_LAST,
    PLACE_MIDDLE,
    PLACE_SOON,
    SELDOM_SURNAMES,
    STRONG_CUE,
    TITLE,
    WEAK_CUE,
)
from bihuan.documents.name_words import name_words
from bihuan.documents.personal_labelled_names import find_labelled_names
from bihuan.documents.personal_marks import Found, Kind

HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
LIST = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4}(?:[、,]\s?[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff]))+"
)
UNKNOWN_CHARACTER = 32
RARE_GIVEN = 24
NAME_COST = 12
SINGLE_GIVEN_COST = 5
ADDRESS_COST = 15
SHORT_TITLE_COST = 7
RARE_SURNAME = 9
SELDOM_COST = 10
SPLIT_WORD_COST = 12
WHOLE_RUN_GAIN = 8
STRONG_GAIN = 17
WEAK_GAIN = 4
AFTER_GAIN = 4
TITLE_GAIN = 8
LONGEST_WORD = 4


class Token(NamedTuple):
    """One way to read the characters from a place on."""

    cost: int
    length: int
    kind: Kind | None = None


class Evidence(NamedTuple):
    """Where names are likely to start and to end."""

    strong: set[int]
    weak: set[int]
    after: set[int]


def find_names(folded: Folded) -> Iterator[Found]:
    """Yield names and forms of address, then every other place where those names stand."""
    text = folded.text
    evidence = Evidence(
        {match.end() for match in STRONG_CUE.finditer(text)},
        {match.end() for match in WEAK_CUE.finditer(text)},
        {match.start() for match in AFTER_NAME.finditer(text)} | {len(text)},
    )
    read: set[str] = set()
    for found in chain(_read_all(text, evidence=evidence), find_labelled_names(text)):
        if found.kind is Kind.NAME:
            read.add(text[found.start : found.end])
        yield found
    for found in _listed_beside(text, names=read):
        read.add(text[found.start : found.end])
        yield found
    common = name_words().common
    yield from occurrences(text, names={name for name in read if name not in common})


def _listed_beside(text: str, *, names: Collection[str]) -> Iterator[Found]:
    """Yield 白雪 in 王强、白雪、李明: who stands in a list of persons is a person."""
    for row in LIST.finditer(text):
        items = list(HAN_RUN.finditer(row[0]))
        known = sum(item[0] in names for item in items)
        if not known:
            continue
        for item in items:
            given = item[0][1:]
            if item[0] in name_words().common and known * 2 < len(items):
                continue
            if item[0][0] in name_words().surnames and not NOT_GIVEN.intersection(given):
                start, end = row.start() + item.start(), row.start() + item.end()
                if len(item[0]) < 4 and not _is_no_person(text, place=start, given=given, stop=end):
                    yield Found(start, end, Kind.NAME)


def occurrences(text: str, *, names: Collection[str]) -> Iterator[Found]:
    """Yield every place of every name; one pass, however many names there are."""
    by_head: dict[str, list[str]] = {}
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        by_head.setdefault(name[:2], []).append(name)
    if not by_head:
        return
    for place in range(len(text) - 1):
        for name in by_head.get(text[place : place + 2], ()):
            if text.startswith(name, place) and not PLACE_AFTER.match(text, place + len(name)):
                yield Found(place, place + len(name), Kind.NAME)
                break


def _read_all(text: str, *, evidence: Evidence) -> Iterator[Found]:
    """Read every run once: a form repeats its clauses, and equal neighbours read equally."""
    readings: dict[tuple[str, str, str, bool, bool], list[Found]] = {}
    for run in HAN_RUN.finditer(text):
        start, end = run.span()
        neighbours = text[max(0, start - 1) : start], text[end : end + 1]
        key = (run[0], *neighbours, start in evidence.strong, start in evidence.weak)
        reading = readings.get(key)
        if reading is None:
            reading = [
                Found(found.start - start, found.end - start, found.kind)
                for found in _read(text, start=start, end=end, evidence=evidence)
            ]
            readings[key] = reading
        for found in reading:
            yield Found(found.start + start, found.end + start, found.kind)


def _read(text: str, *, start: int, end: int, evidence: Evidence) -> Iterator[Found]:
    """Choose the cheapest reading of one run of characters, from its end to its start."""
    size = end - start
    costs = [0] * (size + 1)
    choices: list[Token] = [Token(0, 1)] * size
    for place in range(size - 1, -1, -1):
        best = 1 << 30
        for token in _tokens(text, place=start + place, end=end, evidence=evidence):
            cost = token.cost + costs[place + token.length]
            if cost < best:
                best, choices[place] = cost, token
        costs[place] = best
    place = 0
    while place < size:
        token = choices[place]
        if token.kind:
            yield Found(start + place, start + place + token.length, token.kind)
        place += token.length


def _tokens(text: str, *, place: int, end: int, evidence: Evidence) -> list[Token]:
    common, surnames = name_words().common, name_words().surnames
    tokens = [Token(common.get(text[place], UNKNOWN_CHARACTER), 1)]
    for length in range(2, min(LONGEST_WORD, end - place) + 1):
        cost = common.get(text[place : place + length])
        if cost is not None:
            tokens.append(Token(cost, length))
    if place + 1 < end:
        for size in (1, 2):
            cost = surnames.get(text[place : place + size])
            if cost is not None:
                tokens += _people(
                    text, place=place, size=size, cost=cost, end=end, evidence=evidence
                )
        if text[place] in "老小":
            tokens += _familiar(text, place=place, end=end)
    return tokens


def _people(
    text: str, *, place: int, size: int, cost: int, end: int, evidence: Evidence
) -> Iterator[Token]:
    """Yield the names and the surname with title that may start here."""
    given_start = place + size
    seldom = text[place] in SELDOM_SURNAMES
    title = TITLE.match(text, given_start, end)
    if title:
        stated = cost + _title_cost(text, place=place, title=title[0], rare=cost > RARE_SURNAME)
        expected = place in evidence.strong or place in evidence.weak
        yield Token(stated - 2 * expected, title.end() - place, Kind.ADDRESS_FORM)
    for stop in range(given_start + 1, min(given_start + 2, end) + 1):
        given = text[given_start:stop]
        if not _is_no_person(text, place=place, given=given, stop=stop):
            total = NAME_COST + cost + _given_cost(given) + SELDOM_COST * seldom
            gain = _gain(text, place, stop, evidence)
            yield Token(max(total - gain, 1), stop - place, Kind.NAME)


def _title_cost(text: str, *, place: int, title: str, rare: bool) -> int:
    total = ADDRESS_COST + (SHORT_TITLE_COST if len(title) == 1 else 0)
    if rare and title in "矿站处所":
        total += SPLIT_WORD_COST
    if text[place - 1 : place + 1] in name_words().common:
        total += SPLIT_WORD_COST
    return total + (2 * SPLIT_WORD_COST if text[place] in SELDOM_SURNAMES else 0)


def _given_cost(given: str) -> int:
    costs = name_words().given
    total = sum(costs.get(character, RARE_GIVEN) for character in given)
    return total + (SINGLE_GIVEN_COST if len(given) == 1 else 0)


def _gain(text: str, place: int, stop: int, evidence: Evidence) -> int:
    gain = AFTER_GAIN if stop in evidence.after else 0
    if not (_is_han(text[place - 1 : place]) or _is_han(text[stop : stop + 1])):
        gain += 0 if text[place + 1 : stop] in name_words().common else WHOLE_RUN_GAIN
    if LONG_TITLE.match(text, stop):
        gain = TITLE_GAIN
    if place in evidence.strong:
        return gain + STRONG_GAIN
    return gain + (WEAK_GAIN if place in evidence.weak else 0)


def _is_han(character: str) -> bool:
    return HAN_RUN.fullmatch(character) is not None


def _is_no_person(text: str, *, place: int, given: str, stop: int) -> bool:
    """Say whether the words belong to a place or firm, are masked, or hold a particle."""
    if any(character in NOT_GIVEN or character in MASKED for character in given):
        return True
    if text[stop : stop + 1] in MASKED and text[stop : stop + 1]:
        return True
    if given[0] == "家" or given[-1] in DISTRICT_LAST or PLACE_AFTER.match(text, stop):
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
    yield Token(surname + 18, 2 + tail, Kind.ADDRESS_FORM)
