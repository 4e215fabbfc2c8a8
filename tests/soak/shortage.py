"""The disk of inbox and store becomes full while readings come, and gets room again.

What left the inbox was acknowledged. In every other round the process is killed while the disk is
full and begins again on it; in the others the same process goes on. In the end the episodes and
counts are those of a replay of every file. Where mounting isn't allowed, and in every third round,
the process may write no file of more than a page instead.
"""

import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from tests.soak.readings import Figures, Ground
from tests.soak.small_disk import LimitedFiles, MountedDisk, mounted, unmounted

if TYPE_CHECKING:
    import subprocess

MEGABYTES = 96
FULLS, FULL_S, ROOM_S = 2, 2.5, 1.0
UNWRITTEN = "没有写成，稍后再试"


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], Figures]]:
    """Each round fills the disk twice under one store, then lets it come to rest."""
    told = 0
    for number in numbers:
        with tempfile.TemporaryDirectory(prefix="bihuan-shortage-") as folder:
            small = Path(folder) / "small"
            small.mkdir()
            is_small = number % 3 != 0 and mounted(small, megabytes=MEGABYTES)
            try:
                draw_from = random.Random(seed * 1_000_003 + number)  # noqa: S311
                ground = ShortGround(Path(folder), small, draw_from, is_small=is_small)
                faults, figures = ground.play(number)
            finally:
                if is_small:
                    unmounted(small)
        told += int(str(figures["unwritten"]))
        if number == numbers[-1] and not told:
            faults.append("nothing was ever refused for want of room")
        yield number, faults, figures


class ShortGround(Ground):
    """Inbox and store on one small disk; the files that come wait elsewhere."""

    def __init__(
        self, folder: Path, small: Path, draw_from: random.Random, *, is_small: bool
    ) -> None:
        super().__init__(folder, draw_from)
        self.inbox.rmdir()
        self.inbox, self.store = small / "inbox", small / "store"
        self.inbox.mkdir()
        self.running: subprocess.Popen[bytes] | None = None
        limited = LimitedFiles(self._pids, _nothing)
        self.disk = MountedDisk(small) if is_small else limited

    def play(self, number: int) -> tuple[list[str], Figures]:
        """Load, fill, make room, twice; at the end compare with a replay."""
        self._write(number)
        sending = Thread(target=self._send, daemon=True)
        self.running = self._start()
        self._wait_ready()
        sending.start()
        for _full in range(FULLS):
            time.sleep(self.random.uniform(0.2, ROOM_S))
            self.disk.fill()
            time.sleep(FULL_S)
            if number % 2:
                self._begin_again()
            self.disk.make_room()
            self._look_again()
        if self.running.poll() is not None:
            self.faults.append(f"it ended: {self.log.read_text('utf-8')[-500:]}")
        sending.join()
        self._drain(self.running)
        self._look_again()
        self._compare()
        return self.faults, {
            "way": self.disk.way,
            "starts": self.starts,
            "unwritten": self.log.read_text("utf-8").count(UNWRITTEN),
            "files": sum(1 for path in self.source.rglob("*") if path.is_file()),
            "told": len(self.told),
        }

    def _begin_again(self) -> None:
        """Killed, and started on the full disk, as systemd does."""
        if self.running:
            self.running.send_signal(signal.SIGKILL)
            self.running.wait()
        self.running = self._start()
        if isinstance(self.disk, LimitedFiles):
            self.disk.fill()
        time.sleep(FULL_S)

    def _put(self, path: Path, target: Path) -> None:
        """Again until it was written whole."""
        while True:
            try:
                super()._put(path, target)
            except OSError:
                time.sleep(0.1)
            else:
                return

    def _pids(self) -> list[int]:
        return [self.running.pid] if self.running else []


def _nothing() -> int:
    return 0
