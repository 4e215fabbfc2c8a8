"""更正 and 撤回: before and after stand in the trail; two persons once others acted."""

from datetime import datetime, timedelta

import pytest
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.matters import trail
from bihuan.matters.engine import take_step
from bihuan.matters.models import Entry, Matter, NumberVoid, Timer
from bihuan.matters.refusals import NotFound, Refused
from bihuan.matters.revisions import ask_correction, withdraw_step
from bihuan.matters.verify import verify

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A registered lead."""
    return register(county, open_lead(county, now=NOW), now=NOW)


def facts(lead: Matter) -> dict[str, object]:
    return dict(Matter.objects.get(pk=lead.pk).facts_row.data)


def test_alone_one_corrects_at_once(county: County, lead: Matter) -> None:
    ask_correction(
        lead.pk,
        changes={"title": "反映兴旺煤矿超定员"},
        reason="原标题过长。",
        by=county.actor("intake"),
        now=NOW + HOUR,
    )
    assert facts(lead)["title"] == "反映兴旺煤矿超定员"
    line = trail.from_bytes(bytes(Entry.objects.filter(matter_id=lead.pk).last().body))  # type: ignore[union-attr]
    before, after = line.changes["facts"]["title"]
    assert before == "反映兴旺煤矿夜班超定员组织生产"
    assert after == "反映兴旺煤矿超定员"
    assert Matter.objects.get(pk=lead.pk).title == "反映兴旺煤矿超定员"


def test_after_hand_over_a_second_person_agrees(county: County, lead: Matter) -> None:
    hand_over(county, lead, now=NOW)
    asked = ask_correction(
        lead.pk,
        changes={"place": "302掘进工作面"},
        reason="补充位置。",
        by=county.actor("office"),
        now=NOW + HOUR,
    )
    assert asked.kind == "correction"
    assert "place" not in facts(lead)
    with pytest.raises(Refused, match="另一人"):
        take_step(asked.pk, "agree", by=county.actor("office"), now=NOW + HOUR)
    take_step(asked.pk, "agree", by=county.actor("leader"), now=NOW + HOUR)
    assert facts(lead)["place"] == "302掘进工作面"
    assert verify().faults == []


def test_a_stranger_corrects_nothing(county: County, lead: Matter) -> None:
    with pytest.raises(NotFound):
        ask_correction(
            lead.pk,
            changes={"place": "x"},
            reason="y",
            by=county.actor("receiver2"),
            now=NOW + HOUR,
        )


def test_a_hand_over_is_taken_back(county: County, lead: Matter) -> None:
    hand_over(county, lead, now=NOW)
    back = withdraw_step(
        lead.pk, reason="承办单位选错。", by=county.actor("office"), now=NOW + HOUR
    )
    assert back.stage == "listed"
    assert "handed_over_on" not in facts(lead)
    timers = {timer.key: timer for timer in Timer.objects.filter(matter=lead)}
    assert timers["feedback"].state == Timer.State.CANCELLED
    assert timers["handover"].state == Timer.State.RUNNING
    assert NumberVoid.objects.filter(series="handover_letter").count() == 1
    assert verify().faults == []
    again = take_step(
        lead.pk,
        "hand_over",
        by=county.actor("office"),
        now=NOW + 2 * HOUR,
        answers={"letter_source": "public"},
    )
    assert again.stage == "assigned"
    assert facts(lead)["handover_letter_number"] == "（煤）移〔2026〕2号"


def test_not_after_somebody_acted(county: County, lead: Matter) -> None:
    hand_over(county, lead, now=NOW)
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=NOW)
    with pytest.raises(Refused, match="其后没有人办理"):
        withdraw_step(lead.pk, reason="x", by=county.actor("office"), now=NOW + HOUR)
