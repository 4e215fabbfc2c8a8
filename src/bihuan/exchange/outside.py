"""The outer portal: what reporters send waits here under seal, what they may know is read here.

Nothing is opened as a matter: that is done inside. What is sealed is bound to the id that the
matter will have there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from bihuan.exchange.models import Answer, Notice, Peer, Waiting, WaitingPart
from bihuan.exchange.peers import identity_of, inside, is_outside
from bihuan.language.clock import SHANGHAI
from bihuan.leads.claims import count_try
from bihuan.leads.envelopes import Part, sealed_part, stored
from bihuan.leads.evidence import Evidence, IncomingFile, taken_in
from bihuan.leads.key_ring import KeyRing
from bihuan.leads.keys import PublicKey
from bihuan.leads.messages import ADDITIONS_MAX, FULL, words_of
from bihuan.leads.progress import Progress, ProgressMessage, ProgressStep
from bihuan.leads.receipt_book import looked_up_by, receipt_secret, unknown
from bihuan.leads.receipts import new_receipt, receipt_key
from bihuan.leads.sealed_content import text_bytes
from bihuan.leads.sealing import Purpose, seal
from bihuan.leads.tips import NotReadyError, ReadyTip, evidence_parts, harmless, parts_of
from bihuan.matters import files
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import new_id, to_code
from bihuan.matters.messages import Heartbeat
from bihuan.matters.numbers import ACCEPTANCE_OUTSIDE, take_number
from bihuan.matters.refusals import Incomplete, Refused
from bihuan.matters.writing import engine_writes

CLAIM_LABEL = b"bihuan exchange claim 1 "
CLAIMED = "已申请领取，等待核对口令，请过几天再查"
ORPHAN_AGE = timedelta(days=1)
GONE = "这个选项已经不在名单里，请重新选择"


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the citizen gets: the 受理号 and the receipt code, which is nowhere else."""

    acceptance_number: str
    receipt: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class OutsideAddition:
    """What a reporter adds to his matter, looked at and prepared."""

    answer: Answer
    words: str = field(repr=False)
    evidence: tuple[Evidence, ...]


def is_ready() -> bool:
    """Whether the inner deployment has told of keys to seal to."""
    return _ring().is_ready


def file_ready(ready: ReadyTip, *, now: datetime, screened: bool = False) -> Given:
    """Seal a tip-off and let it wait, all or nothing; raises NotReadyError, Incomplete."""
    ring, notice = _ring(), _notice()
    if not ring.is_ready or notice is None:
        raise NotReadyError
    told = _told(ready, notice=notice.told, now=now)
    code, matter_id = new_receipt(), new_id()
    key = receipt_key(code, hmac_key=receipt_secret())
    loop = catalog().loop("lead")
    stage = loop.stage("screening") if screened else loop.first_stage
    with engine_writes():
        waiting = Waiting.objects.create(
            pk=matter_id, kind=Waiting.Kind.TIP, receipt=key, told=told, at=now
        )
        for part in parts_of(ready):
            _keep(part, waiting=waiting, matter_id=matter_id, ring=ring)
        number = take_number(
            ACCEPTANCE_OUTSIDE,
            organ=str(notice.told["county"]),
            sector="",
            year=now.astimezone(SHANGHAI).year,
        )
        waiting.told = told | {"number": number, "screened": screened}
        waiting.save(update_fields=["told"])
        day = now.astimezone(SHANGHAI).date().isoformat()
        said = {"number": number, "received_at": now.isoformat(), "words": stage.public,
                "is_open": True, "steps": [[day, stage.public]], "messages": [], "reward": "",
                "can_claim": False, "destroyed": []}  # fmt: skip
        Answer.objects.create(receipt=key, matter_id=matter_id, told=said)
    return Given(acceptance_number=number, receipt=code)


def look_up(code: str) -> Progress:
    """What the inner deployment last told of a code's matter, and what waits here meanwhile."""
    return _progress(_answer_of(code))


def addition_of(code: str, text: str, *, files: Sequence[IncomingFile] = ()) -> OutsideAddition:
    """Prepare an addition; the code comes first, as inside."""
    answer = _answer_of(code)
    _require_room(answer)
    words = words_of(text, may_be_empty=bool(files))
    return OutsideAddition(answer=answer, words=words, evidence=taken_in(files))


def add_prepared(addition: OutsideAddition, *, now: datetime) -> None:
    """Seal a prepared addition and let it wait."""
    ring, answer = _ring(), addition.answer
    if not ring.is_ready:
        raise NotReadyError
    with engine_writes():
        _require_room(answer)
        waiting = Waiting.objects.create(
            pk=new_id(), kind=Waiting.Kind.ADDITION, receipt=answer.receipt, at=now
        )
        part = f"answer-{to_code(waiting.pk)}"
        words = Part(
            purpose=Purpose.ACCOUNT, part=part, plaintext=text_bytes({"补充": addition.words})
        )
        for told in (words, *evidence_parts(addition.evidence, prefix=f"{part}-file-")):
            _keep(told, waiting=waiting, matter_id=answer.matter_id, ring=ring)


