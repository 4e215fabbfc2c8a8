"""Private keys of custodian and intake: wrapped by a passphrase, opened for one session.

The database holds a public key and a private key wrapped by argon2id of the holder's passphrase.
Unlocking (about 150 ms at `KEY_COST`) gives two halves: one for the browser's cookie, one for the
session row. Neither opens anything without the other, so database plus disk open nothing.
Python can't wipe memory: a private key lives in the process for the length of one request.
"""

import hashlib
import secrets
import struct
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from bihuan.leads.stretching import KEY_BYTES, KEY_COST, SALT_BYTES, Cost, stretched_key

PASSPHRASE_LENGTH_MIN = 12
PASSPHRASE_DISTINCT_MIN = 6
NONCE_BYTES = 12
WRAP_LABEL = b"bihuan wrapped key 1"
SESSION_LABEL = b"bihuan session key 1"


class KeyRefused(Exception):  # noqa: N818 - a refusal with a sentence, not a fault of the program
    """Something about a key was refused; `sentence` is for the person at the screen."""

    def __init__(self, sentence: str) -> None:
        """Keep the Chinese sentence that says what to do next."""
        super().__init__(sentence)
        self.sentence = sentence


class WrongPassphrase(KeyRefused):
    """The passphrase does not open the wrapped key (or the stored row was altered)."""


class WeakPassphrase(KeyRefused):
    """A new passphrase is too easy to guess for someone who copied the database."""


class SessionEnded(KeyRefused):
    """Cookie and session row do not belong together, so the key stays shut."""


@dataclass(frozen=True)
class PublicKey:
    """An X25519 public key (32 bytes): all that is needed to seal."""

    raw: bytes

    def __post_init__(self) -> None:
        """Refuse what can't be a key before anything is sealed to it."""
        if len(self.raw) != KEY_BYTES:
            raise ValueError(f"public key of {len(self.raw)!r} bytes, expected {KEY_BYTES!r}")

    @cached_property
    def key_id(self) -> bytes:
        """Eight bytes that name the key inside envelopes and rows."""
        return hashlib.sha256(b"bihuan key id 1" + self.raw).digest()[:8]

    @cached_property
    def point(self) -> X25519PublicKey:
        """The key as the cryptographic library wants it."""
        return X25519PublicKey.from_public_bytes(self.raw)


