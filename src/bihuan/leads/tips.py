"""A tip-off comes in: a lead with harmless facts, everything else sealed, one receipt code."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from bihuan.accounts.actors import PUBLIC
from bihuan.leads.envelopes import Part, put_part, told_parts
from bihuan.leads.evidence import Evidence, IncomingFile, plain_fault, taken_in
from bihuan.leads.key_ring import key_ring, today
from bihuan.leads.models import Receipt
from bihuan.leads.progress import Progress, look_up
from bihuan.leads.receipt_book import receipt_secret
from bihuan.leads.receipts import (
    claim_password_length,
    hash_claim_password,
    new_receipt,
    receipt_key,
)
from bihuan.leads.sealed_content import file_bytes
from bihuan.leads.sealing import Purpose
from bihuan.matters.engine import open_matter
from bihuan.matters.models import Matter
from bihuan.matters.refusals import Incomplete, Refused
from bihuan.places.models import Region

__all__ = ["Filed", "NotReadyError", "Progress", "TipOff", "file_tip", "is_ready", "look_up"]
SOURCE = "网上举报"
WORDS_MIN = 10
WORDS_MAX = 5000
PASSWORD_MIN = 8
WORDS_SHORT = f"“发生了什么”请至少写 {WORDS_MIN} 个字，例如“夜班下井人数超过规定”"
PASSWORD_SHORT = f"领奖口令至少 {PASSWORD_MIN} 个字符，空格和横线不算，请换一个只有自己记得的"
REPORTER_KINDS = ("public", "worker")


class NotReadyError(Refused):
    """Nobody could open a tip-off yet, so none is taken."""

    status = 503

    def __init__(self) -> None:
        super().__init__("网上举报尚未开通：举报信息的保管密钥还没有建立。请先拨打举报电话。")


@dataclass(frozen=True, kw_only=True)
class TipOff:
    """What a citizen tells.

    Only `kind`, `site_id`, `reporter_kind` and `few_know` are ever kept in clear.
    """

    words: str = field(repr=False)
    place: str = field(default="", repr=False)
    happened: str = field(default="", repr=False)
    kind: str = ""
    site_id: int | None = None
    reporter_kind: str = ""
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    wants_reply: bool = False
    few_know: bool = False  # think before publishing: few people know of this
    claim_password: str = field(default="", repr=False)
    files: tuple[IncomingFile, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether the reporter gave a name or a telephone."""
        return bool(self.name or self.phone)


@dataclass(frozen=True, kw_only=True)
class Filed:
    """What the citizen gets: the 受理号 and the receipt code, which is nowhere else."""

    acceptance_number: str
    receipt: str = field(repr=False)
    matter: Matter


def is_ready(region: Region, *, now: datetime) -> bool:
    """Whether tip-offs can be taken for a county: somebody holds a key for each envelope."""
    return key_ring(region, on=today(now)).is_ready


def file_tip(tip: TipOff, *, now: datetime, region_id: int, screened: bool = False) -> Filed:
    """Prepare a tip-off and file it; raises as both do."""
    return file_ready(made_ready(tip), now=now, region_id=region_id, screened=screened)


@dataclass(frozen=True, kw_only=True)
class ReadyTip:
    """A tip-off that was looked at: pictures decoded, the claim password stretched."""

    tip: TipOff
    evidence: tuple[Evidence, ...]
    claim_hash: str = field(repr=False)


def made_ready(tip: TipOff) -> ReadyTip:
    """Do what takes long, before anything is held; Incomplete with a sentence per field."""
    if faults := plain_faults(tip):
        raise Incomplete("".join(f"{fault}。" for fault in faults.values()), fields=faults)
    evidence = taken_in(tip.files)
    hashed = hash_claim_password(tip.claim_password) if tip.claim_password else ""
    return ReadyTip(tip=tip, evidence=evidence, claim_hash=hashed)


def file_ready(ready: ReadyTip, *, now: datetime, region_id: int, screened: bool = False) -> Filed:
    """Open a lead and seal the tip-off, all or nothing; `screened` puts it into 待甄别.

    Raises NotReadyError while nobody could open it.
    """
    tip = ready.tip
    region = Region.objects.get(pk=region_id)
    ring = key_ring(region, on=today(now))
    if not ring.is_ready:
        raise NotReadyError
    code = new_receipt()
    with transaction.atomic():
        matter = open_matter(
            "lead",
            by=PUBLIC,
            now=now,
            answers=harmless(tip, now=now),
            region_id=region_id,
            at_stage="screening" if screened else "",
        )
        for told in parts_of(ready):
            put_part(told, matter=matter, ring=ring, now=now)
        Receipt.objects.create(
            key=receipt_key(code, hmac_key=receipt_secret()),
            matter=matter,
            created_at=now,
            claim_hash=ready.claim_hash,
        )
    return Filed(acceptance_number=matter.acceptance_number, receipt=code, matter=matter)


def parts_of(ready: ReadyTip) -> Iterator[Part]:
    """Everything of a tip-off that is sealed."""
    tip = ready.tip
    yield from told_parts(
        who={"姓名": tip.name, "电话": tip.phone},
        words={
            "发生了什么": tip.words,
            "在哪里": tip.place,
            "什么时候": tip.happened,
            "希望答复": "是" if tip.wants_reply else "",
        },
    )
    yield from evidence_parts(ready.evidence, prefix="file-")


def evidence_parts(evidence: tuple[Evidence, ...], *, prefix: str) -> Iterator[Part]:
    """Originals to the custodian, pictures for the desk; recordings to the custodian alone."""
    for number, file in enumerate(evidence, start=1):
        part, original = f"{prefix}{number}", file_bytes(file.original)
        yield Part(purpose=Purpose.IDENTITY, part=part, plaintext=original)
        if file.view is not None:
            view = file_bytes(file.view)
            yield Part(purpose=Purpose.ACCOUNT, part=part, plaintext=view)


def plain_faults(tip: TipOff) -> dict[str, str]:
    """What is seen to be wrong without decoding or stretching anything, a sentence per field."""
    faults: dict[str, str] = {}
    words = tip.words.strip()
    if len(words) < WORDS_MIN:
        faults["what"] = WORDS_SHORT
    if len(words) > WORDS_MAX:
        faults["what"] = (
            f"“发生了什么”最多 {WORDS_MAX} 字，现有 {len(words)} 字，"
            f"多了 {len(words) - WORDS_MAX} 字，请先删去，其余凭查询码补充"
        )
    if tip.claim_password and claim_password_length(tip.claim_password) < PASSWORD_MIN:
        faults["phrase"] = PASSWORD_SHORT
    if tip.reporter_kind and tip.reporter_kind not in REPORTER_KINDS:
        faults["worker"] = "“您是”请选择群众或职工，也可以不选"
    if file_fault := plain_fault(tip.files):
        faults["files"] = file_fault
    return faults


def harmless(tip: TipOff, *, now: datetime) -> dict[str, object]:
    """What may be read by everybody who handles the lead: it tells nothing of the reporter."""
    unsaid = "public" if tip.is_named else "anonymous"
    return {
        "source": SOURCE,
        "channel": "web",
        "reporter_kind": tip.reporter_kind or unsaid,
        "type": tip.kind or None,
        "received_at": now,
        "site": tip.site_id,
        "reporter_reachable": tip.is_named or bool(tip.claim_password),
        "few_know": tip.few_know or None,
    }
