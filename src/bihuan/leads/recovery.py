"""The printed recovery key: shown once on paper, never stored, read back by hand.

Thirteen groups of four Crockford base-32 characters and one check character. The check (modulo 37
over the group's place and value) catches every single mistyped character and every two groups
that changed places, and names the group. 52 characters hold a version (4 bits) and the key.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from bihuan.leads.keys import KeyRefused, PrivateKey, PublicKey
from bihuan.leads.stretching import KEY_BYTES

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = ALPHABET + "*~$=U"
GROUPS = 13
GROUP_LENGTH = 5
VERSION = 1
LOOK_ALIKES = str.maketrans("OIL", "011")


class MistypedKey(KeyRefused):
    """The typed recovery key is not one that was ever printed; the sentence names the group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedKey:
    """A new recovery key: keep `public`, print `text`, forget `text`."""

    public: PublicKey
    text: str = field(repr=False)


def printed_recovery_key() -> PrintedKey:
    """Draw a recovery key; its private half exists only in the text that is printed."""
    private = PrivateKey.generate()
    number = VERSION << (8 * KEY_BYTES) | int.from_bytes(private.raw)
    return PrintedKey(public=private.public, text=" ".join(_groups(number)))


def private_from_print(text: str) -> PrivateKey:
    """Read a typed recovery key; MistypedKey names the group that is wrong."""
    typed = unicodedata.normalize("NFKC", text).upper().translate(LOOK_ALIKES)
    compact = re.sub(r"[\s‐‑‒–—―−-]", "", typed)
    if len(compact) != GROUPS * GROUP_LENGTH:
        raise MistypedKey(
            f"恢复密钥共 {GROUPS} 组、每组 {GROUP_LENGTH} 个字符，"
            f"现有 {len(compact)} 个字符。请对照纸面补齐后重新输入。"
        )
    number = 0
    for place in range(GROUPS):
        group = compact[place * GROUP_LENGTH : (place + 1) * GROUP_LENGTH]
        number = number << 20 | _value(group, place)
    if number >> (8 * KEY_BYTES) != VERSION:
        raise MistypedKey("这不是本系统打印的恢复密钥。请核对纸面标题后重新输入。")
    return PrivateKey((number % (1 << 8 * KEY_BYTES)).to_bytes(KEY_BYTES))


def _groups(number: int) -> list[str]:
    values = [number >> 20 * (GROUPS - 1 - place) & 0xFFFFF for place in range(GROUPS)]
    return [_letters(value) + _check(value, place) for place, value in enumerate(values)]


def _letters(value: int) -> str:
    return "".join(ALPHABET[value >> shift & 31] for shift in (15, 10, 5, 0))


def _check(value: int, place: int) -> str:
    return CHECKS[(place << 20 | value) % 37]


def _value(group: str, place: int) -> int:
    value = 0
    for letter in group[:-1]:
        value = value << 5 | max(ALPHABET.find(letter), 0)
    if group != _letters(value) + _check(value, place):
        raise MistypedKey(f"恢复密钥第 {place + 1} 组有误。请对照纸面逐字核对这一组后重新输入。")
    return value
