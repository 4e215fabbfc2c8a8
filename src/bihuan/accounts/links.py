"""Links with which a person sets the own password: for one account, once, for a day."""

from datetime import datetime

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from bihuan.accounts import audit
from bihuan.accounts.models import User
from bihuan.accounts.passwords import end_every_session


class _Links(PasswordResetTokenGenerator):
    """Django's tokens, which die with the password, made to die with the epoch as well."""

    key_salt = "bihuan.accounts.links"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}|{user.session_epoch}"


_links = _Links()


def issue_link(user: User, *, by: User | str, now: datetime) -> str:
    """The address (path) to set a password; earlier links and sessions of the account end."""
    end_every_session(user)
    audit.record("link", subject=user.username, by=by, now=now, user=user)
    code = urlsafe_base64_encode(str(user.pk).encode("ascii"))
    return reverse("accounts:set_password", args=(code, _links.make_token(user)))


def user_of_link(code: str, token: str) -> User | None:
    """The account that a link is for; None when used, replaced, expired or made up."""
    try:
        user_id = int(urlsafe_base64_decode(code))
    except (ValueError, OverflowError):
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first() if 0 < user_id < 2**63 else None
    return user if user and _links.check_token(user, token) else None
