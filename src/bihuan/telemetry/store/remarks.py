"""What a commit says beside its rows, as text: files that came, definitions, rejections."""

import base64
import json
import zlib
from dataclasses import fields
from operator import attrgetter

from bihuan.telemetry.store.commits import Delivery, Refused, Told

_DELIVERY = tuple(one.name for one in fields(Delivery))
_cells = attrgetter(*_DELIVERY)
type Remarks = tuple[tuple[Delivery, ...], tuple[Told, ...], tuple[Refused, ...]]


def text_of(remarks: Remarks) -> str:
    """ASCII: bytes of a path that are no UTF-8 stay what they are."""
    deliveries, definitions, refused = remarks
    said = [[_cells(one) for one in deliveries], definitions, refused]
    return json.dumps(said, separators=(",", ":"))


def remarks_of(text: str) -> Remarks:
    """What `text_of` wrote; `ValueError` when it isn't that."""
    deliveries, definitions, refused = json.loads(text)
    return (
        tuple(Delivery(**dict(zip(_DELIVERY, one, strict=True))) for one in deliveries),
        tuple(told_of(one) for one in definitions),
        tuple(Refused(*one) for one in refused),
    )


def told_of(one: list[object]) -> Told:
    """A definition of what JSON has: lists are tuples again."""
    point, moment, order, fields = one
    return Told(point, moment, tuple(order), tuple(fields))  # type: ignore[arg-type]


def squeezed(text: str) -> str:
    """The same as short text."""
    return base64.b64encode(zlib.compress(text.encode(), 1)).decode()


def expanded(text: str) -> str:
    """What was squeezed; `ValueError` when it is damaged."""
    try:
        return zlib.decompress(base64.b64decode(text, validate=True)).decode()
    except zlib.error as error:
        raise ValueError(f"damaged remarks: {error}") from error
