"""The forms of a publication propose what is known already, and nothing of the reporter."""

import re
from datetime import timedelta

from django.test import Client
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at

START, DAY = seeded.START, seeded.DAY
LATER = START + timedelta(days=6)


def form(client: Client, county: County, who: str, matter: Matter, step: str) -> str:
    client.force_login(county.users[who])
    with standing_at(LATER):
        answer = client.get(f"/desk/matters/{to_code(matter.pk)}/steps/{step}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def proposed(page: str) -> str:
    found = re.search(r'<textarea[^>]* id="f-text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


def child(lead: Matter, kind: str) -> Matter:
    return Matter.objects.get(parent=lead, kind=kind)


def test_problem_names_what_and_who_looks_into_it(client: Client, county: County) -> None:
    lead = seeded.handed_over(county)
    page = form(client, county, "office", child(lead, "publication_problem"), "submit")
    unit = county.units["coal"].name
    assert proposed(page) == f"{lead.title}。已列入问题清单，交由{unit}核查办理。"


def test_result_tells_finding_and_facts(client: Client, county: County) -> None:
    lead = seeded.closed(county)
    page = form(client, county, "office", child(lead, "publication_result"), "submit")
    assert proposed(page) == (
        f"{lead.title}一事已办结。核查结论：不属实。到矿核查三个班次，人数没有超过规定。"
    )


def test_what_was_written_stays_when_it_is_sent_back(client: Client, county: County) -> None:
    lead = seeded.handed_over(county)
    problem = child(lead, "publication_problem")
    own = {"text": "反映一煤矿夜班超定员，已列入问题清单。"}
    take_step(problem.pk, "submit", by=county.actor("office"), now=LATER, answers=own)
    publisher = county.actor("publisher")
    back = {"reason": "写明乡镇。"}
    take_step(problem.pk, "return_draft", by=publisher, now=LATER, answers=back)
    assert proposed(form(client, county, "office", problem, "submit")) == own["text"]


def test_the_day_of_publishing_is_today_unless_changed(client: Client, county: County) -> None:
    lead = seeded.handed_over(county)
    problem = child(lead, "publication_problem")
    text = {"text": "反映一煤矿夜班超定员，已列入问题清单。"}
    take_step(problem.pk, "submit", by=county.actor("office"), now=LATER, answers=text)
    page = form(client, county, "publisher", problem, "release")
    assert re.search(r'name="published_on"[^>]*value="2026-03-07"', page)
    for tick in ("personal_data_checked", "transfer_checked"):
        assert not re.search(rf'name="{tick}"[^>]*checked', page)
