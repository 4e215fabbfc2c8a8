"""Opening envelopes: only with one's own key, in one's own role, and never without a log line."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from bihuan.accounts.actors import Actor
from bihuan.leads.envelopes import put, take_out
from bihuan.leads.key_ring import HOLDERS, key_ring_of, today
from bihuan.leads.keys import PrivateKey
from bihuan.leads.models import Envelope, Message, Reading
from bihuan.leads.sealed_content import StoredFile, file_from, text_from
from bihuan.leads.sealing import Purpose
from bihuan.matters.models import Matter
from bihuan.matters.permission import visible
from bihuan.matters.refusals import Incomplete, NotFound, NotYours

ACCOUNT_REASON = "办理线索"
REASON_MIN = 4
REASON_MAX = 200


@dataclass(frozen=True, kw_only=True)
class Line:
    """One label with what the reporter wrote."""

    label: str
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A file as it is listed: where to fetch it, and what it is."""

    envelope_id: int
    name: str = field(repr=False)
    mime: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Account:
    """The reporter's own words, answers and the pictures made from his files."""

    lines: tuple[Line, ...] = field(repr=False)
    answers: tuple[Line, ...] = field(repr=False)
    files: tuple[FileLine, ...] = field(repr=False)
    withheld: int


def open_account(matter: Matter, *, private: PrivateKey, by: Actor, now: datetime) -> Account:
    """Open the words, answers and pictures of a matter, logged; NotFound, NotYours, Unopenable."""
    _require(matter, Purpose.ACCOUNT, by=by)
    _log(matter, Purpose.ACCOUNT, part="all", reason=ACCOUNT_REASON, by=by, now=now)
    sealed = Envelope.objects.filter(matter=matter)
    mine = {one.part: one for one in sealed.filter(purpose=Purpose.ACCOUNT.value).order_by("id")}
    theirs = sealed.filter(purpose=Purpose.IDENTITY.value, part__contains="file-")
    words = mine.get("words")
    lines = _lines(words, private) if words else ()
    files = [one for part, one in mine.items() if "file-" in part]
    return Account(
        lines=lines,
        answers=tuple(_answers(matter, private)),
        files=tuple(_file_line(one, private) for one in files),
        withheld=theirs.exclude(part__in=mine).count(),
    )


def open_file(
    envelope_id: int,
    *,
    matter: Matter,
    private: PrivateKey,
    by: Actor,
    now: datetime,
    reason: str = ACCOUNT_REASON,
) -> StoredFile:
    """Open one file of a matter, logged; an original needs the custodian and a reason."""
    envelope = _file_of(matter, envelope_id)
    purpose = Purpose(envelope.purpose)
    _require(matter, purpose, by=by)
    stated = reason if purpose is Purpose.ACCOUNT else _stated(reason)
    _log(matter, purpose, part=envelope.part, reason=stated, by=by, now=now)
    return file_from(take_out(envelope, private=private))


def reveal_identity(
    matter: Matter, *, private: PrivateKey, by: Actor, reason: str, now: datetime
) -> tuple[Line, ...]:
    """Who the reporter is, for the custodian's eyes; logged with the reason before it is opened.

    Empty when the reporter gave no name. NotFound, NotYours, Incomplete, Unopenable.
    """
    _require(matter, Purpose.IDENTITY, by=by)
    stated = _stated(reason)
    _log(matter, Purpose.IDENTITY, part="who", reason=stated, by=by, now=now)
    envelope = Envelope.objects.filter(
        matter=matter, purpose=Purpose.IDENTITY.value, part="who"
    ).first()
    return _lines(envelope, private) if envelope else ()


def release_file(
    envelope_id: int,
    *,
    matter: Matter,
    private: PrivateKey,
    by: Actor,
    reason: str,
    now: datetime,
) -> Envelope:
    """Let the desk have a recording that only the custodian held; logged with the reason."""
    envelope = _file_of(matter, envelope_id)
    _require(matter, Purpose.IDENTITY, by=by)
    stated = _stated(reason)
    held = Envelope.objects.filter(
        matter=matter, purpose=Purpose.ACCOUNT.value, part=envelope.part
    ).first()
    if held is not None:
        return held
    _log(matter, Purpose.IDENTITY, part=envelope.part, reason=stated, by=by, now=now)
    plain = take_out(envelope, private=private)
    ring = key_ring_of(matter, now=now)
    with transaction.atomic():
        return put(
            plain, purpose=Purpose.ACCOUNT, matter=matter, part=envelope.part, ring=ring, now=now
        )


def withheld_files(matter: Matter, *, by: Actor) -> tuple[Envelope, ...]:
    """Originals and recordings that lie with the custodian; what they are is sealed too."""
    _require(matter, Purpose.IDENTITY, by=by)
    found = Envelope.objects.filter(
        matter=matter, purpose=Purpose.IDENTITY.value, part__contains="file-"
    )
    return tuple(found.order_by("id"))


def _require(matter: Matter, purpose: Purpose, *, by: Actor) -> None:
    if not visible(by).filter(pk=matter.pk).exists():
        raise NotFound
    if not set(HOLDERS[purpose]) & by.roles:
        who = "举报信息保管人" if purpose is Purpose.IDENTITY else "接件员、行动办"
        raise NotYours(f"这一密封件只能由{who}调阅。")


def _stated(reason: str) -> str:
    stated = reason.strip()
    if not REASON_MIN <= len(stated) <= REASON_MAX:
        sentence = f"请写明调阅事由，{REASON_MIN} 至 {REASON_MAX} 字，例如：核发奖励，需核对领取人"
        raise Incomplete(f"{sentence}。", fields={"reason": sentence})
    return stated


def _log(
    matter: Matter, purpose: Purpose, *, part: str, reason: str, by: Actor, now: datetime
) -> None:
    Reading.objects.create(
        who_id=by.user_id, matter=matter, purpose=purpose.value, part=part, reason=reason, at=now
    )


def _file_of(matter: Matter, envelope_id: int) -> Envelope:
    found = Envelope.objects.filter(pk=envelope_id, matter=matter, part__contains="file-").first()
    if found is None:
        raise NotFound
    return found


def _lines(envelope: Envelope, private: PrivateKey) -> tuple[Line, ...]:
    texts = text_from(take_out(envelope, private=private))
    return tuple(Line(label=label, text=text) for label, text in texts.items() if text)


def _answers(matter: Matter, private: PrivateKey) -> list[Line]:
    found = Message.objects.filter(matter=matter, envelope__isnull=False)
    lines = []
    for message in found.select_related("envelope").order_by("id"):
        if message.envelope is not None:
            label = f"{today(message.at):%Y-%m-%d} 补充"
            lines += [
                Line(label=label, text=line.text) for line in _lines(message.envelope, private)
            ]
    return lines


def _file_line(envelope: Envelope, private: PrivateKey) -> FileLine:
    file = file_from(take_out(envelope, private=private))
    return FileLine(envelope_id=envelope.pk, name=file.name, mime=file.mime, size=len(file.data))
