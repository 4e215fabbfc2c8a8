"""Opening envelopes: only with one's own key, in one's own role, and never without a log line."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from
from bihuan.database.turns import turn_to_write
from bihuan.leads.envelopes import put, take_out, there
from bihuan.leads.key_ring import HOLDERS, key_ring_of, purposes_of, today
from bihuan.leads.keys import KeyRefused, PrivateKey
from bihuan.leads.models import Envelope, Message, Reading, Receipt
from bihuan.leads.sealed_content import StoredFile, file_from, text_from
from bihuan.leads.sealing import Purpose
from bihuan.leads.unlocking import session_key
from bihuan.matters.attachments import copies_of_sealed
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import now
from bihuan.matters.permission import visible
from bihuan.matters.refusals import Incomplete, NotFound, NotYours
from bihuan.ui.words import moment

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
    attached: str = ""  # the name of the attachment that is its copy

    @property
    def is_picture(self) -> bool:
        """Whether it can be looked at on the screen."""
        return self.mime.startswith("image/")


@dataclass(frozen=True, kw_only=True)
class HeldFile:
    """A file that lies with the custodian: a photo's original, or a recording."""

    envelope_id: int
    desk_has_copy: bool


@dataclass(frozen=True, kw_only=True)
class Account:
    """The reporter's own words, answers and the pictures made from his files."""

    lines: tuple[Line, ...] = field(repr=False)
    answers: tuple[Line, ...] = field(repr=False)
    files: tuple[FileLine, ...] = field(repr=False)
    withheld: int

    @property
    def holds_more(self) -> bool:
        """Whether a picture is here of which no copy is attached."""
        return any(file.is_picture and not file.attached for file in self.files)


@dataclass(frozen=True, kw_only=True)
class Original:
    """What stands beside the summary form: the original when it is open, else how to open it."""

    matter: Matter
    may_read: bool
    may_reveal: bool
    has_receipt: bool
    questions: tuple[Line, ...] = ()
    account: Account | None = None
    sentence: str = ""

    @property
    def takes_copies(self) -> bool:
        """Whether a picture may still be passed on as an attachment."""
        return self.matter.is_open

    @property
    def code(self) -> str:
        """The matter as it stands in addresses."""
        return to_code(self.matter.pk)


def open_account(matter: Matter, *, private: PrivateKey, by: Actor, now: datetime) -> Account:
    """Open the words, answers and pictures of a matter, logged; NotFound, NotYours, Unopenable."""
    _require(matter, Purpose.ACCOUNT, by=by)
    _log(matter, Purpose.ACCOUNT, part="all", reason=ACCOUNT_REASON, by=by, now=now)
    sealed = there(matter)
    mine = {one.part: one for one in sealed.filter(purpose=Purpose.ACCOUNT.value).order_by("id")}
    theirs = sealed.filter(purpose=Purpose.IDENTITY.value, part__contains="file-")
    words = mine.get("words")
    lines = _lines(words, private) if words else ()
    files = [one for part, one in mine.items() if "file-" in part]
    copies = {part: one.name for part, one in copies_of_sealed(matter.pk).items()} if files else {}
    return Account(
        lines=lines,
        answers=tuple(_answers(matter, private)),
        files=tuple(_file_line(one, private, attached=copies.get(one.part, "")) for one in files),
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
    envelope = there(matter).filter(purpose=Purpose.IDENTITY.value, part="who").first()
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
    held = there(matter).filter(purpose=Purpose.ACCOUNT.value, part=envelope.part).first()
    if held is not None:
        return held
    _log(matter, Purpose.IDENTITY, part=envelope.part, reason=stated, by=by, now=now)
    plain = take_out(envelope, private=private)
    ring = key_ring_of(matter, now=now)
    with turn_to_write(), transaction.atomic():
        return put(
            plain, purpose=Purpose.ACCOUNT, matter=matter, part=envelope.part, ring=ring, now=now
        )


def original_for(request: HttpRequest, matter: Matter) -> "Original | None":
    """The sealed original as the signed-in person may see it on a matter's page.

    None when nothing is sealed here or no role of his opens any of it. With the desk's key open,
    this opens the account, and the reading is logged.
    """
    by = actor_from(request)
    mine = purposes_of(by)
    if not mine or not there(matter).exists():
        return None
    private = session_key(request, Purpose.ACCOUNT) if Purpose.ACCOUNT in mine else None
    found = Original(
        matter=matter,
        may_read=Purpose.ACCOUNT in mine,
        may_reveal=Purpose.IDENTITY in mine,
        has_receipt=Receipt.objects.filter(matter=matter).exists(),
        questions=tuple(_questions(matter)),
    )
    if private is None:
        return found
    try:
        account = open_account(matter, private=private, by=by, now=now())
    except KeyRefused as refusal:
        return replace(found, sentence=refusal.sentence)
    return replace(found, account=account)


def withheld_files(matter: Matter, *, by: Actor) -> tuple[HeldFile, ...]:
    """Originals and recordings that lie with the custodian; their names are sealed too."""
    _require(matter, Purpose.IDENTITY, by=by)
    files = there(matter).filter(part__contains="file-").order_by("id")
    desk = {one.part for one in files if one.purpose == Purpose.ACCOUNT.value}
    return tuple(
        HeldFile(envelope_id=one.pk, desk_has_copy=one.part in desk)
        for one in files
        if one.purpose == Purpose.IDENTITY.value
    )


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
    found = there(matter).filter(pk=envelope_id, part__contains="file-").first()
    if found is None:
        raise NotFound
    return found


def _lines(envelope: Envelope, private: PrivateKey) -> tuple[Line, ...]:
    texts = text_from(take_out(envelope, private=private))
    return tuple(Line(label=label, text=text) for label, text in texts.items() if text)


def _answers(matter: Matter, private: PrivateKey) -> list[Line]:
    found = Message.objects.filter(matter=matter, envelope__in=there(matter))
    lines = []
    for message in found.select_related("envelope").order_by("id"):
        if message.envelope is not None:
            label = f"{today(message.at):%Y-%m-%d} 补充"
            lines += [
                Line(label=label, text=line.text) for line in _lines(message.envelope, private)
            ]
    return lines


def _questions(matter: Matter) -> list[Line]:
    found = Message.objects.filter(matter=matter, direction=Message.Direction.FROM_OFFICE)
    found = found.exclude(text="")
    return [Line(label=f"{moment(one.at)} 询问", text=one.text) for one in found.order_by("id")]


def _file_line(envelope: Envelope, private: PrivateKey, *, attached: str) -> FileLine:
    file = file_from(take_out(envelope, private=private))
    size = len(file.data)
    return FileLine(
        envelope_id=envelope.pk, name=file.name, mime=file.mime, size=size, attached=attached
    )
