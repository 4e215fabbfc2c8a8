"""The first start: one link, once, for a day, for an empty deployment; three persons."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.people import County

from bihuan.accounts import firststart
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import Grant, User
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.roles import ADMINISTRATORS
from bihuan.places.models import Region

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
FORM = {
    "code": "990121",
    "province": "示例省",
    "city": "示例市",
    "county": "青石县",
    "bureau": "青石县应急管理局",
    "system_admin_name": "严系统",
    "system_admin_username": "yan",
    "security_admin_name": "华安全",
    "security_admin_username": "hua",
    "audit_admin_name": "金审计",
    "audit_admin_username": "jin",
}


def test_three_persons_are_set_up_and_the_link_is_spent(client: Client, db: None) -> None:
    path = firststart.issue_first_link(now=timezone.now())
    assert client.get(path).status_code == 200
    shown = client.post(path, FORM).content.decode()
    assert shown.count("/desk/set-password/") >= len(ADMINISTRATORS)
    assert set(Grant.objects.values_list("role", flat=True)) == ADMINISTRATORS
    assert Grant.objects.values("user__person").distinct().count() == len(ADMINISTRATORS)
    county = Region.objects.get(code="990121")
    assert (county.level, len(county.path_ids)) == (3, 3)
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert client.get(path).status_code == 410
    assert client.post(path, FORM).status_code == 410
    with pytest.raises(Refusal):
        firststart.issue_first_link(now=timezone.now())


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"audit_admin_name": "华安全"}, "三个人"),
        ({"audit_admin_username": "HUA"}, "账号名不能相同"),
        ({"code": "99012"}, "6位数字"),
    ],
)
def test_a_refused_form_leaves_link_and_database_as_they_were(
    client: Client, db: None, change: dict[str, str], name: str
) -> None:
    path = firststart.issue_first_link(now=timezone.now())
    answer = client.post(path, {**FORM, **change})
    assert answer.status_code == 422
    assert name in answer.content.decode()
    assert not User.objects.exists()
    assert client.get(path).status_code == 200


def test_the_link_ends_to_the_second_and_with_a_newer_one(db: None) -> None:
    token = firststart.issue_first_link(now=NOW).rsplit("/", 1)[-1]
    end = NOW + LIMITS.first_start
    assert firststart.is_valid(token, now=end - timedelta(seconds=1))
    assert not firststart.is_valid(token, now=end)
    assert not firststart.is_valid("made-up", now=NOW)
    firststart.issue_first_link(now=NOW)
    assert not firststart.is_valid(token, now=NOW)


def test_the_file_keeps_no_token_and_is_for_its_owner_only(db: None, settings: object) -> None:
    token = firststart.issue_first_link(now=NOW).rsplit("/", 1)[-1]
    file = Path(settings.HOME) / "secrets" / "first-start.json"  # type: ignore[attr-defined]
    assert token not in file.read_text("ascii")
    assert file.stat().st_mode & 0o077 == 0


def test_a_deployment_with_administrators_gives_none(county: County) -> None:
    with pytest.raises(Refusal):
        firststart.issue_first_link(now=NOW)
