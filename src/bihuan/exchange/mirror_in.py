"""A city takes a county's report: each trail held against itself, the seals and what came before.

Nothing here becomes a matter of the city: the engine of the county alone moves it. A trail that
doesn't hold is taken and marked, for it is what the county sent; one that was told otherwise
before keeps its first telling.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from bihuan.database.turns import turn_to_write
from bihuan.exchange.models import Mirrored, MirroredSeal, Package, Peer
from bihuan.exchange.packages import UNREADABLE, PackageRefused, Record
from bihuan.exchange.parcels import Parcel
from bihuan.exchange.told_trail import ToldMatter, told_by
from bihuan.matters.refusals import Refused
from bihuan.matters.seals import LEAF, seal_hash

AT_ONCE = 500
OUT_OF_ORDER = (
    "“{name}”的第 {lacking} 包还没有收，请先收它，再收第 {sequence} 包。"
    "找不到的，请对方用 export --again 写一个全的。"
)
SEALS_APART = "日封与前一日接不上"
SEAL_CHANGED = "日封的校验码与内容不符"
RETOLD = "第 {seq} 条留痕与以前报来的不同，保留以前报来的"
SHORTER = "这次报来的留痕比以前少，保留以前报来的"
NOT_SEALED = "{day} 的日封与留痕不符"
COLUMNS = {"kind": 24, "number": 60, "title": 200, "stage": 24}  # with their widths
NAMES = {"unit": 80, "site": 80, "town": 60}


def take_matters(parcel: Parcel) -> dict[str, int]:
    """Take a report in its order, all or nothing; returns what it held and what didn't hold."""
    _require_order(parcel)
    counts = {"matters": 0, "seals": 0}
    try:
        with turn_to_write(), transaction.atomic():
            for record in parcel.records:
                if record.meta["t"] == "matter":
                    counts["matters"] += _take_matter(record, peer=parcel.peer)
                else:
                    _take_seal(record, peer=parcel.peer)
                    counts["seals"] += 1
            _hold_against_seals(parcel.peer)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PackageRefused(UNREADABLE) from error
    faults = Mirrored.objects.filter(peer=parcel.peer).exclude(fault="").count()
    faults += MirroredSeal.objects.filter(peer=parcel.peer).exclude(fault="").count()
    return counts | {"faults": faults}


def _require_order(parcel: Parcel) -> None:
    rows = Package.objects.filter(peer=parcel.peer, is_ours=False).order_by("-sequence")
    last = rows.values_list("sequence", flat=True).first() or 0
    head = parcel.head
    if head.sequence < last:
        raise Refused(f"已经收过更新的第 {last} 包，第 {head.sequence} 包不用再收。")
    if head.sequence != last + 1 and not head.whole:
        told = OUT_OF_ORDER.format(name=parcel.peer.name, lacking=last + 1, sequence=head.sequence)
        raise Refused(told)


def _take_matter(record: Record, *, peer: Peer) -> int:
    meta = record.meta
    told = told_by(record.blob, matter_id=int(meta["id"]))
    names = {key: str(meta[key])[:width] for key, width in NAMES.items()}
    known = Mirrored.objects.filter(peer=peer, matter_id=told.matter_id).first()
    if known is None:
        Mirrored.objects.create(
            peer=peer, matter_id=told.matter_id, trail=record.blob, **names, **_values(told)
        )
        return 1
    before = bytes(known.trail)
    if not record.blob.startswith(before):
        known.fault = known.fault or _retold(before, record.blob, matter_id=told.matter_id)
        known.save(update_fields=["fault"])
        return 1
    values: dict[str, Any] = {"trail": record.blob, **names, **_values(told)}
    values["fault"] = known.fault or told.fault
    Mirrored.objects.filter(pk=known.pk).update(**values)
    return 1


def _values(told: ToldMatter) -> dict[str, Any]:
    columns, due = told.columns, told.due
    closed = columns.get("closed_at")
    return {
        **{key: str(columns.get(key) or "")[:width] for key, width in COLUMNS.items()},
        "opened_at": datetime.fromisoformat(columns["opened_at"]),
        "closed_at": datetime.fromisoformat(closed) if closed else None,
        "is_open": bool(columns.get("is_open")),
        "late_from": due[0] if due else None,
        "due_on": due[1] if due else None,
        "last_seq": len(told.lines),
        "fault": told.fault,
    }


def _retold(before: bytes, now: bytes, *, matter_id: int) -> str:
    old, new = (told_by(row, matter_id=matter_id).heads for row in (before, now))
    pairs = enumerate(zip(old, new, strict=False), start=1)
    seq = next((number for number, (was, is_) in pairs if was != is_), 0)
    return RETOLD.format(seq=seq) if seq else SHORTER


def _take_seal(record: Record, *, peer: Peer) -> None:
    meta = record.meta
    day, previous = date.fromisoformat(meta["day"]), bytes.fromhex(meta["previous"])
    said = bytes.fromhex(meta["hash"])
    known = MirroredSeal.objects.filter(peer=peer, day=day).first()
    if known is not None:
        if bytes(known.hash) != said:
            known.fault = "与以前报来的日封不同，保留以前报来的"
            known.save(update_fields=["fault"])
        return
    before = MirroredSeal.objects.filter(peer=peer, day__lt=day).order_by("-day").first()
    fault = ""
    if before is not None and bytes(before.hash) != previous:
        fault = SEALS_APART
    counters, leaves = meta["counters"], record.blob
    if seal_hash(day=day, previous=previous, leaves=leaves, counters=counters) != said:
        fault = SEAL_CHANGED
    if len(leaves) % LEAF.size:
        raise PackageRefused(UNREADABLE)
    MirroredSeal.objects.create(
        peer=peer, day=day, previous=previous, hash=said, leaves=leaves, fault=fault
    )


def _hold_against_seals(peer: Peer) -> None:
    """Every matter that isn't wholly sealed yet, some hundred at a time, against every seal."""
    pending = Mirrored.objects.filter(peer=peer, sealed_seq__lt=F("last_seq"), fault="")
    rows = list(pending.order_by("pk")[:AT_ONCE])
    while rows:
        _seal_rows(rows, peer=peer)
        Mirrored.objects.bulk_update(rows, ("sealed_seq", "fault"))
        rows = list(pending.filter(pk__gt=rows[-1].pk).order_by("pk")[:AT_ONCE])


def _seal_rows(rows: Iterable[Mirrored], *, peer: Peer) -> None:
    by_id = {row.matter_id: row for row in rows}
    expected = {
        pk: told_by(bytes(row.trail), matter_id=pk).last_of_days() for pk, row in by_id.items()
    }
    first = min((min(days) for days in expected.values()), default=date.max)
    for seal in MirroredSeal.objects.filter(peer=peer, day__gte=first).order_by("day"):
        leaves = {
            pk: (seq, head) for pk, seq, head in LEAF.iter_unpack(bytes(seal.leaves)) if pk in by_id
        }
        for pk, row in by_id.items():
            said, found = leaves.get(pk), expected[pk].get(seal.day)
            if said is None and found is None:
                continue
            if said != found:
                row.fault = row.fault or NOT_SEALED.format(day=seal.day)
            elif not row.fault:
                row.sealed_seq = max(row.sealed_seq, said[0] if said else 0)
