"""Files that were let in, and what of them was not: what every reader of files works on."""

from typing import NamedTuple

from bihuan.telemetry.envelopes import Body, Fault, Name


class Source(NamedTuple):
    """A file that was let in; `path` is relative to the inbox."""

    name: Name
    path: str
    body: Body


class Rejected(NamedTuple):
    """What is listed: a file when `record` is None, else one record of it, counted from 0."""

    path: str
    record: int | None
    fault: Fault
