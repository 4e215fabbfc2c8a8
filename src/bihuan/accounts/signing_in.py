"""Signing in: password, then code; the same sentence and the same time for whatever is wrong."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from bihuan.accounts import second_factor
from bihuan.accounts.knocking import knocks
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import SignIn, User

log = logging.getLogger("bihuan.accounts")

WRONG = "账号或密码不对，或账号暂时不能登录。请核对后再试；忘记密码请找系统管理员。"
WRONG_CODE = "动态码不对、已用过，或账号暂时不能登录。请等手机显示下一个动态码再填。"


TOO_OFTEN = (
    f"这个网络里登录不对的次数太多，请{LIMITS.address_span // timedelta(minutes=1)}分钟后再试。"
    "自己的密码没有输错的，请告诉系统管理员。"
)


class TooManyFailures(Exception):  # noqa: N818 - an expected answer, not an error
    """So many attempts of an address failed that none is looked at for now."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an attempt comes from, kept in the log for the audit administrator only."""

    address: str | None = None
    device: str = ""
    knocks_as: str = ""  # whose failures are counted, in memory only


def check_first(username: str, password: str, *, origin: Origin, now: datetime) -> User | None:
    """The account whose password this is, unless locked or off; None says nothing about why.

    Raises TooManyFailures before anything was hashed. An attempt is counted before it is looked
    at and given back when it was right: of many sent together none comes through uncounted.
    """
    if not knocks.take(origin.knocks_as, now=now):
        raise TooManyFailures
    user = _whose(username, password, origin=origin, now=now)
    if user is not None:
        knocks.give_back(origin.knocks_as, now=now)
    return user


def _whose(username: str, password: str, *, origin: Origin, now: datetime) -> User | None:
    user = User.objects.filter(username=username.strip()).select_related("person").first()
    # Every path costs one hash, so that the time tells no more than the sentence.
    if user is None:
        make_password(password)
        _note(None, SignIn.Outcome.WRONG, origin=origin, now=now)
        return None
    is_right = check_password(password, user.password) and user.is_active
    return user if _passes(user, is_right, SignIn.Outcome.WRONG, origin=origin, now=now) else None


def check_second(user: User, code: str, *, origin: Origin, now: datetime) -> bool:
    """Whether the code opens the account; wrong codes lock like wrong passwords."""
    if _is_locked(user, now):
        return _passes(user, False, SignIn.Outcome.WRONG_CODE, origin=origin, now=now)
    is_right = second_factor.accept_code(user, code, now=now)
    return _passes(user, is_right, SignIn.Outcome.WRONG_CODE, origin=origin, now=now)


def complete(user: User, *, origin: Origin, now: datetime) -> None:
    """Both factors were right: forget the failures and write the sign-in down."""
    User.objects.filter(pk=user.pk).update(failed_sign_ins=0, locked_until=None)
    _note(user, SignIn.Outcome.SIGNED_IN, origin=origin, now=now)


def note_end(user: User, outcome: SignIn.Outcome, *, origin: Origin, now: datetime) -> None:
    """Write down that a session ended."""
    _note(user, outcome, origin=origin, now=now)


@transaction.atomic
def _passes(
    user: User, is_right: bool, wrong: SignIn.Outcome, *, origin: Origin, now: datetime
) -> bool:
    held = User.objects.select_for_update().get(pk=user.pk)
    if _is_locked(held, now):
        # An attempt while locked doesn't lengthen the lock, else a stranger could keep one out.
        _note(held, SignIn.Outcome.LOCKED, origin=origin, now=now)
        return False
    if is_right:
        return True
    failures = min(held.failed_sign_ins + 1, 1000)
    lock = LIMITS.lock_after(failures)
    User.objects.filter(pk=held.pk).update(
        failed_sign_ins=failures, locked_until=now + lock if lock else None
    )
    _note(held, wrong, origin=origin, now=now)
    return False


def _is_locked(user: User, now: datetime) -> bool:
    return user.locked_until is not None and now < user.locked_until


def forget_old(*, now: datetime) -> None:
    """Drop attempts that were on file long enough; the newest one stays, it vouches for a time."""
    newest = SignIn.objects.order_by("-pk").values_list("pk", flat=True).first()
    SignIn.objects.filter(at__lt=now - LIMITS.log_kept).exclude(pk=newest or 0).delete()


def _note(user: User | None, outcome: SignIn.Outcome, *, origin: Origin, now: datetime) -> None:
    SignIn.objects.create(
        at=now, user=user, outcome=outcome, address=origin.address, device=origin.device
    )
    log.info("sign_in outcome=%s is_known=%s", outcome, user is not None)
