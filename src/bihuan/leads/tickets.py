"""Signed tickets of the public form: one per form, not too early, once, and a proof of work.

A ticket is base64url(nonce (12) | issued, milliseconds (8) | difficulty in bits (1) | HMAC (16)).
It holds nothing about who asked for it. Work that was used is remembered in memory only; which
forms were taken, the portal keeps by keyed digests of their tickets, together with what they did.

The work is a nonce whose SHA-256 with the challenge starts with `difficulty` zero bits; 16 bits
are 65,000 hashes on average, about a second in the browser of a modest telephone.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from threading import Lock

from django.conf import settings

from bihuan.leads.secret_file import load_or_create_secret

VALID_AFTER = timedelta(seconds=8)
VALID_FOR = timedelta(hours=24)
WORK_VALID_FOR = timedelta(hours=1)
NONCE_BYTES = 12
BODY_BYTES = NONCE_BYTES + 9
MAC_BYTES = 16
DIFFICULTY_BITS_MAX = 32
WORK_NONCE_LENGTH_MAX = 32


class TicketState(StrEnum):
    """What a ticket is worth at this moment; only VALID uses it up."""

    VALID = "valid"
    TOO_EARLY = "too_early"
    REPLAYED = "replayed"
    EXPIRED = "expired"
    FORGED = "forged"


class UsedTickets:
    """Nonces already used, in the order of use; safe between threads, never on disk.

    When `capacity` is reached the oldest are dropped and everything issued no later than those
    counts as expired: a flood makes honest people reload, it never lets a ticket in twice.
    """

    def __init__(self, *, capacity: int = 100_000) -> None:
        """Remember at most `capacity` nonces (about 150 bytes each)."""
        self._capacity = capacity
        self._issued: OrderedDict[bytes, int] = OrderedDict()
        self._floor_ms = 0
        self._lock = Lock()

    def __len__(self) -> int:
        """How many nonces are remembered."""
        return len(self._issued)

    def claim(self, nonce: bytes, *, issued_ms: int, oldest_ms: int) -> TicketState:
        """Use a nonce up; whatever was issued before `oldest_ms` may be forgotten."""
        with self._lock:
            self._forget(oldest_ms)
            if nonce in self._issued:
                return TicketState.REPLAYED
            if issued_ms <= self._floor_ms:
                return TicketState.EXPIRED
            self._issued[nonce] = issued_ms
            if len(self._issued) > self._capacity:
                self._drop_older_half()
            return TicketState.VALID

    def _forget(self, oldest_ms: int) -> None:
        while self._issued and next(iter(self._issued.values())) < oldest_ms:
            self._issued.popitem(last=False)

    def _drop_older_half(self) -> None:
        by_age = sorted(self._issued.items(), key=itemgetter(1))
        dropped = len(by_age) - self._capacity // 2
        self._floor_ms = by_age[dropped - 1][1]
        self._issued = OrderedDict(item for item in by_age if item[1] > self._floor_ms)


@dataclass(frozen=True, slots=True)
class _Body:
    nonce: bytes
    issued_ms: int
    difficulty_bits: int


def ticket_secret() -> bytes:
    """The 32 bytes of this deployment that tickets are signed with."""
    return load_or_create_secret(Path(settings.HOME) / "secrets" / "tickets")


def issue(*, now: datetime, key: bytes) -> str:
    """A new form ticket, about 50 characters that fit a hidden field."""
    return _signed(b"form", now=now, key=key, difficulty_bits=0)


def check(ticket: str, *, now: datetime, key: bytes, used: UsedTickets) -> TicketState:
    """Judge a form ticket and use it up when it is VALID."""
    body = _read(b"form", ticket, key=key)
    if body is None:
        return TicketState.FORGED
    age = timedelta(milliseconds=_milliseconds(now) - body.issued_ms)
    if age < VALID_AFTER:
        return TicketState.TOO_EARLY
    return _claimed(body, age=age, lifetime=VALID_FOR, used=used, now=now)


def issue_challenge(*, now: datetime, key: bytes, difficulty_bits: int) -> str:
    """A signed challenge for the proof of work; it states its own difficulty (1–32 bits)."""
    if not 1 <= difficulty_bits <= DIFFICULTY_BITS_MAX:
        raise ValueError(f"difficulty of {difficulty_bits!r} bits is out of range")
    return _signed(b"work", now=now, key=key, difficulty_bits=difficulty_bits)


def verify_work(
    challenge: str, nonce: str, *, now: datetime, key: bytes, used: UsedTickets
) -> TicketState:
    """Judge SHA-256(challenge + "." + nonce); work that does not reach its bits is FORGED."""
    body = _read(b"work", challenge, key=key)
    if body is None or len(nonce) > WORK_NONCE_LENGTH_MAX:
        return TicketState.FORGED
    digest = hashlib.sha256(f"{challenge}.{nonce}".encode("utf-8", "replace")).digest()
    if int.from_bytes(digest) >> (256 - body.difficulty_bits):
        return TicketState.FORGED
    age = timedelta(milliseconds=_milliseconds(now) - body.issued_ms)
    return _claimed(body, age=age, lifetime=WORK_VALID_FOR, used=used, now=now)


def _claimed(
    body: _Body, *, age: timedelta, lifetime: timedelta, used: UsedTickets, now: datetime
) -> TicketState:
    if age >= lifetime:
        return TicketState.EXPIRED
    oldest_ms = _milliseconds(now - VALID_FOR)
    return used.claim(body.nonce, issued_ms=body.issued_ms, oldest_ms=oldest_ms)


def _signed(kind: bytes, *, now: datetime, key: bytes, difficulty_bits: int) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    body = nonce + _milliseconds(now).to_bytes(8) + bytes([difficulty_bits])
    return base64.urlsafe_b64encode(body + _mac(kind, body, key)).decode().rstrip("=")


def _read(kind: bytes, text: str, *, key: bytes) -> _Body | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, mac = raw[:BODY_BYTES], raw[BODY_BYTES:]
    if not hmac.compare_digest(mac, _mac(kind, body, key)):
        return None
    return _Body(
        nonce=body[:NONCE_BYTES],
        issued_ms=int.from_bytes(body[NONCE_BYTES:-1]),
        difficulty_bits=body[-1],
    )


def _mac(kind: bytes, body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"bihuan ticket 1 " + kind + b" " + body, "sha256")[:MAC_BYTES]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
