"""The second factor of an account: enrol a phone, check a code once, print recovery codes."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from bihuan.accounts import audit, codes
from bihuan.accounts.limits import roles_with_code
from bihuan.accounts.models import Grant, RecoveryCode, User
from bihuan.accounts.passwords import end_every_session
from bihuan.accounts.refusals import Refusal


def is_enrolled(user: User) -> bool:
    """Whether the account signs in with a code."""
    return bool(user.totp_secret)


def must_enrol(user: User, *, on: date) -> bool:
    """Whether a role held on the day asks for a code."""
    held = Grant.objects.filter(user=user, role__in=roles_with_code(), from_on__lte=on)
    return held.filter(Q(until_on__isnull=True) | Q(until_on__gte=on)).exists()


@transaction.atomic
def enrol(user: User, *, secret: bytes, code: str, by: User, now: datetime) -> list[str]:
    """Take a phone into use once it shows the right code; returns the recovery codes, shown once.

    Other sessions of the account end: they were opened without this factor.
    """
    step = codes.matching_step(secret, code, now=now, after_step=0)
    if step is None:
        raise Refusal(
            "动态码不对，还没有启用。",
            fields={"code": "请核对手机时间是否准确，再填写手机此刻显示的6位动态码。"},
        )
    user.totp_secret = codes.seal(secret, user_id=user.pk)
    user.totp_last_step = step
    user.save(update_fields=("totp_secret", "totp_last_step"))
    end_every_session(user)
    audit.record("code", subject=user.username, by=by, now=now, user=user)
    return _replace_recovery_codes(user)


def accept_code(user: User, code: str, *, now: datetime) -> bool:
    """Whether the code opens the account; a code or recovery code opens it only once."""
    with transaction.atomic():
        held = User.objects.select_for_update().get(pk=user.pk)
        if not held.totp_secret:
            return False
        secret = codes.unseal(bytes(held.totp_secret), user_id=held.pk)
        step = codes.matching_step(secret, code, now=now, after_step=held.totp_last_step)
        if step is None:
            return _use_recovery_code(held, code, now=now)
        User.objects.filter(pk=held.pk).update(totp_last_step=step)
        return True


@transaction.atomic
def renew_recovery_codes(user: User, *, by: User, now: datetime) -> list[str]:
    """Ten new codes; the old ones are worthless from now on."""
    if not is_enrolled(user):
        raise Refusal("还没有启用动态码，请先启用，再换发恢复码。")
    audit.record("recovery", subject=user.username, by=by, now=now, user=user)
    return _replace_recovery_codes(user)


@transaction.atomic
def forget_phone(user: User, *, by: User, reason: str, now: datetime) -> None:
    """Take the second factor away because the phone is lost; the next sign-in asks to enrol."""
    if not reason.strip():
        raise Refusal("还没有写明原因。", fields={"reason": "请写明停用原因，如手机遗失。"})
    User.objects.filter(pk=user.pk).update(totp_secret=b"", totp_last_step=0)
    RecoveryCode.objects.filter(user=user).delete()
    end_every_session(user)
    audit.record("code_off", subject=user.username, by=by, now=now, user=user, reason=reason)


def recovery_codes_left(user: User) -> int:
    """How many printed codes are still good."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def _replace_recovery_codes(user: User) -> list[str]:
    fresh = codes.new_recovery_codes()
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=codes.recovery_digest(code, user_id=user.pk))
        for code in fresh
    )
    return fresh


def _use_recovery_code(user: User, code: str, *, now: datetime) -> bool:
    digest = codes.recovery_digest(code, user_id=user.pk)
    unused = RecoveryCode.objects.filter(user=user, used_at__isnull=True, digest=digest)
    return unused.update(used_at=now) == 1
