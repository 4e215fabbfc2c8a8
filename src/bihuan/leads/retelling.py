"""How alike two tellings of an event are: a score with what they share; pure text, no database."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from bihuan.leads.mining_terms import COMMON, SAME, TELLING, WELL

_DIGITS: Final = {mark: place for place, mark in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "幺": 1,
}
_SCALES: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_NUMERAL: Final = re.compile(f"[{''.join(_DIGITS)}{''.join(_SCALES)}]+")


def numerals(text: str) -> str:
    """Chinese numerals as digits: 三百零二 and 三零二 become 302, 四十 becomes 40."""
    return _NUMERAL.sub(_numeral, text)


def _numeral(match: re.Match[str]) -> str:
    text = match.group()
    if not any(mark in _SCALES for mark in text):
        return "".join(str(_DIGITS[mark]) for mark in text)
    total = section = digit = 0
    for mark in text:
        if mark in _DIGITS:
            digit = _DIGITS[mark]
        elif mark == "万":
            total, section, digit = total + (section + digit or 1) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _SCALES[mark], 0
    return str(total + section + digit)


_DAY: Final = re.compile(
    r"(\d{1,2})月(?:份)?(?:(\d{1,2})[日号]|(最后1天|底|末|下旬|初|上旬|中旬))?"
)
_FACE: Final = re.compile(r"(\d{3,5})(?:号)?(?=[^\d]{0,6}(?:面|巷|顺槽|头))")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_FIRST_TERM: Final = 0xE000  # each group of same words becomes one private character
_GROUPS: Final = tuple(tuple(line.split()) for line in SAME)
_MARKS: Final = {
    numerals(word): chr(_FIRST_TERM + place)
    for place, group in enumerate(_GROUPS)
    for word in group
}
_WORDS: Final = re.compile("|".join(sorted(map(re.escape, _MARKS), key=len, reverse=True)))
_TELLING: Final = re.compile("|".join(TELLING))
_SHIFTS: Final = {_MARKS[word]: word for word in ("夜班", "早班", "中班")}
_NEGATION: Final = _MARKS["没有"]
_LAST_DAYS: Final = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_THIRDS: Final = {"初": "初", "上旬": "初", "中旬": "中", "底": "末", "末": "末", "下旬": "末"}
_STEEPNESS: Final = 9.0  # how fast the score rises around the middle
_MIDDLE: Final = 0.31  # the overlap that reads as 50 %


@dataclass(frozen=True, kw_only=True)
class Score:
    """How alike, 0 to 1, and the features that two tellings share or contradict."""

    value: float
    shared_shift: str = ""
    shared_face: str = ""
    shared_day: str = ""
    other_day: bool = False

    @property
    def percent(self) -> int:
        """The value in whole percent, never rounded up to certainty."""
        return min(99, round(self.value * 100))


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A text with its features, made once."""

    pieces: Mapping[str, int]
    days: frozenset[str]
    shifts: frozenset[str]
    faces: frozenset[str]
    numbers: frozenset[str]
    all_well: int


class Rarity:
    """How much a piece says: rare pieces weigh more, judged by the candidates at hand."""

    def __init__(self, tellings: Iterable[Telling]) -> None:
        self._seen: Counter[str] = Counter()
        self._count = 0
        self._weights: dict[str, float] = {}
        self._totals: dict[int, tuple[Telling, float]] = {}
        for telling in tellings:
            self._count += 1
            self._seen.update(telling.pieces.keys())

    def weight(self, piece: str) -> float:
        """Weight of a piece; a piece in every candidate says little."""
        found = self._weights.get(piece)
        if found is None:
            found = self._weights[piece] = self._weighed(piece)
        return found

    def total(self, telling: Telling) -> float:
        """Weight of all pieces of a telling; one without any weighs 1."""
        known = self._totals.get(id(telling))
        if known is None:  # what is kept holds the telling too, so that its id stays its own
            total = sum(map(self.weight, telling.pieces)) or 1.0
            known = self._totals[id(telling)] = telling, total
        return known[1]

    def _weighed(self, piece: str) -> float:
        rare = math.log(1 + (self._count + 1) / (self._seen[piece] + 0.5))
        if piece == _NEGATION:
            return 0.05 * rare
        if len(piece) == 1 and piece < chr(_FIRST_TERM):
            return (0.03 if piece in COMMON else 0.3) * rare
        if len(piece) == 1:
            return 1.5 * rare
        return (0.25 if set(piece) & COMMON or _NEGATION in piece else 1.0) * rare


