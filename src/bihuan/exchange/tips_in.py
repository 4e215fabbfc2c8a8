"""The way in, second half: what reporters sent outside becomes leads, messages and claims here.

Everything is taken once, by its id, each in a transaction of its own: a package that breaks off
is simply taken again. An outer machine is believed no more than a citizen: an addition goes to
the lead of its receipt, never to one that it names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.accounts.actors import PUBLIC
from bihuan.exchange.identity import own_identity
from bihuan.exchange.models import Taken, Waiting
from bihuan.exchange.outside import CLAIM_LABEL
from bihuan.exchange.packages import UNREADABLE, PackageRefused, Record
from bihuan.exchange.parcels import Parcel
from bihuan.exchange.place import own_place
from bihuan.leads.claims import claim_of
from bihuan.leads.envelopes import put_sealed
from bihuan.leads.keys import KeyRefused
from bihuan.leads.models import Envelope, Message, Receipt
from bihuan.leads.sealing import Purpose, open_sealed, recipients_of
from bihuan.leads.tips import REPORTER_KINDS, SOURCE
from bihuan.matters.case import Arrival
from bihuan.matters.engine import open_matter
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.notices import tell
from bihuan.matters.refusals import Incomplete, Refused
from bihuan.matters.writing import engine_writes

ID_END = 1 << 63
PARTS_MAX = 20  # words, name, nine files twice
NUMBER = re.compile(r"[0-9]{4,}W[0-9]{6,}")
PART = re.compile(r"[a-z0-9-]{1,40}")
KINDS = (*REPORTER_KINDS, "anonymous")
NO_OFFICE = "本系统还没有设置受理单位，不能收外网的举报。请先设立行动办公室。"
UNKNOWN_RECEIPT = "查询码不在本系统，没有收"
SAME_ID = "编号与已有事项相同，没有收"


@dataclass(kw_only=True)
class Item:
    """One thing that a reporter sent, with its sealed parts."""

    id: int
    kind: str
    receipt: bytes
    at: datetime
    told: dict[str, Any]
    parts: list[tuple[str, str, bytes]] = field(default_factory=list, repr=False)


def take_tips(parcel: Parcel) -> dict[str, int]:
    """Take every item that wasn't taken before; returns how many of each kind."""
    counts: dict[str, int] = {}
    for item in _items(parcel.records):
        if Taken.objects.filter(pk=item.id).exists():
            continue
        outcome = _take(item, parcel)
        key = "refused" if outcome in (UNKNOWN_RECEIPT, SAME_ID) else item.kind
        counts[key] = counts.get(key, 0) + 1
    return counts


def _items(records: Iterator[Record]) -> Iterator[Item]:
    item: Item | None = None
    for record in records:
        if record.meta.get("t") != "part":
            if item is not None:
                yield item
            item = _item(record.meta)
        elif item is None or len(item.parts) >= PARTS_MAX:
            raise PackageRefused(UNREADABLE)
        else:
            item.parts.append(_part(record))
    if item is not None:
        yield item


