"""A telephone number as a person types it: mobile or land line, of this country."""

import re
import unicodedata

TYPED_MAX = 40
MOBILE_DIGITS = 11
SEPARATORS = re.compile(r"[\s()‐‑‒–—―−.·-]")
COUNTRY = re.compile(r"(?:\+|00)?86(?=\d{10})", re.ASCII)
MOBILE = re.compile(rf"1\d{{{MOBILE_DIGITS - 1}}}", re.ASCII)
LAND_LINE = re.compile(r"(?:0\d{2,3})?[2-9]\d{6,7}(?:转\d{1,6})?", re.ASCII)
BARE_AREA = re.compile(
    r"(?:[2-9]\d{1,2}|10)[2-9]\d{6,7}", re.ASCII
)  # after +86 the area code has no 0
NEITHER = "“电话”请写 11 位手机号；固定电话写 7 到 8 位号码，可加区号"


def plain_number(typed: str) -> str:
    """Half-width digits without the marks between them."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", typed))


def fault_of(typed: str) -> str:
    """What is wrong with a number and what to do; empty when it can be called."""
    number = plain_number(typed)
    if not number:
        return "请写“电话”：11 位手机号，或者固定电话"
    bare = COUNTRY.sub("", number, count=1)
    if MOBILE.fullmatch(bare) or LAND_LINE.fullmatch(number) or _is_called_from_abroad(number):
        return ""
    if bare.isdecimal() and bare.startswith("1"):
        return f"“电话”里手机号应是 {MOBILE_DIGITS} 位，现在是 {len(bare)} 位，请核对"
    return NEITHER


def _is_called_from_abroad(number: str) -> bool:
    bare = COUNTRY.sub("", number, count=1)
    return bare != number and bool(LAND_LINE.fullmatch(bare) or BARE_AREA.fullmatch(bare))
