"""The demonstration's own process: readings move, alarms arise, and its people act on them."""

import logging
import signal
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from bihuan.config.demo_crews import send_persons
from bihuan.config.demo_data import demo_data
from bihuan.config.demo_pace import ROUND_S, told_speed
from bihuan.config.demo_readings import Readings
from bihuan.config.demo_telling import Kept, Telling
from bihuan.config.demo_watch import handle_alarms
from bihuan.config.logs import end_plainly
from bihuan.matters.moment import now
from bihuan.places.models import Site

log = logging.getLogger("bihuan.demonstration")


class Command(BaseCommand):
    """Let the demonstration county live until told to stop; `serve --demo` starts it."""

    help = "演示县的读数和值班（由 serve --demo 启动）"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write readings in time; tell figures and act in between."""
        if settings.MODE not in ("demo", "test"):
            raise CommandError("只有演示部署有演示县的读数。", returncode=2)
        end_plainly()
        self.is_stopping, self.telling, self.acted_at = False, _telling(), 0.0
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        told = demo_data("living")
        inbox = Path(settings.HOME) / "inbox"
        inbox.mkdir(exist_ok=True)
        mines = _mines(told["mines"])
        readings = Readings(inbox, mines, began=now())
        readings.define(_whole(now()))
        every, sent_at = timedelta(seconds=demo_data("crews")["every_s"]), None
        while not self.is_stopping:
            at = _whole(now())
            readings.send(at)
            if sent_at is None or at - sent_at >= every:
                send_persons(inbox, mines, at=at)
                sent_at = at
            self._act_until(time.monotonic() + told["every_s"])

    def _act_until(self, until: float) -> None:
        while not self.is_stopping and time.monotonic() < until:
            if time.monotonic() - self.acted_at >= ROUND_S:
                self._try(partial(handle_alarms, now=now()))
                self.acted_at = time.monotonic()
            waits = self._try(partial(self.telling.step, now=now())) if self.telling else False
            if not waits:
                pause = self.telling.pace.pause_s if self.telling else ROUND_S
                time.sleep(min(pause, max(0.0, until - time.monotonic())))

    def _try(self, part: "partial[Any]") -> Any:
        try:
            close_old_connections()
            return part()
        except Exception:  # the edge of the process: a busy database is tried again
            log.exception("demonstration_failed")
            return None

    def _stop(self, *_signal: Any) -> None:
        self.is_stopping = True


def _telling() -> Telling | None:
    kept = Kept.read()
    return Telling(kept, now=now(), speed=told_speed()) if kept else None


def _mines(count: int) -> list[tuple[str, str]]:
    found = Site.objects.filter(kind=Site.Kind.COAL).exclude(code="").order_by("id")
    return list(found.values_list("code", "name")[:count])


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
