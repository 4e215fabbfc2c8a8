"""Steps that the engine refuses, whatever the loop: unknown, too early, seen stale, not one's."""

from datetime import date, datetime, timedelta

import pytest
from tests.people import NOW as SETTLED
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.accounts.actors import CLOCK, PUBLIC
from bihuan.language.clock import SHANGHAI
from bihuan.matters import attachments
from bihuan.matters.attachments import SealedPart, attach, copies_of_sealed
from bihuan.matters.engine import lock, open_matter, take_step
from bihuan.matters.models import Attachment, Entry, Facts, Matter
from bihuan.matters.notices import recipients
from bihuan.matters.numbers import number_for
from bihuan.matters.reach import may_see, visible
from bihuan.matters.refusals import Incomplete, NotFound, NotYours, Refused
from bihuan.matters.tests.test_verify import run
from bihuan.matters.trail import from_bytes
from bihuan.matters.writing import engine_writes
from bihuan.places.models import Appointment, Unit

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over to the coal section."""
    return hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)


def test_a_step_that_no_loop_has_is_not_found(county: County, lead: Matter) -> None:
    with pytest.raises(NotFound):
        take_step(lead.pk, "dance", by=county.actor("receiver"), now=NOW)


def test_a_matter_that_is_not_there_is_not_found(county: County) -> None:
    with pytest.raises(NotFound):
        take_step(1, "acknowledge", by=county.actor("receiver"), now=NOW)


def test_a_matter_without_its_facts_is_a_fault(county: County, lead: Matter) -> None:
    run("DELETE FROM matters_facts WHERE matter_id = %s", lead.pk)
    with pytest.raises(Facts.DoesNotExist, match=str(lead.pk)):
        take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=NOW)


def test_who_is_recused_takes_no_step(county: County) -> None:
    lead = open_lead(county, now=NOW)
    answers = {
        "title": "反映办理人员不作为",
        "summary": "反映的问题已多次提出，没有人来核查。",
        "type": "重大事故隐患",
        "source": "来信",
        "accused_person": county.users["office"].person_id,
    }
    take_step(lead.pk, "register", by=county.actor("intake"), now=NOW, answers=answers)
    note = {"note": "已看过。"}
    take_step(lead.pk, "note", by=county.actor("office_head"), now=NOW, answers=note)
    with pytest.raises(NotFound):
        take_step(lead.pk, "note", by=county.actor("office"), now=NOW, answers=note)


def test_a_unit_takes_no_step_before_it_is_handed_over(county: County) -> None:
    lead = register(county, open_lead(county, now=NOW), now=NOW)
    place = {"unit": county.units["coal"].pk, "locality": county.regions["north"].pk}
    take_step(lead.pk, "classify", by=county.actor("office"), now=NOW, answers=place)
    with pytest.raises(NotFound):
        lock(lead.pk, by=county.actor("receiver"), now=NOW)


def test_a_neighbour_takes_no_step(county: County, neighbour: County) -> None:
    lead = open_lead(county, now=NOW)
    with pytest.raises(NotFound):
        take_step(lead.pk, "note", by=neighbour.actor("office"), now=NOW, answers={"note": "看。"})


def test_nothing_happens_before_what_happened(county: County, lead: Matter) -> None:
    with pytest.raises(Refused, match="办理时间早于上一次办理"):
        take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=NOW - HOUR)


def test_a_form_sent_twice_acts_once(county: County, lead: Matter) -> None:
    note = {"note": "已电话提醒。"}
    office = county.actor("office")
    take_step(lead.pk, "note", by=office, now=NOW, answers=note, seen_seq=lead.last_seq)
    with pytest.raises(Refused, match="刚才已经办过"):
        take_step(lead.pk, "note", by=office, now=NOW, answers=note, seen_seq=lead.last_seq)


def test_only_named_roles_open_a_matter(county: County) -> None:
    with pytest.raises(NotYours, match="登记举报线索须由"):
        open_matter("lead", by=county.actor("handler"), now=NOW, answers={})


def test_what_a_field_points_to_must_be_there(county: County) -> None:
    lead = open_lead(county, now=NOW)
    with pytest.raises(Incomplete) as refused:
        take_step(
            lead.pk, "register", by=county.actor("intake"), now=NOW, answers={"site": 999_999}
        )
    assert "没有选到" in refused.value.fields["site"]


def test_a_unit_that_was_closed_takes_nothing(county: County) -> None:
    lead = register(county, open_lead(county, now=NOW), now=NOW)
    Unit.objects.filter(pk=county.units["coal"].pk).update(is_active=False)
    with pytest.raises(Incomplete, match="已停用，请另选"):
        hand_over(county, lead, now=NOW)


def test_files_are_attached_by_who_may_act_here(
    county: County, lead: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotYours, match="附件须由"):
        attach(lead.pk, b"text", "a.txt", by=county.actor("publisher"), now=NOW)
    monkeypatch.setattr(attachments, "FILES_MAX", 1)
    attach(lead.pk, "记录".encode(), "记录.txt", by=county.actor("receiver"), now=NOW)
    with pytest.raises(Refused, match="最多 1 个附件"):
        attach(lead.pk, b"again", "b.txt", by=county.actor("receiver"), now=NOW)
    assert [str(one) for one in Attachment.objects.all()] == ["记录.txt"]


def test_a_copy_of_a_sealed_part_is_one_and_made_by_who_may_open_it(
    county: County, lead: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, office = SealedPart(name="file-1", roles=("office",)), county.actor("office")
    with pytest.raises(NotYours, match="须由行动办"):
        attach(lead.pk, b"text", "a.txt", by=county.actor("receiver"), now=NOW, copy_of=part)
    monkeypatch.setattr(attachments, "FILES_MAX", 1)
    kept = attach(lead.pk, "一".encode(), "a.txt", by=office, now=NOW, copy_of=part)
    again = attach(lead.pk, "二".encode(), "b.txt", by=office, now=NOW + HOUR, copy_of=part)
    assert again == kept
    assert copies_of_sealed(lead.pk) == {"file-1": kept}
    other = SealedPart(name="file-2", roles=("office",))
    with pytest.raises(Refused, match="最多 1 个附件"):
        attach(lead.pk, "三".encode(), "c.txt", by=office, now=NOW, copy_of=other)


def test_a_closed_matter_takes_no_copy(county: County) -> None:
    lead = open_lead(county, now=NOW)
    why = {"reason": "不属于矿山安全生产问题"}
    take_step(lead.pk, "dismiss", by=county.actor("intake"), now=NOW, answers=why)
    part = SealedPart(name="file-1", roles=("office",))
    with pytest.raises(Refused, match="不再存为附件"):
        attach(lead.pk, b"text", "a.txt", by=county.actor("office"), now=NOW, copy_of=part)


def test_who_acts_for_the_head_stands_in_the_trail(county: County, lead: Matter) -> None:
    held = Appointment.objects.get(
        post__unit=county.units["coal"], person=county.users["head"].person
    )
    Appointment.objects.filter(pk=held.pk).update(
        is_acting=True, paper="示例任〔2026〕3号", until_on=date(2026, 12, 31)
    )
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=NOW)
    take_step(
        lead.pk,
        "record_findings",
        by=county.actor("handler"),
        now=NOW,
        answers={
            "finding": "不属实",
            "verified_facts": "现场核查，下井人数未超过限员。",
        },
    )
    take_step(lead.pk, "request_signature", by=county.actor("handler"), now=NOW)
    take_step(lead.pk, "sign", by=county.actor("head"), now=NOW)
    entry = Entry.objects.get(matter_id=lead.pk, step="sign")
    assert from_bytes(bytes(entry.body)).acting_for.endswith("（代理，示例任〔2026〕3号）")


def test_the_clock_and_the_public_door_see_what_they_are_led_to(
    county: County, lead: Matter
) -> None:
    assert may_see(lead, by=CLOCK)
    assert may_see(lead, by=PUBLIC)
    assert lead in visible(CLOCK)
    assert lead not in visible(PUBLIC)
    assert not may_see(lead, by=county.actor("receiver2"))


def test_a_role_that_nobody_knows_is_told_nothing(county: County, lead: Matter) -> None:
    assert recipients(lead, role="clock", now=SETTLED) == []
    told = recipients(lead, role="receiver", now=SETTLED)
    assert [user for user, _mail in told] == [county.users["receiver"].pk]


def test_a_loop_without_a_series_gives_no_number(county: County, lead: Matter) -> None:
    child = Matter.objects.filter(parent=lead).first()
    assert child is not None
    with engine_writes(), pytest.raises(ValueError, match="declares no number"):
        number_for(lock(child.pk, by=county.actor("office"), now=NOW))
