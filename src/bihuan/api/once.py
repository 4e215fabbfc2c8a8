"""A request with an Idempotency-Key acts once: sent again, it gets the same answer."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from ninja.responses import Status

from bihuan.api.models import KeptAnswer
from bihuan.api.problems import Problem
from bihuan.database.turns import turn_to_write

KEPT_FOR = timedelta(hours=24)
KEY_MAX = 80
KEY_MIN = 22  # of who has no account: 128 bits as base64, not met by chance
HEADER = "Idempotency-Key"
type Answer = dict[str, Any]


def answer_once(
    request: HttpRequest, *, user_id: int, now: datetime, act: Callable[[], Answer], status: int
) -> Status[Answer]:
    """Act and keep the answer in one transaction; a refusal is not kept, it wrote nothing."""
    key = request.headers.get(HEADER, "")
    if not key:
        return Status(status, act())
    if len(key) > KEY_MAX or not key.isascii() or not key.isprintable():
        sentence = f"{HEADER} 头应是不超过 {KEY_MAX} 个字符的英文、数字。"
        raise Problem(400, sentence)
    mark = _fingerprint(request)
    try:
        with turn_to_write(), transaction.atomic():
            return _acted(key, mark, user_id=user_id, now=now, act=act, status=status)
    except IntegrityError:
        kept = KeptAnswer.objects.filter(user_id=user_id, key=key).first()
        if kept is None:
            raise
        return _again(kept, mark)


def forget_old(*, now: datetime) -> None:
    """Drop kept answers that are too old to be given again, whoever they were kept for."""
    KeptAnswer.objects.filter(made_at__lt=now - KEPT_FOR).delete()


def _acted(
    key: str,
    mark: bytes,
    *,
    user_id: int,
    now: datetime,
    act: Callable[[], Answer],
    status: int,
) -> Status[Answer]:
    mine = KeptAnswer.objects.filter(user_id=user_id)
    mine.filter(made_at__lt=now - KEPT_FOR).delete()
    # The row goes in first, and only once: of two that come together, the second waits here.
    kept = KeptAnswer.objects.create(
        user_id=user_id, key=key, fingerprint=mark, status=status, made_at=now
    )
    content = act()
    KeptAnswer.objects.filter(pk=kept.pk).update(content=content)
    return Status(status, content)


def _again(kept: KeptAnswer, mark: bytes) -> Status[Answer]:
    if bytes(kept.fingerprint) != mark:
        sentence = f"这个 {HEADER} 已用于另一个请求，请换一个。"
        raise Problem(422, sentence, fields={HEADER: sentence})
    return Status(kept.status, kept.content)


def _fingerprint(request: HttpRequest) -> bytes:
    sent = f"{request.method} {request.path}\n".encode() + request.body
    return hashlib.sha256(sent).digest()
