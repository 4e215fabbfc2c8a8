"""The unit that a lead was taken from is told, with its number and no more."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.people import NOW, County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter, Outbox, PaperCopy
from bihuan.matters.moment import standing_at
from bihuan.matters.search import find

HOUR = timedelta(hours=1)
FORMER = ("receiver", "handler", "head", "deputy")


def reassigned(county: County, *, objects: bool) -> Matter:
    """A lead handed to the coal section and then to the other one."""
    lead = hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)
    if objects:
        receiver = county.actor("receiver")
        take_step(lead.pk, "acknowledge", by=receiver, now=NOW)
        told = {"objection": "该矿不属本股监管。"}
        take_step(lead.pk, "object", by=receiver, now=NOW, answers=told)
    unit = county.units["noncoal"].pk
    answers = {"unit": unit, "letter_source": "群众举报", "reason": "按监管分工改派。"}
    office = county.actor("office")
    return take_step(lead.pk, "reassign", by=office, now=NOW + HOUR, answers=answers)


def told(county: County, account: str) -> list[str]:
    """What an account was told when the lead went elsewhere."""
    rows = Outbox.objects.filter(user=county.users[account], created_at=NOW + HOUR)
    return [row.text for row in rows.filter(channel="desk")]


@pytest.mark.parametrize(("objects", "event"), [(True, "异议已采纳，已改派"), (False, "已改派")])
def test_former_unit_is_told(county: County, *, objects: bool, event: str) -> None:
    county.users["head"].email = "head@example.test"
    county.users["head"].save()
    lead = reassigned(county, objects=objects)
    for account in FORMER:
        assert told(county, account) == [f"{lead.number}：{event}"]
    assert Outbox.objects.filter(channel="mail", created_at=NOW + HOUR).count() == 1
    assert told(county, "receiver2") == [f"{lead.number}：交办"]
    assert told(county, "head2") == []


def test_notice_of_what_is_no_longer_seen_has_no_link(client: Client, county: County) -> None:
    lead = reassigned(county, objects=True)
    for account, is_linked in (("receiver", False), ("receiver2", True)):
        client.force_login(county.users[account])
        for path in ("/desk/notices", "/desk/"):
            with standing_at(NOW + HOUR):
                page = client.get(path).content.decode()
            assert lead.number in page
            assert (f'href="/desk/matters/{to_code(lead.pk)}/"' in page) is is_linked


def test_a_letter_is_found_by_its_number_also_when_it_was_replaced(county: County) -> None:
    lead = reassigned(county, objects=True)
    numbers = set(PaperCopy.objects.filter(matter=lead).values_list("number", flat=True))
    assert len(numbers) == 2
    for number in numbers:
        assert find(number, by=county.actor("office")) == [lead.pk]
