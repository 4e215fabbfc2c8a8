"""保全: what a dispute, an audit or an inspection needs is not destroyed, whatever is due."""

from datetime import timedelta

import pytest
from tests.people import County

from bihuan.leads.models import Envelope
from bihuan.leads.tests.retained import (
    HOLD,
    LATER,
    LIFT,
    closed_tip,
    decide,
    proposed,
    set_period,
)
from bihuan.matters.attachments import attach
from bihuan.matters.disposals import destroy
from bihuan.matters.engine import lock, take_step
from bihuan.matters.holds import holds_on, joined
from bihuan.matters.models import Entry, Matter, Recusal
from bihuan.matters.permission import offers
from bihuan.matters.refusals import Incomplete, NotFound, NotYours, Refused
from bihuan.matters.tests.test_write_record import PNG
from bihuan.matters.verify import verify
from bihuan.matters.writing import engine_writes

CONFIRM = "confirm_destruction"


def place(county: County, lead: Matter, *, account: str = "office") -> Matter:
    take_step(lead.pk, "hold", by=county.actor(account), now=LATER, answers=HOLD)
    return Matter.objects.filter(kind="hold").latest("id")


def test_a_hold_wins_over_what_was_decided(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    filed = closed_tip(sealing_county)
    disposal = proposed()
    decide(sealing_county, disposal)
    hold = place(sealing_county, filed.matter)
    with pytest.raises(Refused, match="青政复〔2026〕3号"):
        take_step(disposal.pk, CONFIRM, by=sealing_county.actor("leader"), now=LATER)
    assert Envelope.objects.get(part="who").destroyed_at is None
    take_step(hold.pk, "lift", by=sealing_county.actor("leader"), now=LATER, answers=LIFT)
    take_step(disposal.pk, CONFIRM, by=sealing_county.actor("leader"), now=LATER)
    assert Envelope.objects.get(part="who").destroyed_at == LATER
    assert verify(files=True).faults == []


def test_a_hold_that_came_in_the_same_moment_wins(sealing_county: County) -> None:
    """The guard was passed before; under the matter's lock it is asked again."""
    set_period(sealing_county, "identity_days")
    filed = closed_tip(sealing_county)
    disposal = proposed()
    place(sealing_county, filed.matter)
    with engine_writes():
        case = lock(disposal.pk, by=sealing_county.actor("leader"), now=LATER)
        with pytest.raises(Refused, match="保全中"):
            destroy(case)
    assert Envelope.objects.get(part="who").destroyed_at is None


def test_a_hold_is_told_before_it_is_pressed(sealing_county: County) -> None:
    """The step stands among those that can't be taken, with the paper as the reason."""
    set_period(sealing_county, "identity_days")
    filed = closed_tip(sealing_county)
    disposal = proposed()
    decide(sealing_county, disposal)
    place(sealing_county, filed.matter)
    with engine_writes():
        case = lock(disposal.pk, by=sealing_county.actor("leader"), now=LATER)
    told = {one.step.key: one.refusal for one in offers(case)}
    assert "青政复〔2026〕3号" in told[CONFIRM]


def test_another_person_lifts_it(sealing_county: County) -> None:
    filed = closed_tip(sealing_county)
    hold = place(sealing_county, filed.matter)
    with pytest.raises(NotYours, match="另一人"):
        take_step(hold.pk, "lift", by=sealing_county.actor("office"), now=LATER, answers=LIFT)
    assert holds_on(filed.matter) == [hold]
    take_step(hold.pk, "lift", by=sealing_county.actor("leader"), now=LATER, answers=LIFT)
    assert holds_on(filed.matter) == []


def test_reason_and_paper_are_asked_and_stay_out_of_the_leads_trail(
    sealing_county: County,
) -> None:
    filed = closed_tip(sealing_county)
    with pytest.raises(Incomplete) as lacking:
        take_step(filed.matter.pk, "hold", by=sealing_county.actor("office"), now=LATER, answers={})
    assert set(lacking.value.fields) == set(HOLD)
    hold = place(sealing_county, filed.matter)
    told = b"".join(
        bytes(body)
        for body in Entry.objects.filter(matter_id=filed.matter.pk).values_list("body", flat=True)
    )
    assert "青政复" not in told.decode(errors="replace")
    assert hold.unit_id is None


@pytest.mark.parametrize("account", ["intake", "publisher", "cashier", "custodian", "handler"])
def test_others_place_none(sealing_county: County, account: str) -> None:
    filed = closed_tip(sealing_county)
    with pytest.raises((NotYours, NotFound)):
        place(sealing_county, filed.matter, account=account)


def test_a_neighbour_neither_places_nor_lifts(sealing_county: County, neighbour: County) -> None:
    filed = closed_tip(sealing_county)
    with pytest.raises(NotFound):
        place(neighbour, filed.matter)
    hold = place(sealing_county, filed.matter)
    with pytest.raises(NotFound):
        take_step(hold.pk, "lift", by=neighbour.actor("leader"), now=LATER, answers=LIFT)


def test_who_is_recused_decides_nothing_about_its_data(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    filed = closed_tip(sealing_county)
    disposal = proposed()
    hold = place(sealing_county, filed.matter)
    custodian, leader = sealing_county.actor("custodian"), sealing_county.actor("leader")
    with engine_writes():  # found out only now: the children were opened before
        for by in (custodian, leader):
            Recusal.objects.create(
                matter=filed.matter, person_id=by.person_id, reason="被反映的人员"
            )
    with pytest.raises(Refused, match="无权查看"):
        decide(sealing_county, disposal)
    with pytest.raises(Refused, match="无权查看"):
        take_step(hold.pk, "lift", by=leader, now=LATER, answers=LIFT)


def test_a_hold_covers_what_was_joined_into_the_matter(sealing_county: County) -> None:
    """并案: the lead that went on and those that went into it are one affair."""
    one, other = closed_tip(sealing_county), closed_tip(sealing_county)
    third = closed_tip(sealing_county)
    facts = other.matter.facts_row
    facts.data["merged_into"] = one.matter.pk
    with engine_writes():
        facts.save()
    place(sealing_county, other.matter)
    assert len(holds_on(other.matter)) == len(holds_on(one.matter)) == 1
    assert holds_on(third.matter) == []


def test_leads_joined_into_each_other_end_somewhere(sealing_county: County) -> None:
    """A ring, which no step makes, doesn't hang whoever asks for its holds."""
    one, other = closed_tip(sealing_county), closed_tip(sealing_county)
    with engine_writes():
        for lead, into in ((one, other), (other, one)):
            facts = lead.matter.facts_row
            facts.data["merged_into"] = into.matter.pk
            facts.save()
    hold = place(sealing_county, other.matter)
    assert {found.pk for found in joined(one.matter)} == {one.matter.pk, other.matter.pk}
    assert holds_on(one.matter) == [hold]


def test_two_holds_are_lifted_one_by_one(sealing_county: County) -> None:
    filed = closed_tip(sealing_county)
    first = place(sealing_county, filed.matter)
    place(sealing_county, filed.matter, account="office_head")
    by = sealing_county.actor("leader")
    take_step(first.pk, "lift", by=by, now=LATER + timedelta(days=1), answers=LIFT)
    assert len(holds_on(filed.matter)) == 1


def test_a_hold_lets_nobody_attach_files_to_what_is_closed(sealing_county: County) -> None:
    """The step stands on closed leads as well, where nothing else is done any more."""
    filed = closed_tip(sealing_county)
    with pytest.raises(NotYours):
        attach(filed.matter.pk, PNG, "文书.png", by=sealing_county.actor("office"), now=LATER)
    hold = place(sealing_county, filed.matter)
    attach(hold.pk, PNG, "文书.png", by=sealing_county.actor("office"), now=LATER)
