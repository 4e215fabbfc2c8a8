"""The worker's child: long work runs beside the clock, in a process that ends with the queue.

Libraries that make letters and tables are loaded there alone, and neither a workbook that takes
all memory nor a job of minutes holds the clock and the mails up.
"""

import logging
import os
import subprocess
import sys
import time
from datetime import datetime

from bihuan.jobs.running import is_waiting

LOOK_EVERY_S = 1.0
STOP_WAIT_S = 8.0
PAUSE_S = 5.0  # after a child that ended badly
log = logging.getLogger("bihuan.work")


class LongWork:
    """At most one child at a time."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._look_at = 0.0

    def look(self, now: datetime) -> None:
        """Start the child when something waits and none is there; call it often."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_EVERY_S
        if self._child is not None:
            code = self._child.poll()
            if code is None:
                return
            self._child = None
            if code:
                log.warning("jobs_ended code=%s", code)
                self._look_at += PAUSE_S
                return
        if is_waiting(now):
            command = [sys.executable, "-m", "django", "jobs"]
            self._child = subprocess.Popen(command, env=os.environ.copy())  # noqa: S603

    def stop(self) -> None:
        """Let the child put its job back; who doesn't answer is ended."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(timeout=STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait(timeout=5)
