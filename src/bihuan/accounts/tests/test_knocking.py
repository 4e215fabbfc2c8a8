"""An address that fails often isn't looked at for a while; old attempts leave the file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import Client
from django.utils import timezone
from tests.people import County

from bihuan.accounts import signing_in
from bihuan.accounts.knocking import Knocks, knocks
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import SignIn
from bihuan.accounts.tests.people_signing_in import SIGN_IN, give_password, sign_in
from bihuan.config.https import Https

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
SPAN = timedelta(minutes=10)


def test_an_address_that_fails_often_costs_no_more_hashes(
    client: Client, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher, hashed = type(get_hasher()), []

    def cheap(_self: object, password: str, salt: str) -> str:
        hashed.append(password)
        return f"argon2$cheap${salt}"

    user = give_password(county.users["office"])
    monkeypatch.setattr(hasher, "encode", cheap)
    for _ in range(LIMITS.address_failures):
        answer = client.post(SIGN_IN, {"username": "nobody", "password": "x"})
        assert answer.status_code == 422
    rows = SignIn.objects.count()
    refused = sign_in(client, user)
    assert refused.status_code == 429  # type: ignore[attr-defined]
    assert signing_in.TOO_OFTEN in refused.content.decode()  # type: ignore[attr-defined]
    assert len(hashed) == LIMITS.address_failures
    assert SignIn.objects.count() == rows
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, user).status_code == 303  # type: ignore[attr-defined]


def test_behind_a_proxy_who_it_names_is_counted(county: County, settings: Any) -> None:
    settings.HTTPS = Https(by="proxy")
    wrong, named = {"username": "nobody", "password": "x"}, "192.0.2.7"
    for _ in range(LIMITS.address_failures):
        knocks.take(named, now=timezone.now())
    told = [
        Client(headers=headers).post(SIGN_IN, wrong).status_code
        for headers in ({"X-Real-IP": named}, {"X-Real-IP": "192.0.2.8"}, {})
    ]
    assert told == [429, 422, 422]


def test_right_passwords_are_not_counted() -> None:
    counted = Knocks(most=1, span=SPAN, addresses_max=9)
    for second in range(5):
        at = NOW + timedelta(seconds=second)
        assert counted.take("192.0.2.7", now=at)
        counted.give_back("192.0.2.7", now=at)


def test_so_many_within_a_span_for_each_network() -> None:
    counted = Knocks(most=2, span=SPAN, addresses_max=9)
    assert [counted.take(f"2001:db8::{n}", now=NOW) for n in range(3)] == [True, True, False]
    assert counted.take("2001:db8:1::1", now=NOW)
    assert not counted.take("2001:db8::9", now=NOW + SPAN - timedelta(seconds=1))
    assert counted.take("2001:db8::9", now=NOW + SPAN)


def test_counters_have_an_end() -> None:
    counted = Knocks(most=2, span=SPAN, addresses_max=9)
    for last in range(50):
        counted.take(f"192.0.2.{last}", now=NOW)
    assert len(counted) == 9


def test_attempts_older_than_a_year_leave_the_file(county: County) -> None:
    user = county.users["office"]
    ages = (LIMITS.log_kept + timedelta(days=1), timedelta(days=300), timedelta(0))
    for age in ages:
        SignIn.objects.create(at=NOW - age, user=user, outcome=SignIn.Outcome.WRONG)
    signing_in.forget_old(now=NOW)
    assert SignIn.objects.count() == 2
    signing_in.forget_old(now=NOW + 2 * LIMITS.log_kept)
    assert SignIn.objects.get().at == NOW
