"""提级核查: proposed in three situations, decided by a person; the letter gave the warning."""

import pytest

from bihuan.matters.models import Matter
from tests.doors import Door, DoorClosedError, march


def proposal_of(lead: Matter) -> Matter:
    return Matter.objects.get(kind="proposal", parent=lead)


@pytest.mark.clause("LX-A1-5-1")
def test_day_eight_without_handling_is_taken_and_left(door: Door) -> None:
    lead = door.hand_over(march(1))
    door.tick(march(8, 23, 59, 59))
    assert not Matter.objects.filter(kind="proposal").exists()
    door.tick(march(9, 0))
    assert "接而不办" in proposal_of(lead).title


@pytest.mark.clause("LX-A1-5-1", "LX-A3-4")
def test_day_eight_with_handling_is_overdue_and_names_the_letter(door: Door) -> None:
    lead = door.press("receiver", door.hand_over(march(1)), "acknowledge", march(1))
    door.press("handler", lead, "record_progress", march(3), progress="已到现场核查。")
    door.tick(march(9, 0))
    proposal = proposal_of(lead)
    assert "未按期办结" in proposal.title
    assert "（煤）移〔2026〕1号" in proposal.facts_row.data["evidence"]
    assert Matter.objects.get(pk=lead.pk).stage == "checking"
    with pytest.raises(DoorClosedError) as refused:
        door.press("head", proposal, "confirm", march(9), reason="应当提级。")
    assert refused.value.status in (403, 404)
    door.press("leader", proposal, "confirm", march(9), reason="逾期未反馈，提级核查。")
    assert Matter.objects.get(pk=lead.pk).stage == "escalated"


@pytest.mark.clause("LX-A1-5-1")
def test_false_closure_is_set_by_a_person_at_recheck(door: Door) -> None:
    lead = door.close(door.reported(door.hand_over(march(1)), march(2)), march(3))
    door.press("office", lead, "recheck", march(20))
    (recheck,) = door.children(lead, "recheck")
    door.press("office", recheck, "mark_false", march(21), recheck_facts="现场仍在超定员生产。")
    proposal = proposal_of(lead)
    assert "虚假办结" in proposal.title
    assert "（煤）移〔2026〕1号" in proposal.facts_row.data["evidence"]
    door.press("leader", proposal, "confirm", march(22), reason="虚假办结，提级核查。")
    assert Matter.objects.get(pk=lead.pk).stage == "escalated"


@pytest.mark.clause("LX-A1-5-1")
def test_the_same_matter_reported_again_is_a_hint_only(door: Door) -> None:
    door.close(door.reported(door.hand_over(march(1)), march(2)), march(3))
    door.hand_over(march(10))
    door.tick(march(12))
    assert not Matter.objects.filter(kind="proposal").exists()


def test_an_extension_takes_the_ground_away(door: Door) -> None:
    lead = door.press("receiver", door.hand_over(march(1)), "acknowledge", march(1))
    door.tick(march(9, 0))
    proposal = proposal_of(lead)
    door.press("office", lead, "extend", march(9, 10), until_on="2026-03-15", reason="需取样检测。")
    assert Matter.objects.get(pk=proposal.pk).stage == "ceased"
    door.tick(march(16, 0))
    open_ones = Matter.objects.filter(kind="proposal", parent=lead, is_open=True)
    assert open_ones.count() == 0  # the ladder's rung has acted once; the clock shows it is late


def test_late_feedback_leaves_the_proposal_to_the_person(door: Door) -> None:
    lead = door.press("receiver", door.hand_over(march(1)), "acknowledge", march(1))
    door.tick(march(9, 0))
    door.reported(lead, march(10))
    assert proposal_of(lead).is_open
