"""An envelope opens for its recipients, in its matter, unaltered, and tells nothing else."""

import base64
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.leads import keys
from bihuan.leads.keys import PrivateKey
from bihuan.leads.recovery import printed_recovery_key, private_from_print
from bihuan.leads.sealing import (
    SEALED_BYTES_MAX,
    Purpose,
    Unopenable,
    context_of,
    open_sealed,
    recipients_of,
    rewrap,
    seal,
)
from bihuan.leads.stretching import Cost

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
CONTEXT = context_of(Purpose.IDENTITY, matter="m-0001")
PHONE = "19900001234"
CUSTODIAN, SECOND, STRANGER = (PrivateKey.generate() for _ in range(3))
BOTH = [CUSTODIAN.public, SECOND.public]


@given(st.binary(max_size=3000), st.binary(max_size=60))
def test_every_recipient_opens_it(plaintext: bytes, context: bytes) -> None:
    envelope = seal(plaintext, recipients=BOTH, context=context)
    for private in (CUSTODIAN, SECOND):
        assert open_sealed(envelope, private=private, context=context) == plaintext


@pytest.mark.parametrize("plaintext", [b"", b"\0", b"\x80", b"\x80\0\0", b"\0" * 1023, b"a" * 1024])
def test_padding_never_eats_the_end(plaintext: bytes) -> None:
    envelope = seal(plaintext, recipients=BOTH, context=CONTEXT)
    assert open_sealed(envelope, private=SECOND, context=CONTEXT) == plaintext


@settings(max_examples=300)
@given(st.data())
def test_any_altered_byte_keeps_it_shut(data: st.DataObject) -> None:
    envelope = bytearray(seal(PHONE.encode(), recipients=BOTH, context=CONTEXT))
    head = data.draw(st.booleans())
    place = data.draw(st.integers(0, 5 + 2 * 88 + 32 if head else len(envelope) - 1))
    envelope[place] ^= data.draw(st.integers(1, 255))
    for private in (CUSTODIAN, SECOND):
        with pytest.raises(Unopenable):
            open_sealed(bytes(envelope), private=private, context=CONTEXT)


def test_every_single_byte_of_the_head_counts() -> None:
    envelope = seal(b"", recipients=BOTH, context=CONTEXT)
    for place in range(5 + 2 * 88 + 32):
        altered = envelope[:place] + bytes([envelope[place] ^ 1]) + envelope[place + 1 :]
        with pytest.raises(Unopenable):
            open_sealed(altered, private=CUSTODIAN, context=CONTEXT)


@given(st.integers(0, 1300))
def test_a_torn_envelope_says_so(size: int) -> None:
    envelope = seal(PHONE.encode(), recipients=BOTH, context=CONTEXT)
    if size >= len(envelope):
        return
    with pytest.raises(Unopenable):
        open_sealed(envelope[:size], private=CUSTODIAN, context=CONTEXT)


@pytest.mark.parametrize("junk", [b"", b"BHE1", b"BHE1\xff", b"\0" * 5000])
def test_what_is_no_envelope_is_named_as_such(junk: bytes) -> None:
    with pytest.raises(Unopenable, match="格式"):
        recipients_of(junk)


def test_it_can_not_be_moved() -> None:
    envelope = seal(PHONE.encode(), recipients=BOTH, context=CONTEXT)
    elsewhere = [
        context_of(Purpose.IDENTITY, matter="m-0002"),
        context_of(Purpose.ACCOUNT, matter="m-0001"),
        context_of(Purpose.IDENTITY, matter="m-0001", part="1"),
        context_of(Purpose.IDENTITY, matter="m-000", part="1"),
    ]
    for context in elsewhere:
        with pytest.raises(Unopenable, match="与本事项不符"):
            open_sealed(envelope, private=CUSTODIAN, context=context)
        with pytest.raises(Unopenable):
            rewrap(envelope, private=CUSTODIAN, recipients=BOTH, context=context)


def test_a_head_does_not_fit_another_content() -> None:
    one, other = (seal(text, recipients=BOTH, context=CONTEXT) for text in (b"1", b"2"))
    head = len(one) - 1024 - 16
    with pytest.raises(Unopenable, match="已被改动"):
        open_sealed(one[:head] + other[head:], private=CUSTODIAN, context=CONTEXT)


def test_a_stranger_is_told_whom_to_ask() -> None:
    envelope = seal(PHONE.encode(), recipients=BOTH, context=CONTEXT)
    with pytest.raises(Unopenable, match="第二接收人") as refusal:
        open_sealed(envelope, private=STRANGER, context=CONTEXT)
    assert refusal.value.sentence.endswith("。")


