"""Files that arrived, by whatever channel, in the order in which the engine takes them.

A channel offers a file and waits while there is no room; it never drops one. What wasn't
acknowledged is still with the sender or on the disk and comes again after a restart.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from typing import TYPE_CHECKING, Final

from bihuan.telemetry.notation import DAY_S

if TYPE_CHECKING:
    from bihuan.telemetry.store.commits import Channel

FILE_BYTES_MAX: Final = 8 * 1024 * 1024
ROOM_BYTES: Final = 16 * 1024 * 1024
TAKEN_BYTES: Final = 4 * 1024 * 1024  # of definitions: thirty times that in memory
WAIT_S: Final = 1.0
# 1970-01-01 00:00:00 UTC as `notation` writes it, at +08:00.
_EPOCH: Final = 719_163 * DAY_S + 8 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """A file as it came; `path` is relative to the inbox, empty for HTTP and MQTT (T1).

    `received_at` in seconds as in `notation`. `acknowledge` is called once, from the engine's
    thread, after the commit that holds the file is settled; it raises nothing and doesn't wait.
    `fault` says why the channel itself refuses the file (words of T18, or `topic_mine`, `size`):
    it is then committed as a refused delivery, not parsed, and acknowledged like the others.
    """

    name: str
    path: str
    content: bytes
    channel: "Channel"
    received_at: int
    acknowledge: Callable[[], None]
    fault: str = ""


class Arrivals:
    """What waits between the channels and the engine; safe between threads, bounded in bytes.

    A file larger than the room comes through alone, so none waits for ever.
    """

    def __init__(self, *, room_bytes: int = ROOM_BYTES) -> None:
        self._room_bytes = room_bytes
        self._waiting: deque[Arrived] = deque()
        self._bytes = 0
        self._is_closed = False
        self._changed = Condition()

    def __len__(self) -> int:
        """How many files wait."""
        return len(self._waiting)

    @property
    def waiting_bytes(self) -> int:
        """How many bytes wait."""
        return self._bytes

    def offer(self, arrived: Arrived, *, wait_s: float | None = None) -> bool:
        """Hand a file over, waiting for room (None: for ever); False when it wasn't taken.

        It isn't taken when `wait_s` is over, or once the queue is closed: the channel keeps it.
        """
        size = len(arrived.content)
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._has_room(size), wait_s)
            if self._is_closed or not self._has_room(size):
                return False
            self._waiting.append(arrived)
            self._bytes += size
            self._changed.notify_all()
            return True

    def take(self, *, wait_s: float = WAIT_S, bytes_max: int = TAKEN_BYTES) -> list[Arrived]:
        """All that is there, in order, up to `bytes_max`, one file at least.

        Empty when nothing came within `wait_s`, or when the queue is closed and emptied.
        """
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting) or self._is_closed, wait_s)
            taken: list[Arrived] = []
            size = 0
            while self._waiting and (not taken or size + self._next_bytes() <= bytes_max):
                one = self._waiting.popleft()
                size += len(one.content)
                taken.append(one)
            self._bytes -= size
            self._changed.notify_all()
            return taken

    def rest(self, wait_s: float) -> None:
        """Let a channel that has nothing to offer wait; closing ends it."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed, wait_s)

    def close(self) -> None:
        """Take nothing any more; who waits for room is told, what is here may still be taken."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether nothing is taken any more."""
        return self._is_closed

    def _has_room(self, size: int) -> bool:
        return not self._waiting or self._bytes + size <= self._room_bytes

    def _next_bytes(self) -> int:
        return len(self._waiting[0].content)


def arrived_at(clock: float | None = None) -> int:
    """A moment of the system's clock, by default now, in whole seconds as in `notation`."""
    return int(time.time() if clock is None else clock) + _EPOCH
