"""A package: a signed file of records, read in parts, whose every byte is vouched for.

Version 1, all numbers big-endian, in this order:
    b"BHP1" | head length (4) | head, canonical JSON
    per part: length (4), 1 to 64 KiB of content (16 bytes more when it is sealed)
    | 0 (4) | number of parts (4) | SHA-256 of each part (32 each)
    | Ed25519 signature (64) over a label, SHA-256 of all up to the head's end, and of the digests
The content is a row of records: length (4), canonical JSON, length (4), bytes. Nothing is
compressed, so nothing unpacks to more than its size. A package for a known receiver is sealed:
a random key by HPKE in the head, each part by ChaCha20-Poly1305 under its number.
The signature is looked at before anything is read; each part again when it is read.
"""

import hashlib
import json
import secrets
import struct
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from bihuan.leads.keys import PrivateKey, PublicKey
from bihuan.leads.sealing import SEALED_BYTES_MAX, SUITE
from bihuan.matters.refusals import Refused

MAGIC = b"BHP1"
FORMAT = 1
LABEL = b"bihuan package 1 "
LENGTH = struct.Struct(">I")
DIGEST_BYTES = 32
SIGNATURE_BYTES = 64
TAG_BYTES = 16
HEAD_MAX = 16 * 1024
PART_MAX = 64 * 1024
PARTS_MAX = 1 << 18  # 16 GiB
META_MAX = 8 * 1024 * 1024
BLOB_MAX = SEALED_BYTES_MAX + 1024 * 1024


class PackageRefused(Refused):
    """A package isn't taken; the sentence says what is wrong with it and what to do."""


NOT_ONE = "这不是交换包，或者文件开头已经损坏。请重新拷贝原文件。"
CUT_SHORT = "交换包不完整：文件在第 {at} 字节处中断。请重新拷贝原文件，核对大小。"
LONGER = "交换包末尾多出内容，没有收。请重新拷贝原文件。"
CHANGED = (
    "交换包被改动：第 {number} 段（第 {first} 至 {last} 字节）与签名不符，没有收。"
    "请重新拷贝原文件。"
)
FORGED = "交换包的签名不对：内容被改动，或者不是登记的那一方所写，没有收。请重新拷贝或与对方核对。"
UNREADABLE = "交换包的内容不是本版本能读的格式，请核对两边的软件版本。"
NOT_FOR_US = "交换包不是发给本系统的，或者本系统换过密钥，打不开。请对方按现在的密钥重新写一份。"


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a package says of itself, in clear and signed."""

    kind: str
    sender: str  # key id
    name: str
    receiver: str  # key id, or empty for a package that isn't sealed
    sequence: int
    previous: str  # digest of the package before, empty for the first
    made_at: str
    whole: bool = False  # holds everything, so that nothing before it is needed
    key: str = ""
    format: int = FORMAT


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record: what can be said as JSON, and bytes."""

    meta: dict[str, Any]
    blob: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A package whose signature holds: where its parts begin, and their digests."""

    head: Head
    digest: str
    starts: int
    parts: tuple[bytes, ...] = field(repr=False)


def canonical(value: Any) -> bytes:
    """The one way to write a value as JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def write_package(
    file: BinaryIO,
    head: Head,
    records: Iterable[Record],
    *,
    signer: Ed25519PrivateKey,
    receiver: PublicKey | None,
) -> str:
    """Write a package, part by part; returns its digest in hexadecimal."""
    cipher = None
    if receiver is not None:
        content_key = secrets.token_bytes(32)
        sealed = SUITE.encrypt(content_key, receiver.point, info=_bound(head))
        head = replace(head, key=sealed.hex())
        cipher = ChaCha20Poly1305(content_key)
    text = canonical(asdict(head))
    opening = MAGIC + LENGTH.pack(len(text)) + text
    file.write(opening)
    digests = []
    for number, plain in enumerate(_parts(records)):
        part = cipher.encrypt(number.to_bytes(12), plain, None) if cipher else plain
        file.write(LENGTH.pack(len(part)) + part)
        digests.append(hashlib.sha256(part).digest())
    if len(digests) > PARTS_MAX:
        raise ValueError(f"package of {len(digests)!r} parts is over {PARTS_MAX!r}")
    file.write(LENGTH.pack(0) + LENGTH.pack(len(digests)) + b"".join(digests))
    signed = _signed(opening, digests)
    file.write(signer.sign(signed))
    return hashlib.sha256(signed).hexdigest()


def head_of(file: BinaryIO) -> Head:
    """What a package says of itself, before anything is proved; PackageRefused if it is none."""
    file.seek(0)
    return _read_opening(file)[0]


def checked(file: BinaryIO, *, signed_by: Ed25519PublicKey) -> Checked:
    """Hold every byte against the signature; PackageRefused names the part that was changed."""
    file.seek(0)
    head, opening = _read_opening(file)
    starts = file.tell()
    found, spans = _digests_found(file)
    listed = _digests_listed(file)
    signature = _exactly(file, SIGNATURE_BYTES)
    if file.read(1):
        raise PackageRefused(LONGER)
    try:
        signed_by.verify(signature, _signed(opening, listed))
    except InvalidSignature as error:
        raise PackageRefused(FORGED) from error
    for number, (is_, said) in enumerate(zip(found, listed, strict=False)):
        if is_ != said:
            first, last = spans[number]
            raise PackageRefused(CHANGED.format(number=number + 1, first=first + 1, last=last))
    if len(found) != len(listed):
        raise PackageRefused(FORGED)
    digest = hashlib.sha256(_signed(opening, listed)).hexdigest()
    return Checked(head=head, digest=digest, starts=starts, parts=tuple(listed))


