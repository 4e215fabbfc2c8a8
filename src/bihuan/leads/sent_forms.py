"""A public form is taken once: sent again, it is answered again and not taken again.

Networks lose answers. A tip-off whose receipt got lost has been taken, and without the code its
reporter has no way back; so the same form sent again shows the same receipt, for a few minutes
and until the reporter says that the code is noted. The ticket in the form is what proves that it
is the same form. The database holds a keyed digest of the ticket and the receipt sealed under a
key that only ticket and server secret give together: whoever holds the database, or database and
disk, opens nothing, because the ticket exists in the sender's page alone.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction

from bihuan.database.turns import turn_to_write
from bihuan.leads.models import SentForm
from bihuan.leads.tickets import VALID_FOR, ticket_secret

SHOWN_FOR = timedelta(minutes=10)
NONCE_BYTES = 12
WAYS = ("named", "reply", "phrase")  # a name was left, a call was asked for, a claim password set


class AlreadySent(Exception):  # noqa: N818 - an expected answer, not an error
    """This very form was taken before."""


@dataclass(frozen=True, kw_only=True)
class KeptReceipt:
    """What is shown once more; `ways` are those of WAYS that the reporter chose."""

    number: str
    code: str = field(repr=False)
    at: datetime
    ways: frozenset[str] = field(default=frozenset(), repr=False)


@contextmanager
def taken_once(ticket: str, *, now: datetime) -> Iterator[SentForm]:
    """Take a form in the block, all or nothing; raises AlreadySent when it was taken before.

    Of two that come together the second waits for the first, and is new if that one fails.
    """
    with turn_to_write(), transaction.atomic():
        try:
            with transaction.atomic():
                form = SentForm.objects.create(mark=_mark(ticket), sent_at=now)
        except IntegrityError:
            raise AlreadySent from None
        yield form


def keep_receipt(form: SentForm, given: KeptReceipt, *, ticket: str, content: bytes = b"") -> None:
    """Seal the receipt under the ticket and what was sent; call it where the form is taken.

    Every choice takes the same room, so that the length of what is sealed tells none.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    chosen = "".join("1" if way in given.ways else "0" for way in WAYS)
    told = f"{given.number}\n{given.code}\n{chosen}".encode()
    sealed = AESGCM(_key(ticket, content)).encrypt(nonce, told, bytes(form.mark))
    form.sealed = nonce + sealed
    form.save(update_fields=["sealed"])


def was_sent(ticket: str) -> bool:
    """Whether this form was taken before."""
    return SentForm.objects.filter(mark=_mark(ticket)).exists()


def receipt_again(ticket: str, *, now: datetime, content: bytes = b"") -> KeptReceipt | None:
    """The receipt of a form that was taken, while it may be shown, to who sends the same again."""
    form = SentForm.objects.filter(mark=_mark(ticket), sent_at__gt=now - SHOWN_FOR).first()
    if form is None or not form.sealed:
        return None
    nonce, sealed = bytes(form.sealed[:NONCE_BYTES]), bytes(form.sealed[NONCE_BYTES:])
    try:
        told = AESGCM(_key(ticket, content)).decrypt(nonce, sealed, bytes(form.mark)).decode()
    except InvalidTag:
        return None  # something else was sent, or the row was tampered with: nothing to show
    number, code, *rest = told.split("\n")
    chosen = rest[0] if rest else ""  # a receipt of the version before says nothing of it
    ways = frozenset(way for way, mark in zip(WAYS, chosen, strict=False) if mark == "1")
    return KeptReceipt(number=number, code=code, at=form.sent_at, ways=ways)


def stop_showing(ticket: str) -> None:
    """The reporter has noted the code: it is not shown again."""
    SentForm.objects.filter(mark=_mark(ticket)).update(sealed=b"")


def forget_old(*, now: datetime) -> None:
    """Drop receipts that are no longer shown, and forms whose ticket is no longer taken."""
    SentForm.objects.filter(sent_at__lte=now - VALID_FOR - SHOWN_FOR).delete()
    shown = SentForm.objects.filter(sent_at__lte=now - SHOWN_FOR)
    shown.exclude(sealed=b"").update(sealed=b"")


def _mark(ticket: str) -> bytes:
    return hmac.digest(ticket_secret(), b"bihuan sent form 1 mark " + _plain(ticket), "sha256")


def _key(ticket: str, content: bytes) -> bytes:
    sealed_by = b"bihuan sent form 2 seal " + hashlib.sha256(content).digest() + _plain(ticket)
    return hmac.digest(ticket_secret(), sealed_by, "sha256")


def _plain(ticket: str) -> bytes:
    """The bytes of a ticket, which can be written in more ways than one."""
    try:
        return base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
    except (binascii.Error, ValueError):
        return ticket.encode("utf-8", "replace")
