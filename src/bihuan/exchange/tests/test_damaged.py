"""A package that its registered sender wrote wrongly is refused too, in words, at its fault.

The bytes are laid out here by hand, as another program would write them from the description.
"""

import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bihuan.exchange.packages import (
    BLOB_MAX,
    LABEL,
    META_MAX,
    PART_MAX,
    PARTS_MAX,
    TAG_BYTES,
    Head,
    PackageRefused,
    Record,
    checked,
    head_of,
    records_of,
    write_package,
)

pytestmark = pytest.mark.once
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HEAD: dict[str, Any] = {
    "kind": "tips", "sender": "aa" * 8, "name": "公众端", "receiver": "bb" * 8, "sequence": 3,
    "previous": "", "made_at": "2026-03-01T01:00:00+00:00", "whole": False, "key": "", "format": 1,
}  # fmt: skip


def sized(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data


def opening(**changed: object) -> bytes:
    return b"BHP1" + sized(json.dumps(HEAD | changed).encode())


def package(parts: Sequence[bytes], *, kept: int | None = None) -> bytes:
    """A signed package of these parts, of which the first `kept` are really in it."""
    digests = [hashlib.sha256(part).digest() for part in parts]
    count = len(parts).to_bytes(4)
    signed = hashlib.sha256(opening()).digest() + count + hashlib.sha256(b"".join(digests)).digest()
    body = b"".join(sized(part) for part in parts[:kept])
    return opening() + body + bytes(4) + count + b"".join(digests) + SIGNER.sign(LABEL + signed)


def read(data: bytes) -> list[Record]:
    file = io.BytesIO(data)
    return list(records_of(file, checked(file, signed_by=SIGNER.public_key()), private=None))


def test_one_written_by_hand_is_read() -> None:
    content = sized(b'{"t":"tip"}') + sized(b"\1\2")
    assert read(package([content[:7], content[7:]])) == [Record(meta={"t": "tip"}, blob=b"\1\2")]


@pytest.mark.parametrize(
    "content",
    [
        sized(b"{not json") + sized(b""),
        sized(b"[1]") + sized(b""),
        sized(b"{}"),
        sized(b"{}") + (5).to_bytes(4) + b"1234",
        (META_MAX + 1).to_bytes(4) + b"{}",
        sized(b"{}") + (BLOB_MAX + 1).to_bytes(4),
    ],
)
def test_content_that_is_no_row_of_records_is_refused(content: bytes) -> None:
    with pytest.raises(PackageRefused, match="不是本版本能读的格式"):
        read(package([content]))


def test_a_part_left_out_is_refused() -> None:
    parts = [sized(b"{}") + sized(b""), sized(b"{}") + sized(b"")]
    assert len(read(package(parts))) == 2
    with pytest.raises(PackageRefused, match="签名不对"):
        read(package(parts, kept=1))


@pytest.mark.parametrize(
    "changed",
    [{"sequence": "3"}, {"whole": 1}, {"name": None}, {"more": ""}, {"name": "x" * 2**14}],
)
def test_a_head_of_another_shape_is_no_package(changed: dict[str, object]) -> None:
    assert head_of(io.BytesIO(opening())) == Head(**HEAD)
    with pytest.raises(PackageRefused, match="这不是交换包"):
        head_of(io.BytesIO(opening(**changed)))


@pytest.mark.parametrize(
    "tail",
    [(PART_MAX + TAG_BYTES + 1).to_bytes(4), bytes(4) + (PARTS_MAX + 1).to_bytes(4)],
)
def test_more_than_a_package_may_hold_is_refused_before_it_is_read(tail: bytes) -> None:
    with pytest.raises(PackageRefused, match="签名不对"):
        checked(io.BytesIO(opening() + tail), signed_by=SIGNER.public_key())


def test_a_file_that_changes_under_the_reader_is_refused() -> None:
    data = package([sized(b"{}") + sized(b"12")])
    file = io.BytesIO(data)
    package_ = checked(file, signed_by=SIGNER.public_key())
    file.seek(package_.starts + 4 + 10)
    file.write(b"3")
    with pytest.raises(PackageRefused, match="签名不对"):
        list(records_of(file, package_, private=None))


def test_a_record_that_no_reader_would_take_is_not_written() -> None:
    file, record = io.BytesIO(), Record(meta={"t": "x" * META_MAX})
    with pytest.raises(ValueError, match="too large"):
        write_package(file, Head(**HEAD), [record], signer=SIGNER, receiver=None)
