"""A receipt code is random, forgiving to type, and its row tells nothing."""

import pytest
from argon2.exceptions import InvalidHashError
from hypothesis import given
from hypothesis import strategies as st

from bihuan.leads.receipts import (
    grouped,
    hash_claim_password,
    new_claim_password,
    new_receipt,
    normalise,
    receipt_key,
    verify_claim_password,
)
from bihuan.leads.stretching import Cost

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
DEARER = Cost(memory_kib=64, passes=2, lanes=2)
KEY = b"k" * 32


def completed(number: int) -> str:
    """The receipt whose first fifteen digits are this number."""
    candidates = [f"{number:015d}{check}" for check in range(10)]
    (digits,) = filter(normalise, candidates)
    return grouped(digits)


receipts = st.integers(0, 10**15 - 1).map(completed)


@given(receipts)
def test_a_receipt_is_four_groups_of_four_digits(receipt: str) -> None:
    groups = receipt.split(" ")
    assert [len(group) for group in groups] == [4] * 4
    assert normalise(receipt) == "".join(groups)
    assert grouped("".join(groups)) == receipt


def test_a_drawn_receipt_is_one_that_is_read() -> None:
    drawn = new_receipt()
    assert grouped(normalise(drawn) or "") == drawn


def test_receipts_use_every_digit_everywhere() -> None:
    drawn = [normalise(new_receipt()) for _ in range(600)]
    assert len(set(drawn)) == 600
    assert all(len({receipt[place] for receipt in drawn}) == 10 for place in range(16))


@given(receipts, st.integers(0, 15), st.integers(1, 9))
def test_a_wrong_digit_is_told_apart(receipt: str, place: int, shift: int) -> None:
    digits = normalise(receipt)
    wrong = str((int(digits[place]) + shift) % 10)
    assert normalise(digits[:place] + wrong + digits[place + 1 :]) is None


@given(receipts, st.integers(0, 14))
def test_neighbours_that_changed_places_are_told_apart(receipt: str, place: int) -> None:
    digits = normalise(receipt)
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert normalise(swapped) == (digits if swapped == digits else None)


@pytest.mark.parametrize(
    "numerals",
    [
        "〇一二三四五六七八九",
        "零壹贰叁肆伍陆柒捌玖",
        "零幺两三四五六七八九",
        "０１２３４５６７８９",
    ],
)
@given(receipts)
def test_numerals_of_every_keyboard_are_read(numerals: str, receipt: str) -> None:
    typed = "".join(numerals[int(letter)] if letter != " " else " " for letter in receipt)
    assert normalise(typed) == normalise(receipt)


@pytest.mark.parametrize("separator", ["", "-", "－", "—", "　", "\t", "·", "，", "、", "\n", "。"])
def test_separators_are_ignored(separator: str) -> None:
    receipt = new_receipt()
    assert normalise(receipt.replace(" ", separator)) == normalise(receipt)


@given(st.text(max_size=40))
def test_anything_else_is_no_receipt(text: str) -> None:
    assert normalise(text) is None or len(normalise(text)) == 16


def test_fifteen_digits_are_no_receipt() -> None:
    assert normalise(normalise(new_receipt())[:-1]) is None
    assert normalise("٠" * 16) is None
    assert [normalise("0" * length) is not None for length in (15, 16, 17)] == [False, True, False]


def test_look_up_is_the_same_however_it_was_typed_and_needs_the_key() -> None:
    receipt = new_receipt()
    looked_up = receipt_key(receipt, hmac_key=KEY)
    assert len(looked_up) == 32
    assert receipt_key(receipt.replace(" ", "-"), hmac_key=KEY) == looked_up
    assert receipt_key(receipt, hmac_key=b"x" * 32) != looked_up
    assert receipt_key(new_receipt(), hmac_key=KEY) != looked_up


def test_look_up_of_what_is_no_receipt_is_a_fault() -> None:
    with pytest.raises(ValueError, match="not a receipt"):
        receipt_key("1234", hmac_key=KEY)
    with pytest.raises(ValueError, match="need 32"):
        receipt_key(new_receipt(), hmac_key=b"short")


def test_look_up_never_changes_between_versions() -> None:
    looked_up = receipt_key("0000 0000 0000 0000", hmac_key=KEY)
    assert looked_up.hex()[:16] == "2c0164483a18817b"


@pytest.mark.parametrize("cost", [CHEAP, DEARER])
def test_a_claim_password_opens_under_either_parameters(cost: Cost) -> None:
    password = new_claim_password()
    hashed = hash_claim_password(password, cost=cost)
    assert f"m={cost.memory_kib},t={cost.passes},p={cost.lanes}" in hashed
    assert verify_claim_password(password, hashed=hashed)
    assert verify_claim_password(password.replace(" ", "－"), hashed=hashed)
    assert not verify_claim_password(new_claim_password(), hashed=hashed)
    assert password.replace(" ", "") not in hashed


def test_claim_passwords_are_three_groups_and_hashed_dearly() -> None:
    assert [len(group) for group in new_claim_password().split(" ")] == [4] * 3
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in hash_claim_password("1234")


def test_a_row_that_is_no_hash_is_a_fault() -> None:
    with pytest.raises(InvalidHashError):
        verify_claim_password("1234", hashed="")
