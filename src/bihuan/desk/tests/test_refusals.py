"""What stands in the way of a step is told all at once, on the page and when it is refused."""

import pytest
from django.test import Client
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Refused

START, DAY = seeded.START, seeded.DAY
UNMET = (
    "“公开问题清单、公开查处进展”还没有办完",
    "还没有追责记录，请登记追责",
)


def publishing(county: County) -> Matter:
    """A lead whose feedback was accepted; nothing of what closing needs is done."""
    lead = seeded.handed_over(county)
    handler, office = county.actor("handler"), county.actor("office")
    found = {"finding": "不属实", "verified_facts": "到矿核查三个班次，人数没有超过规定。"}
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=START)
    take_step(lead.pk, "record_findings", by=handler, now=START, answers=found)
    take_step(lead.pk, "request_signature", by=handler, now=START)
    take_step(lead.pk, "sign", by=county.actor("head"), now=START)
    take_step(lead.pk, "report_back", by=handler, now=START)
    return take_step(lead.pk, "accept_report", by=office, now=START)


def test_closing_tells_everything_it_lacks(client: Client, county: County) -> None:
    lead = publishing(county)
    client.force_login(county.users["office"])
    address = f"/desk/matters/{to_code(lead.pk)}/"
    with standing_at(START + DAY):
        page = client.get(address).content.decode()
        refused = client.get(f"{address}steps/close/")
    assert refused.status_code == 409
    for words in UNMET:
        assert words in page
        assert words in refused.content.decode()
    with pytest.raises(Refused, match=UNMET[0]) as met:
        take_step(lead.pk, "close", by=county.actor("office"), now=START + DAY)
    assert UNMET[1] in met.value.sentence


def test_what_is_done_is_not_asked_again(client: Client, county: County) -> None:
    lead = publishing(county)
    office = county.actor("office")
    reason = {"accountability": "不涉及，举报不属实。"}
    take_step(lead.pk, "record_accountability", by=office, now=START, answers=reason)
    (problem,) = Matter.objects.filter(parent=lead, kind="publication_problem")
    take_step(problem.pk, "defer", by=office, now=START, answers={"reason": "暂不公开的理由。"})
    with pytest.raises(Refused) as met:
        take_step(lead.pk, "close", by=office, now=START + DAY)
    assert met.value.sentence == (
        "“公开查处进展”还没有办完，请在“关联事项”中发布，或登记暂不公开的理由。"
    )
