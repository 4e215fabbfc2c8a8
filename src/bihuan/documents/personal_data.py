"""Finds personal data in free Chinese text, so that it is removed before anything is published."""

from collections.abc import Collection, Iterable, Iterator

from bihuan.documents.folded_text import Folded, fold
from bihuan.documents.name_repeats import occurrences
from bihuan.documents.personal_accounts import find_accounts, find_homes
from bihuan.documents.personal_marks import Found, Kind, Mark
from bihuan.documents.personal_names import find_names
from bihuan.documents.personal_numbers import find_numbers

__all__ = ["Kind", "Mark", "find_personal_data", "redact", "summary_findings"]

BLOCK = "█"
PUBLIC_NUMBERS = frozenset({"12350", "119", "110", "120", "122", "12345", "12388", "12333"})
# A hotline of five digits with a gap between any two of them.
PUBLIC_NUMBER_MAX = 9
# A number is the same number under two readings: the stricter reading names it.
PRECEDENCE = (
    Kind.EMAIL,
    Kind.ID,
    Kind.PHONE,
    Kind.BANK,
    Kind.PLATE,
    Kind.CHAT,
    Kind.HOME,
    Kind.NAME,
    Kind.ADDRESS_FORM,
)
RANK = {kind: rank for rank, kind in enumerate(PRECEDENCE)}


def find_personal_data(
    text: str, *, known_names: Collection[str] = (), allowed: Collection[str] = ()
) -> list[Mark]:
    """Return marks in text order that do not overlap.

    `known_names` are marked wherever they stand; a finding whose words are in `allowed` (a public
    office number, a published signatory) is left out. Time is linear in the length of `text`.
    """
    folded = fold(text)
    permitted = frozenset(_key(words) for words in allowed)
    findings = [
        found
        for found in _all_findings(folded, known_names=known_names)
        if not _is_allowed(folded, found=found, permitted=permitted)
    ]
    kept = _without_overlaps(folded, findings)
    return list(_marks(folded, text=text, kept=kept))


def redact(text: str, marks: Iterable[Mark]) -> str:
    """Replace each mark by blocks that tell nothing of its length."""
    pieces: list[str] = []
    place = 0
    for mark in sorted(marks, key=_start):
        if mark.start < place:
            continue
        pieces += [text[place : mark.start], BLOCK * (2 if _is_short(mark.kind) else 3)]
        place = mark.end
    return "".join([*pieces, text[place:]])


def summary_findings(marks: Iterable[Mark]) -> str:
    """Return the sentence that tells a clerk what to remove, or an empty one."""
    places: dict[Kind, list[int]] = {}
    for mark in sorted(marks, key=_start):
        places.setdefault(mark.kind, []).append(mark.start + 1)
    if not places:
        return ""
    clauses = [
        f"第 {'、'.join(map(str, starts))} 字起像是{kind.value}" for kind, starts in places.items()
    ]
    return "；".join(clauses) + "，请删去或改写。"


def _all_findings(folded: Folded, *, known_names: Collection[str]) -> Iterator[Found]:
    yield from find_accounts(folded)
    yield from find_numbers(folded)
    yield from find_homes(folded)
    folded_names = {fold(name).text for name in known_names}
    yield from occurrences(folded.text, names=folded_names)
    yield from find_names(folded)


def _is_allowed(folded: Folded, *, found: Found, permitted: frozenset[str]) -> bool:
    may_be_public = found.kind is Kind.PHONE and found.end - found.start <= PUBLIC_NUMBER_MAX
    if not (may_be_public or permitted):
        return False
    key = _key(folded.text[found.start : found.end])
    return key in permitted or (found.kind is Kind.PHONE and key in PUBLIC_NUMBERS)


def _without_overlaps(folded: Folded, findings: Iterable[Found]) -> list[Found]:
    taken = bytearray(len(folded.text))
    kept: list[Found] = []
    for found in sorted(findings, key=_strength):
        for start, end in _free_stretches(taken, found=found):
            taken[start:end] = b"\x01" * (end - start)
            kept.append(Found(start, end, found.kind))
    return sorted(kept, key=_place)


def _free_stretches(taken: bytearray, *, found: Found) -> Iterator[tuple[int, int]]:
    """Yield what stronger findings leave; half a name says nothing and is dropped."""
    if taken.find(1, found.start, found.end) < 0:
        if found.end > found.start:
            yield found.start, found.end
    elif found.kind is Kind.HOME:
        place = found.start
        while place < found.end:
            occupied = taken.find(1, place, found.end)
            stop = found.end if occupied < 0 else occupied
            if stop > place:
                yield place, stop
            place = stop + 1


def _marks(folded: Folded, *, text: str, kept: Iterable[Found]) -> Iterator[Mark]:
    """Map back; two findings may share one original character such as ㏾, the first keeps it."""
    place = 0
    for found in kept:
        start, end = folded.original_span(found.start, end=found.end)
        start = max(start, place)
        if start < end:
            yield Mark(start, end, found.kind, text[start:end])
            place = end


def _strength(found: Found) -> tuple[int, int, int, int]:
    """Rank names and forms of address alike: the longer one says more."""
    rank = RANK[found.kind]
    return min(rank, RANK[Kind.NAME]), found.start, -found.end, rank


def _place(found: Found) -> int:
    return found.start


def _start(mark: Mark) -> int:
    return mark.start


def _is_short(kind: Kind) -> bool:
    return kind in {Kind.NAME, Kind.ADDRESS_FORM}


def _key(words: str) -> str:
    return "".join(character for character in fold(words).text if character.isalnum())
