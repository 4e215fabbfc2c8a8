"""Days that can't be are refused at their field: of a release, and of spans in the findings."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.doors import Door, DoorClosedError, march
from tests.people import County

from bihuan.disclosure.models import Snapshot
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at

YES = {"personal_data_checked": "yes", "transfer_checked": "yes", "medium": "县政府网站"}


def drafted(county: County) -> Matter:
    """公开问题清单, opened on 2 March and sent for release on the 3rd."""
    door = Door(county)
    lead = door.hand_over(march(2))
    (problem,) = door.children(lead, "publication_problem")
    return door.press("office", problem, "submit", march(3), text="群众反映的问题，已组织核查。")


def sent(client: Client, matter: Matter, step: str, day: int, **answers: Any) -> HttpResponse:
    """Send the form of a step as a browser does, late in the evening of that day in Shanghai."""
    with standing_at(march(day, 23)):
        return client.post(f"/desk/matters/{to_code(matter.pk)}/steps/{step}/", answers)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [("2026-03-01", "不能早于本公开事项形成的 2026-03-02"), ("2026-03-05", "不能晚于今天")],
)
def test_no_release_bears_a_day_before_the_draft_or_to_come(
    client: Client, county: County, day: str, sentence: str
) -> None:
    problem = drafted(county)
    client.force_login(county.users["publisher"])
    answer = sent(client, problem, "release", 4, published_on=day, **YES)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'href="#f-published_on"' in page
    assert not Snapshot.objects.exists()
    with pytest.raises(DoorClosedError, match=sentence):
        Door(county).press("publisher", problem, "release", march(4), published_on=day, **YES)


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-04"])
def test_a_release_bears_any_day_from_the_draft_up_to_today(
    client: Client, county: County, day: str
) -> None:
    problem = drafted(county)
    client.force_login(county.users["publisher"])
    assert sent(client, problem, "release", 4, published_on=day, **YES).status_code == 303
    assert Snapshot.objects.get().published_on.isoformat() == day


@pytest.mark.parametrize("span", ["result_halt", "result_punished"])
def test_no_span_ends_before_it_began(client: Client, county: County, span: str) -> None:
    door = Door(county)
    lead = door.press("receiver", door.hand_over(march(2)), "acknowledge", march(2))
    client.force_login(county.users["handler"])
    found = {"finding": "untrue", "verified_facts": "到矿核查三个班次，人数没有超过规定。"}
    days = {f"{span}_on": "2026-03-10", f"{span}_until": "2026-03-09"}
    answer = sent(client, lead, "record_findings", 3, **found, **days)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "止日”早于“" in page
    assert f'href="#f-{span}_until"' in page
    days[f"{span}_until"] = "2026-03-10"
    assert sent(client, lead, "record_findings", 3, **found, **days).status_code == 303
