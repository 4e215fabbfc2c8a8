"""What a package brought, after its signature was checked: head, sender and records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bihuan.exchange.models import Peer
from bihuan.exchange.packages import Head, Record


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A checked package as it is taken."""

    head: Head
    peer: Peer
    now: datetime
    records: Iterator[Record]
