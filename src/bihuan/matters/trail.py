"""The trail: canonical bytes of an entry, its hash, and reading them back.

An entry's bytes are one struct head (version, matter, seq, happened, recorded, actor), the hash
of the entry before it, and length-prefixed UTF-8 parts. The bytes are what is hashed and stored;
table columns are projections that `verify` compares. Hash: SM3 (GB/T 32905-2016), 32 bytes.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes

FORMAT = 1
HEAD = struct.Struct(">BQIqqI")
HASH_SIZE = 32
GENESIS = bytes(HASH_SIZE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LENGTH = struct.Struct(">I")
_RECORDED = struct.Struct(">q")
_RECORDED_AT = struct.calcsize(">BQIq")
_EPOCH_DAY = _EPOCH.toordinal()
_EIGHT_HOURS_US = 8 * 3600 * 1_000_000
_DAY_US = 24 * 3600 * 1_000_000
_PARTS = range(7)
_SM3 = hashes.Hash(hashes.SM3())


@dataclass(frozen=True, kw_only=True)
class Line:
    """The content of one entry, before or after its bytes."""

    matter_id: int
    seq: int
    happened_at: datetime
    recorded_at: datetime
    actor_id: int
    actor: str
    acting_for: str
    step: str
    stage_from: str
    stage_to: str
    basis: str
    changes: Mapping[str, Any]


def digest(body: bytes) -> bytes:
    """SM3 of the bytes; a prepared object is copied because that is faster than a new one."""
    state = _SM3.copy()
    state.update(body)
    return state.finalize()


def to_bytes(line: Line, *, previous: bytes) -> bytes:
    """Canonical bytes of an entry that follows the entry with hash `previous`."""
    changes = json.dumps(line.changes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return pack(
        (
            FORMAT,
            line.matter_id,
            line.seq,
            (line.happened_at - _EPOCH) // _MICROSECOND,
            (line.recorded_at - _EPOCH) // _MICROSECOND,
            line.actor_id,
        ),
        (
            line.actor,
            line.acting_for,
            line.step,
            line.stage_from,
            line.stage_to,
            line.basis,
            changes,
        ),
        previous=previous,
    )


def pack(
    head: tuple[int, int, int, int, int, int], parts: tuple[str, ...], *, previous: bytes
) -> bytes:
    """The bytes themselves: format, matter, seq, µs happened, µs recorded, actor; then texts."""
    encoded = [part.encode() for part in parts]
    pieces = [piece for raw in encoded for piece in (_LENGTH.pack(len(raw)), raw)]
    return b"".join([HEAD.pack(*head), previous, *pieces])


def previous_of(body: bytes) -> bytes:
    """The hash of the entry before, as it stands in the bytes."""
    return body[HEAD.size : HEAD.size + HASH_SIZE]


def recorded_day(body: bytes) -> int:
    """Ordinal of the Shanghai day on which an entry was recorded (UTC+8, no summer time)."""
    recorded: int = _RECORDED.unpack_from(body, _RECORDED_AT)[0]
    return _EPOCH_DAY + (recorded + _EIGHT_HOURS_US) // _DAY_US


def step_and_changes(body: bytes) -> tuple[str, str]:
    """The step and the changes as JSON, without reading the rest; ValueError as `from_bytes`."""
    starts = []
    at = HEAD.size + HASH_SIZE
    length_of = _LENGTH.unpack_from
    try:
        for _part in _PARTS:
            starts.append(at)
            at += 4 + length_of(body, at)[0]
    except struct.error as error:
        raise ValueError(f"not the bytes of an entry: {error}") from error
    if at != len(body):
        raise ValueError("an entry is cut short")
    return body[starts[2] + 4 : starts[3]].decode(), body[starts[6] + 4 :].decode()


def from_bytes(body: bytes) -> Line:
    """Read an entry back; raises ValueError when the bytes aren't an entry."""
    try:
        version, matter_id, seq, happened, recorded, actor_id = HEAD.unpack_from(body)
        if version != FORMAT:
            raise ValueError(f"unknown entry format {version!r}")
        parts = _parts(body, HEAD.size + HASH_SIZE)
        actor, acting_for, step, stage_from, stage_to, basis, changes = parts
        return Line(
            matter_id=matter_id,
            seq=seq,
            happened_at=_EPOCH + timedelta(microseconds=happened),
            recorded_at=_EPOCH + timedelta(microseconds=recorded),
            actor_id=actor_id,
            actor=actor,
            acting_for=acting_for,
            step=step,
            stage_from=stage_from,
            stage_to=stage_to,
            basis=basis,
            changes=json.loads(changes),
        )
    except (struct.error, OverflowError, UnicodeDecodeError) as error:
        raise ValueError(f"not the bytes of an entry: {error}") from error


def _parts(body: bytes, start: int) -> list[str]:
    parts = []
    while start < len(body):
        (length,) = _LENGTH.unpack_from(body, start)
        start += _LENGTH.size
        if start + length > len(body):
            raise ValueError("an entry is cut short")
        parts.append(body[start : start + length].decode())
        start += length
    return parts
