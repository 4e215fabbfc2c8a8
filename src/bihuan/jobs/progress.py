"""How running work tells how far it is, keeps its lease and hears that it has to stop."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bihuan.database.turns import turn_to_write
from bihuan.jobs.models import Job
from bihuan.matters.moment import now

LEASE = timedelta(minutes=2)  # a phase that tells nothing is shorter
TELL_EVERY_S = 0.5


class Cancelled(Exception):  # noqa: N818 - an expected answer, not an error
    """The person who asked for it doesn't want it any more."""


class Stopped(Exception):  # noqa: N818 - an expected answer, not an error
    """The process is told to end; the job goes back into the queue."""


class Lost(Exception):  # noqa: N818 - an expected answer, not an error
    """The lease ran out and another process has the job now: nothing more is written."""


class Progress:
    """Called with what is done so far; raises Cancelled, Stopped or Lost.

    It writes twice a second at most, so it may be called for every row. It has to be called
    outside of transactions.
    """

    def __init__(self, job: Job, *, is_stopped: Callable[[], bool] | None = None) -> None:
        self._job = job
        self._is_stopped = is_stopped
        self._told_at = 0.0

    def __call__(self, done: int, *, total: int | None = None, words: str = "") -> None:
        """Tell; `words` say what is being done, if it isn't counting."""
        if self._is_stopped is not None and self._is_stopped():
            raise Stopped
        self._job.done = done
        changes: dict[str, Any] = {"done": done}
        changes |= {} if total is None else {"total": total}
        changes |= {"words": words} if words else {}
        is_news = len(changes) > 1
        if not is_news and time.monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = time.monotonic()
        self._tell(changes)

    def keep(self, **facts: Any) -> None:
        """Note for a later attempt what this one found."""
        self._tell({"kept": {**self._job.kept, **facts}})

    def _tell(self, changes: dict[str, Any]) -> None:
        held = Job.objects.filter(pk=self._job.pk, holder=self._job.holder, state=Job.State.RUNNING)
        with turn_to_write():
            if not held.update(**changes, leased_until=now() + LEASE):
                raise Lost
        if held.filter(is_cancelled=True).exists():
            raise Cancelled
