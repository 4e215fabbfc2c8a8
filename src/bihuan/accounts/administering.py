"""What the system administrator does to accounts: create, disable, enable, send a link."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.accounts import audit
from bihuan.accounts.links import issue_link
from bihuan.accounts.models import User
from bihuan.accounts.passwords import end_every_session
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.registering import save_person
from bihuan.places.models import Person, Unit


@transaction.atomic
def create_account(
    username: str, *, person: Person, unit: Unit, by: User | str, now: datetime
) -> User:
    """An account without password or role; a link lets its person set the password."""
    name = username.strip().lower()
    if User.objects.filter(username=name).exists():
        raise Refusal(
            f"账号“{name}”已经有了。", fields={"username": "这个账号名已有人用，请换一个。"}
        )
    if User.objects.filter(person=person).exists():
        raise Refusal(
            f"{person.name}已有账号，一人只用一个账号。", fields={"person": "这个人已有账号。"}
        )
    user = User.objects.create_user(name, person=person, password=None)
    user.unit = unit
    user.save(update_fields=("unit",))
    after = {"姓名": person.name, "单位": unit.name}
    audit.record("account", subject=name, by=by, now=now, user=user, after=after)
    return user


@transaction.atomic
def disable_account(user: User, *, by: User | str, reason: str, now: datetime) -> None:
    """Keep an account out from its next request on; what it did stays."""
    if isinstance(by, User) and user.pk == by.pk:
        raise Refusal("不能停用自己的账号，请由另一名系统管理员办理。")
    if not reason.strip():
        raise Refusal("还没有写明原因。", fields={"reason": "请写明停用原因，如调离。"})
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_every_session(user)
    _record_state("account_off", user, by=by, reason=reason, now=now)


@transaction.atomic
def enable_account(user: User, *, by: User, reason: str, now: datetime) -> None:
    """Let a disabled account sign in again."""
    if not reason.strip():
        raise Refusal("还没有写明原因。", fields={"reason": "请写明启用原因，如返岗。"})
    User.objects.filter(pk=user.pk).update(is_active=True)
    _record_state("account_on", user, by=by, reason=reason, now=now)


@transaction.atomic
def send_link(user: User, *, by: User | str, now: datetime) -> str:
    """A fresh link to set the password, to be handed over in person."""
    if not user.is_active:
        raise Refusal("账号已停用，请先启用，再发设密链接。")
    return issue_link(user, by=by, now=now)


@transaction.atomic
def unlock(user: User, *, by: User, now: datetime) -> None:
    """End a lock before its time; security administrators only."""
    if user.pk == by.pk:
        raise Refusal("不能给自己解锁，请由另一名安全管理员办理。")
    User.objects.filter(pk=user.pk).update(failed_sign_ins=0, locked_until=None)
    audit.record("unlock", subject=user.username, by=by, now=now, user=user)


def _record_state(action: str, user: User, *, by: User | str, reason: str, now: datetime) -> None:
    audit.record(action, subject=user.username, by=by, now=now, user=user, reason=reason)


@transaction.atomic
def create_account_for(typed: Mapping[str, Any], *, by: User, now: datetime) -> User:
    """An account for a person already known, or for a new one of the given name."""
    username, person, unit = typed["username"], typed["person"], typed["unit"]
    if person is None:
        return open_account(username, name=typed["name"], unit=unit, by=by, now=now)
    return create_account(username, person=person, unit=unit, by=by, now=now)


@transaction.atomic
def open_account(username: str, *, name: str, unit: Unit, by: User | str, now: datetime) -> User:
    """An account for a person not known before."""
    person = save_person(None, name=name, work_phone="", by=by, now=now)
    return create_account(username, person=person, unit=unit, by=by, now=now)