def test_a_recipient_added_without_the_content_key_opens_nothing() -> None:
    envelope = seal(b"", recipients=[CUSTODIAN.public], context=CONTEXT)
    theirs = seal(b"", recipients=[STRANGER.public], context=CONTEXT)
    forged = envelope[:4] + b"\x02" + envelope[5:93] + theirs[5:93] + envelope[93:]
    for private in (CUSTODIAN, STRANGER):
        with pytest.raises(Unopenable, match="已被改动"):
            open_sealed(forged, private=private, context=CONTEXT)


def test_rotation_changes_who_opens_it_and_not_the_content() -> None:
    before = seal(PHONE.encode(), recipients=BOTH, context=CONTEXT)
    recipients = [SECOND.public, STRANGER.public]
    after = rewrap(before, private=CUSTODIAN, recipients=recipients, context=CONTEXT)
    assert after[-1040:] == before[-1040:]
    assert recipients_of(after) == (SECOND.public.key_id, STRANGER.public.key_id)
    for private in (SECOND, STRANGER):
        assert open_sealed(after, private=private, context=CONTEXT) == PHONE.encode()
    with pytest.raises(Unopenable):
        open_sealed(after, private=CUSTODIAN, context=CONTEXT)


def test_the_printed_recovery_key_opens_what_the_holder_lost() -> None:
    printed = printed_recovery_key()
    recipients = [CUSTODIAN.public, printed.public]
    envelope = seal(PHONE.encode(), recipients=recipients, context=CONTEXT)
    private = private_from_print(printed.text)
    rescued = rewrap(envelope, private=private, recipients=BOTH, context=CONTEXT)
    assert open_sealed(rescued, private=SECOND, context=CONTEXT) == PHONE.encode()


def test_the_telephone_number_is_nowhere_in_what_is_stored() -> None:
    wrapped = keys.new_key_pair(passphrase="一句只有保管人记得的话 77", cost=CHEAP)
    session = keys.unlock(wrapped, passphrase="一句只有保管人记得的话 77")
    envelope = seal(PHONE.encode(), recipients=[wrapped.public_key], context=CONTEXT)
    stored = repr(wrapped).encode() + wrapped.wrapped + session.server_part + envelope
    forms = [PHONE.encode(), PHONE.encode("utf-16-le"), int(PHONE).to_bytes(8)]
    forms += [hashlib.new(name, PHONE.encode()).digest() for name in ("md5", "sha1", "sha256")]
    forms += [form.hex().encode() for form in forms]
    forms += [base64.b64encode(PHONE.encode()).rstrip(b"=")]
    assert not [form for form in forms if form in stored]
    private = keys.private_from(session.server_part, cookie_secret=session.cookie_secret)
    assert open_sealed(envelope, private=private, context=CONTEXT) == PHONE.encode()


def test_the_same_words_never_look_the_same() -> None:
    one, other = (seal(PHONE.encode(), recipients=BOTH, context=CONTEXT) for _ in range(2))
    assert one[5 + 8 : 5 + 88] != other[5 + 8 : 5 + 88]
    assert one[-1040:] != other[-1040:]


@pytest.mark.parametrize(
    ("length", "padded"),
    [(0, 1024), (1023, 1024), (1024, 2048), (5000, 8192), (65535, 65536), (65536, 131072)],
)
def test_the_length_tells_only_a_bucket(length: int, padded: int) -> None:
    envelope = seal(b"x" * length, recipients=[SECOND.public], context=CONTEXT)
    assert len(envelope) == 5 + 88 + 32 + padded + 16


def test_a_file_of_50_megabytes_fits_and_more_than_64_is_refused() -> None:
    plaintext = b"x" * 50_000_000
    envelope = seal(plaintext, recipients=[SECOND.public], context=CONTEXT)
    assert open_sealed(envelope, private=SECOND, context=CONTEXT) == plaintext
    with pytest.raises(ValueError, match="is over"):
        seal(bytes(SEALED_BYTES_MAX + 1), recipients=BOTH, context=CONTEXT)


@pytest.mark.parametrize("count", [0, 2, 256])
def test_recipients_are_some_and_different(count: int) -> None:
    with pytest.raises(ValueError, match="recipients"):
        seal(b"", recipients=[CUSTODIAN.public] * count, context=CONTEXT)


def test_version_1_stays_readable() -> None:
    written = Path(__file__).with_name("envelope-1.txt").read_text("ascii")
    context = context_of(Purpose.ACCOUNT, matter="m-0001")
    private = PrivateKey(b"\x07" * 32)
    plaintext = open_sealed(base64.b64decode(written), private=private, context=context)
    assert plaintext.decode() == "第一版密封件"
