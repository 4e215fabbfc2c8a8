"""Sessions: age, idleness, ending; a new password ends the others."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.people import County

from bihuan.accounts import sittings
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import AuditLine, SignIn, Sitting, User
from bihuan.accounts.passwords import password_faults, set_password
from bihuan.accounts.queries import sitting_rows
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.tests.people_signing_in import PASSWORD, give_password, sign_in

OWN = "/desk/account/"
NEW = "另外一句自己记得住的话"


def make_older(client: Client, key: str, by: timedelta) -> None:
    session = client.session
    session[key] -= int(by.total_seconds())
    session.save()


def is_in(client: Client) -> bool:
    return client.get(OWN).status_code == 200


@pytest.mark.parametrize(
    ("key", "limit"), [(sittings.STARTED, LIMITS.session), (sittings.SEEN, LIMITS.idle)]
)
def test_a_session_ends_at_its_limit_and_not_before(
    client: Client, county: County, key: str, limit: timedelta
) -> None:
    sign_in(client, give_password(county.users["office"]))
    make_older(client, key, limit - timedelta(seconds=30))
    assert is_in(client)
    if key == sittings.SEEN:
        make_older(client, key, limit)
    else:
        make_older(client, key, timedelta(seconds=30))
    assert not is_in(client)
    assert SignIn.objects.latest("id").outcome == SignIn.Outcome.EXPIRED
    assert not Sitting.objects.exists()


def test_what_the_database_calls_a_session_opens_none(client: Client, county: County) -> None:
    sign_in(client, give_password(county.users["office"]))
    assert is_in(client)
    session, sitting = Session.objects.get(), Sitting.objects.get()
    assert session.pk == sitting.session_key != client.cookies["bihuan"].value
    thief = Client()
    thief.cookies["bihuan"] = session.pk
    assert not is_in(thief)
    with connection.cursor() as cursor:
        for table in ("django_session", "accounts_sitting"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            assert client.cookies["bihuan"].value not in str(cursor.fetchall())
    client.post("/desk/sign-out")
    assert not Session.objects.filter(pk=session.pk).exists()
    assert not Sitting.objects.exists()


def test_the_present_browser_is_marked(client: Client, county: County) -> None:
    user = give_password(county.users["office"])
    sign_in(Client(), user)
    sign_in(client, user)
    rows = sitting_rows(user, session_key=client.cookies["bihuan"].value)
    assert [bool(row["cells"]["this"]) for row in rows] == [True, False]


def test_use_moves_the_idle_limit_but_not_the_age(client: Client, county: County) -> None:
    sign_in(client, give_password(county.users["office"]))
    started = client.session[sittings.STARTED]
    make_older(client, sittings.SEEN, timedelta(minutes=5))
    assert is_in(client)
    assert client.session[sittings.SEEN] >= started
    assert client.session[sittings.STARTED] == started


def test_a_new_password_ends_other_sessions_and_keeps_this_one(county: County) -> None:
    user = give_password(county.users["office"])
    here, there = Client(), Client()
    sign_in(here, user)
    sign_in(there, user)
    form = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert here.post("/desk/account/password", form).status_code == 303
    assert is_in(here)
    assert not is_in(there)
    assert Sitting.objects.filter(user=user).count() == 1


def test_the_present_password_is_asked_for(client: Client, county: County) -> None:
    user = give_password(county.users["office"])
    sign_in(client, user)
    form = {"current": "wrong", "password": NEW, "again": NEW}
    answer = client.post("/desk/account/password", form)
    assert answer.status_code == 422
    assert "现在的密码不对" in answer.content.decode()
    assert "<h2>有 1 处需要更正，密码要重新填，其余都在</h2>" in answer.content.decode()
    empty = client.post("/desk/account/password", form | {"current": ""})
    assert "<h2>还差 1 处，密码要重新填，其余都在</h2>" in empty.content.decode()
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_a_raised_epoch_ends_a_session_at_its_next_request(client: Client, county: County) -> None:
    user = county.users["office"]
    client.force_login(user)
    assert is_in(client)
    User.objects.filter(pk=user.pk).update(session_epoch=user.session_epoch + 1)
    assert not is_in(client)


def test_a_disabled_account_is_out_at_once(client: Client, county: County) -> None:
    client.force_login(county.users["office"])
    User.objects.filter(pk=county.users["office"].pk).update(is_active=False)
    assert not is_in(client)


def test_one_ends_own_sessions_and_nobody_elses(county: County) -> None:
    user, other = give_password(county.users["office"]), give_password(county.users["intake"])
    here, there, foreign = Client(), Client(), Client()
    for browser, account in ((here, user), (there, user), (foreign, other)):
        sign_in(browser, account)
    picked = Sitting.objects.filter(user=user).latest("id").pk
    foreign_id = Sitting.objects.get(user=other).pk
    here.post("/desk/account/sessions", {"selected": [picked, foreign_id], "action": "picked"})
    assert (is_in(here), is_in(there), is_in(foreign)) == (True, False, True)


def test_all_others_end_at_once(county: County) -> None:
    user = give_password(county.users["office"])
    here, there = Client(), Client()
    sign_in(here, user)
    sign_in(there, user)
    here.post("/desk/account/sessions", {"action": "others"})
    assert (is_in(here), is_in(there)) == (True, False)


@pytest.mark.parametrize(
    ("password", "is_fine"),
    [
        ("a7Kq-zP2w", False),
        ("a7Kq-zP2wx", True),
        ("xx-Office7-xx", False),
        ("password12345", False),
        ("1qaz2wsx3edc", False),
        ("aaaaaaaaaaaa", False),
        (NEW, True),
    ],
)
def test_password_rules(password: str, *, is_fine: bool) -> None:
    assert (not password_faults(password, username="office7")) is is_fine


def test_setting_a_password_leaves_a_line_without_it(county: County) -> None:
    user = county.users["office"]
    set_password(user, NEW, by=None, now=timezone.now())
    line = AuditLine.objects.get()
    assert (line.action, line.subject) == ("password", user.username)
    assert NEW not in str(line.__dict__)
    with pytest.raises(Refusal):
        set_password(user, "short", by=None, now=timezone.now())


def test_what_nobody_can_use_any_more_is_forgotten(client: Client, county: County) -> None:
    """A browser that is closed never signs out: its address isn't kept for that."""
    sign_in(client, give_password(county.users["office"]))
    now = timezone.now()
    sittings.forget_over(now=now)
    assert (Session.objects.count(), Sitting.objects.count()) == (1, 1)
    sittings.forget_over(now=now + LIMITS.session + timedelta(minutes=1))
    assert (Session.objects.count(), Sitting.objects.count()) == (0, 0)