@dataclass(frozen=True)
class PrivateKey:
    """An X25519 private key; `raw` never shows in a log or a traceback."""

    raw: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> "PrivateKey":
        """Draw a new key from the operating system's randomness."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @cached_property
    def scalar(self) -> X25519PrivateKey:
        """The key as the cryptographic library wants it."""
        return X25519PrivateKey.from_private_bytes(self.raw)

    @cached_property
    def public(self) -> PublicKey:
        """The half that anyone may have."""
        return PublicKey(self.scalar.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """A key pair as the database holds it; every field is bound to the wrapped bytes."""

    key_id: bytes
    public: bytes
    wrapped: bytes
    salt: bytes
    memory_kib: int
    passes: int
    lanes: int

    @property
    def public_key(self) -> PublicKey:
        """The half to seal to."""
        return PublicKey(self.public)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionKey:
    """The two halves of an unlocked key: one for the cookie, one for the session row."""

    cookie_secret: bytes = field(repr=False)
    server_part: bytes


def new_key_pair(*, passphrase: str, cost: Cost = KEY_COST) -> WrappedKey:
    """Make a key pair whose private half only the passphrase opens; WeakPassphrase if too easy."""
    return _wrap(PrivateKey.generate(), passphrase=passphrase, cost=cost)


def change_passphrase(
    wrapped: WrappedKey, *, passphrase: str, new_passphrase: str, cost: Cost = KEY_COST
) -> WrappedKey:
    """Wrap the same key again; old envelopes stay readable. WrongPassphrase, WeakPassphrase."""
    private = _unwrap(wrapped, passphrase=passphrase)
    return _wrap(private, passphrase=new_passphrase, cost=cost)


def unlock(wrapped: WrappedKey, *, passphrase: str) -> SessionKey:
    """Open the key for one session; WrongPassphrase after the same work as for a right one."""
    private = _unwrap(wrapped, passphrase=passphrase)
    cookie_secret = secrets.token_bytes(KEY_BYTES)
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = ChaCha20Poly1305(cookie_secret).encrypt(nonce, private.raw, SESSION_LABEL)
    return SessionKey(cookie_secret=cookie_secret, server_part=nonce + sealed)


def private_from(server_part: bytes, *, cookie_secret: bytes) -> PrivateKey:
    """Join the halves for one request; SessionEnded when they do not belong together."""
    nonce, sealed = server_part[:NONCE_BYTES], server_part[NONCE_BYTES:]
    try:
        return PrivateKey(ChaCha20Poly1305(cookie_secret).decrypt(nonce, sealed, SESSION_LABEL))
    except (InvalidTag, ValueError) as refusal:
        raise SessionEnded("密钥已在本次登录中锁上，请重新输入密钥口令后再调阅。") from refusal


def fingerprint(public: PublicKey) -> str:
    """Thirty digits in six groups (about 99 bits) to compare on paper or by telephone."""
    digest = hashlib.sha256(b"bihuan fingerprint 1" + public.raw).digest()
    digits = f"{int.from_bytes(digest) % 10**30:030d}"
    return " ".join(digits[start : start + 5] for start in range(0, 30, 5))


def _wrap(private: PrivateKey, *, passphrase: str, cost: Cost) -> WrappedKey:
    _require_strength(passphrase)
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    cipher = ChaCha20Poly1305(stretched_key(passphrase, salt=salt, cost=cost))
    bound = _bound_to(private.public.key_id, private.public.raw, salt, cost)
    return WrappedKey(
        key_id=private.public.key_id,
        public=private.public.raw,
        wrapped=nonce + cipher.encrypt(nonce, private.raw, bound),
        salt=salt,
        memory_kib=cost.memory_kib,
        passes=cost.passes,
        lanes=cost.lanes,
    )


def _unwrap(wrapped: WrappedKey, *, passphrase: str) -> PrivateKey:
    cost = Cost(memory_kib=wrapped.memory_kib, passes=wrapped.passes, lanes=wrapped.lanes)
    cipher = ChaCha20Poly1305(stretched_key(passphrase, salt=wrapped.salt, cost=cost))
    nonce, sealed = wrapped.wrapped[:NONCE_BYTES], wrapped.wrapped[NONCE_BYTES:]
    bound = _bound_to(wrapped.key_id, wrapped.public, wrapped.salt, cost)
    try:
        return PrivateKey(cipher.decrypt(nonce, sealed, bound))
    except InvalidTag as refusal:
        raise WrongPassphrase(
            "密钥口令不对，密封件未打开。请核对大小写后重新输入；"
            "忘记口令的，请由第二接收人或恢复密钥的保管人办理换钥。"
        ) from refusal


def _bound_to(key_id: bytes, public: bytes, salt: bytes, cost: Cost) -> bytes:
    numbers = struct.pack(">III", cost.memory_kib, cost.passes, cost.lanes)
    return WRAP_LABEL + hashlib.sha256(key_id).digest() + public + salt + numbers


def _require_strength(passphrase: str) -> None:
    long_enough = len(passphrase) >= PASSPHRASE_LENGTH_MIN
    if not (long_enough and len(set(passphrase)) >= PASSPHRASE_DISTINCT_MIN):
        raise WeakPassphrase(
            f"密钥口令太容易猜到：至少 {PASSPHRASE_LENGTH_MIN} 个字符，"
            f"其中不同的字符至少 {PASSPHRASE_DISTINCT_MIN} 个。请换一句只有自己记得的话。"
        )
