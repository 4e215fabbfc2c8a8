"""Initials of the pinyin of a name (拼音首字母), as people type them: 青石岭煤矿 is qslmk.

Of a character with two readings both are kept where names of places and mines have both, so
cxmk and zxmk find 长兴煤矿 alike; nobody has to know which reading the register took.
"""

import os
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

VARIANTS_MAX = 8  # readings of one name that are kept
REACH = 6  # characters on each side that another reading is kept with in a longer text
# The dictionary's first reading is the usual one; these are said in a second way in names too.
_PAIRS = (
    "长zc 重zc 乐ly 行xh 解jx 单ds 曾zc 查zc 朝cz 藏cz 堡bp 圈qj 尉wy 蔚wy 浍hk 种zc 卡kq 泊bp 降jx"
    " 调dt 会hk 校xj 弹dt 车cj 盛sc 仇cq 覃qt 翟zd 折zs 召zs 厦xs 阿ae 洞dt 莘sx 宿sx 垌dt 参cs"
    " 传cz 巷xh"
)
ALSO = {pair[0]: pair[1:] for pair in _PAIRS.split()}


def initials_of(name: str) -> str:
    """Every reading of a name, with a blank between; empty when it holds nothing to type."""
    letters = [_letters(mark) for word in _words(name) for mark in word]
    readings = product(*letters) if letters else ()
    return " ".join("".join(one) for one in islice(readings, VARIANTS_MAX))


def initials_within(text: str) -> str:
    """The words of a text by initials, and around a character with another reading once more.

    A word without Chinese characters is left out: it is searched as it stands.
    """
    found: dict[str, None] = {}
    for word in _words(text):
        if word.isascii():
            continue
        letters = [_letters(mark) for mark in word]
        usual = "".join(mark[0] for mark in letters)
        found[usual] = None
        for place, known in enumerate(letters):
            for other in known[1:]:
                said = f"{usual[:place]}{other}{usual[place + 1 :]}"
                found[said[max(0, place - REACH) : place + REACH + 1]] = None
    return " ".join(found)


def _words(text: str) -> Iterator[str]:
    """Runs of characters that have a letter: Chinese ones, Latin letters and digits."""
    wide = unicodedata.normalize("NFKC", text).lower()
    return iter("".join(mark if _letters(mark) else " " for mark in wide).split())


@lru_cache(maxsize=8192)
def _letters(mark: str) -> str:
    """Initials of one character, the usual first; empty for what nobody types."""
    if mark.isascii():
        return mark if mark.isalnum() else ""
    if mark in ALSO:
        return ALSO[mark]
    usual = _readings().get(ord(mark), "").partition(",")[0]
    first = unicodedata.normalize("NFD", usual)[:1]
    return first if first.isascii() else ""


@lru_cache(maxsize=1)
def _readings() -> dict[int, str]:
    """Readings by character; without the phrases, which take 40 MB in every process."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415 - read when it is first needed

    known: dict[int, str] = PINYIN_DICT
    return known
