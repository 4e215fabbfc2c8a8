"""The way back, first half: what receipt pages show, what was published, lists and public keys.

Each package from inside is whole, so that only the newest counts and a lost one loses nothing.
It holds what the holder of a receipt or any visitor may read, and never what is sealed.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Max

from bihuan.disclosure.models import Snapshot
from bihuan.disclosure.reading import PUBLIC_KEYS
from bihuan.exchange.models import Peer, Taken
from bihuan.exchange.packages import Record
from bihuan.exchange.place import PortalPlace, own_place
from bihuan.exchange.sending import Load, last_of
from bihuan.language.clock import SHANGHAI
from bihuan.language.parameter import plain_value
from bihuan.leads.key_ring import key_ring, today
from bihuan.leads.models import Receipt
from bihuan.leads.progress import Progress, progress_of
from bihuan.leads.receipt_book import receipt_secret
from bihuan.matters.models import Matter
from bihuan.matters.refusals import Refused
from bihuan.places.models import Region

VALUES = (
    "lead.types",
    "lead.hotline_number",
    "lead.hotline_hours",
    "lead.handover_days",
    "lead.publish_days",
    "lead.objection_days",
    "lead.feedback_days",
    "lead.result_publish_days",
)
REGION = ("id", "code", "name", "level", "parent_id", "path")
AT_ONCE = 200
NO_OFFICE = "本系统还没有设置受理单位，没有可以带到外网的内容。请先设立行动办公室。"


def answers_load(peer: Peer, *, now: datetime) -> Load:
    """Everything that the outer portal shows; Refused before there is an office."""
    place = own_place(now)
    if place is None:
        raise Refused(NO_OFFICE)
    counts: dict[str, int] = {"receipts": 0, "snapshots": 0}
    return Load(
        kind="answers",
        name=place.bureau,
        records=_records(place, peer=peer, now=now, counts=counts),
        counts=counts,
        whole=True,
    )


def _records(
    place: PortalPlace, *, peer: Peer, now: datetime, counts: dict[str, int]
) -> Iterator[Record]:
    yield Record(meta={"t": "secret"}, blob=receipt_secret())
    yield Record(meta={"t": "notice", "told": _notice(place, peer=peer, now=now)})
    for row in Snapshot.objects.filter(county=place.region).order_by("pk").iterator(AT_ONCE):
        counts["snapshots"] += 1
        yield Record(meta={"t": "snapshot", "told": _snapshot(row)})
    for receipt in _receipts(place.region):
        counts["receipts"] += 1
        yield Record(meta={"t": "answer", **_answer(receipt, now=now)})


def _notice(place: PortalPlace, *, peer: Peer, now: datetime) -> dict[str, Any]:
    region, ring = place.region, key_ring(place.region, on=today(now))
    above = Region.objects.filter(pk__in=region.path_ids).order_by("level")
    below = Region.objects.filter(parent=region).order_by("pk")
    came = last_of(peer, is_ours=False)
    return {
        "county": region.pk,
        "regions": [
            list(row) for row in (*above.values_list(*REGION), *below.values_list(*REGION))
        ],
        "bureau": place.bureau,
        "office": place.office,
        "sites": [[pk, name] for name, pk in place.sites.items()],
        "channels": [[one.name, one.address, one.hours] for one in place.channels()],
        "values": {key: _value(place, key) for key in VALUES},
        "keys": {
            "identity": [key.raw.hex() for key in ring.identity],
            "account": [key.raw.hex() for key in ring.account],
            "has_recovery": ring.has_recovery,
        },
        "numbers": _last_numbers(region, now=now),
        "last_package": came.sequence if came else 0,
    }


def _value(place: PortalPlace, key: str) -> dict[str, Any] | None:
    value = place.value(key)
    if value.kind is None:
        return None
    plain = plain_value(value.value)
    return {"kind": value.kind.value, "value": plain, "origin": value.origin.value}


def _last_numbers(region: Region, *, now: datetime) -> dict[str, int]:
    """The last number given outside, this year and the one before: a new machine goes on there."""
    found = {}
    this_year = now.astimezone(SHANGHAI).year
    for year in (this_year - 1, this_year):
        begins = f"{year}{region.pk}W"
        given = Matter.objects.filter(acceptance_number__startswith=begins)
        last = given.aggregate(last=Max("acceptance_number"))["last"]
        found[str(year)] = int(last.removeprefix(begins)) if last else 0
    return found


def _snapshot(row: Snapshot) -> dict[str, Any]:
    """One published item as any visitor reads it; of a withdrawn one the tombstone."""
    gone = row.withdrawn_at is not None
    return {
        "id": row.pk,
        "matter": row.matter_id,
        "about": row.about_id,
        "kind": row.kind,
        "number": row.number,
        "title": "" if gone else row.title,
        "body": {} if gone else {key: row.body[key] for key in PUBLIC_KEYS if key in row.body},
        "county": row.county_id,
        "township": None if gone else row.township_id,
        "category": "" if gone else row.category,
        "medium": row.medium,
        "link": "" if gone else row.link,
        "published_on": row.published_on.isoformat(),
        "released_at": row.released_at.isoformat(),
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
        "withdrawn_reason": row.withdrawn_reason,
    }


def _receipts(region: Region) -> Iterator[Receipt]:
    """Every receipt of the county, some hundred at a time: nothing stays open between."""
    found = Receipt.objects.filter(matter__l3=region.pk).select_related("matter").order_by("pk")
    rows = list(found[:AT_ONCE])
    while rows:
        yield from rows
        rows = list(found.filter(pk__gt=rows[-1].pk)[:AT_ONCE])


def _answer(receipt: Receipt, *, now: datetime) -> dict[str, Any]:
    taken = list(Taken.objects.filter(matter_id=receipt.matter_id).order_by("pk"))
    progress = progress_of(receipt, now=now)
    outcome = next((one.outcome for one in reversed(taken) if one.kind == "claim"), "")
    return {
        "receipt": bytes(receipt.key).hex(),
        "matter": receipt.matter_id,
        "taken": [one.pk for one in taken],
        "told": told_of(progress, outcome=outcome if progress.can_claim else ""),
    }


def told_of(progress: Progress, *, outcome: str = "") -> dict[str, Any]:
    """Progress as JSON holds it; `outcome` says why a claim made outside wasn't taken."""
    return {
        "number": progress.acceptance_number,
        "received_at": progress.received_at.isoformat(),
        "words": progress.words,
        "is_open": progress.is_open,
        "steps": [[step.on.isoformat(), step.words] for step in progress.steps],
        "messages": [
            [one.at.isoformat(), one.from_office, one.text, one.is_destroyed]
            for one in progress.messages
        ],
        "reward": "。".join(word for word in (progress.reward, outcome.rstrip("。")) if word),
        "can_claim": progress.can_claim,
        "destroyed": list(progress.destroyed),
    }