def records_of(file: BinaryIO, package: Checked, *, private: PrivateKey | None) -> Iterator[Record]:
    """The records of a checked package, one at a time; each part is proved again as it is read."""
    stream = _Stream(_opened_parts(file, package, private=private))
    while (first := stream.take(LENGTH.size, may_end=True)) is not None:
        meta = stream.take_sized(first, longest=META_MAX)
        blob = stream.take_sized(stream.take(LENGTH.size), longest=BLOB_MAX)
        try:
            told = json.loads(meta)
        except ValueError as error:
            raise PackageRefused(UNREADABLE) from error
        if not isinstance(told, dict):
            raise PackageRefused(UNREADABLE)
        yield Record(meta=told, blob=blob)


class _Stream:
    """Bytes of one part after the other."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._held = bytearray()

    def take(self, count: int, *, may_end: bool = False) -> bytes | None:
        """Exactly so many bytes, or None where the content may end."""
        while len(self._held) < count:
            part = next(self._parts, None)
            if part is None:
                if may_end and not self._held:
                    return None
                raise PackageRefused(UNREADABLE)
            self._held += part
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def take_sized(self, length: bytes | None, *, longest: int) -> bytes:
        """As many bytes as the length before them says."""
        size = LENGTH.unpack(length or b"\0\0\0\0")[0]
        if size > longest:
            raise PackageRefused(UNREADABLE)
        return self.take(size) or b""


def _parts(records: Iterable[Record]) -> Iterator[bytes]:
    held = bytearray()
    for record in records:
        meta = canonical(record.meta)
        if len(meta) > META_MAX or len(record.blob) > BLOB_MAX:
            raise ValueError(f"record of {len(meta)!r} and {len(record.blob)!r} bytes is too large")
        held += LENGTH.pack(len(meta)) + meta + LENGTH.pack(len(record.blob)) + record.blob
        whole = len(held) - len(held) % PART_MAX
        yield from (bytes(held[at : at + PART_MAX]) for at in range(0, whole, PART_MAX))
        del held[:whole]
    if held:
        yield bytes(held)


def _read_opening(file: BinaryIO) -> tuple[Head, bytes]:
    opening = file.read(len(MAGIC) + LENGTH.size)
    if len(opening) < len(MAGIC) + LENGTH.size or not opening.startswith(MAGIC):
        raise PackageRefused(NOT_ONE)
    size = LENGTH.unpack(opening[len(MAGIC) :])[0]
    if size > HEAD_MAX:
        raise PackageRefused(NOT_ONE)
    text = _exactly(file, size)
    try:
        head = Head(**json.loads(text))
    except (TypeError, ValueError, RecursionError) as error:
        raise PackageRefused(NOT_ONE) from error
    shapes = {"sequence": int, "format": int, "whole": bool}
    told = asdict(head)
    if any(type(value) is not shapes.get(name, str) for name, value in told.items()):
        raise PackageRefused(NOT_ONE)
    if head.format != FORMAT:
        raise PackageRefused(UNREADABLE)
    return head, opening + text


def _digests_found(file: BinaryIO) -> tuple[list[bytes], list[tuple[int, int]]]:
    digests: list[bytes] = []
    spans: list[tuple[int, int]] = []
    while size := LENGTH.unpack(_exactly(file, LENGTH.size))[0]:
        if size > PART_MAX + TAG_BYTES or len(digests) >= PARTS_MAX:
            raise PackageRefused(FORGED)
        first = file.tell()
        digests.append(hashlib.sha256(_exactly(file, size)).digest())
        spans.append((first, first + size))
    return digests, spans


def _digests_listed(file: BinaryIO) -> list[bytes]:
    count = LENGTH.unpack(_exactly(file, LENGTH.size))[0]
    if count > PARTS_MAX:
        raise PackageRefused(FORGED)
    return [_exactly(file, DIGEST_BYTES) for _ in range(count)]


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise PackageRefused(CUT_SHORT.format(at=file.tell()))
    return data


def _signed(opening: bytes, digests: list[bytes]) -> bytes:
    parts = hashlib.sha256(b"".join(digests)).digest()
    return LABEL + hashlib.sha256(opening).digest() + LENGTH.pack(len(digests)) + parts


def _bound(head: Head) -> bytes:
    """What the content key is tied to: all of the head but the sealed key itself."""
    return LABEL + canonical(asdict(replace(head, key="")))


def _opened_parts(
    file: BinaryIO, package: Checked, *, private: PrivateKey | None
) -> Iterator[bytes]:
    cipher = _cipher_of(package.head, private)
    file.seek(package.starts)
    for number, said in enumerate(package.parts):
        part = _exactly(file, LENGTH.unpack(_exactly(file, LENGTH.size))[0])
        if hashlib.sha256(part).digest() != said:  # somebody writes into the file meanwhile
            raise PackageRefused(FORGED)
        yield cipher.decrypt(number.to_bytes(12), part, None) if cipher else part


def _cipher_of(head: Head, private: PrivateKey | None) -> ChaCha20Poly1305 | None:
    if not head.key:
        return None
    if private is None:
        raise PackageRefused(NOT_FOR_US)
    try:
        content_key = SUITE.decrypt(bytes.fromhex(head.key), private.scalar, info=_bound(head))
    except (InvalidTag, ValueError) as error:
        raise PackageRefused(NOT_FOR_US) from error
    return ChaCha20Poly1305(content_key)
