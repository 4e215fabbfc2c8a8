"""The pages of the three administrators: who may, how far, what is kept."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.people import County

from bihuan.accounts.links import issue_link, user_of_link
from bihuan.accounts.models import AuditLine, Grant, User
from bihuan.accounts.registers import REGISTERS
from bihuan.accounts.roles import ADMINISTRATORS, ROLES
from bihuan.accounts.tests.people_signing_in import PASSWORD, give_password, sign_in
from bihuan.places.models import Appointment, Person, Region, Unit

PAGES = {
    "system": ["accounts/", "accounts/new"] + [f"places/{key}/" for key in REGISTERS],
    "security": ["security/"],
    "audit": ["sign-ins/", "changes/", "changes/?only=grants", "logs/"],
}


def desk(county: County, account: str) -> Client:
    client = Client()
    client.force_login(county.users[account])
    return client


@pytest.mark.parametrize("account", ["system", "security", "audit"])
def test_each_administrator_opens_only_own_pages(county: County, account: str) -> None:
    client = desk(county, account)
    assert client.get("/desk/admin/").status_code == 200
    for owner, pages in PAGES.items():
        for page in pages:
            expected = 200 if owner == account else 403
            assert client.get(f"/desk/admin/{page}").status_code == expected, page


@pytest.mark.parametrize("account", ["office", "leader", "custodian", "firm"])
def test_nobody_else_opens_any(county: County, account: str) -> None:
    client = desk(county, account)
    for page in ["", *(page for pages in PAGES.values() for page in pages)]:
        assert client.get(f"/desk/admin/{page}").status_code == 403


def test_strangers_are_sent_to_the_sign_in(client: Client, county: County) -> None:
    for page in ["", *(page for pages in PAGES.values() for page in pages)]:
        answer = client.get(f"/desk/admin/{page}")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/desk/sign-in?next=")


@pytest.mark.parametrize("account", ["system", "security", "audit"])
def test_administrators_see_no_matter(county: County, account: str) -> None:
    actor = county.actor(account)
    assert actor.regions_seen() == ()
    assert actor.units_seen() == ()
    every = tuple(role.key for role in ROLES if role.key not in ADMINISTRATORS)
    assert not actor.may(every, unit_id=county.units["bureau"].pk, path=county.region.path_ids)


def test_the_county_next_door_is_not_there(county: County, neighbour: County) -> None:
    system, security = desk(county, "system"), desk(county, "security")
    theirs = neighbour.users["office"]
    listed = system.get("/desk/admin/accounts/").content.decode()
    assert county.users["office"].username in listed
    assert theirs.username not in listed
    assert system.get(f"/desk/admin/accounts/{theirs.pk}/").status_code == 404
    assert system.post(f"/desk/admin/accounts/{theirs.pk}/link").status_code == 404
    assert security.get(f"/desk/admin/security/{theirs.pk}/").status_code == 404
    theirs_grant = Grant.objects.filter(user=theirs).first()
    assert theirs_grant is not None
    assert security.get(f"/desk/admin/security/grants/{theirs_grant.pk}/revoke").status_code == 404
    for key in REGISTERS:
        assert neighbour.name not in system.get(f"/desk/admin/places/{key}/").content.decode()
    unit = neighbour.units["office"]
    assert system.get(f"/desk/admin/places/units/{unit.pk}/").status_code == 404


def test_a_new_account_has_no_role_and_its_link_works_once(county: County) -> None:
    client = desk(county, "system")
    unit = county.units["coal"]
    form = {"username": "New.Hand", "name": "褚新手", "unit": unit.pk}
    page = client.post("/desk/admin/accounts/new", form)
    user = User.objects.get(username="new.hand")
    assert page["Location"] == f"/desk/admin/accounts/{user.pk}/"
    assert (user.unit, user.grants.count(), user.has_usable_password()) == (unit, 0, False)
    shown = client.post(f"/desk/admin/accounts/{user.pk}/link").content.decode()
    path = "/desk/set-password/" + shown.split("/desk/set-password/")[1].split("<")[0].strip()
    stranger = Client()
    weak = stranger.post(path, {"password": "short", "again": "short"})
    assert weak.status_code == 422
    done = stranger.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert done["Location"] == "/desk/sign-in"
    assert stranger.get(path).status_code == 410
    assert sign_in(stranger, user)["Location"] == "/desk/"


def test_a_link_ends_after_a_day_and_with_a_newer_one(county: County, settings: object) -> None:
    user, now = county.users["office"], timezone.now()
    code, token = issue_link(user, by="test", now=now).split("/")[-2:]
    assert user_of_link(code, token) == user
    assert user_of_link("zz", token) is None
    settings.PASSWORD_RESET_TIMEOUT = -1  # type: ignore[attr-defined]
    assert user_of_link(code, token) is None
    settings.PASSWORD_RESET_TIMEOUT = int(timedelta(days=1).total_seconds())  # type: ignore[attr-defined]
    issue_link(user, by="test", now=now)
    assert user_of_link(code, token) is None


def test_one_person_has_one_account(county: County) -> None:
    client, person = desk(county, "system"), county.users["office"].person
    assert person is not None
    form = {"username": "second", "person": person.pk, "unit": county.units["coal"].pk}
    answer = client.post("/desk/admin/accounts/new", form)
    assert answer.status_code == 422
    assert "一人只用一个账号" in answer.content.decode()


def test_disabling_needs_a_reason_and_not_oneself(county: County) -> None:
    client, user = desk(county, "system"), county.users["office"]
    url = f"/desk/admin/accounts/{user.pk}/state"
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "调离"}).status_code == 303
    assert not User.objects.get(pk=user.pk).is_active
    assert client.post(url, {"reason": "返岗"}).status_code == 303
    assert User.objects.get(pk=user.pk).is_active
    own = f"/desk/admin/accounts/{county.users['system'].pk}/state"
    assert client.post(own, {"reason": "试试"}).status_code == 409


def test_the_security_administrator_grants_revokes_and_unlocks(county: County) -> None:
    client, user = desk(county, "security"), county.users["intake"]
    url = f"/desk/admin/security/{user.pk}/"
    today = timezone.localdate().isoformat()
    form = {"role": "handler", "unit": county.units["coal"].pk, "from_on": today, "reason": "轮岗"}
    assert client.post(url, {**form, "reason": ""}).status_code == 422
    assert client.post(url, form).status_code == 303
    given = Grant.objects.get(user=user, role="handler")
    page = client.post(f"/desk/admin/security/grants/{given.pk}/revoke", {"reason": "轮岗结束"})
    assert page.status_code == 303
    User.objects.filter(pk=user.pk).update(locked_until=timezone.now() + timedelta(hours=1))
    assert client.post(f"{url}unlock").status_code == 303
    assert User.objects.get(pk=user.pk).locked_until is None
    own = f"/desk/admin/security/{county.users['security'].pk}/"
    refused = client.post(own, form)
    assert refused.status_code == 409
    assert "不能给自己授予角色" in refused.content.decode()


def test_the_audit_pages_show_it_and_take_no_post(county: County) -> None:
    sign_in(Client(), give_password(county.users["office"]))
    Client().post("/desk/sign-in", {"username": "nobody", "password": "x"})
    desk(county, "system").post(
        f"/desk/admin/accounts/{county.users['intake'].pk}/state", {"reason": "调离本单位"}
    )
    client = desk(county, "audit")
    shown = client.get("/desk/admin/sign-ins/").content.decode()
    assert county.users["office"].username in shown
    assert "没有这个账号" in shown
    assert "调离本单位" in client.get("/desk/admin/changes/").content.decode()
    assert "调离本单位" not in client.get("/desk/admin/changes/?only=grants").content.decode()
    for page in PAGES["audit"]:
        assert client.post(f"/desk/admin/{page}").status_code == 405


def test_places_are_added_and_changed_with_before_and_after(county: County) -> None:
    client, region = desk(county, "system"), county.region
    form = {"parent": region.pk, "code": "990121103", "name": "东岭镇"}
    assert client.post("/desk/admin/places/regions/new", form).status_code == 303
    town = Region.objects.get(code="990121103")
    assert (town.level, town.path) == (4, f"{region.path}{town.pk}/")
    assert client.post("/desk/admin/places/regions/new", form).status_code == 422
    unit = {"name": "东岭镇人民政府", "kind": "government", "region": town.pk, "is_active": "yes"}
    assert client.post("/desk/admin/places/units/new", unit).status_code == 303
    made = Unit.objects.get(name="东岭镇人民政府")
    changed = {**unit, "name": "东岭镇政府"}
    assert client.post(f"/desk/admin/places/units/{made.pk}/", changed).status_code == 303
    line = AuditLine.objects.latest("id")
    assert (line.before, line.after) == ({"名称": "东岭镇人民政府"}, {"名称": "东岭镇政府"})
    site = {"name": "东岭煤矿", "kind": "coal", "region": town.pk}
    assert client.post("/desk/admin/places/sites/new", site).status_code == 303


def test_an_acting_post_needs_paper_and_last_day(county: County) -> None:
    client = desk(county, "system")
    post = {"unit": county.units["coal"].pk, "title": "代股长", "function": "head"}
    assert client.post("/desk/admin/places/posts/new", post).status_code == 303
    held = county.units["coal"].posts.get(title="代股长")
    form = {"post": held.pk, "name": "卫代理", "from_on": "2026-03-01", "is_acting": "yes"}
    url = "/desk/admin/places/appointments/new"
    refused = client.post(url, form).content.decode()
    assert "代理岗位须写明依据文件" in refused
    assert "代理岗位须有止日" in refused
    assert not Person.objects.filter(name="卫代理").exists()
    whole = {**form, "until_on": "2026-06-30", "paper": "青组任〔2026〕9号"}
    assert client.post(url, whole).status_code == 303
    made = Appointment.objects.get(person__name="卫代理")
    sooner = f"/desk/admin/places/appointments/{made.pk}/"
    assert client.post(sooner, {"until_on": "2026-02-01"}).status_code == 422
    assert client.post(sooner, {"until_on": "2026-04-30"}).status_code == 303
