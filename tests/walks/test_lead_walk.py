"""A lead from receipt to publication, through the engine, by the people named in it."""

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.language.clock import SHANGHAI
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Entry, Matter, PaperCopy
from bihuan.matters.refusals import NotFound, NotYours, Refused
from tests.people import County

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


def open_lead(county: County, *, now: datetime = START, **answers: object) -> Matter:
    return open_matter(
        "lead",
        by=county.actor("intake"),
        now=now,
        answers={"source": "举报电话", "channel": "phone", "reporter_kind": "public", **answers},
        region_id=county.region.pk,
    )


def register(county: County, lead: Matter, *, now: datetime = START) -> Matter:
    return take_step(
        lead.pk,
        "register",
        by=county.actor("intake"),
        now=now,
        answers={
            "title": "反映兴旺煤矿夜班超定员组织生产",
            "summary": "兴旺煤矿夜班302掘进工作面下井人数超过规定，带班领导没有下井。",
            "type": "重大事故隐患",
            "source": "举报电话",
            "site": county.sites["xingwang"].pk,
        },
    )


def hand_over(county: County, lead: Matter, *, now: datetime = START, unit: str = "coal") -> Matter:
    take_step(
        lead.pk,
        "classify",
        by=county.actor("office"),
        now=now,
        answers={"unit": county.units[unit].pk, "locality": county.regions["north"].pk},
    )
    return take_step(
        lead.pk,
        "hand_over",
        by=county.actor("office"),
        now=now,
        answers={"letter_source": "public"},
    )


def test_lead_goes_round(county: County) -> None:
    lead = open_lead(county)
    assert lead.acceptance_number
    lead = register(county, lead)
    assert lead.number == "线索〔2026〕1号"
    with pytest.raises(Refused, match="归类"):
        take_step(
            lead.pk,
            "hand_over",
            by=county.actor("office"),
            now=START,
            answers={"letter_source": "public"},
        )
    lead = hand_over(county, lead)
    assert PaperCopy.objects.filter(matter=lead).count() == 2
    with pytest.raises(NotYours):
        take_step(lead.pk, "acknowledge", by=county.actor("handler"), now=START)
    with pytest.raises(NotFound):
        take_step(lead.pk, "acknowledge", by=county.actor("receiver2"), now=START)
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=START)
    take_step(
        lead.pk,
        "record_findings",
        by=county.actor("handler"),
        now=START + DAY,
        answers={
            "finding": "属实",
            "verified_facts": "现场核查，夜班下井二十六人，超过限员。",
            "measures": ["停产整顿并挂牌督办"],
            "result_penalty": "50000",
        },
    )
    take_step(lead.pk, "request_signature", by=county.actor("handler"), now=START + DAY)
    with pytest.raises(Refused, match=r"正等待股室主要负责人签字"):
        take_step(lead.pk, "report_back", by=county.actor("handler"), now=START + DAY)
    take_step(lead.pk, "sign", by=county.actor("head"), now=START + DAY)
    take_step(lead.pk, "report_back", by=county.actor("handler"), now=START + 2 * DAY)
    take_step(lead.pk, "accept_report", by=county.actor("office"), now=START + 2 * DAY)
    with pytest.raises(Refused, match="公开"):
        take_step(lead.pk, "close", by=county.actor("office"), now=START + 2 * DAY)
    for child in Matter.objects.filter(parent=lead, kind__startswith="publication_"):
        publish(county, child, now=START + 3 * DAY)
    take_step(
        lead.pk,
        "record_accountability",
        by=county.actor("office"),
        now=START + 3 * DAY,
        answers={"accountability": "不涉及，企业已按规定处罚。"},
    )
    lead = take_step(lead.pk, "close", by=county.actor("office"), now=START + 3 * DAY)
    assert lead.stage == "closed"
    assert not lead.is_open
    assert Entry.objects.filter(matter_id=lead.pk).count() == lead.last_seq


def publish(county: County, child: Matter, *, now: datetime) -> None:
    take_step(
        child.pk,
        "submit",
        by=county.actor("office"),
        now=now,
        answers={"text": "群众反映该矿夜班人数超过规定，已组织核查。"},
    )
    take_step(
        child.pk,
        "release",
        by=county.actor("publisher"),
        now=now,
        answers={
            "personal_data_checked": "是",
            "transfer_checked": "是",
            "published_on": now.astimezone(SHANGHAI).date().isoformat(),
            "medium": "县政府网站",
        },
    )
