"""Asking the reporter without knowing him: a question in clear, an answer under seal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from bihuan.accounts.actors import Actor
from bihuan.documents.personal_data import find_personal_data, summary_findings
from bihuan.leads.envelopes import put, put_part
from bihuan.leads.evidence import Evidence, IncomingFile, taken_in
from bihuan.leads.key_ring import key_ring_of
from bihuan.leads.models import Message, Receipt
from bihuan.leads.receipt_book import receipt_of
from bihuan.leads.sealed_content import text_bytes
from bihuan.leads.sealing import Purpose
from bihuan.leads.tips import NotReadyError, evidence_parts
from bihuan.matters.answers import UNCERTAIN
from bihuan.matters.models import Matter
from bihuan.matters.notices import tell
from bihuan.matters.permission import visible
from bihuan.matters.refusals import Incomplete, NotFound, NotYours, Refused

QUESTION = "question"
ASKERS = frozenset({"intake", "office"})
QUESTION_MAX = 500
ANSWER_MAX = 5000
ADDITIONS_MAX = 50
FULL = "补充次数已满，请拨打举报电话继续反映。"


def ask(
    matter_id: int, text: str, *, by: Actor, now: datetime, confirmed: Collection[str] = ()
) -> Message:
    """Put a question to the reporter; he sees it the next time he looks with his code.

    What only looks like a name is taken once `confirmed` holds "question". Raises NotFound,
    NotYours, Refused when no receipt exists, Incomplete for the text.
    """
    matter = visible(by).filter(pk=matter_id, kind="lead").first()
    if matter is None:
        raise NotFound
    if not ASKERS & by.roles:
        raise NotYours("向举报人询问须由接件员、行动办办理。")
    if not Receipt.objects.filter(matter=matter).exists():
        raise Refused("这件线索不是网上举报，没有查询码，请按登记的联系方式联系。")
    question = _clean(text, longest=QUESTION_MAX, key=QUESTION)
    _refuse_personal(question, is_confirmed=QUESTION in confirmed)
    return Message.objects.create(
        matter=matter,
        direction=Message.Direction.FROM_OFFICE,
        text=question,
        asked_by_id=by.user_id,
        at=now,
    )


def answer(code: str, text: str, *, now: datetime, files: Sequence[IncomingFile] = ()) -> Message:
    """Seal what the reporter adds, words or files or both; tells the intake desk."""
    return add_prepared(addition_of(code, text, files=files), now=now)


@dataclass(frozen=True, kw_only=True)
class Addition:
    """What a reporter adds to his matter, looked at and prepared."""

    matter_id: int
    words: str = field(repr=False)
    evidence: tuple[Evidence, ...]


def addition_of(code: str, text: str, *, files: Sequence[IncomingFile] = ()) -> Addition:
    """Prepare an addition: what takes long is done before anything is held.

    The code comes first: pictures of somebody who has none are never decoded.
    """
    matter_id = receipt_of(code).matter_id
    _require_number(matter_id)
    words = words_of(text, may_be_empty=bool(files))
    return Addition(matter_id=matter_id, words=words, evidence=taken_in(files))


def add_prepared(addition: Addition, *, now: datetime) -> Message:
    """Seal a prepared addition; tells the intake desk."""
    with transaction.atomic():
        matter = Matter.objects.select_for_update().get(pk=addition.matter_id)
        ring = key_ring_of(matter, now=now)
        if not ring.is_ready:
            raise NotReadyError
        number = _require_number(matter.pk)
        part = f"answer-{number}"
        sealed = put(
            text_bytes({"补充": addition.words}),
            purpose=Purpose.ACCOUNT,
            matter=matter,
            part=part,
            ring=ring,
            now=now,
        )
        prefix = f"{part}-file-"
        for told in evidence_parts(addition.evidence, prefix=prefix):
            put_part(told, matter=matter, ring=ring, now=now)
        message = Message.objects.create(
            matter=matter, direction=Message.Direction.FROM_REPORTER, envelope=sealed, at=now
        )
        tell(matter, role="intake", event="举报人有补充", key=part, now=now)
    return message


def words_of(text: str, *, may_be_empty: bool) -> str:
    """The words of an addition; Incomplete when there are none, or too many."""
    return _clean(text, longest=ANSWER_MAX, key="answer", may_be_empty=may_be_empty)


def length_fault(text: str, *, longest: int = ANSWER_MAX) -> str:
    """How many characters are too many; empty when none is."""
    count = len(text.replace("\r\n", "\n").strip())
    more = count - longest
    return f"最多 {longest} 字，现有 {count} 字，多了 {more} 字，请分次写" if more > 0 else ""


def _require_number(matter_id: int) -> int:
    """The number of the next addition."""
    number = Message.objects.filter(matter_id=matter_id, envelope__isnull=False).count() + 1
    if number > ADDITIONS_MAX:
        raise Refused(FULL)
    return number


def _refuse_personal(question: str, *, is_confirmed: bool) -> None:
    marks = find_personal_data(question)
    certain = [mark for mark in marks if mark.kind not in UNCERTAIN]
    if certain:
        raise _wrong(QUESTION, f"询问内容里{summary_findings(certain)}")
    if marks and not is_confirmed:
        told = f"询问内容里{summary_findings(marks)}不是个人信息的，请勾选确认后再提交。"
        raise Incomplete(told, fields={QUESTION: told}, confirmable=(QUESTION,))


def _clean(text: str, *, longest: int, key: str, may_be_empty: bool = False) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words and not may_be_empty:
        raise _wrong(key, "请写下内容，再提交")
    if fault := length_fault(words, longest=longest):
        raise _wrong(key, fault)
    return words


def _wrong(key: str, sentence: str) -> Incomplete:
    return Incomplete(sentence, fields={key: sentence})
