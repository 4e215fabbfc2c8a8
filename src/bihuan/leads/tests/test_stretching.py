"""A passphrase costs what is stated, and is read the same however it was typed."""

import pytest
from argon2 import extract_parameters

from bihuan.leads.stretching import (
    KEY_COST,
    PASSWORD_COST,
    Cost,
    password_hasher,
    stretched_key,
)

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)


def test_full_width_typing_gives_the_same_key() -> None:
    plain = stretched_key("Abc 123", salt=b"s" * 16, cost=CHEAP)
    assert stretched_key("Ａｂｃ　１２３", salt=b"s" * 16, cost=CHEAP) == plain
    assert len(plain) == 32


def test_every_parameter_changes_the_key() -> None:
    costs = [CHEAP, Cost(memory_kib=16, passes=1, lanes=1), Cost(memory_kib=8, passes=2, lanes=1)]
    assert len({stretched_key("口令", salt=b"s" * 16, cost=cost) for cost in costs}) == 3


def test_half_a_character_is_no_error() -> None:
    assert stretched_key("\ud800", salt=b"s" * 16, cost=CHEAP)


@pytest.mark.parametrize(
    ("memory_kib", "passes", "lanes"),
    [(7, 1, 1), (8, 0, 1), (8, 1, 0), (8, 65, 1), (136, 1, 17), (2**31, 1, 1)],
)
def test_parameters_out_of_range_are_refused(memory_kib: int, passes: int, lanes: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        Cost(memory_kib=memory_kib, passes=passes, lanes=lanes)


def test_defaults_stay_within_what_is_recommended() -> None:
    assert KEY_COST.memory_kib >= 64 * 1024
    assert KEY_COST.passes >= 3
    stated = extract_parameters(password_hasher(PASSWORD_COST).hash(b"x"))
    assert (stated.memory_cost, stated.time_cost) == (19 * 1024, 2)