@lru_cache(maxsize=4096)
def telling_of(text: str) -> Telling:
    """Read a text: numerals and dates made alike, same words made one, then pieces of it."""
    plain = numerals(unicodedata.normalize("NFKC", text).lower())
    days = frozenset(_days(plain))
    all_well = sum(plain.count(word) for word in WELL)
    plain = _DAY.sub(" ", _TELLING.sub(" ", plain))
    faces = frozenset(_FACE.findall(plain))
    numbers = frozenset(number for number in _NUMBER.findall(plain) if len(number) > 1)
    marked = _WORDS.sub(_mark, plain)
    return Telling(
        pieces=_pieces(marked),
        days=days,
        shifts=frozenset(_SHIFTS[mark] for mark in marked if mark in _SHIFTS),
        faces=faces,
        numbers=numbers,
        all_well=all_well,
    )


def likeness(a: str, b: str, *, rarity: Rarity | None = None) -> Score:
    """Score two tellings; without `rarity` each piece weighs as if only these two were known."""
    first, second = telling_of(a), telling_of(b)
    weigh = rarity or Rarity((first, second))
    overlap = _overlap(first, second, weigh) + _agreement(first, second)
    other_day = _contradicts(first.days, second.days)
    if other_day:
        overlap *= 0.7
    if first.faces and second.faces and not first.faces & second.faces:
        overlap *= 0.6
    overlap *= 0.82 ** min(3, abs(first.all_well - second.all_well))
    return Score(
        value=1 / (1 + math.exp(-_STEEPNESS * (overlap - _MIDDLE))),
        shared_shift=_one(first.shifts & second.shifts),
        shared_face=_one(first.faces & second.faces),
        shared_day=_one({day for day in first.days & second.days if day[-1].isdigit()}),
        other_day=other_day,
    )


def terms_of(text: str) -> list[str]:
    """What to search for: numbers of faces first, then the longest words of the pits in it."""
    plain = unicodedata.normalize("NFKC", text)
    faces = _FACE.findall(numerals(plain.lower()))
    words = sorted(set(_WORDS.findall(plain.lower())), key=_longest)
    return [*dict.fromkeys(faces), *(word for word in words if len(word) > 2)]


def _longest(word: str) -> tuple[int, str]:
    return -len(word), word


def _days(text: str) -> Iterable[str]:
    for month, day, part in _DAY.findall(text):
        number = int(month)
        if not 1 <= number <= 12:
            continue
        if part == "最后1天":
            yield f"{number}-{_LAST_DAYS[number]}"
        elif day:
            yield f"{number}-{int(day)}"
        elif part:
            yield f"{number}-{_THIRDS[part]}"


def _mark(match: re.Match[str]) -> str:
    return _MARKS[match.group()]


def _pieces(text: str) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for run in re.split(r"[^\w\ue000-\uf8ff.%]+", text):
        parts = re.findall(r"\d+(?:\.\d+)?|.", run)
        found.update(part for part in parts)
        found.update(a + b for a, b in pairwise(parts))
    return found


def _overlap(first: Telling, second: Telling, rarity: Rarity) -> float:
    both = first.pieces.keys() & second.pieces.keys()
    shared = sum(map(rarity.weight, both))
    one, other = rarity.total(first), rarity.total(second)
    # A long letter may hold a short note whole, so the shorter text counts too.
    return float(0.4 * shared / math.sqrt(one * other) + 0.6 * shared / min(one, other))


def _agreement(first: Telling, second: Telling) -> float:
    points = 0.06 * len(first.faces & second.faces) + 0.04 * len(first.numbers & second.numbers)
    points += 0.05 * len(first.days & second.days) + 0.02 * len(first.shifts & second.shifts)
    return min(points, 0.15)


def _contradicts(first: frozenset[str], second: frozenset[str]) -> bool:
    exact = (
        {day for day in first if day[-1].isdigit()},
        {day for day in second if day[-1].isdigit()},
    )
    return bool(exact[0]) and bool(exact[1]) and not exact[0] & exact[1]


def _one(found: Iterable[str]) -> str:
    return min(found, default="")
