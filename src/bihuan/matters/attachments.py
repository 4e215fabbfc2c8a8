"""Attach a file to a matter: typed by content, kept once, named in the trail with its digest."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.accounts.actors import CLOCK, Actor
from bihuan.documents.uploads import FileKind, RefusedFile, inspect, viewing_copy
from bihuan.language.loop import Step
from bihuan.matters import files, journal, trail
from bihuan.matters.case import Case
from bihuan.matters.engine import lock, settle
from bihuan.matters.holds import HOLD_STEP
from bihuan.matters.locking import look
from bihuan.matters.models import Attachment, Entry
from bihuan.matters.permission import why_not
from bihuan.matters.record_files import NO_ROOM
from bihuan.matters.refusals import Incomplete, NoRoom, NotYours, Refused
from bihuan.matters.writing import engine_writes

ATTACHED = "attach"
FILES_MAX = 200  # of one matter


@dataclass(frozen=True, kw_only=True)
class SealedPart:
    """A sealed part of a matter of which a copy is attached, and the roles that may open it."""

    name: str
    roles: tuple[str, ...]


def attach(
    matter_id: int,
    data: bytes,
    name: str,
    *,
    by: Actor,
    now: datetime,
    copy_of: SealedPart | None = None,
) -> Attachment:
    """Keep a file of a matter; the trail records its name and digest.

    The same file sent again by the same person, while nobody else has acted since, is the one
    that is kept already: a button pressed twice or an answer that got lost adds nothing. Of a
    sealed part there is one copy, whoever sends it; the trail names the part.
    Raises NotFound outside the actor's scope, NotYours when no step here is his, Incomplete when
    the file can't be taken, with the reason, NoRoom when the disk is nearly full.
    """
    # Asked before a byte is kept, so that who may not leaves no file behind; and asked again below.
    _require(look(matter_id, by=by, now=now), data, name, copy_of=copy_of)
    kind, view = _looked_at(data, name)
    digest = files.keep(data)
    view_digest = files.keep(view) if view else ""
    with engine_writes():
        case = lock(matter_id, by=by, now=now)
        settle(case)
        known = _known(case, digest, copy_of)
        if known is not None:
            return known
        require_place(case, copy_of)
        before, facts_before = journal.columns_of(case.matter), dict(case.facts)
        kept = Attachment.objects.create(
            matter=case.matter,
            digest=digest,
            name=kind.safe_name[:120],
            mime=kind.mime,
            size=len(data),
            view_digest=view_digest,
            uploaded_by_id=by.user_id or None,
            uploaded_at=now,
        )
        case.matter.moved_at = max(case.matter.moved_at, now)
        journal.write_line(
            case,
            step=ATTACHED,
            before=before,
            facts_before=facts_before,
            extra=_told(kept) | ({"copy_of": copy_of.name} if copy_of else {}),
        )
    return kept


def may_attach(case: Case) -> bool:
    """Whether the actor may take some step from this stage, and so add what belongs to it."""
    matter = case.matter
    return any(
        case.by.may(step.by, unit_id=matter.unit_id, path=matter.path_ids) for step in _steps(case)
    )


def copies_of_sealed(matter_id: int) -> dict[str, Attachment]:
    """Attachments that are copies of sealed parts, by the name of the part, as the trail tells."""
    entries = Entry.objects.filter(matter_id=matter_id, step=ATTACHED).order_by("seq")
    told = [
        trail.from_bytes(bytes(body)).changes for body in entries.values_list("body", flat=True)
    ]
    digests = {one["copy_of"]: one["files"][0]["digest"] for one in told if "copy_of" in one}
    if not digests:
        return {}
    kept = Attachment.objects.filter(matter_id=matter_id, digest__in=digests.values())
    found = {one.digest: one for one in kept.order_by("-id")}
    return {part: found[digest] for part, digest in digests.items() if digest in found}


def require_place(case: Case, copy_of: SealedPart | None = None) -> None:
    """Raise NotYours or Refused unless the actor may add a file here.

    A copy of a sealed part is added by who may open it, in every stage of an open matter.
    """
    if copy_of is not None:
        _require_holder(case, copy_of)
    elif not may_attach(case):
        roles = dict.fromkeys(role for step in _steps(case) for role in step.by)
        raise NotYours(f"这一环节的附件须由{why_not(roles)}上传。")
    if Attachment.objects.filter(matter=case.matter).count() >= FILES_MAX:
        raise Refused(f"每一事项最多 {FILES_MAX} 个附件，请合并为压缩包后再上传。")


def _require(case: Case, data: bytes, name: str, *, copy_of: SealedPart | None) -> None:
    """Raise NotYours, Refused or Incomplete unless the file is here already or may come."""
    if _known(case, hashlib.sha256(data).hexdigest(), copy_of) is not None:
        return
    require_place(case, copy_of)
    if not files.has_room_for(2 * len(data)):  # a picture has its viewing copy
        sentence = NO_ROOM.format(_shown(name))
        raise NoRoom(sentence, fields={"file": sentence})


def _told(kept: Attachment) -> dict[str, Any]:
    """What the trail says of a file."""
    file = {"name": kept.name, "digest": kept.digest, "size": kept.size, "mime": kept.mime}
    return {"files": [file | {"view": kept.view_digest}]}


def _require_holder(case: Case, part: SealedPart) -> None:
    matter = case.matter
    if not case.by.may(part.roles, unit_id=matter.unit_id, path=matter.path_ids):
        raise NotYours(f"密封的照片须由{why_not(part.roles)}存为附件。")
    if not matter.is_open:
        raise Refused(f"这一事项已是“{case.loop.stage(matter.stage).label}”，照片不再存为附件。")


def _known(case: Case, digest: str, copy_of: SealedPart | None) -> Attachment | None:
    if copy_of is None:
        return _sent_before(case, digest)
    return copies_of_sealed(case.matter.pk).get(copy_of.name)


def _sent_before(case: Case, digest: str) -> Attachment | None:
    mine = Attachment.objects.filter(
        matter=case.matter, digest=digest, uploaded_by_id=case.by.user_id or None
    )
    known = mine.order_by("-id").first()
    if known is None:
        return None
    others = Entry.objects.filter(matter_id=case.matter.pk, recorded_at__gt=known.uploaded_at)
    is_news = others.exclude(actor_id__in=(case.by.user_id, CLOCK.user_id)).exists()
    return None if is_news else known


def _steps(case: Case) -> tuple[Step, ...]:
    """What is done about the matter; its hold bears its own paper."""
    steps = case.loop.steps_from(case.matter.stage)
    return tuple(step for step in steps if step.key != HOLD_STEP)


def _looked_at(data: bytes, name: str) -> tuple[FileKind, bytes]:
    try:
        kind = inspect(data, name=name)
        return kind, viewing_copy(data)[0] if kind.kind == "image" else b""
    except RefusedFile as refused:
        sentence = f"“{_shown(name)}”没有收下：{refused}"
        raise Incomplete(sentence, fields={"file": sentence}) from refused


def _shown(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", maxsplit=1)[-1][:60] or "未命名"
