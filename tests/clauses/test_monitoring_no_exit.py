"""入井未出井: more than twelve hours without a cause, and what that says of an accident."""

from datetime import timedelta
from typing import Any

import pytest

from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.site_proposals import look_around
from tests.clauses.crews import ROAD, Crews, card
from tests.desks import Desk
from tests.doors import Door, march

IN = march(2, 8)


def below(crews: Crews, count: int, *, entered: Any = IN) -> None:
    """So many cards that went in, as the newest report has them."""
    at = IN + timedelta(minutes=1)
    told = [
        {"card": card(n), "area": ROAD, "entered_at": entered.isoformat()} for n in range(count)
    ]
    crews.send(at, persons=told)


def rows(crews: Crews, at: Any) -> list[dict[str, str]]:
    """Who is in for too long."""
    return Desk(crews.door.county).board("watch", "no-exit", at)


@pytest.mark.clause("AY-37-2")
def test_more_than_twelve_hours_and_not_twelve(crews: Crews) -> None:
    below(crews, 1)
    assert rows(crews, march(2, 20)) == []
    (row,) = rows(crews, march(2, 20, 0, 1))
    assert (row["人员卡"], row["情况"]) == (card(0), "未出井无说明")
    Desk(crews.door.county).register(
        "watch", "no_exit_cause", march(2, 21),
        site=crews.site, card=card(0), entered_on="2026-03-02", cause="连班检修。",
    )  # fmt: skip
    (row,) = rows(crews, march(2, 22))
    assert (row["情况"], row["原因"]) == ("已说明", "连班检修。")
    crews.send(march(2, 22, 30), elsewhere=0)
    assert rows(crews, march(2, 23)) == []


@pytest.mark.clause("AY-37-2")
@pytest.mark.parametrize(("casualties", "more"), [(1, 2), (3, 0), (4, 0)])
def test_more_never_came_out_than_were_reported(
    crews: Crews, door: Door, casualties: int, more: int
) -> None:
    below(crews, 3)
    desk = Desk(door.county)
    accident = desk.register(
        "office", "mine_accident", march(3),
        site=crews.site, name="3·2事故", kind="other", valid_from="2026-03-02",
        casualties=str(casualties),
    )  # fmt: skip
    at = march(3, 9)
    (row,) = desk.board("office", "accident-persons", at)
    assert (row["未出井人数"], row["相差人数"]) == ("3", str(more))
    page = desk.page("office", f"ledgers/mine_accident/{to_code(accident.pk)}/", at)
    assert ("瞒报线索" in page) is bool(more)
    look_around(now=at)
    found = Matter.objects.filter(kind="site_proposal", title__contains="疑似瞒报")
    assert found.count() == bool(more)
    if more:
        assert "相差 2 人" in page
        proposal = door.press("office", found.get(), "confirm", at, reason="须当面核查。")
        (check,) = Matter.objects.filter(kind="site_check", parent=proposal)
        assert check.site_id == crews.site


@pytest.mark.clause("AY-37-2")
def test_causes_that_the_firm_records_hide_no_difference(crews: Crews, door: Door) -> None:
    below(crews, 3)
    desk = Desk(door.county)
    for n in range(3):
        desk.register(
            "firm", "no_exit_cause", march(3, 1),
            site=crews.site, card=card(n), entered_on="2026-03-02", cause="卡未注销，人已升井。",
        )  # fmt: skip
    desk.register(
        "office", "mine_accident", march(3, 8),
        site=crews.site, name="3·2事故", kind="other", valid_from="2026-03-02", casualties="1",
    )  # fmt: skip
    (row,) = desk.board("office", "accident-persons", march(3, 9))
    assert (row["情况"], row["其中有登记原因"], row["相差人数"]) == ("瞒报线索", "3", "2")
    look_around(now=march(3, 9))
    proposal = Matter.objects.get(kind="site_proposal", title__contains="疑似瞒报")
    assert "3 人有登记原因" in proposal.facts_row.data["evidence"]
