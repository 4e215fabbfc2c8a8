"""The worker process of `serve`: the clock's rounds, the outbox, the daily seal."""

import signal
import time
from datetime import timedelta
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections

from bihuan.language.clock import SHANGHAI
from bihuan.matters.moment import now
from bihuan.matters.outbox import deliver
from bihuan.matters.seals import seal_until
from bihuan.matters.ticking import tick

PAUSE_S = 10.0
log = structlog.get_logger()


class Command(BaseCommand):
    """Run rounds until told to stop; `serve` starts it."""

    help = "后台进程：时钟巡检、发送提醒、日封（由 serve 启动）"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` does one round."""
        parser.add_argument("--once", action="store_true", help="只做一轮")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work in rounds; a database that is away is tried again."""
        self.is_stopping = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self.is_stopping:
            self._round()
            if options["once"]:
                return
            self._rest()

    def _round(self) -> None:
        moment = now()
        try:
            close_old_connections()
            tick(now=moment)
            deliver(now=moment)
            seal_until(moment.astimezone(SHANGHAI).date() - timedelta(days=1), now=moment)
        except OperationalError as error:
            log.warning("round_failed", error=type(error).__name__)

    def _rest(self) -> None:
        until = time.monotonic() + PAUSE_S
        while not self.is_stopping and time.monotonic() < until:
            time.sleep(0.2)

    def _stop(self, *_signal: Any) -> None:
        self.is_stopping = True
