"""Argon2id with stated parameters: what a passphrase costs to try.

Measured on one core of a small server: `KEY_COST` about 150 ms, `PASSWORD_COST` about 30 ms.
"""

import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.low_level import Type, hash_secret_raw

KEY_BYTES = 32
SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Argon2id parameters (RFC 9106); they stand beside what they protect, so they may change."""

    memory_kib: int
    passes: int
    lanes: int

    def __post_init__(self) -> None:
        """Refuse values out of range: a tampered row must not be able to eat all memory."""
        memory_is_sane = 8 * self.lanes <= self.memory_kib <= 1024 * 1024
        if not (memory_is_sane and 1 <= self.passes <= 64 and 1 <= self.lanes <= 16):
            raise ValueError(f"argon2 parameters out of range: {self!r}")


KEY_COST = Cost(memory_kib=64 * 1024, passes=3, lanes=1)
PASSWORD_COST = Cost(memory_kib=19 * 1024, passes=2, lanes=1)


def stretched_key(passphrase: str, *, salt: bytes, cost: Cost) -> bytes:
    """Derive 32 bytes from a passphrase; the same work whether it is right or wrong."""
    return hash_secret_raw(
        typed_bytes(passphrase),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def password_hasher(cost: Cost) -> PasswordHasher:
    """A hasher of one-way password hashes; its results name their own parameters."""
    return PasswordHasher(
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        salt_len=SALT_BYTES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def typed_bytes(text: str) -> bytes:
    """One form for what was typed, so that full-width input methods do not lock anyone out."""
    return unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")
