"""What follows from a step or a decision: columns, extensions, papers, proposals."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.accounts.actors import CLOCK
from bihuan.language.clock import SHANGHAI
from bihuan.leads.loop import LEAD
from bihuan.leads.rules import FALSE_CLOSURE, escalation_grounds, escalation_still_holds
from bihuan.matters import engine
from bihuan.matters.case import Case
from bihuan.matters.consequences import extend, project_facts
from bihuan.matters.coverage import Standing
from bihuan.matters.models import (
    Counter,
    Matter,
    OpenProposal,
    PaperCopy,
    Record,
    Recusal,
    RungFired,
    SearchText,
)
from bihuan.matters.papers import reissue_paper
from bihuan.matters.proposals import open_or_join
from bihuan.matters.refusals import Refused
from bihuan.matters.ticking import tick
from bihuan.matters.writing import engine_writes

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over on 1 March."""
    return hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)


def case_of(matter: Matter, county: County, *, now: datetime = NOW) -> Case:
    return engine.lock(matter.pk, by=county.actor("office"), now=now)


def test_severity_is_kept_where_a_loop_declares_it() -> None:
    loop = replace(LEAD, severity="level")
    matter = Matter(id=1, kind="lead", stage="received")
    case = Case(matter=matter, loop=loop, by=CLOCK, now=NOW, facts={"level": 3})
    project_facts(case)
    assert matter.severity == 3
    case.facts.clear()
    project_facts(case)
    assert matter.severity == 0


def test_a_clock_that_does_not_run_is_not_extended(county: County) -> None:
    lead = open_lead(county, now=NOW)
    with engine_writes():
        case = case_of(lead, county)
        case.extend("feedback", until_on=date(2026, 3, 20), reason="井下积水。")
        with pytest.raises(Refused, match="没有正在计时的期限"):
            extend(case)


def test_a_paper_that_was_not_issued_is_not_corrected(county: County) -> None:
    lead = open_lead(county, now=NOW)
    with engine_writes(), pytest.raises(Refused, match="还没有制发"):
        reissue_paper(case_of(lead, county), "handover_letter")
    assert not PaperCopy.objects.exists()


def test_more_evidence_joins_the_open_proposal(county: County, lead: Matter) -> None:
    tick(now=NOW + 9 * DAY)
    row = OpenProposal.objects.get(about=lead)
    grounds = {row.key: {"label": "又一次", "text": "又一次"}}
    with engine_writes():
        case = case_of(lead, county, now=NOW + 10 * DAY)
        open_or_join(case, row.rule, grounds, at=case.now, open_child=engine.open_child)
    assert OpenProposal.objects.get(about=lead) == row
    assert Matter.objects.filter(kind="proposal", parent=lead).count() == 1
    assert str(row) == f"escalation {row.key}"


def test_without_a_late_clock_there_is_no_ground(county: County, lead: Matter) -> None:
    early = open_lead(county, now=NOW)
    with engine_writes():
        assert escalation_grounds(case_of(early, county), at=NOW + 99 * DAY) == {}
        assert escalation_grounds(case_of(lead, county), at=NOW + DAY) == {}
        (ground,) = escalation_grounds(case_of(lead, county), at=NOW + 9 * DAY)
    assert ground == "not_handled"


def test_a_false_closure_stays_a_ground_whatever_the_clock_says(
    county: County, lead: Matter
) -> None:
    with engine_writes():
        case = case_of(lead, county)
        assert escalation_still_holds(case, FALSE_CLOSURE)
        assert not escalation_still_holds(case, "overdue")
        late = case_of(lead, county, now=NOW + 9 * DAY)
        assert escalation_still_holds(late, "overdue")


def test_a_duty_without_a_due_day_is_only_done_or_not(county: County) -> None:
    site = county.sites["xingwang"]
    proof = Record(id=1, ledger="notice", title="兴旺煤矿")
    standing = Standing(
        site=site,
        due_on=None,
        due_note="",
        proof=proof,
        proved_on=date(2026, 3, 1),
        reopened_on=None,
    )
    assert (standing.words, standing.tone, standing.is_done) == ("已张贴", "done", True)
    open_standing = replace(standing, proof=None, proved_on=None)
    assert (open_standing.words, open_standing.tone) == ("未张贴", "todo")


def test_rows_beside_a_matter_name_themselves_without_content(lead: Matter) -> None:
    tick(now=NOW + 6 * DAY)
    rung = RungFired.objects.get(timer__matter=lead)
    assert str(rung) == f"rung -1 of {rung.timer_id}"
    counter = Counter.objects.get(series="lead")
    assert str(counter) == f"lead {lead.l3}  2026: 1"
    assert str(Recusal(matter=lead, reason="被反映的企业")) == f"recusal from {lead.pk}"
    copy = PaperCopy.objects.filter(matter=lead).earliest("id")
    assert str(copy) == f"{copy.number} {copy.copy} v1"
    assert str(SearchText.objects.get(matter=lead)) == f"text of {lead.pk}"
    assert str(Record(title="举报电话")) == "举报电话"
    assert str(lead) == "线索〔2026〕1号"
