"""The clock: rungs act once, in order, whether it runs each minute or not for a month."""

from datetime import datetime, timedelta

import pytest
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.matters import ticking
from bihuan.matters.clocks import due_rungs_of
from bihuan.matters.engine import take_step
from bihuan.matters.models import Entry, Heartbeat, Matter, Outbox, RungFired, Timer
from bihuan.matters.revisions import withdraw_step
from bihuan.matters.seals import seal_until
from bihuan.matters.ticking import tick
from bihuan.matters.verify import verify
from bihuan.matters.writing import add, engine_writes

MARCH_1 = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)


def at(day: int, hour: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, 0, second, tzinfo=SHANGHAI)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over on 1 March."""
    opened = register(county, open_lead(county, now=MARCH_1), now=MARCH_1)
    return hand_over(county, opened, now=MARCH_1)


def acts(lead: Matter) -> list[tuple[str, int]]:
    entries = Entry.objects.filter(matter_id=lead.pk, step__startswith="clock.").order_by("seq")
    return [(entry.step, entry.happened_at.astimezone(SHANGHAI).day) for entry in entries]


@pytest.mark.clause("LX-A1-3-4")
def test_late_from_the_ninth_of_march(lead: Matter) -> None:
    timer = Timer.objects.get(matter=lead, key="feedback")
    assert timer.due_at == at(9)
    assert not timer.late_at(at(9) - timedelta(seconds=1))
    assert timer.late_at(at(9))


def test_reminder_then_proposal(lead: Matter) -> None:
    tick(now=at(6, 23))
    assert acts(lead) == []
    tick(now=at(7))
    assert acts(lead) == [("clock.remind", 7)]
    tick(now=at(8, 23))
    assert not Matter.objects.filter(kind="proposal").exists()
    tick(now=at(9))
    assert acts(lead) == [("clock.remind", 7), ("clock.propose", 9)]
    proposal = Matter.objects.get(kind="proposal", parent=lead)
    assert "接而不办" in proposal.title


def test_one_late_round_tells_the_same_story(lead: Matter) -> None:
    tick(now=at(31))
    assert acts(lead) == [("clock.remind", 7), ("clock.propose", 9)]
    assert Matter.objects.filter(kind="proposal", parent=lead).count() == 1


def test_a_late_round_writes_nothing_into_a_sealed_day(lead: Matter) -> None:
    seal_until(at(20).date(), now=at(21))
    tick(now=at(31))
    proposal = Matter.objects.get(kind="proposal", parent=lead)
    assert proposal.opened_at == at(9)
    assert Entry.objects.get(matter_id=proposal.pk, seq=1).recorded_at == at(31)
    assert verify().faults == []


def test_a_run_taken_up_again_does_not_repeat_its_rungs(county: County, lead: Matter) -> None:
    office = county.actor("office")
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=at(1, 10))
    why = {"objection": "该矿属非煤矿山，应由对口股室承办。"}
    take_step(lead.pk, "object", by=county.actor("receiver"), now=at(3), answers=why)
    tick(now=at(7))
    given = {"unit": county.units["noncoal"].pk, "letter_source": "public", "reason": "归非煤股。"}
    take_step(lead.pk, "reassign", by=office, now=at(8), answers=given)
    withdraw_step(lead.pk, reason="选错单位。", by=office, now=at(8, 1))
    assert tick(now=at(10)).failed == ()
    assert acts(lead) == [("clock.remind", 7), ("clock.propose", 9)]
    assert verify().faults == []


@pytest.mark.parametrize("batch", [1, 100])
def test_a_matter_that_fails_does_not_stop_the_others(
    county: County, lead: Matter, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "BATCH", batch)
    other = hand_over(county, register(county, open_lead(county, now=MARCH_1), now=MARCH_1))
    before = Entry.objects.filter(matter_id=other.pk).count()
    with engine_writes():  # a rung on file that the clock itself doesn't know of
        timer = Timer.objects.get(matter=other, key="feedback")
        pending = due_rungs_of(timer, matter=other, now=at(20), on=at(20).date())
        add(
            RungFired(
                timer=timer,
                started_at=timer.started_at,
                offset=pending[0][0].offset,
                act="remind",
                due_at=at(9),
            )
        )
    done = tick(now=at(20))
    assert done.failed == (other.pk,)
    assert acts(lead) == [("clock.remind", 7), ("clock.propose", 9)]
    assert Entry.objects.filter(matter_id=other.pk).count() == before
    assert Heartbeat.objects.get(name="clock").note.endswith("1 件未成")


def test_a_step_settles_first(county: County, lead: Matter) -> None:
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=at(20))
    assert acts(lead) == [("clock.remind", 7), ("clock.propose", 9)]
    last = Entry.objects.filter(matter_id=lead.pk).order_by("-seq")[0]
    assert last.step == "acknowledge"


def test_rungs_act_once(lead: Matter) -> None:
    for _ in range(3):
        tick(now=at(20))
    assert RungFired.objects.filter(timer__matter=lead, timer__key="feedback").count() == 2
    assert Timer.objects.get(matter=lead, key="feedback").next_at is None


def test_quiet_history_tells_nobody(lead: Matter) -> None:
    before = Outbox.objects.count()
    tick(now=at(31), quiet=True)
    assert Matter.objects.filter(kind="proposal", parent=lead).exists()
    assert Outbox.objects.count() == before


@pytest.mark.clause("LX-A1-3-3")
def test_reassignment_starts_a_new_seven_days(county: County, lead: Matter) -> None:
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=at(1, 10))
    take_step(
        lead.pk,
        "object",
        by=county.actor("receiver"),
        now=at(3, 23),
        answers={"objection": "该矿属非煤矿山，应由对口股室承办。"},
    )
    timer = Timer.objects.get(matter=lead, key="feedback")
    assert timer.due_at == at(9)
    assert timer.state == Timer.State.RUNNING
    take_step(
        lead.pk,
        "reassign",
        by=county.actor("office"),
        now=at(4, 10),
        answers={
            "unit": county.units["noncoal"].pk,
            "letter_source": "public",
            "reason": "归非煤股承办。",
        },
    )
    timer.refresh_from_db()
    assert timer.due_at == at(12)


def test_an_escalation_in_time_cancels_the_clock(county: County, lead: Matter) -> None:
    take_step(
        lead.pk,
        "escalate",
        by=county.actor("leader"),
        now=at(4),
        answers={"reason": "情况紧急，直接提级核查。"},
    )
    assert Timer.objects.get(matter=lead, key="feedback").state == Timer.State.CANCELLED
    tick(now=at(20))
    assert acts(lead) == []


def test_a_late_one_stays_late(county: County, lead: Matter) -> None:
    tick(now=at(9))
    take_step(
        lead.pk,
        "escalate",
        by=county.actor("leader"),
        now=at(10),
        answers={"reason": "逾期未反馈，提级核查。"},
    )
    timer = Timer.objects.get(matter=lead, key="feedback")
    assert timer.state == Timer.State.DONE
    assert timer.is_late


def test_a_clock_that_runs_again_acts_from_then_on(county: County, lead: Matter) -> None:
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=at(2))
    for step, account, answers in (
        ("record_findings", "handler", {"finding": "untrue", "verified_facts": "查无此事。"}),
        ("request_signature", "handler", {}),
        ("sign", "head", {}),
        ("report_back", "handler", {}),
    ):
        take_step(lead.pk, step, by=county.actor(account), now=at(3), answers=answers)
    take_step(
        lead.pk, "send_back", by=county.actor("office"), now=at(12), answers={"reason": "重查。"}
    )
    tick(now=at(12, 1))
    assert acts(lead) == [("clock.remind", 12), ("clock.propose", 12)]
