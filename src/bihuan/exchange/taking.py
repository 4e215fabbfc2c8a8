"""Taking a package: from a registered sender, for us, unchanged, once; what is missing is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bihuan.exchange.answers_in import take_answers
from bihuan.exchange.identity import own_identity
from bihuan.exchange.mirror_in import take_matters
from bihuan.exchange.models import Package, Peer
from bihuan.exchange.packages import (
    NOT_FOR_US,
    Checked,
    Head,
    PackageRefused,
    checked,
    head_of,
    records_of,
)
from bihuan.exchange.parcels import Parcel
from bihuan.exchange.peers import by_key_id, identity_of
from bihuan.exchange.tips_in import take_tips
from bihuan.matters.refusals import Refused

type Taker = Callable[[Parcel], dict[str, int]]
TAKERS: Mapping[str, tuple[str, Taker]] = {
    Peer.Role.OUTSIDE: ("tips", take_tips),
    Peer.Role.INSIDE: ("answers", take_answers),
    Peer.Role.COUNTY: ("matters", take_matters),
}
OTHER_CONTENT = (
    "“{name}”的第 {sequence} 包以前收过，内容却不同，没有收。"
    "对方的数据可能是从备份恢复的，请与对方核对。"
)
WRONG_KIND = "“{name}”登记为{role}，这个包却不是它该写的那一种，没有收。请核对登记。"
BROKEN_CHAIN = "“{name}”的第 {sequence} 包与已收的前一包接不上，没有收。请与对方核对。"
SHOWN_MISSING = 20


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What taking a package came to."""

    package: Package
    is_repeated: bool
    missing: tuple[int, ...]


def take(path: Path, *, now: datetime) -> Outcome:
    """Take a package once; Refused says why it isn't taken, and nothing is changed then."""
    with path.open("rb") as file:
        head = head_of(file)
        peer = by_key_id(head.sender)
        package = checked(file, signed_by=identity_of(peer).verifier)
        taker = _taker(peer, head)
        before = Package.objects.filter(peer=peer, is_ours=False, sequence=head.sequence).first()
        if before is not None:
            if before.digest != package.digest:
                raise Refused(OTHER_CONTENT.format(name=peer.name, sequence=head.sequence))
            return Outcome(package=before, is_repeated=True, missing=missing_from(peer))
        counts = taker(_parcel(file, package, peer=peer, now=now))
    taken, is_new = Package.objects.get_or_create(  # another process may have taken it meanwhile
        peer=peer,
        is_ours=False,
        sequence=head.sequence,
        defaults={
            "digest": package.digest,
            "made_at": datetime.fromisoformat(head.made_at),
            "done_at": now,
            "counts": counts | ({"whole": 1} if head.whole else {}),
        },
    )
    return Outcome(package=taken, is_repeated=not is_new, missing=missing_from(peer))


def missing_from(peer: Peer) -> tuple[int, ...]:
    """Numbers before the newest package of a peer that never came, back to the last whole one."""
    rows = Package.objects.filter(peer=peer, is_ours=False).order_by("sequence")
    told = list(rows.values_list("sequence", "counts"))
    came = {sequence for sequence, _counts in told}
    first = max((sequence for sequence, counts in told if counts.get("whole")), default=0)
    last = max(came, default=0)
    lacking = (number for number in range(first + 1, last) if number not in came)
    return tuple(number for number, _ in zip(lacking, range(SHOWN_MISSING), strict=False))


def _taker(peer: Peer, head: Head) -> Taker:
    kind, taker = TAKERS.get(peer.role, ("", take_tips))
    if head.kind != kind or head.sequence < 1:
        role = Peer.Role(peer.role).label
        raise PackageRefused(WRONG_KIND.format(name=peer.name, role=role))
    if head.receiver != own_identity().public.key_id:
        raise PackageRefused(NOT_FOR_US)
    previous = Package.objects.filter(peer=peer, is_ours=False, sequence=head.sequence - 1).first()
    if head.previous and previous is not None and previous.digest != head.previous:
        told = BROKEN_CHAIN.format(name=peer.name, sequence=head.sequence)
        raise PackageRefused(told)
    return taker


def _parcel(file: BinaryIO, package: Checked, *, peer: Peer, now: datetime) -> Parcel:
    return Parcel(
        head=package.head,
        peer=peer,
        now=now,
        records=records_of(file, package, private=own_identity().private),
    )
