"""The worker process of `serve`: the clock's rounds, the outbox, the daily seal."""

import logging
import signal
import time
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from bihuan.accounts import signing_in
from bihuan.config.condition import note_offset
from bihuan.config.inspection import stop_on_faults
from bihuan.config.logs import end_plainly
from bihuan.database import planning
from bihuan.leads import sent_forms
from bihuan.matters import files
from bihuan.matters.moment import now
from bihuan.matters.outbox import deliver
from bihuan.matters.seals import last_over, seal_until
from bihuan.matters.ticking import tick

PAUSE_S = 10.0
log = logging.getLogger("bihuan.work")


class Command(BaseCommand):
    """Run rounds until told to stop; `serve` starts it."""

    help = "后台进程：时钟巡检、发送提醒、日封（由 serve 启动）"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` does one round."""
        parser.add_argument("--once", action="store_true", help="只做一轮")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work in rounds; a database that is away is tried again."""
        end_plainly()
        stop_on_faults()
        self.is_stopping = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self.is_stopping:
            self._round()
            if options["once"]:
                return
            self._rest()

    def _round(self) -> None:
        """Each part on its own: one that breaks is logged and tried again, the others go on."""
        moment = now()
        for part in (
            partial(note_offset, now=moment),
            partial(tick, now=moment),
            partial(deliver, now=moment, is_stopped=self._is_stopped),
            partial(seal_until, last_over(moment), now=moment),
            partial(sent_forms.forget_old, now=moment),
            partial(signing_in.forget_old, now=moment),
            partial(files.sweep, now=moment),
            partial(planning.measure_now_and_then),
        ):
            try:
                close_old_connections()
                part()
            except Exception:  # the edge of the process
                log.exception("round_failed part=%s", part.func.__name__)

    def _rest(self) -> None:
        until = time.monotonic() + PAUSE_S
        while not self.is_stopping and time.monotonic() < until:
            time.sleep(0.2)

    def _is_stopped(self) -> bool:
        return self.is_stopping

    def _stop(self, *_signal: Any) -> None:
        self.is_stopping = True
