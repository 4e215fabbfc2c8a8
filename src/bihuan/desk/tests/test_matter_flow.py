"""The progress line: who ended a stage and when, whose turn it is, steps taken back."""

from datetime import timedelta
from typing import Any

from tests.people import County

from bihuan.desk.matter_flow import flow_of
from bihuan.desk.tests import seeded
from bihuan.matters import trail
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import take_step
from bihuan.matters.models import Entry, Facts, Matter
from bihuan.matters.naming import Names
from bihuan.matters.revisions import withdraw_step

START, HOUR = seeded.START, timedelta(hours=1)


def flow(county: County, matter: Matter) -> dict[str, dict[str, Any]]:
    matter = Matter.objects.get(pk=matter.pk)
    facts = Facts.objects.get(pk=matter.pk).data
    by = county.actor("office")
    case = Case(matter=matter, loop=catalog().loop("lead"), by=by, now=START + HOUR, facts=facts)
    rows = Entry.objects.filter(matter_id=matter.pk).order_by("seq").values_list("body", flat=True)
    lines = [trail.from_bytes(bytes(body)) for body in rows]
    return {one["label"]: one for one in flow_of(case, lines, names=Names.of_case(case))}


def test_a_stage_behind_names_who_did_what_to_end_it(county: County) -> None:
    lead = seeded.handed_over(county)
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=START + HOUR)
    shown = flow(county, lead)
    assert shown["受理登记"]["who"] == "陈接件编号立账"
    assert shown["编号立账"]["who"] == "陈督办归类、交办"
    assert shown["交办"]["who"] == "王签收签收"
    assert shown["交办"]["when"] == "03-01 10:00"


def test_the_signature_is_the_signers_not_of_who_reports_back(county: County) -> None:
    shown = flow(county, seeded.closed(county))
    assert shown["审核签字"]["who"] == "郑股长审核签字，李承办反馈办理结果"


def test_the_present_stage_says_whose_turn_it_is(county: County) -> None:
    shown = flow(county, seeded.handed_over(county))["交办"]
    assert shown["who"].startswith("轮到")
    assert shown["who"].endswith("签收人")
    assert shown["state"] == "now"


def test_a_step_taken_back_has_ended_nothing(county: County) -> None:
    lead = seeded.handed_over(county)
    by = county.actor("receiver")
    take_step(lead.pk, "acknowledge", by=by, now=START)
    withdraw_step(lead.pk, reason="误点签收。", by=by, now=START)
    shown = flow(county, lead)
    assert shown["交办"]["state"] == "now"
    take_step(lead.pk, "acknowledge", by=by, now=START + HOUR)
    assert flow(county, lead)["交办"]["note"] == ""
    assert flow(county, lead)["核实办理"]["state"] == "now"
