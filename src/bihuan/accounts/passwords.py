"""What a password must be, said in sentences; and setting one, which ends other sessions."""

from datetime import datetime
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from bihuan.accounts import audit
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import User
from bihuan.accounts.refusals import Refusal

RULES_SENTENCE = (
    f"至少{LIMITS.password_length}个字符，不含账号名，不用常见密码；一句自己记得住的话最好。"
)


def password_faults(password: str, *, username: str) -> list[str]:
    """Every rule that the password breaks, as sentences; empty when it may be used."""
    faults = []
    if len(password) < LIMITS.password_length:
        faults.append(f"密码至少{LIMITS.password_length}个字符，现在{len(password)}个。")
    if username and username.casefold() in password.casefold():
        faults.append("密码不能含有账号名，请换一个。")
    if _is_common(password):
        faults.append("这个密码太常见，容易被猜到，请换一个。")
    return faults


@transaction.atomic
def set_password(user: User, password: str, *, by: User | None, now: datetime) -> User:
    """Set a password and end every session of the account; Refusal names what it breaks."""
    faults = password_faults(password, username=user.username)
    if faults:
        raise Refusal("密码不合要求，请改正后再保存。", fields={"password": "".join(faults)})
    user.set_password(password)
    user.failed_sign_ins = 0
    user.locked_until = None
    user.save(update_fields=("password", "failed_sign_ins", "locked_until"))
    end_every_session(user)
    audit.record("password", subject=user.username, by=by or user, now=now, user=user)
    return user


def end_every_session(user: User) -> None:
    """Make every session of the account worthless at its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=("session_epoch",))


def _is_common(password: str) -> bool:
    # A common word stays common with digits or marks behind it.
    plain = password.casefold().rstrip("0123456789!@#$.*_-")
    try:
        _common_ones().validate(password)
    except ValidationError:
        return True
    letters = set(password)
    return len(letters) < 4 or plain in _LOCAL_WORDS


@cache
def _common_ones() -> CommonPasswordValidator:
    """Twenty thousand words, which a process that sets no password never reads."""
    return CommonPasswordValidator()


_LOCAL_WORDS = frozenset(
    (
        *("password", "passw0rd", "admin", "administrator", "qwertyuiop", "abcdefg", "iloveyou"),
        *("woaini", "bihuan", "kuangan", "yingji", "anquan", "meikuang", "test", "user"),
    )
)
