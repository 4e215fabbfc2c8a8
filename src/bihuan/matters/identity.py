"""Opaque ids that grow with time: 43 bits of milliseconds and 20 random bits.

They keep the newest rows together in every index and say nothing about how many there are.
In URLs and the API they appear as 13 characters of Crockford's base 32.
"""

import secrets
import threading
import time

RANDOM_BITS = 20
ID_DIGITS = 19
ID_END = 1 << 63
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_SHIFTS = range(50, -1, -10)
_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """A fresh id, above every id this process has given."""
    global _last  # noqa: PLW0603 - the one counter of the process
    with _lock:
        candidate = (time.time_ns() // 1_000_000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
        _last = max(candidate, _last + 1)
        return _last


def is_id(text: str) -> bool:
    """Whether the text is a row's id as forms and addresses write it."""
    return text.isdecimal() and len(text) <= ID_DIGITS and int(text) < ID_END


def to_code(number: int) -> str:
    """The id as it stands in URLs."""
    pairs = [_PAIRS[number >> shift & 1023] for shift in _SHIFTS]  # lists write fifty at a time
    return _ALPHABET[number >> 60 & 31] + "".join(pairs)


def from_code(code: str) -> int | None:
    """The id behind a URL part; None when it can't be one."""
    if len(code) != 13:
        return None
    number = 0
    for mark in code.lower():
        place = _ALPHABET.find(mark)
        if place < 0:
            return None
        number = number << 5 | place
    return number if number < ID_END else None
