"""A county's report: its matters with their whole trails, and the seals that vouch for them."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import batched
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from bihuan.exchange.models import Package, Peer, Sent
from bihuan.exchange.packages import Record
from bihuan.exchange.place import own_place
from bihuan.exchange.sending import Load
from bihuan.exchange.tips_out import NothingNew
from bihuan.exchange.told_trail import joined
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Entry, Matter, Seal
from bihuan.matters.moment import now as present
from bihuan.matters.refusals import Refused
from bihuan.matters.seals import LEAF, day_bounds, leaves_of
from bihuan.places.models import Region

AT_ONCE = 200
USUAL = ("lead",)
NEVER = ("reward",)  # a reward's trail leads to the one who is paid
NOTHING = "上次报送以来没有变动，没有写包。"
NO_OFFICE = "本系统还没有设置受理单位，没有可以报送的事项。"


def matters_load(
    peer: Peer, *, kinds: Sequence[str] = (), since: date | None = None, whole: bool = False
) -> Load:
    """What moved since the last report, or with `whole` everything; NothingNew, Refused."""
    place = own_place(present())
    if place is None:
        raise Refused(NO_OFFICE)
    found = _in_scope(place.region, kinds=_known(kinds or USUAL), since=since)
    if not whole:
        sent = Sent.objects.filter(peer=peer, matter_id=OuterRef("pk")).values("seq")[:1]
        found = found.annotate(sent=Subquery(sent))
        found = found.filter(Q(sent=None) | Q(sent__lt=F("last_seq")))
    heads = dict(found.order_by("pk").values_list("pk", "last_seq"))
    seals = _seals(peer, whole=whole)
    if not heads and not seals.exists():
        raise NothingNew(NOTHING)
    counts: dict[str, int] = {"matters": 0, "entries": 0, "seals": 0}

    def mark(_sequence: int) -> None:
        for part in batched(heads.items(), AT_ONCE):
            ids = [pk for pk, _seq in part]
            Sent.objects.filter(peer=peer, matter_id__in=ids).delete()
            Sent.objects.bulk_create(Sent(peer=peer, matter_id=pk, seq=seq) for pk, seq in part)

    return Load(
        kind="matters",
        name=place.bureau,
        records=_records(heads, seals, counts=counts),
        counts=counts,
        mark=mark,
        whole=whole,
    )


def _known(kinds: Sequence[str]) -> tuple[str, ...]:
    offered = [loop.key for loop in catalog().loops if loop.key not in NEVER]
    wrong = [kind for kind in kinds if kind not in offered]
    if wrong:
        raise Refused(f"不能报送“{wrong[0]}”，可选：{'、'.join(offered)}。")
    return tuple(kinds)


def _in_scope(region: Region, *, kinds: Sequence[str], since: date | None) -> QuerySet[Matter]:
    found = Matter.objects.filter(l3=region.pk, kind__in=kinds)
    return found.filter(opened_at__gte=day_bounds(since)[0]) if since else found


def _seals(peer: Peer, *, whole: bool) -> QuerySet[Seal]:
    """Seals that weren't reported yet, oldest first."""
    sent = Package.objects.filter(peer=peer, is_ours=True).order_by("-sequence").first()
    until = 0 if whole or sent is None else int(sent.counts.get("sealed_until", 0))
    found = Seal.objects.order_by("day")
    return found.filter(day__gt=date.fromordinal(until)) if until else found


def _records(
    heads: dict[int, int], seals: QuerySet[Seal], *, counts: dict[str, int]
) -> Iterator[Record]:
    for ids in batched(heads, AT_ONCE):
        rows = Matter.objects.filter(pk__in=ids).select_related("unit", "site").order_by("pk")
        towns = dict(Region.objects.filter(pk__in=rows.values("l4")).values_list("pk", "name"))
        for row in rows:
            bodies = _bodies(row.pk, until=heads[row.pk])
            counts["matters"] += 1
            counts["entries"] += len(bodies)
            yield Record(
                meta={
                    "t": "matter",
                    "id": row.pk,
                    "unit": row.unit.name if row.unit else "",
                    "site": row.site.name if row.site else "",
                    "town": towns.get(row.l4 or 0, ""),
                },
                blob=joined(bodies),
            )
    for seal in seals:
        counts["seals"] += 1
        counts["sealed_until"] = seal.day.toordinal()
        yield Record(meta=_seal_meta(seal), blob=_plain_leaves(seal))
    if "sealed_until" not in counts:
        last = Seal.objects.order_by("-day").values_list("day", flat=True).first()
        counts["sealed_until"] = last.toordinal() if last else 0


def _bodies(matter_id: int, *, until: int) -> list[bytes]:
    """The entries as they stood when the report was begun."""
    rows = Entry.objects.filter(matter_id=matter_id, seq__lte=until).order_by("seq")
    return [bytes(body) for body in rows.values_list("body", flat=True)]


def _seal_meta(seal: Seal) -> dict[str, Any]:
    return {
        "t": "seal",
        "day": seal.day.isoformat(),
        "previous": bytes(seal.previous).hex(),
        "hash": bytes(seal.hash).hex(),
        "counters": seal.counters,
    }


def _plain_leaves(seal: Seal) -> bytes:
    return b"".join(LEAF.pack(leaf.matter_id, leaf.seq, leaf.head) for leaf in leaves_of(seal))
