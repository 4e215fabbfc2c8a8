"""A private key opens with its passphrase only, and for one session only."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.leads import keys
from bihuan.leads.keys import (
    PrivateKey,
    PublicKey,
    SessionEnded,
    WeakPassphrase,
    WrappedKey,
    WrongPassphrase,
    fingerprint,
)
from bihuan.leads.stretching import Cost

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
DEARER = Cost(memory_kib=64, passes=2, lanes=2)
PASSPHRASE = "青石岭 雨后 第三班 1977"
passphrases = st.text(min_size=12, max_size=40).filter(lambda text: len(set(text)) >= 6)


def opened(wrapped: WrappedKey, passphrase: str = PASSPHRASE) -> PrivateKey:
    session = keys.unlock(wrapped, passphrase=passphrase)
    return keys.private_from(session.server_part, cookie_secret=session.cookie_secret)


@given(passphrases)
def test_the_passphrase_opens_its_key(passphrase: str) -> None:
    wrapped = keys.new_key_pair(passphrase=passphrase, cost=CHEAP)
    assert opened(wrapped, passphrase).public == wrapped.public_key
    assert wrapped.key_id == wrapped.public_key.key_id


def test_another_passphrase_does_not() -> None:
    wrapped = keys.new_key_pair(passphrase=PASSPHRASE, cost=CHEAP)
    with pytest.raises(WrongPassphrase) as refusal:
        keys.unlock(wrapped, passphrase=PASSPHRASE + "。")
    assert "请核对大小写" in refusal.value.sentence


def test_two_sets_of_parameters_stay_readable() -> None:
    for cost in (CHEAP, DEARER):
        wrapped = keys.new_key_pair(passphrase=PASSPHRASE, cost=cost)
        stated = (wrapped.memory_kib, wrapped.passes, wrapped.lanes)
        assert stated == (cost.memory_kib, cost.passes, cost.lanes)
        assert opened(wrapped).public == wrapped.public_key


def test_the_default_cost_is_the_dear_one() -> None:
    wrapped = keys.new_key_pair(passphrase=PASSPHRASE)
    assert wrapped.memory_kib * wrapped.passes >= 3 * 64 * 1024


@given(st.data())
def test_any_altered_byte_of_the_row_keeps_the_key_shut(data: st.DataObject) -> None:
    wrapped = keys.new_key_pair(passphrase=PASSPHRASE, cost=CHEAP)
    name = data.draw(st.sampled_from(["key_id", "public", "wrapped", "salt"]))
    value = bytearray(getattr(wrapped, name))
    value[data.draw(st.integers(0, len(value) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(WrongPassphrase):
        keys.unlock(replace(wrapped, **{name: bytes(value)}), passphrase=PASSPHRASE)


@pytest.mark.parametrize("change", [{"memory_kib": 16}, {"passes": 2}])
def test_altered_parameters_keep_the_key_shut(change: dict[str, int]) -> None:
    wrapped = keys.new_key_pair(passphrase=PASSPHRASE, cost=CHEAP)
    with pytest.raises(WrongPassphrase):
        keys.unlock(replace(wrapped, **change), passphrase=PASSPHRASE)


def test_a_greedy_parameter_is_refused_before_any_work() -> None:
    wrapped = keys.new_key_pair(passphrase=PASSPHRASE, cost=CHEAP)
    with pytest.raises(ValueError, match="out of range"):
        keys.unlock(replace(wrapped, memory_kib=2**40), passphrase=PASSPHRASE)


@pytest.mark.parametrize("weak", ["", "太短了", "111111111111111", "abababababababab"])
def test_a_weak_passphrase_is_refused(weak: str) -> None:
    with pytest.raises(WeakPassphrase, match="至少 12 个字符"):
        keys.new_key_pair(passphrase=weak, cost=CHEAP)


def test_a_changed_passphrase_keeps_the_key() -> None:
    before = keys.new_key_pair(passphrase=PASSPHRASE, cost=CHEAP)
    changed = "换了班组之后的新口令二〇二六"
    after = keys.change_passphrase(
        before, passphrase=PASSPHRASE, new_passphrase=changed, cost=DEARER
    )
    assert opened(after, changed) == opened(before)
    assert after.salt != before.salt
    with pytest.raises(WrongPassphrase):
        keys.unlock(after, passphrase=PASSPHRASE)


def test_a_change_asks_for_the_old_passphrase_and_a_strong_new_one() -> None:
    wrapped = keys.new_key_pair(passphrase=PASSPHRASE, cost=CHEAP)
    with pytest.raises(WrongPassphrase):
        keys.change_passphrase(wrapped, passphrase="不是这一句", new_passphrase=PASSPHRASE)
    with pytest.raises(WeakPassphrase):
        keys.change_passphrase(wrapped, passphrase=PASSPHRASE, new_passphrase="短")


def test_cookie_and_row_of_two_sessions_do_not_fit() -> None:
    wrapped = keys.new_key_pair(passphrase=PASSPHRASE, cost=CHEAP)
    first, second = (keys.unlock(wrapped, passphrase=PASSPHRASE) for _ in range(2))
    assert first.server_part != second.server_part
    with pytest.raises(SessionEnded, match="请重新输入密钥口令"):
        keys.private_from(first.server_part, cookie_secret=second.cookie_secret)


@pytest.mark.parametrize("size", [0, 11, 12, 28])
def test_a_torn_row_ends_the_session(size: int) -> None:
    session = keys.unlock(
        keys.new_key_pair(passphrase=PASSPHRASE, cost=CHEAP), passphrase=PASSPHRASE
    )
    with pytest.raises(SessionEnded):
        keys.private_from(session.server_part[:size], cookie_secret=session.cookie_secret)
    with pytest.raises(SessionEnded):
        keys.private_from(session.server_part, cookie_secret=b"")


def test_nothing_that_is_stored_holds_the_private_key() -> None:
    wrapped = keys.new_key_pair(passphrase=PASSPHRASE, cost=CHEAP)
    session = keys.unlock(wrapped, passphrase=PASSPHRASE)
    private = keys.private_from(session.server_part, cookie_secret=session.cookie_secret)
    kept = [getattr(wrapped, field.name) for field in fields(wrapped)] + [session.server_part]
    for stored in (value for value in kept if isinstance(value, bytes)):
        assert private.raw not in stored
        assert PASSPHRASE.encode() not in stored
        assert session.cookie_secret not in stored
    assert repr(private.raw) not in repr(private)
    assert repr(session.cookie_secret) not in repr(session)


def test_a_fingerprint_is_six_groups_of_five_digits_and_names_one_key() -> None:
    one, other = PrivateKey.generate().public, PrivateKey.generate().public
    groups = fingerprint(one).split(" ")
    assert [len(group) for group in groups] == [5] * 6
    assert "".join(groups).isdecimal()
    assert fingerprint(one) == fingerprint(PublicKey(one.raw)) != fingerprint(other)
    assert fingerprint(PublicKey(b"\x01" * 32)) == "87668 81986 84771 29260 51239 13511"


def test_a_public_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="expected 32"):
        PublicKey(b"short")


def test_a_row_written_long_ago_stays_readable() -> None:
    wrapped = (
        "6e6e6e6e6e6e6e6e6e6e6e6ea8e88456f5b4e6c559f21efe8907d90de530eeb17416cce85aef3cd6"
        "04fc0fb10adf3f88eb13f6662951000677a69ee8"
    )
    row = WrappedKey(
        key_id=PrivateKey(b"\x07" * 32).public.key_id,
        public=PrivateKey(b"\x07" * 32).public.raw,
        wrapped=bytes.fromhex(wrapped),
        salt=b"s" * 16,
        memory_kib=8,
        passes=1,
        lanes=1,
    )
    assert opened(row).raw == b"\x07" * 32
