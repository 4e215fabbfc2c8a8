"""The record of administration: who changed what, before and after, never a secret."""

from collections.abc import Mapping
from datetime import datetime

from bihuan.accounts.models import AuditLine, User
from bihuan.places.models import Region

ACTIONS: dict[str, str] = {
    "account": "建立账号",
    "account_off": "停用账号",
    "account_on": "启用账号",
    "link": "发出设密链接",
    "password": "设置密码",
    "code": "启用动态码",
    "code_off": "停用动态码",
    "recovery": "换发恢复码",
    "unlock": "解除锁定",
    "sessions": "结束登录",
    "grant": "授予角色",
    "revoke": "收回角色",
    "hand_over": "移交全部事项",
    "token": "建立接口令牌",
    "token_off": "停用接口令牌",
    "region": "行政区",
    "unit": "单位",
    "site": "监管对象",
    "post": "岗位",
    "person": "人员",
    "appointment": "任职",
    "value": "参数",
    "pack": "依据包",
    "first_start": "初次设立",
    "export": "导出",
}


def record(
    action: str,
    *,
    subject: str,
    by: User | str,
    now: datetime,
    user: User | None = None,
    region: Region | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> AuditLine:
    """Add a line; `user` is the account it is about, `region` the place that may read it."""
    if action not in ACTIONS:
        raise ValueError(f"unknown action {action!r}")
    doer = by if isinstance(by, User) else None
    unit = user.unit if user else None
    return AuditLine.objects.create(
        at=now,
        action=action,
        by=doer,
        by_name=str(by),
        subject=subject[:120],
        user=user,
        region=region or (unit.region if unit else None),
        before=plain(before),
        after=plain(after),
        reason=reason.strip()[:300],
    )


def plain(values: Mapping[str, object] | None) -> dict[str, object]:
    """The values as JSON can hold them."""
    kept = (str, int, float, bool, type(None), list)
    return {
        key: value if isinstance(value, kept) else str(value)
        for key, value in (values or {}).items()
    }
