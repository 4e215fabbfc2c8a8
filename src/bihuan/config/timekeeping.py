"""Whether the server's clock can be believed: against a time source, and against what is on file.

A time source is asked only where one is set (BIHUAN_TIME_SOURCE); nothing here needs a network.
"""

import socket
import struct
import time
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from bihuan.accounts.models import AuditLine, SignIn
from bihuan.matters.models import Entry, Matter, Outbox, Seal

TOLERANCE: Final = timedelta(minutes=1)
PORT: Final = 123
_PACKET = struct.Struct(">BBbb11I")
_SINCE_1900_S: Final = 2_208_988_800
_ASK: Final = 0x23  # no warning, version 4, client
_SERVER_MODE: Final = 4
_UNSYNCHRONISED: Final = 3
_STRATUM_MAX: Final = 15
_RECENT: Final = 50  # matters whose entries are read to find the newest moment


class NoTime(Exception):  # noqa: N818 - an expected answer, not an error
    """The time source gave no usable answer."""


def offset_of(source: str, *, timeout_s: float = 2.0) -> timedelta:
    """How far the source is ahead of our clock, by one SNTP question (RFC 4330); NoTime."""
    host, _, port = source.partition(":")
    asked = time.time()
    mark = (int(asked) + _SINCE_1900_S, int(asked % 1 * 2**32))
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.settimeout(timeout_s)
            way.connect((host, int(port or PORT)))
            way.send(_PACKET.pack(_ASK, 0, 0, 0, *[0] * 9, *mark))
            reply = way.recv(512)
    except (OSError, ValueError) as error:
        raise NoTime(type(error).__name__) from error
    return timedelta(seconds=_offset_s(reply, asked=asked, got=time.time(), mark=mark))


def newest_on_file() -> datetime | None:
    """The newest moment that a row vouches for; each part is one look at the end of an index.

    Entries of the newest matters, seals, sign-ins, acts of administration, messages sent.
    """
    newest_matters = Matter.objects.order_by("-pk").values_list("pk", flat=True)[:_RECENT]
    entries = Entry.objects.filter(matter_id__in=list(newest_matters))
    moments = [
        entries.aggregate(newest=Max("recorded_at"))["newest"],
        Seal.objects.order_by("-day").values_list("sealed_at", flat=True).first(),
        SignIn.objects.order_by("-pk").values_list("at", flat=True).first(),
        AuditLine.objects.order_by("-pk").values_list("at", flat=True).first(),
        Outbox.objects.order_by("-pk").values_list("created_at", flat=True).first(),
    ]
    return max((moment for moment in moments if moment), default=None)


def _offset_s(reply: bytes, *, asked: float, got: float, mark: tuple[int, int]) -> float:
    """Half the sum of both ways' differences."""
    if len(reply) < _PACKET.size:
        raise NoTime("short answer")
    head, stratum, _poll, _precision, *words = _PACKET.unpack_from(reply)
    is_usable = head & 7 == _SERVER_MODE and head >> 6 != _UNSYNCHRONISED
    if not is_usable or not 1 <= stratum <= _STRATUM_MAX or tuple(words[5:7]) != mark:
        raise NoTime("not an answer to our question")
    received, sent = (_seconds(*words[at : at + 2]) for at in (7, 9))
    return ((received - asked) + (sent - got)) / 2


def _seconds(whole: int, fraction: int) -> float:
    return whole - _SINCE_1900_S + fraction / 2**32
