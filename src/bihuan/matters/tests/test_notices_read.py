"""Reminders say what is due, and are read with their matter: when it is opened, when it ends."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.people import NOW, County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter, Outbox
from bihuan.matters.moment import standing_at
from bihuan.matters.notices import mark_read_of
from bihuan.matters.ticking import tick

DAY = timedelta(days=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over on the first of March."""
    return hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)


def unread(matter: Matter, county: County, account: str) -> int:
    mine = Outbox.objects.filter(matter=matter, user=county.users[account], channel="desk")
    return mine.filter(read_at=None).count()


def test_opening_a_matter_reads_what_was_told_of_it(county: County, lead: Matter) -> None:
    other = hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)
    assert unread(lead, county, "receiver")
    client = Client()
    client.force_login(county.users["receiver"])
    with standing_at(NOW):
        assert client.get(f"/desk/matters/{to_code(lead.pk)}/").status_code == 200
    assert not unread(lead, county, "receiver")
    assert unread(other, county, "receiver")


def test_nothing_is_written_when_nothing_waits(county: County, lead: Matter) -> None:
    by = county.actor("receiver")
    assert mark_read_of(lead.pk, by=by, now=NOW) == 1
    with CaptureQueriesContext(connection) as asked:
        assert mark_read_of(lead.pk, by=by, now=NOW) == 0
    assert len([one for one in asked if one["sql"].startswith("UPDATE")]) == 0


def test_what_ends_leaves_nobody_a_reminder(county: County) -> None:
    matter = open_lead(county, now=NOW)
    intake = county.users["intake"]
    assert Outbox.objects.filter(matter=matter, user=intake, channel="desk", read_at=None).exists()
    reason = {"reason": "不属于矿山安全事项，已告知向有关部门反映。"}
    take_step(matter.pk, "dismiss", by=county.actor("intake"), now=NOW + DAY, answers=reason)
    waiting = Outbox.objects.filter(matter=matter, channel="desk", read_at=None)
    assert not waiting.filter(created_at__lte=NOW).exists()


def test_a_reminder_says_what_is_due_and_when(county: County, lead: Matter) -> None:
    for at, ends in ((NOW + 6.8 * DAY, "将到期，请按期办理"), (NOW + 9 * DAY, "已逾期")):
        tick(now=at)
        texts = Outbox.objects.filter(matter=lead, event__contains="次日到期").values_list("text")
        if ends.startswith("已"):
            texts = Outbox.objects.filter(matter=lead, event__contains="未按期办结")
            texts = texts.values_list("text")
        said = {text for (text,) in texts}
        assert said, ends
        assert all(lead.number in one and "反馈期限 2026-03-08 24:00" in one for one in said)
        assert all(ends in one for one in said)
    call_command("verify")
