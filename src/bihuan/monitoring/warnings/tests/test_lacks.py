"""What a call lacks before its warning may be lifted."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bihuan.monitoring.warnings.calling import minutes_between
from bihuan.monitoring.warnings.lifting import Look, Standing, lacks

AT = datetime(2026, 3, 2, tzinfo=UTC)
FACTS = ("measures", "feedback", "report", "online_found", "site_found")


def standing(*, mine: bool, authority: bool, account: bool = True) -> Standing:
    looks = [
        Look(at=AT, who="某人", is_mine=side)
        for side, there in ((True, mine), (False, authority))
        if there
    ]
    return Standing(looks=tuple(looks), mine_has_account=account)


@given(st.sets(st.sampled_from(FACTS)), st.booleans(), st.booleans())
def test_every_missing_part_is_named_once(there: set[str], mine: bool, authority: bool) -> None:
    facts = dict.fromkeys(there, "有")
    missing = lacks(facts, standing(mine=mine, authority=authority))
    assert len(missing) == 7 - len(there) - mine - authority
    assert len(set(missing)) == len(missing)


def test_a_signed_reason_stands_for_the_visit_and_an_answer_for_a_mine_without_account() -> None:
    facts: dict[str, Any] = dict.fromkeys(FACTS, "有") | {"site_found": ""}
    seen = standing(mine=False, authority=True, account=False)
    assert lacks(facts, seen) == ["矿方查看", "现场核查记录（或签字的不到场理由）"]
    facts |= {"no_visit_because": "道路中断", "answered_at": AT.isoformat()}
    assert lacks(facts, seen) == []
    assert lacks(facts, standing(mine=False, authority=True)) == ["矿方查看"]


def test_minutes_are_whole_and_missing_ones_are_none() -> None:
    assert minutes_between("2026-03-02T09:00:00+08:00", "2026-03-02T09:07:59+08:00") == 7
    assert minutes_between("2026-03-02T09:00:00+08:00", None) is None
