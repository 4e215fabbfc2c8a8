"""How numbers and times are written in files of readings and in tables of episodes."""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final

DAY_S: Final = 86_400
BLANKS: Final = "\r\n "
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_CUTS = (0, 4, 6, 8, 10, 12, 14)
STATUS_MAX: Final = 255


def number_of(text: str, *, missing: float) -> float | None:
    """The IEEE double that a field writes, None where it has no number (T4)."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return None if abs(number) == float("inf") or number == missing else number


def time_of(text: str) -> int | None:
    """Seconds since the day before year 1 of a `yyyy-MM-dd HH:mm:ss`, None if impossible (T17)."""
    if not _TIME.fullmatch(text):
        return None
    return moment_of(f"{text[:4]}{text[5:7]}{text[8:10]}{text[11:13]}{text[14:16]}{text[17:]}")


@lru_cache(maxsize=65_536)  # the mines of a nation send at the same moments
def moment_of(digits: str) -> int | None:
    """The same of fourteen ASCII digits."""
    year, month, day, hour, minute, second = (int(digits[a:b]) for a, b in pairwise(_CUTS))
    try:
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - +08:00 throughout
    except ValueError:
        return None
    return moment.toordinal() * DAY_S + hour * 3600 + minute * 60 + second


def status_of(text: str) -> int | None:
    """The sum of bits that a field writes, None if it isn't one (T2)."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) <= len("255") and int(digits) <= STATUS_MAX else None


def stamp_of(seconds: int) -> str:
    """A time as files of a mine write it."""
    days, rest = divmod(seconds, DAY_S)
    day = datetime.fromordinal(days).date().isoformat()
    return f"{day} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


def iso_of(seconds: int) -> str:
    """A time of episodes: ISO 8601 with the zone (T18)."""
    return f"{stamp_of(seconds).replace(' ', 'T')}+08:00"


def decimal_of(number: float) -> str:
    """The shortest decimal that reads back the same: no exponent, no trailing `.0`, no −0 (T18)."""
    text = f"{Decimal(repr(number)):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def line_of(cells: Iterable[str]) -> str:
    """A line of CSV by RFC 4180, ended by LF (T18)."""
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(cell: str) -> str:
    if any(mark in cell for mark in ',"\r\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell
