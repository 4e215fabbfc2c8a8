"""Signing in with a password: one sentence for all that is wrong, locks that grow."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.people import County

from bihuan.accounts import signing_in
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import SignIn, User
from bihuan.accounts.signing_in import Origin, check_first, complete
from bihuan.accounts.tests.people_signing_in import PASSWORD, SIGN_IN, give_password, sign_in

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
WRONG_ONE = "wrong"
HERE = Origin(address="127.0.0.1", device="Firefox，Linux")


def attempt(user: User, password: str = WRONG_ONE, *, now: datetime = NOW) -> User | None:
    return check_first(user.username, password, origin=HERE, now=now)


def test_a_right_password_opens_the_desk(client: Client, county: County) -> None:
    user = give_password(county.users["office"])
    answer = sign_in(client, user)
    assert (answer.status_code, answer["Location"]) == (303, "/desk/")
    assert client.get("/desk/account/").status_code == 200
    assert SignIn.objects.get().outcome == SignIn.Outcome.SIGNED_IN


def test_wrong_account_password_and_lock_read_the_same(client: Client, county: County) -> None:
    user = give_password(county.users["office"])
    locked = give_password(county.users["head"])
    User.objects.filter(pk=locked.pk).update(locked_until=datetime(2999, 1, 1, tzinfo=UTC))
    off = give_password(county.users["head2"])
    User.objects.filter(pk=off.pk).update(is_active=False)
    answers = [
        client.post(SIGN_IN, {"username": name, "password": password})
        for name, password in (
            ("nobody", PASSWORD),
            (user.username, "wrong"),
            (locked.username, PASSWORD),
            (off.username, PASSWORD),
        )
    ]
    assert {answer.status_code for answer in answers} == {422}
    pages = {answer.content.decode().split("<h1>")[1].split('name="csrf')[0] for answer in answers}
    assert len(pages) == 1
    assert signing_in.WRONG in pages.pop()


def test_every_wrong_attempt_costs_one_hash(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = give_password(county.users["office"])
    unset = county.users["intake"]
    hasher = type(get_hasher())
    counted: list[str] = []
    hash_one = hasher.encode

    def encode(self: object, password: str, salt: str) -> str:
        counted.append(password)
        return str(hash_one(self, password, salt))

    monkeypatch.setattr(hasher, "encode", encode)
    verify_one = hasher.verify

    def verify(self: object, password: str, encoded: str) -> bool:
        counted.append(password)
        return bool(verify_one(self, password, encoded))

    monkeypatch.setattr(hasher, "verify", verify)
    for name in (user.username, unset.username, "nobody"):
        counted.clear()
        check_first(name, "wrong", origin=HERE, now=NOW)
        assert len(counted) == 1, name


def test_the_fifth_failure_locks_and_the_fourth_does_not(county: County) -> None:
    user = give_password(county.users["office"])
    for _ in range(LIMITS.failures - 1):
        assert attempt(user) is None
    assert attempt(user, PASSWORD) == user
    assert attempt(user) is None
    assert attempt(user, PASSWORD) is None
    user.refresh_from_db()
    assert user.locked_until == NOW + LIMITS.lock


def test_a_lock_ends_to_the_second_and_the_next_failure_doubles_it(county: County) -> None:
    user = give_password(county.users["office"])
    for _ in range(LIMITS.failures):
        attempt(user)
    end = NOW + LIMITS.lock
    assert attempt(user, PASSWORD, now=end - timedelta(seconds=1)) is None
    assert attempt(user, PASSWORD, now=end) == user
    attempt(user, now=end)
    user.refresh_from_db()
    assert user.locked_until == end + 2 * LIMITS.lock


def test_attempts_while_locked_do_not_lengthen_the_lock(county: County) -> None:
    user = give_password(county.users["office"])
    for _ in range(LIMITS.failures + 20):
        attempt(user)
    user.refresh_from_db()
    assert user.failed_sign_ins == LIMITS.failures
    assert user.locked_until == NOW + LIMITS.lock


def test_a_whole_sign_in_forgets_the_failures(county: County) -> None:
    user = give_password(county.users["office"])
    for _ in range(LIMITS.failures - 1):
        attempt(user)
    complete(user, origin=HERE, now=NOW)
    user.refresh_from_db()
    assert user.failed_sign_ins == 0


@given(st.integers(min_value=0, max_value=100_000))
def test_locks_grow_up_to_their_bound(failures: int) -> None:
    lock, before = LIMITS.lock_after(failures), LIMITS.lock_after(failures - 1)
    assert (lock is None) == (failures < LIMITS.failures)
    assert lock is None or lock <= LIMITS.lock_max
    assert lock is None or before is None or lock == min(2 * before, LIMITS.lock_max)


def test_a_wrong_account_name_is_not_kept(county: County) -> None:
    check_first("my-password-by-mistake", "x", origin=HERE, now=NOW)
    line = SignIn.objects.get()
    assert line.user is None
    assert "mistake" not in str(line.__dict__)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil"],
)
def test_next_never_leads_away(client: Client, county: County, target: str) -> None:
    user = give_password(county.users["office"])
    assert sign_in(client, user, next=target)["Location"] == "/desk/"


def test_next_leads_back(client: Client, county: County) -> None:
    user = give_password(county.users["office"])
    asked = client.get("/desk/account/")
    assert asked["Location"] == "/desk/sign-in?next=%2Fdesk%2Faccount%2F"
    assert 'value="/desk/account/"' in client.get(asked["Location"]).content.decode()
    assert sign_in(client, user, next="/desk/account/")["Location"] == "/desk/account/"


def test_signing_out_ends_the_session_and_needs_a_post(client: Client, county: County) -> None:
    sign_in(client, give_password(county.users["office"]))
    assert client.get("/desk/sign-out").status_code == 405
    assert client.post("/desk/sign-out")["Location"] == SIGN_IN
    assert client.get("/desk/account/").status_code == 302
    assert SignIn.objects.latest("id").outcome == SignIn.Outcome.SIGNED_OUT


def test_the_password_never_comes_back_in_the_page(client: Client, county: County) -> None:
    page = sign_in(client, county.users["office"], password="Secret-typed-1").content.decode()
    assert "Secret-typed-1" not in page
    assert county.users["office"].username in page


def test_a_form_without_its_token_is_refused(county: County) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, give_password(county.users["office"])).status_code == 403
