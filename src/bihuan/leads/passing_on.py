"""A sealed picture passed on: who may open it has looked at it, and attaches a copy of its pixels.

The picture that is sealed stays as it is; an original or a recording never leaves this way.
"""

from dataclasses import dataclass, field
from datetime import datetime

from bihuan.accounts.actors import Actor
from bihuan.documents.personal_data import find_personal_data, summary_findings
from bihuan.documents.uploads import viewing_copy
from bihuan.leads import custody
from bihuan.leads.envelopes import there
from bihuan.leads.key_ring import HOLDERS, purposes_of
from bihuan.leads.keys import PrivateKey
from bihuan.leads.models import Envelope
from bihuan.leads.sealed_content import StoredFile
from bihuan.leads.sealing import Purpose
from bihuan.matters.attachments import SealedPart, attach, copies_of_sealed, require_place
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Attachment, Matter
from bihuan.matters.refusals import Incomplete, NotFound, NotYours

NAME, CHECKED = "name", "checked"
NAME_MAX = 40
PASSED_ON_REASON = "存为附件"
PICTURES = ("image/jpeg", "image/png")
CHECK = "已看过，画面里没有能认出举报人的内容"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the clerk sent: the name he gives the copy, and whether he ticked that he looked."""

    name: str = field(repr=False)
    is_checked: bool


def require_reader(by: Actor) -> None:
    """Raise NotYours unless a role of the actor's opens the account."""
    if Purpose.ACCOUNT not in purposes_of(by):
        raise NotYours("密封的照片只能由接件员、行动办存为附件。")


def picture_part(envelope_id: int, *, matter: Matter) -> Envelope:
    """The sealed file of a desk's account that may be a picture; NotFound for all else."""
    files = there(matter).filter(purpose=Purpose.ACCOUNT.value)
    found = files.filter(pk=envelope_id, part__contains="file-").first()
    if found is None:
        raise NotFound
    return found


def copy_of(part: Envelope) -> Attachment | None:
    """The attachment that is the copy of this part already."""
    return copies_of_sealed(part.matter_id).get(part.part)


def suggested_name(part: Envelope) -> str:
    """A name that tells nothing but the picture's place among the lead's files."""
    files = Envelope.objects.filter(matter_id=part.matter_id, purpose=part.purpose)
    number = files.filter(part__contains="file-", pk__lte=part.pk).count()
    return f"举报照片{number}.jpg"


def require_may(matter: Matter, *, by: Actor, now: datetime) -> None:
    """Raise NotYours or Refused unless the actor may pass on pictures of this lead now."""
    case = Case(matter=matter, loop=catalog().loop(matter.kind), by=by, now=now, facts={})
    require_place(case, _sealed(""))


def open_picture(
    part: Envelope,
    *,
    matter: Matter,
    private: PrivateKey,
    by: Actor,
    now: datetime,
    reason: str = custody.ACCOUNT_REASON,
) -> StoredFile:
    """The picture to look at, logged; NotFound when it is a recording."""
    file = custody.open_file(part.pk, matter=matter, private=private, by=by, now=now, reason=reason)
    if file.mime not in PICTURES:
        raise NotFound
    return file


def pass_on(
    part: Envelope, sent: Sent, *, matter: Matter, private: PrivateKey, by: Actor, now: datetime
) -> Attachment:
    """Attach a copy of a sealed picture, re-encoded once more; the reading is logged once.

    What was passed on before, by whomever, is the one that is there. Raises NotFound, NotYours,
    Refused for a closed lead, Incomplete for the name or the missing tick.
    """
    require_may(matter, by=by, now=now)
    name = _checked(sent)
    known = copy_of(part)
    if known is not None:
        return known
    file = open_picture(
        part, matter=matter, private=private, by=by, now=now, reason=PASSED_ON_REASON
    )
    data, _mime = viewing_copy(file.data)
    return attach(matter.pk, data, name, by=by, now=now, copy_of=_sealed(part.part))


def _sealed(part: str) -> SealedPart:
    return SealedPart(name=part, roles=HOLDERS[Purpose.ACCOUNT])


def _checked(sent: Sent) -> str:
    """The name without needless spaces; tells all that is wrong at once."""
    name = " ".join(sent.name.split())
    faults: dict[str, str] = {}
    if not name:
        faults[NAME] = "请写附件名称，例如：举报照片1.jpg"
    elif len(name) > NAME_MAX:
        faults[NAME] = f"附件名称最多 {NAME_MAX} 字，现有 {len(name)} 字，请写短一些"
    elif marks := find_personal_data(name):
        faults[NAME] = f"附件名称里{summary_findings(marks)}"
    if not sent.is_checked:
        faults[CHECKED] = f"请看过照片，再勾选“{CHECK}”；能认出的，不要存为附件"
    if faults:
        raise Incomplete("；".join(faults.values()), fields=faults)
    return name
