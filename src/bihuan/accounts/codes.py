"""Time-based codes (RFC 6238) and recovery codes: made, checked, sealed; no database here."""

import base64
import hmac
import secrets
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings

STEP_S: Final = 30
DIGITS: Final = 6
SKEW_STEPS: Final = 1  # clocks of phones are off by less than half a minute
SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 10
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # no 0 o 1 i l
_NONCE_BYTES: Final = 12


def new_secret() -> bytes:
    """A fresh secret for a phone."""
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, moment: datetime) -> str:
    """The code that a phone shows at a moment."""
    return _totp(secret).generate(int(moment.timestamp())).decode("ascii")


def matching_step(secret: bytes, code: str, *, now: datetime, after_step: int) -> int | None:
    """The time step whose code this is, ±1 of now and later than `after_step`; None if none.

    A code once accepted never counts again: the caller keeps the step returned.
    """
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == DIGITS):
        return None
    present = int(now.timestamp()) // STEP_S
    found = None
    for step in range(present - SKEW_STEPS, present + SKEW_STEPS + 1):
        same = hmac.compare_digest(_totp(secret).generate(step * STEP_S), typed.encode("ascii"))
        if same and step > after_step and found is None:
            found = step
    return found


def shown_secret(secret: bytes) -> str:
    """The secret as typed into a phone by hand: groups of four letters."""
    text = base64.b32encode(secret).decode("ascii").rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def picture(secret: bytes, *, account: str, issuer: str) -> str:
    """The QR code that a phone scans, as a data address of an SVG picture."""
    import segno  # noqa: PLC0415 - few processes ever draw a code

    address = _totp(secret).get_provisioning_uri(account, issuer)
    target = BytesIO()
    segno.make(address, error="m", micro=False).save(
        target, kind="svg", scale=5, border=3, dark="#111", light="#fff", xmldecl=False
    )
    return "data:image/svg+xml;base64," + base64.b64encode(target.getvalue()).decode("ascii")


def seal(secret: bytes, *, user_id: int) -> bytes:
    """Encrypt a secret for its account; the key lies in a file outside the database."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_key("totp")).encrypt(nonce, secret, str(user_id).encode())


def unseal(sealed: bytes, *, user_id: int) -> bytes:
    """Decrypt a secret; ValueError when it was sealed for another account or key."""
    nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(_key("totp")).decrypt(nonce, body, str(user_id).encode())
    except InvalidTag as fault:
        raise ValueError(f"secret of user {user_id!r} does not open with this key") from fault


def new_recovery_codes() -> list[str]:
    """Ten codes to print, each of two groups of five letters."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(code: str, *, user_id: int) -> bytes:
    """What is kept of a recovery code: 49 random bits under a key need no slow hash."""
    plain = "".join(letter for letter in code.casefold() if letter in _LETTERS)
    return hmac.digest(_key("recovery"), f"{user_id}:{plain}".encode(), "sha256")


def _totp(secret: bytes) -> TOTP:
    # RFC 6238 and every phone app mean HMAC-SHA1, whose weakness does not touch HMAC.
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303


def _key(purpose: str) -> bytes:
    return hmac.digest(settings.TOTP_KEY.encode(), purpose.encode(), sha256)
