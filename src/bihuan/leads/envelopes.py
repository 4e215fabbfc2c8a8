"""Putting sealed bytes away and taking them out again: small ones in the row, others as files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing to be sealed: for whom, under which name."""

    purpose: Purpose
    part: str
    plaintext: bytes = field(repr=False)


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
    told = Part(purpose=purpose, part=part, plaintext=plaintext)
    return put_part(told, matter=matter, ring=ring, now=now)


def put_part(told: Part, *, matter: Matter, ring: KeyRing, now: datetime) -> Envelope:
    """Seal one part and keep it; call it inside a transaction."""
    sealed = sealed_part(told, matter_id=matter.pk, ring=ring)
    return put_sealed(sealed, purpose=told.purpose, matter_id=matter.pk, part=told.part, now=now)


def sealed_part(told: Part, *, matter_id: int, ring: KeyRing) -> bytes:
    """Sealed bytes, bound to a matter that may stand in another database than this."""
    context = context_of(told.purpose, matter=to_code(matter_id), part=told.part)
    return seal(told.plaintext, recipients=ring.of(told.purpose), context=context)


def put_sealed(
    sealed: bytes, *, purpose: Purpose, matter_id: int, part: str, now: datetime
) -> Envelope:
    """Keep what is sealed already; call it inside a transaction."""
    return Envelope.objects.create(
        matter_id=matter_id, purpose=purpose.value, part=part, created_at=now, **stored(sealed)
    )


def stored(sealed: bytes) -> dict[str, Any]:
    """The columns that hold sealed bytes: a small one stands in the row, another as a file."""
    is_small = len(sealed) <= INLINE_BYTES_MAX
    return {
        "inline": sealed if is_small else b"",
        "digest": "" if is_small else files.keep(sealed),
    }


def put_told(
    *, who: dict[str, str], words: dict[str, str], matter: Matter, ring: KeyRing, now: datetime
) -> None:
    """Seal and keep the labelled texts of a tip-off."""
    for told in told_parts(who=who, words=words):
        put_part(told, matter=matter, ring=ring, now=now)


def told_parts(*, who: dict[str, str], words: dict[str, str]) -> Iterator[Part]:
    """Labelled texts of a tip-off: who he is for the custodian, what he says for the desk.

    What he left empty is not kept, and with nothing left no envelope is.
    """
    for purpose, part, told in (
        (Purpose.IDENTITY, "who", who),
        (Purpose.ACCOUNT, "words", words),
    ):
        given = {label: text for label, text in told.items() if text}
        if given:
            yield Part(purpose=purpose, part=part, plaintext=text_bytes(given))


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
