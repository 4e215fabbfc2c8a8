"""Ordering long work, cancelling it, looking at one's own."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.turns import turn_to_write
from bihuan.jobs import folders
from bihuan.jobs.kinds import kind_of
from bihuan.jobs.models import Job
from bihuan.matters.refusals import Refused

UNFINISHED = (Job.State.WAITING, Job.State.RUNNING)
UNFINISHED_MAX = 5  # of one person
SHOWN_MAX = 50


def ask(
    kind: str,
    asked: Mapping[str, Any],
    *,
    title: str,
    by: Actor,
    now: datetime,
    data: bytes | None = None,
) -> Job:
    """Put work in the queue; the same order, while it is unfinished, is the job that it made.

    `data` is a file that is sent along. Raises Refused where the person may not, or has too much
    waiting already.
    """
    kind_of(kind).check(by, asked)
    digest = _digest(kind, asked, data)
    known = _same(digest, by=by)
    if known is not None:
        return known
    if _unfinished(by).count() >= UNFINISHED_MAX:
        raise Refused(f"您已有 {UNFINISHED_MAX} 项后台任务没有完成，请等其中一项完成或取消后再办。")
    code = secrets.token_hex(16)
    if data is not None:
        folders.keep_input(code, data)
    try:
        with turn_to_write(), transaction.atomic():
            return Job.objects.create(
                code=code,
                user_id=by.user_id,
                kind=kind,
                title=title[:120],
                asked=dict(asked),
                asked_digest=digest,
                asked_at=now,
            )
    except IntegrityError:  # pressed twice: the other press was a little faster
        folders.forget(code)
        known = _same(digest, by=by)
        if known is None:
            raise
        return known


def cancel(job: Job, *, now: datetime) -> None:
    """What waits is over at once; what runs is told, and ends within a second or so."""
    with turn_to_write(), transaction.atomic():
        mine = Job.objects.filter(pk=job.pk)
        waiting = mine.filter(state=Job.State.WAITING, attempts=0).update(
            state=Job.State.CANCELLED,
            ended_at=now,
            words="还没有开始就取消了，什么也没有做。",
        )
        mine.filter(state__in=UNFINISHED).update(is_cancelled=True)
    if waiting:
        folders.forget_input(job.code)


def jobs_of(by: Actor) -> QuerySet[Job]:
    """The person's own jobs, newest first."""
    return Job.objects.filter(user_id=by.user_id).order_by("-id")[:SHOWN_MAX]


def own_job(code: str, *, by: Actor) -> Job | None:
    """A job of one's own; nobody else's exists."""
    return Job.objects.filter(user_id=by.user_id, code=code).first()


def _unfinished(by: Actor) -> QuerySet[Job]:
    return Job.objects.filter(user_id=by.user_id, state__in=UNFINISHED)


def _same(digest: str, *, by: Actor) -> Job | None:
    return _unfinished(by).filter(asked_digest=digest).first()


def _digest(kind: str, asked: Mapping[str, Any], data: bytes | None) -> str:
    told = json.dumps([kind, asked], ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(told + b"\0" + hashlib.sha256(data or b"").digest()).hexdigest()
