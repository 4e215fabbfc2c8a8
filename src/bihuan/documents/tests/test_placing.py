"""Words beside close lines of a drawing, of the evidence sheet as well."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bihuan.documents.evidence import Curve, drawing_of
from bihuan.documents.placing import apart

PLACES = st.lists(st.integers(0, 200), max_size=8).map(sorted)


def test_what_is_far_enough_apart_stays_and_a_group_keeps_its_middle() -> None:
    assert apart([10, 40], gap=12, least=0, most=200) == [10, 40]
    assert apart([100, 104], gap=12, least=0, most=200) == [96, 108]
    assert apart([100, 100, 103], gap=12, least=0, most=200) == [89, 101, 113]
    assert apart([2, 4], gap=12, least=0, most=200) == [0, 12]
    assert apart([199, 200], gap=12, least=0, most=200) == [188, 200]


@given(PLACES)
def test_words_never_touch_and_never_leave_the_drawing(wanted: list[int]) -> None:
    found = apart(wanted, gap=12, least=0, most=200)
    assert len(found) == len(wanted)
    assert all(after - before >= 11.8 for before, after in pairwise(found))
    assert all(0 <= place <= 200 for place in found)


def test_limits_of_an_evidence_sheet_can_be_read_each() -> None:
    curve = Curve(
        dots=((0, 0.4), (60, 1.1)),
        limits=(("报警≥1", 1.0), ("断电≥1.02", 1.02)),
        shade=None,
        ends=("08:00", "08:01"),
        joined_s=90,
    )
    drawn = drawing_of(curve, font="Noto Sans SC")
    places = {words: float(y) for y, words in re.findall(r'y="([\d.]+)"[^>]*>([^<]+)≥', drawn)}
    assert places["报警"] - places["断电"] > 9
