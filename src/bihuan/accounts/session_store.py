"""Sessions whose key is with the browser alone: the database holds a digest of it.

Whoever reads the database, or a copy of it, can't take a session over. A key is 165 random bits,
so that a plain digest can't be tried back. Only what isn't `async` is worded here: nothing of
ours awaits a session.
"""

import hashlib
from datetime import datetime
from typing import Any, override

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from bihuan.database.prepared import prepared

ROW_KEY_LENGTH = 40  # what the column holds: 160 bits


def row_key(session_key: str | None) -> str:
    """What the database calls the session of a browser."""
    digest = hashlib.sha256(b"bihuan session 1 " + (session_key or "").encode())
    return digest.hexdigest()[:ROW_KEY_LENGTH]


class SessionStore(db.SessionStore):
    """Django's sessions in the database, found by the digest of their key."""

    @override
    def load(self) -> dict[str, Any]:
        """What the session holds; empty when there is none of this key."""
        kept = _held.first(row_key(self.session_key), timezone.now())
        if kept is None:
            self._session_key = None
            return {}
        return self.decode(kept)

    @override
    def exists(self, session_key: str) -> bool:
        """Whether a key is taken."""
        return super().exists(row_key(session_key))

    @override
    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row that is written."""
        row = super().create_model_instance(data)
        row.session_key = row_key(row.session_key)
        return row

    @override
    def delete(self, session_key: str | None = None) -> None:
        """Take a session away, one's own unless another is named."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(row_key(key))


@prepared
def _held(key: str, now: datetime) -> QuerySet[Session, str]:
    alive = Session.objects.filter(session_key=key, expire_date__gt=now)
    return alive.values_list("session_data", flat=True)
