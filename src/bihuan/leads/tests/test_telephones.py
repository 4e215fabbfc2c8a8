"""Numbers that can be called are taken however they are typed; others are told what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.leads.telephones import fault_of, plain_number


@pytest.mark.parametrize(
    "typed",
    [
        "19900004417", "199 0000 4417", "199-0000-4417", "１９９００００４４１７",
        "+86 199 0000 4417",
        "8619900004417", "0086-19900004417", "＋８６１９９００００４４１７", "199—0000—4417",
        "7000123", "70001234", "0350-7000123", "03507000123", "（0350）7000123", "010 60001234",
        "０３５０－７０００１２３", "+86 350 7000123", "+86 10 60001234",
        "+86 0350 7000123", "0350-7000123 转 802", "86001234",
    ],
)  # fmt: skip
def test_a_number_that_can_be_called_is_taken(typed: str) -> None:
    assert fault_of(typed) == ""


@pytest.mark.parametrize("digits", [1, 3, 7, 8, 9, 10, 12, 15])
def test_a_mobile_number_has_eleven_digits(digits: int) -> None:
    assert f"应是 11 位，现在是 {digits} 位" in fault_of("19900004417999999"[:digits])
    assert "应是 11 位" in fault_of("１９９００００４４１７９")
    assert "现在是 10 位" in fault_of("+86 1990000441")


@pytest.mark.parametrize(
    "typed",
    ["没有", "700012", "700012345678", "0350", "0350-12345", "+1 202 5550100", "١٩٩٠٠٠٠٤٤١٧"],
)
def test_what_can_not_be_called_is_told(typed: str) -> None:
    assert "“电话”" in fault_of(typed)


def test_nothing_typed_is_asked_for() -> None:
    assert "请写“电话”" in fault_of(" - ")


@given(st.text(max_size=60))
def test_any_text_is_answered(typed: str) -> None:
    assert not fault_of(typed) or "“电话”" in fault_of(typed)


def test_the_marks_between_digits_are_left_out() -> None:
    assert plain_number("＋８６ 199—0000—4417") == "+8619900004417"
