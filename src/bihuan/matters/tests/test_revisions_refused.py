"""更正 and 撤回 that can't be: nothing chosen, a stranger, somebody else's step, children."""

from datetime import datetime, timedelta

import pytest
from tests.doors import Door, march
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.matters.engine import take_step
from bihuan.matters.models import Entry, Matter, NumberVoid, PaperCopy, Timer
from bihuan.matters.refusals import Incomplete, NotYours, Refused
from bihuan.matters.revisions import ask_correction, withdraw_step
from bihuan.matters.ticking import tick
from bihuan.matters.verify import verify

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A registered lead."""
    return register(county, open_lead(county, now=NOW), now=NOW)


def withdraw(county: County, lead: Matter, *, by: str = "office", reason: str = "选错。") -> Matter:
    return withdraw_step(lead.pk, reason=reason, by=county.actor(by), now=NOW + HOUR)


@pytest.mark.parametrize("changes", [{}, {"colour": "红"}])
def test_something_must_be_chosen(county: County, lead: Matter, changes: dict[str, str]) -> None:
    with pytest.raises(Refused, match="请选择要更正的内容"):
        ask_correction(lead.pk, changes=changes, reason="x", by=county.actor("intake"), now=NOW)


def test_a_correction_needs_a_reason(county: County, lead: Matter) -> None:
    with pytest.raises(Incomplete, match="理由"):
        ask_correction(
            lead.pk, changes={"place": "井口"}, reason=" ", by=county.actor("intake"), now=NOW
        )


def test_who_never_acted_asks_for_no_correction(county: County, lead: Matter) -> None:
    with pytest.raises(NotYours, match="办理过本事项"):
        ask_correction(
            lead.pk, changes={"place": "井口"}, reason="补充。", by=county.actor("intake2"), now=NOW
        )
    assert "place" not in lead.facts_row.data


def test_opening_is_not_taken_back(county: County) -> None:
    lead = open_lead(county, now=NOW)
    with pytest.raises(Refused, match="只能撤回您本人刚办的一步"):
        withdraw(county, lead, by="intake")


def test_another_persons_step_is_not_taken_back(county: County, lead: Matter) -> None:
    with pytest.raises(Refused, match="只能撤回您本人刚办的一步"):
        withdraw(county, lead, by="office")


def test_a_step_is_not_taken_back_twice(county: County, lead: Matter) -> None:
    hand_over(county, lead, now=NOW)
    withdraw(county, lead)
    with pytest.raises(Refused, match="只能撤回您本人刚办的一步"):
        withdraw(county, lead)


def test_taking_back_needs_a_reason(county: County, lead: Matter) -> None:
    hand_over(county, lead, now=NOW)
    with pytest.raises(Refused, match="请写明撤回理由"):
        withdraw(county, lead, reason=" ")


def test_a_step_with_children_is_not_taken_back(county: County, lead: Matter) -> None:
    assert Matter.objects.filter(parent=lead).exists()
    with pytest.raises(Refused, match="已生成关联事项"):
        withdraw(county, lead, by="intake")


def test_nothing_is_taken_back_once_the_clock_acted(county: County, lead: Matter) -> None:
    hand_over(county, lead, now=NOW)
    tick(now=NOW + 10 * DAY)
    with pytest.raises(Refused, match="其后没有人办理"):
        withdraw_step(
            lead.pk, reason="选错。", by=county.actor("office"), now=NOW + 10 * DAY + HOUR
        )


def test_an_extension_is_taken_back_to_the_day_before(county: County, lead: Matter) -> None:
    hand_over(county, lead, now=NOW)
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=NOW)
    before = Timer.objects.get(matter=lead, key="feedback").due_at
    answers = {"reason": "井下积水，须排水后核查。", "until_on": "2026-03-20"}
    take_step(lead.pk, "extend", by=county.actor("leader"), now=NOW, answers=answers)
    assert Timer.objects.get(matter=lead, key="feedback").due_at != before
    withdraw(county, lead, by="leader")
    timer = Timer.objects.get(matter=lead, key="feedback")
    assert (timer.due_at, timer.extended_to, timer.state) == (before, None, Timer.State.RUNNING)
    assert verify().faults == []


def test_a_corrected_letter_keeps_its_number(county: County, lead: Matter) -> None:
    hand_over(county, lead, now=NOW)
    take_step(
        lead.pk,
        "correct_letter",
        by=county.actor("office"),
        now=NOW,
        answers={"reason": "承办要求有误。"},
    )
    assert set(PaperCopy.objects.values_list("version", flat=True)) == {1, 2}
    withdraw(county, lead)
    assert not NumberVoid.objects.exists()
    assert Entry.objects.filter(matter_id=lead.pk, step="withdraw").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"result_halt_until": "2026-03-01"}, "result_halt_until"),
        ({"result_halt_on": "2026-03-21"}, "result_halt_until"),
        ({"result_halt_on": "2026-03-20"}, ""),
        ({"result_halt_until": "2026-03-02"}, ""),
    ],
)
def test_a_span_stays_in_order_whichever_end_is_corrected(
    county: County, changes: dict[str, str], field: str
) -> None:
    door, span = Door(county), {"result_halt_on": "2026-03-02", "result_halt_until": "2026-03-20"}
    found = door.found(door.hand_over(march(1)), march(1), **span)
    told = {"changes": changes, "reason": "写错。", "by": county.actor("handler"), "now": march(2)}
    if not field:
        assert ask_correction(found.pk, **told).kind == "correction"
        return
    with pytest.raises(Incomplete, match="停产整顿止日") as refused:
        ask_correction(found.pk, **told)
    assert list(refused.value.fields) == [field]
