"""One rule for every percentage: half up, and a hundred only of all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.wording import share_text


@pytest.mark.parametrize(
    ("part", "of", "words"),
    [
        (2, 3, "66.7%"),
        (19, 141, "13.5%"),
        (1, 2000, "0.1%"),
        (1999, 2000, "99.9%"),
        (0, 7, "0.0%"),
        (7, 7, "100.0%"),
    ],
)
def test_half_goes_up(part: int, of: int, words: str) -> None:
    assert share_text(part, of=of) == words


@given(st.integers(1, 10**6).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_hundred_means_every_one(share: tuple[int, int]) -> None:
    part, of = share
    words = share_text(part, of=of)
    assert (words == "100.0%") == (part == of)
    assert abs(float(words.removesuffix("%")) - part * 100 / of) <= 0.1
