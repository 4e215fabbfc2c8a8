"""Writers of SQLite stand in line: the operating system hands the turn on in order.

SQLite lets one write at a time and tells the others to try again; who tries again later each
time may starve for seconds. Those who take their turn here wait for a file lock instead, which
Linux grants in the order of asking and frees when its holder is killed.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

_own = threading.local()


@contextmanager
def turn_to_write() -> Iterator[None]:
    """Wait for the turn, hold it for the block; nothing to wait for outside SQLite's files."""
    name = "" if connection.in_atomic_block else _lock_name()
    if not name:
        yield
        return
    lock = _lock(name)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def _lock_name() -> str:
    if connection.vendor != "sqlite":
        return ""
    name = str(connection.settings_dict["NAME"])
    return f"{name}-turn" if Path(name).is_absolute() else ""  # else it lies in memory


class _Handle:
    """One thread's own handle: threads that shared one would hold the turn together."""

    def __init__(self, name: str) -> None:
        self.of = (os.getpid(), name)
        self.number = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __del__(self) -> None:
        os.close(self.number)


def _lock(name: str) -> int:
    held: _Handle | None = getattr(_own, "held", None)
    if held is None or held.of != (os.getpid(), name):
        held = _own.held = _Handle(name)
    return held.number
