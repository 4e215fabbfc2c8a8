"""Opening a key leads back to the form that asked for it; sealed pages lead back to their lead."""

import re

import pytest
from django.test import Client
from tests.people import NOW, County

from bihuan.leads.tests.conftest import PASSPHRASES
from bihuan.leads.tests.test_tip_off import PHRASE, planted
from bihuan.leads.tips import file_tip
from bihuan.matters.identity import to_code
from bihuan.matters.moment import standing_at


@pytest.fixture
def code(sealing_county: County) -> str:
    """A tip-off that waits to be registered."""
    return to_code(file_tip(planted(), now=NOW, region_id=sealing_county.region.pk).matter.pk)


def unlock(client: Client, page: str, purpose: str, words: str) -> str:
    """Follow the page's link to the keys, open one there; where that leads."""
    link = re.search(r'href="(/desk/keys\?[^"]*)"', page)
    assert link
    keys = client.get(link[1].replace("&amp;", "&")).content.decode()
    sent = dict(re.findall(r'name="(back|to)" value="([^"]*)"', keys))
    opened = client.post("/desk/keys/unlock", {"purpose": purpose, "passphrase": words} | sent)
    assert opened.status_code == 302
    return str(opened["Location"])


def test_from_the_form_and_back_to_it(sealing_county: County, code: str, client: Client) -> None:
    client.force_login(sealing_county.users["intake"])
    form = f"/desk/matters/{code}/steps/register/"
    with standing_at(NOW):
        page = client.get(form).content.decode()
        assert unlock(client, page, "account", PASSPHRASES["intake"]) == form
        page = client.get(form).content.decode()
    assert PHRASE in page
    assert page.count("button primary") == 1


def test_from_the_identity_and_back_to_it(
    sealing_county: County, code: str, client: Client
) -> None:
    client.force_login(sealing_county.users["custodian"])
    address = f"/desk/matters/{code}/identity"
    with standing_at(NOW):
        page = client.get(address).content.decode()
        assert unlock(client, page, "identity", PASSPHRASES["custodian"]) == address
    assert page.count(f'href="/desk/matters/{code}/"') == 2  # in the path, and beside the heading


@pytest.mark.parametrize(
    ("back", "to", "leads"),
    [
        ("", "register", "/desk/keys"),
        ("zzz", "register", "/desk/keys"),
        ("{code}", "https://example.org", "/desk/matters/{code}/original"),
        ("{code}", "", "/desk/matters/{code}/original"),
    ],
)
def test_nothing_leads_elsewhere(
    sealing_county: County, code: str, client: Client, back: str, to: str, leads: str
) -> None:
    client.force_login(sealing_county.users["intake"])
    sent = {"purpose": "account", "passphrase": PASSPHRASES["intake"]}
    sent |= {"back": back.format(code=code), "to": to}
    with standing_at(NOW):
        opened = client.post("/desk/keys/unlock", sent)
    assert opened["Location"] == leads.format(code=code)
