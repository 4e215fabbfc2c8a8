"""The way in, first half: what waits on the outer machine, as records of a package."""

from collections.abc import Iterator

from bihuan.exchange.models import Notice, Peer, Waiting, WaitingPart
from bihuan.exchange.packages import Record
from bihuan.exchange.sending import Load
from bihuan.matters import files
from bihuan.matters.refusals import Refused

AT_ONCE = 200
NOTHING = "没有新的举报和补充，没有写包。"
UNCONFIRMED = (
    "没有新的举报和补充。另有 {count} 件写进过包，内网还没有回执；要再带一次，请加 --again。"
)


class NothingNew(Refused):
    """There is nothing to write a package of."""


def tips_load(peer: Peer, *, again: bool) -> Load:
    """What is new, or with `again` all that the inner side hasn't confirmed; NothingNew."""
    found = Waiting.objects.all() if again else Waiting.objects.filter(packed_in=None)
    ids = list(found.order_by("at", "pk").values_list("pk", flat=True))
    if not ids:
        count = Waiting.objects.count()
        raise NothingNew(UNCONFIRMED.format(count=count) if count else NOTHING)

    def mark(sequence: int) -> None:
        for at in range(0, len(ids), AT_ONCE):
            Waiting.objects.filter(pk__in=ids[at : at + AT_ONCE]).update(packed_in=sequence)

    return Load(
        kind="tips",
        name=peer.name,
        records=_records(ids),
        counts={"items": len(ids)},
        mark=mark,
        whole=again,
        after=told_last(),
    )


def told_last() -> int:
    """The newest package that the inner side said it has: a restored machine goes on behind it."""
    notice = Notice.objects.order_by("-pk").first()
    return int(notice.told["last_package"]) if notice else 0


def _records(ids: list[int]) -> Iterator[Record]:
    """Each item, then its sealed parts; a few rows in memory, one sealed part at a time."""
    for at in range(0, len(ids), AT_ONCE):
        for row in Waiting.objects.filter(pk__in=ids[at : at + AT_ONCE]).order_by("at", "pk"):
            yield Record(
                meta={
                    "t": row.kind,
                    "id": row.pk,
                    "receipt": bytes(row.receipt).hex(),
                    "at": row.at.isoformat(),
                    "told": row.told,
                }
            )
            for part in WaitingPart.objects.filter(waiting=row).order_by("pk"):
                sealed = files.read(part.digest) if part.digest else bytes(part.inline)
                yield Record(
                    meta={"t": "part", "purpose": part.purpose, "part": part.part}, blob=sealed
                )
