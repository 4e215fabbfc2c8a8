"""Granting roles: never to oneself, never two administrators in one person, always dated."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from tests.people import NOW, County

from bihuan.accounts.actors import actor_of
from bihuan.accounts.granting import grant, revoke
from bihuan.accounts.models import AuditLine, Grant, User
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.roles import ADMINISTRATORS

TODAY = timezone.localdate(NOW)
DAY = timedelta(days=1)
ACCOUNTS = {"system_admin": "system", "security_admin": "security", "audit_admin": "audit"}


def give(county: County, account: str, role: str = "handler", **more: object) -> Grant:
    values = {"from_on": TODAY, "by": county.users["security"], "reason": "工作需要", **more}
    unit = county.units["bureau"]
    return grant(county.users[account], role=role, unit=unit, now=NOW, **values)  # type: ignore[arg-type]


def test_a_grant_counts_from_its_day_and_is_written_down(county: County) -> None:
    give(county, "intake", from_on=TODAY + DAY, until_on=TODAY + 2 * DAY)
    user = county.users["intake"]
    held = ["handler" in actor_of(user, on=TODAY + days * DAY).roles for days in range(4)]
    assert held == [False, True, True, False]
    line = AuditLine.objects.latest("id")
    assert (line.action, line.by, line.reason) == ("grant", county.users["security"], "工作需要")
    assert line.after["角色"] == "承办人"


@pytest.mark.parametrize(("held", "asked"), list(permutations(sorted(ADMINISTRATORS), 2)))
def test_no_person_is_two_administrators(county: County, held: str, asked: str) -> None:
    by = User.objects.create_user("other-security", person=None, password=None)
    with pytest.raises(Refusal) as refused:
        give(county, ACCOUNTS[held], asked, by=by)
    assert "三个人" in refused.value.sentence


def test_a_second_account_does_not_get_round_it(county: County) -> None:
    person = county.users["system"].person
    county.users["twin"] = User.objects.create_user("twin", person=person, password=None)
    with pytest.raises(Refusal):
        give(county, "twin", "audit_admin")


def test_the_next_day_after_one_ends_another_may_begin(county: County) -> None:
    first = Grant.objects.get(user=county.users["system"])
    Grant.objects.filter(pk=first.pk).update(until_on=TODAY)
    with pytest.raises(Refusal):
        give(county, "system", "audit_admin", from_on=TODAY)
    give(county, "system", "audit_admin", from_on=TODAY + DAY)


def test_nobody_grants_to_himself_or_takes_from_himself(county: County) -> None:
    with pytest.raises(Refusal, match="自己"):
        give(county, "security")
    own = Grant.objects.get(user=county.users["security"])
    with pytest.raises(Refusal, match="自己"):
        revoke(own, by=county.users["security"], reason="试试", now=NOW)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"reason": " "}, "reason"),
        ({"from_on": TODAY - DAY}, "from_on"),
        ({"until_on": TODAY - DAY}, "until_on"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    county: County, values: dict[str, object], name: str
) -> None:
    with pytest.raises(Refusal) as refused:
        give(county, "intake", **values)
    assert name in refused.value.fields
    assert not Grant.objects.filter(user=county.users["intake"], role="handler").exists()


def test_the_same_role_is_not_granted_twice(county: County) -> None:
    given = give(county, "intake")
    with pytest.raises(Refusal):
        give(county, "intake", from_on=TODAY + DAY)
    revoke(given, by=county.users["security"], reason="调离", now=NOW)
    with pytest.raises(Refusal):
        give(county, "intake")
    give(county, "intake", from_on=TODAY + DAY)


def test_a_revoked_role_is_gone_the_same_day_and_stays_readable(county: County) -> None:
    given = give(county, "intake")
    revoke(given, by=county.users["security"], reason="调离", now=NOW)
    assert "handler" not in actor_of(county.users["intake"], on=TODAY).roles
    given.refresh_from_db()
    assert given.until_on == TODAY - DAY
    with pytest.raises(Refusal):
        revoke(given, by=county.users["security"], reason="再收", now=NOW)


def test_a_role_that_needs_a_code_ends_sessions_opened_without_one(county: County) -> None:
    give(county, "intake", "handler")
    assert User.objects.get(pk=county.users["intake"].pk).session_epoch == 0
    give(county, "intake", "leader")
    assert User.objects.get(pk=county.users["intake"].pk).session_epoch == 1


def test_lines_of_the_record_can_not_be_changed_or_deleted(county: County) -> None:
    give(county, "intake")
    for spoil in (
        lambda: AuditLine.objects.update(reason="别的原因"),
        lambda: AuditLine.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            spoil()
    assert AuditLine.objects.get().reason == "工作需要"