def claim(code: str, password: str, *, now: datetime) -> None:
    """Seal the password for the inner deployment, which alone can tell whether it is right."""
    answer, peer = _answer_of(code), inside()
    count_try(bytes(answer.receipt), now=now)
    if peer is None or not _progress(answer).can_claim:
        raise Refused("奖励还没有决定，或者已经申请过。请凭查询码查看奖励情况。")
    if not password.strip():
        raise Incomplete("请填写领奖口令。", fields={"password": "请填写领奖口令"})
    with engine_writes():
        waiting = Waiting.objects.create(
            pk=new_id(), kind=Waiting.Kind.CLAIM, receipt=answer.receipt, at=now
        )
        sealed = sealed_claim(password, receipt=bytes(answer.receipt), peer=peer)
        WaitingPart.objects.create(waiting=waiting, purpose="", part="claim", **stored(sealed))


def sealed_claim(password: str, *, receipt: bytes, peer: Peer) -> bytes:
    """A claim password that only the inner deployment opens, bound to its receipt."""
    recipients = [identity_of(peer).recipient]
    return seal(password.encode(), recipients=recipients, context=CLAIM_LABEL + receipt)


def forget(found: Sequence[int]) -> int:
    """Delete what was taken inside: rows now, files once that is written; returns how many."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
    parts = WaitingPart.objects.filter(waiting_id__in=found).exclude(digest="")
    digests = list(parts.values_list("digest", flat=True))
    gone = Waiting.objects.filter(pk__in=found)
    count = gone.count()
    gone.delete()
    transaction.on_commit(lambda: _drop(digests))
    return count


def round_alone(*, now: datetime) -> None:
    """What the process behind a portal alone does in place of clock and worker.

    Beside a desk on the same database it does nothing: the desk has a clock and a worker.
    """
    if not is_outside():
        return
    sweep(now=now)
    for name in ("clock", "worker"):
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def sweep(*, now: datetime) -> int:
    """Remove sealed files that a killed process left without a row; returns how many."""
    old = list(files.kept_before(now - ORPHAN_AGE))
    known = set(WaitingPart.objects.filter(digest__in=old).values_list("digest", flat=True))
    orphans = [digest for digest in old if digest not in known]
    for digest in orphans:
        files.remove(digest)
    return len(orphans)


def _drop(digests: Sequence[str]) -> None:
    known = WaitingPart.objects.filter(digest__in=digests).values_list("digest", flat=True)
    for digest in set(digests) - set(known):
        files.remove(digest)


def _notice() -> Notice | None:
    return Notice.objects.order_by("-pk").first()


def _ring() -> KeyRing:
    notice = _notice()
    keys: dict[str, Any] = notice.told["keys"] if notice else {}
    found = {
        purpose: tuple(PublicKey(bytes.fromhex(key)) for key in keys.get(purpose, ()))
        for purpose in ("identity", "account")
    }
    return KeyRing(
        identity=found["identity"],
        account=found["account"],
        has_recovery=bool(keys.get("has_recovery")),
    )


def _told(ready: ReadyTip, *, notice: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The harmless facts; what isn't on the lists from inside is refused as it would be there."""
    told = harmless(ready.tip, now=now) | {"received_at": now.isoformat()}
    types = notice["values"].get("lead.types") or {}
    known = {
        "type": {option["key"] for option in types.get("value") or ()},
        "site": {pk for pk, _name in notice["sites"]},
    }
    faults = {key: GONE for key, listed in known.items() if told[key] and told[key] not in listed}
    if faults:
        raise Incomplete(f"{GONE}。", fields=faults)
    return told | {"claim_hash": ready.claim_hash}


def _keep(told: Part, *, waiting: Waiting, matter_id: int, ring: KeyRing) -> None:
    sealed = sealed_part(told, matter_id=matter_id, ring=ring)
    WaitingPart.objects.create(
        waiting=waiting, purpose=told.purpose.value, part=told.part, **stored(sealed)
    )


def _answer_of(code: str) -> Answer:
    answer = Answer.objects.filter(receipt=looked_up_by(code)).first()
    if answer is None:
        raise unknown()
    return answer


def _require_room(answer: Answer) -> None:
    if sum(not message.from_office for message in _progress(answer).messages) >= ADDITIONS_MAX:
        raise Refused(FULL)


def _progress(answer: Answer) -> Progress:
    told = answer.told
    waiting = list(Waiting.objects.filter(receipt=answer.receipt).order_by("at", "pk"))
    messages = [
        ProgressMessage(
            at=datetime.fromisoformat(at), from_office=from_office, text=text, is_destroyed=gone
        )
        for at, from_office, text, gone in told["messages"]
    ]
    messages += [
        ProgressMessage(at=one.at, from_office=False, text="", is_destroyed=False)
        for one in waiting
        if one.kind == Waiting.Kind.ADDITION
    ]
    has_claimed = any(one.kind == Waiting.Kind.CLAIM for one in waiting)
    return Progress(
        matter_id=answer.matter_id,
        acceptance_number=told["number"],
        received_at=datetime.fromisoformat(told["received_at"]),
        words=told["words"],
        is_open=told["is_open"],
        steps=tuple(
            ProgressStep(on=datetime.fromisoformat(on).date(), words=words)
            for on, words in told["steps"]
        ),
        messages=tuple(messages),
        reward=CLAIMED if has_claimed else told["reward"],
        can_claim=told["can_claim"] and not has_claimed,
        destroyed=tuple(told["destroyed"]),
    )
