"""Finds telephone, identity and bank card numbers, however they are written."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from bihuan.documents.folded_text import Folded
from bihuan.documents.personal_marks import Found, Kind

WORDS_BETWEEN = (
    r"(?:然后|接着|接下来|再加上?|加上?|再|后面|中间|前面|最后|随后|之后|开头|打头|结尾|尾号|跟着"
    r"|是|就|又|和"
    r"|第{1,3}位数?|第{1,3}个数字|头|前|后|中|尾|末|的|为|横|杠|空格|个|点|生日|出生日期|数字"
    r"|号码|剩下|尾数|末尾)"
)
GAP = rf"(?:[\s\-.·•,、/()~_—–…。:;*+=|'\"“”]|{WORDS_BETWEEN}){{1,8}}"
RUN = re.compile(rf"\d+(?:{GAP}\d+)*")
PART = re.compile(r"\d+")
TIGHT_GAP = re.compile(r"[ \t\-.·•()—–_]{0,3}")
REPEATED = re.compile(r"(\d)个(\d)")
MOBILE = re.compile(r"(?:0086|86|0)?1[3-9]\d{9}")
JOINED_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2,4}")
LANDLINE = re.compile(r"(?:0086|86)?0(?:10|2\d|[3-9]\d{2})\d{7,8}")
EXTENSION = re.compile(r"\s*(?:转|分机号?|ext\.?|-)\s*\d{1,5}(?!\d)")
CITIZEN = re.compile(r"[1-8]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}")
CITIZEN_17 = re.compile(r"[1-8]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
CITIZEN_OLD = re.compile(r"[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
CHECK_LETTER = re.compile(r"[\s\-.,、]{0,2}(?:[最末]后?一?第?位?是?)?[xX×✕叉](?![A-Za-z0-9])")
PHONE_CUE = re.compile(
    r"电话|手机|联系|号码|打给|拨|来电|致电|回电|热线|座机|短信|微信|[vw]x|tel|phone|mobile|call"
    r"|找我|加我|我的号",
    re.IGNORECASE,
)
LOCAL_CUE = re.compile(r"(?:电话|座机|固话|传真|小灵通|联系方式|致电|拨打)\D{0,6}$")
ID_CUE = re.compile(r"身份证|证件|证号|居民证|身份号|ID", re.IGNORECASE)
BANK_CUE = re.compile(
    r"卡号|银行|账号|账户|帐号|户头|工资卡|存折|开户|工行|农行|建行|中行|交行|邮储|信用社|农商行"
    r"|汇[到款]|打到|转到|转账|卡里"
)
FILE_CUE = re.compile(
    r"(?:受理号|线索编号|线索号|编号|文号|查询码|回执|流水号|批号|信用代码|许可证号?|合同号|单号"
    r"|条码|序列号|发票号?码?)"
    r"(?:[码为是:\s]){0,3}$"
)
UNIT_AFTER = re.compile(r"\s?(?:元|吨|立方|千瓦|万|亿|米)")
MOBILE_SHAPES = frozenset(
    {(3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (5, 6), (6, 5), (3, 2, 2, 2, 2)}
)
PARTIAL = re.compile(
    r"(身份证|证件|银行卡|卡号|手机|电话|号码)\D{0,4}(?:尾号|[后末尾]第位数?|尾数)[为是:\s]{0,3}"
    r"(\d{3,6}[xX]?)(?![\d.])"
)
LABELLED_ID = re.compile(
    r"(?:身份证|证件|护照|通行证|军官证|士兵证|驾驶证|驾照|操作证|资格证|上岗证|工作证|社保|医保"
    r"|残疾证|户口本)"
    r"(?:号码|号|编号|卡号)?[是为:\s(]{0,4}([A-Z]{0,3}[-\s]?\d[\d\s-]{4,24}[\dxX])(?![A-Za-z\d])",
    re.IGNORECASE,
)
WORKER_NUMBER = re.compile(
    r"(?:工号|工牌号?|职工号|员工号|职工编号|员工编号|人员编号|胸牌号?|矿灯号|灯牌号|灯号"
    r"|标识卡号?|定位卡号?|警号|学号)"
    r"(?:码)?[是为:\s#(No.]{0,4}([A-Za-z]{0,4}-?\d[A-Za-z\d-]{1,15})",
)
PASSPORT = re.compile(
    r"(?<![A-Za-z\d])(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7}|[DSP]E?\d{7,8})(?![A-Za-z\d])"
)
# A file number may hold a county and a day, as an identity number does; nobody born since works.
FIRST_FILE_YEAR = "2015"
MAX_PARTS = 18
MAX_DIGITS = 21
MAX_CARD_PARTS = 8
# One look tells most sums of parts from numbers that are worth weighing.
NUMBER = re.compile(
    rf"{MOBILE.pattern}|{JOINED_MOBILES.pattern}|{LANDLINE.pattern}|{CITIZEN.pattern}"
    rf"|{CITIZEN_17.pattern}|{CITIZEN_OLD.pattern}|[2-9]\d{{6,7}}"
)
NUMBER_LENGTHS = frozenset({7, 8, *range(10, 22), 22, 33, 44})


class Part(NamedTuple):
    """Digits written without a break, and where they stand in the folded text."""

    digits: str
    start: int
    end: int


def find_numbers(folded: Folded) -> Iterator[Found]:
    """Yield phones, identity numbers and bank cards."""
    for run in RUN.finditer(folded.digits):
        if run.end() - run.start() >= 7:
            yield from _numbers_of_run(
                folded, parts=_parts(folded, start=run.start(), end=run.end())
            )
    yield from _labelled_numbers(folded)


def _parts(folded: Folded, *, start: int, end: int) -> list[Part]:
    parts: list[Part] = []
    for match in PART.finditer(folded.digits, start, end):
        begin = match.start()
        for place in range(match.start() + 1, match.end()):
            # Latin and Chinese numerals side by side may be two numbers: 第一139…
            if folded.text[place - 1].isascii() != folded.text[place].isascii():
                parts.append(Part(folded.digits[begin:place], begin, place))
                begin = place
        parts.append(Part(folded.digits[begin : match.end()], begin, match.end()))
    return _repeats_written_out(folded, parts=parts)


def _repeats_written_out(folded: Folded, *, parts: list[Part]) -> list[Part]:
    """Read 四个0 as 0000: people dictate numbers so."""
    result: list[Part] = []
    for part in parts:
        count = result[-1] if result else None
        if count and len(count.digits) == 1 and folded.text[count.end : part.start] == "个":
            digits = part.digits[0] * int(count.digits) + part.digits[1:]
            result[-1] = Part(digits, count.start, part.end)
        else:
            result.append(part)
    return result


def _numbers_of_run(folded: Folded, *, parts: list[Part]) -> Iterator[Found]:
    first = 0
    while first < len(parts):
        found, used = _longest_number(folded, parts=parts, first=first)
        if found:
            yield found
        first += used


def _longest_number(folded: Folded, *, parts: list[Part], first: int) -> tuple[Found | None, int]:
    best: Found | None = None
    used = 1
    digits = ""
    for last in range(first, min(first + MAX_PARTS, len(parts))):
        digits += parts[last].digits
        if len(digits) > MAX_DIGITS and last > first:
            break
        if not _may_be_number(digits, lead=len(parts[first].digits)):
            continue
        if found := _number(folded, parts=parts[first : last + 1], digits=digits):
            best, used = found, last - first + 1
    return best, used


def _may_be_number(digits: str, *, lead: int) -> bool:
    if len(digits) not in NUMBER_LENGTHS:
        return False
    return (lead >= 3 and len(digits) >= 12) or NUMBER.fullmatch(digits) is not None


def _number(folded: Folded, *, parts: list[Part], digits: str) -> Found | None:
    start, end = parts[0].start, parts[-1].end
    before = folded.text[max(0, start - 20) : start]
    if found := _identity(folded, parts=parts, digits=digits, before=before):
        return found
    if _is_phone(folded, parts=parts, digits=digits, before=before):
        extension = EXTENSION.match(folded.digits, end)
        if start and folded.text[start - 1] in "+(":
            start -= 1
        return Found(start, extension.end() if extension else end, Kind.PHONE)
    if _is_bank_card(folded, parts=parts, digits=digits, before=before):
        return Found(start, end, Kind.BANK)
    return None


def _identity(folded: Folded, *, parts: list[Part], digits: str, before: str) -> Found | None:
    start, end = parts[0].start, parts[-1].end
    if len(digits) not in {15, 17, 18} or not _may_be_identity(folded, parts=parts, before=before):
        return None
    if len(digits) == 17 and CITIZEN_17.fullmatch(digits):
        letter = CHECK_LETTER.match(folded.text, end)
        return Found(start, letter.end(), Kind.ID) if letter else None
    if len(digits) == 18 and CITIZEN.fullmatch(digits):
        is_file_number = digits[6:10] >= FIRST_FILE_YEAR and FILE_CUE.search(before)
        return None if is_file_number else Found(start, end, Kind.ID)
    if len(digits) == 15 and CITIZEN_OLD.fullmatch(digits) and not FILE_CUE.search(before):
        return Found(start, end, Kind.ID)
    return None


def _may_be_identity(folded: Folded, *, parts: list[Part], before: str) -> bool:
    """Dates and times side by side make fifteen digits too: loose ones need a cue."""
    if len(parts) == 1 or ID_CUE.search(before):
        return True
    short = len(parts) <= 6 and min(len(part.digits) for part in parts[:-1]) >= 2
    return short and _is_tight(folded, parts=parts)


def _is_phone(folded: Folded, *, parts: list[Part], digits: str, before: str) -> bool:
    if MOBILE.fullmatch(digits) or JOINED_MOBILES.fullmatch(digits):
        written = _is_written_as_mobile(folded, parts=parts)
    elif LANDLINE.fullmatch(digits):
        written = _is_written_as_landline(folded, parts=parts)
    elif len(digits) in {7, 8} and digits[0] in "23456789":
        return _is_tight(folded, parts=parts) and LOCAL_CUE.search(before) is not None
    else:
        return False
    return PHONE_CUE.search(before) is not None or (written and not FILE_CUE.search(before))


def _is_written_as_mobile(folded: Folded, *, parts: list[Part]) -> bool:
    if len(parts) == 1:
        return not UNIT_AFTER.match(folded.text, parts[0].end)
    if all(one.end == two.start for one, two in pairwise(parts)):
        return True
    shape = tuple(len(part.digits) for part in parts)
    if shape in MOBILE_SHAPES or (len(parts) >= 11 and max(shape) == 1):
        return True
    if not _is_tight(folded, parts=parts):
        return parts[0].digits in {"86", "086", "0086"} and shape[1:] in {*MOBILE_SHAPES, (11,)}
    prefixed = folded.text[max(0, parts[0].start - 1) : parts[0].start] == "+"
    return prefixed or (len(parts) <= 5 and min(shape) >= 2)


def _is_written_as_landline(folded: Folded, *, parts: list[Part]) -> bool:
    sizes = [len(part.digits) for part in parts]
    return _is_tight(folded, parts=parts) and (
        len(parts) == 1
        or sizes[0] in {3, 4}
        or parts[0].digits in {"86", "0086"}
        or max(sizes) == 1
    )


def _is_tight(folded: Folded, *, parts: list[Part]) -> bool:
    return all(TIGHT_GAP.fullmatch(folded.text, one.end, two.start) for one, two in pairwise(parts))


def _is_bank_card(folded: Folded, *, parts: list[Part], digits: str, before: str) -> bool:
    if not 12 <= len(digits) <= 21 or len(parts) > MAX_CARD_PARTS:
        return False
    if not _is_tight(folded, parts=parts):
        return False
    if FILE_CUE.search(before):
        return False
    if BANK_CUE.search(before):
        return True
    if ID_CUE.search(before):
        return False
    return 16 <= len(digits) <= 19 and (
        digits.startswith("62") or (digits[0] in "345" and checks_by_luhn(digits))
    )


def checks_by_luhn(digits: str) -> bool:
    """Say whether the last of `digits` is the check digit that bank cards carry."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _labelled_numbers(folded: Folded) -> Iterator[Found]:
    for pattern in (LABELLED_ID, WORKER_NUMBER):
        for match in pattern.finditer(folded.digits):
            yield Found(match.start(1), match.end(1), Kind.ID)
    for match in PASSPORT.finditer(folded.text):
        yield Found(match.start(), match.end(), Kind.ID)
    for match in PARTIAL.finditer(folded.digits):
        yield Found(match.start(2), match.end(2), PARTIAL_KINDS.get(match[1], Kind.PHONE))


PARTIAL_KINDS = {
    "身份证": Kind.ID,
    "证件": Kind.ID,
    "银行卡": Kind.BANK,
    "卡号": Kind.BANK,
}
