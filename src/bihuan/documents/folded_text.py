"""One copy of a text without disguises, with the way back to every original position."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

TRADITIONAL = str.maketrans(
    "張劉陳楊黃趙吳孫馬蘇許鄭謝馮鄧葉呂盧鍾鐘陸範賈韋鄒閻龍賀顧龔萬錢嚴電話機號碼礦長隊證車師傅"
    "應說經級門問關開單個為無聯繫舉報銀賬貳參陸幾兩華國偉強軍麗紅蘭貴財寶鐵鋼銅東學書記會們樓組",
    "张刘陈杨黄赵吴孙马苏许郑谢冯邓叶吕卢钟钟陆范贾韦邹阎龙贺顾龚万钱严电话机号码矿长队证车师傅"
    "应说经级门问关开单个为无联系举报银账贰叁陆几两华国伟强军丽红兰贵财宝铁钢铜东学书记会们楼组",
)
NUMERALS = str.maketrans(
    "〇零○◯一二三四五六七八九壹贰叁肆伍陆柒捌玖弌弍弎幺两",
    "000012345678912345678912312",
)
DISGUISED = str.maketrans("oOlI|洞拐勾钩么吆腰妖", "0011107991111")
DISGUISED_RUN = re.compile(r"(?<![A-Za-z])[0-9oOlI|洞拐勾钩么吆腰妖]{4,}(?![A-Za-z])")
PLAIN = re.compile(r"[一-龥0-9A-Za-z\n。、]")
STRETCH = re.compile(r"[一-龥0-9A-Za-z\n。、]+|.", re.DOTALL)
COUNTED_PLACES = re.compile(r"(?<!\d)\d{1,3}(?=位|个数字)")


@dataclass(frozen=True)
class Folded:
    """A text as the finders read it.

    `text` holds half-width, simplified characters without invisible ones; `digits` has the same
    length and shows Chinese and disguised numerals as 0-9; `starts` and `ends` give, for each
    folded character, its place in the original.
    """

    text: str
    digits: str
    starts: list[int]
    ends: list[int]

    def original_span(self, start: int, *, end: int) -> tuple[int, int]:
        """Return the stretch of the original text behind `start:end`, which is not empty."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Return the folded copy; linear in the length of `text`."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for stretch in STRETCH.finditer(text):
        first, last = stretch.span()
        if last - first > 1 or PLAIN.match(text, first):
            pieces.append(stretch[0])
            starts.extend(range(first, last))
            ends.extend(range(first + 1, last + 1))
            continue
        folded = folded_character(stretch[0])
        if not folded and ends and ends[-1] == first:
            ends[-1] = last
        pieces.append(folded)
        starts.extend([first] * len(folded))
        ends.extend([last] * len(folded))
    plain = "".join(pieces).translate(TRADITIONAL)
    return Folded(plain, digit_view(plain), starts, ends)


@cache
def folded_character(character: str) -> str:
    """Return what a reader sees in one character: "①" is "1", a zero-width space is nothing."""
    if character in "\n\r\t":
        return character
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Mn", "Me", "Cs", "Co", "Cn"}:
        return ""
    if category == "Zs":
        return " "
    value = unicodedata.numeric(character, -1)
    if category in {"Nd", "Nl", "No"} and value in range(10):
        return character if character == "〇" else str(int(value))
    return unicodedata.normalize("NFKC", character)


def digit_view(plain: str) -> str:
    """Show every numeral as 0-9 in a copy of the same length."""
    view = DISGUISED_RUN.sub(_undisguised, plain.translate(NUMERALS))
    return COUNTED_PLACES.sub(_blanked, view)


def _undisguised(match: re.Match[str]) -> str:
    run = match[0]
    plain_digits = sum(character.isdigit() for character in run)
    return run.translate(DISGUISED) if plain_digits * 2 >= len(run) else run


def _blanked(match: re.Match[str]) -> str:
    return "第" * len(match[0])
