"""Handing everything over from one person to another: roles, posts and with them all matters.

Matters are held by roles in units, so whoever gets the roles gets the matters; nothing in the
trail changes, and from the day on the new person is told and may act.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from bihuan.accounts import audit
from bihuan.accounts.granting import grant
from bihuan.accounts.models import Grant, User
from bihuan.accounts.refusals import Refusal
from bihuan.places.models import Appointment

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """How many roles and posts went over."""

    roles: int
    posts: int


def hand_over_all(
    user: User, *, to: User, on: date, by: User, reason: str, now: datetime
) -> HandedOver:
    """From `on`, `to` holds every role and post that `user` held; raises Refusal when it can't."""
    if user.pk == to.pk:
        raise Refusal("移交须给另一个人，请另选接手人。")
    if not reason.strip():
        raise Refusal("请写明移交理由。")
    with transaction.atomic():
        held = list(
            Grant.objects.filter(user=user).filter(Q(until_on__isnull=True) | Q(until_on__gte=on))
        )
        posts = _posts(user, on=on)
        if not held and not posts:
            raise Refusal(f"{user.display_name}名下没有可以移交的角色和岗位。")
        for old in held:
            _pass_role(old, to=to, on=on, by=by, reason=reason, now=now)
        for post in posts:
            _pass_post(post, to=to, on=on)
        audit.record(
            "hand_over",
            subject=f"{user.username} → {to.username}",
            by=by,
            now=now,
            reason=reason,
        )
    return HandedOver(roles=len(held), posts=len(posts))


def _pass_role(old: Grant, *, to: User, on: date, by: User, reason: str, now: datetime) -> None:
    has_it = Grant.objects.filter(user=to, role=old.role, unit=old.unit, until_on__isnull=True)
    if not has_it.exists():
        grant(
            to,
            role=old.role,
            unit=old.unit,
            region=old.region,
            from_on=max(on, old.from_on),
            until_on=old.until_on,
            by=by,
            reason=reason,
            now=now,
        )
    Grant.objects.filter(pk=old.pk).update(until_on=on - _ONE_DAY)


def _posts(user: User, *, on: date) -> list[Appointment]:
    held = Appointment.objects.filter(person_id=user.person_id or 0)
    return list(held.filter(Q(until_on__isnull=True) | Q(until_on__gte=on)))


def _pass_post(old: Appointment, *, to: User, on: date) -> None:
    if to.person is None:
        raise Refusal("接手人的账号没有对应的人员，请先登记人员。")
    Appointment.objects.create(
        post=old.post,
        person=to.person,
        from_on=max(on, old.from_on),
        until_on=old.until_on,
        is_acting=old.is_acting,
        paper=old.paper,
    )
    Appointment.objects.filter(pk=old.pk).update(until_on=on - _ONE_DAY)
