"""Sign-in through its pages: codes once, no account told from another, sessions that end."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import get_hasher, make_password
from django.test import Client
from django.utils import timezone
from tests.people import County

from bihuan.accounts import codes
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import SignIn, User
from bihuan.accounts.tests.people_signing_in import (
    PASSWORD,
    SIGN_IN,
    give_password,
    give_phone,
    sign_in,
)

CODE_PAGE = "/desk/sign-in/code"
OWN = "/desk/account/"
STEP = timedelta(seconds=codes.STEP_S)


def test_the_cost_of_a_password_is_the_stated_one() -> None:
    kind, algorithm, version, cost, _salt, _hash = make_password(PASSWORD).split("$", 5)
    assert (kind, algorithm, version) == ("argon2", "argon2id", "v=19")
    assert cost == "m=65536,t=3,p=2"
    assert get_hasher().algorithm == "argon2"


def test_a_code_opens_one_browser_and_no_second(county: County) -> None:
    user = give_password(county.users["leader"])
    secret, _fresh = give_phone(user, now=timezone.now() - 5 * STEP)
    first, second = Client(), Client()
    for browser in (first, second):
        assert sign_in(browser, user)["Location"] == CODE_PAGE
    code = codes.code_at(secret, timezone.now())
    assert first.post(CODE_PAGE, {"code": code}).status_code == 303
    answer = second.post(CODE_PAGE, {"code": code})
    assert answer.status_code == 422
    assert "已用过" in answer.text
    assert second.get(OWN).status_code == 302
    assert first.get(OWN).status_code == 200


def test_locking_tells_nobody_which_accounts_exist(county: County) -> None:
    user = give_password(county.users["office"])
    pages = []
    for name in (user.username, "nobody-of-that-name"):
        told = []
        for _attempt in range(LIMITS.failures + 2):
            answer = Client().post(SIGN_IN, {"username": name, "password": "wrong-one"})
            text = answer.text.split("<h1>")[1].split('name="csrf')[0].replace(name, "")
            told.append((answer.status_code, text, sorted(answer.headers), len(answer.cookies)))
        pages.append(told)
    assert pages[0] == pages[1]
    assert User.objects.get(pk=user.pk).locked_until is not None
    right = Client().post(SIGN_IN, {"username": user.username, "password": PASSWORD})
    assert (right.status_code, right.text.count("没有找到")) == (422, 0)


def test_a_known_and_an_unknown_account_cost_the_same_queries_but_one(county: County) -> None:
    """The hash costs a thousand times a query; it is the same for both (test_sign_in)."""
    user = give_password(county.users["office"])
    assert hashes_of(user.username) == hashes_of("nobody-of-that-name") == 1


def test_a_stolen_session_ends_with_the_password_and_with_the_sign_out(county: County) -> None:
    user = give_password(county.users["office"])
    here, thief, later = Client(), Client(), Client()
    sign_in(here, user)
    for browser in (thief, later):
        browser.cookies["bihuan"] = here.cookies["bihuan"].value
    assert thief.get(OWN).status_code == 200
    new = "另外一句自己记得住的话"
    form = {"current": PASSWORD, "password": new, "again": new}
    assert here.post("/desk/account/password", form).status_code == 303
    assert here.get(OWN).status_code == 200
    assert thief.get(OWN).status_code == 302
    later.cookies["bihuan"] = here.cookies["bihuan"].value
    assert later.get(OWN).status_code == 200
    here.post("/desk/sign-out")
    assert later.get(OWN).status_code == 302


def test_signing_in_changes_the_key_of_the_session(county: County) -> None:
    user = give_password(county.users["office"])
    planted = Client()
    planted.get(SIGN_IN)
    session = planted.session
    session["planted"] = True
    session.save()
    planted.cookies["bihuan"] = before = session.session_key
    sign_in(planted, user)
    assert planted.cookies["bihuan"].value != before
    stranger = Client()
    stranger.cookies["bihuan"] = before
    assert stranger.get(OWN).status_code == 302


def test_an_administrator_s_link_ends_every_session_at_once(county: County) -> None:
    user = give_password(county.users["office"])
    here, system = Client(), Client()
    sign_in(here, user)
    system.force_login(county.users["system"])
    assert system.post(f"/desk/admin/accounts/{user.pk}/link").status_code == 200
    assert here.get(OWN).status_code == 302
    assert SignIn.objects.filter(user=user).exists()


def hashes_of(name: str) -> int:
    """How many passwords are hashed for one attempt."""
    hasher, counted = type(get_hasher()), []
    kept = {key: getattr(hasher, key) for key in ("encode", "verify")}

    def counting(key: str) -> object:
        def call(self: object, *given: object) -> object:
            counted.append(key)
            return kept[key](self, *given)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for key in kept:
            patch.setattr(hasher, key, counting(key))
        Client().post(SIGN_IN, {"username": name, "password": "wrong-one"})
    return len(counted)
