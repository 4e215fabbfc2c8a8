"""Controls that hold a sentence take the whole row of a form."""

from django.test import Client
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.matters.identity import to_code
from bihuan.matters.moment import standing_at


def test_the_title_takes_the_whole_row_and_a_short_text_half(
    client: Client, county: County
) -> None:
    lead = seeded.received(county)
    client.force_login(county.users["intake"])
    with standing_at(seeded.START):
        page = client.get(f"/desk/matters/{to_code(lead.pk)}/steps/register/").content.decode()
    rows = {
        name: part.rpartition('<div class="field ')[2].partition('"')[0]
        for name, part in ((key, page.partition(f'id="f-{key}"')[0]) for key in ("title", "source"))
    }
    assert rows == {"title": "text whole", "source": "text"}
