"""The key pair of a deployment: what it signs packages with, and what others seal to."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from bihuan.leads.keys import PrivateKey, PublicKey
from bihuan.leads.secret_file import load_or_create_secret
from bihuan.matters.refusals import Refused

FORMAT = "bihuan exchange key 1"
SECRET_BYTES = 64
NAME_MAX = 60
FILE_MAX = 4096
NOT_A_KEY = "这不是交换密钥文件，请用对方 ./bihuan exchange key 写出的文件。"


@dataclass(frozen=True, kw_only=True)
class PublicIdentity:
    """The public halves of a deployment, and their name in short."""

    sign: bytes
    seal: bytes

    @cached_property
    def key_id(self) -> str:
        """Sixteen hexadecimal digits that name the pair inside packages."""
        return self._digest(b"bihuan exchange key id 1")[:8].hex()

    @cached_property
    def fingerprint(self) -> str:
        """Thirty digits in six groups, to compare by telephone."""
        number = int.from_bytes(self._digest(b"bihuan exchange fingerprint 1")) % 10**30
        digits = f"{number:030d}"
        return " ".join(digits[start : start + 5] for start in range(0, 30, 5))

    @cached_property
    def verifier(self) -> Ed25519PublicKey:
        """What its signatures are held against."""
        return Ed25519PublicKey.from_public_bytes(self.sign)

    @cached_property
    def recipient(self) -> PublicKey:
        """What is sealed for it."""
        return PublicKey(self.seal)

    def _digest(self, label: bytes) -> bytes:
        return hashlib.sha256(label + self.sign + self.seal).digest()


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The private halves; they never leave the secrets of the data folder."""

    signer: Ed25519PrivateKey
    private: PrivateKey

    @cached_property
    def public(self) -> PublicIdentity:
        """What others may have."""
        sign = self.signer.public_key().public_bytes_raw()
        return PublicIdentity(sign=sign, seal=self.private.public.raw)


def own_identity() -> Identity:
    """This deployment's key pair; made on first use."""
    path = Path(settings.HOME) / "secrets" / "exchange"
    secret = load_or_create_secret(path, size=SECRET_BYTES)
    return Identity(
        signer=Ed25519PrivateKey.from_private_bytes(secret[:32]), private=PrivateKey(secret[32:])
    )


def key_file(name: str) -> str:
    """The text of the file that the other side registers."""
    public = own_identity().public
    told = {
        "format": FORMAT,
        "name": name,
        "sign": public.sign.hex(),
        "seal": public.seal.hex(),
        "fingerprint": public.fingerprint,
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def read_key_file(path: Path) -> tuple[str, PublicIdentity]:
    """The name and the public halves in a file; Refused when it is none."""
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(FILE_MAX))
        halves = {half: bytes.fromhex(told[half]) for half in ("sign", "seal")}
        name = str(told["name"]).strip()[:NAME_MAX]
        is_one = told["format"] == FORMAT and all(len(half) == 32 for half in halves.values())
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(NOT_A_KEY) from error
    if not is_one or not name:
        raise Refused(NOT_A_KEY)
    return name, PublicIdentity(**halves)
