"""The limits of sign-in, in one place; the pages state them in words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings

from bihuan.accounts.roles import ADMINISTRATORS


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How often, how long, how old."""

    failures: int  # the failure that locks
    lock: timedelta  # the first lock; each further failure doubles it
    lock_max: timedelta
    address_failures: int  # of one address within `address_span`; then none is looked at
    address_span: timedelta
    addresses: int  # counted at a time; beyond it the oldest are forgotten
    log_kept: timedelta  # how long attempts stay on file
    session: timedelta  # since sign-in, whatever one does
    idle: timedelta  # since the last request
    pending: timedelta  # between password and code
    link: timedelta  # to set a password
    first_start: timedelta
    password_length: int

    def lock_after(self, failures: int) -> timedelta | None:
        """How long an account is locked after that many failures in a row; None is not at all."""
        if failures < self.failures:
            return None
        doublings = min(failures - self.failures, 20)
        return min(self.lock * (1 << doublings), self.lock_max)


LIMITS: Final = Limits(
    failures=5,
    lock=timedelta(minutes=5),
    lock_max=timedelta(hours=8),
    address_failures=30,
    address_span=timedelta(minutes=10),
    addresses=20_000,
    log_kept=timedelta(days=366),
    session=timedelta(hours=12),
    idle=timedelta(hours=1),
    pending=timedelta(minutes=10),
    link=timedelta(hours=24),
    first_start=timedelta(hours=24),
    password_length=10,
)

LOCK_SENTENCE: Final = (
    f"连续{LIMITS.failures}次不对，账号锁定{LIMITS.lock // timedelta(minutes=1)}分钟；"
    f"再错一次，时间加倍，最长{LIMITS.lock_max // timedelta(hours=1)}小时。"
)
SESSION_SENTENCE: Final = (
    f"登录后最长{LIMITS.session // timedelta(hours=1)}小时须重新登录，"
    f"{LIMITS.idle // timedelta(minutes=1)}分钟没有操作也须重新登录。"
)


def roles_with_code() -> frozenset[str]:
    """Roles that sign in with password and code; a deployment may name others."""
    named: frozenset[str] | None = getattr(settings, "ROLES_WITH_CODE", None)
    return ADMINISTRATORS | {"custodian", "leader"} if named is None else frozenset(named)
