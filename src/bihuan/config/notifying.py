"""Telling systemd that the service is ready and alive; silent where no systemd listens."""

import os
import socket
import time
from collections.abc import Callable

PING_S = 5.0


class Notifier:
    """Speaks systemd's notify protocol on NOTIFY_SOCKET."""

    def __init__(self, address: str | None = None) -> None:
        named = os.environ.get("NOTIFY_SOCKET", "") if address is None else address
        # An abstract socket is written with @ in the environment.
        self._address = f"\0{named[1:]}" if named.startswith("@") else named
        self._is_ready = False
        self._pinged_at = 0.0

    def round(self, *, is_serving: Callable[[], bool]) -> None:
        """Once a round of the supervisor: ready as soon as it serves, then a sign of life."""
        if not self._address:
            return
        if not self._is_ready:
            if is_serving():
                self._is_ready = True
                self.say("READY=1")
            return
        if time.monotonic() - self._pinged_at >= PING_S:
            self._pinged_at = time.monotonic()
            self.say("WATCHDOG=1")

    def say(self, words: str) -> None:
        """Send one line; a systemd that went away is no reason to stop serving."""
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
            try:
                way.sendto(words.encode(), self._address)
            except OSError:
                self._address = ""


def answers(host: str, port: int) -> bool:
    """Whether something accepts connections there."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared only
    try:
        with socket.create_connection((reached, port), timeout=0.5):
            return True
    except OSError:
        return False
