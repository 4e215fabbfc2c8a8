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


class AlreadySent(Exception):  # noqa: N818 - an expected answer, not an error
    """This very form was taken before."""


@dataclass(frozen=True, kw_only=True)
class KeptReceipt:
    """What is shown once more."""

    number: str
    code: str = field(repr=False)
    at: datetime


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


def keep_receipt(
    form: SentForm, *, ticket: str, number: str, code: str, content: bytes = b""
) -> None:
    """Seal the receipt under the ticket and what was sent; call it where the form is taken."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    told = f"{number}\n{code}".encode()
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
    sealed = bytes(form.sealed)
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        told = AESGCM(_key(ticket, content)).decrypt(nonce, rest, bytes(form.mark)).decode()
    except InvalidTag:
        return None  # something else was sent, or the row was tampered with: nothing to show
    number, _, code = told.partition("\n")
    return KeptReceipt(number=number, code=code, at=form.sent_at)


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
