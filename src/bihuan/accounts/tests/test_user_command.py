"""`bihuan user`: create, link, grant, disable, list; refusals are exit code 1, wrong use 2."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from tests.people import County

from bihuan.accounts.models import User
from bihuan.accounts.tests.people_signing_in import PASSWORD


def user(*arguments: str) -> str:
    out = StringIO()
    call_command("user", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_an_account_is_created_and_its_link_sets_a_password(county: County) -> None:
    unit = county.units["coal"].name
    path = user("create", "chu", "--name", "褚新手", "--unit", unit).strip()
    assert Client().post(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert User.objects.get(username="chu").check_password(PASSWORD)


def test_a_role_is_granted_and_an_account_disabled_and_both_listed(county: County) -> None:
    name, unit = county.users["intake"].username, county.units["coal"].name
    user("grant", name, "handler", "--unit", unit, "--reason", "轮岗")
    user("disable", name, "--reason", "调离")
    line = next(line for line in user("list").splitlines() if line.startswith(f"{name}\t"))
    assert line.split("\t")[1:] == ["陈接件", "停用", "intake、handler"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["link", "nobody"], 1),
        (["create", "chu", "--name", "褚新手", "--unit", "没有的单位"], 1),
        (["first"], 1),
    ],
)
def test_refusals_have_an_exit_code(county: County, arguments: list[str], code: int) -> None:
    with pytest.raises(CommandError) as refused:
        user(*arguments)
    assert refused.value.returncode == code


def test_a_wrong_day_is_wrong_use(county: County) -> None:
    name, unit = county.users["intake"].username, county.units["coal"].name
    with pytest.raises(CommandError) as refused:
        user("grant", name, "handler", "--unit", unit, "--reason", "轮岗", "--from", "昨天")
    assert refused.value.returncode == 2


def test_the_console_keeps_administrators_apart_too(county: County) -> None:
    name, unit = county.users["system"].username, county.units["bureau"].name
    with pytest.raises(CommandError, match="三个人"):
        user("grant", name, "audit_admin", "--unit", unit, "--reason", "人手不够")


def test_the_first_link_opens_an_empty_deployment(db: None) -> None:
    assert Client().get(user("first").strip()).status_code == 200
