"""Rows of the pages about accounts; nothing is written here."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from bihuan.accounts.models import Grant, Sitting, User
from bihuan.accounts.roles import BY_KEY
from bihuan.accounts.session_store import row_key
from bihuan.places.models import Appointment
from bihuan.ui.words import day, moment

LONG = "长期"


def sitting_rows(user: User, *, session_key: str) -> list[dict[str, Any]]:
    """The sessions of an account, newest first."""
    rows, here = [], row_key(session_key)
    for sitting in Sitting.objects.filter(user=user).order_by("-started_at"):
        is_this = sitting.session_key == here
        rows.append(
            {
                "id": sitting.pk,
                "name": f"{sitting.device}，{moment(sitting.started_at)}",
                "cells": {
                    "device": sitting.device,
                    "started_at": moment(sitting.started_at),
                    "seen_at": moment(sitting.seen_at),
                    "address": sitting.address,
                    "this": {"label": "本机", "tone": "doing"} if is_this else None,
                },
            }
        )
    return rows


def post_rows(user: User) -> list[dict[str, Any]]:
    """Every post the person of an account holds or held."""
    held = Appointment.objects.filter(person_id=user.person_id or 0).select_related("post__unit")
    return [
        {"id": one.pk, "cells": appointment_cells(one)} for one in held.order_by("-from_on", "-id")
    ]


def appointment_cells(one: Appointment) -> dict[str, Any]:
    """Cells of one appointment."""
    acting = f"（代理，{one.paper}）" if one.is_acting else ""
    return {
        "post": f"{one.post}{acting}",
        "from_on": day(one.from_on),
        "until_on": day(one.until_on) if one.until_on else LONG,
    }


def grant_rows(user: User) -> list[dict[str, Any]]:
    """Every role granted to an account, newest first."""
    rows = Grant.objects.filter(user=user).select_related("unit", "region")
    return [grant_row(row) for row in rows.order_by("-from_on", "-id")]


def grant_row(row: Grant) -> dict[str, Any]:
    """One grant."""
    return {
        "id": row.pk,
        "name": BY_KEY[row.role].label if row.role in BY_KEY else row.role,
        "cells": {
            "role": BY_KEY[row.role].label if row.role in BY_KEY else row.role,
            "unit": row.unit.name,
            "region": row.region.name,
            "from_on": day(row.from_on),
            "until_on": day(row.until_on) if row.until_on else LONG,
        },
    }


def state_of(user: User, *, now: datetime) -> dict[str, str]:
    """Whether an account can sign in, as a chip."""
    if not user.is_active:
        return {"label": "已停用", "tone": "paused"}
    if user.locked_until and now < user.locked_until:
        return {"label": f"锁定至{moment(user.locked_until)}", "tone": "late"}
    if not user.has_usable_password():
        return {"label": "未设密码", "tone": "todo"}
    return {"label": "可用", "tone": "done"}


def account_rows(
    users: Iterable[User], *, now: datetime, on: date, urls: dict[int, str]
) -> list[dict[str, Any]]:
    """Accounts with state and the labels of roles in force; two queries whatever the number."""
    listed = list(users)
    labels: dict[int, list[str]] = {}
    for row in Grant.objects.filter(user__in=[user.pk for user in listed], from_on__lte=on):
        if (row.until_on is None or row.until_on >= on) and row.role in BY_KEY:
            labels.setdefault(row.user_id, []).append(BY_KEY[row.role].label)
    return [
        {
            "id": user.pk,
            "name": user.username,
            "cells": {
                "person": {"text": user.display_name, "url": urls[user.pk], "sub": user.username},
                "unit": user.unit.name if user.unit else None,
                "roles": "、".join(dict.fromkeys(labels.get(user.pk, []))) or None,
                "code": "已启用" if user.totp_secret else "未启用",
                "state": state_of(user, now=now),
            },
        }
        for user in listed
    ]
