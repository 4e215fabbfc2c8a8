"""The process that does long work; the worker starts it when something waits."""

import os
import signal
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from bihuan.config.logs import end_plainly
from bihuan.jobs.running import run_next


class Command(BaseCommand):
    """Do one job after the other until none waits; then the process, with all it loaded, ends."""

    help = "后台任务：逐项办完排队的导入、导出和成批文书（由后台进程启动）"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Stop between two rows when told to, or when the worker is gone."""
        end_plainly()
        self.is_stopping, self.worker = False, os.getppid()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._is_stopped():
            close_old_connections()
            if run_next(is_stopped=self._is_stopped) is None:
                return

    def _is_stopped(self) -> bool:
        return self.is_stopping or os.getppid() != self.worker

    def _stop(self, *_signal: Any) -> None:
        self.is_stopping = True
