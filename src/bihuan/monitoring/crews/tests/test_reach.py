"""Who reads a mine's page: the bureau of its county and the mine itself, nobody else."""

import pytest
from django.test import Client
from tests.people import County

from bihuan.places.models import Site

pytestmark = pytest.mark.django_db


def answered(county: County, account: str, site: Site) -> int:
    """What the page answers."""
    client = Client()
    client.force_login(county.users[account])
    return client.get(f"/desk/crews/{site.pk}/").status_code


@pytest.mark.parametrize(
    "account", ["watch", "office", "leader", "inspector", "dispatcher", "firm"]
)
def test_those_who_watch_it_and_the_mine_itself(county: County, account: str) -> None:
    assert answered(county, account, county.sites["qingshiling"]) == 200


@pytest.mark.parametrize("account", ["dispatcher", "firm", "publisher", "intake", "system"])
def test_another_firms_mine_or_no_role_for_it(county: County, account: str) -> None:
    assert answered(county, account, county.sites["xingwang"]) == 404


def test_a_neighbour_and_another_kind_of_site(county: County, neighbour: County) -> None:
    assert answered(neighbour, "watch", county.sites["qingshiling"]) == 404
    assert answered(county, "watch", county.sites["baiyun"]) == 404
