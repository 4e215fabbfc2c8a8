"""Receipt codes and claim passwords: how an informant comes back without a name.

A receipt code is 15 random digits and one check digit (Damm's scheme: every single wrong digit and
every swap of neighbours is told apart without asking the database), shown in four groups. 10^15
codes are 49.8 bits: with 100,000 live receipts one guess in 10^10 hits, and guesses are counted.
The database holds an HMAC of the code; its key lies outside. Someone holding both could try all
codes, but a code opens the state of the matter only: words and identity stay sealed.
A claim password is 12 random digits (39.9 bits) behind argon2id, about 30 ms a try.
"""

import hmac
import re
import secrets
import unicodedata
from itertools import batched

from argon2.exceptions import VerifyMismatchError

from bihuan.leads.stretching import PASSWORD_COST, Cost, password_hasher, typed_bytes

RECEIPT_DIGITS = 16
CLAIM_DIGITS = 12
HMAC_KEY_BYTES_MIN = 32
SEPARATORS = re.compile(r"[\s·・_.,，。、‐‑‒–—―−-]")
SPOKEN = {"0": "〇零", "1": "一壹幺", "2": "二贰两", "3": "三叁", "4": "四肆"}
SPOKEN |= {"5": "五伍", "6": "六陆", "7": "七柒", "8": "八捌", "9": "九玖"}
NUMERALS = str.maketrans({numeral: digit for digit, all_ in SPOKEN.items() for numeral in all_})
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def new_receipt() -> str:
    """Draw a receipt code, in four groups of four digits; it is shown once."""
    digits = _random_digits(RECEIPT_DIGITS - 1)
    return grouped(digits + str(_check(digits)))


def normalise(text: str) -> str | None:
    """Sixteen plain digits from what was typed, or None when it can't be a receipt code."""
    digits = _plain(text)
    return digits if has_all_digits(text) and _check(digits) == 0 else None


def has_all_digits(text: str) -> bool:
    """Whether sixteen digits were typed, right or wrong."""
    return bool(re.fullmatch(rf"[0-9]{{{RECEIPT_DIGITS}}}", _plain(text)))


def grouped(digits: str) -> str:
    """Digits in groups of four, as they are shown."""
    return " ".join("".join(group) for group in batched(digits, 4))


def receipt_key(code: str, *, hmac_key: bytes) -> bytes:
    """The 32 bytes a receipt is looked up by; ValueError for what is not a receipt code."""
    if len(hmac_key) < HMAC_KEY_BYTES_MIN:
        raise ValueError(f"hmac key of {len(hmac_key)!r} bytes, need {HMAC_KEY_BYTES_MIN!r}")
    digits = normalise(code)
    if digits is None:
        raise ValueError("not a receipt code; ask `normalise` first")
    return hmac.digest(hmac_key, b"bihuan receipt 1 " + digits.encode(), "sha256")


def new_claim_password() -> str:
    """Draw a claim password, in three groups of four digits; it is shown once."""
    return grouped(_random_digits(CLAIM_DIGITS))


def claim_password_length(password: str) -> int:
    """How many characters count: spaces and dashes are left out wherever it is typed."""
    return len(_plain(password))


def hash_claim_password(password: str, *, cost: Cost = PASSWORD_COST) -> str:
    """A PHC string that names its own parameters; single use is the caller's to keep."""
    if not _plain(password):
        raise ValueError("a claim password of separators alone is none")
    return password_hasher(cost).hash(typed_bytes(_plain(password)))


def verify_claim_password(password: str, *, hashed: str) -> bool:
    """Tell whether the password is the one; the parameters are read from the hash."""
    if not _plain(password):
        return False
    try:
        return password_hasher(PASSWORD_COST).verify(hashed, typed_bytes(_plain(password)))
    except VerifyMismatchError:
        return False


def _random_digits(count: int) -> str:
    return f"{secrets.randbelow(10**count):0{count}d}"


def _plain(text: str) -> str:
    typed = unicodedata.normalize("NFKC", text).translate(NUMERALS)
    return SEPARATORS.sub("", typed)


def _check(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return interim
