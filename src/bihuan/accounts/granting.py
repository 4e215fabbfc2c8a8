"""Roles granted and taken back, dated; the three administrators are three persons."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bihuan.accounts import audit
from bihuan.accounts.limits import roles_with_code
from bihuan.accounts.models import Grant, User
from bihuan.accounts.passwords import end_every_session
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.roles import ADMINISTRATORS, BY_KEY
from bihuan.places.models import Person, Region, Unit


@transaction.atomic
def grant(
    user: User,
    *,
    role: str,
    unit: Unit,
    region: Region | None = None,
    from_on: date,
    until_on: date | None = None,
    by: User | str,
    reason: str,
    now: datetime,
) -> Grant:
    """Grant a role for a unit, seeing as far as `region` (the unit's own if not given)."""
    _check_shape(user, role, from_on, until_on, by, reason, timezone.localdate(now))
    # Two grants at once to one person wait for each other here.
    list(User.objects.select_for_update().filter(_same_person(user)).values_list("pk"))
    if role in ADMINISTRATORS:
        _keep_apart(user, role, from_on, until_on)
    _refuse_twice(user, role, unit, from_on, until_on)
    given = Grant.objects.create(
        user=user,
        role=role,
        unit=unit,
        region=region or unit.region,
        from_on=from_on,
        until_on=until_on,
    )
    if role in roles_with_code() and not user.totp_secret:
        end_every_session(user)  # those sessions were opened without the code that is due now
    _record("grant", given, by=by, reason=reason, now=now)
    return given


@transaction.atomic
def revoke(given: Grant, *, by: User | str, reason: str, now: datetime) -> Grant:
    """Take a role back at once; the grant stays readable with its last day."""
    held = Grant.objects.select_for_update().select_related("user", "unit", "region")
    grant_row = held.get(pk=given.pk)
    if isinstance(by, User) and _is_same_person(grant_row.user, by):
        raise Refusal("不能收回自己的角色，请由另一名安全管理员办理。")
    if not reason.strip():
        raise Refusal("还没有写明原因。", fields={"reason": "请写明收回的原因或依据文件。"})
    yesterday = timezone.localdate(now) - timedelta(days=1)
    if grant_row.until_on and grant_row.until_on <= yesterday:
        raise Refusal(f"这个角色已在{grant_row.until_on}终止，不必再收回。")
    grant_row.until_on = yesterday
    grant_row.save(update_fields=("until_on",))
    _record("revoke", grant_row, by=by, reason=reason, now=now)
    return grant_row


def _check_shape(
    user: User,
    role: str,
    from_on: date,
    until_on: date | None,
    by: User | str,
    reason: str,
    today: date,
) -> None:
    if role not in BY_KEY:
        raise ValueError(f"unknown role {role!r}")
    if isinstance(by, User) and _is_same_person(user, by):
        raise Refusal("不能给自己授予角色，请由另一名安全管理员办理。")
    fields = {}
    if not reason.strip():
        fields["reason"] = "请写明授予的原因或依据文件。"
    if from_on < today:
        fields["from_on"] = f"起日不能早于今天（{today}）。"
    if until_on and until_on < from_on:
        fields["until_on"] = f"止日不能早于起日（{from_on}）。"
    if fields:
        raise Refusal("授权还缺内容，请改正后再保存。", fields=fields)


def _keep_apart(user: User, role: str, from_on: date, until_on: date | None) -> None:
    others = Grant.objects.filter(
        user__in=User.objects.filter(_same_person(user)), role__in=ADMINISTRATORS - {role}
    )
    clash = _overlapping(others, from_on, until_on).first()
    if clash:
        held, asked = BY_KEY[clash.role].label, BY_KEY[role].label
        raise Refusal(
            f"{user.display_name}已是{held}，不能同时任{asked}。系统、安全、审计须是三个人。",
            fields={"role": f"请为{asked}另选一人，或先收回其{held}角色。"},
        )


def _refuse_twice(user: User, role: str, unit: Unit, from_on: date, until_on: date | None) -> None:
    same = Grant.objects.filter(user=user, role=role, unit=unit)
    if _overlapping(same, from_on, until_on).exists():
        raise Refusal(
            f"{user.display_name}在{unit.name}已有“{BY_KEY[role].label}”，期间重叠。",
            fields={"role": "已有这个角色，请先收回，或改选日期。"},
        )
    if same.filter(from_on=from_on).exists():
        raise Refusal(
            "同一天起的这个角色刚刚收回过。", fields={"from_on": "请把起日改为明天或以后。"}
        )


def _overlapping(rows: QuerySet[Grant], from_on: date, until_on: date | None) -> QuerySet[Grant]:
    rows = rows.filter(Q(until_on__isnull=True) | Q(until_on__gte=from_on))
    return rows.filter(from_on__lte=until_on) if until_on else rows


def _same_person(user: User) -> Q:
    return Q(pk=user.pk) | (Q(person_id=user.person_id) if user.person_id else Q(pk=user.pk))


def _is_same_person(user: User, other: User) -> bool:
    return user.pk == other.pk or (
        isinstance(user.person, Person) and user.person_id == other.person_id
    )


def _record(action: str, given: Grant, *, by: User | str, reason: str, now: datetime) -> None:
    words = {
        "角色": BY_KEY[given.role].label,
        "单位": given.unit.name,
        "范围": given.region.name,
        "自": given.from_on,
        "至": given.until_on,
    }
    audit.record(
        action,
        subject=given.user.username,
        by=by,
        now=now,
        user=given.user,
        region=given.region,
        before=words if action == "revoke" else None,
        after=words if action == "grant" else None,
        reason=reason,
    )
