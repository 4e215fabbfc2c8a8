"""The second factor: codes of RFC 6238, each once; recovery codes; roles that must have it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.people import County

from bihuan.accounts import codes, second_factor
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import RecoveryCode, User
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.signing_in import Origin, check_second
from bihuan.accounts.tests.people_signing_in import give_password, give_phone, sign_in

NOW = datetime(2026, 3, 1, 1, 0, 10, tzinfo=UTC)
SECRET = b"12345678901234567890"  # of RFC 6238, appendix B
STEP = timedelta(seconds=codes.STEP_S)
LATER = NOW + 5 * STEP
HERE = Origin()


@pytest.mark.parametrize(
    ("unix_s", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(unix_s: int, code: str) -> None:
    assert codes.code_at(SECRET, datetime.fromtimestamp(unix_s, UTC)) == code


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_off(steps: int, *, is_taken: bool) -> None:
    code = codes.code_at(SECRET, NOW + steps * STEP)
    found = codes.matching_step(SECRET, code, now=NOW, after_step=0)
    assert (found is not None) is is_taken


@given(st.text(max_size=8))
def test_nothing_but_the_three_codes_is_taken(typed: str) -> None:
    right = {codes.code_at(SECRET, NOW + steps * STEP) for steps in (-1, 0, 1)}
    found = codes.matching_step(SECRET, typed, now=NOW, after_step=0)
    assert (found is not None) == ("".join(typed.split()) in right)


def test_a_code_opens_only_once_and_no_earlier_one_after_it(county: County) -> None:
    user = county.users["leader"]
    secret, _ = give_phone(user, now=NOW)
    ahead = codes.code_at(secret, LATER + STEP)
    assert second_factor.accept_code(user, ahead, now=LATER)
    assert not second_factor.accept_code(user, ahead, now=LATER)
    assert not second_factor.accept_code(user, codes.code_at(secret, LATER), now=LATER)


def test_the_code_that_enrolled_does_not_sign_in(county: County) -> None:
    user = county.users["leader"]
    secret, _ = give_phone(user, now=NOW)
    assert not second_factor.accept_code(user, codes.code_at(secret, NOW), now=NOW)


def test_a_secret_is_sealed_for_its_account(county: County) -> None:
    user, other = county.users["leader"], county.users["custodian"]
    secret, _ = give_phone(user, now=NOW)
    user.refresh_from_db()
    assert secret not in bytes(user.totp_secret)
    assert codes.unseal(bytes(user.totp_secret), user_id=user.pk) == secret
    with pytest.raises(ValueError, match="does not open"):
        codes.unseal(bytes(user.totp_secret), user_id=other.pk)


def test_a_wrong_first_code_enrols_nothing(county: County) -> None:
    user = county.users["leader"]
    with pytest.raises(Refusal) as refused:
        second_factor.enrol(user, secret=SECRET, code="000000", by=user, now=NOW)
    assert "code" in refused.value.fields
    user.refresh_from_db()
    assert not second_factor.is_enrolled(user)


def test_ten_recovery_codes_each_once_and_only_digests_kept(county: County) -> None:
    user, other = county.users["leader"], county.users["custodian"]
    _, fresh = give_phone(user, now=NOW)
    give_phone(other, now=NOW)
    assert len(set(fresh)) == codes.RECOVERY_CODES
    kept = b"".join(bytes(row.digest) for row in RecoveryCode.objects.all())
    assert all(code.encode() not in kept for code in fresh)
    assert not second_factor.accept_code(other, fresh[0], now=LATER)
    assert second_factor.accept_code(user, fresh[0].upper().replace("-", " "), now=LATER)
    assert not second_factor.accept_code(user, fresh[0], now=LATER)
    assert second_factor.recovery_codes_left(user) == codes.RECOVERY_CODES - 1


def test_new_recovery_codes_void_the_old(county: County) -> None:
    user = county.users["leader"]
    _, old = give_phone(user, now=NOW)
    fresh = second_factor.renew_recovery_codes(user, by=user, now=NOW)
    assert not second_factor.accept_code(user, old[0], now=LATER)
    assert second_factor.accept_code(user, fresh[0], now=LATER)


def test_wrong_codes_lock_like_wrong_passwords(county: County) -> None:
    user = county.users["leader"]
    secret, _ = give_phone(user, now=NOW)
    for _ in range(LIMITS.failures):
        assert not check_second(user, "000000", origin=HERE, now=LATER)
    user.refresh_from_db()
    assert user.locked_until == LATER + LIMITS.lock
    assert not check_second(user, codes.code_at(secret, LATER), origin=HERE, now=LATER)


@pytest.mark.parametrize("account", ["system", "security", "audit", "custodian", "leader"])
def test_some_roles_must_have_it(county: County, account: str) -> None:
    on = NOW.date()
    assert second_factor.must_enrol(county.users[account], on=on)
    assert not second_factor.must_enrol(county.users["handler"], on=on)


def test_a_deployment_may_name_other_roles(county: County, settings: object) -> None:
    settings.ROLES_WITH_CODE = ["handler"]  # type: ignore[attr-defined]
    assert second_factor.must_enrol(county.users["handler"], on=NOW.date())
    assert not second_factor.must_enrol(county.users["leader"], on=NOW.date())


def test_password_alone_lets_nobody_in_who_has_a_phone(client: Client, county: County) -> None:
    user = give_password(county.users["leader"])
    secret, _ = give_phone(user, now=timezone.now() - 5 * STEP)
    assert sign_in(client, user, next="/desk/account/")["Location"] == "/desk/sign-in/code"
    assert client.get("/desk/account/").status_code == 302
    assert client.post("/desk/sign-in/code", {"code": "000000"}).status_code == 422
    answer = client.post("/desk/sign-in/code", {"code": codes.code_at(secret, timezone.now())})
    assert answer["Location"] == "/desk/account/"
    assert client.get("/desk/account/").status_code == 200


def test_who_must_have_a_phone_enrols_before_coming_in(client: Client, county: County) -> None:
    user = give_password(county.users["custodian"])
    assert sign_in(client, user)["Location"] == "/desk/sign-in/phone"
    assert client.get("/desk/account/").status_code == 302
    page = client.get("/desk/sign-in/phone").content.decode()
    typed = page.split('class="secret">')[1].split("<")[0]
    assert page.count("data:image/svg+xml;base64,") == 1
    code = codes.code_at(codes.base64.b32decode(typed.replace(" ", "")), timezone.now())
    shown = client.post("/desk/sign-in/phone", {"code": code})
    assert shown.content.decode().count("<li>") == codes.RECOVERY_CODES
    assert client.get("/desk/account/").status_code == 200


@pytest.mark.parametrize("page", ["/desk/sign-in/code", "/desk/sign-in/phone"])
def test_nobody_starts_in_the_middle(client: Client, db: None, page: str) -> None:
    assert client.get(page)["Location"] == "/desk/sign-in"


def test_half_way_in_ends_with_the_password(client: Client, county: County) -> None:
    user = give_password(county.users["leader"])
    give_phone(user, now=timezone.now())
    sign_in(client, user)
    give_password(user, "ein anderes Wort 7")
    assert client.get("/desk/sign-in/code")["Location"] == "/desk/sign-in"


def test_losing_the_phone_asks_for_a_reason_and_enrolment(county: County) -> None:
    user, security = county.users["leader"], county.users["security"]
    give_phone(user, now=NOW)
    with pytest.raises(Refusal):
        second_factor.forget_phone(user, by=security, reason=" ", now=NOW)
    second_factor.forget_phone(user, by=security, reason="手机遗失", now=NOW)
    assert not second_factor.is_enrolled(User.objects.get(pk=user.pk))
    assert not RecoveryCode.objects.filter(user=user).exists()


def test_the_picture_is_an_address_of_data() -> None:
    assert codes.picture(SECRET, account="a", issuer="矿安闭环").startswith("data:image/svg+xml")
