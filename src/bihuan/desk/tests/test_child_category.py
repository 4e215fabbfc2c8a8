"""A child matter shows the category of the matter it stands beside in words, never its key."""

from datetime import datetime

from django.test import Client
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)


def test_category_in_words(county: County, client: Client) -> None:
    lead = hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)
    child = Matter.objects.get(parent=lead, kind="publication_problem")
    client.force_login(county.users["office"])
    with standing_at(NOW):
        page = client.get(f"/desk/matters/{to_code(lead.pk)}/").content.decode()
        beside = client.get(f"/desk/matters/{to_code(child.pk)}/").content.decode()
    assert "重大事故隐患" in page
    assert "major_hazard" not in page
    assert "major_hazard" not in beside
