"""The way back, second half: an outer portal shows what inside told, and forgets what it took."""

from collections import Counter as Counts
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from bihuan.disclosure.models import Snapshot
from bihuan.exchange import outside
from bihuan.exchange.answers import REGION
from bihuan.exchange.models import Answer, Notice, Package, Waiting
from bihuan.exchange.packages import UNREADABLE, PackageRefused, Record
from bihuan.exchange.parcels import Parcel
from bihuan.leads.secret_file import put_secret
from bihuan.matters.models import Counter
from bihuan.matters.numbers import ACCEPTANCE_OUTSIDE
from bihuan.matters.refusals import Refused
from bihuan.matters.search import normalise
from bihuan.matters.writing import engine_writes
from bihuan.places.models import Region

AT_ONCE = 500
KEY_CHANGED = (
    "内网换了查询密钥，而本机还有内网没有回执的举报，没有收。请先把它们带进内网，取得回执。"
)
PLAIN = ("kind", "number", "title", "body", "category", "medium", "link", "withdrawn_reason")


@dataclass
class _Read:
    """What was read of a package and isn't written yet."""

    snapshots: list[Snapshot] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    counts: Counts[str] = field(default_factory=Counts)

    def write(self) -> None:
        """Write it, and forget what the inner side has taken."""
        Snapshot.objects.bulk_create(self.snapshots)
        Answer.objects.filter(receipt__in=[one.receipt for one in self.answers]).delete()
        Answer.objects.bulk_create(self.answers)
        self.counts["snapshots"] += len(self.snapshots)
        self.counts["receipts"] += len(self.answers)
        self.counts["forgotten"] += outside.forget(self.taken)
        self.snapshots, self.answers, self.taken = [], [], []


def take_answers(parcel: Parcel) -> dict[str, int]:
    """Show what the package tells in place of all before it; an older one changes nothing."""
    came = Package.objects.filter(peer=parcel.peer, is_ours=False)
    if came.filter(sequence__gt=parcel.head.sequence).exists():
        return {"older": 1}
    try:
        with engine_writes():
            return _show(parcel)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PackageRefused(UNREADABLE) from error


def _show(parcel: Parcel) -> dict[str, int]:
    read = _Read()
    Snapshot.objects.all().delete()
    waiting = Waiting.objects.filter(kind=Waiting.Kind.TIP).values("receipt")
    Answer.objects.exclude(receipt__in=waiting).delete()
    for record in parcel.records:
        _take_in(record, read=read, parcel=parcel)
        if len(read.snapshots) + len(read.answers) >= AT_ONCE:
            read.write()
    read.write()
    return dict(read.counts)


def _take_in(record: Record, *, read: _Read, parcel: Parcel) -> None:
    kind = record.meta["t"]
    if kind == "secret":
        _put_secret(record.blob)
    elif kind == "notice":
        _put_notice(record.meta["told"], parcel=parcel)
    elif kind == "snapshot":
        read.snapshots.append(_snapshot(record.meta["told"]))
    elif kind == "answer":
        meta = record.meta
        receipt, matter_id = bytes.fromhex(meta["receipt"]), int(meta["matter"])
        read.answers.append(Answer(receipt=receipt, matter_id=matter_id, told=meta["told"]))
        read.taken += [matter_id, *(int(one) for one in meta["taken"])]


def _put_secret(secret: bytes) -> None:
    """Codes given out on either side lead to their receipt on both: the key is one."""
    path = Path(settings.HOME) / "secrets" / "receipts"
    if not put_secret(path, secret, may_replace=not Waiting.objects.exists()):
        raise Refused(KEY_CHANGED)


def _put_notice(told: dict[str, Any], *, parcel: Parcel) -> None:
    for row in told["regions"]:
        values = dict(zip(REGION, row, strict=True))
        Region.objects.update_or_create(pk=values.pop("id"), defaults=values)
    Notice.objects.all().delete()
    Notice.objects.create(sequence=parcel.head.sequence, told=told, taken_at=parcel.now)
    organ = str(told["county"])
    for year, last in told["numbers"].items():
        row = {"series": ACCEPTANCE_OUTSIDE.key, "organ": organ, "sector": "", "year": int(year)}
        Counter.objects.get_or_create(**row)
        Counter.objects.filter(**row, value__lt=int(last)).update(value=int(last))


def _snapshot(told: dict[str, Any]) -> Snapshot:
    body = told["body"]
    words = [told["number"], told["title"], *(one for one in body.values() if isinstance(one, str))]
    gone = told["withdrawn_at"]
    return Snapshot(
        pk=told["id"],
        matter_id=told["matter"],
        about_id=told["about"],
        search_text=normalise(" ".join(words)),
        county_id=told["county"],
        township_id=told["township"],
        published_on=date.fromisoformat(told["published_on"]),
        released_at=datetime.fromisoformat(told["released_at"]),
        withdrawn_at=datetime.fromisoformat(gone) if gone else None,
        **{key: told[key] for key in PLAIN},
    )
