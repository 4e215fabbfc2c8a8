"""After 改派 the former letter is marked as replaced; the form offers other units only."""

from urllib.parse import unquote

import pytest
from django.test import Client
from tests.doors import Door, DoorClosedError, march
from tests.people import County

from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter, PaperCopy
from bihuan.matters.moment import standing_at
from bihuan.matters.revisions import withdraw_step


def reassigned(county: County) -> tuple[Matter, str, str]:
    """A lead with its first letter's number and the second one's."""
    door = Door(county)
    lead = door.hand_over(march(2))
    first = lead.papers.get(copy="移送单位").number
    given = {"letter_source": "public", "reason": "不属该股室职责。"}
    lead = door.press(
        "office", lead, "reassign", march(3), unit=county.units["noncoal"].pk, **given
    )
    second = lead.papers.order_by("-id")[0].number
    return lead, first, second


def page_of(client: Client, county: County, matter: Matter, rest: str = "") -> str:
    client.force_login(county.users["office"])
    with standing_at(march(3, 10)):
        answer = client.get(f"/desk/matters/{to_code(matter.pk)}/{rest}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_former_letter_is_marked_in_the_list(client: Client, county: County) -> None:
    lead, first, second = reassigned(county)
    before = list(PaperCopy.objects.filter(matter=lead).values_list("pk", "content"))
    page = page_of(client, county, lead)
    papers = page[page.index('id="papers"') : page.index('id="steps"')]
    rows = papers.split("<li")[1:]
    marked = [row for row in rows if f"已由{second}代替" in row]
    assert len(rows) == 4
    assert len(marked) == 2
    assert all(first in row for row in marked)
    assert rows[2:] == marked
    assert list(PaperCopy.objects.filter(matter=lead).values_list("pk", "content")) == before


def test_the_file_of_the_former_letter_bears_the_mark_in_its_name(
    client: Client, county: County
) -> None:
    lead, first, second = reassigned(county)
    client.force_login(county.users["office"])
    names = {}
    for copy in lead.papers.filter(copy="移送单位"):
        answer = client.get(f"/desk/matters/{to_code(lead.pk)}/papers/{copy.pk}.docx")
        names[copy.number] = unquote(answer["Content-Disposition"])
    assert f"已由{second}代替" in names[first]
    assert "代替" not in names[second]


def test_a_letter_that_was_taken_back_replaces_nothing(client: Client, county: County) -> None:
    lead, _first, _second = reassigned(county)
    by = county.actor("office")
    withdraw_step(lead.pk, reason="选错单位。", by=by, now=march(3, 10))
    assert "代替" not in page_of(client, county, lead)


def test_the_form_offers_every_unit_but_the_one_in_charge(client: Client, county: County) -> None:
    door = Door(county)
    lead = door.hand_over(march(2))
    page = page_of(client, county, lead, "steps/reassign/")
    coal, other = (county.units[key].pk for key in ("coal", "noncoal"))
    assert f'<option value="{other}"' in page
    assert f'<option value="{coal}"' not in page
    given = {"unit": coal, "letter_source": "public", "reason": "不属该股室职责。"}
    with pytest.raises(DoorClosedError, match="不能仍是原单位"):
        door.press("office", lead, "reassign", march(3), **given)
