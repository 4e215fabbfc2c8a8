"""Putting sealed bytes away and taking them out again: small ones in the row, others as files."""

from datetime import datetime

from django.db.models import QuerySet

from bihuan.leads.key_ring import KeyRing
from bihuan.leads.keys import PrivateKey
from bihuan.leads.models import Envelope
from bihuan.leads.sealed_content import text_bytes
from bihuan.leads.sealing import Purpose, context_of, open_sealed, seal
from bihuan.matters import files
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter

INLINE_BYTES_MAX = 16 * 1024


def put(
    plaintext: bytes,
    *,
    purpose: Purpose,
    matter: Matter,
    part: str,
    ring: KeyRing,
    now: datetime,
) -> Envelope:
    """Seal for the recipients of a purpose and keep; call it inside a transaction."""
    context = context_of(purpose, matter=to_code(matter.pk), part=part)
    sealed = seal(plaintext, recipients=ring.of(purpose), context=context)
    is_small = len(sealed) <= INLINE_BYTES_MAX
    return Envelope.objects.create(
        matter=matter,
        purpose=purpose.value,
        part=part,
        inline=sealed if is_small else b"",
        digest="" if is_small else files.keep(sealed),
        created_at=now,
    )


def put_told(
    *, who: dict[str, str], words: dict[str, str], matter: Matter, ring: KeyRing, now: datetime
) -> None:
    """Labelled texts of a tip-off: who he is for the custodian, what he says for the desk.

    What he left empty is not kept, and with nothing left no envelope is.
    """
    for purpose, part, told in (
        (Purpose.IDENTITY, "who", who),
        (Purpose.ACCOUNT, "words", words),
    ):
        given = {label: text for label, text in told.items() if text}
        if given:
            sealed = text_bytes(given)
            put(sealed, purpose=purpose, matter=matter, part=part, ring=ring, now=now)


def there(matter: Matter) -> QuerySet[Envelope]:
    """The envelopes of a matter that weren't destroyed."""
    return Envelope.objects.filter(matter=matter, destroyed_at=None)


def take_out(envelope: Envelope, *, private: PrivateKey) -> bytes:
    """The plaintext; raises Unopenable. Whoever calls this has logged the reading before."""
    context = context_of(
        Purpose(envelope.purpose), matter=to_code(envelope.matter_id), part=envelope.part
    )
    sealed = files.read(envelope.digest) if envelope.digest else bytes(envelope.inline)
    return open_sealed(sealed, private=private, context=context)
