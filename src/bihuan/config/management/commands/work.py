"""The worker process of `serve`: the clock's rounds, the outbox, the daily seal, long work."""

import logging
import os
import signal
import sys
import time
from datetime import datetime
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from bihuan.accounts import signing_in, sittings
from bihuan.api.forgetting import forget_old_answers
from bihuan.config.condition import note_offset
from bihuan.config.following import Following, catch_up
from bihuan.config.inspection import stop_on_faults
from bihuan.config.logs import end_plainly
from bihuan.config.long_work import LongWork
from bihuan.database import planning
from bihuan.exchange import outside
from bihuan.jobs.running import forget_old
from bihuan.leads import sent_forms
from bihuan.matters import files
from bihuan.matters.disposing import destroy_restored, find_due, remove_destroyed
from bihuan.matters.moment import now
from bihuan.matters.outbox import deliver
from bihuan.matters.seals import last_over, seal_until
from bihuan.matters.site_proposals import look_now_and_then
from bihuan.matters.ticking import tick

PAUSE_S = 10.0
# A round of a large deployment computes for seconds; the thread that follows the readings asks a
# hundred short questions in that time, and each time waits so long for its turn.
TURN_S = 0.0005
log = logging.getLogger("bihuan.work")


class Command(BaseCommand):
    """Run rounds until told to stop; `serve` starts it."""

    help = "后台进程：时钟巡检、发送提醒、日封（由 serve 启动）"
    # Django's own checks load every address and with them the whole API, for good.
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` does one round."""
        parser.add_argument("--once", action="store_true", help="只做一轮")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work in rounds; a database that is away is tried again."""
        end_plainly()
        sys.setswitchinterval(TURN_S)
        stop_on_faults(draws_pages=False)
        self.is_stopping, self.long_work = False, LongWork()
        self.following = Following()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self._try(partial(destroy_restored, now=now()))
        if not options["once"] and os.environ.get("BIHUAN_ONLY") != "portal":
            self.following.start()
        while not self.is_stopping:
            self._round()
            if options["once"]:
                return
            self._rest()
        self.following.stop()
        self.long_work.stop()

    def _round(self) -> None:
        """Each part on its own: one that breaks is logged and tried again, the others go on."""
        moment = now()
        for part in self._parts(moment):
            self._try(part)

    def _try(self, part: "partial[Any]") -> None:
        try:
            close_old_connections()
            part()
        except Exception:  # the edge of the process
            log.exception("round_failed part=%s", part.func.__name__)

    def _parts(self, moment: datetime) -> tuple[partial[Any], ...]:
        """What a round does; a portal alone has no ladders to climb and nothing to deliver."""
        tidying: tuple[partial[Any], ...] = (
            partial(note_offset, now=moment),
            partial(sent_forms.forget_old, now=moment),
            partial(files.sweep, now=moment),
            partial(planning.measure_now_and_then),
        )
        if os.environ.get("BIHUAN_ONLY") == "portal":
            return (*tidying, partial(outside.round_alone, now=moment))
        return (
            *tidying,
            partial(catch_up, now=moment),
            partial(tick, now=moment),
            partial(look_now_and_then, now=moment),
            partial(deliver, now=moment, is_stopped=self._is_stopped),
            partial(seal_until, last_over(moment), now=moment),
            partial(signing_in.forget_old, now=moment),
            partial(sittings.forget_over, now=moment),
            partial(forget_old_answers, now=moment),
            partial(find_due, now=moment),
            partial(remove_destroyed, now=moment),
            partial(forget_old, now=moment),
        )

    def _rest(self) -> None:
        until = time.monotonic() + PAUSE_S
        while not self.is_stopping and time.monotonic() < until:
            time.sleep(0.2)
            self._look_for_long_work()

    def _look_for_long_work(self) -> None:
        try:
            self.long_work.look(now())
        except Exception:  # the edge of the process
            log.exception("round_failed part=long_work")
            close_old_connections()

    def _is_stopped(self) -> bool:
        return self.is_stopping

    def _stop(self, *_signal: Any) -> None:
        self.is_stopping = True