def _item(meta: dict[str, Any]) -> Item:
    try:
        item = Item(
            id=int(meta["id"]),
            kind=Waiting.Kind(meta["t"]).value,
            receipt=bytes.fromhex(meta["receipt"]),
            at=datetime.fromisoformat(meta["at"]),
            told=dict(meta["told"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PackageRefused(UNREADABLE) from error
    if not 0 < item.id < ID_END or len(item.receipt) != 32 or item.at.tzinfo is None:
        raise PackageRefused(UNREADABLE)
    return item


def _part(record: Record) -> tuple[str, str, bytes]:
    purpose, part = str(record.meta.get("purpose")), str(record.meta.get("part"))
    known = {"", *(purpose.value for purpose in Purpose)}
    if purpose not in known or not PART.fullmatch(part):
        raise PackageRefused(UNREADABLE)
    try:
        recipients_of(record.blob)
    except KeyRefused as error:
        raise PackageRefused(UNREADABLE) from error
    return purpose, part, record.blob


def _take(item: Item, parcel: Parcel) -> str:
    """Take one item, all or nothing; returns what came of it where the reporter should know."""
    takers = {"tip": _take_tip, "addition": _take_addition, "claim": _take_claim}
    with engine_writes(), transaction.atomic():
        matter_id, outcome = takers[item.kind](item, now=parcel.now)
        Taken.objects.create(
            pk=item.id,
            peer=parcel.peer,
            kind=item.kind,
            matter_id=matter_id,
            outcome=outcome,
            at=parcel.now,
        )
    return outcome


def _take_tip(item: Item, *, now: datetime) -> tuple[int, str]:
    place = own_place(now)
    if place is None:
        raise Refused(NO_OFFICE)
    if Matter.objects.filter(pk=item.id).exists():
        return item.id, SAME_ID
    if Receipt.objects.filter(key=item.receipt).exists():
        return item.id, SAME_ID
    number = str(item.told.get("number", ""))
    arrived = Arrival(
        matter_id=item.id,
        acceptance_number=number if NUMBER.fullmatch(number) and len(number) <= 24 else "",
        recorded_at=now,
    )
    at = min(item.at, now)
    stage = "screening" if item.told.get("screened") else ""
    matter = _opened(item, at=at, region_id=place.region.pk, stage=stage, arrived=arrived)
    _put_parts(item, matter_id=matter.pk, at=at)
    Receipt.objects.create(
        key=item.receipt,
        matter=matter,
        created_at=at,
        claim_hash=str(item.told.get("claim_hash", ""))[:200],
    )
    return matter.pk, ""


def _opened(item: Item, *, at: datetime, region_id: int, stage: str, arrived: Arrival) -> Matter:
    """The lead of a tip-off; a kind or a mine that isn't on our lists is left to intake."""
    answers = _facts(item, at=at)
    while True:
        try:
            with transaction.atomic():
                return open_matter(
                    "lead",
                    by=PUBLIC,
                    now=at,
                    answers=answers,
                    region_id=region_id,
                    at_stage=stage,
                    arrived=arrived,
                )
        except Incomplete as refusal:
            wrong = [key for key in refusal.fields if answers.get(key) is not None]
            if not wrong:
                raise
            answers |= dict.fromkeys(wrong)


def _facts(item: Item, *, at: datetime) -> dict[str, Any]:
    """The harmless facts, and no others."""
    told, kind, site = item.told, item.told.get("type"), item.told.get("site")
    reporter = told.get("reporter_kind")
    return {
        "source": SOURCE,
        "channel": "web",
        "reporter_kind": reporter if reporter in KINDS else "anonymous",
        "type": kind if isinstance(kind, str) else None,
        "received_at": at,
        "site": site if isinstance(site, int) else None,
        "reporter_reachable": told.get("reporter_reachable") is True,
        "few_know": True if told.get("few_know") is True else None,
    }


def _take_addition(item: Item, *, now: datetime) -> tuple[int, str]:
    receipt = Receipt.objects.select_related("matter").filter(key=item.receipt).first()
    if receipt is None:
        return 0, UNKNOWN_RECEIPT
    part = f"answer-{to_code(item.id)}"
    _require_own(item, part)
    sealed = _put_parts(item, matter_id=receipt.matter_id, at=min(item.at, now))
    words = next((one for one in sealed if one.part == part), None)
    if words is None:
        raise PackageRefused(UNREADABLE)
    Message.objects.create(
        matter=receipt.matter,
        direction=Message.Direction.FROM_REPORTER,
        envelope=words,
        at=min(item.at, now),
    )
    tell(receipt.matter, role="intake", event="举报人有补充", key=part, now=now)
    return receipt.matter_id, ""


def _take_claim(item: Item, *, now: datetime) -> tuple[int, str]:
    receipt = Receipt.objects.select_related("matter").filter(key=item.receipt).first()
    if receipt is None:
        return 0, UNKNOWN_RECEIPT
    try:
        _purpose, _part, sealed = item.parts[0]
        password = open_sealed(
            sealed, private=own_identity().private, context=CLAIM_LABEL + item.receipt
        ).decode()
        with transaction.atomic():
            claim_of(receipt, password, now=now)
    except Refused as refusal:
        return receipt.matter_id, refusal.sentence[:200]
    except (KeyRefused, IndexError, UnicodeDecodeError):
        return receipt.matter_id, "领取申请打不开，请再提交一次。"
    return receipt.matter_id, ""


def _require_own(item: Item, part: str) -> None:
    """An addition brings its own words and files, never anything in the place of another's."""
    names = [name for purpose, name, _sealed in item.parts if purpose]
    if any(one != part and not one.startswith(f"{part}-file-") for one in names):
        raise PackageRefused(UNREADABLE)


def _put_parts(item: Item, *, matter_id: int, at: datetime) -> list[Envelope]:
    named = [(purpose, part) for purpose, part, _sealed in item.parts]
    if len(set(named)) < len(named):
        raise PackageRefused(UNREADABLE)
    return [
        put_sealed(sealed, purpose=Purpose(purpose), matter_id=matter_id, part=part, now=at)
        for purpose, part, sealed in item.parts
        if purpose
    ]
