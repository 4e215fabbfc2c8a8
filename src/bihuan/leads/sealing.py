"""Envelopes that only their recipients open: sealed with public keys, bound to one matter.

Version 1, all bytes in this order:
    b"BHE1" | number of recipients (1) | per recipient: key id (8), content key by HPKE (80)
    | HMAC-SHA256 over everything before it and the context (32) | padded content, AEAD

HPKE (RFC 9180) with X25519, HKDF-SHA256, ChaCha20-Poly1305. A random content key is sealed to each
recipient; from it come the content's key and the key of the HMAC, which also ties the envelope to
exactly one content key. The content is padded to 1, 2, 4 … 64 KiB, then to multiples of 64 KiB.
About 0.1 ms per recipient, and 40 ms per 50 MB of content.

Taking a recipient off by `rewrap` does not take back what that person already opened.
"""

import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bihuan.leads.keys import KeyRefused, PrivateKey, PublicKey

if TYPE_CHECKING:
    from collections.abc import Sequence

MAGIC = b"BHE1"
SEALED_BYTES_MAX = 64 * 1024 * 1024
RECIPIENTS_MAX = 255
KEY_ID_BYTES = 8
SLOT_BYTES = KEY_ID_BYTES + 80
MAC_BYTES = 32
BUCKET_MIN = 1024
BUCKET_STEP = 64 * 1024
LABEL = b"bihuan envelope 1 "
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class Purpose(StrEnum):
    """Which of the two envelopes of a tip-off this is."""

    IDENTITY = "identity"
    ACCOUNT = "account"


class Unopenable(KeyRefused):
    """The envelope can't be opened; the sentence says which of three reasons."""


DAMAGED = "密封件不完整或不是本系统的格式。请从备份中取回这一件后再调阅。"
NOT_A_RECIPIENT = (
    "本密钥不是这一密封件的接收人。请由保管人、第二接收人或恢复密钥打开，或先办理换钥。"
)
ALTERED = "密封件与本事项不符，或者内容已被改动，未打开。请报安全管理员核对备份。"


def context_of(purpose: Purpose, *, matter: str, part: str = "") -> bytes:
    """Say what an envelope is for: its purpose, its matter and, for files, which part."""
    fields = [text.encode() for text in (purpose, matter, part)]
    return b"".join(len(text).to_bytes(4) + text for text in fields)


def seal(plaintext: bytes, *, recipients: "Sequence[PublicKey]", context: bytes) -> bytes:
    """Seal at most 64 MiB for 1–255 different recipients; the context is proved at opening."""
    if len(plaintext) > SEALED_BYTES_MAX:
        raise ValueError(f"plaintext of {len(plaintext)!r} bytes is over {SEALED_BYTES_MAX!r}")
    content_key = secrets.token_bytes(32)
    cipher = ChaCha20Poly1305(_derived(content_key, b"content"))
    content = cipher.encrypt(bytes(12), _padded(plaintext), LABEL + context)
    return _head(content_key, recipients, context) + content


def open_sealed(envelope: bytes, *, private: PrivateKey, context: bytes) -> bytes:
    """Give the plaintext back, or raise Unopenable."""
    parts = _split(envelope)
    content_key = _content_key(parts, private, context)
    cipher = ChaCha20Poly1305(_derived(content_key, b"content"))
    try:
        padded = cipher.decrypt(bytes(12), parts.content, LABEL + context)
    except InvalidTag as refusal:
        raise Unopenable(ALTERED) from refusal
    return padded.rstrip(b"\0")[:-1]


def rewrap(
    envelope: bytes, *, private: PrivateKey, recipients: "Sequence[PublicKey]", context: bytes
) -> bytes:
    """Replace the recipients without touching the content; raises Unopenable."""
    parts = _split(envelope)
    content_key = _content_key(parts, private, context)
    return _head(content_key, recipients, context) + parts.content


def recipients_of(envelope: bytes) -> tuple[bytes, ...]:
    """Key ids of the recipients as written on the envelope, to find what a rotation must reach."""
    return tuple(_split(envelope).slots)


@dataclass(frozen=True, slots=True)
class _Parts:
    listed: bytes
    slots: dict[bytes, bytes]
    mac: bytes
    content: bytes


def _head(content_key: bytes, recipients: "Sequence[PublicKey]", context: bytes) -> bytes:
    different = {recipient.key_id for recipient in recipients}
    if len(different) != len(recipients) or not 1 <= len(recipients) <= RECIPIENTS_MAX:
        raise ValueError(f"{len(recipients)!r} recipients, {len(different)!r} of them different")
    slots = [
        recipient.key_id + SUITE.encrypt(content_key, recipient.point, info=LABEL + context)
        for recipient in recipients
    ]
    listed = MAGIC + bytes([len(slots)]) + b"".join(slots)
    return listed + _mac(content_key, listed, context)


def _split(envelope: bytes) -> _Parts:
    listed_from = len(MAGIC) + 1
    listed_to = listed_from + SLOT_BYTES * (
        envelope[len(MAGIC)] if len(envelope) > len(MAGIC) else 0
    )
    content_from = listed_to + MAC_BYTES
    if not envelope.startswith(MAGIC) or len(envelope) < content_from + BUCKET_MIN:
        raise Unopenable(DAMAGED)
    slots = [envelope[at : at + SLOT_BYTES] for at in range(listed_from, listed_to, SLOT_BYTES)]
    return _Parts(
        listed=envelope[:listed_to],
        slots={slot[:KEY_ID_BYTES]: slot[KEY_ID_BYTES:] for slot in slots},
        mac=envelope[listed_to:content_from],
        content=envelope[content_from:],
    )


def _content_key(parts: _Parts, private: PrivateKey, context: bytes) -> bytes:
    sealed = parts.slots.get(private.public.key_id)
    if sealed is None:
        raise Unopenable(NOT_A_RECIPIENT)
    try:
        content_key = SUITE.decrypt(sealed, private.scalar, info=LABEL + context)
    except InvalidTag as refusal:
        raise Unopenable(ALTERED) from refusal
    if not hmac.compare_digest(parts.mac, _mac(content_key, parts.listed, context)):
        raise Unopenable(ALTERED)
    return content_key


def _mac(content_key: bytes, listed: bytes, context: bytes) -> bytes:
    return hmac.digest(_derived(content_key, b"recipients"), listed + context, "sha256")


def _derived(content_key: bytes, use: bytes) -> bytes:
    return hmac.digest(content_key, LABEL + use, "sha256")


def _padded(plaintext: bytes) -> bytes:
    needed = len(plaintext) + 1
    if needed > BUCKET_STEP:
        size = -(-needed // BUCKET_STEP) * BUCKET_STEP
    else:
        size = max(BUCKET_MIN, 1 << (needed - 1).bit_length())
    return (plaintext + b"\x80").ljust(size, b"\0")
