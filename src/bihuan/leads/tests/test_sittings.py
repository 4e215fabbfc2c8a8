"""Consultations are counted by sitting; every log line stays."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.people import NOW, County

from bihuan.leads import custody
from bihuan.leads.sittings import PAUSE_MAX, consulted, sittings
from bihuan.leads.tests.test_custody import WHY, key_of
from bihuan.leads.tests.test_tip_off import planted
from bihuan.leads.tips import file_tip

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("minutes", "count"),
    [((), 0), ((0,), 1), ((0, 1, 2, 5), 1), ((0, 30, 60), 1), ((0, 31), 2), ((0, 29, 61), 2)],
)
def test_a_pause_of_more_than_half_an_hour_ends_a_sitting(
    minutes: tuple[int, ...], count: int
) -> None:
    assert sittings([(1, "account", NOW + one * MINUTE) for one in minutes]) == count


def test_two_people_are_two_and_each_identity_counts() -> None:
    at_once = [(1, "account", NOW), (2, "account", NOW), (1, "account", NOW)]
    assert sittings(at_once) == 2
    assert sittings([(3, "identity", NOW), (3, "identity", NOW + MINUTE)]) == 2


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 300)), max_size=30))
def test_never_more_than_lines_and_one_at_least_for_each_person(
    read: list[tuple[int, int]],
) -> None:
    lines = [(who, "account", NOW + at * MINUTE) for who, at in sorted(read, key=_by_time)]
    count = sittings(lines)
    assert len({who for who, _at in read}) <= count <= len(lines)
    far = [(who, what, NOW + number * (PAUSE_MAX + MINUTE)) for number, (who, what, _) in
           enumerate(lines)]  # fmt: skip
    assert sittings(far) == len(lines)


def test_a_lead_says_how_often_it_was_consulted(sealing_county: County) -> None:
    matter = file_tip(planted(), now=NOW, region_id=sealing_county.region.pk).matter
    assert consulted(matter) == "还没有调阅"
    private, by = key_of(sealing_county, "intake"), sealing_county.actor("intake")
    for minutes in (0, 1, 2):
        custody.open_account(matter, private=private, by=by, now=NOW + minutes * MINUTE)
    assert consulted(matter) == "调阅 1 次，记录 3 条"
    keeper = sealing_county.actor("custodian")
    custody.reveal_identity(matter, private=key_of(sealing_county, "custodian"), by=keeper, **WHY)
    assert consulted(matter) == "调阅 2 次，记录 4 条"


def _by_time(read: tuple[int, int]) -> int:
    return read[1]
