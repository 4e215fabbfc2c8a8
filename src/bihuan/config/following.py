"""The worker's thread that follows the readings: an alarm is a matter within a second.

Rounds of the worker take seconds on a large deployment; whoever waits for an alarm doesn't.
"""

import logging
from datetime import datetime
from threading import Event, Thread
from typing import Final

from django.db import close_old_connections, connection

from bihuan.matters.moment import now as present
from bihuan.monitoring.alarms.following import follow, try_again
from bihuan.monitoring.alarms.losses import check_losses
from bihuan.monitoring.crews.arriving import take_files
from bihuan.monitoring.crews.marks import mark_now_and_then
from bihuan.monitoring.links.deliveries import hear_deliveries

EVERY_S: Final = 0.25
AFTER_A_FAULT_S: Final = 5.0
log = logging.getLogger("bihuan.work")


class Following:
    """Follows until told to stop; a fault is logged and it goes on."""

    def __init__(self) -> None:
        self._stopping = Event()
        self._thread = Thread(target=self._follow, name="following", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _follow(self) -> None:
        while not self._stopping.is_set():
            pause = EVERY_S
            try:
                close_old_connections()
                follow(now=present())
                take_files(now=present())
            except Exception:  # the edge of the thread
                log.exception("following_failed")
                pause = AFTER_A_FAULT_S
            self._stopping.wait(pause)
        connection.close()


def catch_up(*, now: datetime) -> None:
    """A round: what came, what couldn't be taken over when it came, what has been lost too long."""
    follow(now=now)
    try_again(now=now)
    check_losses(now=now)
    take_files(now=now)
    mark_now_and_then(now=now)
    hear_deliveries(now=now)
