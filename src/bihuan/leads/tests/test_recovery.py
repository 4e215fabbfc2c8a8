"""The recovery key comes back from paper, or the mistyped group is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.leads.recovery import (
    ALPHABET,
    CHECKS,
    MistypedKey,
    printed_recovery_key,
    private_from_print,
)


def test_the_printed_key_comes_back() -> None:
    printed = printed_recovery_key()
    assert private_from_print(printed.text).public == printed.public
    assert [len(group) for group in printed.text.split(" ")] == [5] * 13


def test_it_may_be_typed_carelessly() -> None:
    printed = printed_recovery_key()
    careless = printed.text.lower().replace(" ", "－").replace("0", "o").replace("1", "l")
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isalnum() else letter for letter in careless)
    assert private_from_print(f" {wide}\n").public == printed.public


def test_it_is_never_shown_by_accident() -> None:
    printed = printed_recovery_key()
    assert printed.text not in repr(printed)


@given(st.integers(0, 64), st.sampled_from(CHECKS))
def test_one_mistyped_character_is_refused_and_its_group_named(place: int, letter: str) -> None:
    compact = printed_recovery_key().text.replace(" ", "")
    typed = compact[:place] + letter + compact[place + 1 :]
    if typed == compact:
        return
    with pytest.raises(MistypedKey, match=f"第 {place // 5 + 1} 组有误"):
        private_from_print(typed)


@given(st.integers(0, 63))
def test_two_letters_that_changed_places_are_refused(place: int) -> None:
    compact = printed_recovery_key().text.replace(" ", "")
    typed = compact[:place] + compact[place + 1] + compact[place] + compact[place + 2 :]
    if typed == compact:
        return
    with pytest.raises(MistypedKey):
        private_from_print(typed)


def test_groups_that_changed_places_are_refused() -> None:
    groups = printed_recovery_key().text.split(" ")
    groups[2], groups[7] = groups[7], groups[2]
    with pytest.raises(MistypedKey, match="第 3 组有误"):
        private_from_print(" ".join(groups))


def test_a_missing_character_is_counted() -> None:
    with pytest.raises(MistypedKey, match="现有 64 个字符"):
        private_from_print(printed_recovery_key().text[:-1])


def test_well_formed_groups_of_another_kind_are_refused() -> None:
    groups = [f"0000{CHECKS[(place << 20) % 37]}" for place in range(13)]
    with pytest.raises(MistypedKey, match="不是本系统打印"):
        private_from_print(" ".join(groups))


def test_letters_that_look_alike_are_not_printed() -> None:
    assert not set("OIL") & set(ALPHABET + CHECKS)


def test_a_sheet_printed_long_ago_stays_readable() -> None:
    text = "21R7* 0W3GZ E1R74 0W3GQ E1R7~ 0W3GF E1R7S 0W3G7 E1R7H 0W3GU E1R79 0W3GW E1R71"
    assert private_from_print(text).raw == b"\x07" * 32
