"""What of a lead may be destroyed after its time: envelopes, receipt and attached files.

Nothing of these stands in the trail: it keeps digests of attached files and no word of a reporter.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.language.retention import Holding, Retention, Standing
from bihuan.leads.models import Envelope, Message, Receipt
from bihuan.leads.sealing import Purpose
from bihuan.matters import files
from bihuan.matters.models import Attachment, Matter, Tombstone

IDENTITY_PART = "who"


def _identity() -> QuerySet[Envelope]:
    """Who the reporter is: name and telephone."""
    return Envelope.objects.filter(purpose=Purpose.IDENTITY.value, part=IDENTITY_PART)


def _account() -> QuerySet[Envelope]:
    """What he said and sent: words, answers, pictures for the desk, originals, recordings."""
    said = Q(purpose=Purpose.ACCOUNT.value)
    return Envelope.objects.filter(said | ~Q(part=IDENTITY_PART))


def _with_identity(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    return _with_some(matters, _identity())


def _with_account(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    return _with_some(matters, _account())


def _with_some(matters: QuerySet[Matter], sealed: QuerySet[Envelope]) -> QuerySet[Matter]:
    there = sealed.filter(destroyed_at=None, matter_id=OuterRef("pk"))
    return matters.filter(Exists(there))


def _with_receipt(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    return matters.filter(Exists(Receipt.objects.filter(matter_id=OuterRef("pk"))))


def _with_files(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    gone = Tombstone.objects.filter(
        matter_id=OuterRef("matter_id"),
        retention="lead_files",
        destroyed_at__gte=OuterRef("uploaded_at"),
    )
    there = Attachment.objects.filter(~Exists(gone), matter_id=OuterRef("pk"))
    return matters.filter(Exists(there))


def _identity_of(matter_id: int) -> tuple[Holding, ...]:
    return tuple(_sealed(_identity(), matter_id))


def _account_of(matter_id: int) -> tuple[Holding, ...]:
    asked = Message.objects.filter(matter_id=matter_id).exclude(text="").order_by("id")
    words = [
        Holding(what=f"question {pk}", size=len(text.encode()))
        for pk, text in asked.values_list("id", "text")
    ]
    return (*_sealed(_account(), matter_id), *words)


def _sealed(sealed: QuerySet[Envelope], matter_id: int) -> Iterator[Holding]:
    for one in sealed.filter(matter_id=matter_id, destroyed_at=None).order_by("id"):
        raw, what = bytes(one.inline), _what(one.purpose, one.part)
        size = files.size(one.digest) if one.digest else len(raw)
        digest = one.digest or sha256(raw).hexdigest()
        yield Holding(what=what, size=size, digest=digest, file=one.digest)


def _receipt_of(matter_id: int) -> tuple[Holding, ...]:
    found = Receipt.objects.filter(matter_id=matter_id)
    return tuple(Holding(what="receipt", size=len(bytes(one.key))) for one in found)


def _files_of(matter_id: int) -> tuple[Holding, ...]:
    gone = set(Tombstone.objects.filter(matter_id=matter_id).values_list("what", flat=True))
    found = []
    for one in Attachment.objects.filter(matter_id=matter_id).order_by("id"):
        names = ((f"file {one.pk}", one.digest), (f"file {one.pk} view", one.view_digest))
        found += [
            Holding(what=what, size=files.size(digest), digest=digest, file=digest)
            for what, digest in names
            if digest and what not in gone
        ]
    return tuple(found)


def _erase_sealed(matter_id: int, whats: tuple[str, ...], *, now: datetime) -> None:
    for one in Envelope.objects.filter(matter_id=matter_id, destroyed_at=None).order_by("id"):
        if _what(one.purpose, one.part) in whats:
            one.inline, one.digest, one.destroyed_at = b"", "", now
            one.save(update_fields=("inline", "digest", "destroyed_at"))
    asked = [int(what.removeprefix("question ")) for what in whats if what.startswith("question ")]
    Message.objects.filter(matter_id=matter_id, pk__in=asked).update(text="")


def _erase_receipt(matter_id: int, _whats: tuple[str, ...], *, now: datetime) -> None:
    del now
    Receipt.objects.filter(matter_id=matter_id).delete()


def _erase_files(_matter_id: int, _whats: tuple[str, ...], *, now: datetime) -> None:
    """The rows stay: name and digest stand in the trail as well. The bytes go after the commit."""
    del now


def _standing_identity() -> Iterator[Standing]:
    return _standing(_identity())


def _standing_account() -> Iterator[Standing]:
    return _standing(_account())


def _standing(sealed: QuerySet[Envelope]) -> Iterator[Standing]:
    rows = sealed.order_by("id").values_list("matter_id", "purpose", "part", "digest")
    empty = Q(inline=b"", digest="")
    emptied = set(sealed.filter(empty).values_list("matter_id", "purpose", "part"))
    for matter_id, purpose, part, digest in rows.iterator(chunk_size=2000):
        yield Standing(
            matter_id=matter_id,
            what=_what(purpose, part),
            is_empty=(matter_id, purpose, part) in emptied,
            file=digest,
        )


def _no_rows() -> Iterator[Standing]:
    return iter(())


def _what(purpose: str, part: str) -> str:
    return f"{purpose} {part}"


RETENTIONS = (
    Retention(
        key="lead_identity",
        label="举报人身份",
        kind="lead",
        param="retention.identity_days",
        what="密封的姓名和电话，连同打开它的密钥份额",
        leaves="摘要值、时间、决定人和确认人；调阅记录",
        told="您留下的姓名和电话已于 {day} 按规定销毁，不能再打开。",
        narrows=_with_identity,
        holdings=_identity_of,
        erase=_erase_sealed,
        standing=_standing_identity,
    ),
    Retention(
        key="lead_account",
        label="举报原文和证据",
        kind="lead",
        param="retention.account_days",
        what="密封的原话、补充、照片、录音录像，以及工作人员的询问",
        leaves="摘要值、时间、决定人和确认人；线索摘要和办理留痕",
        told="您写的原话、补充和文件已于 {day} 按规定销毁，办理结果仍可查询。",
        narrows=_with_account,
        holdings=_account_of,
        erase=_erase_sealed,
        standing=_standing_account,
    ),
    Retention(
        key="lead_files",
        label="线索附件",
        kind="lead",
        param="retention.file_days",
        what="附件的文件本身和预览图，含存为附件的举报照片",
        leaves="文件名、摘要值、上传人和时间",
        told="",
        narrows=_with_files,
        holdings=_files_of,
        erase=_erase_files,
        standing=_no_rows,
    ),
    Retention(
        key="lead_receipt",
        label="查询码",
        kind="lead",
        param="retention.receipt_days",
        what="查询码的摘要和领奖口令的摘要，此后凭查询码查不到",
        leaves="曾有查询码这一事实、时间、决定人和确认人",
        told="",
        narrows=_with_receipt,
        holdings=_receipt_of,
        erase=_erase_receipt,
        standing=_no_rows,
    ),
)
