"""What the tests of sign-in share: a password, a phone, a browser."""

from datetime import datetime

from django.test import Client

from bihuan.accounts import codes, second_factor
from bihuan.accounts.models import User

PASSWORD = "青石岭上云-一二三四"
SIGN_IN = "/desk/sign-in"


def give_password(user: User, password: str = PASSWORD) -> User:
    """Let the account sign in with a password."""
    user.set_password(password)
    user.save(update_fields=("password",))
    return user


def give_phone(user: User, *, now: datetime) -> tuple[bytes, list[str]]:
    """Enrol a phone; returns its secret and the recovery codes."""
    secret = codes.new_secret()
    fresh = second_factor.enrol(
        user, secret=secret, code=codes.code_at(secret, now), by=user, now=now
    )
    return secret, fresh


def sign_in(client: Client, user: User, *, password: str = PASSWORD, **more: str) -> object:
    """Send the sign-in form."""
    return client.post(SIGN_IN, {"username": user.username, "password": password, **more})
