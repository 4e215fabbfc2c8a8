"""A package is read back as written, and refused with any byte changed, missing or too many."""

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bihuan.exchange.packages import (
    PART_MAX,
    Head,
    PackageRefused,
    Record,
    checked,
    head_of,
    records_of,
    write_package,
)
from bihuan.leads.keys import PrivateKey

pytestmark = pytest.mark.once
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RECEIVER = PrivateKey(bytes(range(1, 33)))
STRANGER = PrivateKey(bytes(range(2, 34)))
HEAD = Head(
    kind="tips", sender="aa" * 8, name="公众端", receiver="bb" * 8, sequence=3, previous="cc" * 32,
    made_at="2026-03-01T01:00:00+00:00",
)  # fmt: skip
RECORDS = [Record(meta={"t": "tip", "n": 1}, blob=b"\0" * 300), Record(meta={"词": "瓦斯"})]


def package(records: Sequence[Record] = RECORDS, *, sealed: bool = True) -> bytes:
    file = io.BytesIO()
    receiver = RECEIVER.public if sealed else None
    write_package(file, HEAD, records, signer=SIGNER, receiver=receiver)
    return file.getvalue()


def read(data: bytes, private: PrivateKey | None = RECEIVER) -> list[Record]:
    file = io.BytesIO(data)
    return list(records_of(file, checked(file, signed_by=SIGNER.public_key()), private=private))


SEALED = package()
metas = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9), max_size=3)
records = st.lists(st.builds(Record, meta=metas, blob=st.binary(max_size=200)), max_size=5)


@given(records, st.booleans())
def test_what_is_written_is_read(told: list[Record], sealed: bool) -> None:
    assert read(package(told, sealed=sealed)) == told


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_byte_changed_is_refused(at: int, by: int) -> None:
    changed = bytearray(SEALED)
    changed[at] ^= by
    with pytest.raises(PackageRefused):
        read(bytes(changed))


@given(st.integers(0, len(SEALED) - 1))
def test_a_package_cut_short_is_refused(size: int) -> None:
    with pytest.raises(PackageRefused):
        read(SEALED[:size])


@given(st.binary(min_size=1, max_size=40))
def test_a_package_with_more_behind_it_is_refused(more: bytes) -> None:
    with pytest.raises(PackageRefused):
        read(SEALED + more)


@given(st.binary(max_size=400))
def test_noise_is_refused(noise: bytes) -> None:
    for data in (noise, b"BHP1" + noise):
        with pytest.raises(PackageRefused):
            read(data)


def test_the_changed_part_is_named() -> None:
    data = bytearray(package([Record(meta={}, blob=bytes(3 * PART_MAX))], sealed=False))
    data[2 * PART_MAX + 4000] ^= 1
    with pytest.raises(PackageRefused, match=r"第 3 段（第 \d+ 至 \d+ 字节）与签名不符"):
        read(bytes(data))


def test_parts_may_not_change_places() -> None:
    opening = len(package([], sealed=False)) - 4 - 4 - 64
    data = package([Record(meta={}, blob=bytes(PART_MAX) + b"\1" * PART_MAX)], sealed=False)
    size = 4 + PART_MAX
    parts = [data[opening + size * n : opening + size * (n + 1)] for n in (0, 1)]
    assert data == data[:opening] + b"".join(parts) + data[opening + 2 * size :]
    swapped = data[:opening] + parts[1] + parts[0] + data[opening + 2 * size :]
    with pytest.raises(PackageRefused, match="第 1 段"):
        read(swapped)


def test_only_the_receiver_opens_it() -> None:
    for private in (STRANGER, None):
        with pytest.raises(PackageRefused, match="不是发给本系统的"):
            read(SEALED, private)
    assert b"tip" not in SEALED[len(SEALED) // 3 :]


def test_another_signer_is_refused() -> None:
    file = io.BytesIO()
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    write_package(file, HEAD, RECORDS, signer=other, receiver=None)
    with pytest.raises(PackageRefused, match="签名不对"):
        read(file.getvalue())


def test_what_it_says_of_itself_stands_in_clear() -> None:
    head = head_of(io.BytesIO(SEALED))
    assert replace(head, key="") == HEAD
    assert len(head.key) == 160


def test_a_later_format_is_refused_as_such() -> None:
    data = package(sealed=False).replace(b'"format":1', b'"format":2')
    with pytest.raises(PackageRefused, match="软件版本"):
        read(data)
