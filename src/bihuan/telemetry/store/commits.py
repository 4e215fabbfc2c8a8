"""What is committed together: the readings of some files as rows, and what else they said.

A commit is complete in itself: whoever has all commits, and nothing else, can derive every
episode, definition and count again. So the segment that holds it is what must not be lost.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import polars as pl

# A reading with everything that decides between two of one moment (T1, T5). `moment` of the
# file's name is `time + lag`; `rest` are the digits of the name behind the fourteenth; `folder` is
# the path up to the name, with `/` at its end unless empty, in the bytes of the file system;
# `value` is null without a number; `is_ahead` is T17. Rows stand in the order of T1.
ROWS: Final = pl.Schema(
    {
        "point": pl.String(),
        "time": pl.Int64(),
        "value": pl.Float64(),
        "status": pl.Int16(),
        "is_ahead": pl.Boolean(),
        "lag": pl.Int64(),
        "rest": pl.String(),
        "folder": pl.Binary(),
        "record": pl.Int32(),
    }
)
type Channel = Literal["folder", "http", "mqtt"]
# The fault of a file that the program couldn't read, or judge: it is set aside, and read again
# when it is sent again after the next start.
UNREADABLE: Final = "unreadable"
# The fault of a reading of a day that was let go of: with nothing else left of that day, it would
# be judged as if it were all that there was.
LET_GO: Final = "let_go"


class Told(NamedTuple):
    """A record of CDDY that stands; `order` decides which of equal moments is the last (T1)."""

    point: str
    moment: int
    order: tuple[str, str, str, int]
    fields: tuple[str, ...]


class Refused(NamedTuple):
    """A file (`record` None) or one of its records that was rejected; `fault` as in T18."""

    path: str
    record: int | None
    fault: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A file as it came; `received_at` in seconds, `digest` the SHA-256 of its bytes in hex.

    `mine`, `kind` and `moment` are empty where the name says nothing. `records` counts those of
    CDSS that were read, rejected ones included. `rejected` counts all, `Refused` lists the first.
    """

    path: str
    digest: str
    size: int
    channel: Channel
    received_at: int
    mine: str = ""
    kind: str = ""
    moment: int | None = None
    fault: str = ""
    records: int = 0
    rejected: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """Everything of a batch; `number` counts commits of a store from 1, without a gap."""

    number: int
    rows: pl.DataFrame
    deliveries: tuple[Delivery, ...] = ()
    definitions: tuple[Told, ...] = ()
    refused: tuple[Refused, ...] = field(default=())
