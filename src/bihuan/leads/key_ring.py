"""Whose keys envelopes are sealed to, and how a person makes one: nobody else can open them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from bihuan.accounts.actors import Actor
from bihuan.accounts.models import Grant
from bihuan.language.clock import SHANGHAI
from bihuan.leads.keys import PublicKey, fingerprint, new_key_pair
from bihuan.leads.models import KeyHolder, RecoveryKey
from bihuan.leads.recovery import printed_recovery_key
from bihuan.leads.sealing import Purpose
from bihuan.leads.stretching import KEY_COST, Cost
from bihuan.matters.models import Matter
from bihuan.matters.refusals import NotYours, Refused
from bihuan.places.models import Region

HOLDERS = {
    Purpose.IDENTITY: ("custodian",),
    Purpose.ACCOUNT: ("intake", "office"),
}
COUNTY_LEVEL = 3
LABELS = {Purpose.IDENTITY: "举报人身份", Purpose.ACCOUNT: "举报原文"}


@dataclass(frozen=True, kw_only=True)
class KeyRing:
    """Public keys that a county's envelopes are sealed to, by purpose."""

    identity: tuple[PublicKey, ...]
    account: tuple[PublicKey, ...]
    has_recovery: bool

    @property
    def is_ready(self) -> bool:
        """Whether a tip-off can be sealed so that somebody can open it."""
        return bool(self.identity and self.account)

    def of(self, purpose: Purpose) -> tuple[PublicKey, ...]:
        """Recipients of a purpose."""
        return self.identity if purpose is Purpose.IDENTITY else self.account


def key_ring(region: Region, *, on: date) -> KeyRing:
    """The keys in force for a county: of those who hold the role that day, plus the escrow."""
    recovery = [
        PublicKey(bytes(public))
        for public in RecoveryKey.objects.filter(
            region_id__in=region.path_ids, is_active=True
        ).values_list("public", flat=True)
    ]
    found = {purpose: tuple(_held(region, purpose=purpose, on=on)) for purpose in HOLDERS}
    return KeyRing(
        identity=_with(found[Purpose.IDENTITY], recovery),
        account=_with(found[Purpose.ACCOUNT], recovery),
        has_recovery=bool(recovery),
    )


def key_ring_of(matter: Matter, *, now: datetime) -> KeyRing:
    """The keys in force for what is added to a matter later."""
    county = Region.objects.get(pk=matter.path_ids[:COUNTY_LEVEL][-1])
    return key_ring(county, on=today(now))


def make_key(
    purpose: Purpose,
    *,
    by: Actor,
    now: datetime,
    passphrase: str,
    again: str,
    cost: Cost = KEY_COST,
) -> KeyHolder:
    """Give a person a key pair of his own; the one he had before stays for old envelopes.

    Raises NotYours without the role, Refused when the two passphrases differ, WeakPassphrase.
    """
    held = next((held for held in by.held if held.role in HOLDERS[purpose]), None)
    if held is None:
        raise NotYours(f"“{LABELS[purpose]}”的密钥不由您保管，请由有此角色的人建立。")
    if passphrase != again:
        raise Refused("两次输入的密钥口令不一致，请重新输入。", fields={"again": "两次输入不一致"})
    pair = new_key_pair(passphrase=passphrase, cost=cost)
    with transaction.atomic():
        mine = KeyHolder.objects.filter(
            user_id=by.user_id, region_id=held.region_id, purpose=purpose.value, is_active=True
        )
        mine.update(is_active=False)
        return KeyHolder.objects.create(
            user_id=by.user_id,
            region_id=held.region_id,
            purpose=purpose.value,
            key_id=pair.key_id,
            public=pair.public,
            wrapped=pair.wrapped,
            salt=pair.salt,
            memory_kib=pair.memory_kib,
            passes=pair.passes,
            lanes=pair.lanes,
            fingerprint=fingerprint(pair.public_key),
            created_at=now,
        )


def make_recovery_key(*, by: Actor, now: datetime) -> str:
    """Make a recovery key for the custodian's county; gives the text to print, once."""
    held = next((held for held in by.held if held.role == "custodian"), None)
    if held is None:
        raise NotYours("恢复密钥由举报信息保管人建立并封存，请由保管人办理。")
    printed = printed_recovery_key()
    with transaction.atomic():
        RecoveryKey.objects.filter(region_id=held.region_id, is_active=True).update(is_active=False)
        RecoveryKey.objects.create(
            region_id=held.region_id,
            public=printed.public.raw,
            fingerprint=fingerprint(printed.public),
            made_by_id=by.user_id,
            made_at=now,
        )
    return printed.text


def purposes_of(by: Actor) -> tuple[Purpose, ...]:
    """Envelopes that the actor's roles let him open."""
    return tuple(purpose for purpose, roles in HOLDERS.items() if set(roles) & by.roles)


def today(now: datetime) -> date:
    """The day of a moment, in Shanghai."""
    return now.astimezone(SHANGHAI).date()


def _held(region: Region, *, purpose: Purpose, on: date) -> list[PublicKey]:
    grants = Grant.objects.filter(
        role__in=HOLDERS[purpose],
        region_id__in=region.path_ids,
        from_on__lte=on,
        user__is_active=True,
    ).filter(Q(until_on__isnull=True) | Q(until_on__gte=on))
    rows = KeyHolder.objects.filter(
        purpose=purpose.value,
        region_id__in=region.path_ids,
        is_active=True,
        user_id__in=grants.values("user_id"),
    ).order_by("id")
    return [PublicKey(bytes(public)) for public in rows.values_list("public", flat=True)]


def _with(holders: tuple[PublicKey, ...], recovery: list[PublicKey]) -> tuple[PublicKey, ...]:
    """The escrow alone is nobody: without a living holder there is no recipient at all."""
    return (*holders, *recovery) if holders else ()
