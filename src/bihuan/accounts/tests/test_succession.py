"""Everything of one person goes to another, and with it all matters."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests.people import County

from bihuan.accounts.actors import actor_of
from bihuan.accounts.models import AuditLine, Grant
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.succession import hand_over_all
from bihuan.places.models import Post
from bihuan.places.posts import holders_of

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
ON = date(2026, 3, 10)


def pass_on(county: County, who: str, to: str, reason: str = "调离。") -> None:
    hand_over_all(
        county.users[who],
        to=county.users[to],
        on=ON,
        by=county.users["security"],
        reason=reason,
        now=NOW,
    )


def test_roles_and_posts_go_over_from_that_day(county: County) -> None:
    pass_on(county, "receiver", "deputy")
    coal = county.units["coal"].pk
    yesterday, today = date(2026, 3, 9), ON
    assert "receiver" not in actor_of(county.users["deputy"], on=yesterday).roles
    assert {"receiver", "handler"} <= actor_of(county.users["deputy"], on=today).roles
    assert actor_of(county.users["receiver"], on=today).roles == frozenset()
    assert "receiver" in actor_of(county.users["receiver"], on=yesterday).roles
    now_holding = next(iter(holders_of(Post.Function.RECEIVER, unit_id=coal, on=today)), None)
    assert now_holding is not None
    assert now_holding.person_id == county.users["deputy"].person_id
    assert AuditLine.objects.filter(action="hand_over").count() == 1


@pytest.mark.parametrize(
    ("who", "to", "reason"),
    [("receiver", "receiver", "调离。"), ("receiver", "deputy", " ")],
)
def test_nonsense_is_refused_and_nothing_moves(
    county: County, who: str, to: str, reason: str
) -> None:
    before = Grant.objects.count()
    with pytest.raises(Refusal):
        pass_on(county, who, to, reason)
    assert Grant.objects.count() == before


def test_an_administrator_role_stays_apart(county: County) -> None:
    with pytest.raises(Refusal):
        pass_on(county, "system", "audit")
    assert "system_admin" in actor_of(county.users["system"], on=ON).roles


def test_only_the_security_administrator_has_the_page(county: County, client: Client) -> None:
    url = reverse("accounts:hand_over", args=(county.users["receiver"].pk,))
    client.force_login(county.users["office"])
    assert client.get(url).status_code == 403
    client.force_login(county.users["security"])
    assert "移交全部事项" in client.get(url).content.decode()
    sent = {"to": county.users["deputy"].pk, "reason": "调离。"}
    assert client.post(url, sent).status_code in (302, 303)
    assert Grant.objects.filter(user=county.users["deputy"], role="receiver").exists()
