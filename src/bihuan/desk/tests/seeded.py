"""Leads in several stages for the tests of lists and figures, made through the engine."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, publish, register

from bihuan.matters.engine import take_step
from bihuan.matters.models import Matter

START = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = START + 20 * DAY  # beyond the seven days of the first leads


def received(county: County, *, now: datetime = START, **answers: Any) -> Matter:
    """A lead that waits to be registered."""
    return open_lead(county, now=now, **answers)


def registered(county: County, *, now: datetime = START, title: str = "") -> Matter:
    """A lead with a number and a site."""
    lead = open_lead(county, now=now)
    if not title:
        return register(county, lead, now=now)
    return take_step(
        lead.pk,
        "register",
        by=county.actor("intake"),
        now=now,
        answers={
            "title": title,
            "summary": "青石岭煤矿主排水泵带病运行，已有多日。",
            "type": "瞒报事故",
            "source": "来信",
            "site": county.sites["qingshiling"].pk,
        },
    )


def accusing(county: County, account: str, *, title: str) -> Matter:
    """A registered lead about one of the county's own people."""
    lead = open_lead(county, now=START)
    return take_step(
        lead.pk,
        "register",
        by=county.actor("intake"),
        now=START,
        answers={
            "title": title,
            "summary": "反映的问题已多次提出，没有人来核查。",
            "type": "重大事故隐患",
            "source": "来信",
            "site": county.sites["xingwang"].pk,
            "accused_person": county.users[account].person_id,
        },
    )


def classified(county: County, *, now: datetime = START) -> Matter:
    """A lead whose unit is settled but hasn't got it yet."""
    units, regions = county.units, county.regions
    return take_step(
        registered(county, now=now).pk,
        "classify",
        by=county.actor("office"),
        now=now,
        answers={"unit": units["coal"].pk, "locality": regions["north"].pk},
    )


def handed_over(county: County, *, now: datetime = START, unit: str = "coal") -> Matter:
    """A lead that waits for the unit's receiver."""
    return hand_over(
        county, register(county, open_lead(county, now=now), now=now), now=now, unit=unit
    )


def closed(county: County, *, now: datetime = START, report_after: timedelta = DAY) -> Matter:
    """A lead that went the whole way; reporting after more than seven days makes it late."""
    lead = handed_over(county, now=now)
    handler, office = county.actor("handler"), county.actor("office")
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=now)
    answers = {
        "finding": "不属实",
        "verified_facts": "到矿核查三个班次，人数没有超过规定。",
    }
    take_step(lead.pk, "record_findings", by=handler, now=now, answers=answers)
    take_step(lead.pk, "request_signature", by=handler, now=now)
    take_step(lead.pk, "sign", by=county.actor("head"), now=now + DAY)
    at = now + DAY + report_after
    take_step(lead.pk, "report_back", by=handler, now=at)
    take_step(lead.pk, "accept_report", by=office, now=at)
    for child in Matter.objects.filter(parent=lead, kind__startswith="publication_"):
        publish(county, child, now=at)
    reason = {"accountability": "不涉及，举报不属实。"}
    take_step(lead.pk, "record_accountability", by=office, now=at, answers=reason)
    return take_step(lead.pk, "close", by=office, now=at)
