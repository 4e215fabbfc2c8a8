"""Finds the other places of names that were read once, whole or as a given name alone."""

import re
from collections.abc import Collection, Iterable, Iterator

from bihuan.documents.name_context import LONG_TITLE, NOT_GIVEN, PLACE_AFTER
from bihuan.documents.name_words import name_words
from bihuan.documents.personal_marks import Found, Kind

HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
LIST = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4}(?:[、,]\s?[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff]))+"
)


def listed_beside(text: str, *, names: Collection[str]) -> Iterator[Found]:
    """Yield 白雪 in 王强、白雪、李明: who stands in a list of persons is a person."""
    for row in LIST.finditer(text):
        items = list(HAN_RUN.finditer(row[0]))
        known = sum(item[0] in names for item in items)
        for item in items if known else ():
            if item[0] in name_words().common and known * 2 < len(items):
                continue
            if len(item[0]) < 4 and _may_be_whole_name(item[0]):
                start, end = row.start() + item.start(), row.start() + item.end()
                if not PLACE_AFTER.match(text, end):
                    yield Found(start, end, Kind.NAME)


def _may_be_whole_name(words: str) -> bool:
    if LONG_TITLE.fullmatch(words):
        return False
    return words[0] in name_words().surnames and not NOT_GIVEN.intersection(words[1:])


def occurrences(text: str, *, names: Collection[str]) -> Iterator[Found]:
    """Yield every place of every name; one pass, however many names there are."""
    by_head: dict[str, list[str]] = {}
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        by_head.setdefault(name[:2], []).append(name)
    if not by_head:
        return
    heads = re.compile(f"[{re.escape(''.join({head[0] for head in by_head}))}]")
    for candidate in heads.finditer(text):
        place = candidate.start()
        for name in by_head.get(text[place : place + 2], ()):
            if text.startswith(name, place) and not PLACE_AFTER.match(text, place + len(name)):
                yield Found(place, place + len(name), Kind.NAME)
                break


def names_to_seek(names: Iterable[str]) -> set[str]:
    """Return whole and given names that are not also common words: 石宽民 and 宽民."""
    common, surnames = name_words().common, name_words().surnames
    sought = {name for name in names if common.get(name, 99) > 26}
    for name in names:
        given = name[2:] if name[:2] in surnames and len(name) > 3 else name[1:]
        if len(given) == 2 and given not in common and name[:-2] in surnames:
            sought.add(given)
    return sought
